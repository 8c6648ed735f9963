"""What a department answers: its 運営方針, its 組織目標, and the review of them."""

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.permissions import Target
from core.text import circled
from core.workflow import AT_OFFICE, SETTLED, WRITABLE, Status
from core.years import format_year
from departments.models import YEAR_LIMITS

LONG, MIDDLE, SHORT, LINE = 4000, 1000, 400, 60
MAX_YEN = 10**12


def text(label: str, limit: int, help_text: str = "") -> models.TextField:
    """A text that may stay empty, of at most ``limit`` characters."""
    return models.TextField(
        label,
        blank=True,
        max_length=limit,
        validators=[MaxLengthValidator(limit)],
        help_text=help_text,
    )


def thousand_yen(label: str) -> models.BigIntegerField:
    """An amount in 千円 (integer thousands of yen)."""
    return models.BigIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MinValueValidator(-MAX_YEN), MaxValueValidator(MAX_YEN)],
    )


class Versioned(models.Model):
    """A row that two people may write at once: every save carries the version it was based on."""

    version = models.PositiveIntegerField("版数", default=1, editable=False)
    updated_at = models.DateTimeField("最後の変更", null=True, blank=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="最後に書いた人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True


class OperatingPolicyQuerySet(models.QuerySet["OperatingPolicy"]):
    def for_page(self) -> "OperatingPolicyQuerySet":
        """With what every page of a paper shows in its head."""
        return self.select_related("department", "updated_by")


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


class Goal(Versioned):
    """組織目標: a row: what, how far, by when, how, by whom."""

    class Kind(models.TextChoices):
        """Compared with last year."""

        NEW = "new", "新規"
        EXPAND = "expand", "拡充"
        CONTINUE = "continue", "継続"
        END = "end", "終了"

    paper = models.ForeignKey(
        "goals.OperatingPolicy", on_delete=models.PROTECT, related_name="goals"
    )
    key = models.UUIDField(unique=True, null=True, editable=False)
    order = models.PositiveSmallIntegerField("重みの順", default=1)
    title = models.CharField("目標", max_length=LINE)
    kind = models.CharField("区分", max_length=10, choices=Kind, default=Kind.NEW)
    standard = text("達成水準・達成基準", SHORT, "どこまでできれば達成かを書きます。")
    lead_division = models.ForeignKey(
        "departments.Division",
        verbose_name="主管課",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="goals",
    )
    other_divisions = models.ManyToManyField(
        "departments.Division", verbose_name="関係課", blank=True, related_name="shared_goals"
    )
    due_on = models.DateField("期限", null=True, blank=True)
    method = text("方策", MIDDLE, "一つの方策を1行に書きます。①②③の番号は自動で付きます。")
    q1 = text("4～6月", 200)
    q2 = text("7～9月", 200)
    q3 = text("10～12月", 200)
    q4 = text("1～3月", 200)
    budget = thousand_yen("予算額（千円）")
    partners = text("協働関係先", 200)
    is_own = models.BooleanField("部独自の目標（基本方針の項に結び付かない）", default=False)
    sections = models.ManyToManyField(
        "policies.Section", verbose_name="応える項", blank=True, related_name="goals"
    )
    projects = models.ManyToManyField(
        "policies.Project", verbose_name="施政方針の事業", blank=True, related_name="goals"
    )
    measures = models.ManyToManyField(
        "policies.Measure", verbose_name="計画の施策", blank=True, related_name="goals"
    )
    sdgs = models.ManyToManyField(
        "policies.Sdg", verbose_name="SDGs", blank=True, related_name="goals"
    )
    is_removed = models.BooleanField("取り消した", default=False, editable=False)

    class Meta:
        verbose_name = "組織目標"
        verbose_name_plural = "組織目標"
        ordering = ("order", "pk")
        indexes = [models.Index(fields=["paper", "is_removed", "order"])]

    def __str__(self) -> str:
        return f"目標{self.order} {self.title}"

    @property
    def methods(self) -> list[str]:
        """方策 with their numbers, one string each."""
        lines = [line.strip() for line in self.method.splitlines() if line.strip()]
        return [f"{circled(n)}{line.lstrip('①②③④⑤⑥⑦⑧⑨⑩ ')}" for n, line in enumerate(lines, 1)]

    @property
    def quarters(self) -> list[tuple[str, str]]:
        """The four quarters: label and what is planned."""
        labels = ("4～6月", "7～9月", "10～12月", "1～3月")
        return list(zip(labels, (self.q1, self.q2, self.q3, self.q4), strict=True))


class Indicator(models.Model):
    """指標 of a goal."""

    class Kind(models.TextChoices):
        OUTCOME = "outcome", "成果"
        OUTPUT = "output", "活動"

    goal = models.ForeignKey("goals.Goal", on_delete=models.PROTECT, related_name="indicators")
    order = models.PositiveSmallIntegerField("並び順", default=1)
    name = models.CharField("指標", max_length=LINE)
    kind = models.CharField("種別", max_length=10, choices=Kind, default=Kind.OUTCOME)
    unit = models.CharField("単位", max_length=12)
    baseline = models.CharField("現状値", max_length=20, blank=True)
    target = models.CharField("目標値", max_length=20)
    actual = models.CharField("実績値", max_length=20, blank=True)
    rationale = models.CharField("目標値の根拠", max_length=100, blank=True)

    class Meta:
        verbose_name = "指標"
        verbose_name_plural = "指標"
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name


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


class ConflictingDraft(models.Model):
    """競合した下書き: what somebody wrote while somebody else saved first. Nothing is lost."""

    paper = models.ForeignKey(
        "goals.OperatingPolicy", on_delete=models.PROTECT, related_name="conflicting_drafts"
    )
    part = models.CharField("箇所", max_length=80)
    label = models.CharField("箇所の名前", max_length=100)
    content = models.JSONField("書いた内容")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField("書いた日時")

    class Meta:
        verbose_name = "競合した下書き"
        verbose_name_plural = "競合した下書き"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.label
