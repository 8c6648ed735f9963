"""The worker's side: from a wish to a file, or to a sentence that says why not."""

import logging
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from core import clock
from packets import pressing
from packets.binding import BindingError
from packets.composition import UNKNOWN, Composition, Made, Part, Watch
from packets.models import DRAFT, PacketFile, PacketFileQuerySet, PacketPart
from packets.orders import BOUND, Order
from packets.pressing import PressFailure

Status = PacketFile.Status
DISK = "保存する場所に書き込めませんでした。"
UNREADABLE = "{}の部分を読み込めませんでした。もう一度作ってください。"
logger = logging.getLogger(__name__)

at_work: set[str] = set()
"""What this process works on: the tokens that its wishes were taken with."""


_leaving = threading.Event()


def leave() -> None:
    """This process ends: what it is printing goes back to the others."""
    _leaving.set()


class Lost(Exception):
    """The wish is no longer ours: somebody stopped it, or another worker has it."""


def print_file(*, pk: int) -> None:
    """Make the PDF of a wish, if nobody else does. It ends as done or as failed, once; whoever
    loses it meanwhile throws away what he has."""
    job = _take(pk)
    if job is None:
        return
    at_work.add(job.token)
    try:
        job.finish(job.make())
    except Lost:
        logger.info("packet %s is no longer ours", pk)
    except PressFailure as failure:
        job.fail(str(failure))
    except BindingError as error:
        logger.exception("packet %s could not be bound", pk)
        job.fail(UNREADABLE.format(error.title))
    except OSError:
        logger.exception("packet %s could not be kept", pk)
        job.fail(DISK)
    except Exception:
        logger.exception("packet %s failed", pk)
        job.fail(UNKNOWN)
    finally:
        at_work.discard(job.token)


@transaction.atomic
def _take(pk: int) -> "Job | None":
    """Take the wish, if nobody else has."""
    now, token = clock.now(), uuid.uuid4().hex
    waiting = PacketFile.objects.filter(pk=pk, status=Status.WAITING)
    taken = {"status": Status.RUNNING, "worker": token, "started_at": now, "beat_at": now}
    if not waiting.update(**taken, attempts=F("attempts") + 1):
        return None
    parts = PacketPart.objects.filter(file=pk)
    parts.update(status=PacketPart.Status.WAITING, failure="", pages=None, is_kept=False)
    file = PacketFile.objects.select_related("paper__department", "interviewer").get(pk=pk)
    return Job(file, token)


@dataclass(frozen=True)
class Job(Watch):
    """A wish that is being made here, as long as its row carries our token."""

    file: PacketFile
    token: str

    def make(self) -> Made:
        """Print what the record says now: it may have moved on since the wish."""
        room = pressing.room(settings.PACKET_PRESSES)
        parts = self._of_papers()
        handed_in = {part.paper_id or 0 for part in parts if part.edition != DRAFT}
        return Composition(
            Order.of(self.file),
            [part.paper for part in parts if part.paper],
            room,
            watch=self,
            handed_in=handed_in if self.file.kind in BOUND else (),
        ).make()

    def _of_papers(self) -> Sequence[PacketPart]:
        parts = self.file.parts.filter(paper__isnull=False).select_related("paper__department")
        return list(parts.order_by("order"))

    def _ours(self) -> PacketFileQuerySet:
        return PacketFile.objects.filter(pk=self.file.pk, status=Status.RUNNING, worker=self.token)

    # ---- on the way ------------------------------------------------------------------------

    def look(self) -> None:
        """We live; do they still want it? Raises Lost."""
        if _leaving.is_set():
            self._give_back()
        if not self._ours().update(beat_at=clock.now()):
            raise Lost

    def _give_back(self) -> None:
        """As though it had never been taken; the keeper of another process finds it."""
        attempts = max(self.file.attempts - 1, 0)
        self._ours().update(status=Status.WAITING, worker="", attempts=attempts)

    def begun(self, part: Part) -> None:
        self._note(part, PacketPart.Status.RUNNING)

    def done(self, part: Part) -> None:
        self._note(part, PacketPart.Status.DONE)
        if not part.is_kept:  # it goes forward: whoever takes it up has less to do
            self._ours().update(attempts=1)
        self.look()

    def failed(self, part: Part) -> None:
        self._note(part, PacketPart.Status.FAILED)
        self.look()

    def _note(self, part: Part, status: str) -> None:
        row = PacketPart.objects.filter(
            file=self.file.pk, order=part.number, file__worker=self.token
        )
        row.update(
            **({"edition": part.edition} if part.piece else {}),
            status=status,
            digest=part.piece.digest if part.piece else "",
            is_kept=part.is_kept,
            pages=part.kept.pages if part.kept else None,
            failure=part.failure[:300],
        )

    # ---- the end ---------------------------------------------------------------------------

    def finish(self, made: Made) -> None:
        """Done, unless another was quicker: then it is theirs."""
        failure = "".join(f"{part.title}：{part.failure}" for part in made.failed)
        self._end(
            Status.DONE,
            digest=made.kept.digest,
            edition=made.edition,
            pages=made.kept.pages,
            size=made.kept.size,
            failure=f"次の部分を作れませんでした。{failure}"[:300] if failure else "",
        )

    def fail(self, reason: str) -> None:
        """Failed, with a sentence for those who wait."""
        sentence = f"{self.file.title}を作れませんでした。{reason}"
        self._end(Status.FAILED, failure=sentence[:300])

    def _end(self, status: str, **fields: Any) -> None:
        now = clock.now()
        self._ours().update(status=status, finished_at=now, beat_at=now, **fields)
