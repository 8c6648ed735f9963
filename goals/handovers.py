"""事務引継ぎ, read: who goes and comes, what was handed over, who has received it.

What is not handed over yet is read by ``own_handover`` alone, for the one who writes it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from core import clock
from core.permissions import Post
from departments.models import Appointment, Department, User
from departments.queries import lineage
from goals.models import Goal, Handover, HandoverReceipt, Indicator, OperatingPolicy, Remark
from goals.successions import Circle, Comer, Leaver, Term, comers, leavers, successors


@dataclass(frozen=True)
class Asked:
    """A successor who is asked to receive what one head leaves."""

    comer: Comer
    handover: Handover | None
    receipt: HandoverReceipt | None

    @property
    def has_received(self) -> bool:
        """Whether what was handed last is received."""
        return bool(
            self.handover and self.receipt and self.receipt.version == self.handover.handed_version
        )

    @property
    def is_asked_again(self) -> bool:
        """Whether something was added after the receipt."""
        return self.receipt is not None and not self.has_received


@dataclass(frozen=True)
class Succession:
    """One head who goes, and who comes after."""

    paper: OperatingPolicy
    leaver: Leaver
    handover: Handover | None
    asked: list[Asked]

    @property
    def until(self) -> dt.date:
        """The last day on which the handover can be written."""
        return self.leaver.last + dt.timedelta(days=settings.HANDOVER_DAYS)

    @property
    def is_over(self) -> bool:
        """Whether it can be written no more."""
        return clock.today() > self.until

    @property
    def is_handed(self) -> bool:
        return self.handover is not None and self.handover.handed_at is not None

    @property
    def is_received(self) -> bool:
        """Whether every successor has received what was handed last."""
        return self.is_handed and bool(self.asked) and all(a.has_received for a in self.asked)

    @property
    def is_owed(self) -> bool:
        """Whether somebody has something to do: hand over, or receive."""
        if self.is_handed:
            return any(not asked.has_received for asked in self.asked)
        return not self.is_over

    @property
    def state(self) -> str:
        """What the chip shows."""
        if self.is_handed:
            return "done" if self.is_received or not self.asked else "waiting"
        if self.is_over:
            return "failed"
        return "working" if self.handover else "untouched"

    @property
    def state_label(self) -> str:
        """``state`` in Japanese."""
        if self.is_handed and not self.asked:
            return "引渡し済み"
        return {
            "done": "受領済み",
            "waiting": "受領待ち",
            "failed": "引渡しなし",
            "working": "作成中",
            "untouched": "未着手",
        }[self.state]


@dataclass(frozen=True)
class Exchange:
    """The heads of one department who go and come in a year."""

    paper: OperatingPolicy
    successions: list[Succession]
    comers: list[Comer]

    @property
    def is_owed(self) -> bool:
        return any(row.is_owed for row in self.successions)


def terms_of(departments: Iterable[int]) -> list[Term]:
    """The heads of ``departments``, as known today."""
    today = clock.today()
    rows = Appointment.objects.known_on(today).filter(
        post=Post.HEAD, department__in=list(departments)
    )
    return [_term(row, today) for row in rows.select_related("user").order_by("starts_on", "pk")]


def _term(row: Appointment, today: dt.date) -> Term:
    is_end_known = row.end_announced_on is not None and row.end_announced_on <= today
    return Term(
        person=row.user_id,
        name=row.user.name,
        title=row.title,
        department=row.department_id or 0,
        first=row.starts_on,
        last=row.ends_on if is_end_known else None,
        is_standing_in=row.standing_in_for_id is not None,
    )


def circles_of(papers: Iterable[OperatingPolicy], user: User | None) -> dict[int, Circle]:
    """Paper → its department and those that took over from it."""
    lines = lineage(Department, user)
    return {
        paper.pk: Circle(
            paper.department_id,
            goes_on=lines.heirs(
                paper.department_id, of_year=paper.year, now=paper.year + 1, is_reading=False
            ),
            reads=lines.heirs(
                paper.department_id, of_year=paper.year, now=paper.year + 1, is_reading=True
            ),
        )
        for paper in papers
    }


def exchanges(papers: list[OperatingPolicy], user: User | None = None) -> list[Exchange]:
    """Of each of ``papers``: who goes, who comes, and what has been handed over.

    Three queries, whatever the number of papers; what is read of the organisation is kept on
    ``user``.
    """
    if not papers:
        return []
    circles = circles_of(papers, user)
    terms = terms_of({pk for circle in circles.values() for pk in circle.around})
    written = _handovers(papers)
    return [_exchange(paper, circles[paper.pk], terms, written[paper.pk]) for paper in papers]


def _handovers(papers: list[OperatingPolicy]) -> dict[int, dict[int, Handover]]:
    """Paper → who leaves it → the handover, begun or handed."""
    rows = Handover.objects.filter(paper__in=papers).select_related("giver")
    found: dict[int, dict[int, Handover]] = defaultdict(dict)
    for row in rows.prefetch_related("receipts__receiver"):
        found[row.paper_id][row.giver_id] = row
    return found


def _exchange(
    paper: OperatingPolicy, circle: Circle, terms: list[Term], written: dict[int, Handover]
) -> Exchange:
    near = [term for term in terms if term.department in circle.around]
    rows = []
    for leaver in leavers(near, circle, paper.year):
        handover = written.get(leaver.person)
        receipts = {row.receiver_id: row for row in handover.receipts.all()} if handover else {}
        asked = [
            Asked(comer, handover, receipts.get(comer.person))
            for comer in successors(leaver, near, circle)
        ]
        rows.append(Succession(paper, leaver, handover, asked))
    after = {asked.comer for row in rows for asked in row.asked}
    coming = after | set(comers(near, circle, paper.year))
    return Exchange(paper, rows, sorted(coming, key=lambda comer: (comer.first, comer.person)))


def exchanges_in(year: int, user: User | None = None) -> list[Exchange]:
    """The departments in which a head goes or comes in ``year``, in their order."""
    papers = OperatingPolicy.objects.for_page().of_year(year)
    rows = exchanges(list(papers.order_by("department__order", "pk")), user)
    return [row for row in rows if row.successions or row.comers]


def own_handover(paper: OperatingPolicy, giver: User) -> Handover:
    """What ``giver`` has written so far; unsaved where there is nothing."""
    rows = Handover.objects.filter(paper=paper, giver=giver).prefetch_related(
        "notes", "receipts__receiver"
    )
    return rows.first() or Handover(paper=paper, giver=giver, version=0)


def notes_of(handover: Handover) -> dict[int, str]:
    """Goal → what is written of it."""
    if handover._state.adding:
        return {}
    return {note.goal_id: note.body for note in handover.notes.all()}


def goals_handed_over(paper: OperatingPolicy, also: Iterable[int] = ()) -> QuerySet[Goal]:
    """The goals of ``paper`` with what stands beside a note; those of ``also`` though removed."""
    standing = Q(is_removed=False) | Q(pk__in=list(also))
    return (
        paper.goals.filter(standing)
        .select_related("lead_division")
        .prefetch_related(Prefetch("indicators", Indicator.objects.order_by("order", "pk")))
        .order_by("is_removed", "order", "pk")
    )


@dataclass(frozen=True)
class HandedNote:
    """What was handed over about one goal, and by whom."""

    handover: Handover
    body: str


@dataclass(frozen=True)
class GoalHanded:
    """A goal with what was handed over about it."""

    title: str
    goal: Goal | None
    notes: list[HandedNote] = field(default_factory=list)


def handed_over(paper: OperatingPolicy) -> list[Handover]:
    """The handovers of ``paper`` that were handed, the first to be handed first."""
    rows = Handover.objects.filter(paper=paper, handed_at__isnull=False).select_related("giver")
    return list(rows.prefetch_related("receipts__receiver").order_by("handed_at", "pk"))


def by_goal(paper: OperatingPolicy, handed: list[Handover]) -> list[GoalHanded]:
    """Every goal with its notes; then the goals that have gone since."""
    rows = {goal.pk: GoalHanded(goal.title, goal) for goal in goals_handed_over(paper)}
    for handover in handed:
        for note in handover.handed["notes"]:
            row = rows.setdefault(note["goal"], GoalHanded(note["title"], None))
            row.notes.append(HandedNote(handover, note["body"]))
    return list(rows.values())


def content_of(handover: Handover, goals: Iterable[Goal]) -> dict[str, Any]:
    """What is handed over: the words as they stand, with the titles of the goals."""
    notes = notes_of(handover)
    return {
        "body": handover.body,
        "notes": [
            {"goal": goal.pk, "title": goal.title, "body": notes[goal.pk]}
            for goal in goals
            if notes.get(goal.pk)
        ],
    }


def remarks_left(paper: OperatingPolicy) -> list[Remark]:
    """The remarks that the department has been told and the office has not settled."""
    rows = paper.remarks.unsettled().filter(told_at__isnull=False)
    return list(rows.select_related("made_by", "answered_by", "response_to", "goal"))
