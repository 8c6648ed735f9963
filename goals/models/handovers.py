"""事務引継ぎ: what a head who goes leaves to the one who comes."""

from django.conf import settings
from django.db import models

from goals.models.fields import LONG, MIDDLE, Versioned, text


class Handover(Versioned):
    """引継書: what one outgoing head leaves on one paper."""

    paper = models.ForeignKey(
        "goals.OperatingPolicy", on_delete=models.PROTECT, related_name="handovers"
    )
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="引き継ぐ人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    title = models.CharField("職名", max_length=60)
    body = text("部全体の引継事項", LONG, "懸案、約束していること、注意することを書きます。")
    handed_at = models.DateTimeField("渡した日時", null=True, blank=True, editable=False)
    handed_version = models.PositiveIntegerField("渡した版数", default=0, editable=False)
    handed = models.JSONField(
        "渡した内容",
        default=dict,
        editable=False,
        help_text="渡したときの文。書きかけの文は、渡すまで書いた人だけが読めます。",
    )

    class Meta:
        verbose_name = "引継書"
        verbose_name_plural = "引継書"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint("paper", "giver", name="one_handover_each_head")]

    def __str__(self) -> str:
        return f"{self.paper}の引継書（{self.title}）"


class HandoverNote(models.Model):
    """What is handed over about one goal."""

    handover = models.ForeignKey("goals.Handover", on_delete=models.PROTECT, related_name="notes")
    goal = models.ForeignKey(
        "goals.Goal", verbose_name="組織目標", on_delete=models.PROTECT, related_name="+"
    )
    body = text("引継事項", MIDDLE)

    class Meta:
        verbose_name = "目標の引継事項"
        verbose_name_plural = "目標の引継事項"
        ordering = ("goal__order", "pk")
        constraints = [models.UniqueConstraint("handover", "goal", name="one_note_each_goal")]

    def __str__(self) -> str:
        return f"{self.goal}の引継事項"


class HandoverReceipt(models.Model):
    """受領: a successor has read the handover, as it stood in ``version``."""

    handover = models.ForeignKey(
        "goals.Handover", on_delete=models.PROTECT, related_name="receipts"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="引き継いだ人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    title = models.CharField("職名", max_length=60)
    version = models.PositiveIntegerField("版数")
    received_at = models.DateTimeField("受領した日時")

    class Meta:
        verbose_name = "引継ぎの受領"
        verbose_name_plural = "引継ぎの受領"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint("handover", "receiver", name="one_receipt_each_successor")
        ]

    def __str__(self) -> str:
        return f"{self.title}の受領"
