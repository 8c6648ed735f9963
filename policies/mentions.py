"""Plans that a text names: 『…』 with their short names (以下「…」という。). Pure Python: no Django.

A title in 『…』 counts always. One in 「…」 or without brackets counts only where a short name is
given to it and it ends like the name of a plan (…計画, …ビジョン, …方針). Time grows with the length
of the text; what is nested or never closed does no harm: the innermost pair is the title.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_TITLE = 100
LONGEST_SHORT_NAME = 40
MOST_MENTIONS = 100
"""So many plans are looked for in one text; a policy document names a dozen."""

Place = tuple[int, int]
"""From where to where (character offsets), without the brackets."""

_QUOTED = re.compile(rf"『([^『』\n]{{1,{LONGEST_TITLE}}})』")
# At an opening bracket: (以下「…」という。), also with words before 以下 (令和3年策定。以下…).
_DEFINITION = re.compile(
    rf"[(（][^()（）「」『』\n]{{0,40}}?以下、?「([^「」『』\n]{{1,{LONGEST_SHORT_NAME}}})」"
    r"とい(?:う|います)。?[)）]"
)
_OPENING = re.compile("[(（]")
_PLAN_WORD = (
    "計画|プラン|ビジョン|構想|方針|戦略|指針|大綱|プログラム|プロジェクト|アクション|ロードマップ"
)
_CORNERED = re.compile(
    rf"「([^「」『』\n]{{1,{LONGEST_TITLE - 4}}}(?:{_PLAN_WORD})(?:[（(][^「」『』（）()\n]{{1,20}}[）)])?)」\Z"
)
# Without brackets: everything since the last stop, if no hiragana stands in it.
_BARE = re.compile(
    rf"(?:\A|[\n、。，．,.「」『』（）()\s])"
    rf"([^\n、。，．,.「」『』（）()\sぁ-ん]{{2,{LONGEST_TITLE - 12}}}(?:{_PLAN_WORD}))\Z"
)
_LETTER = r"A-Za-z0-9Ａ-Ｚａ-ｚ０-９一-鿿々ァ-ヶー"
_GOES_ON = rf"(?![{_LETTER}])|(?=[等内中上])"


@dataclass(frozen=True, slots=True)
class Mention:
    """A plan that the text names: its title, the short name given to it, and where they stand.

    ``places``: every place of the title, and of the short name after it was given.
    """

    title: str
    short_name: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _Definition:
    title: str
    short_name: str
    end: int


def mentions(text: str) -> tuple[Mention, ...]:
    """The plans that ``text`` names, in the order in which they first stand there."""
    definitions = list(_definitions(text))
    given: dict[str, str] = {}
    for definition in definitions:
        given.setdefault(definition.title, definition.short_name)
    places: dict[str, list[Place]] = {title: [] for title in _titles(text, definitions)}
    for title, place in _found(text, list(places), definitions):
        places[title].append(place)
    found = [Mention(title, given.get(title, ""), tuple(at)) for title, at in places.items() if at]
    return tuple(sorted(found, key=lambda mention: mention.places[0]))


def _definitions(text: str) -> Iterator[_Definition]:
    """Short names with the titles right before them."""
    for bracket in _OPENING.finditer(text):
        match = _DEFINITION.match(text, bracket.start())
        title = _title_before(text, bracket.start()) if match else ""
        if match and title:
            yield _Definition(title, match[1], match.end())


def _title_before(text: str, end: int) -> str:
    """The title that ends at ``end``; empty where it is not certain that a plan is named."""
    window = text[max(0, end - LONGEST_TITLE - 30) : end]
    if window.endswith("』"):
        quoted = _QUOTED.match(window, window.rfind("『")) if "『" in window else None
        return quoted[1] if quoted else ""
    named = _CORNERED.search(window) if window.endswith("」") else _BARE.search(window)
    return named[1] if named else ""


def _titles(text: str, definitions: list[_Definition]) -> list[str]:
    """The titles in order, without those that are the short names of others."""
    short = {definition.short_name for definition in definitions}
    quoted = [match[1] for match in _QUOTED.finditer(text) if match[1].strip()]
    titles = dict.fromkeys([*(d.title for d in definitions), *quoted])
    return [title for title in titles if title not in short][:MOST_MENTIONS]


def _found(
    text: str, titles: list[str], definitions: list[_Definition]
) -> Iterator[tuple[str, Place]]:
    """Every place of a title, and of a short name once it was given; the longest name counts."""
    known = set(titles)
    waiting = [definition for definition in definitions if definition.title in known]
    means = {title: title for title in titles}
    names = sorted({*means, *(d.short_name for d in waiting)}, key=len, reverse=True)
    if not names:
        return
    pattern = "|".join(re.escape(name) for name in names)
    whole = re.compile(
        rf"(?:(?<![{_LETTER}])(?:{pattern})(?:{_GOES_ON}))|(?<=『)(?:{pattern})(?=』)"
    )
    place = 0
    for match in whole.finditer(text):
        while place < len(waiting) and waiting[place].end <= match.start():
            means.setdefault(waiting[place].short_name, waiting[place].title)
            place += 1
        if match[0] in means:
            yield means[match[0]], match.span()
