"""One file for each face instead of one for each leaf."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Name

from packets.binding.pages import Book, Section
from packets.binding.truetype import Cut, Face, Unlike

RUN = re.compile(rb"(\d+) \[([^\]]*)\]")


@dataclass
class Shared:
    """The file of all fonts of one name: its glyphs, and its number in the book."""

    number: int
    face: Face


class Fonts:
    """Fonts of the same name share one file with the glyphs of all of them.

    Widths and text stay those of each leaf: what a glyph means there is known only there. A font
    that is not like the others of its name keeps its file.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._shared: dict[str, Shared] = {}

    def take(self, section: Section) -> None:
        for font in _fonts(section):
            descriptor = font.FontDescriptor
            name = str(descriptor.FontName)
            shared = self._shared.get(name) or Shared(self._book.writer.number(), Face())
            try:
                shared.face.take(Cut(descriptor.FontFile2.read_bytes()), _drawn(font))
            except Unlike:
                continue
            self._shared[name] = shared
            descriptor.FontFile2 = section.transfer.stand_in(shared.number)

    def close(self) -> None:
        for shared in self._shared.values():
            file = shared.face.file()
            about = b"<< /Length1 %d >>" % len(file)
            self._book.writer.write_stream(shared.number, about, file)


def _drawn(font: pikepdf.Object) -> list[int]:
    """The numbers of the glyphs that a leaf draws: those of which it knows the width.

    Written as runs: the first number, and in brackets the width of each. Raises Unlike where they
    are written otherwise.
    """
    widths = font.get("/W", pikepdf.Array()).unparse()
    if RUN.sub(b"", widths).split() != [b"[", b"]"]:
        raise Unlike
    return [
        number
        for first, run in RUN.findall(widths)
        for number in range(int(first), int(first) + len(run.split()))
    ]


def _fonts(section: Section) -> Iterator[pikepdf.Object]:
    """All fonts in TrueType files; the pages of a leaf share their fonts."""
    seen = set()
    for page in section.pages:
        fonts = page.obj.Resources.get(Name.Font)
        if fonts is None or fonts.objgen in seen:
            continue
        seen.add(fonts.objgen)
        for font in fonts.values():
            for descendant in font.get(Name.DescendantFonts, ()):
                if Name.FontFile2 in descendant.FontDescriptor:
                    yield descendant
