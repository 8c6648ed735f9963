"""Fields that forms are made of: text is normalised, dates and figures read as people type them.

In a ModelForm: ``class Meta: formfield_callback = fields.for_column``.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

from core.text import NumberProblem, format_integer, normalise, parse_integer
from core.years import DateProblem, format_date, parse_date

MAX_VERSION = 2**31 - 1


class LengthLimit(MaxLengthValidator):
    """The longest text, in a sentence that says how many characters there are."""

    message = "%(limit_value)d字以内で入力してください。いまは%(show_value)d字です。"


class NormalisedCharField(forms.CharField):
    r"""Text as it is stored: NFC, newlines ``\n``; its length is checked after that."""

    default_error_messages = {"required": "入力してください。"}

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.validators = [v for v in self.validators if not isinstance(v, MaxLengthValidator)]
        if max_length is not None:
            self.validators.append(LengthLimit(max_length))

    def to_python(self, value: Any) -> str:
        return super().to_python(normalise(value) if isinstance(value, str) else value) or ""


class FigureField(forms.Field):
    """A whole number: 12,300, １２３００ and △5 are read; shown with commas, minus as △."""

    widget = forms.TextInput
    default_error_messages = {"required": "数字を入力してください。"}

    def __init__(
        self, *, min_value: int | None = None, max_value: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if min_value is not None:
            message = f"{format_integer(min_value)}以上の数字を入力してください。"
            self.validators.append(MinValueValidator(min_value, message))
        if max_value is not None:
            message = f"{format_integer(max_value)}以下の数字を入力してください。"
            self.validators.append(MaxValueValidator(max_value, message))

    def to_python(self, value: Any) -> int | None:
        if value is None or isinstance(value, int):
            return value
        if not normalise(str(value)).strip():
            return None
        try:
            return parse_integer(normalise(str(value)))
        except NumberProblem as problem:
            raise ValidationError(str(problem), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return format_integer(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {"class": "number w-12", "inputmode": "text", "autocomplete": "off"}


class WarekiDateField(forms.Field):
    """A day: 令和6年3月31日, R6.3.31 and 2024/3/31 are read; shown in 和暦."""

    widget = forms.TextInput
    default_error_messages = {"required": "日付を入力してください。"}

    def to_python(self, value: Any) -> dt.date | None:
        if value is None or isinstance(value, dt.date):
            return value
        if not normalise(str(value)).strip():
            return None
        try:
            return parse_date(normalise(str(value)))
        except DateProblem as problem:
            raise ValidationError(str(problem), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return format_date(value) if isinstance(value, dt.date) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {"class": "w-12", "autocomplete": "off"}


class VersionField(forms.IntegerField):
    """The version of the row that the person saw; 0 where there was none."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_VERSION, **kwargs)


def for_column(column: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form field of a model's column, with the fields above in place of Django's."""
    if column.choices is None:
        if isinstance(column, models.CharField | models.TextField):
            kwargs["form_class"] = NormalisedCharField
        elif isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
            kwargs["form_class"] = WarekiDateField
        elif isinstance(column, models.IntegerField):
            kwargs["form_class"] = FigureField
    return column.formfield(**kwargs)
