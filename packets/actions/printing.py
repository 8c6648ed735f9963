"""The worker's side: from a wish to a file, or to a sentence that says why not."""

import logging

from core import clock
from packets.models import PacketFile
from packets.queries import file_with_paper
from packets.rendering import (
    PressFailure,
    Printed,
    content_of,
    digest_of,
    missing_in,
    render_html,
    render_pdf,
    write_file,
    write_notes,
)

logger = logging.getLogger(__name__)
DISK = "保存する場所に書き込めませんでした。"
UNKNOWN = "思わぬ誤りが起きました。システム管理者へ連絡してください。"


def print_file(*, pk: int) -> None:
    """Make the PDF of a wish. It ends as done or as failed; it never stays in between."""
    if not _begin(pk):
        return
    file = file_with_paper(pk)
    try:
        _finish(file, *_make(file))
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
    waiting = PacketFile.objects.filter(pk=pk, status=PacketFile.Status.WAITING)
    return bool(waiting.update(status=PacketFile.Status.RUNNING, started_at=clock.now()))


def _make(file: PacketFile) -> tuple[str, Printed]:
    """The digest of what was printed (the paper may have moved on since the wish), and the PDF."""
    content = content_of(file.paper, printed_on=file.printed_on)
    printed = render_pdf(render_html(content))
    file.digest = digest_of(content)
    file.path.parent.mkdir(parents=True, exist_ok=True)
    write_notes(file.notes_path, missing_in(content))
    write_file(file.path, printed.pdf)
    return content["edition"], printed


def _finish(file: PacketFile, edition: str, printed: Printed) -> None:
    PacketFile.objects.filter(pk=file.pk).update(
        status=PacketFile.Status.DONE,
        digest=file.digest,
        edition=edition,
        pages=printed.pages,
        size=len(printed.pdf),
        finished_at=clock.now(),
    )


def _fail(file: PacketFile, reason: str) -> None:
    sentence = f"{file.paper.department.name}の面談資料を作れませんでした。{reason}"
    PacketFile.objects.filter(pk=file.pk).update(
        status=PacketFile.Status.FAILED, failure=sentence[:300], finished_at=clock.now()
    )
