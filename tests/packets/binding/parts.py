"""Small parts to bind, and how to read a book back."""

import re
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf

from packets.binding import Leaf, bind
from packets.layout import USUAL, Layout
from packets.press import press

PAGE = """<!doctype html><html lang="ja"><head><title>{title}</title><meta name="author"
content="国分寺市"><style>
@page {{ size: A4; margin: 27mm 20mm 23mm 25mm }}
h1, h2 {{ bookmark-label: content(text) !important; bookmark-level: 1 !important }}
h2 {{ bookmark-level: 2 !important }} .new {{ break-before: page }}
.right {{ break-before: right }} .latin {{ font-family: "Noto Sans" }}
</style></head><body>{body}</body></html>"""

FRONT = """<h1>目次</h1><ul>
<li><a href="part:soumu">総務部</a></li>
<li><a href="part:soumu/goals">総務部の目標</a></li>
<li><a href="part:fukushi/goals">福祉部の目標</a></li>
<li><a href="part:fukushi/nowhere">福祉部のどこか</a></li>
<li><a href="part:kyouiku/goals">教育部</a></li></ul>"""

PART = """<h1 id="overview">{name}の概要</h1><p class="latin">{latin}</p>
<p><a href="#goals">目標を見る</a></p>
<h1 id="goals" class="{second}">{name}の目標</h1>
<table><tr><th scope="col">番号</th><th scope="col">目標</th></tr>
<tr><th scope="row">1</th><td>{name}の一</td></tr></table>
<h2 class="new" id="notes">{name}の記録</h2><p><a href="#overview">概要へ戻る</a></p>"""

# Letters that Noto Sans composes of pieces, other ones in each.
SOUMU = PART.format(name="総務部", latin="Ǧǫ", second="right")
"""Pages: overview, a blank one, goals, notes."""
FUKUSHI = PART.format(name="福祉部", latin="Ǩǯ∰ǂἊὊ", second="new")
"""Pages: overview, goals, notes."""

WIDTH, HEIGHT = 595.276, 841.89


def part(folder: Path, name: str, body: str, variant: str = "pdf/ua-1") -> Path:
    path = folder / f"{name}.pdf"
    with warnings.catch_warnings():
        # WeasyPrint leaves the file of its colour profile to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        path.write_bytes(press(PAGE.format(title=name, body=body), variant)[1])
    return path


def leaves_in(folder: Path, variant: str = "pdf/ua-1") -> list[Leaf]:
    """A front of one page, 総務部 on pages 3 to 6, 福祉部 on pages 7 to 9."""
    return [
        Leaf("front", "目次", part(folder, "front", FRONT, variant)),
        Leaf("soumu", "総務部", part(folder, "soumu", SOUMU, variant), tab=1),
        Leaf("fukushi", "福祉部", part(folder, "fukushi", FUKUSHI, variant), tab=2),
    ]


@dataclass(frozen=True)
class Whole:
    """A book in memory."""

    pdf: bytes
    pages: int
    starts: dict[str, int]


def bound(leaves: Sequence[Leaf], layout: Layout = USUAL, *, numbered: bool = True) -> Whole:
    file = BytesIO()
    title = "令和5年度 面談資料"
    made = bind(leaves, file, title=title, layout=layout, numbered=numbered)
    return Whole(file.getvalue(), made.pages, made.starts)


@dataclass(frozen=True)
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')


def words_on(path: Path, number: int) -> list[Word]:
    """Words of page ``number`` with their places in points from the upper left corner."""
    page = ("-f", str(number), "-l", str(number))
    command = ("pdftotext", "-bbox", *page, str(path), "-")
    # The program writes the title of the file beside it, wrongly where 𠮷 is in it.
    read = subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace")
    return [Word(found[5], *map(float, found.groups()[:4])) for found in WORD.finditer(read)]


def stamped_number(path: Path, number: int) -> list[str]:
    """What stands at the bottom centre."""
    return [
        word.text
        for word in words_on(path, number)
        if abs(word.middle - WIDTH / 2) < 1 and HEIGHT - 45 < word.bottom < HEIGHT - 20
    ]


def text_of(path: Path) -> str:
    command = ("pdftotext", str(path), "-")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def picture_of(path: Path, first: int, last: int) -> bytes:
    command = ("pdftoppm", "-r", "50", "-gray", "-f", str(first), "-l", str(last), str(path))
    return subprocess.run(command, capture_output=True, check=True).stdout


def numbers_of(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """The numbers of pages (from 1) by their objects."""
    return {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}


def links_of(pdf: pikepdf.Pdf) -> list[tuple[int, int | None, float | None]]:
    """From which page, to which page, at which height; None where a link leads nowhere."""
    numbers = numbers_of(pdf)
    links = []
    for number, page in enumerate(pdf.pages, 1):
        for link in page.obj.get("/Annots", ()):
            place = link.get("/Dest")
            assert place is None or isinstance(place, pikepdf.Array)
            assert "/A" not in link
            led = (None, None) if place is None else (numbers[place[0].objgen], float(place[3]))
            links.append((number, *led))
    return links


def outline_of(pdf: pikepdf.Pdf) -> list[tuple[int, str, int]]:
    """Depth, title and page of every entry."""
    return list(_entries(pdf.Root.Outlines, numbers_of(pdf), 0))


def _entries(
    above: pikepdf.Object, numbers: dict[tuple[int, int], int], depth: int
) -> Iterator[tuple[int, str, int]]:
    entry = above.get("/First")
    before = None
    while entry is not None:
        assert entry.Parent.objgen == above.objgen
        assert before is None or entry.Prev.objgen == before.objgen
        yield depth, str(entry.Title), numbers[entry.Dest[0].objgen]
        yield from _entries(entry, numbers, depth + 1)
        before, entry = entry, entry.get("/Next")
    if before is not None:
        assert above.Last.objgen == before.objgen


def elements(pdf: pikepdf.Pdf, kind: str = "") -> Iterator[pikepdf.Object]:
    """The elements of the tag tree in the order of reading, of one kind or of all."""
    waiting = list(reversed(pdf.Root.StructTreeRoot.K))
    while waiting:
        element = waiting.pop()
        if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
            continue
        if not kind or str(element.S) == kind:
            yield element
        waiting += reversed(list(element.get("/K", ())))
