"""自分の担任: what one interviewer answers for, how far its papers are, when its interviews are."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from core.permissions import Hidden, Permission
from departments.models import Department, Division, User
from departments.queries import may
from goals.models import OperatingPolicy
from home.charges import DepartmentRow, Interviewer, sheet
from interviews.models import Interview


@dataclass(frozen=True)
class Meeting:
    """An interview of the department; ``is_there``: the person is one of those who interview."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    room: str
    is_there: bool


@dataclass
class Answered:
    """A department, or a division of somebody else's; ``others`` has who answers for the rest."""

    department: Department
    division: Division | None = None
    others: list[str] = field(default_factory=list)
    paper: OperatingPolicy | None = None
    meetings: list[Meeting] = field(default_factory=list)
    may_read: bool = False
    may_print: bool = False


@dataclass(frozen=True)
class PersonPage:
    """Everything on the page of one interviewer, with what the reader may open."""

    interviewer: Interviewer
    rows: list[Answered]


def answered_by(pk: int, year: int, *, reader: User) -> PersonPage:
    """What person ``pk`` answers for in ``year``. Hidden where nobody known interviews by that
    number."""
    charges = sheet(year)
    interviewer = charges.interviewers.get(pk)
    if interviewer is None:
        raise Hidden("この面談者はいません。")
    rows = [found for row in charges.rows for found in _answered(row, pk)]
    rows.sort(key=lambda row: row.division is not None)
    departments = {row.department.pk for row in rows}
    papers = {
        paper.department_id: paper
        for paper in OperatingPolicy.objects.for_page().filter(
            year=year, department__in=departments
        )
    }
    meetings = _meetings(pk, year, departments)
    for row in rows:
        row.paper = papers.get(row.department.pk)
        row.meetings = meetings[row.department.pk]
        if row.paper:
            target = row.paper.target
            row.may_read = may(reader, Permission.READ_PAPER, target, year=year)
            row.may_print = may(reader, Permission.READ_PACKET, target, year=year)
    return PersonPage(interviewer, rows)


def _answered(row: DepartmentRow, pk: int) -> list[Answered]:
    if row.interviewer and row.interviewer.user.pk == pk:
        others = [f"{d.name}は{held.called}" for d, held in row.exceptions if held.user.pk != pk]
        return [Answered(row.department, others=others)]
    rest = [f"部は{row.interviewer.called}"] if row.interviewer else []
    own = [division for division, held in row.exceptions if held.user.pk == pk]
    return [Answered(row.department, division, rest) for division in own]


def _meetings(pk: int, year: int, departments: set[int]) -> dict[int, list[Meeting]]:
    found: dict[int, list[Meeting]] = defaultdict(list)
    standing = Interview.objects.standing().filter(year=year, department__in=departments)
    own = set(standing.filter(interviewers=pk).values_list("pk", flat=True))
    for row in standing.order_by("starts_at", "pk"):
        starts_at, ends_at = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
        found[row.department_id].append(Meeting(starts_at, ends_at, row.room, row.pk in own))
    return found
