"""The tree of a document as stretches of its source, which the policy office corrects.

Pure Python: no Django. The text of a node always comes from the source through its pieces, so
nothing is invented and nothing lost whatever is corrected (see ``policies.edits``); lines become
paragraphs by the rule of ``policies.joining``, as in the parser.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Any

from policies.joining import joined, paragraphs
from policies.lines import Line
from policies.margins import Ending, endings
from policies.numbering import in_half_width
from policies.tree import ParsedPolicy, ParsedSection

OF_NODES = frozenset({"bullet", "marker", "heading", "body"})
APART = frozenset({"date", "title", "issuer", "closing", "furniture"})
KINDS = OF_NODES | APART | {"preamble"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch inside one line of the source, without margins; kinds as in ``tree.Span``.

    ``node``: the node that it belongs to. ``opens``: whether a paragraph begins here, where that
    was decided; None as the rule for joining lines says.
    """

    kind: str
    start: int
    end: int
    node: int | None = None
    opens: bool | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """章・項・号. ``depth`` 0 is outermost; a node is at most one deeper than the one before it.

    ``marker``: as shown, which may differ from the source. ``path``: permanent address, given
    when first shown in the house. ``short_name``: the office's own, no word of the document.
    ``is_open``: whether an answer is owed; None as by default (a node without items is open).
    ``taken_from``: the node out of whose body the office took it, 0 for running text; None for a
    node that was read or split off.
    """

    id: int
    depth: int
    marker: str
    path: str = ""
    short_name: str = ""
    is_open: bool | None = None
    taken_from: int | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """``nodes`` in reading order, which is the order of their first pieces."""

    source: str
    nodes: tuple[Node, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A node with its texts. ``start`` and ``end`` enclose it with all its items."""

    node: Node
    heading: str
    body: str
    start: int
    end: int
    parent_id: int | None
    is_leaf: bool

    @property
    def is_open(self) -> bool:
        """Whether departments owe an answer here."""
        return self.is_leaf if self.node.is_open is None else self.node.is_open


# --- from what was read --------------------------------------------------------------------------


def outline_of(parsed: ParsedPolicy) -> Outline:
    """The outline of a document as it was read."""
    depths = [depth for root in parsed.sections for depth in _depths(root, 0)]
    nodes: list[Node] = []
    pieces: list[Piece] = []
    for span in parsed.spans:
        node = len(nodes) + (span.kind == "bullet") if span.kind in OF_NODES else None
        if span.kind == "marker":
            node = len(nodes) + 1
            marker = parsed.source[span.start : span.end]
            nodes.append(Node(node, depths[len(nodes)], marker))
        pieces.append(Piece(span.kind, span.start, span.end, node))
    return _decided(Outline(parsed.source, tuple(nodes), tuple(pieces)), parsed.apart)


def _decided(outline: Outline, apart: Sequence[int]) -> Outline:
    """``outline`` with what the parser decided about each line, so that no later change of
    another line, nor of the rule for joining them, changes its texts."""
    headed = {piece.node for piece in outline.pieces if piece.kind == "heading"}
    beginnings: dict[int, bool] = {}
    for (kind, node), runs in _runs(outline).items():
        is_body = kind == "body" and node not in headed
        for index, run in enumerate(runs):
            begins = is_body and not index
            for paragraph in paragraphs(run, apart=frozenset(apart), begins_with_text=begins):
                beginnings |= {line.start: line is paragraph[0] for line in paragraph}
            del beginnings[run[0].start]
    pieces = (replace(piece, opens=beginnings.get(piece.start)) for piece in outline.pieces)
    return replace(outline, pieces=tuple(pieces))


def _depths(section: ParsedSection, depth: int) -> Iterator[int]:
    yield depth
    for item in section.items:
        yield from _depths(item, depth + 1)


# --- as texts ------------------------------------------------------------------------------------

Run = list[Line]
"""Lines of one text that follow each other; nothing of another node stands between them."""


@dataclass(slots=True)
class _Page:
    """The lines of the source: where each begins, and whether a blank one stands before it."""

    source: str
    starts: list[int] = field(init=False)
    gaps: list[bool] = field(init=False)
    before: list[Ending | None] = field(init=False)  # how the line before each one ends
    at: int = 0

    def __post_init__(self) -> None:
        lines = self.source.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in lines)]
        blank = [not line.strip() for line in lines]
        self.gaps = [False, *blank[:-1]]
        self.before = [None, *endings(lines)]

    def number(self, offset: int) -> int:
        """The line (from 1) of ``offset``; asked for in the order of the source."""
        while self.starts[self.at + 1] <= offset:
            self.at += 1
        return self.at + 1

    def line(self, piece: Piece, *, is_after_apart: bool) -> Line:
        number = self.number(piece.start)
        gap = is_after_apart or self.gaps[number - 1]
        text = self.source[piece.start : piece.end]
        return Line(number, piece.start, text, gap, is_after_apart, self.before[number - 1])


def _runs(outline: Outline) -> dict[tuple[str, int | None], list[Run]]:
    """The lines of each text, by kind and node."""
    page = _Page(outline.source)
    runs: dict[tuple[str, int | None], list[Run]] = {}
    last: tuple[str, int | None] = ("", None)
    is_after_apart = False
    for piece in outline.pieces:
        if piece.kind in APART:
            is_after_apart = True
            continue
        line, key = page.line(piece, is_after_apart=is_after_apart), (piece.kind, piece.node)
        found = runs.setdefault(key, [])
        if key != last:
            found.append([line])
        elif found[-1][-1].number == line.number and not is_after_apart and not piece.opens:
            first = found[-1][-1]
            found[-1][-1] = replace(first, text=outline.source[first.start : line.end])
        else:
            found[-1].append(line)
        last, is_after_apart = key, False
    return runs


def _text(
    runs: Sequence[Run], decided: Mapping[int, bool], *, begins_with_text: bool = False
) -> list[str]:
    return [
        joined(paragraph)
        for index, run in enumerate(runs)
        for paragraph in paragraphs(
            run, decided=decided, begins_with_text=begins_with_text and not index
        )
    ]


def _decisions(outline: Outline) -> dict[int, bool]:
    return {piece.start: piece.opens for piece in outline.pieces if piece.opens is not None}


def written(outline: Outline) -> tuple[Written, ...]:
    """The nodes in reading order, with their texts."""
    runs, decided = _runs(outline), _decisions(outline)
    parents = parents_of(outline.nodes)
    extents = _extents(outline, parents)
    with_items = set(parents.values())
    found = []
    for node in outline.nodes:
        heading = _text(runs.get(("heading", node.id), []), decided)
        body = _text(runs.get(("body", node.id), []), decided, begins_with_text=not heading)
        found.append(
            Written(
                node,
                "".join(heading),
                "\n".join(body),
                *extents[node.id],
                parent_id=parents[node.id],
                is_leaf=node.id not in with_items,
            )
        )
    return tuple(found)


def preamble(outline: Outline) -> list[str]:
    """The paragraphs of the running text that belongs to no node."""
    return list(running_text(outline).values())


def running_text(outline: Outline) -> dict[int, str]:
    """The paragraphs of the running text by where they begin."""
    runs, decided = _runs(outline).get(("preamble", None), []), _decisions(outline)
    found = (paragraph for run in runs for paragraph in paragraphs(run, decided=decided))
    return {paragraph[0].start: joined(paragraph) for paragraph in found}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs that follow each other in the source: of a node's heading or body, or running."""

    kind: str
    node: int | None
    paragraphs: tuple[str, ...]


def as_it_reads(outline: Outline) -> tuple[Stretch, ...]:
    """The text in the order of the source: nodes and the running text between them."""
    found: list[tuple[int, Stretch]] = []
    headed = {piece.node for piece in outline.pieces if piece.kind == "heading"}
    decided = _decisions(outline)
    for (kind, node), runs in _runs(outline).items():
        if kind in {"bullet", "marker"}:
            continue
        begins = kind == "body" and node not in headed
        for index, run in enumerate(runs):
            texts = _text([run], decided, begins_with_text=begins and not index)
            found.append((run[0].start, Stretch(kind, node, tuple(texts))))
    return tuple(stretch for _, stretch in sorted(found, key=lambda pair: pair[0]))


def parents_of(nodes: Sequence[Node]) -> dict[int, int | None]:
    """For each node the one that it is an item of."""
    parents: dict[int, int | None] = {}
    path: list[int] = []
    for node in nodes:
        del path[node.depth :]
        parents[node.id] = path[-1] if path else None
        path.append(node.id)
    return parents


def _extents(outline: Outline, parents: dict[int, int | None]) -> dict[int, tuple[int, int]]:
    """From where to where a node reaches with all its items, bullets not counted."""
    found: dict[int, tuple[int, int]] = {}
    for piece in outline.pieces:
        if piece.node is not None and piece.kind != "bullet":
            start, _ = found.get(piece.node, (piece.start, 0))
            found[piece.node] = (start, piece.end)
    for node in reversed(outline.nodes):
        parent, (start, end) = parents[node.id], found[node.id]
        if parent is not None:
            found[parent] = (min(found[parent][0], start), max(found[parent][1], end))
    return found


def spoken(outline: Outline, node: int) -> str:
    """How a node is called: the markers from the outermost down, as in 1(4)."""
    return names_of(outline)[node]


def names_of(outline: Outline) -> dict[int, str]:
    """How each node is called."""
    names: dict[int, str] = {}
    for node, parent in zip(outline.nodes, parents_of(outline.nodes).values(), strict=True):
        names[node.id] = (names[parent] if parent else "") + in_half_width(node.marker)
    return names


# --- whole or not --------------------------------------------------------------------------------


def is_whole(outline: Outline) -> bool:
    """Whether every character, white space apart, lies in one piece, and the nodes are a tree."""
    return _covers_source(outline) and _belongs(outline) and is_tree(outline.nodes)


def _covers_source(outline: Outline) -> bool:
    source, at = outline.source, 0
    for piece in outline.pieces:
        text = source[piece.start : piece.end]
        between = source[at : piece.start]
        is_placed = at <= piece.start < piece.end <= len(source) and not between.strip()
        if not is_placed or "\n" in text or text != text.strip():
            return False
        at = piece.end
    return not source[at:].strip()


def _belongs(outline: Outline) -> bool:
    """Whether the pieces of each node stand in order, the nodes in that of their first pieces."""
    order = {"bullet": 0, "marker": 1, "heading": 2, "body": 3}
    reached: dict[int, int] = {}
    for piece in outline.pieces:
        if piece.kind not in KINDS or (piece.kind in OF_NODES) != (piece.node is not None):
            return False
        if piece.node is None:
            continue
        place = order[piece.kind]
        if place < reached.get(piece.node, 0):
            return False
        reached[piece.node] = place
    return list(reached) == [node.id for node in outline.nodes]


def is_tree(nodes: Sequence[Node]) -> bool:
    """Whether each node is at most one deeper than the one before it."""
    if any(node.depth < 0 for node in nodes) or (nodes and nodes[0].depth):
        return False
    return all(after.depth <= before.depth + 1 for before, after in pairwise(nodes))


# --- stored --------------------------------------------------------------------------------------


def to_json(outline: Outline) -> dict[str, Any]:
    """Nodes and pieces as compact lists; the source is kept beside them."""
    return {
        "nodes": [
            [n.id, n.depth, n.marker, n.path, n.short_name, n.is_open, n.taken_from]
            for n in outline.nodes
        ],
        "pieces": [[p.kind, p.start, p.end, p.node, p.opens] for p in outline.pieces],
    }


def from_json(source: str, stored: dict[str, Any]) -> Outline:
    """The outline of ``source`` as ``to_json`` wrote it down."""
    return Outline(
        source,
        tuple(Node(*values) for values in stored["nodes"]),
        tuple(Piece(*values) for values in stored["pieces"]),
    )
