"""Who means harm to the packets: papers taken back in the middle, halves of files, hostile words."""

import datetime as dt
import itertools
import os
import re
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from pypdf import PdfReader

from core.audit import Actor
from core.workflow import Status
from departments.models import Department
from goals.models import OperatingPolicy
from packets import fronts, store
from packets.actions.packets import ask
from packets.composition import Composition
from packets.layout import USUAL, Layout
from packets.models import PacketFile
from packets.orders import Kind, Order
from packets.parts import PARTS
from packets.pieces import Piece, department
from packets.press import FOLDER, Limits
from packets.pressing import Pressroom, room
from tests.factories import AppointmentFactory, InterviewFactory, OperatingPolicyFactory, jst
from tests.packets.conftest import with_words_in
from tests.packets.test_press import MARKER, VECTORS, streams

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
DAY = dt.date(2023, 4, 6)
ANCHORS = [f"/{anchor}".encode() for anchor, _title in PARTS]
SECRET = "まだ出していない言葉"


@pytest.fixture
def other(full_paper: OperatingPolicy, kenko: Department, cast: SimpleNamespace) -> OperatingPolicy:
    """健康部's paper, handed in, of which the mayor hears after 総務部's."""
    at = {"starts_at": jst(2023, 4, 6, 13), "ends_at": jst(2023, 4, 6, 14)}
    InterviewFactory(department=kenko, interviewers=[cast.mayor], **at)
    handed_in = {"status": Status.SUBMITTED, "submissions": 1, "submitted_at": jst(2023, 3, 27)}
    return OperatingPolicyFactory(department=kenko, mission="健康を守る。", **handed_in)


@pytest.fixture
def papers(other: OperatingPolicy) -> list[OperatingPolicy]:
    return list(OperatingPolicy.objects.for_page().of_year(2023).order_by("department__order"))


def take_back(paper: OperatingPolicy) -> None:
    """The department withdraws, and writes on."""
    OperatingPolicy.objects.filter(pk=paper.pk).update(status=Status.DRAFT, mission=SECRET)


def words_of(file: PacketFile) -> str:
    pages = PdfReader(file.path).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def every_piece(papers: list[OperatingPolicy], cast: SimpleNamespace) -> list[Piece]:
    """One of each template."""
    entries = [
        fronts.Entry(p.department.code, p.department.name, p, "第1版", 9, {"overview": 9}, 5)
        for p in papers
    ]
    return [
        *(department(paper, Layout(sheets=True)) for paper in papers),
        fronts.book(2023, entries, USUAL),
        fronts.day(2023, cast.mayor, DAY, entries, USUAL),
        fronts.timetable(2023, cast.mayor, DAY, USUAL),
        fronts.coverage(2023, USUAL),
        fronts.form(2023, USUAL),
        fronts.slip("総務部", "時間がかかりすぎました。", 2023, USUAL),
    ]


# ---- taken back between asking and printing ----------------------------------------------------


def test_book_of_the_mayor_holds_no_paper_that_was_taken_back_meanwhile(
    papers: list[OperatingPolicy], cast: SimpleNamespace, client_of: Callable, tasks_wait: None
) -> None:
    from packets.actions import printing

    file = ask(order=Order(Kind.BOOK, 2023), papers=papers, by=Actor(user=cast.mayor))
    take_back(papers[1])
    printing.print_file(pk=file.pk)
    file.refresh_from_db()
    assert (file.status, file.edition) == ("done", "")
    assert SECRET not in words_of(file)
    part = file.parts.get(title="健康部")
    assert part.failure == "提出が取り消されたか差し戻されたため、入っていません。"
    OperatingPolicy.objects.filter(pk=papers[1].pk).update(status=Status.SUBMITTED)
    assert client_of(cast.mayor).get(f"/packets/2023/files/{file.pk}/").status_code == 200


def test_paper_taken_back_while_others_are_printed_is_seen_as_the_draft_that_it_is(
    papers: list[OperatingPolicy],
) -> None:
    """The order was composed of papers as they were; each is printed as it is."""
    composition = Composition(Order(Kind.BOOK, 2023), papers, room(1))
    take_back(papers[1])
    made = composition.make()
    assert made.edition == "案"


def test_matrix_of_a_book_tells_nothing_of_a_draft_that_has_no_part(
    papers: list[OperatingPolicy],
) -> None:
    """Its part could not be composed, so that the book is nobody's secret."""
    take_back(papers[0])
    papers[0].refresh_from_db()
    entry = fronts.Entry("somu", "総務部", papers[0], "", 5, {}, 1, failure="誤り")
    front = fronts.book(2023, [entry], USUAL)
    assert front.content["matrix"]["tables"] == []


