"""The columns of a table: from a cell to a value and back.

A cell that cannot be read raises ValueError with a sentence for the person who chose the file.
"""

import datetime as dt
from typing import Any

from django.db.models import Choices, Model
from import_export.fields import Field
from import_export.widgets import ManyToManyWidget, Widget
from openpyxl.utils.datetime import from_excel

from core.tables import CellProblem, as_text
from core.text import normalise, parse_integer
from core.years import check_day, format_year, parse_date, parse_year

SERIALS = range(10_000, 100_000)
"""Excel's numbers of the days from 1927 to 2173."""


class TextColumn(Widget):
    """Text as typed, normalised."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, CellProblem):
            raise ValueError(value.sentence)
        return self.read(value, row)

    def read(self, value: Any, row: Any) -> Any:
        return normalise(as_text(value)).strip()

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return self.write(value) if value not in (None, "") else ""

    def write(self, value: Any) -> Any:
        return value


class IntegerColumn(TextColumn):
    """A whole number, full-width or half-width."""

    def read(self, value: Any, row: Any) -> int | None:
        text = super().read(value, row)
        return parse_integer(text) if text else None


class YearColumn(TextColumn):
    """令和5年度 or 2023."""

    def read(self, value: Any, row: Any) -> int | None:
        text = super().read(value, row)
        return parse_year(text) if text else None

    def write(self, value: int) -> str:
        return format_year(value)


class DateColumn(TextColumn):
    """A date cell of Excel, or a date typed in either calendar."""

    def read(self, value: Any, row: Any) -> dt.date | None:
        if isinstance(value, dt.datetime):
            check_day(value.date())
            return value.date()
        if isinstance(value, int | float) and value in SERIALS:
            return from_excel(value).date()
        text = super().read(value, row)
        return parse_date(text) if text else None


class YesNoColumn(TextColumn):
    """はい or いいえ."""

    words = {"はい": True, "○": True, "1": True, "TRUE": True}
    words |= {"いいえ": False, "×": False, "0": False, "FALSE": False}

    def read(self, value: Any, row: Any) -> bool | None:
        text = super().read(value, row)
        if text and text.upper() not in self.words:
            raise ValueError("「はい」か「いいえ」を入力してください。")
        return self.words.get(text.upper())

    def write(self, value: bool) -> str:
        return as_text(value)


class ChoiceColumn(TextColumn):
    """One of a fixed list, by its label."""

    def __init__(self, choices: type[Choices]) -> None:
        super().__init__()
        self.labels = dict(choices.choices)

    def read(self, value: Any, row: Any) -> str:
        text = super().read(value, row)
        for key, label in self.labels.items():
            if text == label:
                return str(key)
        if text:
            raise ValueError(f"次のどれかを入力してください：{'、'.join(self.labels.values())}")
        return ""

    def write(self, value: str) -> str:
        return str(self.labels.get(value, value))


class RowColumn(TextColumn):
    """A row of another table, by its natural key."""

    def __init__(self, model: type[Model], field: str) -> None:
        super().__init__()
        self.model, self.field = model, field
        self.known: dict[str, Model] = {}

    def read(self, value: Any, row: Any) -> Model | None:
        text = super().read(value, row)
        return self.find(text, row) if text else None

    def find(self, text: str, row: Any) -> Model:
        """The row of that key; ValueError where there is none."""
        self.known = self.known or by_key(self.model, self.field)
        if text not in self.known:
            raise not_found(self.model, text)
        return self.known[text]

    def write(self, value: Model) -> Any:
        return getattr(value, self.field)


class RowsColumn(ManyToManyWidget):
    """Rows of another table, by their keys, with 、 between them."""

    def __init__(self, model: type[Model], field: str) -> None:
        super().__init__(model, field=field)
        self.known: dict[str, Model] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[Model]:
        if isinstance(value, CellProblem):
            raise ValueError(value.sentence)
        self.known = self.known or by_key(self.model, self.field)
        text = normalise(as_text(value)).replace("，", "、").replace(",", "、")
        keys = dict.fromkeys(key.strip() for key in text.split("、") if key.strip())
        for key in keys:
            if key not in self.known:
                raise not_found(self.model, key)
        return [self.known[key] for key in keys]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if not value:
            return ""
        rows = value if isinstance(value, list) else value.all()
        return "、".join(str(getattr(each, self.field)) for each in rows)


def by_key(model: type[Model], field: str) -> dict[str, Model]:
    """All rows of a table by their natural key."""
    return {str(getattr(row, field)): row for row in model._default_manager.all()}


def not_found(model: type[Model], key: str) -> ValueError:
    """The sentence for a key that no row has."""
    return ValueError(
        f"「{key}」は、{model._meta.verbose_name}の表にありません。先に登録してください。"
    )


def column(attribute: str, heading: str, widget: Any = None, **kwargs: Any) -> Field:
    """A column of a table: where its value is kept, its heading, how it is read."""
    return Field(attribute, heading, widget or TextColumn(), **kwargs)
