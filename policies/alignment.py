"""Which item of last year's document each item of this year's continues. Pure Python.

What is written decides, numbers do not: items may be renumbered, put in another order, moved to
another chapter, split and joined. Where texts decide nothing, the order of the document does.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from policies.likeness import Texts, key_of, keys_of

Kind = Literal["same", "reworded", "new", "dropped"]
Doubt = Literal["", "weak", "rival", "part"]
PART: Doubt = "part"

LEAST = 180  # two texts that share less do not belong together
LEAST_UNDER_THE_SAME = 90  # ... unless their chapters do
CERTAIN = 300  # below, somebody should look
RIVAL = 60  # another item that is as near as this makes the choice doubtful
MOST_OF = 550  # so much of an item stands in another one: it is a part of it
UNDER_THE_SAME = 120  # what it counts that the chapters above belong together
SAME_PATH = 40


@dataclass(frozen=True, slots=True)
class Item:
    """A section of one document; ``path`` ("1-4") says where it stands and under what."""

    path: str
    number: str
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An item of this year with the one that it continues; without one it is new.

    ``is_identical``: to the letter. Texts that differ in white space, width of characters or the
    sign of a comma are the same, and not identical.

    ``doubt``: why somebody should look: the texts share little (weak), another item is as near
    (rival), or the old item is continued in several new ones (part).
    """

    new: Item
    old: Item | None
    kind: Kind
    is_identical: bool = False
    is_moved: bool = False
    doubt: Doubt = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An item of last year that nothing continues; ``into`` is the one that took in its text."""

    old: Item
    into: Item | None = None


@dataclass(frozen=True, slots=True)
class Aligned:
    """``pairs`` in the order of this year's document, ``dropped`` in that of last year's.

    Each item of this year is in one pair. Each of last year's is either in pairs (in several,
    where it was split) or dropped.
    """

    pairs: tuple[Pair, ...]
    dropped: tuple[Dropped, ...]

    @property
    def counts(self) -> dict[Kind, int]:
        """How many are same, reworded, new and dropped."""
        found = Counter(pair.kind for pair in self.pairs)
        kinds: tuple[Kind, ...] = ("same", "reworded", "new")
        return {kind: found[kind] for kind in kinds} | {"dropped": len(self.dropped)}


def align(old: Sequence[Item], new: Sequence[Item]) -> Aligned:
    """Lay the two documents side by side, both in reading order with paths that are unique."""
    texts = Texts(old, new)
    chosen = _matched(texts, chapters=_matched_chapters(texts))
    parts = _parts(texts, chosen)
    taken_in = _taken_in(texts, chosen)
    doubts = _doubts(texts, chosen) | dict.fromkeys(parts, PART)
    origins = chosen | parts
    pairs = (
        pair_of(item, old[origins[at]] if at in origins else None, doubts.get(at, ""))
        for at, item in enumerate(new)
    )
    followed = set(origins.values())
    dropped = (
        Dropped(item, new[taken_in[at]] if at in taken_in else None)
        for at, item in enumerate(old)
        if at not in followed
    )
    return Aligned(tuple(pairs), tuple(dropped))


def pair_of(new: Item, old: Item | None, doubt: Doubt = "") -> Pair:
    """The two as they stand beside each other, whoever put them together."""
    if old is None:
        return Pair(new, None, "new", doubt=doubt)
    return Pair(
        new,
        old,
        "same" if keys_of(new) == keys_of(old) else "reworded",
        is_identical=(new.heading, new.body) == (old.heading, old.body),
        is_moved=key_of(new.number) != key_of(old.number),
        doubt=doubt,
    )


# --- who continues whom ------------------------------------------------------------------------


Ranked = tuple[int, int, int, int, int]


def _matched_chapters(texts: Texts) -> dict[int, int]:
    """Which items that have items belong together, before anything else is known."""
    with_items = [
        (new, old)
        for new, old in texts.near
        if texts.new[new].has_items and texts.old[old].has_items
    ]
    return _likest(_ranked(texts, _Family(texts, {}), with_items), {})


def _matched(texts: Texts, chapters: dict[int, int]) -> dict[int, int]:
    """One old item at most for each new one: first the same texts, then the likest."""
    family = _Family(texts, chapters)
    settled = _same_texts(texts, family)
    taken = set(settled.values())
    free = [(new, old) for new, old in texts.near if new not in settled and old not in taken]
    return _likest(_ranked(texts, family, free), settled)


def _likest(ranked: Iterable[Ranked], settled: dict[int, int]) -> dict[int, int]:
    chosen, taken = dict(settled), set(settled.values())
    for _, _, _, new, old in sorted(ranked):
        if new not in chosen and old not in taken:
            chosen[new] = old
            taken.add(old)
    return chosen


class _Family:
    """Which new and old items stand under chapters that belong together."""

    def __init__(self, texts: Texts, chapters: dict[int, int]) -> None:
        self.old, self.new = texts.old, texts.new
        follows = {texts.new[new].path: texts.old[old].path for new, old in chapters.items()}
        self._follows = follows | {"": ""}

    def expected(self, new: int) -> str | None:
        """The path of last year's under which the item is looked for first."""
        return self._follows.get(self.new[new].above)

    def is_one(self, new: int, old: int) -> bool:
        return self.expected(new) == self.old[old].above


