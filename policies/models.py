"""The mayor's policy of a year, and the plans that departments carry out."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.years import format_year
from departments.models import YEAR_LIMITS, ValidInYears


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


class BasicPolicy(models.Model):
    """市政運営の基本方針: the mayor's document of one year, with its full source text."""

    year = models.PositiveSmallIntegerField("年度", unique=True, validators=YEAR_LIMITS)
    title = models.CharField("題名", max_length=200)
    issued_on = models.DateField("日付", null=True, blank=True)
    issuer = models.CharField("発出者", max_length=100, blank=True)
    preamble = models.TextField("前文", blank=True)
    source_text = models.TextField("原文")

    class Meta:
        verbose_name = "市政運営の基本方針"
        verbose_name_plural = "市政運営の基本方針"
        ordering = ("-year",)

    def __str__(self) -> str:
        return self.title

    def is_issued_on(self, day: dt.date) -> bool:
        """Whether the document has been issued by ``day``; before, it is a draft."""
        return self.issued_on is not None and self.issued_on <= day


class SectionQuerySet(models.QuerySet["Section"]):
    def open_for_answers(self) -> "SectionQuerySet":
        """Sections to which every department owes a response (or 該当なし)."""
        return self.filter(is_open=True)

    def in_order(self) -> "SectionQuerySet":
        """As they stand in the document."""
        return self.order_by("policy", "place")


class Section(models.Model):
    """章・項・号: a node of the document; a tree by ``parent``, in reading order by ``place``."""

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
    place = models.PositiveSmallIntegerField("並び順")
    marker = models.CharField("番号", max_length=20, help_text="本文のとおりの番号。例：1、(1)、ア")
    number = models.CharField("呼び方", max_length=40, help_text="例：1(4)")
    path = models.SlugField("記号", max_length=40, help_text="例：1-4")
    heading = models.CharField("見出し", max_length=200, blank=True)
    short_name = models.CharField("短い名前", max_length=30, blank=True)
    body = models.TextField("本文", blank=True)
    is_open = models.BooleanField("回答を求める", default=True)
    source_start = models.PositiveIntegerField("原文での始まり", default=0)
    source_end = models.PositiveIntegerField("原文での終わり", default=0)

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

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def name(self) -> str:
        """Heading, the office's short name, or the opening words."""
        return self.heading or self.short_name or _opening(self.body)


def _opening(body: str, length: int = 16) -> str:
    return body if len(body) <= length else f"{body[:length]}…"


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

    class Meta(ValidInYears.Meta):
        verbose_name = "計画"
        verbose_name_plural = "計画"

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """施策 of a plan."""

    plan = models.ForeignKey(
        "policies.Plan", verbose_name="計画", on_delete=models.PROTECT, related_name="measures"
    )
    code = models.CharField("番号", max_length=20)
    name = models.CharField("名称", max_length=100)
    order = models.PositiveSmallIntegerField("並び順", default=0)
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
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
