"""補職・発令 and 担任: who holds which post, who answers for whom."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from core.permissions import DEPARTMENT_POSTS, Post
from departments.models.organisation import YEAR_LIMITS


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments as somebody knows them: unannounced ones and unannounced ends do not exist."""

    def known_on(self, day: dt.date) -> "AppointmentQuerySet":
        """Announced by ``day``."""
        return self.filter(announced_on__lte=day)

    def held_on(self, day: dt.date, *, known_on: dt.date) -> "AppointmentQuerySet":
        """In force on ``day``, as far as is known on ``known_on``."""
        still = Q(ends_on__isnull=True) | Q(ends_on__gte=day) | Q(end_announced_on__gt=known_on)
        return self.known_on(known_on).filter(still, starts_on__lte=day)


class Appointment(models.Model):
    """補職・発令: who holds which post where, from when to when, announced when (内示)."""

    user = models.ForeignKey(
        "departments.User",
        verbose_name="職員",
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    post = models.CharField("職", max_length=20, choices=Post)
    title = models.CharField("職名", max_length=60, help_text="例：総務部長、デジタル化担当部長")
    department = models.ForeignKey(
        "departments.Department",
        verbose_name="部",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    division = models.ForeignKey(
        "departments.Division",
        verbose_name="課",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    starts_on = models.DateField("発令日")
    ends_on = models.DateField("終わる日", null=True, blank=True)
    announced_on = models.DateField(
        "内示日", help_text="この日までは、誰の画面にもこの発令は現れません。"
    )
    end_announced_on = models.DateField("終わりの内示日", null=True, blank=True)
    standing_in_for = models.ForeignKey(
        "departments.User",
        verbose_name="代理を受ける人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stand_ins",
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "発令"
        verbose_name_plural = "発令"
        ordering = ("department__order", "post", "starts_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="appointment_days_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="終わる日は、発令日より前にはできません。",
            ),
            models.CheckConstraint(
                name="appointment_end_is_announced",
                condition=Q(ends_on__isnull=True, end_announced_on__isnull=True)
                | Q(ends_on__isnull=False, end_announced_on__isnull=False),
                violation_error_message="終わる日と終わりの内示日は、両方を入力してください。",
            ),
            models.CheckConstraint(
                name="appointment_department_where_owed",
                condition=~Q(post__in=sorted(DEPARTMENT_POSTS)) | Q(department__isnull=False),
                violation_error_message="部長・課長・担当の発令には、部を選んでください。",
            ),
            models.CheckConstraint(
                name="appointment_division_where_owed",
                condition=~Q(post=Post.CHIEF) | Q(division__isnull=False),
                violation_error_message="課長の発令には、課を選んでください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.user.name}"

    def clean(self) -> None:
        if self.division and self.division.department_id != self.department_id:
            raise ValidationError({"division": "選んだ部の課を選んでください。"})

    def covers(self, day: dt.date, *, known_on: dt.date) -> bool:
        """Whether it is in force on ``day``, as far as is known on ``known_on``."""
        if self.announced_on > known_on or self.starts_on > day:
            return False
        is_end_known = self.end_announced_on is not None and self.end_announced_on <= known_on
        return not (is_end_known and self.ends_on and self.ends_on < day)


class Charge(models.Model):
    """担任: which interviewer answers for a department or, by exception, a division in a year."""

    year = models.PositiveSmallIntegerField("年度", validators=YEAR_LIMITS)
    interviewer = models.ForeignKey(
        "departments.User", verbose_name="面談者", on_delete=models.PROTECT, related_name="charges"
    )
    department = models.ForeignKey(
        "departments.Department",
        verbose_name="部",
        on_delete=models.PROTECT,
        related_name="charges",
    )
    division = models.ForeignKey(
        "departments.Division",
        verbose_name="課（部と異なるときだけ）",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
    )

    class Meta:
        verbose_name = "担任"
        verbose_name_plural = "担任"
        ordering = ("year", "department__order", "pk")
        constraints = [
            models.UniqueConstraint(
                "year",
                "department",
                condition=Q(division__isnull=True),
                name="one_charge_each_department",
                violation_error_message="この年度のこの部の担任は、既に登録されています。",
            ),
            models.UniqueConstraint(
                "year",
                "division",
                name="one_charge_each_division",
                violation_error_message="この年度のこの課の担任は、既に登録されています。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.division or ''}".strip()
