"""One made-up document in five layouts, and the tree that each of them is read to."""

import re
from pathlib import Path

from policies.lines import compact
from policies.numbering import find_mark
from policies.parsing import ParsedPolicy, ParsedSection

FOLDER = Path(__file__).parent / "layouts"
NAMES = ("seed", "order", "wrapped", "spaced", "circled")

Tree = list[tuple]


def source(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_bytes().decode()


def plain_tree(policy: ParsedPolicy) -> Tree:
    """Place in the list, heading, body and items of each section.

    Texts are compared as they are; of the layouts' own ways only three are undone: the letters
    of a heading spaced apart, ``，`` for ``、``, and the style of the markers.
    """
    return [_plain(section, place) for place, section in enumerate(policy.sections, 1)]


def _plain(section: ParsedSection, place: int) -> tuple:
    items = [_plain(item, number) for number, item in enumerate(section.items, 1)]
    assert value_of(section.marker) in {place, None}
    return place, compact(section.heading), section.body.replace("，", "、"), items


def value_of(marker: str) -> int | None:
    """The number that a marker stands for; None for a sign that does not count."""
    mark = find_mark(f"{marker} ")
    assert mark is not None
    assert mark.text == marker
    return mark.value if mark.style.is_counted else None


def plain_preamble(policy: ParsedPolicy) -> list[str]:
    return [text.replace("，", "、") for text in policy.preamble]


def letterhead(policy: ParsedPolicy) -> tuple:
    title = re.sub(r"について（通達）\Z", "", compact(policy.title).replace("７", "7"))
    return policy.year, title, policy.issued_on, compact(policy.issuer)


def every_character_has_one_place(policy: ParsedPolicy) -> bool:
    """Whether the spans follow each other and nothing but white space lies between them."""
    at = 0
    for span in policy.spans:
        if span.start < at or compact(policy.source[at : span.start]):
            return False
        at = span.end
    return not compact(policy.source[at:])