def _same_texts(texts: Texts, family: _Family) -> dict[int, int]:
    """Items with one and the same text: where it stood, else in its chapter, else in order."""
    old_places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, text in enumerate(texts.old):
        old_places[text.keys].append(at)
    new_places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, text in enumerate(texts.new):
        new_places[text.keys].append(at)
    chosen: dict[int, int] = {}
    for keys, places in new_places.items():
        if keys in old_places:
            chosen |= _in_order(texts, family, places, old_places[keys])
    return chosen


def _in_order(texts: Texts, family: _Family, new: list[int], old: list[int]) -> dict[int, int]:
    """Pair off items that read alike; each at most once."""
    chosen: dict[int, int] = {}
    for step in range(3):
        waiting: dict[object, deque[int]] = defaultdict(deque)
        for at in sorted(old):
            waiting[_stand(texts.old[at].above, texts.old[at].path, step)].append(at)
        for at in new:
            if places := waiting.get(_stand(family.expected(at), texts.new[at].path, step)):
                chosen[at] = places.popleft()
        new = [at for at in new if at not in chosen]
        old = [at for places in waiting.values() for at in places]
    return chosen


def _stand(above: str | None, path: str, step: int) -> object:
    """Where an item is looked for: at its own place, then in its chapter, then anywhere."""
    return ((above, path.rpartition("-")[2]), above, "")[step]


def _ranked(texts: Texts, family: _Family, pairs: Iterable[tuple[int, int]]) -> Iterator[Ranked]:
    """Likest first; of equals the one nearest in the order of the document."""
    for new, old in pairs:
        likeness = texts.likeness(new, old)
        is_one = family.is_one(new, old)
        least = LEAST_UNDER_THE_SAME if is_one and texts.new[new].above else LEAST
        if likeness >= least:
            points = likeness + UNDER_THE_SAME * is_one
            points += SAME_PATH * (texts.new[new].path == texts.old[old].path)
            yield -points, abs(new - old), new + old, new, old


def _doubts(texts: Texts, chosen: dict[int, int]) -> dict[int, Doubt]:
    """New items that share little with the old one, or for which another is nearly as near."""
    reworded = {
        new: old for new, old in chosen.items() if texts.new[new].keys != texts.old[old].keys
    }
    same = set(chosen) - set(reworded)
    sure = {chosen[new] for new in same}
    by_new: dict[int, list[int]] = defaultdict(list)
    by_old: dict[int, list[int]] = defaultdict(list)
    for new, old in texts.near:
        if new not in same and old not in sure:
            by_new[new].append(texts.likeness(new, old))
            by_old[old].append(texts.likeness(new, old))
    doubts: dict[int, Doubt] = {}
    for new, old in reworded.items():
        likeness = texts.likeness(new, old)
        if likeness < CERTAIN:
            doubts[new] = "weak"
        elif any(
            sum(other >= likeness - RIVAL for other in side) > 1
            for side in (by_new[new], by_old[old])
        ):
            doubts[new] = "rival"
    return doubts


# --- split and joined --------------------------------------------------------------------------


def _parts(texts: Texts, chosen: dict[int, int]) -> dict[int, int]:
    """New items without an old one of their own whose text was a part of an old one.

    What the item that follows the old one has kept of it does not count.
    """
    found = _Best()
    follows = {old: new for new, old in chosen.items()}
    for new, old in texts.near:
        if new not in chosen and old in follows:
            left = texts.old[old].whole - texts.new[follows[old]].whole
            found.offer(new, old, texts.part_of(texts.new[new].whole, left))
    return found.places


def _taken_in(texts: Texts, chosen: dict[int, int]) -> dict[int, int]:
    """Old items that nothing follows whose text now is a part of a new one."""
    found = _Best()
    followed = set(chosen.values())
    for new, old in texts.near:
        if old not in followed and new in chosen:
            added = texts.new[new].whole - texts.old[chosen[new]].whole
            found.offer(old, new, texts.part_of(texts.old[old].whole, added))
    return found.places


class _Best:
    """For each part the place that holds most of it; of equals the nearest, then the first."""

    def __init__(self) -> None:
        self._points: dict[int, tuple[int, int]] = {}
        self.places: dict[int, int] = {}

    def offer(self, part: int, place: int, points: int) -> None:
        if points < MOST_OF:
            return
        rank = (points, -abs(part - place))
        if part not in self.places or rank > self._points[part]:
            self._points[part], self.places[part] = rank, place
