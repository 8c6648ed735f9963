"""Two pages side by side on A4 across.

Pages that face each other in the book lie side by side: the first one stands alone at the right,
unless the book is for one side. Sheets have no tags, as those of the leaves speak of their pages.
"""

from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Name

from packets.binding.pages import Book, Section
from packets.binding.writing import array, dictionary, ref

WIDTH, HEIGHT = 841.89, 595.276
"""Points: A4 across."""

Numbers = tuple[int, int]
"""By which a PDF knows an object."""


@dataclass(frozen=True)
class Spot:
    """Where a page lies on its sheet."""

    sheet: pikepdf.Object
    left: float
    bottom: float
    scale: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return round(self.left + x * self.scale, 3), round(self.bottom + y * self.scale, 3)

    def led(self, place: pikepdf.Object) -> Array:
        """The destination ``place``, which was on the page."""
        return Array([self.sheet, Name.XYZ, *self.point(float(place[2]), float(place[3])), 0])


@dataclass
class Sheet:
    """What lies on it: the forms that are its pages, by the names by which they are drawn."""

    number: int
    drawn: bytes = b""
    forms: dict[str, bytes] = field(default_factory=dict)
    links: list[bytes] = field(default_factory=list)


class Sheets:
    """The pages become sheets; links and outlines lead to these."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._before = 1 if book.layout.single else 0
        self._sheets: list[Sheet] = []

    def take(self, section: Section) -> None:
        spots: dict[Numbers, Spot] = {}
        for number, page in enumerate(section.pages, section.first):
            spots[page.obj.objgen] = self._lay(section, page, number)
        section.start = _led(section.start, spots)
        section.places = {name: _led(place, spots) for name, place in section.places.items()}
        _lead_outline(section, spots)

    def _lay(self, section: Section, page: pikepdf.Page, number: int) -> Spot:
        """Page ``number`` of the book."""
        at, half = divmod(number - self._before, 2)
        while len(self._sheets) <= at:
            self._sheets.append(Sheet(self._book.writer.number()))
        sheet, transfer = self._sheets[at], section.transfer
        spot = _spot(page, transfer.stand_in(sheet.number), half)
        form = transfer.source.make_indirect(page.as_form_xobject())
        sheet.forms[f"P{half}"] = ref(transfer.number(form))
        where = (spot.scale, spot.scale, spot.left, spot.bottom, half)
        sheet.drawn += b"q %.5f 0 0 %.5f %.3f %.3f cm /P%d Do Q\n" % where
        for link in page.obj.get(Name.Annots, ()):
            _move(link, spot)
            sheet.links.append(ref(transfer.number(link)))
        return spot

    def close(self) -> None:
        for sheet in self._sheets:
            self._write(sheet)

    def _write(self, sheet: Sheet) -> None:
        writer = self._book.writer
        content = writer.number()
        writer.write_stream(content, b"<< >>", sheet.drawn)
        page = {
            "Type": b"/Page",
            "Parent": ref(self._book.tree),
            "MediaBox": b"[ 0 0 %g %g ]" % (WIDTH, HEIGHT),
            "Resources": dictionary({"XObject": dictionary(sheet.forms)}),
            "Contents": ref(content),
        }
        if sheet.links:
            page["Annots"] = array(sheet.links)
        writer.write(sheet.number, dictionary(page))
        self._book.pages.append(sheet.number)


def _spot(page: pikepdf.Page, sheet: pikepdf.Object, half: int) -> Spot:
    """In the middle of its half, as large as it fits."""
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    scale = min(WIDTH / 2 / (right - left), HEIGHT / (top - bottom))
    middle = WIDTH / 4 + half * WIDTH / 2
    return Spot(
        sheet,
        middle - (left + right) / 2 * scale,
        HEIGHT / 2 - (bottom + top) / 2 * scale,
        scale,
    )


def _move(link: pikepdf.Object, spot: Spot) -> None:
    x1, y1, x2, y2 = (float(edge) for edge in link.Rect)
    link.Rect = Array([*spot.point(x1, y1), *spot.point(x2, y2)])
    if Name.StructParent in link:
        del link.StructParent


def _lead_outline(section: Section, spots: dict[Numbers, Spot]) -> None:
    outline = section.root.get(Name.Outlines)
    waiting = [outline.First] if outline is not None and Name.First in outline else []
    while waiting:
        entry = waiting.pop()
        entry.Dest = _led(entry.Dest, spots)
        waiting += [entry[name] for name in (Name.First, Name.Next) if name in entry]


def _led(place: pikepdf.Object, spots: dict[Numbers, Spot]) -> Array:
    return spots[place[0].objgen].led(place)
