"""部 and 課, each valid in some years."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.years import format_year

YEAR_LIMITS = [MinValueValidator(1950), MaxValueValidator(2100)]


class ValidInYearsQuerySet(models.QuerySet):
    """Rows that are valid from one fiscal year to another."""

    def in_year(self, year: int) -> "ValidInYearsQuerySet":
        """Rows valid in fiscal year ``year``."""
        return self.filter(first_year__lte=year).filter(
            Q(last_year__isnull=True) | Q(last_year__gte=year)
        )


class ValidInYears(models.Model):
    """Valid from one fiscal year to another, both included."""

    first_year = models.PositiveSmallIntegerField("最初の年度", validators=YEAR_LIMITS)
    last_year = models.PositiveSmallIntegerField(
        "最後の年度", null=True, blank=True, validators=YEAR_LIMITS
    )
    order = models.PositiveSmallIntegerField("並び順", default=0)

    objects = ValidInYearsQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("order", "pk")

    def is_valid_in(self, year: int) -> bool:
        """Whether fiscal year ``year`` is one of its years."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def meets(self, first_year: int, last_year: int | None) -> bool:
        """Whether one of its years at least lies in these."""
        return self.is_valid_in(max(self.first_year, first_year)) and (
            last_year is None or self.first_year <= last_year
        )

    @property
    def years(self) -> str:
        """令和元年度から, 平成28年度から令和3年度まで."""
        last = f"{format_year(self.last_year)}まで" if self.last_year else ""
        return f"{format_year(self.first_year)}から{last}"


NO_CODES = (
    "amendments", "book", "coverage", "days", "files", "handovers", "open", "sheets",
)  # fmt: skip
"""Words of addresses that stand where the code of a department may stand."""


class Department(ValidInYears):
    """部, or an office that answers like one (会計課, 議会事務局 …)."""

    code = models.SlugField("記号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40)
    kana = models.CharField("ふりがな", max_length=80)
    successors = models.ManyToManyField(
        "self", verbose_name="後継の部", symmetrical=False, blank=True, related_name="predecessors"
    )

    class Meta(ValidInYears.Meta):
        verbose_name = "部"
        verbose_name_plural = "部"
        constraints = [
            models.CheckConstraint(
                name="department_years_in_order",
                condition=Q(last_year__isnull=True) | Q(last_year__gte=F("first_year")),
                violation_error_message="最後の年度は、最初の年度より前にはできません。",
            ),
            models.CheckConstraint(
                name="department_code_is_no_address",
                condition=~Q(code__in=NO_CODES),
                violation_error_message="この記号は画面のアドレスに使われています。ほかの記号にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Division(ValidInYears):
    """課 of a department."""

    department = models.ForeignKey(
        "departments.Department",
        verbose_name="部",
        on_delete=models.PROTECT,
        related_name="divisions",
    )
    code = models.SlugField("記号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40)
    successors = models.ManyToManyField(
        "self", verbose_name="後継の課", symmetrical=False, blank=True, related_name="predecessors"
    )

    class Meta(ValidInYears.Meta):
        verbose_name = "課"
        verbose_name_plural = "課"
        constraints = [
            models.CheckConstraint(
                name="division_years_in_order",
                condition=Q(last_year__isnull=True) | Q(last_year__gte=F("first_year")),
                violation_error_message="最後の年度は、最初の年度より前にはできません。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
