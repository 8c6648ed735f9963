"""Reading 昨年度からの変更: which of last year's sections each of this year's continues.

What the office has confirmed counts; for sections of which it has confirmed nothing yet, the
proposal of ``policies.alignment`` stands in, and says so.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from departments.models import User
from policies.alignment import Aligned, Doubt, Item, Kind, Pair, align, pair_of
from policies.differences import Difference
from policies.models import Alignment, BasicPolicy, Section

WORDS: Mapping[Kind, str] = {
    "same": "継続",
    "reworded": "文言変更",
    "new": "新規",
    "dropped": "今年度なし",
}
TITLES: Mapping[Kind, str] = {
    "reworded": "文言が変わった項",
    "new": "新しい項",
    "same": "文言も同じ項",
}
DOUBTS: Mapping[Doubt, str] = {
    "": "",
    "weak": "文の重なりが少なく、別の項かもしれません。",
    "rival": "よく似た項がほかにもあります。",
    "part": "昨年度の1つの項が、複数の項に分かれたようです。",
}


@dataclass
class Row:
    """A section beside the one of last year that it continues."""

    section: Section
    earlier: Section | None
    pair: Pair
    is_confirmed: bool

    @property
    def word(self) -> str:
        """継続・文言変更・新規."""
        return WORDS[self.pair.kind]

    @property
    def doubt(self) -> str:
        """Why somebody should look, in a sentence; empty where nothing is doubtful."""
        return DOUBTS[self.pair.doubt]

    @property
    def is_moved(self) -> bool:
        return self.pair.is_moved

    @cached_property
    def differences(self) -> list[Difference]:
        """Heading and body, as far as there is one; of a new section nothing."""
        if self.earlier is None:
            return []
        both = (
            ("見出し", self.earlier.heading, self.section.heading),
            ("本文", self.earlier.body, self.section.body),
        )
        return [Difference(label, old, new) for label, old, new in both if old or new]


@dataclass(frozen=True)
class Gone:
    """A section of last year that nothing continues; ``into`` seems to have taken in its text."""

    section: Section
    into: Section | None = None


@dataclass(frozen=True)
class Part:
    """The sections of one kind: ``rows``, or for what is dropped only their ``count``."""

    anchor: Kind
    title: str
    rows: list[Row]
    count: int


@dataclass
class Comparison:
    """The document of a year beside the one of the year before."""

    policy: BasicPolicy
    earlier_policy: BasicPolicy
    rows: list[Row]
    gone: list[Gone]
    earlier: list[Section]
    """Last year's sections that a section may continue, in reading order."""
    confirmed_at: dt.datetime | None
    confirmed_by: User | None
    state: str
    """Changes whenever a text or a confirmed pair does."""

    @property
    def is_confirmed(self) -> bool:
        """Whether the office has confirmed all of it."""
        return all(row.is_confirmed for row in self.rows)

    @cached_property
    def to_look_at(self) -> list[Row]:
        """Rows that somebody should look at first."""
        is_new = self.confirmed_at is None
        return [row for row in self.rows if row.doubt or not (is_new or row.is_confirmed)]

    @cached_property
    def others(self) -> list[Row]:
        """Rows in which nothing is doubtful."""
        first = {row.section.pk for row in self.to_look_at}
        return [row for row in self.rows if row.section.pk not in first]

    @property
    def parts(self) -> list[Part]:
        """The kinds of which there is something, what changed most first."""
        parts = [
            Part(kind, title, rows := [r for r in self.rows if r.pair.kind == kind], len(rows))
            for kind, title in TITLES.items()
        ]
        gone = [Part("dropped", "今年度にない項", [], len(self.gone))]
        return [part for part in [*parts[:2], *gone, *parts[2:]] if part.count]

    @cached_property
    def counts(self) -> dict[Kind, int]:
        """How many are same, reworded, new and dropped."""
        return Aligned(tuple(row.pair for row in self.rows), ()).counts | {
            "dropped": len(self.gone)
        }


