"""Binding: the parts of a book become one file, and everything in it leads to the right page."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from packets.binding import BindingError, Leaf, first_pages
from packets.layout import USUAL, Layout
from tests.packets.binding.parts import (
    HEIGHT,
    WIDTH,
    Whole,
    bound,
    links_of,
    outline_of,
    part,
    picture_of,
    stamped_number,
    text_of,
    words_on,
)

ROOT = Path(__file__).resolve().parents[3]
BLANK = {2, 4}
"""Pages of the book: one that binding puts in after the front, and one of 総務部's own."""


# --- pages ---------------------------------------------------------------------------------------


def test_every_leaf_begins_on_an_odd_page() -> None:
    assert first_pages([1, 4, 3, 2], USUAL) == [1, 3, 7, 11]


def test_on_one_side_no_page_is_left_blank_between_leaves() -> None:
    assert first_pages([1, 4, 3, 2], Layout(single=True)) == [1, 2, 6, 9]


def test_book_says_where_its_leaves_begin(book: Whole) -> None:
    assert book.starts == {"front": 1, "soumu": 3, "fukushi": 7}
    assert book.pages == 9
    assert len(PdfReader(BytesIO(book.pdf)).pages) == 9


def test_page_between_leaves_is_blank_and_as_large_as_the_others(path: Path) -> None:
    page = PdfReader(path).pages[1]

    assert page.extract_text() == ""
    assert page.mediabox == PdfReader(path).pages[0].mediabox


def test_text_of_the_book_is_that_of_its_parts_and_nothing_else(
    leaves: list[Leaf], tmp_path: Path
) -> None:
    whole = tmp_path / "whole.pdf"
    whole.write_bytes(bound([Leaf(leaf.key, leaf.title, leaf.path) for leaf in leaves]).pdf)

    expected = ""
    for leaf, first in zip(leaves, [1, 3, 7], strict=True):
        for number, words in enumerate(text_of(leaf.path).split("\f")[:-1], first):
            expected += "".join(words.split()) + str(number) * bool(words.strip())

    assert "".join(text_of(whole).split()) == expected


def test_pages_look_as_they_did_in_their_parts(leaves: list[Leaf], tmp_path: Path) -> None:
    whole = tmp_path / "whole.pdf"
    plain = [Leaf(leaf.key, leaf.title, leaf.path) for leaf in leaves]
    whole.write_bytes(bound(plain, numbered=False).pdf)

    for leaf, first, last in zip(leaves, [1, 3, 7], [1, 6, 9], strict=True):
        assert picture_of(leaf.path, 1, 4) == picture_of(whole, first, last)


# --- links and outline ---------------------------------------------------------------------------


def test_links_of_the_contents_lead_to_their_pages(pdf: pikepdf.Pdf) -> None:
    from_front = [(page, target) for page, target, _ in links_of(pdf) if page == 1]

    assert from_front == [(1, 3), (1, 5), (1, 8), (1, 7), (1, None)]


def test_link_to_an_anchor_leads_to_its_height_and_without_one_to_the_top(
    pdf: pikepdf.Pdf,
) -> None:
    heights = [height for page, _, height in links_of(pdf) if page == 1]

    assert heights[0] == heights[3] == pytest.approx(HEIGHT, abs=0.1)
    assert heights[2] is not None
    assert heights[2] == pytest.approx(HEIGHT - 27 / 25.4 * 72, abs=30)
    assert heights[2] < HEIGHT - 60


def test_links_inside_a_leaf_stay_there_though_both_leaves_use_the_same_names(
    pdf: pikepdf.Pdf,
) -> None:
    inside = [(page, target) for page, target, _ in links_of(pdf) if page > 1]

    assert inside == [(3, 5), (6, 3), (7, 8), (9, 7)]


def test_links_inside_a_leaf_stay_there_though_it_is_bound_twice(leaves: list[Leaf]) -> None:
    with pikepdf.open(BytesIO(bound([leaves[2], leaves[2]]).pdf)) as pdf:
        assert [(page, target) for page, target, _ in links_of(pdf)] == [
            *[(1, 2), (3, 1)],
            *[(5, 6), (7, 5)],
        ]


def test_other_programs_find_the_same_pages(path: Path) -> None:
    reader = PdfReader(path)
    by_object = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages, 1)}
    links = [
        link.get_object().get("/Dest") for page in reader.pages for link in page.get("/Annots", [])
    ]

    assert [place and by_object[place.get_object()[0].idnum] for place in links] == [
        *[3, 5, 8, 7, None],
        *[5, 3, 8, 7],
    ]


