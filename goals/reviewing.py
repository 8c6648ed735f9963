"""審査: the paper, its remarks, and what changed since it was sent back."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from core.audit import subject_of
from core.models import AuditEvent
from core.workflow import TRANSITIONS, Action, Status
from departments.models import User
from departments.queries import may
from goals.amendments import Notice, notice_on
from goals.comparisons import ChangedPart, compare
from goals.models import Goal, OperatingPolicy, Remark, Revision
from goals.queries import sheet
from goals.sheets import Answer, Sheet

DECISIONS = (Action.RETURN, Action.RECEIVE, Action.FINALISE, Action.REOPEN)
STEPS = {
    "paper.submit": "提出",
    "paper.withdraw": "引戻し",
    "paper.return": "差戻し",
    "paper.receive": "受理",
    "paper.finalise": "確定",
    "paper.reopen": "修正のための差戻し",
    "paper.publish": "公表",
    "review.begin": "審査の開始",
    "remark.make": "指摘",
}


@dataclass(frozen=True)
class Asked:
    """One remark of the last return, beside what the department did about it."""

    remark: Remark
    label: str
    place: str
    changed: ChangedPart | None
    present: str


@dataclass(frozen=True)
class Round:
    """A later review: what was asked, what changed, what changed unasked."""

    returned_at: dt.datetime
    asked: list[Asked]
    unasked: list[ChangedPart]

    @property
    def touched(self) -> int:
        return sum(row.changed is not None for row in self.asked)

    @property
    def untouched(self) -> int:
        return len(self.asked) - self.touched

    @property
    def open_count(self) -> int:
        return sum(row.remark.settled_at is None for row in self.asked)


@dataclass
class Review:
    """Everything on the page of a review."""

    sheet: Sheet
    revision: Revision | None
    round: Round | None
    decisions: list[Action]
    remarks_on: dict[str, list[Remark]] = field(default_factory=dict)

    @property
    def paper(self) -> OperatingPolicy:
        return self.sheet.paper

    @cached_property
    def amendment(self) -> Notice | None:
        """What the department has yet to confirm of an amendment."""
        return notice_on(self.sheet)

    @cached_property
    def open_remarks(self) -> list[Remark]:
        return [remark for remark in self.sheet.remarks if remark.settled_at is None]

    @property
    def may_remark(self) -> bool:
        return Action.RETURN in self.decisions

    @property
    def may_settle(self) -> bool:
        return not self.paper.is_writable

    @property
    def is_waiting(self) -> bool:
        """Handed in, and nobody has begun."""
        return self.paper.status == Status.SUBMITTED and self.paper.review_began_at is None

    @property
    def main(self) -> str:
        """The one filled button: what is next."""
        if self.is_waiting:
            return "begin"
        if Action.RECEIVE in self.decisions:
            return str(Action.RETURN if self.open_remarks else Action.RECEIVE)
        return str(Action.FINALISE)

    @cached_property
    def on_paper(self) -> list[Remark]:
        """Remarks on the paper as a whole."""
        return [r for r in self.sheet.remarks if not (r.response_to_id or r.goal_id)]

    @cached_property
    def goals(self) -> list[tuple[Goal, list[Remark]]]:
        """The goals, each with its remarks."""
        remarks = self.sheet.remarks
        return [(goal, [r for r in remarks if r.goal_id == goal.pk]) for goal in self.sheet.goals]

    @cached_property
    def on_removed_goals(self) -> list[Remark]:
        """Remarks on goals that the department has removed since."""
        present = {goal.pk for goal in self.sheet.goals}
        return [r for r in self.sheet.remarks if r.goal_id and r.goal_id not in present]


def review_for(user: User, paper: OperatingPolicy) -> Review:
    """The review of ``paper``; ``round`` only where it came back after being returned."""
    content = sheet(paper)
    revisions = list(paper.revisions.select_related("submitted_by").order_by("number"))
    current = revisions[-1] if revisions else None
    return Review(
        sheet=content,
        revision=current,
        round=None if paper.is_writable else _round(content, revisions),
        decisions=[action for action in DECISIONS if _is_open(user, paper, action)],
    )


def _is_open(user: User, paper: OperatingPolicy, action: Action) -> bool:
    transition = TRANSITIONS[action]
    return paper.status in transition.sources and may(
        user, transition.permission, paper.target, year=paper.year
    )


def _round(content: Sheet, revisions: list[Revision]) -> Round | None:
    """Compare with the version that was sent back last; None where none was."""
    returned_at = last_returned_at(content.paper)
    if returned_at is None:
        return None
    *earlier, current = revisions
    looked_at = [revision for revision in earlier if revision.submitted_at <= returned_at]
    if not looked_at:
        return None
    parts = compare(looked_at[-1].content, current.content)
    asked = _asked(content, parts, current.submitted_at)
    places = {row.place for row in asked}
    return Round(returned_at, asked, [part for part in parts if part.place not in places])


def last_returned_at(paper: OperatingPolicy) -> dt.datetime | None:
    """When the paper was last sent back to the department, for whatever reason."""
    return last_returns_of_all([paper]).get(paper.pk)


def last_returns_of_all(papers: Iterable[OperatingPolicy]) -> dict[int, dt.datetime]:
    """When each of ``papers`` was last sent back, if ever. One query."""
    by_subject = {subject_of(paper): paper.pk for paper in papers}
    verbs = [f"paper.{action}" for action in (Action.RETURN, Action.REOPEN)]
    events = AuditEvent.objects.filter(subject__in=by_subject, verb__in=verbs).order_by("pk")
    return {by_subject[subject]: at for subject, at in events.values_list("subject", "at")}


def _asked(content: Sheet, parts: list[ChangedPart], since: dt.datetime) -> list[Asked]:
    """The remarks that the department was told and that were open when it handed in again."""
    changed = {part.place: part for part in parts}
    answers = {answer.section.pk: answer for answer in (*content.answers, *content.gone)}
    numbers = {goal.pk: (n, goal) for n, goal in enumerate(content.goals, 1)}
    rows = []
    for remark in content.remarks:
        is_open = remark.settled_at is None or remark.settled_at >= since
        if remark.told_at and remark.told_at <= since and is_open:
            place, label, present = _where(remark, answers, numbers)
            rows.append(Asked(remark, label, place, changed.get(place), present))
    return rows


def _where(
    remark: Remark, answers: dict[int, Answer], numbers: dict[int, tuple[int, Goal]]
) -> tuple[str, str, str]:
    """Anchor, name and present words of what a remark is about."""
    if remark.response_to_id and remark.response_to:
        answer = answers.get(remark.response_to_id)
        words = answer.response.body if answer and answer.response else ""
        label = f"{remark.response_to.number} 部の方針"
        if answer and not answer.is_owed:
            return f"gone-{remark.response_to.path}", f"{label}（いまは求められていない項）", words
        return remark.response_to.path, label, words
    if remark.goal_id and remark.goal:
        number, goal = numbers.get(remark.goal_id, (0, remark.goal))
        label = f"目標{number}" if number else "取り消された目標"
        return f"goal-{goal.pk}", label, goal.title
    return "basics", "運営方針書の全体", ""


def steps_of(paper: OperatingPolicy) -> list[tuple[AuditEvent, str]]:
    """The last steps of a paper, newest first, with their names: what has happened meanwhile."""
    events = AuditEvent.objects.of_subject(subject_of(paper)).filter(verb__in=STEPS)
    return [(event, STEPS[event.verb]) for event in events[:5]]
