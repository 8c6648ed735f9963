"""面談: department, interviewers, attendees, room, time."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from departments.models import YEAR_LIMITS


class InterviewQuerySet(models.QuerySet["Interview"]):
    def standing(self) -> "InterviewQuerySet":
        """Not cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def for_page(self) -> "InterviewQuerySet":
        """In order of time, with all that a row shows."""
        return (
            self.standing()
            .select_related("department")
            .prefetch_related("interviewers", "attendees")
            .order_by("starts_at", "department__order")
        )


class Interview(models.Model):
    """One interview of a department's head."""

    year = models.PositiveSmallIntegerField("年度", validators=YEAR_LIMITS)
    department = models.ForeignKey(
        "departments.Department",
        verbose_name="部",
        on_delete=models.PROTECT,
        related_name="interviews",
    )
    starts_at = models.DateTimeField("始まり")
    ends_at = models.DateTimeField("終わり")
    room = models.CharField("会場", max_length=40)
    interviewers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="面談者", related_name="interviews_held"
    )
    attendees = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name="説明者",
        related_name="interviews_attended",
        blank=True,
    )
    cancelled_at = models.DateTimeField("取り消した日時", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("版数", default=1, editable=False)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = "面談"
        verbose_name_plural = "面談"
        ordering = ("starts_at", "department__order")
        constraints = [
            models.CheckConstraint(
                name="interview_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="終わりの時刻は、始まりより後にしてください。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department} 面談"
