"""The pages of a book: those of its leaves, and blank ones between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from packets.binding.leaves import BindingError, Leaf

NOTHING_DRAWN = 200
"""Bytes: a page whose content is no longer than this and shows no text is blank."""


@dataclass
class Section:
    """A leaf in the book: ``first`` is the running number of its first page; ``source`` is its
    own PDF, ``pages`` are its pages in the book.
    """

    leaf: Leaf
    first: int
    source: pikepdf.Pdf
    pages: list[pikepdf.Page] = field(default_factory=list)

    @property
    def start(self) -> Array:
        """The destination of those who look for the leaf itself."""
        page = self.pages[0].obj
        return Array([page, Name.XYZ, page.MediaBox[0], page.MediaBox[3], 0])


@dataclass
class Book:
    """The book while it is made."""

    pdf: pikepdf.Pdf
    sections: list[Section]

    @classmethod
    def of(
        cls, leaves: Sequence[Leaf], sources: Sequence[pikepdf.Pdf], firsts: Sequence[int]
    ) -> "Book":
        """All pages, each leaf from its first one. Raises BindingError."""
        book = cls(pikepdf.Pdf.new(), [])
        for leaf, source, first in zip(leaves, sources, firsts, strict=True):
            while len(book.pdf.pages) < first - 1:
                book.pdf.pages.append(_blank(book.pdf))
            try:
                for page in source.pages:
                    book.pdf.pages.append(page)
            except (ValueError, pikepdf.PdfError) as error:
                raise BindingError(leaf.title, "its pages cannot be read") from error
            book.sections.append(Section(leaf, first, source))
        # Counted from the front once: the list of pages is slow to be asked while it grows.
        pages = list(book.pdf.pages)
        for section in book.sections:
            before = section.first - 1
            section.pages = pages[before : before + len(section.source.pages)]
        return book

    def annotations(self, section: Section) -> Iterator[pikepdf.Object]:
        for page in section.pages:
            yield from page.obj.get(Name.Annots, ())

    def taken_over(self, thing: pikepdf.Object, source: pikepdf.Pdf) -> pikepdf.Object:
        """A copy of what belongs to ``source``, with the book's pages instead of those there."""
        return self.pdf.copy_foreign(thing if thing.is_indirect else source.make_indirect(thing))

    def bytes(self) -> bytes:
        """The same book always gives the same."""
        file = BytesIO()
        self.pdf.save(
            file,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            fix_metadata_version=False,
        )
        return file.getvalue()


def is_blank(page: pikepdf.Page) -> bool:
    """Is nothing written on it?"""
    content = page.obj.get(Name.Contents)
    if content is None:
        return True
    if isinstance(content, Array) or int(content.get(Name.Length, 0)) > NOTHING_DRAWN:
        return False
    drawn = content.read_bytes()
    return len(drawn) <= NOTHING_DRAWN and b"BT" not in drawn


def _blank(pdf: pikepdf.Pdf) -> pikepdf.Page:
    """As large as the page before it."""
    box = pdf.pages[-1].mediabox
    blank = Dictionary(Type=Name.Page, MediaBox=Array(list(box)), Resources=Dictionary())
    return pikepdf.Page(pdf.make_indirect(blank))
