"""The pages of a book: those of its leaves, and blank ones between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from packets.binding.leaves import BindingError, Leaf, first_pages, opened
from packets.layout import Layout

NOTHING_DRAWN = 200
"""Bytes: a page whose content is no longer than this and shows no text is blank."""

NOT_TAKEN = {"/Pages", "/Metadata"}
"""What of a leaf's catalogue the book writes for itself."""


@dataclass(frozen=True)
class Section:
    """A leaf in the book: its pages, of which the first one has the running number ``first``,
    and what it brought along: ``root`` is the catalogue of its own PDF, ``numbers`` are those of
    all its objects.
    """

    leaf: Leaf
    first: int
    pages: list[pikepdf.Page]
    root: pikepdf.Object
    info: dict[str, str]
    numbers: range

    @property
    def start(self) -> Array:
        """The destination of those who look for the leaf itself."""
        page = self.pages[0].obj
        return Array([page, Name.XYZ, page.MediaBox[0], page.MediaBox[3], 0])


@dataclass
class Book:
    """The book while it is made."""

    pdf: pikepdf.Pdf = field(default_factory=pikepdf.Pdf.new)
    sections: list[Section] = field(default_factory=list)

    @classmethod
    def of(cls, leaves: Sequence[Leaf], layout: Layout) -> "Book":
        """All pages. Raises BindingError."""
        book = cls()
        counts: list[int] = []
        for leaf in leaves:
            with opened(leaf) as source:
                counts.append(len(source.pages))
                first = first_pages(counts, layout)[-1]
                while len(book.pdf.pages) < first - 1:
                    book.pdf.pages.append(_blank(book.pdf))
                try:
                    book._add(leaf, source, first)
                except (ValueError, pikepdf.PdfError) as error:
                    raise BindingError(leaf.title, "its pages cannot be read") from error
        return book

    def _add(self, leaf: Leaf, source: pikepdf.Pdf, first: int) -> None:
        """Copied whole, so that ``source`` may be closed and no two of them are open at once."""
        before = self._latest()
        pages = [*source.pages]
        for page in pages:
            self.pdf.pages.append(page)
        for name in NOT_TAKEN & set(source.Root.keys()):
            del source.Root[name]
        root = self.pdf.copy_foreign(source.Root)
        numbers = range(before + 1, self._latest())
        self.sections.append(
            Section(
                leaf,
                first,
                list(self.pdf.pages[first - 1 :]),
                root,
                {str(name): str(words) for name, words in source.docinfo.items()},
                numbers,
            )
        )
        for thing in self.things(self.sections[-1]):
            if isinstance(thing, Stream):
                _take_content(thing)

    def _latest(self) -> int:
        """The number of the latest object: one that is not used, and so not written."""
        return self.pdf.make_indirect(Dictionary()).objgen[0]

    def things(self, section: Section) -> Iterator[pikepdf.Object]:
        """Everything that came with a leaf."""
        for number in section.numbers:
            yield self.pdf.get_object(number, 0)

    def annotations(self, section: Section) -> Iterator[pikepdf.Object]:
        for page in section.pages:
            yield from page.obj.get(Name.Annots, ())

    def bytes(self) -> bytes:
        """The same book always gives the same."""
        file = BytesIO()
        self.pdf.save(
            file,
            min_version="1.7",  # that on which PDF/UA-1 and PDF/A-3 rest
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            fix_metadata_version=False,
        )
        return file.getvalue()


def _take_content(stream: Any) -> None:
    """What was copied reads its content from where it came; take it over as it is."""
    content = stream.read_raw_bytes()
    stream.write(content, filter=stream.get("/Filter"), decode_parms=stream.get("/DecodeParms"))


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
