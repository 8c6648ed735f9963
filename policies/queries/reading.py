"""The reading page: a manuscript row by row, with what can be done to the row that is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from policies import edits
from policies.contents import content_of
from policies.editions import Comparison, compare
from policies.models import BasicPolicy, Manuscript
from policies.outline import Outline
from policies.queries.manuscripts import Desk, Question
from policies.sheets import Row, row_at, row_of_line, rows

WAYS: Mapping[str, str] = {
    "raise": "上の段へ移す",
    "lower": "下の段へ移す",
    "join": "前の項とつなぐ",
    "unmark": "項をやめる",
}
TYPED = ("marker", "heading", "text", "first", "last")


@dataclass(frozen=True)
class Asked:
    """A question of the parser and the row that it is about."""

    question: Question
    row: Row | None


@dataclass(frozen=True)
class Trouble:
    """What could not be done: why, with which kind of edit, and what was typed."""

    sentence: str
    kind: str
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> list[str]:
        """What was typed, where there is no field to show it in any more."""
        return [self.typed[name] for name in TYPED if self.typed.get(name)]


@dataclass(frozen=True)
class Sheet:
    """The page: ``chosen`` is the row that is being put right."""

    desk: Desk
    rows: Sequence[Row]
    chosen: Row | None = None
    trouble: Trouble | None = None

    @property
    def kind(self) -> str:
        """The kind of edit that could not be made; empty where there was none."""
        return self.trouble.kind if self.trouble else ""

    @property
    def typed(self) -> dict[str, str]:
        """What was typed for it."""
        given = self.trouble.typed if self.trouble else {}
        return {name: given.get(name, "") for name in TYPED}

    @property
    def manuscript(self) -> Manuscript:
        return self.desk.manuscript

    @property
    def is_basic(self) -> bool:
        return self.manuscript.kind == Manuscript.Kind.BASIC

    @cached_property
    def asked(self) -> list[Asked]:
        """All questions with their rows, the open ones first."""
        questions = sorted(self.desk.questions, key=lambda question: question.is_settled)
        return [Asked(question, row_of_line(self.rows, question.line)) for question in questions]

    @property
    def open_questions(self) -> list[Asked]:
        return [asked for asked in self.asked if not asked.question.is_settled]

    @property
    def settled_questions(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.question.is_settled]

    @property
    def doubtful_lines(self) -> set[int]:
        """The lines that an open question is about."""
        return {question.line for question in self.desk.open_questions}

    @property
    def item_count(self) -> int:
        return len(self.desk.written)

    @property
    def owed_count(self) -> int:
        """To how many items departments owe an answer."""
        return sum(row.is_leaf and row.is_open for row in self.desk.written)

    @property
    def state(self) -> str:
        """Not shown yet, shown as 案, 発出済み: in one line."""
        return state_of(self.desk)

    @property
    def next_step(self) -> str:
        """What the filled button says; empty where nothing is to be done."""
        if not self.is_basic:
            return "庁内に見せる" if self.manuscript.is_changed else ""
        if self.desk.is_amendment:
            return "確かめて改正へ進む" if self.manuscript.is_changed else ""
        return "確かめて発出へ進む"

    @property
    def can_be_shown(self) -> bool:
        """Whether the draft can be shown in the house as it stands now."""
        is_draft = self.is_basic and not self.desk.is_amendment
        return is_draft and self.manuscript.is_changed

    @cached_property
    def ways(self) -> dict[str, str]:
        """The moves that the chosen item allows, in words."""
        if self.chosen is None or self.chosen.item is None:
            return {}
        node = self.chosen.item.node.id
        return {kind: word for kind, word in WAYS.items() if _is_possible(self.desk, kind, node)}

    @cached_property
    def text_to_split(self) -> str:
        item = self.chosen.item if self.chosen else None
        return edits.text_to_split(self.desk.outline, item.node.id) if item else ""

    @cached_property
    def passage(self) -> tuple[int, int]:
        """From where to where passages of the chosen row can be selected."""
        row = self.chosen
        if row is None:
            return 0, 0
        if row.item is None:
            return row.start, _end_of_text(self.rows, row)
        node = row.item.node.id
        body = [p for p in self.desk.outline.pieces if (p.kind, p.node) == ("body", node)]
        return (body[0].start, body[-1].end) if body else (0, 0)

    @property
    def passage_text(self) -> str:
        """The raw source of ``passage``."""
        start, end = self.passage
        return self.desk.outline.source[start:end]


def _end_of_text(rows: Sequence[Row], row: Row) -> int:
    """Where the running text ends that ``row`` is a paragraph of."""
    end = row.end
    for following in rows[rows.index(row) + 1 :]:
        if following.item is not None:
            break
        end = following.end if following.kind == "text" else end
    return end


def _is_possible(desk: Desk, kind: str, node: int) -> bool:
    try:
        edits.apply(desk.outline, edits.edit_from_json({"kind": kind, "node": node}))
    except edits.CannotEdit:
        return False
    return True


def state_of(desk: Desk) -> str:
    """How far the document has come, in one line."""
    manuscript, document = desk.manuscript, desk.document
    if document is None:
        return "庁内には、まだ見せていません"
    if not isinstance(document, BasicPolicy):
        state = "庁内に見せています"
    elif document.edition is None:
        state = "案として庁内に見せています"
    else:
        state = f"第{document.edition}次改正まで発出済み" if document.edition else "発出済み"
    return f"{state}　直したところは、まだ見せていません" if manuscript.is_changed else state


def sheet(
    desk: Desk, *, item: int | None = None, at: int | None = None, trouble: Trouble | None = None
) -> Sheet:
    """The page with the row of ``item``, or the one at the offset ``at``, chosen."""
    found = rows(desk.outline)
    return Sheet(desk, found, row_at(found, item=item, at=at), trouble)


def item_after(before: Outline, after: Outline, kind: str, item: int | None) -> int | None:
    """Where the person goes on working: at a new item, at the same, or at the one before it."""
    old = [node.id for node in before.nodes]
    known = {node.id for node in after.nodes}
    new = [node.id for node in after.nodes if node.id not in old]
    if kind in {"mark", "add"} and new:
        return new[0]
    if item in known or item not in old:
        return item if item in known else None
    above = [node for node in old[: old.index(item)] if node in known]
    return above[-1] if above else None


def differences(desk: Desk) -> Comparison | None:
    """What an amendment would change; None before the document is issued. One query."""
    policy = desk.document
    if not isinstance(policy, BasicPolicy) or not policy.is_issued:
        return None
    last = policy.editions.order_by("-number").first()
    taken = policy.sections.values_list("path", flat=True)
    new = content_of(desk.manuscript.title, desk.outline, taken)
    return compare(last.content, new) if last else None
