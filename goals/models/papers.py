"""運営方針: the paper of a department, and what it says to each item of the mayor's text."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from core.permissions import Target
from core.workflow import AT_OFFICE, SETTLED, WRITABLE, Status
from core.years import format_year
from departments.models import YEAR_LIMITS
from goals.models.fields import LONG, MIDDLE, SHORT, Versioned, text, thousand_yen


class OperatingPolicyQuerySet(models.QuerySet["OperatingPolicy"]):
    def for_page(self) -> "OperatingPolicyQuerySet":
        """With what every page of a paper shows in its head."""
        return self.select_related("department", "updated_by")

    def of_year(self, year: int) -> "OperatingPolicyQuerySet":
        """The papers of the departments of a year.

        One that was laid out before its department was abolished counts where something is on it.
        """
        last = Q(department__last_year__isnull=True) | Q(department__last_year__gte=year)
        stands = Q(department__first_year__lte=year) & last
        return self.filter(stands | Q(edits__gt=0) | ~Q(status=Status.DRAFT), year=year)


class OperatingPolicy(Versioned):
    """運営方針: the paper of one department in one year."""

    year = models.PositiveSmallIntegerField("年度", validators=YEAR_LIMITS)
    department = models.ForeignKey(
        "departments.Department", verbose_name="部", on_delete=models.PROTECT, related_name="papers"
    )
    status = models.CharField("状態", max_length=12, choices=Status, default=Status.DRAFT)
    mission = text("部の使命", MIDDLE, "この部が市民のために果たす役割を書きます。")
    situation = text("現状と課題", LONG, "部を取り巻く状況と、今年度の課題を書きます。")
    analysis = text(
        "現在までの対応状況の検証・分析", LONG, "昨年度までに行ったことと、その結果を書きます。"
    )
    pioneering = text("先駆的な取組", LONG, "ほかの自治体に先んじて行うことを書きます。")
    staff = models.PositiveIntegerField(
        "職員数（人）", null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    budget = thousand_yen("予算額（千円）")
    edits = models.PositiveIntegerField("書込みの数", default=0, editable=False)
    projects = models.ManyToManyField(
        "policies.Project", verbose_name="施政方針の事業", blank=True, related_name="papers"
    )
    edition_seen = models.PositiveSmallIntegerField("確かめた改正", default=0, editable=False)
    submissions = models.PositiveSmallIntegerField("提出の回数", default=0, editable=False)
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True, editable=False)
    review_began_at = models.DateTimeField(
        "審査を始めた日時", null=True, blank=True, editable=False
    )
    reason = models.TextField("差戻し・修正の理由", blank=True, editable=False)

    objects = OperatingPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "運営方針"
        verbose_name_plural = "運営方針"
        ordering = ("-year", "department__order")
        constraints = [
            models.UniqueConstraint("year", "department", name="one_paper_each_year"),
            models.CheckConstraint(
                name="paper_status_known", condition=Q(status__in=Status.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{format_year(self.year)} {self.department.name}の運営方針"

    @property
    def is_writable(self) -> bool:
        """Whether the department may write now."""
        return self.status in WRITABLE

    @property
    def state(self) -> str:
        """What the chip shows: the status, with 未着手 and 再提出 told apart."""
        if self.status == Status.DRAFT and not self.edits:
            return "untouched"
        if self.status == Status.SUBMITTED and self.submissions > 1:
            return "resubmitted"
        return self.status

    @property
    def state_label(self) -> str:
        """``state`` in Japanese."""
        own = {"untouched": "未着手", "resubmitted": "再提出"}
        return own.get(self.state) or Status(self.status).label

    @property
    def target(self) -> Target:
        """What the rule of rights needs to know of this paper."""
        return Target(
            department_id=self.department_id,
            is_submitted=self.status in AT_OFFICE,
            is_finalised=self.status in SETTLED,
        )


class Response(Versioned):
    """部の方針: what the department says to one section, or why the section does not apply."""

    paper = models.ForeignKey(
        "goals.OperatingPolicy", on_delete=models.PROTECT, related_name="responses"
    )
    section = models.ForeignKey(
        "policies.Section",
        verbose_name="基本方針の項",
        on_delete=models.PROTECT,
        related_name="responses",
    )
    is_not_applicable = models.BooleanField("該当なし", default=False)
    body = text("部の方針", SHORT * 2)

    class Meta:
        verbose_name = "部の方針"
        verbose_name_plural = "部の方針"
        ordering = ("section__place",)
        constraints = [
            models.UniqueConstraint("paper", "section", name="one_response_each_section")
        ]

    def __str__(self) -> str:
        return f"{self.section.number} 部の方針"

    @property
    def is_given(self) -> bool:
        """Whether something is written: an answer, or the reason for 該当なし."""
        return bool(self.body.strip())
