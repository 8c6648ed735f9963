"""Binding: parts that were printed one by one become one file. Plain Python, no Django.

``bind`` joins their pages, links, outlines and tags, unites their fonts, and stamps running page
numbers and index tabs; what it is given decides every byte of what it gives back.
"""

from collections.abc import Sequence

from packets.binding import fonts, links, marks, outlines, stamps, tags, two_up
from packets.binding.leaves import BindingError, Bound, Leaf, first_pages, opened
from packets.binding.pages import Book
from packets.layout import Layout

__all__ = ["EDITION", "BindingError", "Bound", "Leaf", "bind", "first_pages"]

EDITION = "3"
"""Changes when binding changes; part of the digest of what is bound."""


def bind(leaves: Sequence[Leaf], *, title: str, layout: Layout, numbered: bool) -> Bound:
    """One file of ``leaves`` in their order, which links between them hold together.

    A single leaf to which nothing is added stays as it is. Raises BindingError, which names the
    leaf, where one cannot be read.
    """
    if not leaves:
        raise ValueError("nothing to bind")
    if len(leaves) == 1 and not (layout.two_up or numbered or leaves[0].tab):
        return _as_it_is(leaves[0])
    book = Book.of(leaves, layout)
    if not layout.two_up:
        tags.merge(book)
    outlines.join(book)
    links.resolve(book)
    fonts.unite(book)
    stamps.stamp(book, layout, numbered=numbered)
    marks.describe(book, title, layout)
    if layout.two_up:
        two_up.lay(book, layout)
    starts = {section.leaf.key: section.first for section in book.sections}
    return Bound(book.bytes(), len(book.pdf.pages), starts)


def _as_it_is(leaf: Leaf) -> Bound:
    with opened(leaf) as source:
        return Bound(leaf.path.read_bytes(), len(source.pages), {leaf.key: 1})
