"""The links of a book: every one names its page, as names repeat from leaf to leaf.

A leaf refers to another by ``part:KEY`` or ``part:KEY/ANCHOR``.
"""

from collections.abc import Iterator
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from packets.binding.pages import Book, Section

SCHEME = "part:"
ELSEWHERE = "この資料にはありません"
"""What is said of a link to a leaf that is not here."""


def resolve(book: Book) -> None:
    """Links inside leaves and between them. Who links to a leaf that is not here goes nowhere."""
    pairs = [(section, _anchors(book, section)) for section in book.sections]
    sections = {section.leaf.key: section for section, _ in pairs}
    anchors = {section.leaf.key: named for section, named in pairs}
    for section, own in pairs:
        for link in book.annotations(section):
            if isinstance(name := link.get(Name.Dest), String):
                link.Dest = own.get(str(name)) or section.start
            elif (address := _address(link)).startswith(SCHEME):
                del link.A
                key, _, anchor = unquote(address.removeprefix(SCHEME)).partition("/")
                link.Contents = String(ELSEWHERE)
                if key in sections:
                    link.Dest = anchors[key].get(anchor) or sections[key].start
                    link.Contents = String(sections[key].leaf.title)


def _address(link: pikepdf.Object) -> str:
    action = link.get(Name.A)
    if not isinstance(action, Dictionary) or action.get(Name.S) != "/URI":
        return ""
    return str(action.get(Name.URI, ""))


def _anchors(book: Book, section: Section) -> dict[str, pikepdf.Object]:
    """The leaf's destinations by their names; each is written once, however many go there."""
    tree = section.root.get(Name.Names, Dictionary()).get(Name.Dests)
    if tree is None:
        return {}
    return {str(name): book.pdf.make_indirect(place) for name, place in _named(tree)}


def _named(tree: pikepdf.Object) -> Iterator[tuple[pikepdf.Object, pikepdf.Object]]:
    own = list(tree.get(Name.Names, Array()))
    yield from zip(own[::2], own[1::2], strict=True)
    for kid in tree.get(Name.Kids, ()):
        yield from _named(kid)
