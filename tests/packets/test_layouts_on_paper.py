"""What may be chosen: one side, large print, without room for notes, with goal sheets."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.workflow import Status
from goals.models import OperatingPolicy
from packets.layout import Layout
from packets.pieces import department
from packets.press import press
from tests.packets.conftest import words

pytestmark = pytest.mark.django_db

USUAL = ["overview", "goals", "facing", "coverage", "previous", "notes"]


def anchors(paper: OperatingPolicy, code: str) -> list[tuple[int, str]]:
    """Number and anchor of each part."""
    content = department(paper, Layout.parse(code)).content
    return [(part["number"], part["anchor"]) for part in content["parts"]]


def laid_out(paper: OperatingPolicy, code: str) -> tuple[PdfReader, dict[str, int]]:
    """The packet read back, and the page on which each anchor begins."""
    return _laid_out(department(paper, Layout.parse(code)).html())


@cache
def _laid_out(html: str) -> tuple[PdfReader, dict[str, int]]:
    _pages, pdf, starts = press(html)[:3]
    return PdfReader(BytesIO(pdf)), starts


def sizes(reader: PdfReader) -> Iterator[tuple[float, str]]:
    """Points and words of each run of text."""
    for page in reader.pages:
        found: list[tuple[float, str]] = []

        def visit(text: str, cm: list, matrix: list, _font: object, size: float) -> None:
            if text.strip():
                found.append((abs(size * matrix[0] * cm[0]), text))  # noqa: B023 - read at once

        page.extract_text(visitor_text=visit)
        yield from found


def test_the_parts_of_each_layout_are_counted_from_one(full_paper: OperatingPolicy) -> None:
    assert anchors(full_paper, "") == list(enumerate(USUAL, 1))
    with_sheets = [*USUAL[:3], "sheets", *USUAL[3:]]
    assert anchors(full_paper, "sheets") == list(enumerate(with_sheets, 1))
    assert anchors(full_paper, "bare") == list(enumerate(USUAL[:-1], 1))
    assert anchors(full_paper, "bare sheets") == list(enumerate(with_sheets[:-1], 1))


def test_a_paper_without_goals_has_no_part_of_goal_sheets(paper: OperatingPolicy) -> None:
    assert "sheets" not in {anchor for _number, anchor in anchors(paper, "sheets")}


def test_each_layout_has_a_digest_of_its_own(full_paper: OperatingPolicy) -> None:
    codes = ("", "single", "large", "bare", "sheets", "lasting")
    digests = {department(full_paper, Layout.parse(code)).digest for code in codes}
    assert len(digests) == len(codes)
    two_up = department(full_paper, Layout.parse("two_up"))
    assert two_up.digest == department(full_paper).digest


def test_on_one_side_every_page_is_laid_out_alike(full_paper: OperatingPolicy) -> None:
    reader, starts = laid_out(full_paper, "single")
    total = len(reader.pages)
    left_edges = set()
    for number in range(2, total + 1):
        edges = []

        def visit(text: str, cm: list, matrix: list[float], *_rest: object) -> None:
            if text.strip():
                edges.append(round(matrix[4] * cm[0]))  # noqa: B023 - read at once

        reader.pages[number - 1].extract_text(visitor_text=visit)
        left_edges.add(min(edges))
        assert f"{number}/{total}" in words(reader, number)
    assert left_edges == {71}  # 25 mm
    assert [starts[name] for name in ("overview", "goals", "facing")] == [2, 3, 4]


def test_large_print_is_nowhere_smaller_than_its_smallest_size(
    full_paper: OperatingPolicy,
) -> None:
    usual = min(size for size, _text in sizes(laid_out(full_paper, "")[0]) if size)
    large = min(size for size, _text in sizes(laid_out(full_paper, "large single")[0]) if size)
    assert round(usual, 1) == 8.0
    assert round(large, 1) == 10.7


def test_large_print_sets_the_answers_in_fourteen_points(full_paper: OperatingPolicy) -> None:
    found = sizes(laid_out(full_paper, "large single")[0])
    assert {round(size, 1) for size, text in found if text.strip() == "地区担当を置く。"} == {14.0}


def test_goal_sheets_are_there_where_asked(full_paper: OperatingPolicy) -> None:
    reader, starts = laid_out(full_paper, "bare")
    whole = "".join(words(reader, n) for n in range(1, len(reader.pages) + 1))
    assert "組織目標シート" not in whole
    assert "面談記録" not in whole
    assert starts["goal-1"] == starts["goals"]
    assert "3,000人" in words(reader, starts["goals"])
    reader, starts = laid_out(full_paper, "sheets bare")
    assert f"シート{starts['sheet-1']}頁" in words(reader, starts["goal-1"])
    assert "方策" in words(reader, starts["sheet-1"])


def test_every_page_of_a_large_draft_bears_its_mark(full_paper: OperatingPolicy) -> None:
    OperatingPolicy.objects.filter(pk=full_paper.pk).update(status=Status.RETURNED)
    full_paper.refresh_from_db()
    reader, _starts = laid_out(full_paper, "large single")
    pages = [words(reader, n) for n in range(1, len(reader.pages) + 1)]
    assert ["案取扱注意" in page for page in pages] == [True] * len(pages)
