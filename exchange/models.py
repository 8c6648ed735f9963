"""人事・組織の取込み: each file that was handed in, from the upload to what became of it."""

import datetime as dt

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core import clock

PATIENCE = dt.timedelta(minutes=2)
"""After so long without an end, whoever worked on it is gone."""
UNATTENDED = dt.timedelta(seconds=3)
"""After so long without a beginning, no worker is running: the page does the work itself."""
HEAVY = ("content", "problems", "changes", "effects", "notes")
"""Columns that only some pages need."""


class SpringImportQuerySet(models.QuerySet["SpringImport"]):
    def light(self) -> "SpringImportQuerySet":
        """Without what only some pages need."""
        return self.select_related("uploaded_by", "applied_by", "undone_by").defer(*HEAVY)

    def done(self) -> "SpringImportQuerySet":
        """Applied and not taken back, the last first."""
        return self.filter(status=SpringImport.Status.DONE).order_by("-event")


class SpringImport(models.Model):
    """A file, what it would change or what is wrong with it, and how far it has come.

    Secret: it names appointments before they are announced. Only whoever edits people sees it.
    """

    class Status(models.TextChoices):
        """How far the file has come."""

        WAITING = "waiting", "確認の順番待ち"
        CHECKING = "checking", "確認中"
        REFUSED = "refused", "誤りあり"
        CHECKED = "checked", "確認済み"
        QUEUED = "queued", "取込みの順番待ち"
        APPLYING = "applying", "取込み中"
        DONE = "done", "取込み済み"
        UNDONE = "undone", "取消し済み"
        FAILED = "failed", "失敗"

    file_name = models.CharField("ファイル名", max_length=200)
    digest = models.CharField("ファイルの要約値", max_length=64)
    content = models.BinaryField("ファイル", null=True)
    """Kept until it is applied or thrown away."""
    status = models.CharField("状態", max_length=10, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField("指示した日時")
    """When the check or the import was asked for."""
    done = models.PositiveIntegerField("済んだ行", default=0)
    total = models.PositiveIntegerField("すべての行", default=0)
    sentence = models.CharField("知らせ", max_length=300, blank=True)

    problems = models.JSONField("誤り", default=list, encoder=DjangoJSONEncoder)
    counts = models.JSONField("件数", default=dict)
    changes = models.JSONField("変更", default=list, encoder=DjangoJSONEncoder)
    effects = models.JSONField("人の動き", default=list, encoder=DjangoJSONEncoder)
    notes = models.JSONField("念のため", default=list)
    plan_digest = models.CharField("変更の要約値", max_length=64, blank=True)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="ファイルを選んだ人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField("ファイルを選んだ日時")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取り込んだ人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    standing_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="代理を受けた人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    address = models.CharField("接続元", max_length=45, blank=True)
    applied_at = models.DateTimeField("取り込んだ日時", null=True, blank=True)
    event = models.BigIntegerField("監査記録の番号", null=True, blank=True)
    """The line of the audit trail: what came after it was built on this import."""
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取り消した人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    undone_at = models.DateTimeField("取り消した日時", null=True, blank=True)

    objects = SpringImportQuerySet.as_manager()

    class Meta:
        verbose_name = "人事・組織の取込み"
        verbose_name_plural = "人事・組織の取込み"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="spring_import_status_known",
                condition=models.Q(
                    status__in=[
                        *("waiting", "checking", "refused", "checked", "queued"),
                        *("applying", "done", "undone", "failed"),
                    ]
                ),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_underway(self) -> bool:
        """Whether something is still to come."""
        return self.status in {"waiting", "checking", "queued", "applying"}

    @property
    def is_unattended(self) -> bool:
        """Whether nobody does what was asked for: no worker runs, or it died over it."""
        waited = clock.now() - self.asked_at
        if self.status in {"waiting", "queued"}:
            return waited >= UNATTENDED
        return self.is_underway and waited >= PATIENCE

    @property
    def is_open(self) -> bool:
        """Whether it can still be thrown away."""
        return self.status in {"refused", "checked", "failed"}

    @property
    def changed_rows(self) -> int:
        """How many rows the file changes."""
        return sum(n for row in self.counts.values() for kind, n in row.items() if kind != "same")

    @property
    def chip(self) -> str:
        """The kind of its chip."""
        chips = {"refused": "failed", "failed": "failed", "done": "done", "undone": "na"}
        return chips.get(self.status, "waiting" if self.status == "checked" else "working")
