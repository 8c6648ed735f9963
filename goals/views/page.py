"""What the page of a paper shows, and to whom."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from core import clock
from core.permissions import Permission
from core.workflow import Status
from core.years import business_days_until
from departments.queries import may
from goals.amendments import Notice, notice_on
from goals.earlier import earlier_answers, is_from_elsewhere
from goals.models import Goal, OperatingPolicy, Remark, Revision
from goals.queries import (
    cycle,
    previous_papers,
    revisions_of,
    sheet,
)
from goals.reach import Reach, reach, texts_for, written_by
from goals.sheets import BASICS, Answer, Missing, Sheet, lacks
from goals.signatures import to_sign
from goals.trail import described, label_of
from policies.models import Cycle

MISSING_SHOWN = 8
LATELY = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Reader:
    """What the person of the request may do on this paper, now."""

    can_write: bool
    can_submit: bool
    can_review: bool
    writes_now: bool
    is_insider: bool
    """Whether remarks and handovers are this person's business."""
    reach: Reach
    writes_goals_now: bool

    @property
    def writes_only_goals(self) -> bool:
        """A chief: the goals of his divisions, and nothing else of the paper."""
        return self.reach.can_add and not self.can_write


@dataclass(frozen=True)
class GoalRow:
    """A goal as the page shows it."""

    number: int
    goal: Goal
    lacks: list[str]
    remarks: list[Remark]
    is_last: bool
    can_write: bool
    """Now, and as the goal is led."""

    @property
    def lacks_elsewhere(self) -> list[str]:
        """What is missing, but for the indicators: their empty table says so itself."""
        return self.lacks if self.goal.indicators.all() else self.lacks[:-1]


@dataclass(frozen=True)
class Due:
    """How long is left."""

    at: dt.datetime
    days: int
    open_days: int
    is_over: bool


@dataclass
class Page:
    """The paper with what belongs beside it."""

    paper: OperatingPolicy
    sheet: Sheet
    reader: Reader
    due: Due | None
    goals: list[GoalRow]
    remarks: list[Remark] = field(default_factory=list)

    @cached_property
    def missing(self) -> list[Missing]:
        """What is still owed; to a chief, first of his own goals."""
        own = {f"goal-{row.goal.pk}" for row in self.own_goals}
        return sorted(self.sheet.missing, key=lambda missing: missing.anchor not in own)

    @property
    def first_missing(self) -> list[Missing]:
        return self.missing[: self._shown]

    @property
    def more_missing(self) -> list[Missing]:
        return self.missing[self._shown :]

    @property
    def _shown(self) -> int:
        is_chiefs = self.reader.writes_only_goals
        return sum(len(row.lacks) for row in self.own_goals) if is_chiefs else MISSING_SHOWN

    @property
    def own_goals(self) -> list[GoalRow]:
        """The goals that a chief writes."""
        return [row for row in self.goals if row.can_write] if self.reader.writes_only_goals else []

    @property
    def next_goal(self) -> GoalRow | None:
        """The first of a chief's goals that lacks something."""
        return next((row for row in self.own_goals if row.lacks), None)

    @property
    def all_remarks(self) -> list[Remark]:
        """The open remarks of the whole paper."""
        return open_remarks(self.sheet.remarks) if self.reader.is_insider else []

    @property
    def answered_remarks(self) -> list[Remark]:
        return [remark for remark in self.all_remarks if remark.answer]

    @property
    def unanswered_remarks(self) -> list[Remark]:
        return [remark for remark in self.all_remarks if not remark.answer]

    @property
    def remarks_to_answer(self) -> list[Remark]:
        """The unanswered ones, to a chief those on his goals."""
        if not self.reader.writes_only_goals:
            return self.unanswered_remarks
        return [r for row in self.own_goals for r in row.remarks if not r.answer]

    @property
    def answered(self) -> int:
        """Answers that say what the department does (該当なし apart)."""
        return self.sheet.given - self.sheet.not_applicable

    @property
    def unanswered(self) -> int:
        return self.sheet.owed - self.sheet.given

    @property
    def basics(self) -> list[tuple[str, str]]:
        """Label and text of the paper's own fields."""
        return [(label_of(name), described(name, getattr(self.paper, name))) for name in BASICS]

    @cached_property
    def amendment(self) -> Notice | None:
        """What the department has yet to confirm; only for those whose business it is."""
        return notice_on(self.sheet) if self.reader.is_insider else None

    @property
    def amended_answers(self) -> set[str]:
        """The items whose answers were written before an amendment that nobody has confirmed."""
        return self.amendment.answers if self.amendment else set()

    @property
    def can_withdraw(self) -> bool:
        """Handed in, and nobody has begun to review it."""
        submitted = self.paper.status == Status.SUBMITTED
        return self.reader.can_submit and submitted and not self.paper.review_began_at

    @property
    def is_policy_draft(self) -> bool:
        """Whether the mayor's text is not issued yet."""
        policy = self.sheet.policy
        return policy is not None and not policy.is_issued_on(clock.today())

    @property
    def lately(self) -> Answer | None:
        """The answer that somebody wrote last, within the last half hour."""
        since = clock.now() - LATELY
        written = [
            (answer.response.updated_at, answer)
            for answer in self.sheet.answers
            if answer.response and answer.response.updated_at and answer.response.updated_by_id
        ]
        recent = [pair for pair in written if pair[0] > since]
        return max(recent, key=lambda pair: pair[0])[1] if recent else None


