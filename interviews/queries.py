"""Reading interviews: the days of a year, who may be asked to come."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from django.db.models import F, QuerySet
from django.utils import timezone

from core import clock
from core.permissions import DEPARTMENT_POSTS, INTERVIEWER_POSTS, Hidden, Permission, Post
from core.years import first_day, is_business_day
from departments.models import Appointment, Department, User
from departments.queries import deciding_day, holdings_for, may
from departments.queries import interviewers as in_office
from interviews.charges import InCharge, in_charge_of, in_charge_of_all
from interviews.models import Interview
from interviews.overlaps import Answering, Person, Slot, missing, unusual_times


@dataclass(frozen=True)
class Row:
    """One interview on the list; ``mark`` says what it is to the person who looks."""

    interview: Interview
    interviewers: list[Person]
    attendees: list[Person]
    mark: str
    warnings: list[str]
    missing: list[Answering]


@dataclass(frozen=True)
class Day:
    """A day with interviews."""

    date: dt.date
    rows: list[Row]


@dataclass(frozen=True)
class Timetable:
    """All interviews of a year, and the departments that have none yet."""

    days: list[Day]
    without: list[Department] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(day.rows) for day in self.days)


def timetable(user: User, year: int) -> Timetable:
    """The interviews of ``year``, those of the user's own department marked.

    Who plans them is told which interviewer in charge is missing.
    """
    interviews = list(Interview.objects.filter(year=year).for_page())
    held = holdings_for(user, year, Permission.READ_INTERVIEW)
    own = {h.department_id for h in held if h.department_id and h.post in DEPARTMENT_POSTS}
    charges = in_charge_of_all(year)
    titles = titles_of(interviews, [row.user for rows in charges.values() for row in rows])
    plans = may(user, Permission.WRITE_INTERVIEW)
    rows = [
        _row(user, interview, own, charged_slot(interview, titles, charges, plans=plans))
        for interview in interviews
    ]
    days = groupby(rows, key=lambda row: timezone.localdate(row.interview.starts_at))
    met = {interview.department_id for interview in interviews}
    return Timetable(
        days=[Day(day, list(group)) for day, group in days],
        without=[d for d in Department.objects.in_year(year) if d.pk not in met],
    )


def _row(user: User, interview: Interview, own: set[int], slot: Slot) -> Row:
    is_there = user.pk in {person.key for person in slot.people}
    is_own = interview.department_id in own
    return Row(
        interview=interview,
        interviewers=list(slot.interviewers),
        attendees=list(slot.attendees),
        mark="あなたの面談" if is_there else "自分の部" if is_own else "",
        warnings=unusual_times(slot),
        missing=missing(slot),
    )


class Titles:
    """What people are called on a day, as known today: 副市長, 総務部長."""

    def __init__(self, appointments: Iterable[Appointment]) -> None:
        self.appointments: dict[int, list[Appointment]] = {}
        for appointment in appointments:
            self.appointments.setdefault(appointment.user_id, []).append(appointment)

    def of(self, user: User, day: dt.date) -> str:
        return next((held.title for held in self.held(user, day)), "")

    def asking(self, user: User, day: dt.date) -> str:
        """The title by which ``user`` interviews on ``day``; empty where there is none."""
        held = self.held(user, day)
        return next((row.title for row in held if row.post in INTERVIEWER_POSTS), "")

    def held(self, user: User, day: dt.date) -> list[Appointment]:
        """The posts of ``user`` on ``day``: one's own before those in which one stands in."""
        rows, today = self.appointments.get(user.pk, []), clock.today()
        return [row for row in rows if row.covers(day, known_on=today)]

    def person(self, user: User, day: dt.date) -> Person:
        return Person(user.pk, user.name, self.of(user, day))

    def interviewer(self, user: User, day: dt.date) -> Person:
        """As who interviews; as whatever else the person is, where that is none of the posts."""
        return Person(user.pk, user.name, self.asking(user, day) or self.of(user, day))


def titles_of(interviews: Iterable[Interview], also: Iterable[User] = ()) -> Titles:
    """The titles of all who take part; one query. Needs interviewers and attendees prefetched."""
    people = [
        user
        for interview in interviews
        for user in [*interview.interviewers.all(), *interview.attendees.all()]
    ]
    return titles_of_people([*people, *also])


