"""The worker's side: from a wish to a file, or to a sentence that says why not."""

import logging

from core import clock
from packets import store
from packets.layout import Layout
from packets.models import PacketFile
from packets.pieces import department
from packets.pressing import PressFailure, render_pdf
from packets.queries import file_with_paper
from packets.store import Kept

logger = logging.getLogger(__name__)
DISK = "保存する場所に書き込めませんでした。"
UNKNOWN = "思わぬ誤りが起きました。システム管理者へ連絡してください。"


def print_file(*, pk: int) -> None:
    """Make the PDF of a wish. It ends as done or as failed; it never stays in between."""
    if not _begin(pk):
        return
    file = file_with_paper(pk)
    try:
        _make(file)
    except PressFailure as failure:
        _fail(file, str(failure))
    except OSError:
        logger.exception("packet %s could not be kept", pk)
        _fail(file, DISK)
    except Exception:
        logger.exception("packet %s failed", pk)
        _fail(file, UNKNOWN)


def _begin(pk: int) -> bool:
    """Take the wish, if nobody else has."""
    now = clock.now()
    waiting = PacketFile.objects.filter(pk=pk, status=PacketFile.Status.WAITING)
    return bool(waiting.update(status=PacketFile.Status.RUNNING, started_at=now, beat_at=now))


def _make(file: PacketFile) -> None:
    """Print what the paper says now: it may have moved on since the wish."""
    piece = department(file.paper, Layout.parse(file.layout))
    printed = render_pdf(piece.html(), variant=piece.layout.variant)
    kept = store.keep(Kept(piece.digest, printed.pages, printed.starts, piece.missing), printed.pdf)
    PacketFile.objects.filter(pk=file.pk).update(
        status=PacketFile.Status.DONE,
        digest=kept.digest,
        edition=piece.edition,
        pages=kept.pages,
        size=kept.size,
        finished_at=clock.now(),
    )


def _fail(file: PacketFile, reason: str) -> None:
    sentence = f"{file.title}を作れませんでした。{reason}"
    PacketFile.objects.filter(pk=file.pk).update(
        status=PacketFile.Status.FAILED, failure=sentence[:300], finished_at=clock.now()
    )
