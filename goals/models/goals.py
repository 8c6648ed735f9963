"""組織目標 and its 指標."""

from dataclasses import replace

from django.db import models

from core.permissions import Target
from core.text import circled
from goals.models.fields import LINE, MIDDLE, SHORT, Versioned, text, thousand_yen


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
    def target(self) -> Target:
        """What the rule of rights needs to know of this goal. Needs the paper."""
        return replace(self.paper.target, is_goal=True, division_id=self.lead_division_id)

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
