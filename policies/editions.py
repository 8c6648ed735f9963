"""What changed between two editions (Edition.content) of a basic policy. Plain Python.

An item is the same as long as its address (``path``) is, whatever its number and its words.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from policies.differences import Difference, Piece, pieces

Content = Mapping[str, Any]
Row = Mapping[str, Any]
Kind = Literal["new", "dropped", "reworded", "retitled", "renumbered", "moved", "opened", "closed"]
WORDS: Mapping[Kind, str] = {
    "new": "新しい項",
    "dropped": "削られた項",
    "retitled": "見出しの変更",
    "reworded": "文言の変更",
    "opened": "回答を求める項になりました",
    "closed": "回答を求めない項になりました",
    "moved": "位置の変更",
    "renumbered": "番号の変更",
}
TO_LOOK_AT = frozenset({"dropped", "reworded", "retitled", "closed"})
"""After which an answer given before may not fit any more."""
OPENING = 16


@dataclass(frozen=True)
class Change:
    """One item that is not what it was: ``before`` is None where it is new, ``after`` where gone."""

    path: str
    kinds: tuple[Kind, ...]
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The item as it stands, or as it stood last."""
        return self.after or self.before or {}

    @property
    def number(self) -> str:
        return str(self.row["number"])

    @property
    def earlier_number(self) -> str:
        """What the item was called; empty where it is called the same."""
        return str(self.before["number"]) if self.before and "renumbered" in self.kinds else ""

    @property
    def name(self) -> str:
        """Heading, short name, or the opening words."""
        row = self.row
        body = str(row["body"])
        opening = body if len(body) <= OPENING else f"{body[:OPENING]}…"
        return str(row["heading"] or row["short_name"] or opening)

    @property
    def words(self) -> list[str]:
        """What happened, in the order of weight."""
        return [word for kind, word in WORDS.items() if kind in self.kinds]

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_dropped(self) -> bool:
        return self.after is None

    @property
    def is_amended(self) -> bool:
        """Whether the words that stand there now are others."""
        return self.after is not None and bool({"new", "reworded", "retitled"} & {*self.kinds})

    @property
    def is_only_renumbered(self) -> bool:
        return self.kinds == ("renumbered",)

    @property
    def asks_anew(self) -> bool:
        """Whether departments owe an answer that they did not owe before."""
        return "opened" in self.kinds

    @property
    def needs_a_look(self) -> bool:
        """Whether who has answered it should read it again."""
        return bool(TO_LOOK_AT & {*self.kinds})

    @cached_property
    def heading(self) -> list[Piece]:
        """The headings laid over each other; empty where they are the same."""
        return _laid(self, "heading") if _text(self, "heading") else []

    @cached_property
    def body(self) -> list[Piece]:
        """The words laid over each other; empty where they are the same."""
        return _laid(self, "body") if _text(self, "body") else []


def _text(change: Change, name: str) -> bool:
    before, after = change.before or {}, change.after or {}
    return before.get(name, "") != after.get(name, "")


def _laid(change: Change, name: str) -> list[Piece]:
    before, after = change.before or {}, change.after or {}
    return pieces(str(before.get(name, "")), str(after.get(name, "")))


@dataclass(frozen=True)
class Comparison:
    """All that is not what it was, in the order of the document."""

    passages: list[Difference]
    changes: list[Change]

    @property
    def is_any(self) -> bool:
        """Whether anything has changed that people read."""
        return bool(self.passages or self.changes)

    @cached_property
    def by_path(self) -> dict[str, Change]:
        return {change.path: change for change in self.changes}

    @property
    def rewritten(self) -> list[Change]:
        """What more than a number has changed in."""
        return [change for change in self.changes if not change.is_only_renumbered]

    @property
    def renumbered(self) -> list[Change]:
        """What is called otherwise and is otherwise the same."""
        return [change for change in self.changes if change.is_only_renumbered]


def compare(old: Content, new: Content) -> Comparison:
    """What changed from ``old`` to ``new``."""
    before, after = _by_path(old), _by_path(new)
    moved = _moved(before, after)
    asked = _asking(before.values()), _asking(after.values())
    changes = []
    for path in _in_order(list(before), list(after)):
        was, now = before.get(path), after.get(path)
        asks = path in asked[0], path in asked[1]
        kinds = _kinds(was, now, asks=asks, is_moved=path in moved)
        if kinds:
            changes.append(Change(path, kinds, was, now))
    return Comparison(_passages(old, new), changes)


def _by_path(content: Content) -> dict[str, Row]:
    return {row["path"]: row for row in content["sections"]}


def _asking(rows: Iterable[Row]) -> set[str]:
    """The items to which departments owe an answer: open, and without items of their own."""
    rows = list(rows)
    parents = {row["parent"] for row in rows}
    return {row["path"] for row in rows if row["is_open"] and row["path"] not in parents}


def _kinds(
    was: Row | None, now: Row | None, *, asks: tuple[bool, bool], is_moved: bool
) -> tuple[Kind, ...]:
    if now is None:
        return ("dropped",)
    opened: tuple[Kind, ...] = ("opened",) if asks == (False, True) else ()
    if was is None:
        return ("new", *opened)
    found: list[tuple[Kind, bool]] = [
        ("reworded", was["body"] != now["body"]),
        ("retitled", was["heading"] != now["heading"]),
        ("renumbered", was["number"] != now["number"]),
        ("moved", is_moved),
        ("closed", asks == (True, False)),
    ]
    return (*(kind for kind, is_so in found if is_so), *opened)


def _passages(old: Content, new: Content) -> list[Difference]:
    labels = {"title": "題名", "preamble": "前文"}
    return [
        Difference(label, old.get(name, ""), new.get(name, ""))
        for name, label in labels.items()
        if old.get(name, "") != new.get(name, "")
    ]


def _in_order(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Both lists as one: the new order, what is gone after what it stood behind."""
    merged = list(after)
    standing = {*after}
    place = 0
    for path in before:
        if path in standing:
            place = merged.index(path) + 1
        else:
            merged.insert(place, path)
            place += 1
    return merged


def _moved(before: Mapping[str, Row], after: Mapping[str, Row]) -> set[str]:
    """What stands under another item now, or at another place among the items around it."""
    common = [path for path in before if path in after]
    moved = {path for path in common if before[path]["parent"] != after[path]["parent"]}
    places = {path: place for place, path in enumerate(after)}
    siblings: dict[str, list[str]] = {}
    for path in common:
        if path not in moved:
            siblings.setdefault(before[path]["parent"], []).append(path)
    for paths in siblings.values():
        moved |= {*paths} - _unmoved(paths, places)
    return moved


def _unmoved(paths: Sequence[str], places: Mapping[str, int]) -> set[str]:
    """The largest part of ``paths`` whose places still rise: the rest was moved."""
    tails: list[int] = []
    ends: list[str] = []
    behind: dict[str, str | None] = {}
    for path in paths:
        at = bisect_left(tails, places[path])
        behind[path] = ends[at - 1] if at else None
        tails[at : at + 1] = [places[path]]
        ends[at : at + 1] = [path]
    found = set()
    last = ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = behind[last]
    return found
