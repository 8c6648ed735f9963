"""Books and days: parts that are kept or pressed, one that fails, what is out of date."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from core.audit import Actor
from departments.models import Department
from goals.models import OperatingPolicy
from interviews import actions as interviews
from interviews.models import Interview
from packets.actions import preparing, printing
from packets.actions.packets import ask, stop
from packets.binding import first_pages
from packets.composition import Part
from packets.layout import USUAL, Layout
from packets.models import PacketFile
from packets.orders import Kind, Order
from packets.pieces import Piece
from packets.store import find
from tests.factories import InterviewFactory, OperatingPolicyFactory, jst

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
DAY = dt.date(2023, 4, 6)
Wish = Callable[..., PacketFile]


@pytest.fixture
def papers(
    paper: OperatingPolicy, kenko: Department, cast: SimpleNamespace
) -> list[OperatingPolicy]:
    """総務部, handed in, and 健康部, hardly begun; the mayor hears both on one day."""
    handed_in = {"status": "submitted", "submissions": 1, "submitted_at": jst(2023, 3, 27, 10)}
    OperatingPolicy.objects.filter(pk=paper.pk).update(mission="市民の安全を守る。", **handed_in)
    OperatingPolicyFactory(department=kenko)
    for hour, department in ((10, paper.department), (13, kenko)):
        InterviewFactory(
            department=department,
            interviewers=[cast.mayor],
            starts_at=jst(2023, 4, 6, hour),
            ends_at=jst(2023, 4, 6, hour + 1),
        )
    return list(OperatingPolicy.objects.for_page().of_year(2023).order_by("department__order"))


@pytest.fixture
def wish(papers: list[OperatingPolicy], cast: SimpleNamespace) -> Wish:
    def wish(kind: Kind = Kind.BOOK, layout: str = "", **order: object) -> PacketFile:
        wanted = Order(kind, 2023, layout=Layout.parse(layout), **order)
        shown = papers if wanted.is_bound else []
        return now(ask(order=wanted, papers=shown, by=Actor(user=cast.office)))

    return wish


def now(file: PacketFile) -> PacketFile:
    return PacketFile.objects.get(pk=file.pk)


def rows(file: PacketFile) -> list[tuple[str, str, bool]]:
    return list(file.parts.order_by("order").values_list("title", "status", "is_kept"))


def test_book_is_its_front_and_its_departments(wish: Wish) -> None:
    file = wish()
    assert (file.status, file.failure, file.edition) == ("done", "", "案")
    assert rows(file) == [
        ("表紙・目次", "done", False),
        ("総務部", "done", False),
        ("健康部", "done", False),
    ]
    assert list(file.parts.values_list("edition", flat=True)) == ["", "第1版", "案"]
    pages = list(file.parts.values_list("pages", flat=True))
    firsts = first_pages(pages, USUAL)
    assert len(PdfReader(file.path).pages) == file.pages == firsts[-1] + pages[-1] - 1
    kept = find(file.digest)
    assert kept is not None
    assert sorted(kept.starts.values()) == firsts


def test_book_that_is_kept_is_pressed_no_more(wish: Wish) -> None:
    first = wish()
    bytes_ = first.path.read_bytes()
    second = wish()
    assert (second.status, second.digest) == ("done", first.digest)
    assert [is_kept for _title, _status, is_kept in rows(second)] == [True, True, True]
    first.path.unlink()
    assert wish().path.read_bytes() == bytes_


def test_one_department_that_changed_is_pressed_with_the_front(
    wish: Wish, papers: list[OperatingPolicy]
) -> None:
    before = wish()
    OperatingPolicy.objects.filter(pk=papers[1].pk).update(
        mission="健康を守る。", updated_at=jst(2023, 3, 28, 9)
    )
    after = wish()
    assert [is_kept for title, _status, is_kept in rows(after) if title == "総務部"] == [True]
    assert [is_kept for title, _status, is_kept in rows(after) if title == "健康部"] == [False]
    assert after.digest != before.digest


def test_day_holds_the_interviews_of_the_day(wish: Wish, cast: SimpleNamespace) -> None:
    file = wish(Kind.DAY, interviewer=cast.mayor, day=DAY)
    assert (file.status, file.failure) == ("done", "")
    assert [title for title, _status, _is_kept in rows(file)] == ["日程", "総務部", "健康部"]


def test_single_papers_have_one_part(wish: Wish, cast: SimpleNamespace) -> None:
    for kind, order in (
        (Kind.TIMETABLE, {"interviewer": cast.mayor, "day": DAY}),
        (Kind.COVERAGE, {}),
        (Kind.FORM, {}),
    ):
        file = wish(kind, **order)
        assert (file.status, file.failure) == ("done", "")
        part = file.parts.get()
        assert (part.order, part.title, part.digest) == (0, file.title, file.digest)


def test_same_wish_of_one_person_is_one_file_and_of_two_are_two(
    wish: Wish, papers: list[OperatingPolicy], cast: SimpleNamespace, tasks_wait: None
) -> None:
    first = wish()
    assert wish() == first
    assert wish(layout="large") != first
    others = Actor(user=cast.secretary)
    assert ask(order=Order(Kind.BOOK, 2023), papers=papers, by=others) != first
    fewer = Order(Kind.BOOK, 2023)
    assert ask(order=fewer, papers=papers[:1], by=Actor(user=cast.office)) != first


# ---- what fails, what is stopped ---------------------------------------------------------------


def fails_for(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    html = Piece.html

    def fail(piece: Piece) -> str:
        if title in piece.title and piece.paper:
            raise ValueError(title)
        return html(piece)

    monkeypatch.setattr(Piece, "html", fail)


def test_part_that_fails_is_named_and_the_rest_comes_out(
    wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_for("健康部", monkeypatch)
    file = wish()
    reason = "思わぬ誤りが起きました。システム管理者へ連絡してください。"
    assert file.status == "done"
    assert file.failure == f"次の部分を作れませんでした。健康部：{reason}"
    assert [status for _title, status, _is_kept in rows(file)] == ["done", "done", "failed"]
    assert file.parts.get(title="健康部").failure == reason
    assert file.pages == len(PdfReader(file.path).pages)


def test_book_of_which_nothing_came_out_has_failed(
    wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_for("部", monkeypatch)
    file = wish()
    assert (file.status, file.pages) == ("failed", None)
    assert file.failure.startswith("全部門の面談資料を作れませんでした。")


def test_book_is_stopped_between_two_parts(
    wish: Wish, cast: SimpleNamespace, tasks_wait: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = wish()
    done = printing.Job.done

    def stop_after_the_first(job: printing.Job, part: Part) -> None:
        stop(file=file, by=Actor(user=cast.office))
        done(job, part)

    monkeypatch.setattr(printing.Job, "done", stop_after_the_first)
    printing.print_file(pk=file.pk)
    assert now(file).status == "stopped"
    assert [status for title, status, _kept in rows(file) if title == "総務部"] == ["done"]
    assert now(file).pages is None


# ---- out of date -------------------------------------------------------------------------------


def test_books_are_looked_over_precisely(wish: Wish, cast: SimpleNamespace) -> None:
    book, day = wish(), wish(Kind.DAY, interviewer=cast.mayor, day=DAY)
    preparing.look_over(year=2023)
    assert (now(book).outdated_at, now(day).outdated_at) == (None, None)
    preparing.doubt(book.parts.values_list("paper", flat=True))
    assert None not in (now(book).outdated_at, now(day).outdated_at)
    preparing.look_over(year=2023)
    assert (now(book).outdated_at, now(day).outdated_at) == (None, None)


def test_interview_that_is_cancelled_outdates_the_day(
    wish: Wish, papers: list[OperatingPolicy], cast: SimpleNamespace
) -> None:
    day = wish(Kind.DAY, interviewer=cast.mayor, day=DAY)
    interview = Interview.objects.get(department=papers[1].department)
    interviews.cancel(interview=interview, version=1, by=Actor(user=cast.office))
    preparing.look_over(year=2023)
    assert now(day).outdated_at is not None
