"""Binding: parts that were printed one by one become one file. Plain Python, no Django.

``bind`` joins their pages, links, outlines and tags, unites their fonts, and stamps running page
numbers and index tabs; what it is given decides every byte of what it gives back.
"""

from collections.abc import Sequence
from contextlib import ExitStack

from packets.binding import fonts, links, marks, outlines, stamps, tags, two_up
from packets.binding.leaves import BindingError, Bound, Leaf, first_pages, opened
from packets.binding.pages import Book
from packets.layout import Layout

__all__ = ["EDITION", "BindingError", "Bound", "Leaf", "bind", "first_pages"]

EDITION = "1"
"""Changes when binding changes; part of the digest of what is bound."""


def bind(leaves: Sequence[Leaf], *, title: str, layout: Layout, numbered: bool) -> Bound:
    """One file of ``leaves`` in their order, which links between them hold together.

    A single leaf to which nothing is added stays as it is. Raises BindingError, which names the
    leaf, where one cannot be read.
    """
    if not leaves:
        raise ValueError("nothing to bind")
    with ExitStack() as stack:
        sources = [stack.enter_context(opened(leaf)) for leaf in leaves]
        counts = [len(source.pages) for source in sources]
        firsts = first_pages(counts, layout)
        starts = {leaf.key: first for leaf, first in zip(leaves, firsts, strict=True)}
        if _stays_as_it_is(leaves, layout, numbered):
            return Bound(leaves[0].path.read_bytes(), counts[0], starts)
        book = Book.of(leaves, sources, firsts)
        if not layout.two_up:
            tags.merge(book)
        outlines.join(book)
        links.resolve(book)
        fonts.unite(book)
        stamps.stamp(book, layout, numbered=numbered)
        marks.describe(book, title, layout)
        if layout.two_up:
            two_up.lay(book, layout)
        return Bound(book.bytes(), len(book.pdf.pages), starts)


def _stays_as_it_is(leaves: Sequence[Leaf], layout: Layout, numbered: bool) -> bool:
    return len(leaves) == 1 and not (layout.two_up or numbered or leaves[0].tab)
