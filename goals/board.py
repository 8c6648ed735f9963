"""提出状況: how far each department's paper has come, as one person may see it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core import clock
from core.audit import subject_of
from core.models import AuditEvent
from core.permissions import Permission
from core.workflow import Action, Status
from core.years import business_days_until, format_time
from departments.heads import heads_by_department
from departments.models import Appointment, User
from departments.queries import may
from goals.models import OperatingPolicy
from goals.queries import board as papers_of
from goals.queries import departments_without_paper, owed_sections
from policies.models import BasicPolicy, Cycle

FILTERS: dict[str, tuple[str, frozenset[str]]] = {
    "untouched": ("未着手", frozenset({"untouched"})),
    "draft": ("作成中", frozenset({"draft"})),
    "returned": ("差戻し", frozenset({"returned"})),
    "submitted": ("提出済・再提出", frozenset({"submitted", "resubmitted"})),
    "received": ("受理", frozenset({"received"})),
    "finalised": ("確定", frozenset({"finalised", "published"})),
}
"""Name in the address, word, states of papers: in the order of the rows."""


@dataclass(frozen=True)
class Due:
    """What the column 期限 says."""

    label: str
    note: str = ""
    is_alert: bool = False


@dataclass(frozen=True)
class Filter:
    """One choice above the table, with its count."""

    name: str
    label: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class Row:
    """One department's paper."""

    paper: OperatingPolicy
    heads: list[Appointment]
    due: Due
    changed_at: dt.datetime | None
    changed_by: User | None
    may_read: bool
    may_review: bool

    @property
    def awaits_review(self) -> bool:
        return self.may_review and self.paper.status == Status.SUBMITTED

    @property
    def is_at_office(self) -> bool:
        return self.may_review and not self.paper.is_writable


@dataclass(frozen=True)
class Board:
    """All papers of a year; ``rows`` are those of the chosen state."""

    cycle: Cycle
    due: Due
    owed: int
    filters: list[Filter]
    rows: list[Row]
    waiting: list[Row]
    without_paper: list[str]
    may_open: bool
    is_amended: bool


def board_for(user: User, cycle: Cycle, state: str) -> Board:
    """The board of a year as ``user`` may see it; not handed in first."""
    papers = sorted(papers_of(cycle.year), key=lambda paper: _rank(paper.state))
    people = heads_by_department(cycle.year)
    moves = _last_moves(papers)
    rows = [_row(user, cycle, paper, people, moves) for paper in papers]
    chosen = FILTERS[state][1] if state in FILTERS else None
    return Board(
        cycle=cycle,
        due=_days_left(cycle),
        owed=owed_sections(cycle.year).count(),
        filters=_filters(papers, state),
        rows=[row for row in rows if chosen is None or row.paper.state in chosen],
        waiting=[row for row in rows if row.awaits_review],
        without_paper=[department.name for department in departments_without_paper(cycle.year)],
        may_open=may(user, Permission.REVIEW_PAPER),
        is_amended=BasicPolicy.objects.filter(year=cycle.year, edition__gt=0).exists(),
    )


def _rank(state: str) -> int:
    return next(n for n, (_, states) in enumerate(FILTERS.values()) if state in states)


def _filters(papers: list[OperatingPolicy], state: str) -> list[Filter]:
    counted = [
        Filter(name, label, sum(paper.state in states for paper in papers), name == state)
        for name, (label, states) in FILTERS.items()
    ]
    return [Filter("", "すべて", len(papers), state not in FILTERS), *counted]


def _row(
    user: User,
    cycle: Cycle,
    paper: OperatingPolicy,
    people: dict[int, list[Appointment]],
    moves: dict[str, AuditEvent],
) -> Row:
    move = moves.get(subject_of(paper))
    is_move_last = move and (paper.updated_at is None or move.at >= paper.updated_at)
    return Row(
        paper=paper,
        heads=people[paper.department_id],
        due=due_of(paper, cycle, clock.now()),
        changed_at=move.at if move and is_move_last else paper.updated_at,
        changed_by=move.actor if move and is_move_last else paper.updated_by,
        may_read=may(user, Permission.READ_PAPER, paper.target, year=paper.year),
        may_review=may(user, Permission.REVIEW_PAPER, paper.target, year=paper.year),
    )


def due_of(paper: OperatingPolicy, cycle: Cycle, now: dt.datetime) -> Due:
    """How a paper stands to the day on which it is due."""
    if paper.submitted_at and not paper.is_writable:
        is_in_time = paper.submitted_at <= cycle.submission_due
        return Due("期限内に提出" if is_in_time else "期限の後に提出")
    if paper.status == Status.RETURNED and now > cycle.submission_due:
        return Due("再提出を待っています")
    return _days_left(cycle, now)


def _days_left(cycle: Cycle, now: dt.datetime | None = None) -> Due:
    now = now or clock.now()
    due = cycle.submission_due.astimezone(now.tzinfo)
    days = (due.date() - now.date()).days
    if now > due:
        return Due(f"{-days}日過ぎています" if days else "過ぎています", is_alert=True)
    if days == 0:
        return Due(f"今日{format_time(due)}まで", is_alert=True)
    open_days = business_days_until(now.date(), due.date())
    return Due(f"あと{days}日", f"開庁日では{open_days}日")


def _last_moves(papers: Iterable[OperatingPolicy]) -> dict[str, AuditEvent]:
    """The last step of each paper (handed in, sent back …) and who took it; by subject."""
    events = AuditEvent.objects.filter(
        subject__in=[subject_of(paper) for paper in papers],
        verb__in=[f"paper.{action}" for action in Action],
    )
    return {event.subject: event for event in events.select_related("actor").order_by("pk")}
