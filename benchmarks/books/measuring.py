"""What a program takes: seconds, seconds of the processor, memory of its largest process."""

import ctypes
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

MEGABYTE = 1024
"""What the kernel counts memory in, for one MB."""
GRACE = 3
"""Seconds for what a program leaves behind."""
SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER."""
EVERY = 0.03
"""Seconds between two looks at the memory of each process."""


class Took(NamedTuple):
    """``processor`` and ``peak`` count all processes that the program started and waited for;
    ``peak`` is of the largest one in MB, ``peaks`` of each kind of process, as far as seen;
    ``said`` is its last line."""

    wall: float
    processor: float
    peak: float
    peaks: dict[str, float]
    said: str


class Failed(Exception):
    """The program ended with an error; the message is its last lines."""


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> Took:
    """Run to the end. Raises Failed.

    This process must stay small: what it holds counts as the least that each child has held.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=env, cwd=cwd)  # noqa: S603
        watch = _Watch(process.pid)
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        watch.end()
        processor = used.ru_utime + used.ru_stime + _orphans()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise Failed(f"{command[0]}: {process.returncode}\n{err.read()[-2000:]}")
        said = (out.read().strip().splitlines() or [""])[-1]
    peak = max(used.ru_maxrss / MEGABYTE, *watch.peaks.values(), 0)
    return Took(wall, processor, peak, watch.peaks, said)


def adopt() -> None:
    """From now on, what a program leaves behind is ours to wait for. Linux only."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def _orphans() -> float:
    """Processor seconds of what a program did not wait for itself, given a moment to end."""
    seconds, until = 0.0, time.monotonic() + GRACE
    while time.monotonic() < until:
        try:
            pid, _status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return seconds
        if pid:
            seconds += used.ru_utime + used.ru_stime
        else:
            time.sleep(EVERY)
    return seconds


class _Watch:
    """Looks again and again at the processes below one, and remembers the most that each held."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peaks: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            for pid in _below(self.pid):
                name, peak = _name(pid), _peak(pid)
                if name and peak > self.peaks.get(name, 0):
                    self.peaks[name] = peak


def _below(pid: int) -> list[int]:
    """``pid`` and all processes that came from it."""
    found = [pid]
    for one in found:
        try:
            tasks = list(Path(f"/proc/{one}/task").iterdir())
            children = [word for task in tasks for word in (task / "children").read_text().split()]
        except OSError:
            continue
        found += map(int, children)
    return found


def _name(pid: int) -> str:
    """The program that runs there; the module, where Python was given one; ``order`` for what a
    press has forked."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        if "packets.press" not in words:
            module = words[words.index("-m") + 1] if "-m" in words else ""
            return module or Path(words[0].split()[0]).name
        parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]
        is_fork = "packets.press" in Path(f"/proc/{parent}/cmdline").read_text()
    except (OSError, ValueError, IndexError):
        return ""
    return "order" if is_fork else "press"


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / MEGABYTE for line in lines if line[:6] == "VmHWM:"), 0)
