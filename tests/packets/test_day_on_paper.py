"""One interviewer's day: to scale where it fits, else a table; in the order of time."""

import datetime as dt
from types import SimpleNamespace

import pytest
from pdfua import Severity, validate

from departments.models import Department
from goals.models import OperatingPolicy
from interviews.models import Interview
from packets.fronts import Entry, day, timetable
from packets.layout import USUAL, Layout
from packets.pieces import Piece
from packets.press import press
from tests.factories import DepartmentFactory, InterviewFactory, jst
from tests.packets.conftest import read, words

pytestmark = pytest.mark.django_db
ON = dt.date(2023, 4, 6)


@pytest.fixture
def meeting(full_paper: OperatingPolicy, cast: SimpleNamespace) -> Interview:
    """From 10 to 11: the mayor, a deputy beside him, and the head who explains."""
    interview = Interview.objects.get()
    interview.attendees.set([cast.head])
    return interview


def another(cast: SimpleNamespace, name: str, since: tuple[int, int], to: tuple[int, int]) -> None:
    """A further interview of the mayor on that day, of a department without a paper."""
    InterviewFactory(
        department=DepartmentFactory(name=name),
        interviewers=[cast.mayor],
        starts_at=jst(2023, 4, 6, *since),
        ends_at=jst(2023, 4, 6, *to),
        room="市長室",
    )


def entry(paper: OperatingPolicy, first: int = 7, failure: str = "") -> Entry:
    return Entry(paper.department.code, "総務部", paper, "第1版", first, {}, 20, failure)


def of_mayor(cast: SimpleNamespace, *entries: Entry, layout: Layout = USUAL) -> Piece:
    return day(2023, cast.mayor, ON, entries, layout)


def said(piece: Piece) -> str:
    reader = read(piece.html())
    return "".join(words(reader, n) for n in range(1, len(reader.pages) + 1))


def test_day_tells_who_comes_when_and_where(meeting: Interview, cast: SimpleNamespace) -> None:
    page = said(of_mayor(cast, entry(meeting_paper(meeting))))
    assert "4月6日（木）市長" in page
    box = page[page.index("10:00") :]
    assert box.startswith("10:0011:00総務部総務部長")
    assert box.index("同席副市長") < box.index("庁議室7")
    assert "目標2件該当なし1項" in page


def meeting_paper(meeting: Interview) -> OperatingPolicy:
    return OperatingPolicy.objects.get(year=2023, department=meeting.department)


def test_page_of_the_book_is_a_link_to_the_department(
    meeting: Interview, cast: SimpleNamespace
) -> None:
    html = of_mayor(cast, entry(meeting_paper(meeting), first=23)).html()
    assert f'<a href="part:{meeting.department.code}">23</a>' in html
    assert '<p class="slot__tab">1</p>' in html


def test_tab_is_the_place_in_the_book_and_not_in_the_day(
    meeting: Interview, cast: SimpleNamespace
) -> None:
    """An interview without a paper has no part, and no tab."""
    another(cast, "会計課", (9, 0), (9, 30))
    rows = of_mayor(cast, entry(meeting_paper(meeting))).content["rows"]
    assert [(row["department"], row["tab"], row["state"]) for row in rows] == [
        ("会計課", 0, "運営方針書なし"),
        ("総務部", 1, ""),
    ]


def test_single_paper_has_no_pages_of_a_book(meeting: Interview, cast: SimpleNamespace) -> None:
    page = timetable(2023, cast.mayor, ON, USUAL).html()
    assert "part:" not in page
    assert "通し頁" not in page


def test_noon_and_free_time_are_said(meeting: Interview, cast: SimpleNamespace) -> None:
    another(cast, "会計課", (13, 0), (14, 0))
    another(cast, "議会事務局", (14, 30), (15, 30))
    page = said(of_mayor(cast))
    assert "11:00から13:00まで昼休み" in page
    assert "14:00から14:30まで空き" in page


@pytest.mark.parametrize(
    ("since", "to"),
    [((10, 30), (11, 30)), ((13, 0), (13, 10)), ((20, 0), (21, 0))],
    ids=["overlapping", "too short for words", "too late"],
)
def test_day_that_does_not_fit_a_scale_is_a_table(
    meeting: Interview, cast: SimpleNamespace, since: tuple[int, int], to: tuple[int, int]
) -> None:
    assert of_mayor(cast).content["scale"]
    another(cast, "会計課", since, to)
    piece = of_mayor(cast)
    assert piece.content["scale"] is None
    page = said(piece)
    assert page.index("総務部") < page.index("会計課")


def test_fifteen_interviews_flow_over_pages(meeting: Interview, cast: SimpleNamespace) -> None:
    names = [f"第{n}担当部" for n in range(1, 15)]
    for n, name in enumerate(names):
        another(cast, name, (11 + n // 2, n % 2 * 30), (11 + (n + 1) // 2, (n + 1) % 2 * 30))
    page = said(of_mayor(cast, layout=Layout(large=True)))
    places = [page.index(name) for name in names]
    assert places == sorted(places)


def test_part_that_could_not_be_printed_is_named(meeting: Interview, cast: SimpleNamespace) -> None:
    page = said(of_mayor(cast, entry(meeting_paper(meeting), failure="理由")))
    assert "総務部作れませんでした" in page


def test_day_of_somebody_else_is_not_on_it(meeting: Interview, cast: SimpleNamespace) -> None:
    assert "総務部" not in said(day(2023, cast.superintendent, ON, (), USUAL))
    assert "この日の面談は、登録されていない。" in said(
        day(2023, cast.mayor, ON + dt.timedelta(days=1), (), USUAL)
    )


def test_same_record_has_the_same_digest(meeting: Interview, cast: SimpleNamespace) -> None:
    assert of_mayor(cast).digest == of_mayor(cast).digest
    before = of_mayor(cast).digest
    Interview.objects.update(room="大会議室")
    assert of_mayor(cast).digest != before


@pytest.mark.parametrize("code", ["", "large single"])
def test_reader_of_a_screen_gets_all_of_it(
    meeting: Interview, cast: SimpleNamespace, code: str, tmp_path: object
) -> None:
    piece = of_mayor(cast, entry(meeting_paper(meeting)), layout=Layout.parse(code))
    path = tmp_path / "day.pdf"
    path.write_bytes(press(piece.html())[1])
    report = validate(path)
    assert [one for one in report.findings if one.severity == Severity.ERROR] == []


def test_number_of_a_page_is_not_divided_in_large_print(
    meeting: Interview, cast: SimpleNamespace
) -> None:
    piece = of_mayor(cast, entry(meeting_paper(meeting), first=1207), layout=Layout(large=True))
    lines = read(piece.html()).pages[0].extract_text().split()
    assert [line for line in lines if line in {"1207", "120", "12", "07", "7"}] == ["1207"]


def test_number_of_queries_does_not_grow(
    meeting: Interview, cast: SimpleNamespace, django_assert_num_queries: object
) -> None:
    for n, hour in enumerate((13, 14, 15), 1):
        another(cast, f"第{n}担当部", (hour, 0), (hour, 45))
    with django_assert_num_queries(6):
        of_mayor(cast)
    assert Department.objects.count() > 3
