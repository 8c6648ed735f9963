"""Who works where, and since when: departments, divisions, people, appointments, charges."""

import datetime as dt
import hashlib

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import clock
from core.permissions import DEPARTMENT_POSTS, Post
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


class UserManager(BaseUserManager["User"]):
    """People are made by their staff number."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """職員: a person who signs in. What a person may do comes from appointments alone."""

    username = models.CharField(
        "職員番号",
        max_length=30,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": "この職員番号は既に登録されています。"},
    )
    name = models.CharField("氏名", max_length=60)
    kana = models.CharField("ふりがな", max_length=80)
    email = models.EmailField("メールアドレス", blank=True)
    is_active = models.BooleanField("利用できる", default=True)
    first_password_until = models.DateTimeField(
        "最初のパスワードの期限", null=True, blank=True, editable=False
    )
    failed_sign_ins = models.PositiveIntegerField("失敗したログイン", default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "職員"
        verbose_name_plural = "職員"
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def has_first_password(self) -> bool:
        """Whether the password is the administrator's, to be changed before anything else."""
        return self.first_password_until is not None

    @property
    def is_first_password_over(self) -> bool:
        """Whether it was not changed in time."""
        until = self.first_password_until
        return until is not None and until <= clock.now()

    @property
    def is_staff(self) -> bool:
        """Django's admin asks for it; the site itself asks the posts (CityAdminSite)."""
        return self.is_active

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Django's question about a table of the admin, answered from posts (PostBackend)."""
        return self.is_active and any(b.has_perm(self, perm, obj) for b in get_backends())

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any table of the app is open in the admin."""
        return self.is_active and any(
            backend.has_module_perms(self, app_label)  # type: ignore[attr-defined]
            for backend in get_backends()
        )


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions by whether they still go on."""

    def open(self) -> "SessionQuerySet":
        """Neither ended nor left alone for too long."""
        return self.filter(user__isnull=False, expire_date__gt=timezone.now())


class Session(AbstractBaseSession):
    """A sign-in that goes on, on one machine; ending it is deleting the row.

    ``expire_date`` and ``ends_at`` are of the machine's clock, for they count real minutes;
    what people are shown (``started_at``, ``used_at``, ``previous_at``) is of the product's.
    """

    user = models.ForeignKey(
        "departments.User",
        verbose_name="職員",
        on_delete=models.CASCADE,
        null=True,
        related_name="sessions",
    )
    machine = models.CharField("端末", max_length=60)
    address = models.CharField("アドレス", max_length=45)
    started_at = models.DateTimeField("ログインした日時", null=True)
    used_at = models.DateTimeField("最後に使った日時", null=True)
    ends_at = models.DateTimeField("必ず終わる日時", null=True)
    previous_at = models.DateTimeField("前回のログイン", null=True)
    failures = models.PositiveIntegerField("前回からの失敗", default=0)

    objects = SessionQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = "ログイン"
        verbose_name_plural = "ログイン"
        constraints = [
            models.CheckConstraint(
                name="session_of_a_person_ends",
                condition=Q(user__isnull=True) | Q(ends_at__isnull=False, started_at__isnull=False),
                violation_error_message="終わりのないログインは作れません。",
            ),
        ]

    @classmethod
    def get_session_store_class(cls) -> type:
        from departments.sessions import SessionStore

        return SessionStore

    @property
    def reference(self) -> str:
        """What names it on a page; its key never leaves the machine but in the cookie."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16]


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
