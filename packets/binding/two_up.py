"""Two pages side by side on A4 across.

Pages that face each other in the book lie side by side: the first one stands alone at the right,
unless the book is for one side. Sheets have no tags, as those of the leaves speak of their pages.
"""

from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from packets.binding.pages import Book
from packets.layout import Layout

WIDTH, HEIGHT = 841.89, 595.276
"""Points: A4 across."""


@dataclass(frozen=True)
class Spot:
    """Where a page lies on its sheet."""

    sheet: pikepdf.Object
    left: float
    bottom: float
    scale: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return round(self.left + x * self.scale, 3), round(self.bottom + y * self.scale, 3)


def lay(book: Book, layout: Layout) -> None:
    """The pages of ``book`` become sheets; its links and its outline lead to these."""
    pages = list(book.pdf.pages)
    slots: list[pikepdf.Page | None] = [*pages] if layout.single else [None, *pages]
    sheets = [slots[at : at + 2] for at in range(0, len(slots), 2)]
    spots: dict[tuple[int, int], Spot] = {}
    for pair in sheets:
        _lay_sheet(book.pdf, pair, spots)
    del book.pdf.pages[: len(pages)]
    _lead_links(book.pdf, spots)
    _lead_outline(book.pdf, spots)


def _lay_sheet(
    pdf: pikepdf.Pdf, pair: list[pikepdf.Page | None], spots: dict[tuple[int, int], Spot]
) -> None:
    sheet = pdf.make_indirect(
        Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, WIDTH, HEIGHT]),
            Resources=Dictionary(XObject=Dictionary()),
        )
    )
    links = Array()
    drawn = b""
    for half, page in enumerate(pair):
        if page is None:
            continue
        spot = _spot(page, sheet, half)
        spots[page.obj.objgen] = spot
        form = page.as_form_xobject()
        sheet.Resources.XObject[f"/P{half}"] = form
        drawn += b"q %.5f 0 0 %.5f %.3f %.3f cm /P%d Do Q\n" % (
            spot.scale,
            spot.scale,
            spot.left,
            spot.bottom,
            half,
        )
        for link in page.obj.get(Name.Annots, ()):
            _move(link, spot)
            links.append(link)
    sheet.Contents = pdf.make_indirect(Stream(pdf, drawn))
    if links:
        sheet.Annots = links
    pdf.pages.append(pikepdf.Page(sheet))


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


def _lead_links(pdf: pikepdf.Pdf, spots: dict[tuple[int, int], Spot]) -> None:
    led: dict[tuple[int, int], pikepdf.Object] = {}
    for page in pdf.pages:
        for link in page.obj.get(Name.Annots, ()):
            place = link.get(Name.Dest)
            if place is None:
                continue
            if not place.is_indirect:
                link.Dest = _led(place, spots)
                continue
            if place.objgen not in led:
                led[place.objgen] = pdf.make_indirect(_led(place, spots))
            link.Dest = led[place.objgen]


def _lead_outline(pdf: pikepdf.Pdf, spots: dict[tuple[int, int], Spot]) -> None:
    waiting = [pdf.Root.Outlines.First]
    while waiting:
        entry = waiting.pop()
        entry.Dest = _led(entry.Dest, spots)
        waiting += [entry[name] for name in (Name.First, Name.Next) if name in entry]


def _led(place: pikepdf.Object, spots: dict[tuple[int, int], Spot]) -> Array:
    spot = spots[place[0].objgen]
    return Array([spot.sheet, Name.XYZ, *spot.point(float(place[2]), float(place[3])), 0])
