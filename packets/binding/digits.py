"""The ten digits in which binding stamps, as a font of their own."""

import functools
import struct
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from packets.binding.truetype import HINTS, Cut, Face, Glyph

FACE = Path(__file__).resolve().parents[2] / "static" / "fonts" / "paper" / "BIZUDPGothic-Bold.ttf"
SIGNS = "0123456789"
WINDOWS, ALL_SIGNS = 3, 10
"""The table of signs that we read: that of Windows for the whole of Unicode."""


@dataclass(frozen=True)
class Digits:
    """``glyphs`` are their numbers in the file, ``widths`` in thousandths of the size."""

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
def digits() -> Digits:
    """Cut out of the whole face once in each process."""
    cut = Cut(FACE.read_bytes())
    scale = 1000 / struct.unpack_from(">H", cut.tables["head"], 18)[0]
    ascent, descent = struct.unpack_from(">hh", cut.tables["hhea"], 4)
    (cap_height,) = struct.unpack_from(">h", cut.tables["OS/2"], 88)
    for name in HINTS:
        cut.tables.pop(name, None)
    numbers = [0, *(_number_of(sign, cut.tables["cmap"]) for sign in SIGNS)]
    drawn = [Glyph(_without_hints(cut.outline(one)), cut.metrics(one)) for one in numbers]
    advances = [struct.unpack_from(">H", glyph.metrics)[0] for glyph in drawn]
    face = Face()
    face.add(cut, dict(enumerate(drawn)))
    return Digits(
        face.file(),
        {sign: number for number, sign in enumerate(SIGNS, 1)},
        {sign: round(advances[number] * scale) for number, sign in enumerate(SIGNS, 1)},
        round(ascent * scale),
        round(descent * scale),
        round(cap_height * scale),
    )


def _number_of(sign: str, table: bytes) -> int:
    """The number of the glyph of ``sign``."""
    for record in range(struct.unpack_from(">H", table, 2)[0]):
        platform, encoding, at = struct.unpack_from(">HHI", table, 4 + 8 * record)
        if (platform, encoding) == (WINDOWS, ALL_SIGNS):
            for group in range(struct.unpack_from(">I", table, at + 12)[0]):
                first, last, number = struct.unpack_from(">III", table, at + 16 + 12 * group)
                if first <= ord(sign) <= last:
                    return int(number + ord(sign) - first)
    raise ValueError(f"no glyph for {sign}")


def _without_hints(outline: bytes) -> bytes:
    """A simple glyph without its instructions, which need the programs of the whole face."""
    contours = struct.unpack_from(">h", outline)[0]
    at = 10 + 2 * contours
    length = struct.unpack_from(">H", outline, at)[0]
    kept = outline[:at] + bytes(2) + outline[at + 2 + length :]
    return kept + bytes(-len(kept) % 4)


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


def font_in(pdf: pikepdf.Pdf) -> pikepdf.Object:
    cut = digits()
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
    cut = digits()
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
