"""Binding: two pages side by side on A4 across."""

import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from packets.binding import Leaf
from packets.layout import Layout
from tests.packets.binding.parts import (
    HEIGHT,
    WIDTH,
    Whole,
    bound,
    leaves_in,
    links_of,
    outline_of,
    words_on,
)

SCALE = WIDTH / HEIGHT
"""Two of A4 upright fit on one across at this size."""


@pytest.fixture(scope="module")
def book(leaves: list[Leaf]) -> Whole:
    return bound(leaves, Layout(two_up=True))


def _numbers(path: Path, sheet: int) -> tuple[str, str]:
    """The running numbers at the foot of the left and of the right half."""
    found = ["", ""]
    for word in words_on(path, sheet):
        for half, middle in enumerate((HEIGHT / 4, HEIGHT * 3 / 4)):
            if abs(word.middle - middle) < 1 and word.bottom > WIDTH - 35:
                found[half] = word.text
    return found[0], found[1]


def test_pages_that_face_each_other_lie_side_by_side(path: Path, book: Whole) -> None:
    assert book.pages == 5
    assert [_numbers(path, sheet) for sheet in range(1, 6)] == [
        ("", "1"),
        ("", "3"),
        ("", "5"),
        ("6", "7"),
        ("8", "9"),
    ]


def test_leaves_keep_the_running_numbers_of_their_pages(book: Whole) -> None:
    assert book.starts == {"front": 1, "soumu": 3, "fukushi": 7}


def test_for_one_side_the_first_page_stands_at_the_left(leaves: list[Leaf], tmp_path: Path) -> None:
    single = tmp_path / "single.pdf"
    single.write_bytes(bound(leaves, Layout(two_up=True, single=True)).pdf)

    assert [_numbers(single, sheet) for sheet in range(1, 5)] == [
        ("1", "2"),
        ("", "4"),
        ("5", "6"),
        ("7", "8"),
    ]


def test_sheets_are_a4_across_and_pages_as_large_as_they_fit(pdf: pikepdf.Pdf, path: Path) -> None:
    assert {tuple(round(float(edge)) for edge in page.mediabox) for page in pdf.pages} == {
        (0, 0, 842, 595)
    }
    drawn = pdf.pages[3].Contents.read_bytes().decode().splitlines()
    assert [line.split()[1] for line in drawn] == [f"{SCALE:.5f}", f"{SCALE:.5f}"]
    lefts = [float(line.split()[5]) for line in drawn]
    assert lefts == pytest.approx([0, HEIGHT / 2], abs=0.1)


def test_links_and_outline_lead_to_the_sheets(pdf: pikepdf.Pdf) -> None:
    assert [(page, target) for page, target, _ in links_of(pdf)] == [
        *[(1, 2), (1, 3), (1, 5), (1, 4), (1, None)],
        *[(2, 3), (4, 2), (4, 5), (5, 4)],
    ]
    assert [entry for entry in outline_of(pdf) if entry[0] == 0] == [
        (0, "目次", 1),
        (0, "総務部", 2),
        (0, "福祉部", 4),
    ]


def test_links_lead_to_the_height_at_which_their_target_lies_on_the_sheet(
    pdf: pikepdf.Pdf, leaves: list[Leaf]
) -> None:
    with pikepdf.open(BytesIO(bound(leaves).pdf)) as book:
        upright = [height for _, _, height in links_of(book)]
    across = [height for _, _, height in links_of(pdf)]

    assert upright[4] is across[4] is None
    for height, lower in zip(upright, across, strict=True):
        assert lower == (None if height is None else pytest.approx(height * SCALE, abs=0.1))


def test_index_tabs_stand_at_the_outer_edges_of_the_sheet(
    leaves: list[Leaf], path: Path, tmp_path: Path
) -> None:
    single = tmp_path / "single.pdf"
    single.write_bytes(bound(leaves, Layout(two_up=True, single=True)).pdf)

    assert _tabs(path, 4) == [("1", "left"), ("2", "right")]
    assert _tabs(single, 3) == [("1", "left"), ("2", "right")]


def _tabs(path: Path, sheet: int) -> list[tuple[str, str]]:
    words = words_on(path, sheet)
    edges = {"left": (0, 22), "right": (HEIGHT - 22, HEIGHT)}
    return [
        (word.text, edge)
        for edge, (least, most) in edges.items()
        for word in words
        if least < word.middle < most
    ]


def test_links_lie_over_their_words(pdf: pikepdf.Pdf, path: Path) -> None:
    link = pdf.pages[0].obj.Annots[0]
    x1, y1, x2, y2 = (float(edge) for edge in link.Rect)
    (word,) = [word for word in words_on(path, 1) if word.text == "総務部"]

    assert min(x1, x2) - 2 < word.left < word.right < max(x1, x2) + 2
    top = min(WIDTH - y1, WIDTH - y2)
    assert top - 3 < word.top < word.bottom < top + abs(y1 - y2) + 3


def test_sheets_claim_no_tags_that_they_do_not_have(pdf: pikepdf.Pdf) -> None:
    assert not {"/StructTreeRoot", "/MarkInfo"} & set(pdf.Root.keys())
    assert b"pdfuaid:part>" not in pdf.Root.Metadata.read_bytes()
    things = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary | pikepdf.Stream)]
    assert not [one for one in things if "/StructParent" in one or "/StructParents" in one]


def test_sheets_for_keeping_claim_what_can_be_had_without_tags(tmp_path: Path) -> None:
    lasting = Layout(two_up=True, lasting=True)
    sheets = tmp_path / "lasting.pdf"
    sheets.write_bytes(bound(leaves_in(tmp_path, "pdf/a-3a"), lasting).pdf)

    with pikepdf.open(sheets) as pdf:
        assert b"<pdfaid:conformance>B<" in pdf.Root.Metadata.read_bytes()


def test_nothing_in_the_file_is_damaged_and_the_same_leaves_give_the_same_bytes(
    path: Path, leaves: list[Leaf], book: Whole
) -> None:
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert bound(leaves, Layout(two_up=True)).pdf == book.pdf
