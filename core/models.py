"""The audit trail (監査記録)."""

from django.conf import settings
from django.db import models


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Lines of the audit trail: read, never changed."""

    def of_subject(self, subject: str) -> "AuditQuerySet":
        """The history of one record, newest first."""
        return (
            self.filter(subject=subject).select_related("actor", "standing_in_for").order_by("-pk")
        )

    def update(self, **kwargs: object) -> int:
        raise TypeError("監査記録は変更できません。")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("監査記録は削除できません。")


class AuditEvent(models.Model):
    """One line: who, for whom, when, from where, what, before and after.

    Lines are chained: ``digest`` is the SHA-256 of the previous digest and this line, so that a
    line that was changed or taken away shows (``manage.py verify_audit``).
    """

    at = models.DateTimeField("日時")
    verb = models.CharField("操作", max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作した人",
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
    subject = models.CharField("対象の記録", max_length=80, blank=True, db_index=True)
    label = models.CharField("対象", max_length=200)
    before = models.JSONField("変更前", default=dict)
    after = models.JSONField("変更後", default=dict)
    digest = models.CharField(max_length=64, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "監査記録"
        verbose_name_plural = "監査記録"
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["verb"], name="audit_verb"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.label}"


class AuditHead(models.Model):
    """The end of the chain: one row, locked while a line is added."""

    digest = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return self.digest
