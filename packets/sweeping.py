"""Clearing away PDFs that nobody needs any more. The rows stay; a packet can be made again.

What stays: the newest file of each paper and edition, the files of wishes underway, and whatever
was written or asked for within ``PACKET_KEEP_DAYS``. The age is the file's own, by the clock of
the disk. A file is first taken aside, then looked at again: one that the press has just written
anew, under the same name, goes back.
"""

import contextlib
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from core import audit
from packets.models import PacketFile

DAY = 24 * 60 * 60
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
    kept, known = _kept(), set(PacketFile.objects.values_list("digest", flat=True))
    sizes = []
    for path in _files():
        patience = seconds if path.stem in known else UNDER_WAY
        if path.stem not in kept and (size := _remove(path, patience)) is not None:
            sizes.append(size)
    swept = Swept(len(sizes), sum(sizes))
    if sizes:
        told = {"files": swept.files, "bytes": swept.bytes}
        audit.record("packet.sweep", by=audit.SYSTEM, label="面談資料のファイル", after=told)
    return swept


def _kept() -> set[str]:
    """Digests of the newest file of each paper and edition, and of what is being made."""
    done = PacketFile.objects.filter(status=PacketFile.Status.DONE).order_by("pk")
    newest = {
        (paper, edition): digest
        for paper, edition, digest in done.values_list("paper", "edition", "digest")
    }
    underway = PacketFile.objects.underway().values_list("digest", flat=True)
    return {*newest.values(), *underway}


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "packets"


def _files() -> Iterator[Path]:
    """All files of the folder but the stamp: packets, their notes, and what was left half done."""
    folder = _folder()
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.name != STAMP)


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
