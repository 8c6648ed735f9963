"""Edits of a passage that a person has selected in the source. Pure Python: no Django."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from core.text import normalise, opening_words
from policies import markers
from policies.edits.stretches import (
    DEEPEST,
    CannotEdit,
    Edit,
    cut_out,
    first_text_after,
    free_id,
    in_reading_order,
    index_of,
    last_text_before,
    markers_beside,
    node_of,
    text_pieces,
    with_node,
    with_pieces,
)
from policies.lines import compact
from policies.numbering import Mark as Marker
from policies.numbering import find_mark, in_half_width
from policies.outline import APART, Node, Outline, Piece, parents_of

_COUNTED = "年月日円％%箇ヶ個つ人回番点期次"  # before these a bare number is no marker


def _opening(outline: Outline, start: int, end: int) -> str:
    return f"「{opening_words(outline.source[start:end], 12)}」"


@dataclass(frozen=True, slots=True)
class Mark(Edit):
    """A passage of running text, or of the body of a node, becomes a node of its own.

    Text behind it stays whose it was. A number that the passage begins with is its number,
    otherwise the next one is proposed. ``depth``: None is below the node that the passage was of,
    outermost for running text.
    """

    kind: ClassVar[str] = "mark"
    start: int
    end: int
    depth: int | None = None

    def apply_to(self, outline: Outline) -> Outline:
        outline, inside = cut_out(outline, self.start, self.end)
        owner = _owner([outline.pieces[place] for place in inside])
        depth = self._depth(outline, owner, inside[-1])
        node = Node(free_id(outline), depth, "", taken_from=owner)
        outline = _claimed(outline, inside, node.id)
        if owner and not text_pieces(outline, owner):
            raise CannotEdit("項の文のすべてが選ばれています。一部だけを選んでください。")
        outline = in_reading_order(outline, [*outline.nodes, node])
        return with_node(outline, replace(node, marker=_marker(outline, node)))

    def _depth(self, outline: Outline, owner: int, last: int) -> int:
        above = node_of(outline, owner).depth if owner else -1
        depth = above + 1 if self.depth is None else self.depth
        if not 0 <= depth < DEEPEST:
            raise CannotEdit(f"段は{DEEPEST}つまでです。")
        goes_on = any(piece.node == owner for piece in outline.pieces[last + 1 :])
        if owner and goes_on and depth <= above:
            raise CannotEdit("項の途中の文は、その項の下の段の項にしてください。")
        return depth

    def label(self, outline: Outline) -> str:
        return f"{_opening(outline, self.start, self.end)}を項にする"


def _owner(pieces: Sequence[Piece]) -> int:
    """Whose text the pieces are, furniture apart: the id of a node, or 0 for running text."""
    found = {(piece.kind, piece.node) for piece in pieces if piece.kind not in APART}
    if not found:
        raise CannotEdit("ここは本文外です。先に「本文に入れる」を押してください。")
    kind, node = found.pop()
    if found or kind not in {"preamble", "body"}:
        raise CannotEdit(
            "一つの項の本文の中か、項に入っていない文の中から選んでください。"
            "番号や見出しは含められません。"
        )
    return node or 0


def _claimed(outline: Outline, inside: range, node: int) -> Outline:
    """The pieces at ``inside`` as those of ``node``, with a number that they begin with."""
    pieces = list(outline.pieces)
    for place in inside:
        if pieces[place].kind not in APART:
            pieces[place] = replace(pieces[place], kind="body", node=node)
    first = next(place for place in inside if pieces[place].kind == "body")
    pieces[first : first + 1] = opening_pieces(
        outline.source, pieces[first], is_all=first == inside[-1]
    )
    return replace(outline, pieces=tuple(pieces))


def opening_pieces(source: str, piece: Piece, *, is_all: bool) -> list[Piece]:
    """The first piece of a new node, parted into bullet, marker and text."""
    mark = marker_at(source[piece.start : piece.end], is_all=is_all)
    if mark is None:
        return [piece]
    found = []
    if mark.start:
        found.append(Piece("bullet", piece.start, piece.start + 1, piece.node))
    found.append(Piece("marker", piece.start + mark.start, piece.start + mark.end, piece.node))
    found[0] = replace(found[0], opens=piece.opens)
    rest = source[piece.start + mark.end : piece.end].lstrip()
    if rest:
        found.append(replace(piece, start=piece.end - len(rest), opens=None))
    return found


def marker_at(text: str, *, is_all: bool) -> Marker | None:
    """The number that the text of a new node begins with; a count (3年, 5つ) is none."""
    mark = find_mark(text)
    if mark is None:
        return None
    rest = text[mark.end :].lstrip()
    is_count = mark.style.is_weak and rest[:1] in _COUNTED
    return None if (is_all and not rest) or (rest and is_count) else mark


def _marker(outline: Outline, node: Node) -> str:
    """The number of a new node in its place: as in the source, otherwise the next one."""
    for piece in outline.pieces:
        if piece.node == node.id and piece.kind == "marker":
            return outline.source[piece.start : piece.end]
    return proposed_marker(outline, node.id)


def proposed_marker(outline: Outline, node: int) -> str:
    """The number after that of the item before, or the first as others of its depth have it."""
    place, parents = index_of(outline, node), parents_of(outline.nodes)
    taken = markers_beside(outline, node) - {""}
    before = [n for n in outline.nodes[:place] if parents[n.id] == parents[node]]
    if before:
        candidate = markers.following(before[-1].marker)
        last = before[-1].marker
    else:
        depth = outline.nodes[place].depth
        alike = [n.marker for n in outline.nodes if n.depth == depth and n.id != node]
        candidate = last = alike[0] if alike else markers.FIRST
    is_free = candidate is not None and in_half_width(candidate) not in taken
    return candidate if candidate and is_free else markers.branch(last, taken)


@dataclass(frozen=True, slots=True)
class TakeIn(Edit):
    """What was set apart (furniture, closing and the like) becomes text of where it stands."""

    kind: ClassVar[str] = "take_in"
    start: int
    end: int

    def apply_to(self, outline: Outline) -> Outline:
        outline, inside = cut_out(outline, self.start, self.end)
        apart = [place for place in inside if outline.pieces[place].kind in APART]
        if not apart:
            raise CannotEdit("ここはもう本文に入っています。")
        pieces = list(outline.pieces)
        for place in apart:
            pieces[place] = _taken_in(outline, place)
            outline = replace(outline, pieces=tuple(pieces))
        return outline

    def label(self, outline: Outline) -> str:
        return f"{_opening(outline, self.start, self.end)}を本文に入れる"


def _taken_in(outline: Outline, place: int) -> Piece:
    piece = outline.pieces[place]
    before, after = last_text_before(outline, place), first_text_after(outline, place)
    if before is None or before.node is None:
        return replace(piece, kind="preamble", node=None)
    is_in_heading = after and (after.kind, after.node) == ("heading", before.node)
    return replace(piece, kind="heading" if is_in_heading else "body", node=before.node)


@dataclass(frozen=True, slots=True)
class SetApart(Edit):
    """Text that belongs to no part of the document, as a running head, is set apart."""

    kind: ClassVar[str] = "set_apart"
    start: int
    end: int

    def apply_to(self, outline: Outline) -> Outline:
        outline, inside = cut_out(outline, self.start, self.end)
        kinds = {outline.pieces[place].kind for place in inside}
        if kinds <= APART:
            raise CannotEdit("ここはもう本文外です。")
        if kinds & {"bullet", "marker"}:
            raise CannotEdit("番号は本文外にできません。番号を除いて選んでください。")

        def change(place: int, piece: Piece) -> Piece:
            is_text = place in inside and piece.kind not in APART
            return replace(piece, kind="furniture", node=None) if is_text else piece

        outline = with_pieces(outline, change)
        if {node.id for node in outline.nodes} - {piece.node for piece in outline.pieces}:
            raise CannotEdit("項の文がなくなります。先に「項をやめる」を押してください。")
        return outline

    def label(self, outline: Outline) -> str:
        return f"{_opening(outline, self.start, self.end)}を本文外にする"


def passage_between(
    outline: Outline, within: tuple[int, int], first: str, last: str
) -> tuple[int, int]:
    """The passage from the words ``first`` to the words ``last``, both with it.

    They are looked for between the offsets ``within``, white space ignored; without ``last`` the
    passage goes to the end. Raises CannotEdit where they are not found.
    """
    start, end = within
    places = [at for at in range(start, end) if not outline.source[at].isspace()]
    letters = "".join(outline.source[at] for at in places)
    begins = _find(letters, first, 0, "ここから")
    ends = len(letters)
    if wanted := compact(normalise(last)):
        ends = _find(letters, last, begins, "ここまで") + len(wanted)
    return places[begins], places[ends - 1] + 1


def _find(letters: str, words: str, start: int, label: str) -> int:
    wanted = compact(normalise(words))
    if not wanted:
        raise CannotEdit(f"「{label}」に、選ぶ部分の言葉を入力してください。")
    found = letters.find(wanted, start)
    if found < 0:
        raise CannotEdit(f"「{label}」の言葉が、この部分の文に見つかりません。")
    return found
