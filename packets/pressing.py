"""From HTML to PDF, in processes that can be ended: starts the presses and gives them orders."""

import atexit
import logging
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Generic, Self, TypeVar

from django.conf import settings

from packets import frames
from packets.press import FOLDER, Limits

SECONDS = 180
TRIES = 2
STARTING = 60
GRACE = 5
EVERY = 1.0
PRESS = ("-m", "packets.press")
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "XDG_CACHE_HOME")
GROWTH = 64 * 1024**2
"""A press that holds so many bytes more than when it was new is replaced."""
REASONS = {
    "time": "決められた時間内に組版が終わりませんでした。",
    "memory": "内容が多すぎて、組版に必要な記憶領域が足りません。",
    "pages": "ページ数が上限（{pages:,}ページ）を超えます。",
    "pango": "この機械に Pango がありません。libpango-1.0-0 を入れてください。",
    "killed": "組版が途中で二度止められました。記憶領域が足りないのかもしれません。",
    "gone": "組版の途中で誤りが起きました。",
    "error": "組版の途中で誤りが起きました。",
}
"""What a person is told, by what the press says of itself."""
PASSING = ("killed", "gone")
"""Ends that were not the fault of what was printed: the order is tried again."""

K = TypeVar("K")
logger = logging.getLogger(__name__)


class PressFailure(Exception):
    """The PDF could not be made; the message is a sentence."""


@dataclass(frozen=True)
class Printed:
    """What came out of the press."""

    pdf: bytes
    pages: int
    starts: dict[str, int]


Result = Printed | PressFailure


class _Press:
    """One process, the pipes to it, and its folder for fonts."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix=FOLDER, ignore_cleanup_errors=True)
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.process = subprocess.Popen(  # noqa: S603 - our own program, no word from outside
            [sys.executable, *PRESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=settings.BASE_DIR,
            env={**kept, "TMPDIR": self.folder.name, "PYTHONHASHSEED": "0"},
        )
        for pipe in self._pipes:
            os.set_blocking(pipe.fileno(), False)
        self.outgoing = b""
        self.incoming = bytearray()
        self.memory: list[int] = []
        self.is_another_s = False
        _presses.add(self)

    @property
    def _pipes(self) -> list[Any]:
        return [self.process.stdin, self.process.stdout]

    @property
    def is_fit(self) -> bool:
        """Alive, and not holding much more memory than when it was new."""
        grown = self.memory[-1] - self.memory[0] if self.memory else 0
        return self.process.poll() is None and grown <= GROWTH

    def exchange(self) -> frames.Frame | None:
        """Send what can be sent, hear what can be heard; its answer when it is whole."""
        try:
            self._send()
            came = os.read(self._pipes[1].fileno(), frames.CHUNK)
        except BlockingIOError:
            return None
        except BrokenPipeError:
            came = b""
        if not came:
            return {"failure": "gone"}, b""
        self.incoming += came
        while frame := frames.take(self.incoming):
            if "memory" not in frame[0]:
                return frame
            self.memory.append(frame[0]["memory"])
            del self.memory[1:-1]
        return None

    def _send(self) -> None:
        if self.outgoing:
            try:
                sent = os.write(self._pipes[0].fileno(), self.outgoing)
            except BlockingIOError:
                return
            self.outgoing = self.outgoing[sent:]

    def end(self) -> None:
        """End it, with whatever it is printing. It is gone when this returns."""
        if self.is_another_s:
            return
        for pipe in self._pipes:
            pipe.close()
        try:
            # One that has read its fonts sees the end of its orders, and ends its child.
            self.process.wait(GRACE if self.memory else 0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def forget(self) -> None:
        """Leave it to the process from which this one was forked."""
        for pipe in self._pipes:
            pipe.close()
        self.process.returncode = 0
        self.is_another_s = True
        self.folder._finalizer.detach()  # type: ignore[attr-defined]


_presses: weakref.WeakSet[_Press] = weakref.WeakSet()


def _forget_all() -> None:
    for press in list(_presses):
        press.forget()
    _presses.clear()
    _rooms.clear()


os.register_at_fork(after_in_child=_forget_all)


class Pressroom:
    """Some presses that are kept between orders. A context manager; ``close`` ends them.

    They are started when there is work for them. May be used by several threads: each call works
    with presses of its own, and those that are more than ``presses`` are ended afterwards.
    """

    def __init__(
        self, presses: int = 2, seconds: float = SECONDS, *, limits: Limits | None = None
    ) -> None:
        self.presses = presses
        self.seconds = seconds
        self.limits = limits or Limits()
        self._idle: list[_Press] = []
        self._busy: list[_Press] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the presses. The room may be used again: it starts new ones."""
        with self._lock:
            ended, self._idle = self._idle, []
        for press in ended:
            press.end()

    def expect(self) -> None:
        """An order is about to come: have a press ready, which reads its fonts meanwhile."""
        with self._lock:
            if not self._idle and len(self._busy) < self.presses:
                self._idle.append(_Press())

    @property
    def idle(self) -> list[int]:
        """The process ids of the presses that wait for an order."""
        return [press.process.pid for press in self._idle]

    @property
    def at_work(self) -> list[int]:
        """The process ids of the presses that print."""
        return [press.process.pid for press in self._busy]

    def press(self, html: str, variant: str = "pdf/ua-1") -> Printed:
        """The PDF of ``html``. Raises PressFailure."""
        for _key, result in self.press_all([(None, lambda: (html, variant))]):
            if isinstance(result, PressFailure):
                raise result
            return result
        raise AssertionError  # one order has one result

    def press_all(
        self,
        orders: Iterable[tuple[K, Callable[[], tuple[str, str]]]],
        *,
        meanwhile: Callable[[], None] | None = None,
    ) -> Iterator[tuple[K, Result]]:
        """Each order's key and what came of it, as they come.

        An order is a key and a function that gives HTML and variant; it is called in this thread,
        at most one order ahead of the presses. ``meanwhile`` is called in this thread about every
        second while there is nothing to do but wait; what it raises ends the work, as closing the
        iterator does.
        """
        run = _Run(self, iter(orders), meanwhile)
        try:
            yield from run.results()
        finally:
            run.end()

    def _take(self) -> _Press:
        """A press that waits for an order, or a new one."""
        while True:
            with self._lock:
                press = self._idle.pop() if self._idle else None
            if press is None or press.is_fit:
                press = press or _Press()
                self._busy.append(press)
                return press
            press.end()

    def _put_back(self, press: _Press, *, to_be_kept: bool = True) -> None:
        with self._lock:
            self._busy.remove(press)
            is_kept = to_be_kept and press.is_fit and len(self._idle) < self.presses
            if is_kept:
                self._idle.append(press)
        if not is_kept:
            press.end()


