"""TrueType files of one face, each with some of its glyphs, made one with all of these.

The press keeps the numbers of the glyphs that a part draws when it cuts a face down to them; so
the same number is the same glyph in every part. Only the pieces of which glyphs are composed may
have other numbers: they are known by their outlines and numbered anew.
"""

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

TRUETYPE = b"\x00\x01\x00\x00"
WHOLE = 0xB1B0AFBA
"""What all the bytes of a font add up to, with the adjustment in its head."""
HINTS = ("cvt ", "fpgm", "prep")
STYLE = ("head", "hhea", *HINTS)

WORDS, SCALE, MORE, TWO_SCALES, FOUR_SCALES = 0x1, 0x8, 0x20, 0x40, 0x80
"""Flags of a piece of a composed glyph."""


class Unlike(Exception):
    """Not a TrueType file, or not one of this face."""


class Glyph(NamedTuple):
    """An outline and its metrics; at each of ``places`` it names a piece by its place among
    the pieces of the face.
    """

    outline: bytes
    metrics: bytes
    places: tuple[int, ...] = ()

    def numbered(self, first_piece: int) -> bytes:
        outline = bytearray(self.outline)
        for place in self.places:
            (piece,) = struct.unpack_from(">H", outline, place)
            struct.pack_into(">H", outline, place, first_piece + piece)
        return bytes(outline)


class Cut:
    """One file with some glyphs of a face."""

    def __init__(self, file: bytes) -> None:
        """Raises Unlike."""
        try:
            self.tables = _tables(file)
            self.needs: tuple[int, ...] = struct.unpack(">I14H", self.tables["maxp"])
            self._full = int(struct.unpack_from(">H", self.tables["hhea"], 34)[0])
            self._is_long = bool(self.tables["head"][51])
        except (struct.error, KeyError, IndexError) as error:
            raise Unlike from error

    @property
    def style(self) -> dict[str, bytes]:
        """The tables that say of all glyphs how they are drawn."""
        return {name: self.tables[name] for name in STYLE if name in self.tables}

    @property
    def count(self) -> int:
        return self.needs[1]

    @cached_property
    def _places(self) -> array:
        places = array("I" if self._is_long else "H", self.tables["loca"])
        return _swapped(places)

    def outline(self, number: int) -> bytes:
        """Padded to four bytes, as the end of an outline says nothing of it."""
        scale = 1 if self._is_long else 2
        start, end = self._places[number] * scale, self._places[number + 1] * scale
        drawn = self.tables["glyf"][start:end]
        return drawn + bytes(-len(drawn) % 4)

    def metrics(self, number: int) -> bytes:
        """Advance and side bearing, four bytes."""
        table = self.tables["hmtx"]
        if number < self._full:
            return table[4 * number : 4 * number + 4]
        bearing = 4 * self._full + 2 * (number - self._full)
        return table[4 * self._full - 4 : 4 * self._full - 2] + table[bearing : bearing + 2]


