"""The front of the book: cover, contents whose every number is a link, days, coverage."""

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from pdfua import Severity, validate
from pypdf import PdfReader

from departments.models import Department
from goals.models import OperatingPolicy
from packets.fronts import Entry, book
from packets.layout import USUAL, Layout
from packets.parts import PARTS
from packets.pieces import Piece
from packets.press import press
from tests.factories import DepartmentFactory, InterviewFactory, OperatingPolicyFactory, jst
from tests.packets.conftest import words

pytestmark = pytest.mark.django_db
ANCHORS = [anchor for anchor, _title in PARTS if anchor != "sheets"]


def entry(paper: OperatingPolicy, number: int = 1, **fields: object) -> Entry:
    """Departments of twenty pages each, behind a front of six."""
    first = 20 * number - 13
    starts = {anchor: first + place for place, anchor in enumerate(ANCHORS, 1)}
    given = {"edition": "第1版", "starts": starts, "pages": 20} | fields
    code, name = paper.department.code, paper.department.name
    return Entry(key=code, title=name, paper=paper, first=first, **given)


@pytest.fixture
def entries(full_paper: OperatingPolicy, kenko: Department) -> list[Entry]:
    """総務部 with its interview at ten, 健康部 without one and without a 前年度."""
    other = OperatingPolicyFactory(department=kenko)
    second = entry(other, 2)
    del second.starts["previous"]
    return [entry(full_paper), second]


def pages(piece: Piece) -> list[str]:
    reader = PdfReader(BytesIO(press(piece.html(), piece.layout.variant)[1]))
    return [words(reader, n) for n in range(1, len(reader.pages) + 1)]


class Links(HTMLParser):
    """Where links lead, and what they say."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open = dict(attrs).get("href") or "" if tag == "a" else ""

    def handle_data(self, data: str) -> None:
        if self.open:
            self.found.append((self.open, data.strip()))
            self.open = ""


def test_every_number_of_the_contents_is_a_link_to_what_begins_there(entries: list[Entry]) -> None:
    html = book(2023, entries, USUAL).html()
    grid = html[html.index('class="grid"') :]
    expected = []
    for row in entries:
        expected.append((f"part:{row.key}", str(row.first)))
        for anchor in ANCHORS:
            if anchor in row.starts:
                expected.append((f"part:{row.key}/{anchor}", str(row.starts[anchor])))
    assert Links(grid[: grid.index("</table>")]).found == expected
    assert len(expected) == 13


def test_contents_stand_on_paper_in_the_order_of_the_book(entries: list[Entry]) -> None:
    cover, contents, days, taken = pages(book(2023, entries, USUAL))
    assert "令和5年度全部門運営方針・組織目標面談資料" in cover
    assert "部の数2部面談の日令和5年4月6日（木）面談者市長" in cover
    assert "面談日程3市長の方針への対応状況4" in contents
    assert "1総務部4月6日（木）10:0078910" in contents
    assert contents.index("1総務部") < contents.index("2健康部未定27282930")
    assert "10:00〜11:00総務部市長" in days
    assert days[days.index("庁議室") :].startswith("庁議室7")
    assert "番号市長の方針" in taken


def test_layout_decides_which_columns_there_are(entries: list[Entry]) -> None:
    plain = book(2023, entries, Layout(bare=True)).content
    heads = ["".join(column["lines"]) for column in plain["columns"]]
    assert heads == ["概要", "目標一覧", "部の方針", "対応状況", "前年度"]
    assert [len(row["cells"]) for row in plain["entries"]] == [5, 5]


def test_department_that_failed_has_its_page_and_no_sections(full_paper: OperatingPolicy) -> None:
    failed = entry(full_paper, failure="時間がかかりすぎました。", starts={}, pages=1)
    piece = book(2023, [failed], USUAL)
    cover, contents, *_rest = pages(piece)
    assert "10:007作れませんでした" in contents
    assert "1部は作れませんでした" in cover
    grid = piece.html()
    grid = grid[grid.index('class="grid"') :]
    assert [link for link, _text in Links(grid[: grid.index("</table>")]).found] == ["part:somu"]


def test_draft_marks_every_page_and_its_own_line(entries: list[Entry]) -> None:
    whole = pages(book(2023, entries, USUAL))
    assert [page.count("案取扱注意") for page in whole] == [0] * 4
    drafts = [entries[0], entry(entries[1].paper, 2, edition="案")]
    whole = pages(book(2023, drafts, USUAL))
    assert ["案取扱注意" in page for page in whole] == [True] * 4
    assert "うち1部は案" in whole[0]
    assert "2健康部案未定27" in whole[1]


def test_interview_of_a_department_outside_the_book_has_no_page(
    entries: list[Entry], cast: SimpleNamespace
) -> None:
    away = DepartmentFactory(name="遠い部")
    InterviewFactory(
        department=away,
        interviewers=[cast.deputy],
        starts_at=jst(2023, 4, 7, 9),
        ends_at=jst(2023, 4, 7, 10),
    )
    content = book(2023, entries, USUAL).content
    assert [day["day"] for day in content["days"]] == [
        "令和5年4月6日（木）",
        "令和5年4月7日（金）",
    ]
    (row,) = content["days"][1]["rows"]
    assert (row["department"], row["page"], row["link"]) == ("遠い部", 0, "")
    assert content["cover"]["days"] == ["令和5年4月6日（木）"]


def test_same_record_has_the_same_digest_and_bytes(entries: list[Entry]) -> None:
    one, other = (book(2023, entries, USUAL) for _ in range(2))
    assert one.digest == other.digest
    moved = [entry(entries[0].paper, 3), entries[1]]
    assert book(2023, moved, USUAL).digest != one.digest
    assert press(one.html())[1] == press(other.html())[1]


def test_hundred_departments_flow_over_pages_with_heads(entries: list[Entry]) -> None:
    paper = entries[0].paper
    many = [entry(paper, number) for number in range(1, 101)]
    whole = pages(book(2023, many, USUAL))
    contents = [page for page in whole if "初頁" in page]
    assert len(contents) == 4
    assert all("面談の日時初頁概要目標一覧部の方針" in page for page in contents)
    lines = [page.count("4月6日（木）10:00") for page in contents]
    assert sum(lines) == 100
    assert min(lines[:-1]) >= 20
    assert sum("市長の方針" in page and "／8番号" in page for page in whole) == 8


def test_questions_to_the_database_do_not_grow(
    entries: list[Entry], django_assert_num_queries
) -> None:
    with django_assert_num_queries(8):
        book(2023, entries * 5, USUAL)


@pytest.mark.parametrize("layout", [USUAL, Layout(large=True, single=True)])
def test_checker_finds_no_error(entries: list[Entry], layout: Layout, tmp_path: Path) -> None:
    path = tmp_path / "front.pdf"
    path.write_bytes(press(book(2023, entries, layout).html())[1])
    assert [f for f in validate(str(path)).findings if f.severity >= Severity.ERROR] == []


def test_every_head_of_a_table_says_what_it_heads(entries: list[Entry]) -> None:
    heads = re.findall(r"<th\b[^>]*>", book(2023, entries, USUAL).html())
    assert len(heads) > 10
    assert all('scope="col"' in head or 'scope="row"' in head for head in heads)
