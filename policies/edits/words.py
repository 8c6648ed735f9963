"""Edits of headings and of the words themselves. Pure Python: no Django."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from core.text import opening_words
from policies.edits.passages import opening_pieces, proposed_marker
from policies.edits.stretches import (
    CannotEdit,
    Edit,
    as_lines,
    compact_with_places,
    cut,
    free_id,
    in_reading_order,
    node_of,
    pieces_of_lines,
    rewrite,
    subtree,
    with_node,
    with_pieces,
)
from policies.lines import compact
from policies.outline import Node, Outline, Piece, spoken

LONGEST_SHORT_NAME = 30
LONGEST_HEADING = 200
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Retitle(Edit):
    """The heading of a node.

    The beginning of its text up to a line's end or a space (white space ignored) is its heading
    from now on; nothing: there is none. Other words, and a part of a sentence, are kept as the
    office's short name for it.
    """

    kind: ClassVar[str] = "retitle"
    node: int
    heading: str

    def apply_to(self, outline: Outline) -> Outline:
        node, wanted = node_of(outline, self.node), compact("".join(as_lines(self.heading)))
        letters, places = compact_with_places(outline.source, self._first_run(outline))
        if not _is_whole_line(outline.source, letters, places, wanted):
            return with_node(outline, replace(node, short_name=self._short_name()))
        if len(wanted) > LONGEST_HEADING:
            raise CannotEdit(f"見出しは{LONGEST_HEADING}字までにしてください。")
        at = places[len(wanted) - 1] + 1 if wanted else 0
        outline = with_node(cut(outline, at), replace(node, short_name=""))

        def change(_: int, piece: Piece) -> Piece:
            if piece.node != self.node or piece.kind not in {"heading", "body"}:
                return piece
            return replace(piece, kind="heading" if piece.end <= at else "body")

        return with_pieces(outline, change)

    def _first_run(self, outline: Outline) -> list[Piece]:
        """The text of the node up to the first item that stands inside it."""
        found: list[Piece] = []
        for piece in outline.pieces:
            if piece.node == self.node and piece.kind in {"heading", "body"}:
                found.append(piece)
            elif found and (piece.node or piece.kind == "preamble"):
                break
        return found

    def _short_name(self) -> str:
        name = " ".join(as_lines(self.heading))
        if len(name) > LONGEST_SHORT_NAME:
            raise CannotEdit(
                "文の初めと違う見出しは、短い名前として残します。"
                f"{LONGEST_SHORT_NAME}字までにしてください。"
            )
        return name

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} の見出しを直す"


def _is_whole_line(source: str, letters: str, places: list[int], wanted: str) -> bool:
    """Whether ``wanted`` begins the text and a line ends or a space stands behind it."""
    if not letters.startswith(wanted):
        return False
    if not wanted or wanted == letters:
        return True
    return source[places[len(wanted) - 1] + 1].isspace()


@dataclass(frozen=True, slots=True)
class Reword(Edit):
    """Other words for the body of a node, in the source itself; a line is a paragraph."""

    kind: ClassVar[str] = "reword"
    node: int
    text: str

    def apply_to(self, outline: Outline) -> Outline:
        node_of(outline, self.node)
        lines = _lines(self.text)
        kinds = {piece.kind for piece in outline.pieces if piece.node == self.node}
        if not lines and "heading" not in kinds:
            raise CannotEdit(
                "本文を入力してください。項をなくすときは「項を削る」を押してください。"
            )
        runs = list(_runs(outline, {self.node}, {"body"}))
        if not runs:
            return self._inserted(outline, lines)
        for run in reversed(runs[1:]):
            outline = rewrite(outline, run[0].start, run[-1].end, "", ())
        start, end = runs[0][0].start, runs[0][-1].end
        return rewrite(outline, start, end, "\n".join(lines), pieces_of_lines(lines, self.node))

    def _inserted(self, outline: Outline, lines: list[str]) -> Outline:
        """The body of a node that has had none, below its heading or beside its number."""
        last = [piece for piece in outline.pieces if piece.node == self.node][-1]
        return insert_lines(
            outline, last.end, lines, self.node, after=" " if last.kind == "marker" else "\n"
        )

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} の本文を直す"


def _lines(text: str) -> list[str]:
    if len(text) > LONGEST_TEXT:
        raise CannotEdit(f"本文は{LONGEST_TEXT:,}字までにしてください。")
    return as_lines(text)


def insert_lines(
    outline: Outline, at: int, lines: list[str], node: int, *, after: str = "\n"
) -> Outline:
    """``lines`` written into the source after ``at`` as the body of ``node``."""
    if not lines:
        return outline
    rest = outline.source[at:].split("\n", 1)[0]
    text = after + "\n".join(lines) + ("\n" if rest.strip() else "")
    return rewrite(outline, at, at, text, pieces_of_lines(lines, node, len(after)))


def _runs(
    outline: Outline, nodes: Collection[int], kinds: Collection[str]
) -> Iterator[list[Piece]]:
    """The pieces of ``nodes`` that are of ``kinds``, as stretches with nothing else between."""
    run: list[Piece] = []
    for piece in outline.pieces:
        if piece.node in nodes and piece.kind in kinds:
            run.append(piece)
        elif run:
            yield run
            run = []
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class Add(Edit):
    """A new node after ``node`` and its items, at the same depth; its words go into the source."""

    kind: ClassVar[str] = "add"
    node: int
    text: str

    def apply_to(self, outline: Outline) -> Outline:
        lines, beside = _lines(self.text), node_of(outline, self.node)
        if not lines:
            raise CannotEdit("加える項の文を入力してください。")
        above = {outline.nodes[place].id for place in subtree(outline, self.node)}
        at = max(piece.end for piece in outline.pieces if piece.node in above)
        node = Node(free_id(outline), beside.depth, "")
        outline = insert_lines(outline, at, lines, node.id)
        outline = _with_number(outline, node.id, is_all=len(lines) == 1)
        outline = in_reading_order(outline, [*outline.nodes, node])
        marker = _marker_in_source(outline, node.id) or proposed_marker(outline, node.id)
        return with_node(outline, replace(node, marker=marker))

    def label(self, outline: Outline) -> str:
        words = opening_words(self.text, 12)
        return f"{spoken(outline, self.node)} の次に「{words}」を加える"


def _with_number(outline: Outline, node: int, *, is_all: bool) -> Outline:
    """A number typed before the words of a new node is its number."""
    first = next(place for place, piece in enumerate(outline.pieces) if piece.node == node)
    opening = opening_pieces(outline.source, outline.pieces[first], is_all=is_all)
    pieces = (*outline.pieces[:first], *opening, *outline.pieces[first + 1 :])
    return replace(outline, pieces=pieces)


def _marker_in_source(outline: Outline, node: int) -> str:
    found = (p for p in outline.pieces if p.node == node and p.kind == "marker")
    return next((outline.source[p.start : p.end] for p in found), "")


@dataclass(frozen=True, slots=True)
class Drop(Edit):
    """A node and all items below it go, out of the source too."""

    kind: ClassVar[str] = "drop"
    node: int

    def apply_to(self, outline: Outline) -> Outline:
        gone = {outline.nodes[place].id for place in subtree(outline, self.node)}
        nodes = [node for node in outline.nodes if node.id not in gone]
        runs = list(_runs(outline, gone, {"bullet", "marker", "heading", "body"}))
        for run in reversed(runs):
            outline = rewrite(outline, run[0].start, run[-1].end, "", ())
        return replace(outline, nodes=tuple(nodes))

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} を削る"
