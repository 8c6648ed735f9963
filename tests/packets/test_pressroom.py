"""The presses: kept between orders, limited in each, replaced when they die."""

import os
import signal
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from packets import press, pressing
from packets.press import Limits
from packets.pressing import PressFailure, Pressroom, Printed, render_pdf

PLAIN = "<html lang=ja><title>題</title><body><h1>見出し</h1><p>澤と髙</p>"
ENDLESS = PLAIN + "<table style='table-layout:auto'><tr><td>" + "字" * 20_000 + "</table>"
LONG = PLAIN + "<p style='break-before:page'>頁" * 1_000

WITHOUT_PANGO = """
import sys
from packets import press
def missing():
    raise OSError("cannot load library 'libpango-1.0-0'")
press._warm_up = missing
sys.exit(press.main())
"""


@pytest.fixture(scope="module")
def room() -> Iterator[Pressroom]:
    with Pressroom(2) as shared:
        yield shared


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def descriptors() -> list[str]:
    """The numbers of the files that this process has open."""
    return sorted(one.name for one in Path("/proc/self/fd").iterdir())


def address_space(pid: int) -> int:
    """The bytes that a process can address."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits looks up often."""
    monkeypatch.setattr(pressing, "EVERY", 0.05)


def strangle(room: Pressroom, limits: Limits) -> Pressroom:
    """The same presses with other limits."""
    other = Pressroom(1, room.seconds, limits=limits)
    other._idle = room._idle
    return other


def test_room_gives_the_bytes_of_the_press_itself_in_the_first_and_in_the_tenth_order(
    room: Pressroom,
) -> None:
    first = room.press(PLAIN)
    for number in range(8):
        room.press(f"{PLAIN}<p>{number}𠮷😀<h2>他</h2>")
    tenth = room.press(PLAIN)
    assert first == tenth
    assert press.press(PLAIN) == (first.pages, first.pdf, first.starts)


def test_orders_come_out_by_their_keys_and_are_asked_for_in_this_thread(room: Pressroom) -> None:
    threads = set()

    def order(number: int) -> tuple[str, str]:
        threads.add(threading.current_thread())
        return PLAIN + "<p style='break-before:page'>頁" * number, "pdf/ua-1"

    orders = [(number, lambda number=number: order(number)) for number in (5, 0, 3, 1)]
    results = dict(room.press_all(orders))
    assert {key: result.pages for key, result in results.items()} == {5: 6, 0: 1, 3: 4, 1: 2}
    assert threads == {threading.current_thread()}
    assert len(room.idle) == 2


def test_two_orders_are_printed_at_once_and_one_more_is_at_hand(room: Pressroom) -> None:
    asked: list[int] = []

    def order(number: int) -> tuple[str, str]:
        asked.append(number)
        return PLAIN, "pdf/ua-1"

    orders = ((number, lambda number=number: order(number)) for number in range(9))
    results = room.press_all(orders)
    next(results)
    assert asked == [0, 1, 2]
    results.close()
    assert asked == [0, 1, 2]


def test_press_that_is_expected_is_started_once_and_takes_the_order() -> None:
    with Pressroom(1) as own:
        own.expect()
        own.expect()
        (pid,) = own.idle
        assert own.press(PLAIN).pages == 1
        assert own.idle == [pid]
    assert not is_alive(pid)


def test_lasting_order_says_that_it_is_pdf_a_and_the_usual_one_pdf_ua(room: Pressroom) -> None:
    names = (b"pdfuaid:part", b"pdfaid:part")
    for variant, expected in (("pdf/ua-1", [True, False]), ("pdf/a-3a", [False, True])):
        about = PdfReader(BytesIO(room.press(PLAIN, variant).pdf)).root_object["/Metadata"]
        assert [name in about.get_object().get_data() for name in names] == expected


def test_press_that_is_killed_is_started_again_and_its_order_comes_out(room: Pressroom) -> None:
    room.press(PLAIN)
    (*_others, pid) = room.idle
    killed = []

    def order() -> tuple[str, str]:
        if not killed:
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        return PLAIN, "pdf/ua-1"

    ((_key, result),) = room.press_all([("a", order)])
    assert isinstance(result, Printed)
    assert pid not in room.idle


@pytest.mark.usefixtures("watchful")
def test_child_that_is_killed_is_tried_again_by_the_same_press(room: Pressroom) -> None:
    room.press(PLAIN)
    pid = room.idle[-1]
    killed: list[int] = []

    def kill_once() -> None:
        if not killed:
            (child,) = children_of(pid)
            os.kill(child, signal.SIGKILL)
            killed.append(child)

    html = PLAIN + "<p style='break-before:page'>頁" * 400
    ((_key, result),) = room.press_all([("a", lambda: (html, "pdf/ua-1"))], meanwhile=kill_once)
    assert len(killed) == 1
    assert isinstance(result, Printed)
    assert result.pages == 401
    assert room.idle[-1] == pid


