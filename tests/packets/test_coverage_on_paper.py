"""対応状況一覧: items by departments, what nobody took up first, nothing told of drafts."""

from io import BytesIO
from pathlib import Path

import pytest
from pdfua import Severity, validate
from pypdf import PdfReader

from core.workflow import Status
from goals.models import OperatingPolicy
from packets.fronts import coverage, slip
from packets.layout import USUAL, Layout
from packets.pieces import Piece
from packets.press import press
from policies.models import Section
from tests.factories import DepartmentFactory, GoalFactory, OperatingPolicyFactory, ResponseFactory
from tests.packets.conftest import words

pytestmark = pytest.mark.django_db


def sections() -> list[Section]:
    return list(Section.objects.filter(policy__year=2023, path__in=["1-1", "1-2"]).order_by("path"))


def pages(piece: Piece) -> list[str]:
    reader = PdfReader(BytesIO(press(piece.html(), piece.layout.variant)[1]))
    return [words(reader, n) for n in range(1, len(reader.pages) + 1)]


def signs(piece: Piece) -> list[list[str]]:
    """The signs row by row, of the first table."""
    table = piece.content["matrix"]["tables"][0]
    return [row["signs"] for chapter in table["chapters"] for row in chapter["items"]]


@pytest.fixture
def other(paper: OperatingPolicy) -> OperatingPolicy:
    """健康部's paper, handed in, without an answer."""
    return OperatingPolicyFactory(
        department=DepartmentFactory(name="健康部"), status=Status.SUBMITTED, submissions=1
    )


def test_goal_answer_no_duty_and_nothing_have_signs_of_their_own(
    paper: OperatingPolicy, other: OperatingPolicy
) -> None:
    first, second = sections()
    ResponseFactory(paper=paper, section=first)
    GoalFactory(paper=paper, sections=[first])
    ResponseFactory(paper=paper, section=second, is_not_applicable=True)
    ResponseFactory(paper=other, section=first)

    found = coverage(2023, USUAL, [paper, other])

    assert signs(found) == [["●", "○"], ["該", ""]]
    table = found.content["matrix"]["tables"][0]
    assert table["counts"] == [1, 1]
    assert [row["taken"] for row in table["chapters"][0]["items"]] == [2, 0]


def test_goal_that_was_taken_away_does_not_count(paper: OperatingPolicy) -> None:
    GoalFactory(paper=paper, sections=sections(), is_removed=True)
    assert signs(coverage(2023, USUAL, [paper])) == [[""], [""]]


def test_what_nobody_took_up_is_told_before_the_table(
    paper: OperatingPolicy, other: OperatingPolicy
) -> None:
    first, second = sections()
    ResponseFactory(paper=other, section=first)
    ResponseFactory(paper=other, section=second, is_not_applicable=True)

    (page,) = pages(coverage(2023, USUAL))

    assert "2項のうち1項を、1つ以上の部が取り上げた。" in page
    told = page.index("1(2)脱炭素の視点を取り入れること")
    assert page.index("次の1項である") < told < page.index("番号市長の方針")
    assert page.index("1施政方針を踏まえた対応") < page.index("(1)強靱なまちづくり")


def test_single_paper_tells_nothing_of_a_draft_but_that_it_is_one(
    paper: OperatingPolicy, other: OperatingPolicy
) -> None:
    before = coverage(2023, USUAL)
    for section in sections():
        ResponseFactory(paper=paper, section=section)
    GoalFactory(paper=paper, sections=sections())

    found = coverage(2023, USUAL)

    assert found.digest == before.digest
    assert (found.edition, found.content["is_draft"]) == ("", False)
    (page,) = pages(found)
    assert "提出されていない部は含まない：総務部。" in page
    assert "2項のうち0項" in page


def test_drafts_that_are_given_are_shown_and_marked(paper: OperatingPolicy) -> None:
    found = coverage(2023, USUAL, [paper])
    assert found.edition == "案"
    (page,) = pages(found)
    assert "案取扱注意" in page
    assert page.count("提出されていない部") == 0


def test_without_a_policy_or_papers_it_says_so(db: None) -> None:
    (page,) = pages(coverage(2030, USUAL))
    assert "市長の基本方針は、登録されていない。" in page


def test_thirty_departments_stand_in_three_tables_of_ten(paper: OperatingPolicy) -> None:
    papers = [paper] * 30
    tables = coverage(2023, USUAL, papers).content["matrix"]["tables"]
    assert [len(table["departments"]) for table in tables] == [10, 10, 10]
    assert [table["is_last"] for table in tables] == [False, False, True]
    texts = pages(coverage(2023, USUAL, papers))
    assert [f"{n}／3番号市長の方針" in text for n, text in enumerate(texts, 1)] == [True] * 3


def test_questions_to_the_database_do_not_grow(
    paper: OperatingPolicy, django_assert_num_queries
) -> None:
    for _ in range(4):
        OperatingPolicyFactory(status=Status.SUBMITTED, submissions=1)
    with django_assert_num_queries(5):
        coverage(2023, USUAL)


@pytest.mark.parametrize("layout", [USUAL, Layout(large=True, single=True, lasting=True)])
def test_checker_finds_no_error(paper: OperatingPolicy, layout: Layout, tmp_path: Path) -> None:
    ResponseFactory(paper=paper, section=sections()[0])
    for name, piece in {
        "coverage": coverage(2023, layout, [paper]),
        "slip": slip("総務部", "紙に組めませんでした。", 2023, layout),
    }.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(press(piece.html(), "pdf/ua-1")[1])
        assert [f for f in validate(str(path)).findings if f.severity >= Severity.ERROR] == []


def test_slip_says_what_is_missing_why_and_who_can_help() -> None:
    (page,) = pages(slip("総務部", "紙に組むのに時間がかかりすぎました。", 2023, USUAL))
    said = ["総務部", "作れませんでした", "時間がかかりすぎました", "政策経営課", "システム管理者"]
    places = [page.index(word, page.index("総務部")) for word in said]
    assert len(places) == 5
    assert page.index("理由紙に組むのに時間がかかりすぎました。") < page.index("次にすること")


def test_names_that_cannot_be_drawn_are_told_by_their_place(other: OperatingPolicy) -> None:
    other.department.name = "健\ue000部"
    found = coverage(2023, USUAL, [other])
    assert [(one.character, one.place) for one in found.missing] == [("\ue000", "部の名称")]
