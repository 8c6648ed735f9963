"""Which department has taken over from which: split, merge, rename. Plain Python.

A department is valid in some fiscal years and names its successors. Divisions likewise.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """The fiscal years in which a department or a division stands, both included."""

    first: int
    last: int | None = None

    def holds(self, year: int) -> bool:
        """Whether ``year`` is one of them."""
        return self.first <= year and (self.last is None or year <= self.last)

    def fault(self, successor: "Span") -> int | None:
        """The year in which ``successor`` had to stand, or to begin, and does not; else None.

        It takes over in the year after this one has ended; where this one goes on, something of
        it is split off, and that begins later. So nothing can take over from what came after it.
        """
        if self.last is not None:
            return None if successor.holds(self.last + 1) else self.last + 1
        return None if successor.first > self.first else self.first + 1


class Lineage:
    """Who came after whom. ``links`` are pairs of numbers: predecessor, successor.

    ``spans`` need hold only those that have one of either.
    """

    def __init__(self, spans: Mapping[int, Span], links: Iterable[tuple[int, int]]) -> None:
        self.spans = spans
        self._after: dict[int, set[int]] = defaultdict(set)
        self._before: dict[int, set[int]] = defaultdict(set)
        for old, new in links:
            self._after[old].add(new)
            self._before[new].add(old)

    def heirs(self, one: int, *, of_year: int, now: int, is_reading: bool) -> frozenset[int]:
        """Who has, in year ``now``, the papers that ``one`` wrote in ``of_year``, beside itself.

        Where it stands no more, those that took over. Where it stands, nobody else writes, and
        those that were split off since read: it is what they begin with.
        """
        if one not in self.spans:
            return frozenset()
        if self._stands(one, now):
            if not is_reading:
                return frozenset()
            return frozenset(
                pk for pk in self._after_in(one, now) if self.spans[pk].first > of_year
            )
        if is_reading:
            return self._after_in(one, now)
        return frozenset(_reached(one, self._after, until=lambda pk: self._stands(pk, now)))

    def _stands(self, pk: int, year: int) -> bool:
        return pk in self.spans and self.spans[pk].holds(year)

    def _after_in(self, one: int, year: int) -> frozenset[int]:
        return frozenset(pk for pk in _reached(one, self._after) if self._stands(pk, year))

    def forebears(self, one: int, year: int) -> frozenset[int]:
        """Those that stood in ``year`` and from which ``one`` came: whose work it goes on with."""
        return frozenset(pk for pk in _reached(one, self._before) if self._stands(pk, year))

    def begins_with(self, one: int, year: int) -> frozenset[int]:
        """Those whose work of the year before ``one`` goes on with in ``year``, beside its own.

        A department that begins: all from which it came. One that stood before: those that have
        ended and merged into it; from what goes on beside it, it took over once and no more.
        """
        before = self.forebears(one, year - 1)
        if not self._stands(one, year - 1):
            return before
        return frozenset(pk for pk in before if not self._stands(pk, year))

    def go_on_from(self, one: int, year: int) -> frozenset[int]:
        """Those that begin ``year`` with the work of ``one``, itself included where it stands."""
        after = {pk for pk in self._after_in(one, year) if one in self.begins_with(pk, year)}
        return frozenset(after | ({one} if self._stands(one, year) else set()))

    def in_year(self, one: int, year: int) -> frozenset[int]:
        """What ``one`` is in ``year``: itself where it stands; else what it was, or became."""
        if self._stands(one, year) or one not in self.spans:
            return frozenset({one})
        links = self._before if year < self.spans[one].first else self._after
        return frozenset(pk for pk in _reached(one, links) if self._stands(pk, year))


def _reached(
    one: int, links: Mapping[int, set[int]], until: Callable[[int], bool] | None = None
) -> set[int]:
    """All that ``links`` lead to from ``one``, without itself; a circle is walked once.

    With ``until``: the first on each way for which it holds, and nothing beyond them.
    """
    found: set[int] = set()
    seen, ahead = {one}, [one]
    while ahead:
        for other in links.get(ahead.pop(), set()) - seen:
            seen.add(other)
            is_end = until is not None and until(other)
            if is_end or until is None:
                found.add(other)
            if not is_end:
                ahead.append(other)
    return found
