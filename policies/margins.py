"""Whether a document is wrapped by hand, and which of its lines reach the margin. No Django.

Where they do, a line that ends well before the margin ended because its writer ended it there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

LEAST_LINES = 6
NARROWEST = 15  # characters; a column of a page that is printed in two
_FULL, _SHORT, _BEYOND = 0.9, 0.7, 1.2  # of the margin
_FEW = 0.05
_FULL_STOPS = frozenset("。．.！？!?：:」』）)")


def reaches_margin(raw: Sequence[str]) -> list[bool | None]:
    """For each line whether it goes to the margin; None where that cannot be told."""
    lengths = [len(line.rstrip()) for line in raw]
    margin = _margin(_flowing(raw, lengths), lengths)
    if not margin:
        return [None] * len(raw)
    full, short = _FULL * margin, _SHORT * margin
    return [True if n >= full else False if n < short else None for n in lengths]


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