# ---- halves of files ---------------------------------------------------------------------------


@pytest.fixture
def kept(full_paper: OperatingPolicy, cast: SimpleNamespace) -> PacketFile:
    order = Order(Kind.DEPARTMENT, 2023, paper=full_paper)
    return PacketFile.objects.get(pk=ask(order=order, by=Actor(user=cast.office)).pk)


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def leave_other_notes(path: Path) -> None:
    path.with_suffix(".json").write_text('{"pages": 1}')


def leave_no_notes(path: Path) -> None:
    path.with_suffix(".json").unlink()


@pytest.mark.parametrize("harm", [halve, empty, leave_other_notes, leave_no_notes])
def test_file_that_is_not_whole_is_made_anew(
    kept: PacketFile, cast: SimpleNamespace, full_paper: OperatingPolicy, harm: Callable
) -> None:
    whole = kept.path.read_bytes()
    harm(kept.path)
    assert store.find(kept.digest) is None
    order = Order(Kind.DEPARTMENT, 2023, paper=full_paper)
    again = PacketFile.objects.get(pk=ask(order=order, by=Actor(user=cast.office)).pk)
    assert (again.status, again.path.read_bytes()) == ("done", whole)


@pytest.mark.parametrize("harm", [halve, empty])
def test_half_a_file_is_never_sent(
    kept: PacketFile, cast: SimpleNamespace, client_of: Callable, harm: Callable
) -> None:
    harm(kept.path)
    answer = client_of(cast.office).get(f"/packets/2023/files/{kept.pk}/download/")
    assert (answer.status_code, answer.streaming) == (409, False)


def test_part_that_lies_there_broken_is_pressed_anew_for_the_book(
    papers: list[OperatingPolicy], kept: PacketFile
) -> None:
    """As long as it was, and yet no PDF any more."""
    whole = kept.path.read_bytes()
    kept.path.write_bytes(b"x" * len(whole))
    made = Composition(Order(Kind.BOOK, 2023), papers, room(1)).make()
    assert (made.failed, kept.path.read_bytes()) == ([], whole)


# ---- words -------------------------------------------------------------------------------------


