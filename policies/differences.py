"""What differs between two texts, character by character. Plain Python: no Django."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from diff_match_patch import diff_match_patch

Kind = Literal["same", "removed", "added"]
KINDS: dict[int, Kind] = {0: "same", -1: "removed", 1: "added"}
MOST_COMPARISONS = 4_000_000
"""Two texts of 2,000 characters that have nothing in common: a second and a half."""
SENTENCE = re.compile(r"[^。\n]*[。\n]|[^。\n]+")
FIRST_SIGN = 0x10000
"""The planes behind the first hold more signs than a text has sentences, and no surrogates."""
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
    Two long texts are compared sentence by sentence, and what is too long even for that stands as
    a whole: no clock ends the search, so that the same texts always give the same answer.
    """
    return list(_pieces(old, new))


@lru_cache(maxsize=1024)
def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    differ = diff_match_patch()
    differ.Diff_Timeout = 0
    search = differ.diff_main if len(old) * len(new) <= MOST_COMPARISONS else _by_sentence
    found = search(old, new)
    differ.Diff_EditCost = SHORTEST_SAME
    differ.diff_cleanupEfficiency(found)
    return tuple(Piece(KINDS[kind], text) for kind, text in found if text)


def _by_sentence(old: str, new: str) -> list[tuple[int, str]]:
    """As ``diff_main``, with each sentence as one sign."""
    differ = diff_match_patch()
    differ.Diff_Timeout = 0
    texts = [SENTENCE.findall(text) for text in (old, new)]
    if len(texts[0]) * len(texts[1]) > MOST_COMPARISONS:
        return [(-1, old), (1, new)]
    sentences = list(dict.fromkeys(texts[0] + texts[1]))
    signs = {sentence: chr(FIRST_SIGN + place) for place, sentence in enumerate(sentences)}
    signed = ["".join(signs[sentence] for sentence in text) for text in texts]
    return [
        (kind, "".join(sentences[ord(sign) - FIRST_SIGN] for sign in run))
        for kind, run in differ.diff_main(*signed)
    ]


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
