"""One file for each face instead of one for each leaf."""

import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Name, Stream

from packets.binding.pages import Book
from packets.binding.truetype import Cut, Face, Unlike

RUN = re.compile(rb"(\d+) \[([^\]]*)\]")


def unite(book: Book) -> None:
    """Fonts of the same name share one file with the glyphs of all of them.

    Widths and text stay those of each leaf: what a glyph means there is known only there. A font
    that is not like the others of its name keeps its file.
    """
    if len(book.sections) == 1:
        return
    faces: dict[str, Face] = {}
    sharing: dict[str, list[pikepdf.Object]] = {}
    for font in _fonts(book):
        descriptor = font.FontDescriptor
        name = str(descriptor.FontName)
        face = faces.setdefault(name, Face())
        try:
            face.take(Cut(descriptor.FontFile2.read_bytes()), _drawn(font))
        except Unlike:
            continue
        sharing.setdefault(name, []).append(descriptor)
    for name, descriptors in sharing.items():
        if len(descriptors) > 1:
            _share(book, faces[name].file(), descriptors)


def _share(book: Book, file: bytes, descriptors: list[pikepdf.Object]) -> None:
    stream = Stream(book.pdf, file)
    stream.Length1 = len(file)
    shared = book.pdf.make_indirect(stream)
    for descriptor in descriptors:
        descriptor.FontFile2 = shared


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


def _fonts(book: Book) -> Iterator[pikepdf.Object]:
    """All fonts in TrueType files; the pages of a leaf share their fonts."""
    seen = set()
    for section in book.sections:
        for page in section.pages:
            fonts = page.obj.Resources.get(Name.Font)
            if fonts is None or fonts.objgen in seen:
                continue
            seen.add(fonts.objgen)
            for font in fonts.values():
                for descendant in font.get(Name.DescendantFonts, ()):
                    if Name.FontFile2 in descendant.FontDescriptor:
                        yield descendant
