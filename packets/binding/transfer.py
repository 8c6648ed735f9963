"""The way of objects from a leaf into the book."""

import re
from collections.abc import Callable, Sequence

import pikepdf
from pikepdf import Dictionary, Name

from packets.binding.writing import Writer, ref

TOKEN = re.compile(rb"(\d++ \d++ R|\((?:[^()\\]++|\\.)*+\))", re.DOTALL)
"""A reference to an object, or a string, in which nothing refers."""


class _Tokens(dict[bytes, bytes]):
    """Each token of a leaf as it is to stand in the book; ``waiting`` are the objects to which
    something refers, with their numbers in the book."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.waiting: list[tuple[bytes, int]] = []

    def __missing__(self, token: bytes) -> bytes:
        if token.startswith(b"("):
            return token
        number = self._writer.number()
        self.waiting.append((token, number))
        self[token] = ref(number)
        return self[token]


class Transfer:
    """What is asked for from ``source``, and all to which that refers, under new numbers.

    ``source`` may be changed until ``run``.
    """

    def __init__(self, source: pikepdf.Pdf, writer: Writer) -> None:
        self.source = source
        self._writer = writer
        self._tokens = _Tokens(writer)
        self._edits: list[tuple[bytes, Callable[[bytes, int], bytes]]] = []

    def stand_in(self, number: int) -> pikepdf.Object:
        """Something in ``source`` that will be the object ``number`` of the book."""
        thing = self.source.make_indirect(Dictionary())
        self._tokens[thing.unparse()] = ref(number)
        return thing

    def settle(self, thing: pikepdf.Object, number: int) -> None:
        """Let ``thing`` be the object ``number`` of the book."""
        token = thing.unparse()
        self._tokens[token] = ref(number)
        self._tokens.waiting.append((token, number))

    def number(self, thing: pikepdf.Object) -> int:
        """That which ``thing`` has in the book."""
        thing = thing if thing.is_indirect else self.source.make_indirect(thing)
        return int(self._tokens[thing.unparse()].split()[0])

    def words(self, thing: pikepdf.Object) -> bytes:
        """How ``thing`` stands in the book."""
        return self._translated(thing.unparse(resolved=True))

    def edit(self, mark: bytes, edit: Callable[[bytes, int], bytes]) -> None:
        """Let ``edit`` change the words of every object that hold ``mark``, on its way; it is told
        the number in the book, too."""
        self._edits.append((mark, edit))

    def run(self) -> None:
        """Write everything: what is waiting, then that to which it refers, and so on."""
        waiting = self._tokens.waiting
        done = 0
        while done < len(waiting):
            following = waiting[done:]
            done = len(waiting)
            self._write(following)

    def _write(self, things: Sequence[tuple[bytes, int]]) -> None:
        """Line by line, as words have no line breaks."""
        numbers, lines = [], []
        for token, number in things:
            old, generation, _ = token.split()
            thing = self.source.get_object(int(old), int(generation))
            words = thing.unparse(resolved=True)
            for mark, edit in self._edits:
                if mark in words:
                    words = edit(words, number)
            if words == token:
                self._write_stream(thing, number)
            else:
                numbers.append(number)
                lines.append(words)
        if lines:
            self._writer.write_all(numbers, self._translated(b"\n".join(lines)).split(b"\n"))

    def _write_stream(self, stream: pikepdf.Object, number: int) -> None:
        content = stream.read_raw_bytes()
        about = stream.stream_dict
        if Name.Length in about:
            del about.Length
        self._writer.write_stream(number, self.words(about), content)

    def _translated(self, words: bytes) -> bytes:
        parts = TOKEN.split(words)
        parts[1::2] = map(self._tokens.__getitem__, parts[1::2])
        return b"".join(parts)
