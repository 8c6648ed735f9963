"""The mayor's policy of a year, and the plans that departments carry out."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.years import format_year
from departments.models import YEAR_LIMITS, ValidInYears
from policies.rules import check_measure, check_plan


class Cycle(models.Model):
    """年度設定: one row for each fiscal year."""

    year = models.PositiveSmallIntegerField("年度", primary_key=True, validators=YEAR_LIMITS)
    policy_due = models.DateField("基本方針の決定日")
    submission_due = models.DateTimeField("運営方針・組織目標の提出期限")

    class Meta:
        verbose_name = "年度設定"
        verbose_name_plural = "年度設定"
        ordering = ("-year",)

    def __str__(self) -> str:
        return format_year(self.year)


class MayorsDocument(models.Model):
    """A text of the mayor for one year, with its full source."""

    year = models.PositiveSmallIntegerField("年度", unique=True, validators=YEAR_LIMITS)
    title = models.CharField("題名", max_length=200)
    issued_on = models.DateField("日付", null=True, blank=True)
    issuer = models.CharField("発出者", max_length=100, blank=True)
    preamble = models.TextField("前文", blank=True)
    source_text = models.TextField("原文")
    outline = models.JSONField("項の位置", default=dict, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ("-year",)

    def __str__(self) -> str:
        return self.title


class BasicPolicy(MayorsDocument):
    """市政運営の基本方針: the mayor's order to the departments.

    ``edition`` is None while it is shown in the house as 案, 0 once issued (発出), n after the
    n-th amendment (第n次改正).
    """

    edition = models.PositiveSmallIntegerField("版", null=True, blank=True, editable=False)

    class Meta(MayorsDocument.Meta):
        verbose_name = "市政運営の基本方針"
        verbose_name_plural = "市政運営の基本方針"

    @property
    def is_issued(self) -> bool:
        """Whether it may change by an amendment only."""
        return self.edition is not None

    def is_issued_on(self, day: dt.date) -> bool:
        """Whether the document is in force on ``day``; before, it is a draft."""
        return self.is_issued and self.issued_on is not None and self.issued_on <= day


class Speech(MayorsDocument):
    """施政方針: the mayor's speech to the council in February, and the projects that it names."""

    class Meta(MayorsDocument.Meta):
        verbose_name = "施政方針"
        verbose_name_plural = "施政方針"


