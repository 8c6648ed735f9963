"""The links of a book: every one names its page, as names repeat from leaf to leaf.

A leaf refers to another by ``part:KEY`` or ``part:KEY/ANCHOR``.
"""

from urllib.parse import unquote

import pikepdf
from pikepdf import Dictionary, Name, String

from packets.binding.pages import Book, Section

SCHEME = "part:"
ELSEWHERE = "この資料にはありません"
"""What is said of a link to a leaf that is not here."""

Place = tuple[str, str]
"""A leaf by its key, and a name in it; the empty one is that of its start."""


class Links:
    """Links inside leaves and between them. Who links to a leaf that is not here goes nowhere."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._titles = {leaf.key: leaf.title for leaf in book.leaves}
        self._known: dict[Place, bytes] = {}
        self._asked: dict[Place, int] = {}

    def take(self, section: Section) -> None:
        """Each destination is written once, however many go there."""
        source, key = section.transfer.source, section.leaf.key
        own = {name: source.make_indirect(place) for name, place in section.places.items()}
        for anchor, place in {**own, "": section.start}.items():
            self._known[key, anchor] = section.transfer.words(place)
        for link in section.annotations():
            if isinstance(name := link.get(Name.Dest), String):
                link.Dest = own.get(str(name)) or section.start
            elif (address := _address(link)).startswith(SCHEME):
                self._lead(link, address.removeprefix(SCHEME), section)

    def _lead(self, link: pikepdf.Object, address: str, section: Section) -> None:
        del link.A
        key, _, anchor = unquote(address).partition("/")
        link.Contents = String(self._titles.get(key, ELSEWHERE))
        if key in self._titles:
            number = self._asked.setdefault((key, anchor), 0) or self._book.writer.number()
            self._asked[key, anchor] = number
            link.Dest = section.transfer.stand_in(number)

    def close(self) -> None:
        for (key, anchor), number in self._asked.items():
            place = self._known.get((key, anchor)) or self._known[key, ""]
            self._book.writer.write(number, place)


def _address(link: pikepdf.Object) -> str:
    action = link.get(Name.A)
    if not isinstance(action, Dictionary) or action.get(Name.S) != "/URI":
        return ""
    return str(action.get(Name.URI, ""))
