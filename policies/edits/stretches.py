"""Cutting, claiming and rewriting the pieces of an outline. Pure Python: no Django.

What the edits of ``policies.edits`` are made of; each returns a new outline or new pieces.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from core.text import normalise
from policies.numbering import in_half_width
from policies.outline import APART, Node, Outline, Piece, parents_of

DEEPEST = 5
"""How many levels the office may make."""
_JOINER = "\u200d"


class CannotEdit(ValueError):
    """Why a correction cannot be made; the message is a sentence that says what to do."""


class Edit:
    """One correction: ``apply_to`` gives the new outline, ``label`` says it in words."""

    __slots__ = ()
    kind: ClassVar[str]

    def apply_to(self, outline: Outline) -> Outline:
        raise NotImplementedError

    def label(self, outline: Outline) -> str:
        raise NotImplementedError


def node_of(outline: Outline, node: int) -> Node:
    """The node with the id ``node``."""
    return outline.nodes[index_of(outline, node)]


def index_of(outline: Outline, node: int) -> int:
    """Where a node stands in reading order."""
    for index, found in enumerate(outline.nodes):
        if found.id == node:
            return index
    raise CannotEdit("この項はもうありません。画面を開き直してください。")


def subtree(outline: Outline, node: int) -> range:
    """Where a node and all items below it stand in reading order."""
    first = index_of(outline, node)
    depth = outline.nodes[first].depth
    end = first + 1
    while end < len(outline.nodes) and outline.nodes[end].depth > depth:
        end += 1
    return range(first, end)


def text_pieces(outline: Outline, node: int) -> list[Piece]:
    """The pieces of a node's heading and body."""
    return [p for p in outline.pieces if p.node == node and p.kind in {"heading", "body"}]


def free_id(outline: Outline) -> int:
    """An id that no node has."""
    return max((node.id for node in outline.nodes), default=0) + 1


def markers_beside(outline: Outline, node: int) -> set[str]:
    """The numbers, in half width, of a node and of those that it stands among."""
    parents = parents_of(outline.nodes)
    return {
        in_half_width(found.marker) for found in outline.nodes if parents[found.id] == parents[node]
    }


def handed_over(
    outline: Outline, node: int, owner: int | None, *, keeps_heading: bool = False
) -> Outline:
    """The pieces of ``node`` as text of ``owner``, its number included; None: running text.

    A dash before the number is text again only where it was text before the office marked it.
    """
    was_text = node_of(outline, node).taken_from is not None

    def change(_: int, piece: Piece) -> Piece:
        if piece.node != node:
            return piece
        if piece.kind == "bullet" and not was_text:
            return replace(piece, kind="furniture", node=None)
        kind = "heading" if keeps_heading and piece.kind == "heading" else "body"
        return replace(piece, kind=kind if owner else "preamble", node=owner)

    return with_pieces(outline, change)


def has_marker(outline: Outline, node: int) -> bool:
    """Whether the number of a node stands in the source."""
    return any(piece.node == node and piece.kind == "marker" for piece in outline.pieces)


def reconsidered(before: Outline, after: Outline) -> Outline:
    """``after`` where nothing is decided about lines that follow another line than ``before``."""
    if before.source != after.source:
        return after
    old = _followed(before)
    new = _followed(after)

    def change(_: int, piece: Piece) -> Piece:
        is_moved = piece.start in old and piece.start in new
        is_moved = is_moved and old[piece.start] != new[piece.start]
        return replace(piece, opens=None) if is_moved else piece

    return with_pieces(after, change)


def _followed(outline: Outline) -> dict[int, int]:
    """For each line of a text where the line before it in that text ends."""
    found: dict[int, int] = {}
    last: Piece | None = None
    for piece in outline.pieces:
        if piece.kind in APART:
            continue
        if last and (last.kind, last.node) == (piece.kind, piece.node):
            found[piece.start] = last.end
        last = piece
    return found


def cut(outline: Outline, at: int) -> Outline:
    """The piece over ``at`` becomes two; white space at the cut belongs to neither."""
    source = outline.source
    pieces: list[Piece] = []
    for piece in outline.pieces:
        if not piece.start < at < piece.end:
            pieces.append(piece)
            continue
        left = source[piece.start : at].rstrip()
        right = source[at : piece.end].lstrip()
        pieces.append(replace(piece, end=piece.start + len(left)))
        pieces.append(replace(piece, start=piece.end - len(right), opens=None))
    return replace(outline, pieces=tuple(pieces))