def test_hostile_words_are_only_words_in_every_kind(
    papers: list[OperatingPolicy], cast: SimpleNamespace, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{MARKER}</text></svg>')
    typed = [
        *(vector.format(url=secret.as_uri()) for vector in VECTORS.values()),
        "<a href='part:somu'>x</a> part:somu packet:/css/packet.css",
        "{{ packet }}{% now 'Y' %}",
        "]]></rdf:li>",
    ]
    for piece in every_piece(papers, cast):
        vectors = itertools.cycle(typed)
        evil = with_words_in(piece, lambda name, v=vectors: "" if name == "link" else next(v))
        inside = streams(room(1).press(evil.html()).pdf)
        assert MARKER.encode() not in inside
        assert not re.search(rb"/EmbeddedFile|/JavaScript|/Launch|/SubmitForm", inside)
        links = set(re.findall(rb"/URI \(([^)]*)\)", inside))
        assert links <= {
            b"part:%s%s" % (p.department.code.encode(), at)
            for p in papers
            for at in (b"", b"/overview", b"/coverage", *ANCHORS)
        }


# ---- the same everywhere -----------------------------------------------------------------------


def test_order_in_which_a_database_finds_its_rows_shows_nowhere(
    papers: list[OperatingPolicy], cast: SimpleNamespace
) -> None:
    before = [piece.digest for piece in every_piece(papers, cast)]
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in {"departments", "goals", "interviews", "policies"}:
            for pk in model._base_manager.order_by("-pk").values_list("pk", flat=True):
                model._base_manager.filter(pk=pk).update(**{model._meta.pk.name: pk})
    if connection.vendor == "sqlite":  # PostgreSQL has laid the rows behind one another by now
        connection.cursor().execute("PRAGMA reverse_unordered_selects = ON")
    try:
        assert [piece.digest for piece in every_piece(papers, cast)] == before
    finally:
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA reverse_unordered_selects = OFF")


def test_move_that_is_not_announced_shows_on_no_paper(
    papers: list[OperatingPolicy], full_paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    before = [piece.content for piece in every_piece(papers, cast)]
    soon = {"starts_on": dt.date(2023, 4, 1), "announced_on": dt.date(2023, 3, 29)}
    for person in (cast.mayor, cast.deputy, cast.head, cast.drafter):
        held = {"department": full_paper.department, "user": person}
        AppointmentFactory(title="極秘担当部長", **held, **soon)
    assert [piece.content for piece in every_piece(papers, cast)] == before


# ---- commands ----------------------------------------------------------------------------------


def test_command_replaces_only_a_file(full_paper: OperatingPolicy, tmp_path: Path) -> None:
    pipe, link, target = tmp_path / "pipe", tmp_path / "link", tmp_path / "target.pdf"
    os.mkfifo(pipe)
    with pytest.raises(CommandError):
        call_command("build_packet", year="2023", department="総務部", output=str(pipe))
    assert pipe.is_fifo()
    long = str(tmp_path / ("あ" * 200))
    with pytest.raises(CommandError):
        call_command("build_packet", year="2023", department="総務部", output=long)
    assert (link.exists(), target.exists()) == (False, False)


def test_file_of_another_layout_is_not_told_to_be_out_of_date(
    full_paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    from packets.actions import preparing

    for code in ("bare", "sheets", "large", "two_up", "single lasting"):
        order = Order(Kind.DEPARTMENT, 2023, paper=full_paper, layout=Layout.parse(code))
        ask(order=order, by=Actor(user=cast.office))
    preparing.prepare(pk=full_paper.pk)
    told = PacketFile.objects.filter(asked_by=cast.office).values_list("layout", "outdated_at")
    assert [code for code, moment in told if moment] == []


STARTER = """
import django, os, signal
django.setup()
from packets.press import Limits
from packets.pressing import Pressroom
room = Pressroom(1)
room.press("<html lang=ja><title>t</title><body>x")
(press,) = room._idle
print(press.process.pid, press.folder.name, flush=True)
signal.pause()
"""


def test_press_whose_starter_is_killed_leaves_no_folder() -> None:
    named = {"DJANGO_SETTINGS_MODULE": "kokubunji_policy.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True, env=os.environ | named
    ) as starter:
        pid, folder = starter.stdout.readline().split()  # type: ignore[union-attr]
        gone = select.poll()
        gone.register(os.pidfd_open(int(pid)), select.POLLIN)
        starter.kill()
    assert gone.poll(60_000) != []
    assert not Path(folder).exists()


TIDYING = """
import itertools, os, shutil, signal, sys
from packets import press
remove = shutil.rmtree
def remove_and_hear(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGUSR1)
    remove(*args, **kwargs)
shutil.rmtree = remove_and_hear
os.getppid = itertools.count().__next__
sys.exit(press.main())
"""


def test_press_that_hears_of_its_starter_s_end_while_it_tidies_up_leaves_no_folder(
    tmp_path: Path,
) -> None:
    """Its orders have ended first, by the same end."""
    folder = tmp_path / f"{FOLDER}x"
    folder.mkdir()
    named = {"TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    orders_end = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "check": True}
    subprocess.run([sys.executable, "-c", TIDYING], env=os.environ | named, **orders_end)
    assert not folder.exists()


@pytest.mark.parametrize("layout", ["", "lasting"])
def test_odd_names_stand_in_outline_and_metadata_as_they_are(
    papers: list[OperatingPolicy], layout: str, settings: SimpleNamespace
) -> None:
    names = ["部\u200f🦆]]>&<x>𠮷葛\U000e0100", "{{ x }}" + "あ" * 33]
    for paper, name in zip(papers, names, strict=True):
        Department.objects.filter(pk=paper.department_id).update(name=name)
    fresh = list(OperatingPolicy.objects.for_page().of_year(2023).order_by("department__order"))
    order = Order(Kind.BOOK, 2023, layout=Layout.parse(layout))
    made = Composition(order, fresh, room(1)).make()
    assert made.failed == []
    with pikepdf.open(made.kept.path) as pdf:
        with pdf.open_outline() as outline:
            assert [entry.title for entry in outline.root] == ["表紙・目次", *names]
        with pdf.open_metadata(strict=True) as about:
            assert about["dc:title"] == "令和5年度 全部門の面談資料"
    inside = streams(made.kept.path.read_bytes())
    machine = [str(settings.BASE_DIR), f"{tempfile.gettempdir()}/", "file:"]
    assert [word for word in machine if word.encode() in inside] == []
    assert b"/CreationDate" not in inside


def test_part_beyond_its_limits_is_named_and_the_others_come_out(
    papers: list[OperatingPolicy],
) -> None:
    """By pages, by the real press: 健康部 alone has written too much."""
    OperatingPolicy.objects.filter(pk=papers[1].pk).update(mission="行\n" * 2_000)
    with Pressroom(1, limits=Limits(pages=14)) as narrow:
        made = Composition(Order(Kind.BOOK, 2023), papers, narrow).make()
    assert [(part.title, part.failure) for part in made.failed] == [
        ("健康部", "ページ数が上限（14ページ）を超えます。")
    ]
    assert made.kept.pages == len(PdfReader(made.kept.path).pages)
