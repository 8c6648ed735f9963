"""The numbering styles of Japanese public documents, as one table. Pure Python: no Django.

A style says how a marker looks at the start of a line and which number it stands for. Whether
it *is* a marker there is decided by the sequence (see ``Levels``): a number counts only where it
continues or opens one. To read one more style, add a line to ``STYLES``.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

KATAKANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
KANJI = "〇一二三四五六七八九"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LONGEST = 24  # characters of a line that can hold its marker

_SPACE = "[ \t\u00a0\u3000]"
_DIGITS = "[0-9０-９]{1,3}"
_KANA = "[ア-ンｱ-ﾝ]"
_LETTER = "[a-zａ-ｚ]"
_CAPITAL = "[A-HＡ-Ｈ]"
_KANJI = "[一二三四五六七八九十]{1,3}"
_END = rf"(?={_SPACE}|\Z)"
_NUMBERS = re.compile("[0-9０-９]+")
_BULLET = re.compile(rf"[-*+−－](?:{_SPACE}{{1,4}}|(?=[(（]))")

# what a marker can begin with: as in a class of characters of a regular expression
_OF_DIGITS, _OF_KANA, _OF_LETTERS, _OF_CAPITALS = "0-9０-９", "ア-ンｱ-ﾝ", "a-zａ-ｚ", "A-HＡ-Ｈ"
_OF_KANJI = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Style:
    """One way of numbering: ``pattern`` with the number as the group ``n``.

    ``beginnings``: the characters that its markers begin with.

    ``is_counted``: its markers count; the others are the same sign for every item of a list.

    ``is_weak``: an ordinary sentence may begin in the same way (１ 月, ア メ リ カ, a city), so
    that it opens a sequence only with a heading or with a second number further down.

    ``is_nested``: the number of the level above stands before its own (1.2, 1-2).
    """

    name: str
    beginnings: str
    pattern: str
    is_weak: bool = False
    is_counted: bool = True
    is_nested: bool = False


def _sign(name: str, characters: str) -> Style:
    """A sign before each item of a list; two of them in a row are something else (○○市)."""
    pattern = rf"(?P<n>[{characters}])(?![{characters}])"
    return Style(name, characters, pattern, is_weak=True, is_counted=False)


def _bracketed(name: str, number: str, left: str = "(（", right: str = ")）") -> Style:
    pattern = rf"[{left}]{_SPACE}?(?P<n>{number}){_SPACE}?[{right}]"
    return Style(name, left, pattern)


def _bare(name: str, beginnings: str, number: str) -> Style:
    pattern = rf"(?P<n>{number})(?:[.．](?![0-9０-９])|、|{_END})"
    return Style(name, beginnings, pattern, is_weak=True)


def _nested(name: str, sign: str, above: int) -> Style:
    """1.2 and 1-2-3: the numbers of the levels above stand before its own."""
    number = "[0-9０-９]{1,2}"
    last = r"[.．]?" if "." in sign else ""
    pattern = rf"(?:{number}[{sign}]){{{above}}}(?P<n>{number}){last}{_END}"
    return Style(name, _OF_DIGITS, pattern, is_nested=True)


def _chapter(unit: str, end: str = "") -> Style:
    pattern = rf"第{_SPACE}?(?P<n>{_DIGITS}|{_KANJI}){_SPACE}?{unit}{end}"
    return Style(f"第1{unit}", "第", pattern)


def _named(word: str) -> Style:
    return Style(f"{word}1", word[0], rf"{word}{_SPACE}?(?P<n>{_DIGITS})(?:[.．:：]|{_END})")


_NAMES = (
    "基本目標",
    "重点目標",
    "目標",
    "重点施策",
    "施策",
    "政策",
    "方針",
    "戦略",
    "テーマ",
    "柱",
)
_DOTS, _HYPHENS = ".．", "\\-－‐−–"

STYLES = (
    _chapter("編", _END),
    _chapter("部", _END),
    _chapter("章"),
    _chapter("節"),
    _chapter("条", _END),
    Style("第1", "第", rf"第{_SPACE}?(?P<n>{_DIGITS}|{_KANJI}){_END}"),
    _bracketed("(1)", _DIGITS),
    Style("(1)", "⑴-⒇", "(?P<n>[⑴-⒇])"),
    Style("①", "①-⑳㉑-㉟㊱-㊿", "(?P<n>[①-⑳㉑-㉟㊱-㊿])"),
    Style("❶", "❶-❿⓫-⓴", "(?P<n>[❶-❿⓫-⓴])"),
    _bracketed("(ア)", _KANA),
    _bracketed("(一)", _KANJI),
    _bracketed("(a)", _LETTER),
    _bracketed("(A)", _CAPITAL),
    _bracketed("〔1〕", _DIGITS, "〔", "〕"),
    _bracketed("【1】", _DIGITS, "【", "】"),
    Style("【テーマ1】", "【", rf"【[^】0-9０-９]{{1,8}}(?P<n>{_DIGITS})】"),
    _bracketed("［1］", _DIGITS, "［\\[", "］\\]"),
    _bracketed("＜1＞", _DIGITS, "＜<〈", "＞>〉"),
    *(_named(word) for word in _NAMES),
    Style("1)", _OF_DIGITS, rf"(?P<n>{_DIGITS})[)）]"),
    _nested("1.1.1", _DOTS, 2),
    _nested("1.1", _DOTS, 1),
    _nested("1-1-1", _HYPHENS, 2),
    _nested("1-1", _HYPHENS, 1),
    _bare("1", _OF_DIGITS, _DIGITS),
    Style("1", "⒈-⒛", "(?P<n>[⒈-⒛])"),
    _bare("Ⅰ", "Ⅰ-ⅫIVXＩＶＸ", "[Ⅰ-Ⅻ]|[IVXＩＶＸ]{1,4}"),
    _bare("一", _OF_KANJI, _KANJI),
    _bare("ア", _OF_KANA, _KANA),
    Style("a", _OF_LETTERS, rf"(?P<n>{_LETTER})(?:[.．)）]|{_END})", is_weak=True),
    Style("A", _OF_CAPITALS, rf"(?P<n>{_CAPITAL})(?:[.．)）]|{_END})", is_weak=True),
    _sign("・", "・･•"),
    _sign("○", "○◯〇"),
    *(_sign(sign, sign) for sign in "◎●■□◆◇★☆"),
)


def _spelt_out(characters: str) -> str:
    """``a-c`` → ``abc``, as in a class of characters."""
    spelt = ""
    for match in re.finditer(r"\\?(.)(?:-(.))?", characters):
        spelt += "".join(map(chr, range(ord(match[1]), ord(match[2] or match[1]) + 1)))
    return spelt


def _readers() -> dict[str, re.Pattern[str]]:
    """For each character that a marker can begin with, the patterns of its styles as one."""
    places: dict[str, list[int]] = {}
    for place, style in enumerate(STYLES):
        for character in _spelt_out(style.beginnings):
            places.setdefault(character, []).append(place)
    return {character: _together(tuple(found)) for character, found in places.items()}


def _together(places: Sequence[int]) -> re.Pattern[str]:
    """The style of a match is its ``lastgroup``, the number the group ``n`` of that style."""
    parts = (f"(?P<s{at}>{STYLES[at].pattern.replace('?P<n>', f'?P<ns{at}>')})" for at in places)
    return re.compile("|".join(parts))


_READERS = _readers()
_STYLE_OF = {f"s{place}": style for place, style in enumerate(STYLES)}
_BULLETS = frozenset("-*+−－")


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
    start = 0
    if line[:1] in _BULLETS and (bullet := _BULLET.match(line)):
        start = bullet.end()
    reader = _READERS.get(line[start : start + 1])
    match = reader.match(line, start, LONGEST) if reader else None
    if match is None or match.lastgroup is None:
        return None
    return _mark(match.lastgroup, match[0], match[f"n{match.lastgroup}"], start)


@lru_cache(maxsize=4096)  # markers come again and again; what has one looks at it, no more
def _mark(group: str, text: str, number: str, start: int) -> Mark | None:
    style = _STYLE_OF[group]
    value = number_of(number) if style.is_counted else 1
    return Mark(style, value, text, start, start + len(text)) if value else None


def number_of(text: str) -> int:
    """The number that ``text`` stands for: ４, ④, Ⅳ, 四, エ, d → 4; 0 where it is none."""
    if text.isdecimal():
        return int(text)
    if unicodedata.category(text[0]) in {"No", "Nl"}:
        return int(unicodedata.numeric(text[0]))
    folded = unicodedata.normalize("NFKC", text)
    if folded[0] in _OF_KANJI:
        return kanji_number(folded)
    if folded in ROMAN:
        return ROMAN.index(folded) + 1
    if folded in KATAKANA:
        return KATAKANA.index(folded) + 1
    letter = folded.lower()
    return ord(letter) - ord("a") + 1 if "a" <= letter <= "z" else 0


def kanji_number(text: str) -> int:
    """一 → 1, 十 → 10, 二十三 → 23; 0 for what is no such number (一二, 十十)."""
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or any(c not in KANJI for c in tens + ones):
        return 0
    return (KANJI.index(tens or "一") * 10 if ten else 0) + (KANJI.index(ones) if ones else 0)


IROHA_OF = {
    "ア": Style("イ", _OF_KANA, "", is_weak=True),
    "(ア)": Style("(イ)", "(（", ""),
}
"""The styles whose letters may also be meant in the order of the iroha."""


def by_iroha(mark: Mark) -> Mark | None:
    """``mark`` with the number that its letter has in the iroha; None where that is no letter."""
    style = IROHA_OF.get(mark.style.name)
    if style is None:
        return None
    value = IROHA.find(KATAKANA[mark.value - 1]) + 1
    return Mark(style, value, mark.text, mark.start, mark.end) if value else None


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
        style = mark.style
        for depth, (name, last) in enumerate(self.open):
            if name == style.name:
                if not style.is_counted:
                    return depth
                restarts = mark.value == 1 and not style.is_weak
                return depth if mark.value == last + 1 or restarts else None
        return self._opening(mark) if mark.value == 1 else None

    def _opening(self, mark: Mark) -> int | None:
        name = mark.style.name
        if mark.style.is_nested and not self._is_below(mark):
            return None
        if name not in self.order:
            return len(self.open)
        rank = self.order.index(name)
        return sum(self.order.index(other) < rank for other, _ in self.open)

    def _is_below(self, mark: Mark) -> bool:
        """Whether 2.1 stands below an open 2; 1.1 may open a document."""
        above = int(_NUMBERS.findall(mark.text)[-2])
        return above == 1 or any(last == above for _, last in self.open)

    def is_open(self, name: str) -> bool:
        """Whether a sequence in the style ``name`` is going on."""
        return name in [other for other, _ in self.open]

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