def comparison(year: int, chosen: Mapping[int, int | None] | None = None) -> Comparison | None:
    """The document of ``year`` beside last year's; None where one of them is missing.

    ``chosen`` (section → last year's section, or None for 新規) is shown in place of what is
    confirmed or proposed. Three queries.
    """
    policies = BasicPolicy.objects.defer("source_text", "outline")
    found = {policy.year: policy for policy in policies.filter(year__in=(year - 1, year))}
    if len(found) < 2:
        return None
    policy, earlier_policy = found[year], found[year - 1]
    both = list(Section.objects.filter(policy__in=found.values()).in_order())
    sections = [s for s in both if s.policy_id == policy.pk and not s.is_dropped]
    known = [section for section in both if section.policy_id == earlier_policy.pk]
    stored = confirmed(year)
    earlier = [section for section in known if not section.is_dropped]
    latest = max(stored.values(), key=lambda row: row.confirmed_at, default=None)
    rows, gone = _rows(sections, earlier, stored)
    if chosen is not None:
        by_key = {section.pk: section for section in known}
        rows = [_chosen(row, by_key, chosen) for row in rows]
        gone = _left(earlier, rows, {})
    followed = {row.earlier.pk for row in rows if row.earlier}
    return Comparison(
        policy=policy,
        earlier_policy=earlier_policy,
        rows=rows,
        gone=gone,
        earlier=[s for s in known if not s.is_dropped or s.pk in followed],
        confirmed_at=latest.confirmed_at if latest else None,
        confirmed_by=latest.confirmed_by if latest else None,
        state=_state(sections, known, stored.values()),
    )


def unconfirmed(year: int) -> int:
    """How many standing sections of ``year`` nobody has laid beside last year's; 0 in a first year."""
    if not BasicPolicy.objects.filter(year=year - 1).exists():
        return 0
    sections = Section.objects.standing().filter(policy__year=year)
    return sections.filter(alignment__isnull=True).count()


def confirmed(year: int) -> dict[int, Alignment]:
    """What the office has confirmed for the standing sections of ``year``, by section. A query."""
    rows = Alignment.objects.filter(section__policy__year=year, section__is_dropped=False)
    return {row.section_id: row for row in rows.select_related("earlier", "confirmed_by")}


def row_of(section: Section, earlier: Section | None) -> Row:
    """A confirmed pair as it is shown. No query."""
    return Row(section, earlier, _pair(section, earlier), True)


def _pair(section: Section, earlier: Section | None, doubt: Doubt = "") -> Pair:
    return pair_of(_item(section), _item(earlier) if earlier else None, doubt)


def _item(section: Section, path: str = "") -> Item:
    return Item(path, section.number, section.heading, section.body)


def _items(by_place: Mapping[str, Section]) -> list[Item]:
    return [_item(section, path) for path, section in by_place.items()]


def _by_place(sections: Iterable[Section]) -> dict[str, Section]:
    """Sections, given in reading order, by where they stand now.

    Their own addresses do not say so any more once an amendment has moved them.
    """
    places: dict[int | None, str] = {}
    counts: Counter[int | None] = Counter()
    found = {}
    for section in sections:
        counts[section.parent_id] += 1
        above, number = places.get(section.parent_id, ""), counts[section.parent_id]
        places[section.pk] = path = f"{above}-{number}" if above else f"{number}"
        found[path] = section
    return found


def _rows(
    sections: list[Section], earlier: list[Section], stored: Mapping[int, Alignment]
) -> tuple[list[Row], list[Gone]]:
    """What is confirmed; for the other sections what is proposed."""
    now, before = _by_place(sections), _by_place(earlier)
    proposed = Aligned((), ())
    if len(stored) < len(sections):
        proposed = align(_items(before), _items(now))
    pairs = {pair.new.path: pair for pair in proposed.pairs}
    rows = []
    for path, section in now.items():
        if section.pk in stored:
            rows.append(row_of(section, stored[section.pk].earlier))
        else:
            old = pairs[path].old
            rows.append(Row(section, before[old.path] if old else None, pairs[path], False))
    into = {before[one.old.path].pk: now[one.into.path] for one in proposed.dropped if one.into}
    return rows, _left(earlier, rows, into)


def _left(
    earlier: Iterable[Section], rows: Iterable[Row], into: Mapping[int, Section]
) -> list[Gone]:
    followed = {row.earlier.pk for row in rows if row.earlier}
    return [
        Gone(section, into.get(section.pk)) for section in earlier if section.pk not in followed
    ]


def _chosen(row: Row, known: Mapping[int, Section], chosen: Mapping[int, int | None]) -> Row:
    if row.section.pk not in chosen:
        return row
    key = chosen[row.section.pk]
    if key == (row.earlier.pk if row.earlier else None):
        return row
    earlier = known[key] if key else None
    return Row(row.section, earlier, _pair(row.section, earlier, row.pair.doubt), False)


def _state(
    sections: Iterable[Section], earlier: Iterable[Section], stored: Iterable[Alignment]
) -> str:
    texts = [
        [section.pk, section.number, section.heading, section.body]
        for section in (*sections, *earlier)
    ]
    pairs = sorted((row.section_id, row.earlier_id or 0, str(row.confirmed_at)) for row in stored)
    return hashlib.sha256(json.dumps([texts, pairs]).encode()).hexdigest()[:32]