class Passage(models.Model):
    """A numbered stretch of a document, in reading order by ``place``.

    ``path`` is its address (#1-4): given when it is first shown in the house, and never changed
    or given again, so that what was written about it stays with it.
    """

    place = models.PositiveSmallIntegerField("並び順")
    marker = models.CharField(
        "番号", max_length=20, blank=True, help_text="本文のとおりの番号。例：1、(1)、ア"
    )
    number = models.CharField("呼び方", max_length=40, help_text="例：1(4)")
    path = models.SlugField("記号", max_length=40, help_text="例：1-4")
    heading = models.CharField("見出し", max_length=200, blank=True)
    short_name = models.CharField("短い名前", max_length=30, blank=True)
    body = models.TextField("本文", blank=True)
    is_dropped = models.BooleanField("削られた", default=False)
    source_start = models.PositiveIntegerField("原文での始まり", default=0)
    source_end = models.PositiveIntegerField("原文での終わり", default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def name(self) -> str:
        """Heading, the office's short name, or the opening words."""
        return self.heading or self.short_name or _opening(self.body)


def _opening(body: str, length: int = 16) -> str:
    return body if len(body) <= length else f"{body[:length]}…"


class SectionQuerySet(models.QuerySet["Section"]):
    def standing(self) -> "SectionQuerySet":
        """Those that no amendment has taken out."""
        return self.filter(is_dropped=False)

    def open_for_answers(self) -> "SectionQuerySet":
        """Sections without items to which every department owes a response (or 該当なし)."""
        items = Section.objects.standing().filter(parent=models.OuterRef("pk"))
        return self.standing().filter(~models.Exists(items), is_open=True)

    def in_order(self) -> "SectionQuerySet":
        """As they stand in the document."""
        return self.order_by("policy", "place")


class Section(Passage):
    """章・項・号: a node of the basic policy; a tree by ``parent``.

    ``is_open``: every department owes an answer, where the section has no items.
    """

    policy = models.ForeignKey(
        "policies.BasicPolicy",
        verbose_name="基本方針",
        on_delete=models.PROTECT,
        related_name="sections",
    )
    parent = models.ForeignKey(
        "self",
        verbose_name="上の項",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
    )
    is_open = models.BooleanField("回答を求める", default=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = "基本方針の項"
        verbose_name_plural = "基本方針の項"
        ordering = ("policy", "place")
        constraints = [
            models.UniqueConstraint(
                "policy",
                "path",
                name="one_section_each_path",
                violation_error_message="この記号の項は、この基本方針に既にあります。",
            ),
            models.CheckConstraint(
                name="section_source_in_order", condition=Q(source_end__gte=F("source_start"))
            ),
        ]


class Project(Passage):
    """事業: what the speech promises; departments list those that they must carry out."""

    speech = models.ForeignKey(
        "policies.Speech",
        verbose_name="施政方針",
        on_delete=models.PROTECT,
        related_name="projects",
    )

    class Meta:
        verbose_name = "施政方針の事業"
        verbose_name_plural = "施政方針の事業"
        ordering = ("speech", "place")
        constraints = [
            models.UniqueConstraint("speech", "path", name="one_project_each_path"),
            models.CheckConstraint(
                name="project_source_in_order", condition=Q(source_end__gte=F("source_start"))
            ),
        ]


class Edition(models.Model):
    """発出・改正: the basic policy as it stood from a day on; number 0 is 発出, n 第n次改正.

    ``content`` freezes the text: ``{"title", "preamble", "sections": [{"path", "parent", "place",
    "marker", "number", "heading", "short_name", "body", "is_open"}, …]}``.
    """

    policy = models.ForeignKey(
        "policies.BasicPolicy",
        verbose_name="基本方針",
        on_delete=models.PROTECT,
        related_name="editions",
    )
    number = models.PositiveSmallIntegerField("改正の回数")
    dated_on = models.DateField("日付")
    reason = models.TextField("改正の理由", blank=True, max_length=400)
    content = models.JSONField("内容")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "発出・改正"
        verbose_name_plural = "発出・改正"
        ordering = ("policy", "number")
        constraints = [
            models.UniqueConstraint("policy", "number", name="one_edition_each_number"),
            models.CheckConstraint(
                name="amendment_has_reason", condition=Q(number=0) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}次改正" if self.number else "発出"


class Alignment(models.Model):
    """昨年度との対応, confirmed by the office: which of last year's sections a section follows."""

    section = models.OneToOneField(
        "policies.Section",
        verbose_name="今年度の項",
        on_delete=models.PROTECT,
        related_name="alignment",
    )
    earlier = models.ForeignKey(
        "policies.Section",
        verbose_name="昨年度の項",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        help_text="空なら新規。",
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField("確定日時")

    class Meta:
        verbose_name = "昨年度との対応"
        verbose_name_plural = "昨年度との対応"
        ordering = ("section__place",)

    def __str__(self) -> str:
        return f"{self.section} ← {self.earlier or '新規'}"


class Manuscript(models.Model):
    """原稿: the office's desk, where a document is corrected before others see it.

    ``base`` is the outline (policies.outline.to_json) of ``source_text`` as read or, where
    ``is_shown``, as others see it; ``edits`` are what the office has put right since, in order;
    ``undone`` what it took back, the last one last: each ``{"label": …, "edit": …}``.
    ``doubts`` are ``[line, question, is_settled]``.
    """

    class Kind(models.TextChoices):
        BASIC = "basic", "市政運営の基本方針"
        SPEECH = "speech", "施政方針"

    kind = models.CharField("文書", max_length=10, choices=Kind, default=Kind.BASIC)
    year = models.PositiveSmallIntegerField("年度", validators=YEAR_LIMITS)
    title = models.CharField("題名", max_length=200, blank=True)
    issued_on = models.DateField("日付", null=True, blank=True)
    issuer = models.CharField("発出者", max_length=100, blank=True)
    file_name = models.CharField("ファイル名", max_length=200, blank=True)
    source_text = models.TextField("原文")
    base = models.JSONField("読取り")
    doubts = models.JSONField("確かめること", default=list, blank=True)
    edits = models.JSONField("直したこと", default=list, blank=True)
    undone = models.JSONField("元に戻したこと", default=list, blank=True)
    is_shown = models.BooleanField("庁内に見せた", default=False)
    version = models.PositiveIntegerField("版数", default=1, editable=False)
    updated_at = models.DateTimeField("最後の変更", null=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="最後に直した人",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = "原稿"
        verbose_name_plural = "原稿"
        ordering = ("-year", "kind")
        constraints = [
            models.UniqueConstraint("year", "kind", name="one_manuscript_each_kind"),
        ]

    def __str__(self) -> str:
        return f"{format_year(self.year)} {self.get_kind_display()}の原稿"

    @property
    def is_changed(self) -> bool:
        """Whether others do not see it yet as it stands here."""
        return bool(self.edits) or not self.is_shown


class Sdg(models.Model):
    """One of the 17 goals of 持続可能な開発目標 (A/RES/70/1)."""

    number = models.PositiveSmallIntegerField(
        "番号", primary_key=True, validators=[MinValueValidator(1), MaxValueValidator(17)]
    )
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = "SDGsの目標"
        verbose_name_plural = "SDGsの目標"
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Plan(ValidInYears):
    """計画: 国分寺市ビジョン実行計画 and the like."""

    name = models.CharField("名称", max_length=100, unique=True)
    short_name = models.CharField(
        "短い名前", max_length=40, blank=True, help_text="文中での呼び方。例：ビジョン実行計画"
    )

    class Meta(ValidInYears.Meta):
        verbose_name = "計画"
        verbose_name_plural = "計画"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_plan(self)


class Measure(ValidInYears):
    """施策 of a plan."""

    plan = models.ForeignKey(
        "policies.Plan", verbose_name="計画", on_delete=models.PROTECT, related_name="measures"
    )
    code = models.CharField("番号", max_length=20)
    name = models.CharField("名称", max_length=100)
    lead_division = models.ForeignKey(
        "departments.Division",
        verbose_name="主管課",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
    )
    sdgs = models.ManyToManyField("policies.Sdg", verbose_name="SDGs", blank=True)

    class Meta:
        verbose_name = "施策"
        verbose_name_plural = "施策"
        ordering = ("plan__order", "order", "pk")
        constraints = [
            models.UniqueConstraint(
                "plan",
                "code",
                name="one_measure_each_code",
                violation_error_message="この計画には、この番号の施策が既にあります。",
            ),
            models.CheckConstraint(
                name="measure_years_in_order",
                condition=Q(last_year__isnull=True) | Q(last_year__gte=F("first_year")),
                violation_error_message="最後の年度は、最初の年度より前にはできません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """A measure without a first year begins with its plan."""
        if self.plan_id is not None:
            self.first_year = self.first_year or self.plan.first_year
            check_measure(self)
