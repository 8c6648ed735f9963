"""Which files there are, which of them a person may have, and how far each has come."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max, Q

from core import clock
from core.audit import subject_of
from core.models import AuditEvent
from core.permissions import Hidden, Permission
from core.years import format_year
from departments.models import User
from departments.queries import may
from goals.models import OperatingPolicy
from packets.layout import Layout
from packets.models import DRAFT, PacketFile, PacketFileQuerySet, PacketPart
from packets.orders import Order

Kind = PacketFile.Kind
Status = PacketFile.Status
SILENCE = 60
"""Seconds without any movement after which the printing program seems to be stopped."""
WHO_TOOK = ("packet.build", "packet.stop", "packet.download")


@dataclass(frozen=True)
class Reach:
    """The papers of a year that a person may print, and the files that show no others."""

    user: User
    year: int

    @cached_property
    def papers(self) -> list[OperatingPolicy]:
        """In the order of the departments; an empty one of a department that was abolished
        before the year began is not among them."""
        return [paper for paper in self._mine if _stands(paper)]

    @cached_property
    def unseen(self) -> list[OperatingPolicy]:
        """The papers of the year that the person may not print, or not yet."""
        mine = {paper.pk for paper in self._mine}
        return [paper for paper in self._of_year if paper.pk not in mine and _stands(paper)]

    @cached_property
    def _of_year(self) -> list[OperatingPolicy]:
        papers = OperatingPolicy.objects.for_page().filter(year=self.year)
        return list(papers.order_by("department__order", "pk"))

    @cached_property
    def _mine(self) -> list[OperatingPolicy]:
        return [
            paper
            for paper in self._of_year
            if may(self.user, Permission.READ_PACKET, paper.target, year=self.year)
        ]

    @cached_property
    def has_books(self) -> bool:
        """Whether days, books and single papers are the person's business."""
        return may(self.user, Permission.READ_BOOK)

    @cached_property
    def files(self) -> PacketFileQuerySet:
        """The files of the year that the person may have. What shows a draft stays with those
        whose drafts these are, as does what shows a paper that the person may not print."""
        mine = [paper.pk for paper in self._mine]
        inside = [paper.pk for paper in self._mine if is_insider(self.user, paper)]
        is_foreign = ~Q(paper__in=mine) | Q(edition=DRAFT) & ~Q(paper__in=inside)
        of_year = PacketPart.objects.filter(file__year=self.year, paper__isnull=False)
        own = Q(kind=Kind.DEPARTMENT) & ~is_foreign
        if self.has_books:
            own |= ~Q(kind=Kind.DEPARTMENT)
        allowed = PacketFile.objects.newest_first().filter(own, year=self.year)
        return allowed.exclude(pk__in=of_year.filter(is_foreign).values("file"))

    def file(self, pk: int) -> PacketFile:
        """One of the files. Raises Hidden where the person has none of that number."""
        found = self.files.filter(pk=pk).prefetch_related("parts").first()
        if found is None:
            raise Hidden("この面談資料はありません。")
        return found


def _stands(paper: OperatingPolicy) -> bool:
    return paper.state != "untouched" or paper.department.is_valid_in(paper.year)


def is_insider(user: User, paper: OperatingPolicy) -> bool:
    """Whether drafts of ``paper`` are the user's business: the department, and the office."""
    return may(user, Permission.READ_INSIDE, paper.target, year=paper.year)


# ---- how far one order has come ------------------------------------------------------------

WORDS = {
    "none": "まだありません",
    "waiting": "順番待ち",
    "working": "作成中",
    "done": "できました",
    "changed": "内容が変わりました",
    "failed": "作れませんでした",
    "stopped": "停止しました",
    "swept": "整理されました",
}
CHIPS = {"waiting", "working", "done", "failed"}
"""States that a chip shows; the others are plain words."""
OPEN = {"waiting", "working"}


@dataclass(frozen=True)
class Made:
    """What was made of one order: the ``newest`` wish, and the newest file that lies there."""

    newest: PacketFile | None = None
    ready: PacketFile | None = None

    @property
    def state(self) -> str:
        """One of ``WORDS``."""
        if self.newest is None:
            return "none"
        if self.newest.status != Status.DONE:
            return self.newest.state
        if self.ready is None:
            return "swept"
        return "changed" if self.newest.is_outdated else "done"

    @property
    def label(self) -> str:
        return WORDS[self.state]

    @property
    def has_chip(self) -> bool:
        return self.state in CHIPS

    @property
    def is_open(self) -> bool:
        """Whether it is being made, or waits for that."""
        return self.state in OPEN

    @property
    def is_left(self) -> bool:
        """Whether it must be made before anybody can take it as the record is now."""
        return self.state not in OPEN and self.state != "done"

    @property
    def mark(self) -> tuple[object, ...]:
        """Changes whenever what a row shows of it does."""
        return self.state, self.newest and self.newest.pk, self.ready and self.ready.pk


NOTHING = Made()


def made(reach: Reach, layout: Layout, *kinds: PacketFile.Kind) -> dict[Hashable, Made]:
    """What was made of each order of these kinds; see ``key_of``."""
    files = reach.files.filter(kind__in=kinds, layout=layout.code)
    of_each = files.order_by().values("kind", "paper", "interviewer", "day")
    pairs = of_each.annotate(newest=Max("pk"), ready=Max("pk", filter=Q(status=Status.DONE)))
    rows = list(pairs.values_list("newest", "ready"))
    found = reach.files.in_bulk({pk for row in rows for pk in row if pk})
    return {key_of(found[newest]): _made(found[newest], found.get(done)) for newest, done in rows}


def _made(newest: PacketFile, done: PacketFile | None) -> Made:
    return Made(newest, done if done and done.path.exists() else None)


def key_of(file: PacketFile) -> Hashable:
    """The paper; interviewer and day; the kind alone of what a year has once."""
    if file.paper_id:
        return file.paper_id
    return (file.interviewer_id, file.day) if file.day else file.kind


def same_order(reach: Reach, file: PacketFile) -> PacketFileQuerySet:
    """Every other file of the same thing, in whatever layout."""
    fields = Order.of(file).fields
    fields.pop("layout")
    return reach.files.filter(**fields).exclude(pk=file.pk)


# ---- who made it and took it ------------------------------------------------------------------


def is_office(user: User) -> bool:
    """Whether the person is told who took what out."""
    return may(user, Permission.REVIEW_PAPER)


def record_of_year(year: int) -> list[AuditEvent]:
    """What was made and taken of the year's packets lately."""
    events = AuditEvent.objects.filter(verb__in=WHO_TOOK, label__startswith=format_year(year))
    return list(events.select_related("actor", "standing_in_for").order_by("-pk")[:10])


def record_of(file: PacketFile) -> list[AuditEvent]:
    """What was made and taken of the same thing."""
    events = AuditEvent.objects.of_subject(subject_of(file.paper or file))
    return list(events.filter(verb__in=WHO_TOOK)[:20])


def is_silent(file: PacketFile) -> bool:
    """Whether nothing has moved for a while, on this file or on any other that is underway."""
    if not file.is_open:
        return False
    last = PacketFile.objects.aggregate(beat=Max("beat_at"), end=Max("finished_at"))
    moments = [moment for moment in last.values() if moment]
    return (clock.now() - max(moments)).total_seconds() > SILENCE