def after_marks(source: str, at: int) -> int:
    """``at``, moved behind what belongs to the character before: variation selectors, dakuten."""
    while 0 < at < len(source) and _goes_with(source[at - 1], source[at]):
        at += 1
    return at


def _goes_with(before: str, character: str) -> bool:
    return _JOINER in {before, character} or unicodedata.category(character).startswith("M")


def cut_out(outline: Outline, start: int, end: int) -> tuple[Outline, range]:
    """The outline with cuts at both ends of a passage, and which pieces lie in the passage."""
    if not 0 <= start < end <= len(outline.source):
        raise CannotEdit("文を選んでから押してください。")
    start, end = (after_marks(outline.source, at) for at in (start, end))
    outline = cut(cut(outline, start), end)
    inside = [i for i, p in enumerate(outline.pieces) if start <= p.start and p.end <= end]
    if not inside:
        raise CannotEdit("文を選んでから押してください。")
    return outline, range(inside[0], inside[-1] + 1)


def with_pieces(outline: Outline, change: Callable[[int, Piece], Piece]) -> Outline:
    """The outline with each piece as ``change`` (place, piece) makes it."""
    pieces = tuple(change(index, piece) for index, piece in enumerate(outline.pieces))
    return replace(outline, pieces=pieces)


def with_node(outline: Outline, node: Node) -> Outline:
    """The outline with ``node`` in place of the one that has its id."""
    nodes = tuple(node if found.id == node.id else found for found in outline.nodes)
    return replace(outline, nodes=nodes)


def in_reading_order(outline: Outline, nodes: Iterable[Node]) -> Outline:
    """The outline with ``nodes`` in the order of their first pieces."""
    first: dict[int | None, int] = {}
    for index, piece in enumerate(outline.pieces):
        first.setdefault(piece.node, index)
    known = [node for node in nodes if node.id in first]
    return replace(outline, nodes=tuple(sorted(known, key=lambda node: first[node.id])))


def deepened(nodes: Sequence[Node], places: Iterable[int], by: int) -> list[Node]:
    """The nodes with those at ``places`` that much deeper."""
    found = list(nodes)
    for place in places:
        found[place] = replace(found[place], depth=found[place].depth + by)
    return found


def last_text_before(outline: Outline, place: int) -> Piece | None:
    """The last piece before ``place`` that is no furniture."""
    before = outline.pieces[:place]
    return next((p for p in reversed(before) if p.kind not in APART), None)


def first_text_after(outline: Outline, place: int) -> Piece | None:
    """The first piece after ``place`` that is no furniture."""
    after = outline.pieces[place + 1 :]
    return next((p for p in after if p.kind not in APART), None)


def compact_with_places(source: str, pieces: Iterable[Piece]) -> tuple[str, list[int]]:
    """The characters of ``pieces`` without white space, and where in the source each stands."""
    places = [
        at for piece in pieces for at in range(piece.start, piece.end) if not source[at].isspace()
    ]
    return "".join(source[at] for at in places), places


# --- other words ---------------------------------------------------------------------------------


def rewrite(outline: Outline, start: int, end: int, text: str, written: Sequence[Piece]) -> Outline:
    """``text`` in place of a stretch of the source; ``written`` are its pieces, from offset 0.

    Pieces inside the stretch go, those behind it move.
    """
    shift = len(text) - (end - start)
    source = outline.source[:start] + text + outline.source[end:]
    if normalise(source) != source:
        raise CannotEdit("この文字は入れられません。入力し直してください。")
    before = [p for p in outline.pieces if p.end <= start]
    behind = [_moved(p, shift) for p in outline.pieces if p.start >= end]
    new = [_moved(p, start) for p in written]
    return replace(outline, source=source, pieces=(*before, *new, *behind))


def _moved(piece: Piece, by: int) -> Piece:
    return replace(piece, start=piece.start + by, end=piece.end + by)


def as_lines(text: str) -> list[str]:
    """The paragraphs of what was typed: its lines that hold text, without margins."""
    return [line.strip() for line in normalise(text).split("\n") if line.strip()]


def pieces_of_lines(lines: Sequence[str], node: int, start: int = 0) -> list[Piece]:
    """Body pieces for ``lines`` written one below the other from offset ``start``."""
    pieces = []
    for line in lines:
        pieces.append(Piece("body", start, start + len(line), node, opens=True))
        start += len(line) + 1
    return pieces
