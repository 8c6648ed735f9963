"""面談資料 that were asked for: one row for each PDF, from the wish to the file."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.years import format_year

PATIENCE = dt.timedelta(minutes=10)
"""After so long without an end, a wish counts as failed: its worker is gone."""

DRAFT = "作成中"
"""The edition of a packet whose paper is not handed in."""


class PacketFileQuerySet(models.QuerySet["PacketFile"]):
    def underway(self) -> "PacketFileQuerySet":
        """Waiting for the press or in it, and not given up."""
        return self.filter(
            status__in=(PacketFile.Status.WAITING, PacketFile.Status.RUNNING),
            asked_at__gt=clock.now() - PATIENCE,
        )

    def handed_in(self) -> "PacketFileQuerySet":
        """Of what was handed in, not of a draft."""
        return self.exclude(edition=DRAFT)

    def newest_first(self) -> "PacketFileQuerySet":
        return self.select_related("asked_by").order_by("-pk")


class PacketFile(models.Model):
    """A packet as PDF: of which paper, of which record (``digest``), and how far it has come."""

    class Status(models.TextChoices):
        """How far the PDF has come."""

        WAITING = "waiting", "順番待ち"
        RUNNING = "running", "PDFを作成中"
        DONE = "done", "完成"
        FAILED = "failed", "失敗"

    paper = models.ForeignKey(
        "goals.OperatingPolicy",
        verbose_name="運営方針",
        on_delete=models.PROTECT,
        related_name="packets",
    )
    digest = models.CharField("内容の要約値", max_length=64)
    status = models.CharField("状態", max_length=10, choices=Status, default=Status.WAITING)
    printed_on = models.DateField("印刷日")
    edition = models.CharField("版", max_length=20, blank=True)
    pages = models.PositiveIntegerField("頁数", null=True, blank=True)
    size = models.PositiveBigIntegerField("大きさ（バイト）", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="作成を指示した人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    asked_at = models.DateTimeField("作成を指示した日時")
    started_at = models.DateTimeField("始めた日時", null=True, blank=True)
    finished_at = models.DateTimeField("終わった日時", null=True, blank=True)
    failure = models.CharField("失敗の理由", max_length=300, blank=True)

    objects = PacketFileQuerySet.as_manager()

    class Meta:
        verbose_name = "面談資料のPDF"
        verbose_name_plural = "面談資料のPDF"
        ordering = ("-pk",)
        indexes = [models.Index(fields=["paper", "digest"])]
        constraints = [
            models.CheckConstraint(
                name="packet_status_known",
                condition=Q(status__in=["waiting", "running", "done", "failed"]),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name under which it is downloaded: 令和5年度_総務部_面談資料.pdf."""
        return f"{format_year(self.paper.year)}_{self.paper.department.name}_面談資料.pdf"

    @property
    def path(self) -> Path:
        """Where the file lies: named after its content."""
        return Path(settings.MEDIA_ROOT) / "packets" / f"{self.digest}.pdf"

    @property
    def notes_path(self) -> Path:
        """What was found out while it was made, kept beside it."""
        return self.path.with_suffix(".json")

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
        """Whether it should have been there long ago."""
        return self.is_open and self.asked_at <= clock.now() - PATIENCE

    @property
    def state(self) -> str:
        """What the chip shows: waiting, working, done or failed."""
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
            return (
                f"{self.paper.department.name}の面談資料が{minutes}分たっても出来上がりません。"
                "もう一度作ってください。"
            )
        return self.failure

    @property
    def is_outdated(self) -> bool:
        """Whether the paper was written or moved after this was asked for."""
        moments = (self.paper.updated_at, self.paper.submitted_at)
        return any(moment is not None and moment > self.asked_at for moment in moments)