def reader_of(request: HttpRequest, paper: OperatingPolicy) -> Reader:
    """What the person may do, asked of the one rule."""

    def can(permission: Permission) -> bool:
        return may(request.user, permission, paper.target, year=paper.year)

    can_write = can(Permission.WRITE_PAPER)
    reached = reach(request.user, paper)
    return Reader(
        can_write=can_write,
        can_submit=can(Permission.SUBMIT_PAPER),
        can_review=can(Permission.REVIEW_PAPER),
        writes_now=can_write and paper.is_writable,
        is_insider=can(Permission.READ_INSIDE),
        reach=reached,
        writes_goals_now=reached.can_add and paper.is_writable,
    )


def page_of(request: HttpRequest, paper: OperatingPolicy) -> Page:
    """All that the page, or a fragment of it, shows."""
    reader = reader_of(request, paper)
    content = sheet(paper)
    told = open_remarks(content.remarks) if reader.is_insider else []
    shown = [*content.answers, *content.gone]
    for answer in shown:
        answer.remarks = [r for r in told if r.response_to_id == answer.section.pk]
    placed = {r.pk for answer in shown for r in answer.remarks}
    written = written_by(request.user, content.goals) if reader.writes_goals_now else set()
    rows = _rows(content, told, written)
    placed |= {r.pk for row in rows for r in row.remarks}
    return Page(
        paper=paper,
        sheet=content,
        reader=reader,
        due=due_of(cycle(paper.year)),
        goals=rows,
        remarks=[r for r in told if r.pk not in placed],
    )


def open_remarks(remarks: list[Remark]) -> list[Remark]:
    """What the department has been told and the office has not settled."""
    return [remark for remark in remarks if remark.told_at and not remark.settled_at]


def _rows(content: Sheet, told: list[Remark], written: set[int]) -> list[GoalRow]:
    return [
        GoalRow(
            number=number,
            goal=goal,
            lacks=lacks(goal),
            remarks=[r for r in told if r.goal_id == goal.pk],
            is_last=number == len(content.goals),
            can_write=goal.pk in written,
        )
        for number, goal in enumerate(content.goals, 1)
    ]


def due_of(settings: Cycle | None) -> Due | None:
    """The day by which papers are handed in, and the open days left."""
    if settings is None:
        return None
    at = settings.submission_due
    day = at.astimezone(clock.now().tzinfo).date()
    return Due(
        at=at,
        days=(day - clock.today()).days,
        open_days=business_days_until(clock.today(), day),
        is_over=clock.now() > at,
    )


def last_year(request: HttpRequest, paper: OperatingPolicy) -> list[OperatingPolicy]:
    """Last year's papers from which this one goes on, as far as the person may read them."""
    return [
        old
        for old in previous_papers(paper, request.user)
        if may(request.user, Permission.READ_PAPER, old.target, year=old.year)
    ]


def show_earlier(page: Page, old: list[OperatingPolicy]) -> None:
    """Put last year's answers beside this year's, for those whom the paper concerns."""
    if old and page.reader.is_insider:
        earlier = earlier_answers(page.paper, old)
        for answer in page.sheet.answers:
            answer.earlier = earlier.get(answer.section.pk, [])


def whole(request: HttpRequest, paper: OperatingPolicy) -> dict[str, Any]:
    """The context of the whole page."""
    page = page_of(request, paper)
    old = last_year(request, paper)
    return {
        "paper": paper,
        "page": page,
        "to_sign": to_sign(request.user, paper, page.sheet.heads),
        "reader": page.reader,
        "last_year": old,
        "is_from_elsewhere": is_from_elsewhere(paper, old),
        "has_conflicts": page.reader.reach.can_add and bool(texts_for(request.user, paper)),
    }


def revisions_for(paper: OperatingPolicy, reader: Reader) -> list[Revision]:
    """The versions that a person may read: all, or for those outside only the one in force."""
    rows = list(revisions_of(paper))
    return rows if reader.is_insider else rows[:1]