def test_nothing_is_left_of_addresses_and_names(book: Whole) -> None:
    with pikepdf.open(BytesIO(book.pdf)) as pdf:
        assert "/Names" not in pdf.Root
        assert not [one for one in pdf.objects if b"part:" in one.unparse(resolved=True)]


def test_links_to_leaves_say_where_they_lead(pdf: pikepdf.Pdf) -> None:
    said = [str(link.Contents) for link in pdf.pages[0].obj.Annots]

    assert said == ["総務部", "総務部", "福祉部", "福祉部", "この資料にはありません"]


def test_outline_has_an_entry_for_each_leaf_and_below_it_its_own(pdf: pikepdf.Pdf) -> None:
    assert outline_of(pdf) == [
        (0, "目次", 1),
        (1, "目次", 1),
        (0, "総務部", 3),
        (1, "総務部の概要", 3),
        (1, "総務部の目標", 5),
        (2, "総務部の記録", 6),
        (0, "福祉部", 7),
        (1, "福祉部の概要", 7),
        (1, "福祉部の目標", 8),
        (2, "福祉部の記録", 9),
    ]


def test_outline_opens_as_the_list_of_leaves(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.Outlines.Count == 3
    assert [pdf.Root.Outlines.First.Count, pdf.Root.Outlines.Last.Count] == [-1, -3]


def test_other_programs_read_the_same_outline(path: Path) -> None:
    reader = PdfReader(path)
    top = [entry for entry in reader.outline if not isinstance(entry, list)]

    assert [(one.title, reader.get_destination_page_number(one) + 1) for one in top] == [
        ("目次", 1),
        ("総務部", 3),
        ("福祉部", 7),
    ]


# --- stamps --------------------------------------------------------------------------------------


def test_running_number_stands_at_the_bottom_centre_of_every_page_that_is_not_blank(
    path: Path,
) -> None:
    for number in range(1, 10):
        assert stamped_number(path, number) == ([] if number in BLANK else [str(number)])


def test_blank_pages_stay_bare(path: Path) -> None:
    assert [number for number in range(1, 10) if not words_on(path, number)] == [2, 4]


def test_without_numbers_and_tabs_nothing_is_stamped(leaves: list[Leaf]) -> None:
    plain = [Leaf(leaf.key, leaf.title, leaf.path) for leaf in leaves]
    with pikepdf.open(BytesIO(bound(plain, numbered=False).pdf)) as pdf:
        assert not [page for page in pdf.pages if isinstance(page.obj.get("/Contents"), list)]
        assert "/Stamp" not in pdf.pages[2].obj.Resources.Font


def _tabs(path: Path, number: int) -> list[tuple[str, str]]:
    """Numbers at the edges of a page, and at which edge."""
    edges = {"left": (0, 30), "right": (WIDTH - 30, WIDTH)}
    return [
        (word.text, edge)
        for word in words_on(path, number)
        for edge, (least, most) in edges.items()
        if least < word.middle < most
    ]


def test_index_tabs_stand_at_the_outer_edge(path: Path) -> None:
    assert [_tabs(path, number) for number in range(1, 10)] == [
        *[[], []],
        *[[("1", "right")], [], [("1", "right")], [("1", "left")]],
        *[[("2", "right")], [("2", "left")], [("2", "right")]],
    ]


def test_on_one_side_index_tabs_stand_at_the_right(leaves: list[Leaf], tmp_path: Path) -> None:
    single = tmp_path / "single.pdf"
    single.write_bytes(bound(leaves, Layout(single=True)).pdf)

    assert [_tabs(single, number) for number in (2, 4, 5, 6, 7, 8)] == [
        *[[("1", "right")]] * 3,
        *[[("2", "right")]] * 3,
    ]


def test_index_tabs_are_steps_which_begin_again_at_the_top(
    leaves: list[Leaf], tmp_path: Path
) -> None:
    stack = [Leaf(str(tab), str(tab), leaves[0].path, tab=tab) for tab in (1, 2, 12, 13)]
    steps = tmp_path / "steps.pdf"
    steps.write_bytes(bound(stack, Layout(single=True), numbered=False).pdf)
    tops = [words_on(steps, number)[-1].top for number in (1, 2, 3, 4)]

    assert tops[1] - tops[0] == pytest.approx(20.5 / 25.4 * 72, abs=0.1)
    assert tops[2] - tops[0] == pytest.approx(11 * 20.5 / 25.4 * 72, abs=0.1)
    assert tops[2] < HEIGHT - 23 / 25.4 * 72
    assert tops[3] == pytest.approx(tops[0], abs=0.1)


def test_index_tab_is_a_black_box_that_reaches_the_edge_with_a_white_number(
    pdf: pikepdf.Pdf,
) -> None:
    drawn = pdf.pages[6].obj.Contents[-1].read_bytes().decode()
    box = next(line for line in drawn.splitlines() if " re f" in line)
    left, _, width, _ = (float(number) for number in box.split(" g ")[1].split(" re")[0].split())

    assert box.startswith("q 0 g ")
    assert left + width == pytest.approx(WIDTH, abs=0.02)
    assert "1 g BT" in drawn


# --- the file ------------------------------------------------------------------------------------


def test_same_leaves_give_the_same_bytes(leaves: list[Leaf], book: Whole) -> None:
    assert bound(leaves).pdf == book.pdf


def test_nothing_in_the_file_is_damaged(path: Path) -> None:
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_each_face_is_in_the_file_once(pdf: pikepdf.Pdf, leaves: list[Leaf]) -> None:
    descriptors = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
    files = {
        (str(one.FontName), one.FontFile2.objgen) for one in descriptors if "/FontFile2" in one
    }

    assert len(files) == len({name for name, _ in files})


def test_words_that_look_like_references_stay_as_they_are(tmp_path: Path) -> None:
    titles = ["3 0 R", "(3 0 R", r"3 0 R) \ 4 0 R", "条文 3 0 R"]
    words = part(tmp_path, "words", "".join(f"<h1>{title}</h1>" for title in titles))
    with pikepdf.open(BytesIO(bound([Leaf("words", "(5 0 R", words)] * 2).pdf)) as pdf:
        said = [title for _, title, _ in outline_of(pdf)]

    assert said == ["(5 0 R", *titles] * 2


MEMORY = """
import io, resource, sys
from pathlib import Path
from packets.binding import Leaf, bind
from packets.layout import USUAL

def held_at_most(count):
    leaves = [Leaf(str(n), str(n), Path(sys.argv[1])) for n in range(count)]
    bind(leaves, open("/dev/null", "wb"), title="", layout=USUAL, numbered=True)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

print(-held_at_most(5) + held_at_most(300))
"""
"""Prints how many MB more the second book needs, which has sixty times the leaves."""


def test_long_book_needs_little_more_memory_than_a_short_one(leaves: list[Leaf]) -> None:
    command = [sys.executable, "-W", "ignore", "-c", MEMORY, leaves[1].path]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    assert int(done.stdout) < 12


def test_single_leaf_to_which_nothing_is_added_stays_as_it_is(leaves: list[Leaf]) -> None:
    leaf = Leaf("soumu", "総務部", leaves[1].path)

    assert bound([leaf], numbered=False) == Whole(leaf.path.read_bytes(), 4, {"soumu": 1})


@pytest.mark.parametrize(("tab", "numbered"), [(0, True), (1, False), (1, True)])
def test_single_leaf_is_numbered_or_tabbed_when_asked(
    leaves: list[Leaf], tmp_path: Path, tab: int, numbered: bool
) -> None:
    alone = tmp_path / "alone.pdf"
    leaf = Leaf("soumu", "総務部", leaves[1].path, tab=tab)
    alone.write_bytes(bound([leaf], numbered=numbered).pdf)

    assert stamped_number(alone, 4) == ["4"] * numbered
    assert _tabs(alone, 4) == [("1", "left")] * tab


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.7\n%%EOF"])
def test_leaf_that_is_no_pdf_is_refused_by_name(
    leaves: list[Leaf], tmp_path: Path, content: bytes
) -> None:
    torn = tmp_path / "torn.pdf"
    torn.write_bytes(content)

    with pytest.raises(BindingError) as refusal:
        bound([leaves[0], Leaf("torn", "教育部", torn)])
    assert refusal.value.title == "教育部"
    assert str(refusal.value).startswith("教育部: ")


def test_leaf_that_is_not_there_is_refused_by_name(leaves: list[Leaf], tmp_path: Path) -> None:
    with pytest.raises(BindingError, match="^教育部: "):
        bound([leaves[0], Leaf("gone", "教育部", tmp_path / "gone.pdf")])


def test_damaged_leaf_is_refused_by_name_and_not_guessed_at(
    leaves: list[Leaf], tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.pdf"
    whole = leaves[1].path.read_bytes()
    damaged.write_bytes(whole.replace(b"\nstartxref\n", b"\nstartxref\n9"))

    with pytest.raises(BindingError, match="^総務部: "):
        bound([leaves[0], Leaf("damaged", "総務部", damaged)])


def test_cut_off_leaf_is_refused_by_name(leaves: list[Leaf], tmp_path: Path) -> None:
    short = tmp_path / "short.pdf"
    short.write_bytes(leaves[1].path.read_bytes()[:9000])

    with pytest.raises(BindingError, match="^総務部: "):
        bound([leaves[0], Leaf("short", "総務部", short)])
