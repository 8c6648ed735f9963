"""昨年度からの変更 on paper: from the confirmed alignment to plain values. Makes no query."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from core.years import format_year
from packets.overview import paragraphs
from policies.alignment import Kind
from policies.differences import Piece
from policies.queries.alignments import WORDS, Comparison, Row

Plain = dict[str, Any]

KINDS: tuple[Kind, ...] = ("same", "reworded", "new")
MOSTLY_NEW = 0.5
"""Where more of an item than this is new, its word says so, and nothing is underlined."""


def since_last_year(found: Comparison | None) -> Plain | None:
    """What changed, as far as the office has confirmed it; None where it has confirmed nothing."""
    if found is None or found.confirmed_at is None:
        return None
    rows = confirmed(found).values()
    counted = [(WORDS[kind], sum(row.pair.kind == kind for row in rows)) for kind in KINDS]
    return {
        "before": format_year(found.earlier_policy.year),
        "counts": [{"word": word, "count": count} for word, count in counted if count],
        "new": [row.section.number for row in rows if not row.earlier],
        "gone": [f"{one.section.number}　{one.section.name}" for one in found.gone],
        "is_underlined": any(_is_marked(_body(row)) for row in rows),
    }


def confirmed(found: Comparison | None) -> Mapping[str, Row]:
    """What the office has confirmed, by the path of this year's section."""
    rows = found.rows if found else []
    return {row.section.path: row for row in rows if row.is_confirmed}


def word(row: Row | None) -> Plain | None:
    """継続・文言変更・新規, to stand beside the item."""
    return {"kind": row.pair.kind, "word": row.word} if row else None


def quote(body: str, row: Row | None) -> list[list[Plain]]:
    """The lines of the mayor's text in runs, each with whether last year's text lacked it."""
    pieces = _body(row)
    if not _is_marked(pieces):
        return [[{"text": line, "is_new": False}] for line in paragraphs(body)]
    lines: list[list[Plain]] = [[]]
    for piece in _whole_characters(pieces):
        first, *rest = piece.text.split("\n")
        _add(lines[-1], first, piece)
        for text in rest:
            lines.append([])
            _add(lines[-1], text, piece)
    return [line for line in lines if any(run["text"].strip() for run in line)]


def _add(line: list[Plain], text: str, piece: Piece) -> None:
    if text:
        line.append({"text": text, "is_new": piece.kind == "added"})


def _body(row: Row | None) -> list[Piece]:
    """This year's body over last year's; nothing where there was none."""
    differences = row.differences if row else []
    return [
        piece
        for difference in differences
        if difference.label == "本文"
        for piece in difference.new_side
    ]


def _is_marked(pieces: Sequence[Piece]) -> bool:
    new = sum(len(piece.text) for piece in pieces if piece.kind == "added")
    return 0 < new <= MOSTLY_NEW * sum(len(piece.text) for piece in pieces)


def _whole_characters(pieces: Sequence[Piece]) -> list[Piece]:
    """A mark or a selector of a variant stays with the character before it."""
    found: list[Piece] = []
    for piece in pieces:
        text = piece.text
        marks = 0
        while found and marks < len(text) and _is_bound(text[marks]):
            marks += 1
        if marks:
            found[-1] = Piece(found[-1].kind, found[-1].text + text[:marks])
        if text[marks:]:
            found.append(Piece(piece.kind, text[marks:]))
    return found


def _is_bound(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}
