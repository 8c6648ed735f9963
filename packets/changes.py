"""昨年度からの変更 on paper: from the confirmed alignment to plain values. Makes no query."""

from typing import Any

from core.years import format_year
from packets.overview import size
from policies.alignment import Kind
from policies.differences import Difference
from policies.queries.alignments import WORDS, Comparison, Row

Plain = dict[str, Any]

KINDS: tuple[Kind, ...] = ("same", "reworded", "new")


def since_last_year(found: Comparison | None) -> Plain | None:
    """What changed, as far as the office has confirmed it; None where it has confirmed nothing."""
    if found is None or found.confirmed_at is None:
        return None
    rows = [row for row in found.rows if row.is_confirmed]
    counted = [(WORDS[kind], sum(row.pair.kind == kind for row in rows)) for kind in KINDS]
    return {
        "before": format_year(found.earlier_policy.year),
        "now": format_year(found.policy.year),
        "counts": [{"word": word, "count": count} for word, count in counted if count],
        "reworded": [_reworded(row) for row in rows if row.pair.kind == "reworded"],
        "new": [_called(row.section.number, row.section.name) for row in rows if not row.earlier],
        "gone": [_called(one.section.number, one.section.name) for one in found.gone],
    }


def mark(chapters: list[Plain], found: Comparison | None) -> None:
    """Put beside each item of the mayor's text whether it is new, reworded or goes on."""
    rows = found.rows if found else []
    kinds = {f"item-{row.section.path}": row.pair.kind for row in rows if row.is_confirmed}
    for chapter in chapters:
        for item in chapter["items"]:
            kind = kinds.get(item["anchor"])
            item["since"] = {"kind": kind, "word": WORDS[kind]} if kind else None


def _reworded(row: Row) -> Plain:
    earlier = row.earlier.number if row.earlier else ""
    texts = [_text(difference) for difference in row.differences]
    return {
        "number": row.section.number,
        "size": size(sum(len(piece["text"]) for text in texts for piece in text["pieces"])),
        "earlier": earlier if row.is_moved or earlier != row.section.number else "",
        "texts": texts,
    }


def _text(difference: Difference) -> Plain:
    return {
        "is_heading": difference.label == "見出し",
        "pieces": [{"kind": piece.kind, "text": piece.text} for piece in difference.pieces],
    }


def _called(number: str, name: str) -> str:
    return f"{number}　{name}"
