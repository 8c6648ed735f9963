"""The keeper: beside the worker, in a thread of its own, it sees to what nobody asks for.

It follows the audit trail and has packets prepared whose record has changed; it tells that the
wishes of this process live; it takes up those whose worker has died.
"""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.models import Max, Q
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from core import clock
from core.models import AuditEvent
from goals.models import OperatingPolicy
from packets.actions import packets, preparing, printing
from packets.models import PacketFile
from packets.tasks import LAST, LATER, look_over, prepare, print_packet

SECONDS = 2.0
"""Between two rounds."""
PAPER = "goals.operatingpolicy/"
WRITING = ("basics.", "response.", "projects.", "goal.", "conflict.")
"""What people do to a paper many times in a row: it is printed when it has settled."""
ELSEWHERE = (
    *("sign-", "password", "session.", "second-factor.", "refused", "packet.", "audit."),
    *("manuscript.", "handover.", "late.", "table.export", "spring.upload", "spring.delete"),
    "spring.export",
)
"""What shows on no packet."""
BATCH = 1000
logger = logging.getLogger(__name__)


class Keeper:
    """What it has seen, and what has to settle."""

    def __init__(self) -> None:
        self.seen: int | None = None
        self.day = clock.today()
        self.settling: dict[int, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Round after round, until told to stop; a round that fails is not the last."""
        while not stop.is_set():
            close_old_connections()
            try:
                self.round()
            except Exception:
                logger.exception("the keeper of the packets stumbled")
            stop.wait(SECONDS)
        connection.close()

    def round(self) -> None:
        """Everything once."""
        beat()
        reap()
        self._follow()
        self._settle()

    # ---- prepared before anybody asks ------------------------------------------------------

    def _follow(self) -> None:
        """Read on in the trail; at the beginning and on a new day, everything is looked at."""
        if self.seen is None or self.day != clock.today():
            newest = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
            self.seen, self.day = self.seen or newest, clock.today()
            enqueue(preparing.papers_in_work())
        events = AuditEvent.objects.filter(pk__gt=self.seen).order_by("pk")
        for pk, verb, subject in events.values_list("pk", "verb", "subject")[:BATCH]:
            self.seen = pk
            if not verb.startswith(ELSEWHERE):
                self._note(verb, subject)

    def _note(self, verb: str, subject: str) -> None:
        if not subject.startswith(PAPER):
            papers = preparing.papers_in_work()
            preparing.doubt(papers)
            enqueue(papers)
            return
        pk = int(subject.removeprefix(PAPER))
        preparing.doubt([pk])
        if verb.startswith(WRITING):
            self.settling[pk] = time.time() + settings.PACKET_SETTLE_SECONDS
        else:
            self.settling.pop(pk, None)
            enqueue(_with_those_that_go_on(pk))

    def _settle(self) -> None:
        settled = [pk for pk, moment in self.settling.items() if moment <= time.time()]
        for pk in settled:
            del self.settling[pk]
            enqueue(_with_those_that_go_on(pk))


def _with_those_that_go_on(pk: int) -> list[int]:
    """The paper, and where it is last year's, all that may show its results."""
    years = OperatingPolicy.objects.filter(pk=pk).values_list("year", flat=True)
    last = (preparing.year_in_work() or 0) - 1
    return [pk, *preparing.papers_in_work()] if last in years else [pk]


# ---- the queue -------------------------------------------------------------------------------


def enqueue(papers: Iterable[int]) -> None:
    """Have them prepared, and then the books looked over: each once, however often it is said."""
    waiting = in_queue(prepare)
    for pk in papers:
        if pk not in waiting:
            prepare.using(priority=LATER).enqueue(pk)
    year = preparing.year_in_work()
    if year is not None and year not in in_queue(look_over):
        look_over.using(priority=LAST).enqueue(year)


def in_queue(task: Task) -> set[int]:
    """The rows for which ``task`` waits to be done."""
    ready = DBTaskResult.objects.ready().filter(task_path=task.module_path)
    return {each["args"][0] for each in ready.values_list("args_kwargs", flat=True)}


# ---- the living and the dead -----------------------------------------------------------------


def beat() -> None:
    """What this process works on is alive."""
    mine = PacketFile.objects.filter(
        status=PacketFile.Status.RUNNING, worker__in=list(printing.at_work)
    )
    mine.update(beat_at=clock.now())


def reap() -> None:
    """Take up the wishes whose worker has died, and those that have lost their task."""
    now, lease = clock.now(), timedelta(seconds=settings.PACKET_LEASE_SECONDS)
    silent = Q(beat_at__lt=now - lease) | Q(beat_at__gt=now + lease)  # the demo's day has no end
    files = list(PacketFile.objects.open().filter(silent).order_by("pk"))
    queued = in_queue(print_packet) if files else set()
    for file in files:
        if file.status == PacketFile.Status.RUNNING:
            packets.take_up(file=file)
        else:
            packets.keep_waiting(file=file, is_queued=file.pk in queued)
