"""What the rows of a paper share: texts with limits, amounts, versions."""

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

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
