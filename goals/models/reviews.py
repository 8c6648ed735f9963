"""The review of a paper: remarks, versions handed in, signatures, texts that could not be saved."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from goals.models.fields import SHORT, text


class RemarkQuerySet(models.QuerySet["Remark"]):
    def unsettled(self) -> "RemarkQuerySet":
        return self.filter(settled_at__isnull=True)


class Remark(models.Model):
    """指摘: a reviewer's remark on a paper, a response or a goal; answered, settled."""

    paper = models.ForeignKey(
        "goals.OperatingPolicy", on_delete=models.PROTECT, related_name="remarks"
    )
    response_to = models.ForeignKey(
        "policies.Section",
        verbose_name="部の方針への指摘",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="remarks",
    )
    goal = models.ForeignKey(
        "goals.Goal",
        verbose_name="組織目標への指摘",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="remarks",
    )
    body = models.TextField("指摘", max_length=SHORT, validators=[MaxLengthValidator(SHORT)])
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    answer = text("部の返事", SHORT)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = "指摘"
        verbose_name_plural = "指摘"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="remark_on_one_thing",
                condition=Q(response_to__isnull=True) | Q(goal__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.body[:20]


class Revision(models.Model):
    """版: a frozen snapshot at each submission, names included."""

    paper = models.ForeignKey(
        "goals.OperatingPolicy", on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveSmallIntegerField("版")
    content = models.JSONField("内容")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("提出日時")

    class Meta:
        verbose_name = "版"
        verbose_name_plural = "版"
        ordering = ("paper", "number")
        constraints = [models.UniqueConstraint("paper", "number", name="one_revision_each_number")]

    def __str__(self) -> str:
        return f"第{self.number}版"


class Signature(models.Model):
    """署名: a head stands by a version that was handed in; one who stands in signs for another."""

    revision = models.ForeignKey(
        "goals.Revision", on_delete=models.PROTECT, related_name="signatures"
    )
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    standing_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("氏名", max_length=60)
    title = models.CharField("職名", max_length=60)
    standing_in_for_name = models.CharField("代理を受ける人の氏名", max_length=60, blank=True)
    signed_at = models.DateTimeField("署名した日時")

    class Meta:
        verbose_name = "署名"
        verbose_name_plural = "署名"
        ordering = ("revision", "pk")
        constraints = [
            models.UniqueConstraint(
                "revision",
                "signer",
                condition=Q(standing_in_for__isnull=True),
                name="one_signature_each_head",
            ),
            models.UniqueConstraint(
                "revision", "standing_in_for", name="one_signature_for_each_absent_head"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.name}"


class KeptText(models.Model):
    """残っている文: what somebody typed and could not save. Nothing is lost."""

    class Reason(models.TextChoices):
        """Why it could not be saved."""

        CONFLICT = "conflict", "ほかの人が先に保存したため"
        LATE = "late", "職が変わったため"

    paper = models.ForeignKey(
        "goals.OperatingPolicy", on_delete=models.PROTECT, related_name="kept_texts"
    )
    part = models.CharField("箇所", max_length=80)
    label = models.CharField("箇所の名前", max_length=100)
    content = models.JSONField("書いた内容")
    typed = models.JSONField(
        "送られた欄", default=dict, blank=True, help_text="もう一度、欄に入れるための値です。"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField("書いた日時")
    reason = models.CharField(
        "保存できなかった理由", max_length=10, choices=Reason, default=Reason.CONFLICT
    )
    shared_at = models.DateTimeField(
        "部に見せた日時", null=True, help_text="空欄の間は、書いた人だけが読めます。"
    )

    class Meta:
        verbose_name = "残っている文"
        verbose_name_plural = "残っている文"
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                "paper",
                "part",
                "written_by",
                condition=Q(reason="late", shared_at__isnull=True),
                name="one_late_text_each_part",
            )
        ]

    def __str__(self) -> str:
        return self.label
