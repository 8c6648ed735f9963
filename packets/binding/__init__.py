"""Binding: parts that were printed one by one become one file. Plain Python, no Django.

``bind`` joins their pages, links, outlines and tags, unites their fonts, and stamps running page
numbers and index tabs; what it is given decides every byte of what it gives back.
"""

import shutil
from collections.abc import Sequence
from typing import BinaryIO, Protocol

from packets.binding.fonts import Fonts
from packets.binding.leaves import BindingError, Bound, Leaf, first_pages, opened
from packets.binding.links import Links
from packets.binding.marks import Marks
from packets.binding.outlines import Outline
from packets.binding.pages import Book, Pages, Section
from packets.binding.stamps import Stamps
from packets.binding.tags import Tags
from packets.binding.two_up import Sheets
from packets.layout import Layout

__all__ = ["EDITION", "BindingError", "Bound", "Leaf", "bind", "first_pages"]

EDITION = "4"
"""Changes when binding changes; part of the digest of what is bound."""


class Hand(Protocol):
    """What binding consists of. Each hand takes up every leaf in turn, and may change it on its
    way into the book; what it writes for the whole book follows at the end.
    """

    def take(self, section: Section) -> None: ...

    def close(self) -> None: ...


def bind(
    leaves: Sequence[Leaf], file: BinaryIO, *, title: str, layout: Layout, numbered: bool
) -> Bound:
    """Into ``file`` go ``leaves`` in their order, which links between them hold together.

    A single leaf to which nothing is added stays as it is. Raises BindingError, which names the
    leaf, where one cannot be read. One leaf is open at a time, so that a long book needs little
    more memory than a short one.
    """
    if not leaves:
        raise ValueError("nothing to bind")
    if len(leaves) == 1 and not (layout.two_up or numbered or leaves[0].tab):
        return _as_it_is(leaves[0], file)
    book = Book.into(file, leaves, layout)
    marks = Marks(book, title)
    hands = [*_hands(book, numbered=numbered), marks]
    for leaf in leaves:
        with opened(leaf) as source:
            section = book.section(leaf, source)
            for hand in hands:
                hand.take(section)
            section.transfer.run()
    for hand in hands:
        hand.close()
    book.close(marks.info)
    return Bound(len(book.pages), book.starts)


def _hands(book: Book, *, numbered: bool) -> list[Hand]:
    """In the order in which they take up a leaf."""
    hands: list[Hand] = []
    if len(book.leaves) > 1:
        hands.append(Fonts(book))
    if numbered or any(leaf.tab for leaf in book.leaves):
        hands.append(Stamps(book, numbered=numbered))
    hands += [Sheets(book)] if book.layout.two_up else [Pages(book), Tags(book)]
    return [*hands, Outline(book), Links(book)]


def _as_it_is(leaf: Leaf, file: BinaryIO) -> Bound:
    with opened(leaf) as source, leaf.path.open("rb") as content:
        shutil.copyfileobj(content, file)
        return Bound(len(source.pages), {leaf.key: 1})
