"""The numbering styles of Japanese public documents, as one table. Pure Python: no Django.

A style says how a marker looks at the start of a line and which number it stands for. Whether
it *is* a marker there is decided by the sequence (see ``Levels``): a number counts only where it
continues or opens one. To read one more style, add a line to ``STYLES``.
"""

import re
import unicodedata
from dataclasses import dataclass, field

KATAKANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
KANJI = "〇一二三四五六七八九"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LONGEST = 24  # characters of a line that can hold its marker

_SPACE = "[ \t\u00a0\u3000]"
_DIGITS = "[0-9０-９]{1,3}"
_KANA = "[ア-ンｱ-ﾝ]"
_LETTER = "[a-zａ-ｚ]"
_KANJI = "[一二三四五六七八九十]{1,3}"
_END = rf"(?={_SPACE}|\Z)"
_MAY_BEGIN = re.compile(
    "[-*+−－0-9０-９(（第⑴-⒇①-⑳㉑-㉟㊱-㊿Ⅰ-ⅫIVXＩＶＸ一二三四五六七八九十ア-ンｱ-ﾝa-zａ-ｚ・･○●■□◆◇]"
)
_BULLET = re.compile(rf"[-*+−－](?:{_SPACE}{{1,4}}|(?=[(（]))")


@dataclass(frozen=True, slots=True)
class Style:
    """One way of numbering.

    ``is_counted``: its markers count; the others are the same sign for every item of a list.

    ``is_weak``: an ordinary sentence may begin in the same way (１ 月, ア メ リ カ, a city), so
    that it opens a sequence only with a heading or with a second number further down.
    """

    name: str
    pattern: re.Pattern[str]
    is_weak: bool = False
    is_counted: bool = True


def _style(name: str, pattern: str, *, is_weak: bool = False) -> Style:
    return Style(name, re.compile(pattern), is_weak)


def _sign(name: str, characters: str) -> Style:
    """A sign before each item of a list; two of them in a row are something else (○○市)."""
    pattern = rf"(?P<n>[{characters}])(?![{characters}])"
    return Style(name, re.compile(pattern), is_weak=True, is_counted=False)


def _bracketed(number: str) -> str:
    return rf"[(（]{_SPACE}?(?P<n>{number}){_SPACE}?[)）]"


def _bare(number: str) -> str:
    return rf"(?P<n>{number})(?:[.．](?![0-9０-９])|、|{_END})"


STYLES = (
    _style("第1章", rf"第{_SPACE}?(?P<n>{_DIGITS}|{_KANJI}){_SPACE}?章"),
    _style("第1節", rf"第{_SPACE}?(?P<n>{_DIGITS}|{_KANJI}){_SPACE}?節"),
    _style("第1", rf"第{_SPACE}?(?P<n>{_DIGITS}|{_KANJI}){_END}"),
    _style("(1)", _bracketed(_DIGITS)),
    _style("(1)", r"(?P<n>[⑴-⒇])"),
    _style("①", r"(?P<n>[①-⑳㉑-㉟㊱-㊿])"),
    _style("(ア)", _bracketed(_KANA)),
    _style("(一)", _bracketed(_KANJI)),
    _style("(a)", _bracketed(_LETTER)),
    _style("1)", rf"(?P<n>{_DIGITS})[)）]"),
    _style("1", _bare(_DIGITS), is_weak=True),
    _style("Ⅰ", _bare("[Ⅰ-Ⅻ]|[IVXＩＶＸ]{1,4}"), is_weak=True),
    _style("一", _bare(_KANJI), is_weak=True),
    _style("ア", _bare(_KANA), is_weak=True),
    _style("a", rf"(?P<n>{_LETTER})(?:[.．)）]|{_END})", is_weak=True),
    _sign("・", "・･"),
    *(_sign(sign, sign) for sign in "○●■□◆◇"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What looks like a marker at the start of a line: ``start`` and ``end`` are columns."""

    style: Style
    value: int
    text: str
    start: int
    end: int


def find_mark(line: str) -> Mark | None:
    """The marker that ``line`` seems to begin with; a leading ``- `` is not part of it."""
    if not _MAY_BEGIN.match(line):
        return None
    head = line[:LONGEST]
    bullet = _BULLET.match(head)
    start = bullet.end() if bullet else 0
    for style in STYLES:
        if match := style.pattern.match(head, start):
            value = number_of(match["n"]) if style.is_counted else 1
            return Mark(style, value, match[0], start, match.end()) if value else None
    return None


def number_of(text: str) -> int:
    """The number that ``text`` stands for: ４, ④, Ⅳ, 四, エ, d → 4; 0 where it is none."""
    if unicodedata.category(text[0]) in {"No", "Nl"}:
        return int(unicodedata.numeric(text[0]))
    folded = unicodedata.normalize("NFKC", text)
    if folded.isdecimal():
        return int(folded)
    if folded[0] in "一二三四五六七八九十":
        return kanji_number(folded)
    if folded in ROMAN:
        return ROMAN.index(folded) + 1
    if folded in KATAKANA:
        return KATAKANA.index(folded) + 1
    return ord(folded) - ord("a") + 1 if "a" <= folded <= "z" else 0


def kanji_number(text: str) -> int:
    """一 → 1, 十 → 10, 二十三 → 23; 0 for what is no such number (一二, 十十)."""
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or any(c not in KANJI for c in tens + ones):
        return 0
    return (KANJI.index(tens or "一") * 10 if ten else 0) + (KANJI.index(ones) if ones else 0)


@dataclass(slots=True)
class Levels:
    """The open sequences from the outermost to the innermost, and the order learnt so far.

    ``order`` holds each style met, outermost first; ``open`` the style and last number of each
    open level. Both grow with the table of styles only, never with the text.
    """

    order: list[str] = field(default_factory=list)
    open: list[tuple[str, int]] = field(default_factory=list)

    def place_of(self, mark: Mark) -> int | None:
        """The depth (0 outermost) at which ``mark`` continues or opens a sequence, or None."""
        for depth, (name, last) in enumerate(self.open):
            if name == mark.style.name:
                if not mark.style.is_counted:
                    return depth
                restarts = mark.value == 1 and not mark.style.is_weak
                return depth if mark.value == last + 1 or restarts else None
        return self._opening(mark.style.name) if mark.value == 1 else None

    def _opening(self, name: str) -> int:
        if name not in self.order:
            return len(self.open)
        rank = self.order.index(name)
        return sum(self.order.index(other) < rank for other, _ in self.open)

    def is_open(self, name: str) -> bool:
        """Whether a sequence in the style ``name`` is going on."""
        return any(other == name for other, _ in self.open)

    def enter(self, mark: Mark, depth: int) -> None:
        """Take ``mark`` as the last number at ``depth``; what was deeper is closed."""
        name = mark.style.name
        if name not in self.order:
            before = self.open[depth - 1][0] if depth else None
            self.order.insert(self.order.index(before) + 1 if before else 0, name)
        self.open[depth:] = [(name, mark.value)]


def in_half_width(marker: str) -> str:
    """A marker as it is spoken of: （４） → (4), １． → 1, ④ stays ④."""
    folded = unicodedata.normalize("NFKC", marker) if len(marker) > 1 else marker
    return "".join(folded.split()).rstrip(".、")
