"""What binding prints on pages: the running page number, and index tabs at the outer edge.

Both are artifacts: who listens to the book is told neither.
"""

import functools
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from packets.binding.pages import Book, is_blank
from packets.layout import Layout

FACE = Path(__file__).resolve().parents[2] / "static" / "fonts" / "paper" / "BIZUDPGothic-Bold.ttf"
DIGITS = "0123456789"
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


@dataclass(frozen=True)
class Face:
    """The digits of a face: ``glyphs`` their numbers, ``widths`` in thousandths of the size."""

    file: bytes
    glyphs: dict[str, int]
    widths: dict[str, int]
    ascent: int
    descent: int
    cap_height: int

    def width(self, words: str, size: float) -> float:
        return sum(self.widths[sign] for sign in words) * size / 1000

    def shown(self, words: str) -> str:
        return "".join(f"{self.glyphs[sign]:04x}" for sign in words)


@functools.cache
def face() -> Face:
    """The digits and nothing else; cut once in each process."""
    from fontTools import subset, ttLib

    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "meta"]
    cutter = subset.Subsetter(options)
    cutter.populate(text=DIGITS)
    file = BytesIO()
    with ttLib.TTFont(FACE, lazy=True, recalcTimestamp=False) as font:
        cutter.subset(font)
        font.save(file)
        names = font.getBestCmap()
        scale = 1000 / font["head"].unitsPerEm
        return Face(
            file.getvalue(),
            {sign: font.getGlyphID(names[ord(sign)]) for sign in DIGITS},
            {sign: round(font["hmtx"][names[ord(sign)]][0] * scale) for sign in DIGITS},
            round(font["hhea"].ascent * scale),
            round(font["hhea"].descent * scale),
            round(font["OS/2"].sCapHeight * scale) or 700,
        )


def stamp(book: Book, layout: Layout, *, numbered: bool) -> None:
    """Pages on which nothing is written stay bare."""
    if not numbered and not any(section.leaf.tab for section in book.sections):
        return
    font = _font(book.pdf)
    before = book.pdf.make_indirect(Stream(book.pdf, b"q\n"))
    for section in book.sections:
        for number, page in enumerate(section.pages, section.first):
            if is_blank(page):
                continue
            drawn = _number(page, number) if numbered else ""
            if section.leaf.tab:
                drawn += _tab(page, section.leaf.tab, at_right=_lies_at_right(number, layout))
            if drawn:
                after = Stream(book.pdf, f"Q\n{drawn}".encode())
                page.obj.Contents = Array(
                    [before, page.obj.Contents, book.pdf.make_indirect(after)]
                )
                page.obj.Resources.Font[FONT] = font


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
    baseline = bottom + (TAB_HEIGHT - face().cap_height * TAB_SIZE / 1000) / 2
    words = _words(str(tab), TAB_SIZE, middle, baseline, "1 g")
    return f"/Artifact BMC\nq 0 g {box} f Q\nEMC\n{words}"


def _words(words: str, size: float, middle: float, baseline: float, ink: str) -> str:
    left = middle - face().width(words, size) / 2
    return (
        f"/Artifact BMC\nq {ink} BT {FONT} {size:g} Tf {left:.2f} {baseline:.2f} Td "
        f"<{face().shown(words)}> Tj ET Q\nEMC\n"
    )


# --- the font in the PDF ------------------------------------------------------------------------

TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{count} beginbfchar
{pairs}
endbfchar
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def _font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    cut = face()
    name = Name("/STAMPS+BIZ-UDPGothic-Bold")
    pairs = "\n".join(f"<{glyph:04x}> <{ord(sign):04x}>" for sign, glyph in cut.glyphs.items())
    words = TO_UNICODE.format(count=len(cut.glyphs), pairs=pairs).encode()
    widths = Array()
    for sign, glyph in cut.glyphs.items():
        widths.append(glyph)
        widths.append(Array([cut.widths[sign]]))
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        CIDToGIDMap=Name.Identity,
        FontDescriptor=_descriptor(pdf, name),
        W=widths,
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_indirect(Stream(pdf, words)),
        )
    )


def _descriptor(pdf: pikepdf.Pdf, name: Name) -> pikepdf.Object:
    cut = face()
    file = Stream(pdf, cut.file)
    file.Length1 = len(cut.file)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=Array([0, cut.descent, max(cut.widths.values()), cut.ascent]),
            ItalicAngle=0,
            Ascent=cut.ascent,
            Descent=cut.descent,
            CapHeight=cut.cap_height,
            StemV=120,
            FontFile2=pdf.make_indirect(file),
        )
    )
