"""What binding prints on pages: the running page number, and index tabs at the outer edge.

Both are artifacts: who listens to the book is told neither.
"""

import pikepdf
from pikepdf import Array, Name, Stream

from packets.binding.digits import digits, font_in
from packets.binding.pages import Book, Section, is_blank
from packets.binding.transfer import Transfer
from packets.layout import Layout

FONT = "/Stamp"
INK = "0.067 g"

MM = 72 / 25.4
NUMBER_SIZE = 10.5
BASELINE = 28.6
"""Points from the bottom: the line on which the parts' own page numbers stand."""

TAB_SIZE = 12.0
TAB_WIDTH = 10 * MM
TAB_HEIGHT = 16 * MM
TAB_REACH = 4 * MM
"""How much of the edge a printer may leave white; the number stands in the middle of the rest."""
TABS = 12
"""On one edge, one below another; then from the top again."""
TAB_TOP = 27 * MM
TAB_STEP = 20.5 * MM


class Stamps:
    """Pages on which nothing is written stay bare."""

    def __init__(self, book: Book, *, numbered: bool) -> None:
        self._layout = book.layout
        self._numbered = numbered
        self._font = book.writer.number()
        with pikepdf.Pdf.new() as scratch:
            transfer = Transfer(scratch, book.writer)
            transfer.settle(font_in(scratch), self._font)
            transfer.run()

    def take(self, section: Section) -> None:
        if not (self._numbered or section.leaf.tab):
            return
        source = section.transfer.source
        font = section.transfer.stand_in(self._font)
        before = source.make_indirect(Stream(source, b"q\n"))
        for number, page in enumerate(section.pages, section.first):
            if is_blank(page):
                continue
            drawn = _number(page, number) if self._numbered else ""
            if section.leaf.tab:
                at_right = _lies_at_right(number, self._layout)
                drawn += _tab(page, section.leaf.tab, at_right=at_right)
            after = source.make_indirect(Stream(source, f"Q\n{drawn}".encode()))
            page.obj.Contents = Array([before, page.obj.Contents, after])
            page.add_resource(font, Name.Font, Name(FONT))

    def close(self) -> None:
        """All are on their pages."""


def _lies_at_right(number: int, layout: Layout) -> bool:
    """Is the outer edge of this page its right one?"""
    if layout.single:
        return not layout.two_up or number % 2 == 0
    return number % 2 == 1


def _number(page: pikepdf.Page, number: int) -> str:
    left, _, right, _ = (float(edge) for edge in page.mediabox)
    return _words(str(number), NUMBER_SIZE, (left + right) / 2, BASELINE, INK)


def _tab(page: pikepdf.Page, tab: int, *, at_right: bool) -> str:
    left, _, right, top = (float(edge) for edge in page.mediabox)
    bottom = top - TAB_TOP - (tab - 1) % TABS * TAB_STEP - TAB_HEIGHT
    edge = right - TAB_WIDTH if at_right else left
    middle = edge + (TAB_WIDTH - TAB_REACH) / 2 + (0 if at_right else TAB_REACH)
    box = f"{edge:.2f} {bottom:.2f} {TAB_WIDTH:.2f} {TAB_HEIGHT:.2f} re"
    baseline = bottom + (TAB_HEIGHT - digits().cap_height * TAB_SIZE / 1000) / 2
    words = _words(str(tab), TAB_SIZE, middle, baseline, "1 g")
    return f"/Artifact BMC\nq 0 g {box} f Q\nEMC\n{words}"


def _words(words: str, size: float, middle: float, baseline: float, ink: str) -> str:
    left = middle - digits().width(words, size) / 2
    return (
        f"/Artifact BMC\nq {ink} BT {FONT} {size:g} Tf {left:.2f} {baseline:.2f} Td "
        f"<{digits().shown(words)}> Tj ET Q\nEMC\n"
    )
