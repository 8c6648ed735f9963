"""The outline of a book: an entry for each leaf, and below it the leaf's own."""

from pikepdf import Dictionary, Name, String

from packets.binding.pages import Book, Section
from packets.binding.writing import dictionary, ref


class Outline:
    """All entries closed, so that a long book opens as a list of its leaves."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._root = book.writer.number()
        self._entries = [book.writer.number() for _leaf in book.leaves]
        self._place = 0

    def take(self, section: Section) -> None:
        """The root of the leaf's own outline becomes the leaf's entry: what is below it knows
        it."""
        transfer = section.transfer
        entry = section.root.get(Name.Outlines)
        if entry is None or Name.First not in entry:
            entry = transfer.source.make_indirect(Dictionary())
        else:
            entry.Count = -abs(int(entry.get(Name.Count, 1)))
        if Name.Type in entry:
            del entry.Type
        entry.Title = String(section.leaf.title)
        entry.Dest = section.start
        entry.Parent = transfer.stand_in(self._root)
        if self._place:
            entry.Prev = transfer.stand_in(self._entries[self._place - 1])
        if self._place + 1 < len(self._entries):
            entry.Next = transfer.stand_in(self._entries[self._place + 1])
        transfer.settle(entry, self._entries[self._place])
        self._place += 1

    def close(self) -> None:
        root = {
            "Type": b"/Outlines",
            "First": ref(self._entries[0]),
            "Last": ref(self._entries[-1]),
            "Count": b"%d" % len(self._entries),
        }
        self._book.writer.write(self._root, dictionary(root))
        self._book.root["Outlines"] = ref(self._root)