def titles_of_people(people: Iterable[User]) -> Titles:
    """The titles of ``people``, as known today."""
    known = Appointment.objects.known_on(clock.today()).filter(user__in={p.pk for p in people})
    own_first = F("standing_in_for_id").asc(nulls_first=True)
    return Titles(known.order_by(own_first, "starts_on", "pk"))


def slot_of(interview: Interview, titles: Titles) -> Slot:
    """An interview as the rules of overlapping see it."""
    starts_at = timezone.localtime(interview.starts_at)
    day = starts_at.date()
    order = {post: n for n, post in enumerate(INTERVIEWER_POSTS)}
    asked = sorted(interview.interviewers.all(), key=lambda user: _place(user, titles, order))
    return Slot(
        department=interview.department.name,
        starts_at=starts_at,
        ends_at=timezone.localtime(interview.ends_at),
        room=interview.room,
        interviewers=tuple(titles.interviewer(user, day) for user in asked),
        attendees=tuple(titles.person(user, day) for user in interview.attendees.all()),
    )


def charged_slot(
    interview: Interview, titles: Titles, charges: Mapping[int, list[InCharge]], *, plans: bool
) -> Slot:
    """An interview with who answers for a division marked; with ``plans``, who is missing told.

    What is over is not planned any more.
    """
    slot = slot_of(interview, titles)
    rows = charges.get(interview.department_id, [])
    marks = {row.user.pk: row.words for row in rows if row.divisions}
    asked = tuple(replace(p, charge=marks.get(p.key, "")) for p in slot.interviewers)
    day = slot.starts_at.date()
    is_open = plans and day >= clock.today()
    answering = [
        Answering(titles.interviewer(row.user, day), row.of)
        for row in rows
        if is_open and titles.asking(row.user, day)
    ]
    return replace(slot, interviewers=asked, in_charge=tuple(answering))


def planned_slot(interview: Interview) -> Slot:
    """An interview as those see it who plan it."""
    rows = in_charge_of(interview.department, interview.year)
    titles = titles_of([interview], [row.user for row in rows])
    return charged_slot(interview, titles, {interview.department_id: rows}, plans=True)


def _place(user: User, titles: Titles, order: dict[Post, int]) -> tuple[int, int]:
    posts = [order[Post(a.post)] for a in titles.appointments.get(user.pk, []) if a.post in order]
    return (min(posts, default=len(order)), user.pk)


def interview_or_hidden(year: int, pk: int) -> Interview:
    """An interview that is not cancelled; else Hidden."""
    found = Interview.objects.filter(year=year, pk=pk).for_page().first()
    if found is None:
        raise Hidden("この面談はありません。取り消された面談は開けません。")
    return found


def department_or_hidden(year: int, code: str) -> Department:
    """A department of the year; else Hidden."""
    found = Department.objects.in_year(year).filter(code=code).first()
    if found is None:
        raise Hidden("この部はありません。")
    return found


def interviewers_on(day: dt.date) -> list[Appointment]:
    """Who may interview on ``day``: mayor, deputy mayors, superintendent, in this order."""
    order = {post: n for n, post in enumerate(INTERVIEWER_POSTS)}
    return sorted(in_office(day), key=lambda held: (order[Post(held.post)], held.pk))


def explainers(department: Department, year: int) -> list[Appointment]:
    """Heads and chiefs of ``department`` who may come to explain, heads first."""
    rows = (
        Appointment.objects.held_on(deciding_day(year), known_on=clock.today())
        .filter(department=department, post__in=[Post.HEAD, Post.CHIEF])
        .select_related("user")
    )
    return sorted(rows, key=lambda held: (held.post != Post.HEAD, held.starts_on, held.pk))


def rooms_used() -> list[str]:
    """Rooms of earlier interviews, for choosing."""
    names: QuerySet[Interview, str] = Interview.objects.standing().values_list("room", flat=True)
    return sorted(set(names))


def usual_day(year: int) -> dt.date:
    """The day that the form offers: the last one entered, else the first open day of the year."""
    last = Interview.objects.filter(year=year).standing().order_by("pk").last()
    if last:
        return timezone.localdate(last.starts_at)
    day = first_day(year)
    while not is_business_day(day):
        day += dt.timedelta(days=1)
    return day
