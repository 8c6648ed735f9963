"""A day and a book of three real packets, made by the command once: whole, sound, every number
of the contents the page to which it leads."""

import re
import subprocess
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from django.core.management import call_command
from pdfua import Severity, validate
from pypdf import PdfReader

from departments.models import Department
from goals.models import OperatingPolicy
from packets.parts import PARTS
from packets.pieces import department
from policies.models import Section
from tests.factories import (
    DepartmentFactory,
    GoalFactory,
    InterviewFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    jst,
)
from tests.packets.binding.parts import numbers_of, words_on
from tests.packets.conftest import html_of, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(
    full_paper: OperatingPolicy, kenko: Department, cast: SimpleNamespace
) -> list[OperatingPolicy]:
    """総務部, 健康部 with a goal and an answer, 会計課 with nothing; the mayor hears two of them."""
    second = OperatingPolicyFactory(department=kenko)
    section = Section.objects.get(policy__year=2023, path="1-2")
    ResponseFactory(paper=second, section=section, body="健診の受診率を上げる。夜間にも行う。")
    GoalFactory(paper=second, title="夜間の健診を月2回行う", sections=[section])
    InterviewFactory(
        department=kenko,
        interviewers=[cast.mayor],
        starts_at=jst(2023, 4, 6, 13),
        ends_at=jst(2023, 4, 6, 14),
    )
    third = OperatingPolicyFactory(department=DepartmentFactory(name="会計課", order=90))
    return [full_paper, second, third]


def text_of(path: Path) -> list[str]:
    """The text of each page in the order in which it is drawn, without white space."""
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return ["".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def outline_of(path: Path) -> list[tuple[str, int, list]]:
    """Title, page from 1, and what is below, of each entry of the first level."""
    reader = PdfReader(path)

    def level(entries: list) -> list[tuple[str, int, list]]:
        found: list[tuple[str, int, list]] = []
        for one in entries:
            if isinstance(one, list):
                title, page, _ = found[-1]
                found[-1] = (title, page, level(one))
            else:
                found.append((one.title, reader.get_destination_page_number(one) + 1, []))
        return found

    return level(reader.outline)


def links_on(path: Path, number: int) -> list[tuple[str, int]]:
    """The number on which each link of page ``number`` stands, and the page to which it leads."""
    words = words_on(path, number)
    with pikepdf.open(path) as pdf:
        pages, page = numbers_of(pdf), pdf.pages[number - 1]
        height = float(page.mediabox[3])
        links = [
            ([float(side) for side in link.Rect], pages[link.Dest[0].objgen])
            for link in page.obj.get("/Annots", ())
        ]
    found, corner = [], (0.0, 0.0)
    for (left, top, right, bottom), to in links:
        if corner == (right, bottom):  # the number behind the words of a link, a second time
            continue
        corner = (right, bottom)
        below, above = sorted([height - top, height - bottom])
        inside = [
            word.text
            for word in words
            if left - 1 <= word.middle <= right + 1
            and below - 1 <= (word.top + word.bottom) / 2 <= above + 1
        ]
        found.append((inside[-1], to))
    return found


def assert_is_sound(path: Path) -> None:
    """No error for the checker of tags, none for the checker of files."""
    assert [f for f in validate(str(path)).findings if f.severity == Severity.ERROR] == []
    assert subprocess.run(["qpdf", "--check", str(path)], capture_output=True).returncode == 0


def assert_holds(pages: list[str], paper: OperatingPolicy) -> None:
    """Every person, item of the mayor, answer and goal, in reading order."""
    content, whole = department(paper).content, "".join(pages)
    meeting = content["meeting"]
    items = [item for chapter in content["chapters"] for item in chapter["items"]]
    names = [p["name"] for who in ("interviewers", "attendees") for p in meeting[who]]
    quotes = [["".join(run["text"] for run in line) for line in item["quote"]] for item in items]
    told = [
        [*quote, item["lead"], *item["answer"]] for quote, item in zip(quotes, items, strict=True)
    ]
    goals = [f"{goal['number']}{goal['title']}" for goal in content["goals"]]
    place = whole.index(f"{content['year']}{content['department']}運営方針")
    for text in [*names, *goals, *(text for item in told for text in item)]:
        place = whole.index("".join(text.split()), place)


def assert_contents_agree(path: Path, names: list[str]) -> None:
    """Numbers printed, targets of links, the outline and the pages say the same."""
    pages, outline = text_of(path), outline_of(path)
    title_of = dict(PARTS)
    links = links_on(path, 2)
    assert [text for text, _to in links] == [str(to) for _text, to in links]
    parts = [entry for entry in outline if entry[0] in names]
    assert [title for title, _page, _below in parts] == names
    expected = []
    for name, first, below in parts:
        assert f"令和5年度{name}" in pages[first - 1]
        expected += [first, *(page for _title, page, _ in below)]
        for title, page, _ in below:
            words = re.sub(r"^第\d+", "", "".join(title.split()))
            assert words in title_of.values()
            assert "".join(title.split()) in pages[page - 1]
    of_front = [
        page for title, page, _ in outline[0][2] if title in {"面談日程", "市長の方針への対応状況"}
    ]
    assert [to for _text, to in links] == of_front + expected


def test_book_and_day_by_the_command(
    city: list[OperatingPolicy],
    cast: SimpleNamespace,
    settings: SimpleNamespace,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    book, day = tmp_path / "book.pdf", tmp_path / "day.pdf"
    call_command("build_book", stdout=StringIO(), year="2023", jobs=2, output=str(book))
    call_command(
        "build_book",
        stdout=StringIO(),
        year="2023",
        jobs=2,
        output=str(day),
        interviewer=cast.mayor.username,
        day="2023-04-06",
    )
    for path, papers in ((book, city), (day, city[:2])):
        assert_is_sound(path)
        pages, starts = text_of(path), {title: page for title, page, _ in outline_of(path)}
        for paper in papers:
            assert starts[paper.department.name] % 2 == 1
            assert_holds(pages[starts[paper.department.name] - 1 :], paper)
    assert_contents_agree(book, [paper.department.name for paper in city])
    heard = links_on(day, 1)
    assert heard == [
        (str(page), page)
        for title, page, _ in outline_of(day)
        if title in {paper.department.name for paper in city[:2]}
    ]


def test_links_say_aloud_what_is_printed(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper))
    said = [
        link.get_object()["/Contents"] for page in reader.pages for link in page.annotations or []
    ]
    assert said[0] == "第1概要"
    assert "1(1)へ" in said
    assert [words for words in said if words.isascii() and not words[0].isdigit()] == []
