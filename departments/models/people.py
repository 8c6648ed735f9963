"""職員 and where they are signed in."""

import hashlib

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import clock


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
