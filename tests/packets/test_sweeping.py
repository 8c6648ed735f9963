"""Old PDFs go, what anybody still needs stays, and nothing that is being made is lost."""

import datetime as dt
import os
import time
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import clock
from core.audit import Actor
from core.models import AuditEvent
from goals.models import OperatingPolicy
from packets import sweeping
from packets.actions.packets import ask
from packets.models import PacketFile, PacketPart, path_of
from packets.orders import Order
from packets.pieces import department
from packets.store import write_file
from packets.sweeping import Swept, sweep, sweep_if_due
from tests.factories import packet_file

pytestmark = pytest.mark.django_db
OLD = 40


@pytest.fixture(autouse=True)
def folder(settings: SimpleNamespace, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.PACKET_KEEP_DAYS = 30
    (tmp_path / "packets").mkdir()
    return tmp_path / "packets"


def put(path: Path, *, days: float = OLD) -> Path:
    """A file that was written so many days ago."""
    path.write_bytes(b"%PDF-")
    moment = time.time() - days * sweeping.DAY
    os.utime(path, (moment, moment))
    return path


def made(
    paper: OperatingPolicy, letter: str, *, days: float = OLD, edition: str = "第1版", **also: str
) -> PacketFile:
    """A row with its file and its notes."""
    file = packet_file(paper, digest=letter * 64, edition=edition, asked_at=clock.now(), **also)
    put(file.path, days=days)
    put(file.path.with_suffix(".json"), days=days)
    return file


def left(folder: Path) -> set[str]:
    return {path.name[0] if len(path.stem) == 64 else path.name for path in folder.iterdir()}


def test_superseded_file_goes_and_its_row_stays(paper: OperatingPolicy, folder: Path) -> None:
    older, newer = made(paper, "a"), made(paper, "b")
    assert sweep() == Swept(files=2, bytes=10)
    assert left(folder) == {"b"}
    assert [file.is_swept for file in (older, newer)] == [True, False]
    assert PacketFile.objects.count() == 2


def test_newest_of_each_edition_stays_however_old(paper: OperatingPolicy, folder: Path) -> None:
    for letter, edition in (("a", "作成中"), ("b", "第1版"), ("c", "第2版"), ("d", "第2版")):
        made(paper, letter, edition=edition, days=4_000)
    sweep()
    assert left(folder) == {"a", "b", "d"}


def test_file_of_the_last_days_stays(paper: OperatingPolicy, folder: Path) -> None:
    made(paper, "a", days=29.9)
    made(paper, "b", days=30.1)
    made(paper, "c")
    sweep()
    assert left(folder) == {"a", "c"}


def test_file_of_a_wish_underway_stays(paper: OperatingPolicy, folder: Path) -> None:
    made(paper, "a", status="running")
    made(paper, "b")
    sweep()
    assert left(folder) == {"a", "b"}


def test_file_without_a_row_goes_unless_its_row_may_be_coming(folder: Path) -> None:
    put(folder / f"{'e' * 64}.pdf", days=0.5)
    put(folder / f"{'f' * 64}.pdf", days=0)
    put(folder / ".packet-half", days=0.5)
    put(folder / ".packet-being-written", days=0)
    put(folder / f".swept-{'g' * 64}.pdf", days=0.5)
    sweep()
    assert left(folder) == {"f", ".packet-being-written"}


def test_file_that_the_press_writes_anew_meanwhile_is_kept(
    paper: OperatingPolicy, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(paper, "a")
    made(paper, "b")
    looked = sweeping._age

    def press_comes_between(path: Path) -> float:
        age = looked(path)
        if path == file.path:
            write_file(path, b"%PDF-new")
        return age

    monkeypatch.setattr(sweeping, "_age", press_comes_between)
    sweep()
    assert file.path.read_bytes() == b"%PDF-new"
    assert not list(folder.glob(".swept-*"))


def test_file_that_is_asked_for_again_begins_its_days_anew(
    full_paper: OperatingPolicy, cast: SimpleNamespace, folder: Path
) -> None:
    digest = department(full_paper).digest
    file = packet_file(full_paper, digest=digest, edition="第1版")
    for path in (file.path, file.path.with_suffix(".json")):
        os.utime(path, (0, time.time() - OLD * sweeping.DAY))
    made(full_paper, "b")
    order = Order(PacketFile.Kind.DEPARTMENT, 2023, paper=full_paper)
    assert ask(order=order, by=Actor(user=cast.office)).digest == file.digest
    sweep()
    assert (folder / f"{digest}.pdf").exists()


def bound(*parts: str, **fields: object) -> PacketFile:
    """A book with its parts, all of which lie there."""
    book = packet_file(kind="book", year=2023, **fields)
    for order, letter in enumerate(parts):
        PacketPart.objects.create(file=book, order=order, title=letter, digest=letter * 64)
        put(path_of(letter * 64))
    put(book.path)
    put(book.path.with_suffix(".json"))
    return book


def test_parts_that_the_newest_book_is_bound_from_stay(folder: Path) -> None:
    bound("a", "b", digest="c" * 64)
    bound("b", "d", digest="e" * 64)
    sweep()
    assert left(folder) == {"b", "d", "e"}


def test_each_layout_and_each_day_has_a_newest(folder: Path, cast: SimpleNamespace) -> None:
    for letter, layout in (("a", ""), ("b", "large"), ("c", "large")):
        bound(digest=letter * 64, layout=layout)
    for letter, day in (("d", 6), ("e", 7), ("f", 7)):
        of_day = {"interviewer": cast.mayor, "day": dt.date(2023, 4, day)}
        packet_file(kind="day", year=2023, digest=letter * 64, **of_day)
        put(path_of(letter * 64))
        put(path_of(letter * 64).with_suffix(".json"))
    sweep()
    assert left(folder) == {"a", "c", "d", "f"}


def test_rows_go_of_what_nobody_asked_for(paper: OperatingPolicy, cast: SimpleNamespace) -> None:
    long_ago = clock.now() - dt.timedelta(days=OLD)
    prepared = {"asked_by": None, "edition": "第1版", "asked_at": long_ago}
    packet_file(paper, digest="a" * 64, **prepared)
    asked = packet_file(paper, digest="b" * 64, **prepared | {"asked_by": cast.office})
    waiting = packet_file(paper, digest="", status="waiting", **prepared)
    newest = packet_file(paper, digest="d" * 64, **prepared)
    sweep()
    assert list(PacketFile.objects.order_by("pk")) == [asked, waiting, newest]


def test_queue_forgets_what_was_done_long_ago(folder: Path) -> None:
    long_ago = timezone.now() - dt.timedelta(days=8)
    for status in ("READY", "RUNNING", "SUCCESSFUL", "FAILED"):
        for started in (long_ago, timezone.now()):
            DBTaskResult.objects.create(
                status=status,
                started_at=None if status == "READY" else started,
                args_kwargs={"args": [1], "kwargs": {}},
                task_path="packets.tasks.print_packet",
                backend_name="default",
                run_after=timezone.now(),
            )
    sweep()
    left = DBTaskResult.objects.values_list("status", flat=True).order_by("status")
    assert list(left) == ["FAILED", "READY", "READY", "RUNNING", "SUCCESSFUL"]


def test_sweep_leaves_one_line_where_it_removed_something(paper: OperatingPolicy) -> None:
    sweep()
    assert not AuditEvent.objects.filter(verb="packet.sweep").exists()
    made(paper, "a")
    made(paper, "b")
    sweep()
    event = AuditEvent.objects.get(verb="packet.sweep")
    assert (event.actor, event.after) == (None, {"files": 2, "bytes": 10})


def test_worker_sweeps_once_a_day(paper: OperatingPolicy, folder: Path) -> None:
    made(paper, "a")
    made(paper, "b")
    assert sweep_if_due() == Swept(2, 10)
    made(paper, "c")
    assert sweep_if_due() == Swept()
    stamp = folder / sweeping.STAMP
    os.utime(stamp, (0, time.time() - sweeping.DAY))
    assert sweep_if_due() == Swept(2, 10)


def test_sweep_that_fails_stops_no_packet(
    settings: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MEDIA_ROOT = Path("/dev/null")
    assert sweep_if_due() == Swept()


def test_history_says_what_became_of_the_file_and_offers_to_make_it_again(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: object
) -> None:
    older, newer = made(paper, "a"), made(paper, "b")
    sweep()
    client = client_of(cast.office)
    page = client.get(f"/packets/2023/files/{older.pk}/").content.decode()
    assert "ファイルは整理されました" in page
    assert f"/packets/2023/files/{older.pk}/again/" in page
    assert f"/packets/2023/files/{newer.pk}/download/" in page
    gone = client.get(f"/packets/2023/files/{older.pk}/download/")
    assert gone.status_code == 409


def test_command_says_what_it_removed(paper: OperatingPolicy) -> None:
    made(paper, "a")
    made(paper, "b")
    out = StringIO()
    call_command("sweep_packets", stdout=out)
    assert out.getvalue() == "2個のファイル（10バイト）を消しました。\n"
