"""A document as the reading page shows it: its source beside what it was read as. No Django.

The source is laid out in rows; a row is lines that are one thing: an item, running text, or what
was set apart. Where an item goes on after something else, it has a second row.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from policies.outline import Outline, Piece, Written, names_of, running_text, written

WORDS = {
    "date": "日付",
    "title": "題名",
    "issuer": "発出者",
    "closing": "結び",
    "furniture": "本文外",
    "preamble": "前文",
}
AMONG_ITEMS = "項に入っていない文"
"""What running text is called that stands behind the first item."""


@dataclass(frozen=True)
class Part:
    """Characters of one line that are one thing; ``start``: where in the source they begin."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class SourceLine:
    """A line of the source or a part of one; ``is_first``: the anchor of the line stands here."""

    number: int
    parts: tuple[Part, ...]
    is_first: bool


@dataclass(frozen=True)
class Row:
    """Lines of the source and what they were read as.

    ``kind``: item, text (running) or apart. ``word``: what it is, in words. ``start`` and ``end``
    are offsets in the source. ``item``: only for an item, ``goes_on`` where an earlier row of the
    same item shows its texts. ``paragraph``: running text as it reads, one a row; ``follows``:
    there is running text right before it.
    """

    kind: str
    word: str
    start: int
    end: int
    lines: tuple[SourceLine, ...]
    item: Written | None = None
    name: str = ""
    goes_on: bool = False
    paragraph: str = ""
    follows: bool = False

    @property
    def first_line(self) -> int:
        return self.lines[0].number

    @property
    def last_line(self) -> int:
        return self.lines[-1].number

    @property
    def key(self) -> str:
        """The anchor of the row; an item has it where it begins."""
        if self.item is None or self.goes_on:
            return f"at-{self.start}"
        return f"item-{self.item.node.id}"


def rows(outline: Outline) -> list[Row]:
    """The whole document in reading order."""
    items = {item.node.id: item for item in written(outline)}
    names, running = names_of(outline), running_text(outline)
    lines = _Lines(outline.source)
    seen: set[int] = set()
    found: list[Row] = []
    for (kind, node, _), group in groupby(outline.pieces, key=_things(running)):
        pieces = list(group)
        start, end = pieces[0].start, pieces[-1].end
        shown = tuple(lines.of(pieces))
        if node is not None:
            row = Row("item", "", start, end, shown, items[node], names[node], node in seen)
            seen.add(node)
        elif kind == "preamble":
            text, word = running.get(start, ""), AMONG_ITEMS if seen else WORDS[kind]
            follows = bool(found) and found[-1].kind == "text"
            row = Row(
                "text", word, start, end, shown, goes_on=not text, paragraph=text, follows=follows
            )
        else:
            row = Row("apart", WORDS[kind], start, end, shown)
        found.append(row)
    return found


def _things(running: Collection[int]) -> Callable[[Piece], tuple[str, int | None, int]]:
    """What tells one row from the next; a paragraph of running text is a row of its own."""
    count = 0

    def thing(piece: Piece) -> tuple[str, int | None, int]:
        nonlocal count
        count += piece.start in running
        kind = "item" if piece.node is not None else piece.kind
        return kind, piece.node, count if kind == "preamble" else 0

    return thing


class _Lines:
    """The lines of the source, counted along its pieces."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at, self.number = 0, 1
        self.anchored = 0  # the last line that has its anchor

    def of(self, pieces: Sequence[Piece]) -> Iterator[SourceLine]:
        """The lines of ``pieces``, with the space between them."""
        ends = [*(piece.start for piece in pieces[1:]), pieces[-1].end]
        numbered = [
            (self._number(piece.start), self._part(piece, end))
            for piece, end in zip(pieces, ends, strict=True)
        ]
        for number, group in groupby(numbered, key=lambda pair: pair[0]):
            yield SourceLine(number, tuple(part for _, part in group), number > self.anchored)
            self.anchored = max(self.anchored, number)

    def _number(self, offset: int) -> int:
        self.number += self.source.count("\n", self.at, offset)
        self.at = offset
        return self.number

    def _part(self, piece: Piece, end: int) -> Part:
        text = self.source[piece.start : end].split("\n", 1)[0]
        return Part(piece.kind, text, piece.start)


def row_at(found: Sequence[Row], *, item: int | None = None, at: int | None = None) -> Row | None:
    """The row of an item, where it begins, or the row that holds the offset ``at``."""
    for row in found:
        if item is not None and row.item and row.item.node.id == item:
            return row
        if at is not None and row.start <= at < row.end and row.item is None:
            return row
    return None


def row_of_line(found: Sequence[Row], line: int) -> Row | None:
    """The row in which line ``line`` of the source begins; the last one before, where it is blank."""
    before = [row for row in found if row.first_line <= line]
    return before[-1] if before else None
