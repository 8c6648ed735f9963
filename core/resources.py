"""What every importable table of the admin shares: columns, differences, errors by row and column.

A row passes the same ``full_clean`` as the form. All rows are taken or none, all problems are told
at once, and an import that changes something leaves one line in the audit trail.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from diff_match_patch import diff_match_patch
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Choices, Model
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.results import Result, RowResult
from import_export.widgets import ManyToManyWidget, Widget
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from core import audit
from core.tables import CellProblem, Unfit, as_text
from core.text import normalise, parse_integer
from core.years import format_year, parse_date, parse_year

logger = logging.getLogger(__name__)

MISSING = {"blank", "null", "required"}
CHANGED = (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)
SERIALS = range(10_000, 100_000)
"""Excel's numbers of the days from 1927 to 2173."""
MOST_SHOWN = 200


def stored_values(row: Model) -> dict[str, Any]:
    """What ``row`` says, for the audit trail: related rows by name and key, never a password."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name != "password":
            value = getattr(row, field.name) if field.is_relation else field.value_from_object(row)
            values[field.name] = _named(value) if isinstance(value, Model) else value
    for many in row._meta.many_to_many:
        values[many.name] = [_named(each) for each in getattr(row, many.name).all()]
    return values


def _named(row: Model) -> str:
    return f"{row} #{row.pk}"


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What changed: the old and the new values."""
    names = [name for name in after if name not in before or before[name] != after[name]]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names}


# Columns: from a cell to a value and back. A value that cannot be read raises ValueError.


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

    def read(self, value: Any, row: Any) -> Model | None:
        text = super().read(value, row)
        return self.find(text, row) if text else None

    def find(self, text: str, row: Any) -> Model:
        """The row of that key; ValueError where there is none."""
        found = self.model._default_manager.filter(**{self.field: text}).first()
        if found is None:
            raise not_found(self.model, text)
        return found

    def write(self, value: Model) -> Any:
        return getattr(value, self.field)


class RowsColumn(ManyToManyWidget):
    """Rows of another table, by their keys, with 、 between them."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[Model]:
        if isinstance(value, CellProblem):
            raise ValueError(value.sentence)
        text = normalise(as_text(value)).replace("，", "、").replace(",", "、")
        keys = list(dict.fromkeys(key.strip() for key in text.split("、") if key.strip()))
        found = [self.model._default_manager.filter(**{self.field: key}).first() for key in keys]
        for key, each in zip(keys, found, strict=True):
            if each is None:
                raise not_found(self.model, key)
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(str(getattr(each, self.field)) for each in value.all()) if value else ""


def not_found(model: type[Model], key: str) -> ValueError:
    """The sentence for a key that no row has."""
    return ValueError(
        f"「{key}」は、{model._meta.verbose_name}の表にありません。先に登録してください。"
    )


def column(attribute: str, heading: str, widget: Any = None, **kwargs: Any) -> Field:
    """A column of a table: where its value is kept, its heading, how it is read."""
    return Field(attribute, heading, widget or TextColumn(), **kwargs)


# Differences and results


class TextDiff(Diff):
    """The differences as pieces of text: the template marks them."""

    def as_html(self) -> list[list[tuple[str, str]]]:
        return [self._pieces(old, new) for old, new in zip(self.left, self.right, strict=True)]

    def _pieces(self, old: Any, new: Any) -> list[tuple[str, str]]:
        compare = diff_match_patch()
        pieces = compare.diff_main("" if self.new else as_text(old), as_text(new))
        compare.diff_cleanupSemantic(pieces)
        marks = {-1: "del", 0: "same", 1: "same" if self.new else "ins"}
        return [(marks[mark], text) for mark, text in pieces]


@dataclass(frozen=True)
class Problem:
    """What is wrong, where the spreadsheet shows it: row 3, column C 「名称」."""

    row: int
    letter: str
    heading: str
    sentence: str
    value: str = ""


class TableResult(Result):
    """A result that tells its problems and its changes by the rows of the spreadsheet."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[Problem] = []

    def changed_rows(self) -> list[RowResult]:
        """The rows that are new or different."""
        return [row for row in self.rows if row.import_type in CHANGED]


