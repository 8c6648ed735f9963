"""The numbers that Word counts by itself and stores nowhere as text. Pure Python: no Django.

``word/numbering.xml`` says of each list and level how a number looks and where it begins. Counted
is as Word counts: lists of one definition go on from each other, a deeper level begins again below
each number above it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from policies.numbering import IROHA, KANJI, KATAKANA

SIGNS = "・○●■□◆◇"
DEEPEST = 9
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ROMAN = [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]


def _letters(alphabet: str) -> Callable[[int], str]:
    """The letter of a number; after the last one Word begins again with the letter doubled."""
    size = len(alphabet)
    return lambda n: alphabet[(n - 1) % size] * min((n - 1) // size + 1, 3) if n else ""


def _from(first: str, last: int) -> Callable[[int], str]:
    return lambda n: chr(ord(first) + n - 1) if 1 <= n <= last else str(n)


def _circled(n: int) -> str:
    for first, start, last in (("①", 1, 20), ("㉑", 21, 35), ("㊱", 36, 50)):
        if start <= n <= last:
            return chr(ord(first) + n - start)
    return str(n)


def _kanji(n: int) -> str:
    """一, 十, 十一, 二十三; place by place from a hundred on, where no document counts to."""
    if not 1 <= n <= 99:
        return "".join(KANJI[int(digit)] for digit in str(n))
    tens, ones = divmod(n, 10)
    return (
        (KANJI[tens] if tens > 1 else "") + ("十" if tens else "") + (KANJI[ones] if ones else "")
    )


def _roman(n: int) -> str:
    if not 1 <= n <= 39:
        return str(n)
    text = ""
    for value, letters in _ROMAN:
        text += letters * (n // value)
        n %= value
    return text


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda n: f"{n:02}",
    "decimalFullWidth": lambda n: str(n).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda n: str(n).translate(_FULL_WIDTH),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": lambda n: f"{n}.",
    "japaneseCounting": _kanji,
    "japaneseDigitalTenThousand": lambda n: "".join(KANJI[int(digit)] for digit in str(n)),
    "ideographDigital": lambda n: "".join(KANJI[int(digit)] for digit in str(n)),
    "chineseCounting": _kanji,
    "chineseCountingThousand": _kanji,
    "aiueo": _letters("ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"),
    "aiueoFullWidth": _letters(KATAKANA),
    "iroha": _letters(IROHA),
    "irohaFullWidth": _letters(IROHA),
    "lowerLetter": _letters("abcdefghijklmnopqrstuvwxyz"),
    "upperLetter": _letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "none": lambda _: "",
}
"""How a number is written, by the name that Word gives it; another name is written as 1, 2, 3."""


@dataclass(slots=True)
class Level:
    """One level of a list."""

    style: str = "decimal"
    text: str = ""
    start: int = 1
    is_legal: bool = False
    paragraph_style: str = ""
    begins_after: int = DEEPEST
    """A number of one of so many outermost levels lets this one begin again; 0: none does."""

    def write(self, number: int) -> str:
        return FORMATS.get(self.style, str)(number)


@dataclass(slots=True)
class Lists:
    """All lists of a document, with what has been counted so far."""

    definitions: dict[str, dict[int, Level]] = field(default_factory=dict)
    definition_of: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=dict)

    def marker(self, number_id: str, depth: int) -> str:
        """Count one paragraph of the list ``number_id`` and say what stands before it."""
        name = self.definition_of.get(number_id, "")
        levels = self.definitions.get(name, {})
        if depth not in levels:
            return ""
        counted = self.counted.setdefault(name, {})
        for restarted, start in self.restarts.pop(number_id, {}).items():
            counted[restarted] = start - 1
        counted[depth] = counted.get(depth, levels[depth].start - 1) + 1
        for deeper in [other for other in counted if other > depth]:
            if deeper not in levels or depth < levels[deeper].begins_after:
                del counted[deeper]
        return _written(levels, counted, depth)

    def depth_of(self, number_id: str, paragraph_styles: Iterable[str]) -> int:
        """The level that is tied to the first of the styles that has one; otherwise the first."""
        levels = self.definitions.get(self.definition_of.get(number_id, ""), {})
        tied = {level.paragraph_style: depth for depth, level in levels.items()}
        return next((tied[style] for style in paragraph_styles if style in tied), 0)


def _written(levels: dict[int, Level], counted: dict[int, int], depth: int) -> str:
    level = levels[depth]
    if level.style == "bullet":
        return level.text if level.text in SIGNS and level.text else "・"
    text = level.text
    for place in range(min(depth + 1, DEEPEST)):
        sign = f"%{place + 1}"
        if sign in text and place in levels:
            number = counted.get(place, levels[place].start)
            is_plain = level.is_legal or place not in levels
            text = text.replace(sign, str(number) if is_plain else levels[place].write(number))
    return text.strip()


def read_lists(root: Any) -> Lists:
    """The lists that the root element of ``word/numbering.xml`` defines."""
    lists = Lists()
    for definition in root.iterchildren(qn("w:abstractNum")):
        levels = [_level(element) for element in definition.iterchildren(qn("w:lvl"))]
        lists.definitions[definition.get(qn("w:abstractNumId"), "")] = dict(levels)
    _follow_links(root, lists)
    for number in root.iterchildren(qn("w:num")):
        name = number.get(qn("w:numId"), "")
        original = value(number, "w:abstractNumId")
        lists.definition_of[name] = original
        own = dict(_level(lvl) for lvl in number.iterfind(f"{qn('w:lvlOverride')}/{qn('w:lvl')}"))
        if own:
            lists.definition_of[name] = f"{original}/{name}"
            lists.definitions[f"{original}/{name}"] = lists.definitions.get(original, {}) | own
        lists.restarts[name] = {
            whole(override.get(qn("w:ilvl"))): whole(value(override, "w:startOverride"), 1)
            for override in number.iterchildren(qn("w:lvlOverride"))
            if value(override, "w:startOverride")
        }
    return lists


def _follow_links(root: Any, lists: Lists) -> None:
    """A definition may only name the style of lists that another definition belongs to."""
    found = list(root.iterchildren(qn("w:abstractNum")))
    of_style = {value(one, "w:styleLink"): one.get(qn("w:abstractNumId"), "") for one in found}
    for definition in found:
        link = value(definition, "w:numStyleLink")
        if link in of_style and link:
            name = definition.get(qn("w:abstractNumId"), "")
            lists.definitions[name] = lists.definitions[of_style[link]]


def _level(element: Any) -> tuple[int, Level]:
    text = value(element, "w:lvlText")
    legal = element.find(qn("w:isLgl"))
    again = value(element, "w:lvlRestart")
    return whole(element.get(qn("w:ilvl"))), Level(
        style=value(element, "w:numFmt") or _alternative(element) or "decimal",
        text=text[:20],
        start=whole(value(element, "w:start"), 1),
        is_legal=legal is not None and is_on(legal),
        paragraph_style=value(element, "w:pStyle"),
        begins_after=whole(again, DEEPEST) if again else DEEPEST,
    )


def _alternative(element: Any) -> str:
    """Newer formats stand inside mc:AlternateContent, with an older one to fall back to."""
    for found in element.iterdescendants(qn("w:numFmt")):
        if found.get(qn("w:val")) != "custom":
            return found.get(qn("w:val"), "")
    return ""


def is_on(switch: Any) -> bool:
    """Whether an element that switches something on does not say that it is off."""
    return switch.get(qn("w:val")) not in {"0", "false", "off"}


def value(element: Any, name: str) -> str:
    """``w:val`` of the child ``name``; empty where there is none."""
    child = element.find(qn(name)) if element is not None else None
    return child.get(qn("w:val"), "") if child is not None else ""


def whole(text: str | None, otherwise: int = 0) -> int:
    """A number from 0 to 9999 in an attribute; ``otherwise`` for anything else."""
    return (
        int(text) if text and text.isascii() and text.isdecimal() and len(text) < 5 else otherwise
    )
