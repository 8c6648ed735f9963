"""How each line of a document ends, as its layout tells it. Pure Python: no Django.

Where a document is wrapped by hand, a line that ends well before the margin ended because its
writer ended it there. A line that is set in by one full-width space begins a paragraph.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum

from policies.numbering import find_mark

LEAST_LINES = 6
NARROWEST = 15  # characters; a column of a page that is printed in two
_FULL, _SHORT, _BEYOND = 0.9, 0.7, 1.2  # of the margin
_FEW = 0.05
_INDENT = "\u3000"
_FULL_STOPS = frozenset("。．.！？!?：:」』）)")
_SIGNS = frozenset("※＊*注→☞")  # what follows on the next lines is set in below the text


class Ending(Enum):
    FULL = "at the margin: the sentence may go on"
    SHORT = "well before the margin"
    CLOSED = "a paragraph begins on the next line"


def endings(raw: Sequence[str]) -> list[Ending | None]:
    """For each line how it ends; None where that cannot be told."""
    lengths = [len(line.rstrip()) for line in raw]
    margin = _margin(_flowing(raw, lengths), lengths)
    full, short = _FULL * margin, _SHORT * margin
    found: list[Ending | None] = [None] * len(raw)
    if margin:
        found = [Ending.FULL if n >= full else Ending.SHORT if n < short else None for n in lengths]
    for index, after in enumerate(raw[1:]):
        if after[:1] == _INDENT and lengths[index] and _is_set_in(raw[index], after):
            found[index] = Ending.CLOSED
    return found


def _is_set_in(line: str, after: str) -> bool:
    """Whether ``after`` begins by one full-width space further in than a line without a marker."""
    before = len(line) - len(line.lstrip(_INDENT))
    if len(after) - len(after.lstrip()) != before + 1 or line[before : before + 1] in _SIGNS:
        return False
    return not line[before].isspace() and find_mark(line[before:]) is None


def _flowing(raw: Sequence[str], lengths: Sequence[int]) -> list[int]:
    """The lengths of the lines on which another follows before a sentence ends."""
    return [
        length
        for line, length, after in zip(raw, lengths, lengths[1:], strict=False)
        if length and after and line[length - 1] not in _FULL_STOPS
    ]


def _margin(flowing: Sequence[int], lengths: Iterable[int]) -> int:
    """Where most lines that flow on end and hardly any goes beyond; 0 where there is no margin."""
    middle = _middle(Counter(flowing)) if len(flowing) >= LEAST_LINES else 0
    if middle < NARROWEST:
        return 0
    full = sum(_FULL * middle <= n <= _BEYOND * middle for n in flowing)
    written = [n for n in lengths if n]
    beyond = sum(n > _BEYOND * middle for n in written)
    return middle if full * 2 >= len(flowing) and beyond <= _FEW * len(written) else 0


def _middle(counted: Counter[int]) -> int:
    """The median; in linear time, as texts hold only few different lengths of lines."""
    left = counted.total() // 2
    for length in sorted(counted):
        left -= counted[length]
        if left < 0:
            return length
    return 0
