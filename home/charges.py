"""事務分担: who answers for which department or, by exception, division in a year."""

import datetime as dt
from dataclasses import dataclass, field

from core import clock
from core.permissions import INTERVIEWER_POSTS, Post
from core.years import last_day
from departments.models import Appointment, Department, Division, User
from departments.queries import deciding_day
from interviews.charges import charges_of


@dataclass(frozen=True)
class Interviewer:
    """Somebody who interviews, interviewed or, as is known today, will."""

    user: User
    post: Post
    title: str
    is_in_office: bool

    @property
    def called(self) -> str:
        """副市長 内藤 信."""
        return f"{self.title} {self.user.name}"


def interviewers_of(year: int) -> dict[int, Interviewer]:
    """All interviewers who are known today, by the number of the person, in order of rank.

    In office are those who hold the post on the day that decides for the year: today, but not
    before its first day nor after its last.
    """
    day, today = min(deciding_day(year), last_day(year)), clock.today()
    rows = Appointment.objects.known_on(today).filter(post__in=INTERVIEWER_POSTS)
    rows = rows.select_related("user").order_by("starts_on", "pk")
    found: dict[int, Interviewer] = {}
    for row in rows:
        held = _interviewer(row, day, today)
        if held.is_in_office or not getattr(found.get(row.user_id), "is_in_office", False):
            found[row.user_id] = held
    return dict(sorted(found.items(), key=lambda item: (_rank(item[1]), item[0])))


def _interviewer(row: Appointment, day: dt.date, today: dt.date) -> Interviewer:
    return Interviewer(row.user, Post(row.post), row.title, row.covers(day, known_on=today))


def _rank(interviewer: Interviewer) -> int:
    return INTERVIEWER_POSTS.index(interviewer.post)


@dataclass
class DepartmentRow:
    """A department, who answers for it, and the divisions for which somebody else does."""

    department: Department
    interviewer: Interviewer | None = None
    exceptions: list[tuple[Division, Interviewer]] = field(default_factory=list)


@dataclass
class PersonList:
    """What one interviewer answers for."""

    interviewer: Interviewer
    departments: list[tuple[Department, list[Division]]] = field(default_factory=list)
    """Each department, with the divisions that are somebody else's."""
    divisions: list[tuple[Department, Division]] = field(default_factory=list)
    """Divisions of departments that are somebody else's."""


@dataclass(frozen=True)
class Sheet:
    """The charges of a year, by department and by person."""

    year: int
    rows: list[DepartmentRow]
    people: list[PersonList]
    interviewers: dict[int, Interviewer]

    @property
    def without(self) -> list[Department]:
        """Departments that nobody answers for."""
        return [row.department for row in self.rows if row.interviewer is None]


def sheet(year: int) -> Sheet:
    """Everything on the page of a year; departments and divisions as they stand in that year."""
    interviewers = interviewers_of(year)
    listed = [DepartmentRow(department) for department in Department.objects.in_year(year)]
    charges = charges_of(year)
    for row in listed:
        for charge in charges.get(row.department.pk, []):
            if charge.division is None:
                row.interviewer = interviewers[charge.interviewer_id]
            else:
                row.exceptions.append((charge.division, interviewers[charge.interviewer_id]))
    return Sheet(year, listed, _by_person(listed, interviewers), interviewers)


def _by_person(rows: list[DepartmentRow], interviewers: dict[int, Interviewer]) -> list[PersonList]:
    found = {pk: PersonList(interviewer) for pk, interviewer in interviewers.items()}
    for row in rows:
        if row.interviewer:
            others = [division for division, _ in row.exceptions]
            found[row.interviewer.user.pk].departments.append((row.department, others))
        for division, interviewer in row.exceptions:
            found[interviewer.user.pk].divisions.append((row.department, division))
    return [
        each
        for each in found.values()
        if each.interviewer.is_in_office or each.departments or each.divisions
    ]


def divisions_of(year: int) -> list[Division]:
    """The divisions of ``year``, by department."""
    rows = Division.objects.in_year(year).filter(department__in=Department.objects.in_year(year))
    return list(rows.select_related("department").order_by("department__order", "order", "pk"))
