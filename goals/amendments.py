"""改正: which papers an amendment of the mayor's text concerns, and who has confirmed it.

It counts from its issue, whatever its date: departments must know. Several that a department has
not seen are one difference, from the last edition that it has seen.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from core import clock
from core.audit import subject_of
from core.models import AuditEvent
from core.permissions import Permission
from departments.models import User
from departments.queries import may
from goals.models import Goal, OperatingPolicy, Response
from goals.sheets import Answer, Sheet, gone_sections
from policies.editions import Change
from policies.models import Edition
from policies.queries.editions import Editions, amendments_in

NAMED = 2
"""So many items are named in one line; the others are counted."""


@dataclass(frozen=True)
class Concern:
    """An amended item with which a paper has to do."""

    change: Change
    is_answered: bool
    is_linked: bool

    @property
    def number(self) -> str:
        """What the item is called; another one may bear the number of one that is gone."""
        return f"もとの{self.change.number}" if self.change.is_dropped else self.change.number

    @property
    def is_written_about(self) -> bool:
        """Whether something stands on the paper that was written before."""
        return self.is_answered or self.is_linked


@dataclass(frozen=True)
class Pending:
    """Amendments that concern a paper and that nobody of the department has confirmed."""

    paper: OperatingPolicy
    amendments: list[Edition]
    concerns: list[Concern]

    @property
    def number(self) -> int:
        """The edition that is confirmed with it."""
        return self.amendments[-1].number

    @property
    def label(self) -> str:
        """第1次改正; 第1次改正・第2次改正."""
        return "・".join(str(amendment) for amendment in self.amendments)

    @property
    def news(self) -> str:
        """That the text was amended, in one sentence."""
        return f"基本方針が改正されました（{self.label}）。"

    @property
    def to_do(self) -> str:
        """What the department does about it."""
        looked_at = [row for row in self.concerns if row.is_written_about]
        owed = [row for row in self.concerns if not row.is_written_about]
        is_answered = any(row.is_answered for row in looked_at)
        what = "の回答を確かめる" if is_answered else "に応える目標を確かめる"
        parts = [f"{_named(looked_at)}{what}"] if looked_at else []
        parts += [f"{_named(owed)}に回答する"] if owed else []
        return "、".join(parts)

    @property
    def numbers(self) -> list[str]:
        """The items concerned."""
        return [row.number for row in self.concerns]


def _named(rows: list[Concern]) -> str:
    numbers = [row.number for row in rows]
    more = f"ほか{len(numbers) - NAMED}項" if len(numbers) > NAMED else ""
    return "、".join(numbers[:NAMED]) + more


def pending(
    paper: OperatingPolicy, editions: Editions, answered: Collection[str], linked: Collection[str]
) -> Pending | None:
    """What ``paper`` has yet to confirm; None where nothing concerns it.

    ``answered`` and ``linked`` are the addresses of the items to which it has an answer or a goal.
    """
    amendments = editions.after(paper.edition_seen)
    if not amendments:
        return None
    concerns = [
        Concern(change, change.path in answered, change.path in linked)
        for change in editions.since(paper.edition_seen).changes
        if change.asks_anew
        or (change.needs_a_look and (change.path in answered or change.path in linked))
    ]
    return Pending(paper, amendments, concerns) if concerns else None


def unconfirmed(year: int) -> list[Pending]:
    """All papers of ``year`` that an amendment concerns and that have not confirmed it."""
    editions = amendments_in(year)
    if editions.newest is None:
        return []
    papers = (
        OperatingPolicy.objects.for_page().of_year(year).filter(edition_seen__lt=editions.number)
    )
    return pending_among(list(papers.order_by("department__order", "pk")), editions)


def pending_among(papers: list[OperatingPolicy], editions: Editions) -> list[Pending]:
    """Those of ``papers``, all of one year, that something unconfirmed concerns. Two queries."""
    answered: dict[int, set[str]] = defaultdict(set)
    linked: dict[int, set[str]] = defaultdict(set)
    responses = Response.objects.filter(paper__in=papers)
    for paper_id, path, body in responses.values_list("paper_id", "section__path", "body"):
        if body.strip():
            answered[paper_id].add(path)
    links = Goal.sections.through.objects.filter(
        goal__paper__in=papers, goal__is_removed=False
    ).values_list("goal__paper_id", "section__path")
    for paper_id, path in links:
        linked[paper_id].add(path)
    found = (pending(paper, editions, answered[paper.pk], linked[paper.pk]) for paper in papers)
    return [row for row in found if row]


# ---- on the paper itself ------------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """An amended item beside what stands on the paper to it."""

    change: Change
    answer: Answer | None
    goals: list[tuple[int, Goal]]

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.is_given

    @property
    def is_gone(self) -> bool:
        """Whether the answer is kept among those that nobody owes any more."""
        return self.answer is not None and not self.answer.is_owed


@dataclass(frozen=True)
class Notice:
    """What the head of a paper says about an amendment."""

    pending: Pending
    items: list[Concerned]

    @cached_property
    def answers(self) -> set[str]:
        """The addresses of the answers that were written before."""
        return {item.change.path for item in self.items if item.is_answered}

    @property
    def is_told_early(self) -> bool:
        """Whether an amendment bears a date that has not come."""
        return any(row.dated_on > clock.today() for row in self.pending.amendments)

    @property
    def is_at_office(self) -> bool:
        """Whether the department cannot write just now."""
        return not self.pending.paper.is_writable


def notice_on(sheet: Sheet) -> Notice | None:
    """What ``sheet`` has yet to confirm. Makes no query."""
    if not sheet.editions.after(sheet.paper.edition_seen):
        return None
    by_path = {answer.section.path: answer for answer in sheet.gone}
    by_path |= {a.section.path: a for chapter in sheet.chapters for a in chapter.answers}
    answered = [path for path, answer in by_path.items() if answer.is_given]
    goals: dict[str, list[tuple[int, Goal]]] = defaultdict(list)
    for number, goal in enumerate(sheet.goals, 1):
        for section in (*goal.sections.all(), *gone_sections(goal)):
            goals[section.path].append((number, goal))
    found = pending(sheet.paper, sheet.editions, answered, goals)
    if found is None:
        return None
    changes = [row.change for row in found.concerns]
    items = [Concerned(row, by_path.get(row.path), goals.get(row.path, [])) for row in changes]
    return Notice(found, items)


# ---- for the office -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """How one department stands to the amendments of its year."""

    paper: OperatingPolicy
    pending: Pending | None
    confirmed: AuditEvent | None
    may_read: bool


@dataclass(frozen=True)
class Amendments:
    """All departments of a year: who has yet to confirm, who has, whom nothing concerns."""

    editions: Editions
    rows: list[Row] = field(default_factory=list)

    @property
    def waiting(self) -> list[Row]:
        return [row for row in self.rows if row.pending]

    @property
    def confirmed(self) -> list[Row]:
        return [row for row in self.rows if row.confirmed and not row.pending]

    @property
    def unconcerned(self) -> list[Row]:
        return [row for row in self.rows if not row.pending and not row.confirmed]


def amendments_for(user: User, year: int) -> Amendments:
    """The departments of ``year``, those that have yet to confirm first, as ``user`` may see."""
    editions = amendments_in(year)
    if editions.newest is None:
        return Amendments(editions)
    papers = list(
        OperatingPolicy.objects.for_page().of_year(year).order_by("department__order", "pk")
    )
    waiting = {row.paper.pk: row for row in pending_among(papers, editions)}
    events = AuditEvent.objects.filter(
        subject__in=[subject_of(paper) for paper in papers], verb="amendment.confirm"
    )
    last = {event.subject: event for event in events.select_related("actor").order_by("pk")}
    rows = [
        Row(
            paper=paper,
            pending=waiting.get(paper.pk),
            confirmed=last.get(subject_of(paper)),
            may_read=may(user, Permission.READ_PAPER, paper.target, year=year),
        )
        for paper in papers
    ]
    return Amendments(editions, sorted(rows, key=lambda row: row.pending is None))
