"""The markers that come next: what the office is proposed where a number is missing.

Pure Python: no Django.
"""

import re
import unicodedata
from collections.abc import Collection

from policies.numbering import KANJI, KATAKANA, ROMAN, find_mark, in_half_width, number_of

FIRST = "（1）"
_HALF_WIDTH_KANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"
_NUMBER = re.compile(
    "[0-9０-９]+|[一二三四五六七八九十]+|[IVXＩＶＸ]+|[ア-ンｱ-ﾝa-zａ-ｚ⑴-⒇①-⑳㉑-㉟㊱-㊿Ⅰ-Ⅻ]"
)
_TO_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def following(marker: str) -> str | None:
    """What comes after ``marker`` in its own style: （1） → （2）, ア → イ; None where unknown."""
    mark = find_mark(marker)
    if mark is None or mark.end != len(marker):
        return None
    if not mark.style.is_counted:
        return marker
    match = _NUMBER.search(marker, mark.start)
    number = _next(match[0], mark.value + 1) if match else None
    return f"{marker[: match.start()]}{number}{marker[match.end() :]}" if match and number else None


def _next(number: str, value: int) -> str | None:
    """``value`` in the characters that ``number`` is written in."""
    candidates = [str(value), _in_kanji(value), *_letters(number, value), *_roman(value)]
    candidates += [candidate.translate(_TO_FULL_WIDTH) for candidate in candidates]
    alike = [c for c in candidates if c and _script(c) == _script(number)]
    return next((c for c in alike if number_of(c) == value), None)


def _script(text: str) -> tuple[str, bool, bool]:
    """What tells the kind of a number: 1 from １, ア from ｱ, a from IV, ④ from ⑷."""
    first = text[0]
    if first in f"{KANJI}十":
        kind = "KANJI"
    elif first.isdecimal():
        kind = "DIGIT"
    else:
        kind = unicodedata.name(first, "").split(" ")[0]
    return kind, first.isascii(), first.isupper()


def _in_kanji(value: int) -> str:
    tens, ones = divmod(value, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{KANJI[tens]}十"
    return f"{ten}{KANJI[ones] if ones else ''}" if value < 100 else ""


def _letters(number: str, value: int) -> list[str]:
    """Kana, Latin letters and single signs such as ④ and Ⅳ."""
    found = [kana[value - 1] for kana in (KATAKANA, _HALF_WIDTH_KANA) if value <= len(kana)]
    if value <= 26:
        found.append(chr(ord("a") + value - 1))
    found.append(chr(ord(number[-1]) + 1))
    return [*found, *"㉑㊱"]


def _roman(value: int) -> list[str]:
    return [ROMAN[value - 1]] if value <= len(ROMAN) else []


def branch(marker: str, taken: Collection[str]) -> str:
    """A number put in between (枝番): (4) → (4)の2, then (4)の3; ``taken`` in half width."""
    base, _, number = marker.rpartition("の")
    if not base or not number.isdecimal():
        base, number = marker, "1"
    value = int(number)
    is_wide = any("０" <= character <= "９" for character in base)
    while True:
        value += 1
        count = str(value).translate(_TO_FULL_WIDTH) if is_wide else str(value)
        if in_half_width(f"{base}の{count}") not in taken:
            return f"{base}の{count}"
