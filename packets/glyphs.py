"""Which characters the fonts of the packet can draw. Plain Python: knows no Django.

The press draws from its own faces alone (``packets.press.FACES``). What none of them holds is
printed as 〓, the printers' mark for a sort that is missing, and named to the user by its place.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packets.press import FACES, FONTS

GETA = "〓"
NO_GLYPH = "字形なし"
OTHER_SHAPE = "異体字の指定"
PRIVATE = "外字"
AT_MOST = 20
"""So many characters are named at one place; of the others their number."""
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_VARIED = re.compile(f"(.)([{_SELECTORS}])", re.DOTALL)
SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_OF_EMOJI = "\ufe0e\ufe0f"
"""As text or as a picture: the press has but one of both, and nobody's name depends on it."""
_UNSEEN = frozenset(
    "\t\n\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\u3164\uffa0"
)
"""Drawn as nothing, whatever the font: joiners, soft hyphen, word joiner and the like."""


@dataclass(frozen=True)
class Missing:
    """A character that is not printed as written, and one place of it."""

    character: str
    place: str
    kind: str

    @property
    def code(self) -> str:
        """U+E000; for a shape of a character both: U+845B U+E0105."""
        return " ".join(f"U+{ord(one):04X}" for one in self.character)

    @property
    def shown(self) -> str:
        """The character for a page; empty where no machine but the writer's can show it."""
        return "" if self.kind == PRIVATE else self.character

    @property
    def said(self) -> str:
        """For a list in Japanese: 한（U+D55C）; 外字（U+E000）."""
        return f"{self.shown or PRIVATE}（{self.code}）"

    def as_plain(self) -> dict[str, str]:
        """For a file or a program."""
        return {
            "character": self.character,
            "code": self.code,
            "kind": self.kind,
            "place": self.place,
        }


@dataclass(frozen=True)
class Spot:
    """One place with its characters, as a page lists them."""

    place: str
    blank: list[str]
    shapes: list[str]


def spots(found: Iterable[Missing]) -> list[Spot]:
    """``found`` by place: what becomes 〓, and what is printed in its usual shape."""
    by_place: dict[str, list[Missing]] = {}
    for one in found:
        by_place.setdefault(one.place, []).append(one)
    return [
        Spot(
            place,
            _said([one for one in signs if one.kind != OTHER_SHAPE]),
            _said([one for one in signs if one.kind == OTHER_SHAPE]),
        )
        for place, signs in by_place.items()
    ]


def _said(signs: list[Missing]) -> list[str]:
    named = [one.said for one in signs[:AT_MOST]]
    return [*named, f"ほか{len(signs) - AT_MOST}字"] if signs[AT_MOST:] else named


def missing(pieces: Iterable[tuple[str, str]]) -> list[Missing]:
    """What cannot be printed as written, of pieces of (place, text), each once for each place."""
    found: dict[Missing, None] = {}
    for place, text in pieces:
        if not _is_plain(text):
            found |= {Missing(sign, place, kind): None for sign, kind in _signs(text)}
    return list(found)


def printable(text: str) -> str:
    """``text`` as it is printed: 〓 for what no face holds, shapes that none has left alone."""
    if _is_plain(text):
        return text
    kept = _VARIED.sub(lambda pair: pair[0] if _has_shape(pair[1], pair[2]) else pair[1], text)
    return "".join(sign if is_drawn(sign) else GETA for sign in kept)


def printable_content(value: Any) -> Any:
    """``printable`` for every text in lists and mappings."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: printable_content(part) for name, part in value.items()}
    if isinstance(value, list):
        return [printable_content(part) for part in value]
    return value


def is_drawn(sign: str) -> bool:
    """Whether one character comes out, or needs no ink."""
    return sign in _faces().characters or sign in SELECTORS


def _has_shape(base: str, selector: str) -> bool:
    return selector in _OF_EMOJI or base + selector in _faces().shapes


def _is_plain(text: str) -> bool:
    """Whether all of it is in the faces and nobody asked for another shape: almost every text."""
    return _faces().characters.issuperset(text)


def _signs(text: str) -> Iterator[tuple[str, str]]:
    """What is not printed as written, and why."""
    for base, selector in _VARIED.findall(text):
        if is_drawn(base) and not _has_shape(base, selector):
            yield base + selector, OTHER_SHAPE
    for sign in text:
        if not is_drawn(sign):
            yield sign, PRIVATE if unicodedata.category(sign) == "Co" else NO_GLYPH


# ---- the faces -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Faces:
    """``characters`` that one face or another draws; ``shapes``: base and variation selector."""

    characters: frozenset[str]
    shapes: frozenset[str]


@functools.cache
def _faces() -> _Faces:
    """Of all faces, read once in each process.

    Any face lends a character, but its shapes come from the face that the character itself is
    taken from; as nobody knows here whether a text is set in Mincho or in Gothic, all of the
    first families must have a shape, or one of them must call it the usual one.
    """
    tables = {name: _tables(name) for _family, _weight, name in FACES}
    first = [tables[name] for name in tables if name.startswith("BIZ")]
    behind = [tables[name] for name in tables if not name.startswith("BIZ")]
    held = frozenset.intersection(*(characters for characters, _shapes in first))
    shapes = set.intersection(*({*shapes} for _characters, shapes in first))
    usual = {pair for _characters, pairs in first for pair, glyph in pairs.items() if not glyph}
    others = {pair for _characters, pairs in behind for pair in pairs if pair[0] not in held}
    every = held.union(*(characters for characters, _shapes in behind))
    return _Faces((every | _UNSEEN) - SELECTORS, frozenset(shapes | usual | others))


def _tables(name: str) -> tuple[frozenset[str], dict[str, str | None]]:
    """Characters of one font file, and its shapes: each with a glyph, or None for the usual one."""
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / name, lazy=True) as font:
        cmap = font["cmap"]
        characters = frozenset(map(chr, cmap.getBestCmap()))
        varied = [table for table in cmap.tables if table.format == 14]
    shapes = {
        chr(base) + chr(selector): glyph
        for table in varied
        for selector, pairs in table.uvsDict.items()
        for base, glyph in pairs
    }
    return characters, shapes