@dataclass
class _Task(Generic[K]):
    """An order on its way."""

    key: K
    whole: bytes
    tries: int = 0
    deadline: float = 0.0


class _Run(Generic[K]):
    """One call of ``press_all``: which press has which order."""

    def __init__(
        self,
        room: Pressroom,
        orders: Iterator[tuple[K, Callable[[], tuple[str, str]]]],
        meanwhile: Callable[[], None] | None,
    ) -> None:
        self.room = room
        self.orders = orders
        self.meanwhile = meanwhile
        self.waiting: deque[_Task[K]] = deque()
        self.at_work: dict[_Press, _Task[K]] = {}

    def results(self) -> Iterator[tuple[K, Result]]:
        while True:
            self._fill()
            if not self.at_work:
                return
            for press in self._due():
                yield from self._turn(press)
            yield from self._overdue()

    def end(self) -> None:
        """No press works for us any longer."""
        for press in self.at_work:
            self.room._put_back(press, to_be_kept=False)
        self.at_work.clear()

    def _fill(self) -> None:
        """Give every free press an order, and have one more at hand."""
        while len(self.at_work) < self.room.presses:
            if self.waiting:
                self._start(self.room._take(), self.waiting.popleft())
            elif (order := next(self.orders, None)) is not None:
                # Started first: it reads its fonts while we read the record.
                press = self.room._take()
                try:
                    task = self._task(*order)
                except BaseException:
                    self.room._put_back(press)
                    raise
                self._start(press, task)
            else:
                return
        if not self.waiting and (order := next(self.orders, None)) is not None:
            self.waiting.append(self._task(*order))

    def _task(self, key: K, write: Callable[[], tuple[str, str]]) -> _Task[K]:
        html, variant = write()
        head = {"variant": variant, "limits": asdict(self.room.limits)}
        return _Task(key, frames.framed(head, html.encode()))

    def _start(self, press: _Press, task: _Task[K]) -> None:
        task.tries += 1
        # The seconds of an order begin when its press has read its fonts.
        allowed = self.room.seconds if press.memory else STARTING
        task.deadline = time.monotonic() + allowed
        press.outgoing = task.whole
        self.at_work[press] = task

    def _due(self) -> list[_Press]:
        """The presses with which something can be exchanged, waited for."""
        soonest = min(task.deadline for task in self.at_work.values())
        pause = soonest - time.monotonic()
        with selectors.DefaultSelector() as selector:
            for press in self.at_work:
                orders, answers = press._pipes
                selector.register(answers, selectors.EVENT_READ, press)
                if press.outgoing:
                    selector.register(orders, selectors.EVENT_WRITE, press)
            ready = selector.select(max(0.0, min(pause, EVERY) if self.meanwhile else pause))
        if not ready and self.meanwhile:
            self.meanwhile()
        return list({key.data: None for key, _events in ready})

    def _turn(self, press: _Press) -> Iterator[tuple[K, Result]]:
        """The result that is there now, if any."""
        was_ready = bool(press.memory)
        frame = press.exchange()
        if press.memory and not was_ready:
            self.at_work[press].deadline = time.monotonic() + self.room.seconds
        if frame is None:
            return
        head, pdf = frame
        task = self.at_work.pop(press)
        if "failure" not in head:
            self.room._put_back(press)
            yield task.key, Printed(pdf, **head)
            return
        why, said = head["failure"], head.get("said", "")
        logger.error("the press failed (%s): %s", why, said)
        self.room._put_back(press, to_be_kept=why != "gone")
        if why in PASSING and task.tries < TRIES:
            self.waiting.appendleft(task)
            return
        sentence = REASONS[why].format(pages=self.room.limits.pages)
        yield task.key, PressFailure(sentence)

    def _overdue(self) -> Iterator[tuple[K, Result]]:
        now = time.monotonic()
        for press in [press for press, task in self.at_work.items() if task.deadline <= now]:
            task = self.at_work.pop(press)
            self.room._put_back(press, to_be_kept=False)
            sentence = f"{self.room.seconds:g}秒以内に出来上がりませんでした。"
            yield task.key, PressFailure(sentence)


_rooms: dict[int, Pressroom] = {}


def room(presses: int = 2) -> Pressroom:
    """The room of this process with so many presses: always the same, closed when it ends."""
    return _rooms.setdefault(presses, Pressroom(presses))


@atexit.register
def close_rooms() -> None:
    """End all presses of ``room``."""
    for one in _rooms.values():
        one.close()


def render_pdf(html: str, *, variant: str = "pdf/ua-1", seconds: float = SECONDS) -> Printed:
    """The PDF of ``html`` by a press that is ended afterwards. Raises PressFailure."""
    with Pressroom(1, seconds) as own:
        return own.press(html, variant)
