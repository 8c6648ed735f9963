"""What a press may not do, whatever it is given to print. Plain Python.

The press fetches nothing by itself (``packets.press`` gives it a fetcher of its own); this is the
second wall, for a fault in the libraries behind it: no network, no other program, no file outside
the fonts, the styles and the library of Python, and none that is written.
"""

import ctypes
import functools
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.kill",
    "os.putenv",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "pty.",
    "shutil.",
    "tempfile.",
    "ctypes.dlopen",
    "sqlite3.",
    "syslog.",
)
"""What Python is asked to do by its own names (the table of audit events), refused as a whole."""

OPENING = ("open", "os.listdir", "os.scandir")


class Refused(PermissionError):
    """The press was asked for something that it never needs."""


def _libc() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None, use_errno=True)
    except OSError:
        return None


def leave_network() -> bool:
    """Into a network of our own, in which there is nobody; False where the system forbids it."""
    libc = _libc()
    if libc is None or not hasattr(libc, "unshare"):
        return False
    return any(libc.unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET))


def end_with_parent(number: int = signal.SIGKILL) -> None:
    """Be sent this signal when whoever started us is gone (Linux)."""
    libc = _libc()
    if libc is not None and hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, number)


def limit(processor: int, memory: int) -> None:
    """No more than so many seconds of a processor and bytes of memory; no core is dumped."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 5))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


@functools.cache
def _library() -> tuple[str, ...]:
    """Where the library of Python lies, ours and that of the interpreter."""
    places = {Path(sys.prefix), *map(Path, sysconfig.get_paths().values())}
    return tuple(sorted({str(place.resolve()) for place in places}))


def seal(readable: Sequence[Path]) -> None:
    """From now on in this process: what REFUSED names, and every file but these, is refused.

    ``readable``: files and folders. It cannot be taken back.
    """
    allowed = (*_library(), *(str(path.resolve()) for path in readable))

    def may_read(name: str) -> bool:
        place = os.path.realpath(name)
        return any(place == one or place.startswith(one + os.sep) for one in allowed)

    def judge(event: str, values: tuple[Any, ...]) -> None:
        if event in OPENING:
            name, flags = values[0], values[2] if event == "open" else 0
            if isinstance(name, int):
                return
            if flags & WRITING or not may_read(os.fsdecode(name or ".")):
                raise Refused(f"the press opens no such file: {os.fsdecode(name)[:200]}")
        elif event.startswith(REFUSED):
            raise Refused(f"the press does no such thing: {event}")

    sys.addaudithook(judge)
