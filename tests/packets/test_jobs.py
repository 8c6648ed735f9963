"""From a wish to a file: taken once, ended once, whatever comes between."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from core import clock
from core.audit import SYSTEM, Actor
from core.models import AuditEvent
from core.workflow import NotNow
from goals.models import OperatingPolicy
from packets import pressing
from packets.actions import printing
from packets.actions.packets import again, ask, keep_waiting, note_download, stop, take_up
from packets.layout import Layout
from packets.models import PacketFile, PacketPart
from packets.orders import Kind, Order
from packets.pieces import Piece
from packets.store import find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def office(cast: SimpleNamespace) -> Actor:
    return Actor(user=cast.office)


@pytest.fixture
def wish(full_paper: OperatingPolicy, office: Actor) -> Callable[..., PacketFile]:
    def wish(layout: str = "", by: Actor = office) -> PacketFile:
        order = Order(Kind.DEPARTMENT, 2023, paper=full_paper, layout=Layout.parse(layout))
        return again_from_database(ask(order=order, by=by))

    return wish


def again_from_database(file: PacketFile) -> PacketFile:
    return PacketFile.objects.select_related("paper__department").get(pk=file.pk)


def verbs() -> list[str]:
    found = AuditEvent.objects.filter(verb__startswith="packet.").order_by("pk")
    return list(found.values_list("verb", flat=True))


# ---- from waiting to done ---------------------------------------------------------------------


def test_wish_waits_is_printed_and_is_done(wish: Callable[..., PacketFile]) -> None:
    file = wish()
    assert (file.status, file.failure, file.attempts) == ("done", "", 1)
    assert file.pages == len(PdfReader(file.path).pages)
    assert file.size == file.path.stat().st_size
    part = file.parts.get()
    assert (part.status, part.digest, part.pages) == ("done", file.digest, file.pages)
    assert verbs() == ["packet.build"]


def test_wish_has_its_part_from_the_beginning(
    wish: Callable[..., PacketFile], tasks_wait: None
) -> None:
    file = wish()
    part = file.parts.get()
    assert (file.status, part.status, part.edition, part.title) == (
        *("waiting", "waiting", "第1版"),
        "総務部",
    )


def test_kept_packet_needs_no_worker(
    wish: Callable[..., PacketFile], office: Actor, settings: SimpleNamespace
) -> None:
    first = wish()
    PacketFile.objects.all().delete()
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    file = wish()
    assert (file.status, file.digest, file.pages) == ("done", first.digest, first.pages)
    assert file.parts.get().is_kept
    assert wish().pk == file.pk
    assert verbs() == ["packet.build", "packet.build"]


def test_same_wish_of_two_people_is_printed_once(
    wish: Callable[..., PacketFile], cast: SimpleNamespace, tasks_wait: None
) -> None:
    assert wish().pk == wish(by=Actor(user=cast.head)).pk


def test_each_layout_is_a_wish_of_its_own(
    wish: Callable[..., PacketFile], tasks_wait: None
) -> None:
    assert len({wish(layout).pk for layout in ("", "large", "large single")}) == 3


def test_two_pages_on_a_sheet_are_bound_from_the_usual_part(
    wish: Callable[..., PacketFile],
) -> None:
    usual, across = wish(), wish("two_up")
    assert across.status == "done"
    assert across.parts.get().digest == usual.digest
    assert across.parts.get().is_kept
    assert across.digest != usual.digest
    assert across.pages < usual.pages


def test_what_nobody_asked_for_leaves_no_line(wish: Callable[..., PacketFile]) -> None:
    file = wish(by=SYSTEM)
    assert (file.status, file.asked_by) == ("done", None)
    assert verbs() == []


def test_same_record_gives_the_same_bytes(
    wish: Callable[..., PacketFile], full_paper: OperatingPolicy
) -> None:
    file = wish()
    before = file.path.read_bytes()
    file.path.unlink()
    assert wish().digest == file.digest
    assert file.path.read_bytes() == before


def test_download_is_told_before_it_begins(
    wish: Callable[..., PacketFile], office: Actor, cast: SimpleNamespace
) -> None:
    file = wish()
    note_download(file=file, by=office)
    event = AuditEvent.objects.get(verb="packet.download")
    assert (event.actor, event.label) == (cast.office, file.name)
    assert event.after == {"edition": "第1版", "digest": file.digest}


# ---- stopped and made anew --------------------------------------------------------------------


def test_waiting_wish_is_stopped_and_never_printed(
    wish: Callable[..., PacketFile], office: Actor, tasks_wait: None
) -> None:
    file = wish()
    stop(file=file, by=office)
    printing.print_file(pk=file.pk)
    file = again_from_database(file)
    assert (file.status, file.attempts) == ("stopped", 0)
    assert verbs() == ["packet.build", "packet.stop"]
    with pytest.raises(NotNow):
        stop(file=file, by=office)


def test_stopped_wish_ends_between_two_steps(
    wish: Callable[..., PacketFile],
    office: Actor,
    tasks_wait: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = wish()
    compose = Piece.html

    def somebody_stops_it(piece: Piece) -> str:
        stop(file=file, by=office)
        return compose(piece)

    monkeypatch.setattr(Piece, "html", somebody_stops_it)
    printing.print_file(pk=file.pk)
    file = again_from_database(file)
    assert (file.status, file.pages) == ("stopped", None)
    assert printing.at_work == set()


def test_again_is_the_same_order_of_the_record_as_it_is_now(
    wish: Callable[..., PacketFile], office: Actor, tasks_wait: None
) -> None:
    file = wish("large single")
    stop(file=file, by=office)
    anew = again(file=file, by=office)
    assert anew.pk != file.pk
    assert (anew.paper, anew.layout, anew.status) == (file.paper, "single large", "waiting")


# ---- failures ---------------------------------------------------------------------------------


def test_press_that_fails_is_told_in_a_sentence(
    wish: Callable[..., PacketFile], tasks_wait: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = wish()
    monkeypatch.setattr(pressing, "PRESS", ("-c", "import sys; sys.exit(3)"))
    pressing.close_rooms()
    printing.print_file(pk=file.pk)
    file = again_from_database(file)
    assert file.status == "failed"
    assert file.failure.startswith("総務部の面談資料を作れませんでした。")
    assert file.parts.get().status == "failed"


def test_disk_that_refuses_is_told_in_a_sentence(
    wish: Callable[..., PacketFile], tasks_wait: None, settings: SimpleNamespace
) -> None:
    file = wish()
    settings.MEDIA_ROOT = Path("/dev/null")
    printing.print_file(pk=file.pk)
    assert again_from_database(file).failure == (
        "総務部の面談資料を作れませんでした。保存する場所に書き込めませんでした。"
    )


def test_fault_in_the_templates_is_told_in_a_sentence(
    wish: Callable[..., PacketFile], tasks_wait: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = wish()
    monkeypatch.setattr(Piece, "html", lambda _piece: 1 / 0)
    printing.print_file(pk=file.pk)
    assert again_from_database(file).failure == (
        "総務部の面談資料を作れませんでした。"
        "思わぬ誤りが起きました。システム管理者へ連絡してください。"
    )


def test_kept_part_that_is_broken_is_pressed_anew(wish: Callable[..., PacketFile]) -> None:
    usual = wish()
    whole = usual.path.read_bytes()
    usual.path.write_bytes(b"x" * len(whole))
    assert wish("two_up").status == "done"
    assert usual.path.read_bytes() == whole


# ---- workers that die and workers that are late ----------------------------------------------


def silent_for(file: PacketFile, seconds: int, **fields: object) -> PacketFile:
    beat = clock.now() - dt.timedelta(seconds=seconds)
    PacketFile.objects.filter(pk=file.pk).update(beat_at=beat, **fields)
    return again_from_database(file)


def test_wish_of_a_dead_worker_is_taken_up(
    wish: Callable[..., PacketFile], tasks_wait: None
) -> None:
    file = silent_for(wish(), 16, status="running", worker="dead", attempts=1)
    take_up(file=file)
    file = again_from_database(file)
    assert (file.status, file.worker) == ("waiting", "")
    printing.print_file(pk=file.pk)
    assert again_from_database(file).status == "done"


def test_wish_that_has_begun_again_meanwhile_is_left_alone(
    wish: Callable[..., PacketFile], tasks_wait: None
) -> None:
    file = silent_for(wish(), 16, status="running", worker="slow", attempts=1)
    silent_for(file, 0)
    take_up(file=file)
    assert again_from_database(file).status == "running"


def test_wish_that_kills_its_workers_in_turn_has_failed(
    wish: Callable[..., PacketFile], tasks_wait: None
) -> None:
    take_up(file=silent_for(wish(), 16, status="running", worker="dead", attempts=5))
    file = PacketFile.objects.get()
    assert (file.status, file.failure) == (
        "failed",
        "総務部の面談資料を作れませんでした。"
        "作っている途中で5回止まりました。システム管理者へ連絡してください。",
    )


def test_wish_whose_task_is_lost_is_printed_all_the_same(
    wish: Callable[..., PacketFile], settings: SimpleNamespace, tasks_wait: None
) -> None:
    file = silent_for(wish(), 16)
    keep_waiting(file=file, is_queued=True)
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    assert again_from_database(file).status == "waiting"
    keep_waiting(file=again_from_database(file), is_queued=False)
    assert again_from_database(file).status == "done"


def test_worker_that_comes_late_overwrites_nothing(
    wish: Callable[..., PacketFile], tasks_wait: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = wish()
    make = printing.Job.make

    def another_is_quicker(job: printing.Job) -> object:
        made = make(job)
        monkeypatch.undo()
        take_up(file=silent_for(file, 16))
        printing.print_file(pk=file.pk)
        PacketFile.objects.update(pages=7777)
        return made

    monkeypatch.setattr(printing.Job, "make", another_is_quicker)
    printing.print_file(pk=file.pk)
    file = again_from_database(file)
    assert (file.status, file.pages, file.attempts) == ("done", 7777, 2)
    assert find(file.digest) is not None


def test_worker_that_is_asked_to_end_gives_its_wish_back(
    wish: Callable[..., PacketFile], tasks_wait: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = wish()
    compose = Piece.html

    def asked_to_end(piece: Piece) -> str:
        printing.leave()
        return compose(piece)

    monkeypatch.setattr(Piece, "html", asked_to_end)
    printing.print_file(pk=file.pk)
    printing._leaving.clear()
    file = again_from_database(file)
    assert (file.status, file.worker, file.attempts) == ("waiting", "", 0)
    assert PacketPart.objects.get().status != "failed"
