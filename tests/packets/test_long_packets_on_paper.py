"""Many goals and long texts: heads come again, no title is left alone, tags are right."""

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from pdfua import Severity, validate
from pypdf import PdfReader

from goals.models import Goal, OperatingPolicy
from packets.pieces import department
from policies.models import Section
from tests.factories import GoalFactory, IndicatorFactory
from tests.packets.conftest import html_of, printed, words

pytestmark = pytest.mark.django_db

STANDARD = "全ての避難所で、地域の人が自ら開設できるようにし、その手順を訓練で確かめる。"


@pytest.fixture
def long_paper(full_paper: OperatingPolicy) -> OperatingPolicy:
    """Fourteen goals; the third has a text of four hundred characters, each quarter its words."""
    sections = list(Section.objects.filter(policy__year=2023, path__in=["1-1", "1-2"]))
    for order in range(3, 15):
        goal = GoalFactory(
            paper=full_paper,
            order=order,
            title=f"目標の題名その{order}である",
            standard=STANDARD * (10 if order == 3 else 2),
            sections=sections,
            q1="準備をする。",
            q2="訓練をする。",
            q3="確かめる。",
            q4="まとめる。",
        )
        IndicatorFactory(goal=goal, name=f"開設した避難所その{order}")
    return full_paper


def pages_of(paper: OperatingPolicy, layout: str = "") -> tuple[PdfReader, list[str]]:
    reader = PdfReader(BytesIO(printed(html_of(paper, layout))))
    return reader, [words(reader, n) for n in range(1, len(reader.pages) + 1)]


def first_pages(reader: PdfReader) -> list[int]:
    """The page (from 1) of each part, from the outline."""
    rows = [row for row in reader.outline if not isinstance(row, list)]
    return [reader.get_destination_page_number(row) + 1 for row in rows]


def test_the_head_of_the_goals_comes_again_on_every_page(long_paper: OperatingPolicy) -> None:
    reader, pages = pages_of(long_paper)
    _overview, goals, facing, *_rest = first_pages(reader)
    own = pages[goals - 1 : facing - 1]
    assert len(own) >= 3
    heads = ["番号目標・主管課達成水準・指標・工程応える項予算額" in page for page in own]
    assert heads == [True] * len(own)


def test_every_goal_section_and_name_is_read_in_order(long_paper: OperatingPolicy) -> None:
    _reader, pages = pages_of(long_paper, "sheets")
    whole = "".join(pages)
    content = department(long_paper).content
    goals = [goal["title"] for goal in content["goals"]]
    sheets = [f"目標{number}{title}" for number, title in enumerate(goals, 1)]
    items = [item for chapter in content["chapters"] for item in chapter["items"]]
    texts = ["".join(run["text"] for run in line) for item in items for line in item["quote"]]
    people = [person["name"] for person in content["meeting"]["interviewers"]]
    for wanted in (people, texts, sheets):
        place = 0
        for text in wanted:
            place = whole.index("".join(text.split()), place)
    quarters = [line for goal in content["goals"] for q in goal["quarters"] for line in q["lines"]]
    assert [line for line in quarters if line not in whole] == []


class Headings(HTMLParser):
    """The words of titles and of rows that name a chapter."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.open = ""
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_chapter = tag == "tr" and ("class", "chapter") in attrs
        if tag in {"h2", "h3", "h4"} or is_chapter:
            self.open, self.text = tag, ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self.open:
            self.found.add("".join(self.text.split()))
            self.open = ""


def test_no_title_is_the_last_line_of_a_page(long_paper: OperatingPolicy) -> None:
    titles = Headings(html_of(long_paper, "sheets")).found
    assert {"第2組織目標一覧", "4工程", "1施政方針を踏まえた対応"} <= titles
    _reader, pages = pages_of(long_paper, "sheets")
    alone = []
    for number, page in enumerate(pages, 1):
        body = page.partition("令和5年度総務部｜")[0]
        alone += [(number, title) for title in titles if body.endswith(title)]
    assert alone == []


def test_the_facing_pages_repeat_the_chapter_that_goes_on(full_paper: OperatingPolicy) -> None:
    full_paper.responses.update(body="答える。" + "長い答えを書く。" * 400)
    reader, pages = pages_of(full_paper)
    _overview, _goals, facing, coverage, *_rest = first_pages(reader)
    own = pages[facing - 1 : coverage - 1]
    assert len(own) >= 3
    says = ["1施政方針を踏まえた対応（続き）" in page for page in own]
    assert says[0] is False
    assert says[1:3] == [True, True]
    assert all("番号市長の方針総務部の方針" in page for page in own)


def test_a_validator_of_pdf_ua_finds_no_error(long_paper: OperatingPolicy, tmp_path: Path) -> None:
    path = tmp_path / "packet.pdf"
    path.write_bytes(printed(html_of(long_paper, "sheets")))
    errors = [f for f in validate(str(path)).findings if f.severity >= Severity.ERROR]
    assert errors == []


def test_every_header_cell_says_of_what_it_is_the_head(long_paper: OperatingPolicy) -> None:
    cells = re.findall(r"<th\b[^>]*>", html_of(long_paper, "sheets"))
    assert len(cells) > 100
    assert [cell for cell in cells if not re.search(r'scope="(row|col)"', cell)] == []


def test_thirty_goals_have_columns_in_three_tables(long_paper: OperatingPolicy) -> None:
    for order in range(15, 31):
        GoalFactory(paper=long_paper, order=order, title=f"さらに{order}", is_own=True)
    assert Goal.objects.filter(paper=long_paper).count() == 30
    tables = department(long_paper).content["coverage"]["tables"]
    assert [table["numbers"] for table in tables] == [
        list(range(1, 13)),
        list(range(13, 25)),
        list(range(25, 31)),
    ]
