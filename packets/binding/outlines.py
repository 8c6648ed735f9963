"""The outline of a book: an entry for each leaf, and below it the leaf's own."""

import pikepdf
from pikepdf import Dictionary, Name, String

from packets.binding.pages import Book, Section


def join(book: Book) -> None:
    """All entries closed, so that a long book opens as a list of its leaves."""
    root = book.pdf.make_indirect(Dictionary(Type=Name.Outlines))
    entries = [_entry(book, section) for section in book.sections]
    for entry in entries:
        entry.Parent = root
    for entry, following in zip(entries, entries[1:], strict=False):
        entry.Next = following
        following.Prev = entry
    root.First = entries[0]
    root.Last = entries[-1]
    root.Count = len(entries)
    book.pdf.Root.Outlines = root


def _entry(book: Book, section: Section) -> pikepdf.Object:
    """The root of the leaf's own outline becomes the leaf's entry: what is below it knows it."""
    own = section.root.get(Name.Outlines)
    entry: pikepdf.Object = book.pdf.make_indirect(Dictionary())
    if own is not None and Name.First in own:
        entry = own
        entry.Count = -abs(int(entry.get(Name.Count, 1)))
        if Name.Type in entry:
            del entry.Type
    entry.Title = String(section.leaf.title)
    entry.Dest = section.start
    return entry
