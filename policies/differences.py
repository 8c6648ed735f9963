"""What differs between two texts, character by character. Plain Python: no Django."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from diff_match_patch import diff_match_patch

Kind = Literal["same", "removed", "added"]
KINDS: dict[int, Kind] = {0: "same", -1: "removed", 1: "added"}
LONGEST_SEARCH = 0.5
SHORTEST_SAME = 4
"""Fewer characters in common, between what went and what came, do not stand apart. The library's
other clean-up counts as for letters, and would drop whole clauses of Japanese that stayed."""


@dataclass(frozen=True)
class Piece:
    """A run of characters: in both texts, only in the old one, or only in the new one."""

    kind: Kind
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """``old`` and ``new`` laid over each other.

    The pieces that are not added make up ``old``, those that are not removed make up ``new``.
    The search for the shortest answer ends after ``LONGEST_SEARCH`` seconds.
    """
    differ = diff_match_patch()
    differ.Diff_Timeout = LONGEST_SEARCH
    found = differ.diff_main(old, new)
    differ.Diff_EditCost = SHORTEST_SAME
    differ.diff_cleanupEfficiency(found)
    return [Piece(KINDS[kind], text) for kind, text in found if text]


def old_side(of: list[Piece]) -> list[Piece]:
    """What stood there before: same and removed."""
    return [piece for piece in of if piece.kind != "added"]


def new_side(of: list[Piece]) -> list[Piece]:
    """What stands there now: same and added."""
    return [piece for piece in of if piece.kind != "removed"]


@dataclass(frozen=True)
class Difference:
    """A text that has a name, or a field in words: what it said before and after."""

    label: str
    before: str
    after: str

    @cached_property
    def pieces(self) -> list[Piece]:
        """Both laid over each other."""
        return pieces(self.before, self.after)

    @property
    def old_side(self) -> list[Piece]:
        return old_side(self.pieces)

    @property
    def new_side(self) -> list[Piece]:
        return new_side(self.pieces)
