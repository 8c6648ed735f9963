"""面談資料 that were asked for: a row for each file, from the wish to the PDF, and one for each
part of it."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.years import format_short_date, format_year
from departments.models import YEAR_LIMITS
from packets.layout import Layout

PATIENCE = dt.timedelta(minutes=10)
"""After so long without a sign of life, a wish counts as failed: nobody works on it any more."""

DRAFT = "案"
"""The edition of a packet whose paper is not handed in."""


class PacketFileQuerySet(models.QuerySet["PacketFile"]):
    def open(self) -> "PacketFileQuerySet":
        """Waiting for the press or in it."""
        return self.filter(status__in=(PacketFile.Status.WAITING, PacketFile.Status.RUNNING))

    def underway(self) -> "PacketFileQuerySet":
        """Open, and not given up."""
        return self.open().filter(beat_at__gt=clock.now() - PATIENCE)

    def done(self) -> "PacketFileQuerySet":
        return self.filter(status=PacketFile.Status.DONE)

    def handed_in(self) -> "PacketFileQuerySet":
        """Of what was handed in, not of a draft."""
        return self.exclude(edition=DRAFT)

    def newest_first(self) -> "PacketFileQuerySet":
        return self.select_related("asked_by", "interviewer", "paper__department").order_by("-pk")


class PacketFile(models.Model):
    """A PDF that somebody asked for, or that was made before anybody did: what it shows, how it
    is laid out, how far it has come.

    ``digest`` is the SHA-256 of all that decides its bytes, and the name under which it lies;
    empty until the worker has looked at what there is to print.
    """

    class Kind(models.TextChoices):
        """What is printed."""

        DEPARTMENT = "department", "部の面談資料"
        DAY = "day", "面談者の日の面談資料"
        BOOK = "book", "全部門の面談資料"
        TIMETABLE = "timetable", "面談日程表"
        COVERAGE = "coverage", "対応状況一覧"
        FORM = "form", "記入用紙"

    class Status(models.TextChoices):
        """How far the PDF has come."""

        WAITING = "waiting", "順番待ち"
        RUNNING = "running", "PDFを作成中"
        DONE = "done", "完成"
        FAILED = "failed", "失敗"
        STOPPED = "stopped", "停止"

    kind = models.CharField("種類", max_length=10, choices=Kind, default=Kind.DEPARTMENT)
    year = models.PositiveSmallIntegerField("年度", validators=YEAR_LIMITS)
    paper = models.ForeignKey(
        "goals.OperatingPolicy",
        verbose_name="運営方針",
        on_delete=models.PROTECT,
        related_name="packets",
        null=True,
        blank=True,
    )
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="面談者",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    day = models.DateField("面談の日", null=True, blank=True)
    layout = models.CharField("体裁", max_length=60, blank=True)
    digest = models.CharField("内容の要約値", max_length=64, blank=True)
    edition = models.CharField("版", max_length=20, blank=True)
    status = models.CharField("状態", max_length=10, choices=Status, default=Status.WAITING)
    pages = models.PositiveIntegerField("頁数", null=True, blank=True)
    size = models.PositiveBigIntegerField("大きさ（バイト）", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="作成を指示した人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    asked_at = models.DateTimeField("作成を指示した日時")
    started_at = models.DateTimeField("始めた日時", null=True, blank=True)
    finished_at = models.DateTimeField("終わった日時", null=True, blank=True)
    outdated_at = models.DateTimeField("内容が古くなった日時", null=True, blank=True)
    failure = models.CharField("失敗の理由", max_length=300, blank=True)
    worker = models.CharField("作っているワーカー", max_length=64, blank=True)
    beat_at = models.DateTimeField("最後に動きのあった日時")
    attempts = models.PositiveSmallIntegerField("試みた回数", default=0)

    objects = PacketFileQuerySet.as_manager()

    class Meta:
        verbose_name = "面談資料のPDF"
        verbose_name_plural = "面談資料のPDF"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["paper", "digest"]),
            models.Index(fields=["year", "kind"]),
            models.Index(fields=["status"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="packet_status_known",
                condition=Q(status__in=["waiting", "running", "done", "failed", "stopped"]),
            ),
            models.CheckConstraint(
                name="packet_kind_has_what_it_shows",
                condition=(
                    Q(kind="department", paper__isnull=False, interviewer=None, day=None)
                    | Q(kind__in=["day", "timetable"], paper=None)
                    & Q(interviewer__isnull=False, day__isnull=False)
                    | Q(kind__in=["book", "coverage", "form"], paper=None)
                    & Q(interviewer=None, day=None)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """What it is, without the year: 総務部の面談資料、4月6日（木） 井澤 邦夫の面談資料."""
        if self.paper is not None:
            return f"{self.paper.department.name}の面談資料"
        if self.day is None or self.interviewer is None:
            return self.get_kind_display()
        of_day = "面談日程表" if self.kind == self.Kind.TIMETABLE else "面談資料"
        return f"{format_short_date(self.day)}　{self.interviewer.name}の{of_day}"

    @property
    def name(self) -> str:
        """The name under which it is downloaded: 令和5年度_総務部_面談資料_片面.pdf."""
        words = [format_year(self.year), *self._words(), self.layout_label.replace("・", "_")]
        return "_".join("".join(word.split()) for word in words if word) + ".pdf"

    def _words(self) -> list[str]:
        if self.paper is not None:
            return [self.paper.department.name, "面談資料"]
        if self.day is None or self.interviewer is None:
            return [self.get_kind_display()]
        kind = "面談日程表" if self.kind == self.Kind.TIMETABLE else "面談資料"
        return [f"{self.day:%m%d}", self.interviewer.name, kind]

    @property
    def layout_label(self) -> str:
        """片面・大きな字; empty for the usual packet."""
        return Layout.parse(self.layout).label

    @property
    def path(self) -> Path:
        """Where the file lies: named after its content."""
        return path_of(self.digest)

    @property
    def is_swept(self) -> bool:
        """Whether it was made, and its file was cleared away since."""
        return self.status == self.Status.DONE and not self.path.exists()

    @property
    def is_open(self) -> bool:
        """Whether it is still to come, by what the row says."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def is_given_up(self) -> bool:
        """Whether nobody has worked on it for long, although it should be there."""
        return self.is_open and self.beat_at <= clock.now() - PATIENCE

    @property
    def state(self) -> str:
        """What the chip shows: waiting, working, done, failed or stopped."""
        if self.status == self.Status.FAILED or self.is_given_up:
            return "failed"
        return "working" if self.status == self.Status.RUNNING else self.status

    @property
    def state_label(self) -> str:
        """``state`` in Japanese."""
        return self.Status.FAILED.label if self.is_given_up else self.Status(self.status).label

    @property
    def sentence(self) -> str:
        """Why there is no file, for the person who waits for it; empty where all is well."""
        if self.is_given_up:
            minutes = int(PATIENCE.total_seconds() // 60)
            return f"{self.title}が{minutes}分たっても出来上がりません。もう一度作ってください。"
        return self.failure

    @property
    def is_outdated(self) -> bool:
        """Whether something that it shows is known to have changed after it was asked for."""
        paper = self.paper
        moments = (paper.updated_at, paper.submitted_at) if paper else ()
        return self.outdated_at is not None or any(
            moment is not None and self.asked_at < moment <= clock.now() for moment in moments
        )


class PacketPart(models.Model):
    """One part of a file: a department's packet, or the front of a book. By it the page tells
    how far a file has come, and the file what it is bound from."""

    class Status(models.TextChoices):
        """How far the part has come."""

        WAITING = "waiting", "順番待ち"
        RUNNING = "running", "作成中"
        DONE = "done", "できました"
        FAILED = "failed", "作れませんでした"

    file = models.ForeignKey(
        PacketFile, verbose_name="面談資料のPDF", on_delete=models.CASCADE, related_name="parts"
    )
    order = models.PositiveSmallIntegerField("順")
    paper = models.ForeignKey(
        "goals.OperatingPolicy",
        verbose_name="運営方針",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    title = models.CharField("題名", max_length=100)
    digest = models.CharField("内容の要約値", max_length=64, blank=True)
    edition = models.CharField("版", max_length=20, blank=True)
    status = models.CharField("状態", max_length=10, choices=Status, default=Status.WAITING)
    is_kept = models.BooleanField("前に作ったもの", default=False)
    pages = models.PositiveIntegerField("頁数", null=True, blank=True)
    failure = models.CharField("失敗の理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "面談資料の部分"
        verbose_name_plural = "面談資料の部分"
        ordering = ("file", "order")
        constraints = [
            models.UniqueConstraint(name="packet_part_once", fields=["file", "order"]),
            models.CheckConstraint(
                name="packet_part_status_known",
                condition=Q(status__in=["waiting", "running", "done", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title


def path_of(digest: str) -> Path:
    """Where the PDF of that digest lies; what is known of it lies beside it as JSON."""
    return Path(settings.MEDIA_ROOT) / "packets" / f"{digest}.pdf"
