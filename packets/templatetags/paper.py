"""What only paper needs: ``{% load paper %}``."""

import unicodedata

from django import template

register = template.Library()

LEAST, MOST = 3, 6
"""So many characters at the end of a text stand on one line."""
WORTH_IT = 12
"""A text of fewer characters hardly fills more than a line."""
WHOLE = ("ようにする", "ようにする。")
"""Ends in hiragana that are a phrase."""


@register.inclusion_tag("packets/paper/_held.html")
def held(text: str) -> dict[str, str]:
    """``text`` with its end kept together, so that no last line is 「る。」 alone.

    The engine knows orphans of lines, but none of characters.
    """
    head, end = ends(text)
    return {"head": head, "end": end}


def ends(text: str) -> tuple[str, str]:
    """``text`` in two: what may be broken anywhere, and the end that stays together, if any."""
    if len(text) < WORTH_IT:
        return text, ""
    cut = _cut(text)
    while _belongs_to_the_one_before(text[cut]):
        cut -= 1
    return text[:cut], text[cut:]


def _cut(text: str) -> int:
    """Where the last phrase begins: behind a particle, before a word that is not in hiragana."""
    whole = next((phrase for phrase in WHOLE if text.endswith(phrase)), "")
    if whole:
        return len(text) - len(whole)
    for cut in range(len(text) - LEAST, len(text) - MOST - 1, -1):
        if _is_kana(text[cut - 1]) and not _is_kana(text[cut]):
            return cut
    return len(text) - LEAST


def _is_kana(character: str) -> bool:
    """Hiragana, or a mark that ends a phrase."""
    return "ぁ" <= character <= "ゖ" or character in "、。）」』"


def _belongs_to_the_one_before(character: str) -> bool:
    """Marks and selectors of variants; and joiners, which bind on both sides."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}
