"""Edits of the tree: split, join, raise, lower, renumber, ask. Pure Python: no Django."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import ClassVar

from core.text import normalise
from policies import markers
from policies.edits.stretches import (
    DEEPEST,
    CannotEdit,
    Edit,
    after_marks,
    compact_with_places,
    cut,
    deepened,
    free_id,
    handed_over,
    has_marker,
    in_reading_order,
    index_of,
    last_text_before,
    markers_beside,
    node_of,
    subtree,
    text_pieces,
    with_node,
    with_pieces,
)
from policies.lines import compact
from policies.numbering import in_half_width
from policies.outline import Node, Outline, Piece, spoken, written

LONGEST_MARKER = 20
MOST_PARTS = 50


@dataclass(frozen=True, slots=True)
class Split(Edit):
    """The text of a node is cut at offsets of the source; each later part is a node of its own.

    The new ones stand right after it at the same depth, without a number in the source; what
    followed the cut, items included, follows the last part.
    """

    kind: ClassVar[str] = "split"
    node: int
    at: tuple[int, ...]

    def apply_to(self, outline: Outline) -> Outline:
        if not 0 < len(self.at) < MOST_PARTS:
            raise CannotEdit(f"一度に分けられるのは{MOST_PARTS}までです。")
        node = self.node
        for at in sorted(set(self.at)):
            outline, node = _split(outline, node, at)
        return outline

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} を{len(set(self.at)) + 1}つに分ける"


def _split(outline: Outline, node: int, at: int) -> tuple[Outline, int]:
    at = after_marks(outline.source, at)
    outline = cut(outline, at)
    texts, whole = text_pieces(outline, node), node_of(outline, node)
    if not (any(p.end <= at for p in texts) and any(p.start >= at for p in texts)):
        raise CannotEdit("分けるところは、この項の文の途中を選んでください。")
    marker = markers.branch(whole.marker, markers_beside(outline, node))
    part = Node(free_id(outline), whole.depth, marker, taken_from=whole.taken_from)

    def change(_: int, piece: Piece) -> Piece:
        is_later = piece.node == node and piece in texts and piece.start >= at
        return replace(piece, node=part.id) if is_later else piece

    outline = with_pieces(outline, change)
    return in_reading_order(outline, [*outline.nodes, part]), part.id


def text_to_split(outline: Outline, node: int) -> str:
    """The text of a node as a person is given it, to put line breaks in where it is to be cut."""
    index_of(outline, node)
    found = next(found for found in written(outline) if found.node.id == node)
    return "\n".join(filter(None, [found.heading, found.body]))


def split_points(outline: Outline, node: int, text: str) -> tuple[int, ...]:
    """Where ``text``, given back with more line breaks, is to be cut: offsets for ``Split``.

    A line break where none was, or a blank line, is a cut; other white space does not count.
    """
    asked, shown = _breaks(normalise(text)), _breaks(text_to_split(outline, node))
    letters, places = compact_with_places(outline.source, text_pieces(outline, node))
    if compact(normalise(text)) != letters:
        raise CannotEdit("文字が変わっています。分けるところに改行だけを入れてください。")
    found = [at for at in asked if 0 < at < len(places) and asked[at] > shown[at]]
    if not found:
        raise CannotEdit("分けるところに改行を入れてください。")
    return tuple(places[at] for at in found)


def _breaks(text: str) -> Counter[int]:
    """How many line breaks stand after so many characters that are no white space."""
    found: Counter[int] = Counter()
    at = 0
    for line in text.split("\n"):
        at += len(compact(line))
        found[at] += 1
    return found


@dataclass(frozen=True, slots=True)
class Join(Edit):
    """A node goes on the one before it at the same depth, or the one that it is the first item of.

    Its number in the source becomes text again; its items go to the node that it joins.
    """

    kind: ClassVar[str] = "join"
    node: int

    def apply_to(self, outline: Outline) -> Outline:
        place, target = index_of(outline, self.node), self._target(outline)
        is_parent = target.depth < outline.nodes[place].depth
        below = subtree(outline, self.node)[1:]
        nodes = deepened(outline.nodes, below, -1 if is_parent else 0)
        del nodes[place]
        kinds = {piece.kind for piece in text_pieces(outline, target.id)}
        goes_on = kinds == {"heading"} and not is_parent and not has_marker(outline, self.node)
        outline = handed_over(outline, self.node, target.id, keeps_heading=goes_on)
        return in_reading_order(outline, nodes)

    def _target(self, outline: Outline) -> Node:
        place = index_of(outline, self.node)
        depth = outline.nodes[place].depth
        before = reversed(outline.nodes[:place])
        target = next((node for node in before if node.depth <= depth), None)
        if target is None:
            raise CannotEdit("前に項がありません。本文に戻すときは「項をやめる」を押してください。")
        return target

    def label(self, outline: Outline) -> str:
        before = spoken(outline, self._target(outline).id)
        return f"{spoken(outline, self.node)} を {before} とつなぐ"


@dataclass(frozen=True, slots=True)
class Unmark(Edit):
    """An item turns back into text: of whom it was taken from, or of what stands above it.

    Its items go up by one level where nothing else holds them.
    """

    kind: ClassVar[str] = "unmark"
    node: int

    def apply_to(self, outline: Outline) -> Outline:
        place = index_of(outline, self.node)
        depth = outline.nodes[place].depth
        below = subtree(outline, self.node)[1:]
        is_held = place > 0 and outline.nodes[place - 1].depth >= depth
        nodes = deepened(outline.nodes, below, 0 if is_held else -1)
        del nodes[place]
        outline = handed_over(outline, self.node, self._owner(outline))
        return in_reading_order(outline, nodes)

    def _owner(self, outline: Outline) -> int | None:
        known = {node.id for node in outline.nodes}
        taken_from = node_of(outline, self.node).taken_from
        if taken_from == 0 or taken_from in known:
            return taken_from or None
        first = next(i for i, piece in enumerate(outline.pieces) if piece.node == self.node)
        before = last_text_before(outline, first)
        return before.node if before else None

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} の項をやめる"


@dataclass(frozen=True, slots=True)
class Raise(Edit):
    """A node goes up by one level with all below it."""

    kind: ClassVar[str] = "raise"
    node: int

    def apply_to(self, outline: Outline) -> Outline:
        if not node_of(outline, self.node).depth:
            raise CannotEdit("いちばん上の段の項なので、これより上へは移せません。")
        nodes = deepened(outline.nodes, subtree(outline, self.node), -1)
        return replace(outline, nodes=tuple(nodes))

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} を上の段へ移す"


@dataclass(frozen=True, slots=True)
class Lower(Edit):
    """A node goes down by one level with all below it."""

    kind: ClassVar[str] = "lower"
    node: int

    def apply_to(self, outline: Outline) -> Outline:
        places = subtree(outline, self.node)
        place, depth = places[0], outline.nodes[places[0]].depth
        if not place or outline.nodes[place - 1].depth < depth:
            raise CannotEdit("前に同じ段の項がないため、下の段へは移せません。")
        if max(outline.nodes[at].depth for at in places) + 1 >= DEEPEST:
            raise CannotEdit(f"段は{DEEPEST}つまでです。")
        return replace(outline, nodes=tuple(deepened(outline.nodes, places, 1)))

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} を下の段へ移す"


@dataclass(frozen=True, slots=True)
class Renumber(Edit):
    """Another number is shown before a node; the source stays as it is."""

    kind: ClassVar[str] = "renumber"
    node: int
    marker: str

    def apply_to(self, outline: Outline) -> Outline:
        marker = normalise(self.marker).strip()
        node = node_of(outline, self.node)
        if not marker or "\n" in marker or len(marker) > LONGEST_MARKER:
            raise CannotEdit(f"番号を{LONGEST_MARKER}字までで入力してください。")
        if in_half_width(marker) in markers_beside(outline, self.node) - {
            in_half_width(node.marker)
        }:
            raise CannotEdit(f"「{marker}」は、隣の項の番号です。別の番号を入力してください。")
        return with_node(outline, replace(node, marker=marker))

    def label(self, outline: Outline) -> str:
        return f"{spoken(outline, self.node)} の番号を「{self.marker.strip()}」に直す"


@dataclass(frozen=True, slots=True)
class Ask(Edit):
    """Whether departments owe an answer to a node; None as by default."""

    kind: ClassVar[str] = "ask"
    node: int
    is_open: bool | None

    def apply_to(self, outline: Outline) -> Outline:
        return with_node(outline, replace(node_of(outline, self.node), is_open=self.is_open))

    def label(self, outline: Outline) -> str:
        ways = {True: "に回答を求める", False: "に回答を求めない", None: "の回答を既定に戻す"}
        return f"{spoken(outline, self.node)} {ways[self.is_open]}"