@pytest.mark.usefixtures("watchful")
def test_order_that_kills_its_press_twice_fails_and_the_others_come_out(room: Pressroom) -> None:
    killed: list[int] = []

    def kill() -> None:
        if len(killed) < 2:
            (pid,) = room_of_one.at_work
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    with Pressroom(1) as room_of_one:
        orders = [("bad", lambda: (LONG, "pdf/ua-1")), ("good", lambda: (PLAIN, "pdf/ua-1"))]
        results = room_of_one.press_all(orders, meanwhile=kill)
        key, failure = next(results)
        assert (key, str(failure)) == ("bad", pressing.REASONS["gone"])
        key, result = next(results)
        assert key == "good"
        assert isinstance(result, Printed)


def test_endless_layout_ends_by_its_seconds_and_the_others_come_out() -> None:
    with Pressroom(2, seconds=3) as hasty:
        hasty.press(PLAIN)
        orders = [("endless", lambda: (ENDLESS, "pdf/ua-1")), ("good", lambda: (PLAIN, "pdf/ua-1"))]
        results = dict(hasty.press_all(orders))
    assert isinstance(results["good"], Printed)
    assert str(results["endless"]) == "3秒以内に出来上がりませんでした。"


def test_endless_layout_ends_by_its_processor_time(room: Pressroom) -> None:
    with pytest.raises(PressFailure, match="決められた時間内に組版が終わりませんでした。"):
        strangle(room, Limits(processor=1)).press(ENDLESS)


def test_layout_that_needs_too_much_memory_ends(room: Pressroom) -> None:
    room.press(PLAIN)
    little = Limits(memory=address_space(room.idle[-1]) + 2**22)
    with pytest.raises(PressFailure, match="組版に必要な記憶領域が足りません。"):
        strangle(room, little).press(PLAIN + "<p>字" * 9_000)


def test_more_than_a_thousand_pages_are_refused(room: Pressroom) -> None:
    with pytest.raises(PressFailure, match="ページ数が上限（1,000ページ）を超えます。"):
        room.press(LONG)


def test_twenty_thousand_characters_in_a_cell_come_out_of_the_room(room: Pressroom) -> None:
    html = PLAIN + "<table><colgroup><col></colgroup><tr class=long><td>" + "字" * 20_000
    assert room.press(html).pages > 5


def test_press_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "漏れてはならない印")
    with Pressroom(1) as own:
        own.press(PLAIN)
        (pid,) = own.idle
        environment = Path(f"/proc/{pid}/environ").read_bytes().decode()
    names = {one.partition("=")[0] for one in environment.rstrip("\0").split("\0")}
    assert names <= {*pressing.KEPT_VARIABLES, "TMPDIR", "PYTHONHASHSEED"}


def test_closed_room_leaves_no_process_no_folder_and_no_descriptor() -> None:
    before = descriptors()
    with Pressroom(2) as own:
        own.press(PLAIN)
        (pid,) = own.idle
        folder = Path(own._idle[0].folder.name)
        assert folder.exists()
    assert not is_alive(pid)
    assert not folder.exists()
    assert descriptors() == before


@pytest.mark.usefixtures("watchful")
def test_what_is_raised_meanwhile_ends_the_work_and_the_press() -> None:
    class Stopped(Exception):
        pass

    seen: list[int] = []

    def stop() -> None:
        seen.extend(own.at_work)
        raise Stopped

    with Pressroom(1) as own:
        own.press(PLAIN)
        with pytest.raises(Stopped):
            list(own.press_all([("a", lambda: (ENDLESS, "pdf/ua-1"))], meanwhile=stop))
        assert own.idle == []
    assert [is_alive(pid) for pid in seen] == [False]


def test_press_that_has_grown_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with Pressroom(1) as own:
        own.press(PLAIN)
        (first,) = own.idle
        own.press(PLAIN)
        assert own.idle == [first]
        monkeypatch.setattr(pressing, "GROWTH", -(2**40))
        own.press(PLAIN)
        assert own.idle == []
        assert not is_alive(first)


def test_room_of_a_process_is_always_the_same_and_is_closed() -> None:
    shared = pressing.room(1)
    assert pressing.room(1) is shared
    shared.press(PLAIN)
    pressing.close_rooms()
    assert shared.idle == []


def test_press_that_does_not_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressing, "PRESS", ("-c", "raise SystemExit(1)"))
    with pytest.raises(PressFailure, match="組版の途中で誤りが起きました。"):
        render_pdf(PLAIN)


def test_machine_without_pango_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressing, "PRESS", ("-c", WITHOUT_PANGO))
    with pytest.raises(PressFailure, match="この機械に Pango がありません。"):
        render_pdf(PLAIN)