class TableResource(ModelResource):
    """A table that can be read from a spreadsheet and written to one."""

    def __init__(self, by: audit.Actor = audit.SYSTEM, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by = by
        self.seen: dict[tuple[Any, ...], int] = {}
        self.before: dict[str, Any] = {}

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        store_instance = True

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return TextDiff

    @classmethod
    def get_result_class(cls) -> type[Result]:
        return TableResult

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Refuse headings that are missing, unknown or twice there."""
        self.numbers = dataset.row_numbers
        known = [field.column_name for field in self.get_import_fields()]
        keys = [self.fields[name].column_name for name in self.get_import_id_fields()]
        sentences = {
            "次の見出しがありません": [name for name in keys if name not in dataset.headers],
            "この表にない見出しがあります": [n for n in dataset.headers if n not in known],
            "同じ見出しが2つあります": [n for n in known if dataset.headers.count(n) > 1],
        }
        for sentence, names in sentences.items():
            if names:
                while len(dataset):
                    dataset.lpop()
                listed = "、".join(f"「{name}」" for name in names)
                raise Unfit(f"{sentence}：{listed}。使える見出しは、{'、'.join(known)}です。")

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Model, bool]:
        try:
            return super().get_or_init_instance(instance_loader, row)
        except ValueError:  # import_instance will say which cell of the key it is
            return self.init_instance(row), True
        except self._meta.model.MultipleObjectsReturned:
            raise ValidationError("同じ内容の行が2件以上登録されているため、選べません。") from None

    def after_init_instance(self, instance: Model, new: bool, row: Any, **kwargs: Any) -> None:
        self.before = {} if new else stored_values(instance)

    def import_instance(self, instance: Model, row: Any, **kwargs: Any) -> None:
        """Read every cell, and tell all that cannot be read at once."""
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for field in self.get_import_fields():
            if isinstance(field.widget, ManyToManyWidget) and field.column_name in row:
                try:
                    field.clean(row)
                except ValueError as error:
                    errors[field.attribute] = [ValidationError(str(error))]
        if not errors:
            errors = self._repeated(row, self.numbers[kwargs["row_number"] - 1])
        if errors:
            raise ValidationError(errors)

    def _repeated(self, row: Any, number: int) -> dict[str, list[ValidationError]]:
        names = self.get_import_id_fields()
        first = self.seen.setdefault(tuple(self.fields[n].clean(row) for n in names), number)
        sentence = f"{first}行目と同じ{self.fields[names[-1]].column_name}の行です。"
        return {} if first == number else {NON_FIELD_ERRORS: [ValidationError(sentence)]}

    def after_import_row(self, row: Any, row_result: RowResult, **kwargs: Any) -> None:
        row_result.number = self.numbers[kwargs["row_number"] - 1]
        if row_result.import_type in CHANGED:
            before, after = difference(self.before, stored_values(row_result.instance))
            row_result.change = {"label": str(row_result.instance), "before": before}
            row_result.change |= {"id": row_result.instance.pk, "after": after}

    def after_import(self, dataset: Any, result: Result, **kwargs: Any) -> None:
        result.problems = list(self._problems(dataset, result))
        changed = result.changed_rows()
        is_whole = not (result.has_errors() or result.has_validation_errors())
        if changed and is_whole and not kwargs["dry_run"]:
            name = self._meta.model._meta.verbose_name
            audit.record(
                "table.import",
                by=self.by,
                label=f"{name}の取込み {len(changed)}件",
                subject=self._meta.model._meta.label_lower,
                after={
                    "file": kwargs.get("file_name") or "",
                    "new": result.totals[RowResult.IMPORT_TYPE_NEW],
                    "update": result.totals[RowResult.IMPORT_TYPE_UPDATE],
                    "rows": [row.change for row in changed],
                },
            )

    def _problems(self, dataset: Any, result: Result) -> Iterator[Problem]:
        rows = zip(result.rows, self.numbers, dataset, strict=False)
        for row_result, number, cells in rows:
            if row_result.validation_error:
                for name, errors in _by_field(row_result.validation_error):
                    yield from self._problems_of(name, errors, number, dataset.headers, cells)
            elif row_result.errors:
                logger.error("row %s not imported", number, exc_info=row_result.errors[0].error)
                yield Problem(number, "", "行全体", "この行は保存できませんでした。")

    def _problems_of(
        self,
        name: str,
        errors: Iterable[ValidationError],
        number: int,
        headings: list[str],
        cells: tuple[Any, ...],
    ) -> Iterator[Problem]:
        heading = self._heading(name)
        place = headings.index(heading) if heading in headings else None
        letter = get_column_letter(place + 1) if place is not None else ""
        value = cells[place] if place is not None else ""
        shown = "" if isinstance(value, CellProblem) else as_text(value)
        for error in errors:
            sentence = " ".join(error.messages)
            if error.code in MISSING:
                sentence = f"{heading}を入力してください。"
            yield Problem(number, letter, heading, sentence, shown)

    def _heading(self, name: str) -> str:
        if name == NON_FIELD_ERRORS:
            return "行全体"
        for field in self.fields.values():
            if field.attribute == name:
                return str(field.column_name)
        return str(self._meta.model._meta.get_field(name).verbose_name)


def _by_field(error: ValidationError) -> list[tuple[str, list[ValidationError]]]:
    if hasattr(error, "error_dict"):
        return list(error.error_dict.items())
    return [(NON_FIELD_ERRORS, error.error_list)]
