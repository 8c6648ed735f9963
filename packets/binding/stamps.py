"""What binding prints on pages: the running page number, and index tabs at the outer edge.

Both are artifacts: who listens to the book is told neither.
"""

import pikepdf
from pikepdf import Array, Name, Stream

from packets.binding.digits import digits, font_in
from packets.binding.pages import Book, is_blank
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


def stamp(book: Book, layout: Layout, *, numbered: bool) -> None:
    """Pages on which nothing is written stay bare."""
    if not numbered and not any(section.leaf.tab for section in book.sections):
        return
    font = font_in(book.pdf)
    before = book.pdf.make_indirect(Stream(book.pdf, b"q\n"))
    for section in book.sections:
        for number, page in enumerate(section.pages, section.first):
            if is_blank(page):
                continue
            drawn = _number(page, number) if numbered else ""
            if section.leaf.tab:
                drawn += _tab(page, section.leaf.tab, at_right=_lies_at_right(number, layout))
            if drawn:
                after = book.pdf.make_indirect(Stream(book.pdf, f"Q\n{drawn}".encode()))
                page.obj.Contents = Array([before, page.obj.Contents, after])
                page.add_resource(font, Name.Font, Name(FONT))


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
