"""A PDF that is written while it grows: what has been written is no longer held in memory.

Objects are handed over as they are to stand in the file, under numbers that were taken before;
so they may refer to one another in any order. The same objects always give the same file.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import BinaryIO

import pikepdf

HEAD = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
"""The version on which PDF/UA-1 and PDF/A-3 rest, and a line that says that bytes follow."""
TOGETHER = 200
"""So many objects are compressed as one stream."""
SHORT = 200
"""Bytes: a stream of no more is not worth being compressed."""

ROW = struct.Struct(">BIH")
"""An entry of the table of objects: its kind, and where it stands. All zeros: never written."""
IN_FILE, IN_STREAM = 1, 2


def ref(number: int) -> bytes:
    return b"%d 0 R" % number


def array(things: Iterable[bytes]) -> bytes:
    return b"[ %s ]" % b" ".join(things)


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    return b"<< %s >>" % b" ".join(b"/%s %s" % (key.encode(), entries[key]) for key in entries)


def text(words: str) -> bytes:
    return pikepdf.String(words).unparse()


class Writer:
    """One PDF on its way into ``file``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._sum = hashlib.sha256()
        self._table = bytearray(ROW.size)
        self._waiting: list[tuple[int, bytes]] = []
        self._put(HEAD)

    def number(self) -> int:
        """A number that no other object has."""
        self._table += bytes(ROW.size)
        return len(self._table) // ROW.size - 1

    def write(self, number: int, words: bytes) -> None:
        """An object that is no stream."""
        self.write_all([number], [words])

    def write_all(self, numbers: Iterable[int], things: Iterable[bytes]) -> None:
        """Objects that are no streams."""
        self._waiting += zip(numbers, things, strict=True)
        while len(self._waiting) >= TOGETHER:
            self._write_together()

    def add(self, words: bytes) -> int:
        """Write it under a new number."""
        number = self.number()
        self.write(number, words)
        return number

    def write_stream(self, number: int, about: bytes, content: bytes) -> None:
        """``about`` is its dictionary, without a length; ``content`` is compressed when it is
        long, unless a filter says how it already is.
        """
        if len(content) > SHORT and b"/Filter" not in about:
            self._write_compressed(number, about, content)
        else:
            self._write_as_it_is(number, about, content)

    def close(self, root: int, info: int) -> None:
        """Write what leads readers to the objects."""
        if self._waiting:
            self._write_together()
        number, start = self.number(), self._at
        self._enter(number, IN_FILE, start, 0)
        name = b"<%s>" % self._sum.hexdigest()[:32].encode()
        about = {
            "Type": b"/XRef",
            "Size": b"%d" % (number + 1),
            "W": b"[ 1 4 2 ]",
            "Root": ref(root),
            "Info": ref(info),
            "ID": array([name, name]),
        }
        self._write_compressed(number, dictionary(about), bytes(self._table))
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)

    def _write_together(self) -> None:
        number = self.number()
        together, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        places, at = [], 0
        for index, (one, words) in enumerate(together):
            self._enter(one, IN_STREAM, number, index)
            places.append(b"%d %d" % (one, at))
            at += len(words) + 1
        head = b" ".join(places) + b"\n"
        about = {"Type": b"/ObjStm", "N": b"%d" % len(places), "First": b"%d" % len(head)}
        content = head + b"\n".join(words for _, words in together)
        self._write_compressed(number, dictionary(about), content)

    def _write_compressed(self, number: int, about: bytes, content: bytes) -> None:
        about = about.removesuffix(b">>") + b"/Filter /FlateDecode >>"
        self._write_as_it_is(number, about, zlib.compress(content))

    def _write_as_it_is(self, number: int, about: bytes, content: bytes) -> None:
        self._enter(number, IN_FILE, self._at, 0)
        about = about.removesuffix(b">>") + b"/Length %d >>" % len(content)
        self._put(b"%d 0 obj\n%s\nstream\n" % (number, about))
        self._put(content)
        self._put(b"\nendstream\nendobj\n")

    def _enter(self, number: int, kind: int, place: int, index: int) -> None:
        ROW.pack_into(self._table, number * ROW.size, kind, place, index)

    def _put(self, words: bytes) -> None:
        self._file.write(words)
        self._sum.update(words)
        self._at += len(words)
