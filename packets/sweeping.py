"""Clearing away PDFs that nobody needs any more. The rows stay; a packet can be made again.

What stays: the newest file of each kind, layout and edition of a paper, a day or a year, the parts
that it is bound from, the files of wishes underway, and whatever was written or asked for within
``PACKET_KEEP_DAYS``. Of what was made before anybody asked, the superseded rows go too. The age is the file's own, by the clock of
the disk. A file is first taken aside, then looked at again: one that the press has just written
anew, under the same name, goes back.
"""

import contextlib
import datetime as dt
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core import audit, clock
from packets.models import PacketFile, PacketPart
from packets.store import PAGES

DAY = 24 * 60 * 60
KEEP_TASKS = 7
"""So many days the queue remembers what was done."""
UNDER_WAY = 60 * 60
"""So many seconds a file may wait for its row, and a half-written one for its end."""
ASIDE = ".swept-"
STAMP = ".sweeping"
KINDS = (".pdf", ".json")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """What was cleared away."""

    files: int = 0
    bytes: int = 0


def sweep_if_due() -> Swept:
    """Sweep, unless it was done within a day. Never fails: the worker has other things to do."""
    stamp = _folder() / STAMP
    try:
        if not _folder().is_dir() or _age(stamp) < DAY:
            return Swept()
        stamp.touch()
        return sweep()
    except Exception:
        logger.exception("old packets could not be cleared away")
        return Swept()


@transaction.atomic
def sweep() -> Swept:
    """Clear away what is superseded or belongs to no row, and leave one line of it."""
    seconds = settings.PACKET_KEEP_DAYS * DAY
    newest = _newest()
    kept = _digests_of(newest) | _digests_of(PacketFile.objects.underway().values("pk"))
    known = _digests_of(PacketFile.objects.values("pk"))
    sizes = []
    for path in _files():
        patience = seconds if path.stem in known else UNDER_WAY
        if path.stem not in kept and (size := _remove(path, patience)) is not None:
            sizes.append(size)
    _forget_superseded(newest)
    swept = Swept(len(sizes), sum(sizes))
    if sizes:
        told = {"files": swept.files, "bytes": swept.bytes}
        audit.record("packet.sweep", by=audit.SYSTEM, label="面談資料のファイル", after=told)
    return swept


def _newest() -> list[int]:
    """The newest file of each edition of each order."""
    done = PacketFile.objects.done().order_by("pk")
    order = ("kind", "year", "paper", "interviewer", "day", "layout", "edition")
    return list({tuple(key): pk for pk, *key in done.values_list("pk", *order)}.values())


def _digests_of(files: Any) -> set[str]:
    """Under which these files lie, and the parts that they are bound from."""
    whole = PacketFile.objects.filter(pk__in=files).values_list("digest", flat=True)
    parts = PacketPart.objects.filter(file__in=files).values_list("digest", flat=True)
    return {*whole, *parts}


def _forget_superseded(newest: list[int]) -> None:
    """Rows of packets that nobody asked for, and of tasks that are over."""
    old = clock.now() - dt.timedelta(days=settings.PACKET_KEEP_DAYS)
    of_system = PacketFile.objects.filter(asked_by=None, asked_at__lt=old)
    of_system.exclude(pk__in=newest).exclude(pk__in=PacketFile.objects.open().values("pk")).delete()
    finished = timezone.now() - dt.timedelta(days=KEEP_TASKS)
    tasks = DBTaskResult.objects.exclude(status=TaskResultStatus.READY)
    tasks.filter(started_at__lt=finished).delete()


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "packets"


def _files() -> Iterator[Path]:
    """All files of the folder but our own: packets, their notes, and what was left half done."""
    folder = _folder()
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.name not in (STAMP, PAGES))


def _age(path: Path) -> float:
    """Seconds since ``path`` was written; endless where it is not there."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _remove(path: Path, patience: float) -> int | None:
    """The size of what was removed; None where it is too young, gone, or written anew."""
    if _age(path) < patience or not path.is_file():
        return None
    aside = path.with_name(f"{ASIDE}{path.name}") if path.suffix in KINDS else path
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)
        if _age(aside) < patience:
            _put_back(aside, path)
            return None
        size = aside.stat().st_size
        aside.unlink()
        return size
    return None


def _put_back(aside: Path, path: Path) -> None:
    """Where it was, unless a newer one lies there by now."""
    with contextlib.suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
