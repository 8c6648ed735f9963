"""発出 and 改正 of the basic policy: how it stood when, and what has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from core.permissions import Hidden
from policies.editions import Change, Comparison, compare
from policies.models import BasicPolicy, Edition

NOTHING = Comparison([], [])


@dataclass(frozen=True)
class Editions:
    """The editions of one policy by number; none where nothing can have changed."""

    rows: Sequence[Edition] = field(default_factory=list)

    @property
    def newest(self) -> Edition | None:
        return self.rows[-1] if self.rows else None

    @property
    def number(self) -> int:
        """How many amendments there are."""
        return self.newest.number if self.newest else 0

    @property
    def amendments(self) -> list[Edition]:
        return [row for row in self.rows if row.number]

    def after(self, seen: int) -> list[Edition]:
        """The amendments issued since edition ``seen``."""
        return [row for row in self.amendments if row.number > seen]

    def since(self, seen: int) -> Comparison:
        """All that has changed since edition ``seen``, as one difference."""
        if self.newest is None or self.newest.number <= seen:
            return NOTHING
        earlier = [row for row in self.rows if row.number <= seen] or self.rows[:1]
        return compare(earlier[-1].content, self.newest.content)

    @cached_property
    def amended(self) -> dict[str, Change]:
        """The items that do not read as they were issued (発出), by path."""
        changes = self.since(0).changes
        return {change.path: change for change in changes if change.is_amended}


@dataclass(frozen=True)
class Told:
    """One edition and what it changed."""

    edition: Edition
    comparison: Comparison

    @property
    def is_told_early(self) -> bool:
        """Whether it was issued before the day of its date."""
        return timezone.localtime(self.edition.issued_at).date() < self.edition.dated_on


def amendments_of(policy: BasicPolicy | None) -> Editions:
    """The editions of ``policy`` where it was ever amended; asks for nothing where not."""
    if policy is None or not policy.edition:
        return Editions()
    return editions_of(policy)


def editions_of(policy: BasicPolicy) -> Editions:
    """All editions of ``policy``. One query."""
    return Editions(list(policy.editions.select_related("issued_by").order_by("number")))


def amendments_in(year: int) -> Editions:
    """The editions of the policy of ``year`` where it was ever amended. One query or two."""
    policy = BasicPolicy.objects.only("pk", "edition").filter(year=year).first()
    return amendments_of(policy)


def story_of(editions: Editions) -> list[Told]:
    """Every edition with what it changed, the newest first."""
    rows = editions.rows
    told = [Told(row, NOTHING) for row in rows[:1]]
    told += [
        Told(row, compare(before.content, row.content))
        for before, row in zip(rows, rows[1:], strict=False)
    ]
    return told[::-1]


@dataclass(frozen=True)
class Paragraphs:
    """An item of an edition as it stood, with the depth at which it stood."""

    row: dict[str, object]
    depth: int


def as_it_stood(editions: Editions, number: int) -> tuple[Edition, list[Paragraphs]]:
    """Edition ``number`` in reading order; Hidden where there is none."""
    edition = next((row for row in editions.rows if row.number == number), None)
    if edition is None:
        raise Hidden("この版はありません。")
    depths: dict[str, int] = {}
    for row in edition.content["sections"]:
        depths[row["path"]] = depths.get(row["parent"], -1) + 1
    rows = edition.content["sections"]
    return edition, [Paragraphs(row, depths[row["path"]]) for row in rows]
