"""How alike the texts of two documents are, and which are worth comparing. Pure Python.

Texts are compared by the pairs of characters that they share; a pair that few texts hold weighs
more. All figures are whole numbers (thousandths), so that the answer is always the same.
"""

import heapq
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Protocol

WHOLE = 1000
DEEP = 900  # chapters by what stands under them: a little less than by their own words
RARE = 30  # pairs of characters that more texts hold do not lead to one another
TELLING = 80  # as many of them are looked up, for each text
NEAREST = 6  # texts looked at closely, for each text

_ONE_WAY_OF_WRITING = str.maketrans({",": "、", ".": "。", "､": "、", "｡": "。"})


class Readable(Protocol):
    """A section of a document; ``path`` ("1-4") says where it stands and under what."""

    @property
    def path(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def body(self) -> str: ...


def key_of(text: str) -> str:
    """``text`` without white space, in one width and with one sign for the comma."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded.translate(_ONE_WAY_OF_WRITING)


def keys_of(item: Readable) -> tuple[str, str]:
    return key_of(item.heading), key_of(item.body)


class Grams(frozenset[str]):
    """The pairs of characters of a text, with what they weigh together once that is known."""

    weight = 0


def _grams(key: str) -> Grams:
    """Two characters at a time; the ends count, so that even one character has two pairs."""
    return Grams(a + b for a, b in pairwise(f"\n{key}\n")) if key else Grams()


class Text:
    """What is compared of an item."""

    def __init__(self, item: Readable) -> None:
        self.path = item.path
        self.above = item.path.rpartition("-")[0]
        self.keys = keys_of(item)
        self.heading, self.body = map(_grams, self.keys)
        self.whole = Grams(self.heading | self.body)
        self.under = Grams()
        self.has_items = False

    @property
    def all_grams(self) -> tuple[Grams, ...]:
        return self.heading, self.body, self.whole, self.under


class Texts:
    """Both documents, with what each pair of characters weighs."""

    def __init__(self, old: Sequence[Readable], new: Sequence[Readable]) -> None:
        self.old, self.new = [Text(item) for item in old], [Text(item) for item in new]
        _look_under(self.old)
        _look_under(self.new)
        both = [*self.old, *self.new]
        self._holders = Counter(gram for text in both for gram in text.whole)
        self._weights = {
            gram: round(WHOLE * math.log1p(len(both) / n)) for gram, n in self._holders.items()
        }
        for text in both:
            for grams in text.all_grams:
                grams.weight = self.weigh(grams)
        self._known: dict[tuple[int, int], int] = {}

    def weigh(self, grams: Iterable[str]) -> int:
        """The weight of all of them."""
        return sum(map(self._weights.__getitem__, grams))

    def likeness(self, new: int, old: int) -> int:
        """How much of the two texts is the same, 0 to 1000; either way round."""
        found = self._known.get((new, old))
        if found is None:
            found = self._known[new, old] = self._likeness(self.new[new], self.old[old])
        return found

    def _likeness(self, a: Text, b: Text) -> int:
        if a.keys == b.keys:
            return WHOLE
        best = self._shared(a.whole, b.whole)
        if a.heading and b.heading and a.body and b.body:
            heads, bodies = self._shared(a.heading, b.heading), self._shared(a.body, b.body)
            best = max(best, (heads + bodies) // 2)
        if a.has_items and b.has_items:
            best = max(best, self._shared(a.under, b.under) * DEEP // WHOLE)
        return min(best, WHOLE - 1)

    def _shared(self, a: Grams, b: Grams) -> int:
        """Twice what both hold, of what they hold together."""
        if a.weight + b.weight == 0:
            return WHOLE
        return 2 * WHOLE * self.weigh(a & b) // (a.weight + b.weight)

    def part_of(self, part: Grams, whole: frozenset[str]) -> int:
        """How much of ``part`` stands in ``whole``, 0 to 1000."""
        return WHOLE * self.weigh(part & whole) // part.weight if part else 0

    @cached_property
    def near(self) -> list[tuple[int, int]]:
        """Pairs (new, old) worth a closer look; the same ones whichever document comes first."""
        shared = self._share_what_is_rare()
        found = set(_likest(shared, 0)) | set(_likest(shared, 1))
        old_at = {text.path: at for at, text in enumerate(self.old)}
        new_at = {text.path: at for at, text in enumerate(self.new)}
        found |= {(at, old_at[path]) for path, at in new_at.items() if path in old_at}
        return sorted(found)

    def _share_what_is_rare(self) -> Counter[tuple[int, int]]:
        """How many rare pairs of characters two texts share."""
        on_both = _held(self.old) & _held(self.new)
        old_places: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(self.old):
            for gram in self._telling(text, on_both):
                old_places[gram].append(at)
        return Counter(
            (at, place)
            for at, text in enumerate(self.new)
            for gram in self._telling(text, on_both)
            for place in old_places[gram]
        )

    def _telling(self, text: Text, among: set[str]) -> list[str]:
        """Those that the fewest texts hold."""
        rare = (gram for gram in text.whole & among if self._holders[gram] <= RARE)
        return heapq.nsmallest(TELLING, rare, key=lambda gram: (self._holders[gram], gram))


def _held(side: list[Text]) -> set[str]:
    return set().union(*(text.whole for text in side))


def _likest(shared: Counter[tuple[int, int]], side: int) -> Iterator[tuple[int, int]]:
    """The NEAREST pairs of each text of one side."""
    by_text: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair in shared:
        by_text[pair[side]].append(pair)
    for pairs in by_text.values():
        yield from heapq.nsmallest(
            NEAREST, pairs, key=lambda pair: (-shared[pair], abs(pair[0] - pair[1]), sum(pair))
        )


def _look_under(side: list[Text]) -> None:
    """Gather for each text what stands under it, at any depth."""
    under: dict[str, set[str]] = {}
    for text in reversed(side):
        text.has_items = text.path in under
        text.under = Grams(under.get(text.path, ()))
        if text.above:
            under.setdefault(text.above, set()).update(text.whole | text.under)
