"""The way of objects from a leaf into the book."""

import re
from collections.abc import Callable

import pikepdf
from pikepdf import Dictionary, Name, Stream

from packets.binding.writing import Writer, ref

REFERENCE = re.compile(rb"\((?:[^()\\]|\\.)*\)|(\d+ \d+) R", re.DOTALL)
"""A reference to an object, or a string, in which nothing refers."""


class Transfer:
    """What is asked for from ``source``, and all to which that refers, under new numbers.

    ``source`` may be changed until ``run``.
    """

    def __init__(self, source: pikepdf.Pdf, writer: Writer) -> None:
        self.source = source
        self._writer = writer
        self._numbers: dict[bytes, bytes] = {}
        self._waiting: list[tuple[bytes, int]] = []
        self._edits: list[tuple[bytes, Callable[[pikepdf.Object, int], None]]] = []

    def stand_in(self, number: int) -> pikepdf.Object:
        """Something in ``source`` that will be the object ``number`` of the book."""
        thing = self.source.make_indirect(Dictionary())
        self._numbers[_name(thing)] = ref(number)
        return thing

    def settle(self, thing: pikepdf.Object, number: int) -> None:
        """Let ``thing`` be the object ``number`` of the book."""
        name = _name(thing)
        self._numbers[name] = ref(number)
        self._waiting.append((name, number))

    def number(self, thing: pikepdf.Object) -> int:
        """That which ``thing`` has in the book."""
        thing = thing if thing.is_indirect else self.source.make_indirect(thing)
        return int(self._new(_name(thing)).split()[0])

    def words(self, thing: pikepdf.Object) -> bytes:
        """How ``thing`` stands in the book."""
        return REFERENCE.sub(self._renumbered, thing.unparse(resolved=True))

    def edit(self, mark: bytes, edit: Callable[[pikepdf.Object, int], None]) -> None:
        """Let ``edit`` change every object whose words hold ``mark``, on its way; it is told the
        number in the book."""
        self._edits.append((mark, edit))

    def run(self) -> None:
        """Write everything."""
        for name, number in self._waiting:  # it grows meanwhile
            thing = self.source.get_object(*map(int, name.split()))
            if isinstance(thing, Stream):
                self._write_stream(thing, number)
                continue
            words = thing.unparse(resolved=True)
            for mark, edit in self._edits:
                if mark in words:
                    edit(thing, number)
                    words = thing.unparse(resolved=True)
            self._writer.write(number, REFERENCE.sub(self._renumbered, words))

    def _write_stream(self, stream: pikepdf.Object, number: int) -> None:
        content = stream.read_raw_bytes()
        about = stream.stream_dict
        if Name.Length in about:
            del about.Length
        self._writer.write_stream(number, self.words(about), content)

    def _renumbered(self, found: re.Match[bytes]) -> bytes:
        name = found[1]
        if name is None:
            return found[0]
        return self._numbers.get(name) or self._new(name)

    def _new(self, name: bytes) -> bytes:
        if name not in self._numbers:
            number = self._writer.number()
            self._numbers[name] = ref(number)
            self._waiting.append((name, number))
        return self._numbers[name]


def _name(thing: pikepdf.Object) -> bytes:
    return b"%d %d" % thing.objgen