@dataclass
class Face:
    """The glyphs of all the files that were taken in: ``style`` of the first one, and of all of
    them the largest of each of ``needs``.
    """

    style: dict[str, bytes] = field(default_factory=dict)
    needs: tuple[int, ...] = ()
    glyphs: dict[int, Glyph] = field(default_factory=dict)
    pieces: dict[Glyph, int] = field(default_factory=dict)

    def take(self, cut: Cut, numbers: Iterable[int]) -> None:
        """The glyphs of ``cut`` with these ``numbers``, and that for what is missing.

        Raises Unlike where it draws one of them otherwise than those before it.
        """
        try:
            own = {
                number: self._glyph(cut, number) for number in {0, *numbers} if number < cut.count
            }
        except (struct.error, IndexError) as error:
            raise Unlike from error
        self.add(cut, own)

    def add(self, cut: Cut, glyphs: dict[int, Glyph]) -> None:
        """``glyphs``, which are drawn as ``cut`` says. Raises Unlike as ``take``."""
        if self.style and _kind(self.style) != _kind(cut.style):
            raise Unlike
        if any(self.glyphs.get(number, glyph) != glyph for number, glyph in glyphs.items()):
            raise Unlike
        self.style = self.style or cut.style
        self.needs = tuple(map(max, self.needs or cut.needs, cut.needs))
        self.glyphs.update(glyphs)

    def _glyph(self, cut: Cut, number: int, depth: int = 0) -> Glyph:
        outline = cut.outline(number)
        metrics = cut.metrics(number)
        if not outline or outline[0] < 0x80:
            return Glyph(outline, metrics)
        if depth > 4:
            raise Unlike
        composed = bytearray(outline)
        places = tuple(_places_of_pieces(outline))
        for place in places:
            (number,) = struct.unpack_from(">H", composed, place)
            piece = self._glyph(cut, number, depth + 1)
            struct.pack_into(">H", composed, place, self.pieces.setdefault(piece, len(self.pieces)))
        return Glyph(bytes(composed), metrics, places)

    def file(self) -> bytes:
        """One file with all glyphs; the same ones always give the same bytes."""
        first, needs = self.style, self.needs
        glyphs = dict(self.glyphs)
        first_piece = max(glyphs) + 1
        glyphs.update(enumerate(self.pieces, first_piece))
        count = max(glyphs) + 1
        outlines, places = _outlines(glyphs, count, first_piece)
        tables = {name: first[name] for name in HINTS if name in first}
        tables |= {
            "glyf": outlines,
            "head": first["head"][:8] + bytes(4) + first["head"][12:50] + b"\0\1" + b"\0\0",
            "hhea": first["hhea"][:34] + struct.pack(">H", count),
            "hmtx": _metrics(glyphs, count),
            "loca": places,
            "maxp": struct.pack(">I14H", needs[0], count, *needs[2:]),
        }
        return _file(tables)


def _kind(style: dict[str, bytes]) -> tuple[bytes, ...]:
    """What files of one face have in common: units, and programs for hinting."""
    return (style["head"][18:20], *(style.get(name, b"") for name in HINTS))


def _outlines(glyphs: dict[int, Glyph], count: int, first_piece: int) -> tuple[bytes, bytes]:
    drawn: list[bytes] = []
    places = array("I", [0])
    at = 0
    for number in range(count):
        if (glyph := glyphs.get(number)) is not None:
            drawn.append(glyph.numbered(first_piece))
            at += len(drawn[-1])
        places.append(at)
    return b"".join(drawn), _swapped(places).tobytes()


def _metrics(glyphs: dict[int, Glyph], count: int) -> bytes:
    table = bytearray(4 * count)
    for number, glyph in glyphs.items():
        table[4 * number : 4 * number + 4] = glyph.metrics
    return bytes(table)


def _places_of_pieces(outline: bytes) -> Iterator[int]:
    """Where in a composed glyph the numbers of its pieces stand."""
    at = 10
    flags = MORE
    while flags & MORE:
        (flags,) = struct.unpack_from(">H", outline, at)
        yield at + 2
        at += 8 if flags & WORDS else 6
        at += 2 * bool(flags & SCALE) + 4 * bool(flags & TWO_SCALES) + 8 * bool(flags & FOUR_SCALES)


def _tables(file: bytes) -> dict[str, bytes]:
    if file[:4] != TRUETYPE:
        raise Unlike
    tables = {}
    for number in range(struct.unpack_from(">H", file, 4)[0]):
        tag, _, start, length = struct.unpack_from(">4sIII", file, 12 + 16 * number)
        tables[tag.decode("latin-1")] = file[start : start + length]
    return tables


def _file(tables: dict[str, bytes]) -> bytes:
    names = sorted(tables)
    power = len(names).bit_length() - 1
    search = 16 * 2**power
    head = struct.pack(">4s4H", TRUETYPE, len(names), search, power, 16 * len(names) - search)
    at = 12 + 16 * len(names)
    directory, bodies = b"", b""
    place_of_head = 0
    for name in names:
        table = tables[name]
        place_of_head = at if name == "head" else place_of_head
        directory += struct.pack(">4sIII", name.encode(), _sum(table), at, len(table))
        padded = table + bytes(-len(table) % 4)
        bodies += padded
        at += len(padded)
    file = bytearray(head + directory + bodies)
    struct.pack_into(">I", file, place_of_head + 8, (WHOLE - _sum(bytes(file))) & 0xFFFFFFFF)
    return bytes(file)


def _sum(table: bytes) -> int:
    return sum(_swapped(array("I", table + bytes(-len(table) % 4)))) & 0xFFFFFFFF


def _swapped(words: array) -> array:
    """From the byte order of fonts to that of this machine, or back."""
    if sys.byteorder == "little":
        words.byteswap()
    return words
