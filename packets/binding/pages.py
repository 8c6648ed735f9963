"""The pages of a book: those of its leaves, and blank ones between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from packets.binding.leaves import Leaf, first_pages
from packets.binding.transfer import Transfer
from packets.binding.writing import Writer, array, dictionary, ref
from packets.layout import Layout

NOTHING_DRAWN = 200
"""Bytes: a page whose content is no longer than this and shows no text is blank."""


@dataclass
class Section:
    """A leaf while it goes into the book: its pages, of which the first one has the running
    number ``first``; ``start`` is the destination of those who look for the leaf itself,
    ``places`` are its destinations by their names. All of them are objects of the leaf's own PDF.
    """

    leaf: Leaf
    first: int
    transfer: Transfer
    pages: list[pikepdf.Page]
    start: Array
    places: dict[str, pikepdf.Object]

    @classmethod
    def of(cls, leaf: Leaf, first: int, source: pikepdf.Pdf, writer: Writer) -> "Section":
        pages = list(source.pages)
        page = pages[0].obj
        start = Array([page, Name.XYZ, page.MediaBox[0], page.MediaBox[3], 0])
        tree = source.Root.get(Name.Names, Dictionary()).get(Name.Dests, Dictionary())
        places = {str(name): place for name, place in _named(tree)}
        return cls(leaf, first, Transfer(source, writer), pages, start, places)

    @property
    def root(self) -> pikepdf.Object:
        return self.transfer.source.Root

    @property
    def last(self) -> int:
        return self.first + len(self.pages) - 1

    def annotations(self) -> Iterator[pikepdf.Object]:
        for page in self.pages:
            yield from page.obj.get(Name.Annots, ())


def _named(tree: pikepdf.Object) -> Iterator[tuple[pikepdf.Object, pikepdf.Object]]:
    own = list(tree.get(Name.Names, ()))
    yield from zip(own[::2], own[1::2], strict=True)
    for kid in tree.get(Name.Kids, ()):
        yield from _named(kid)


@dataclass
class Book:
    """The book while it is written: ``root`` holds the entries of its catalogue, ``pages`` the
    numbers of the objects that are its pages, ``counts`` how many of its own each leaf has.
    """

    writer: Writer
    leaves: Sequence[Leaf]
    layout: Layout
    root: dict[str, bytes] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    starts: dict[str, int] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    tree: int = 0

    @classmethod
    def into(cls, file: BinaryIO, leaves: Sequence[Leaf], layout: Layout) -> "Book":
        writer = Writer(file)
        return cls(writer, leaves, layout, tree=writer.number())

    def section(self, leaf: Leaf, source: pikepdf.Pdf) -> Section:
        """The next one."""
        self.counts.append(len(source.pages))
        first = first_pages(self.counts, self.layout)[-1]
        self.starts[leaf.key] = first
        return Section.of(leaf, first, source, self.writer)

    def close(self, info: int) -> None:
        kids = array(map(ref, self.pages))
        pages = {"Type": b"/Pages", "Count": b"%d" % len(self.pages), "Kids": kids}
        self.writer.write(self.tree, dictionary(pages))
        root = {"Type": b"/Catalog", "Pages": ref(self.tree), **self.root}
        self.writer.close(self.writer.add(dictionary(root)), info)


class Pages:
    """The pages as they are."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._box = b""

    def take(self, section: Section) -> None:
        """Blank ones before them are as large as the page before these."""
        book = self._book
        while len(book.pages) < section.first - 1:
            blank = {"Type": b"/Page", "MediaBox": self._box, "Resources": b"<< >>"}
            book.pages.append(book.writer.add(dictionary({**blank, "Parent": ref(book.tree)})))
        parent = section.transfer.stand_in(book.tree)
        for page in section.pages:
            page.obj.Parent = parent
            book.pages.append(section.transfer.number(page.obj))
        self._box = section.pages[-1].mediabox.unparse(resolved=True)

    def close(self) -> None:
        """They are told of when the book is closed."""


def is_blank(page: pikepdf.Page) -> bool:
    """Is nothing written on it?"""
    content = page.obj.get(Name.Contents)
    if content is None:
        return True
    if isinstance(content, Array) or int(content.get(Name.Length, 0)) > NOTHING_DRAWN:
        return False
    drawn = content.read_bytes()
    return len(drawn) <= NOTHING_DRAWN and b"BT" not in drawn
