"""What every importable table of the admin shares: columns, differences, errors by row and column.

A row passes the same ``full_clean`` as the form. All rows are taken or none, all problems are told
at once, and an import that changes something leaves one line in the audit trail.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from diff_match_patch import diff_match_patch
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, SlugField
from import_export.resources import Diff, ModelResource
from import_export.results import Result, RowResult
from import_export.widgets import ManyToManyWidget
from openpyxl.utils import get_column_letter

from core import audit
from core.tables import CellProblem, Unfit, as_text

logger = logging.getLogger(__name__)

OF_SIGN_IN = {"password", "last_login", "first_password_until", "failed_sign_ins"}
MISSING = {"blank", "null", "required"}
CHANGED = (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)
HOW_TO_WRITE_A_CODE = "半角の英数字、ハイフン（-）、下線（_）だけで入力してください。"


Links = dict[str, list[Any]]
"""The rows that a row is linked to, by the name of the link (many to many)."""


def stored_values(row: Model, links: Links | None = None) -> dict[str, Any]:
    """What ``row`` says, for the audit trail: related rows by name and key, never a password."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name not in OF_SIGN_IN:
            value = getattr(row, field.name) if field.is_relation else field.value_from_object(row)
            values[field.name] = _named(value) if isinstance(value, Model) else value
    for name, rows in (links_of(row) if links is None else links).items():
        values[name] = [_named(each) for each in sorted(rows, key=lambda each: each.pk)]
    return values


def links_of(row: Model) -> Links:
    """The linked rows as they are stored."""
    return {many.name: list(getattr(row, many.name).all()) for many in row._meta.many_to_many}


def _named(row: Model) -> str:
    return f"{row} #{row.pk}"


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What changed: the old and the new values."""
    names = [name for name in after if name not in before or before[name] != after[name]]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names}


class TextDiff(Diff):
    """The differences as pieces of text: the template marks them."""

    def __init__(self, resource: Any, instance: Model, new: bool) -> None:
        self.left, self.right, self.new = resource.shown_values(instance), [], new

    def compare_with(self, resource: Any, instance: Model) -> None:
        self.right = resource.shown_values(instance)

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
        self.stored: dict[tuple[Any, ...], list[Model]] = {}
        self.links: dict[Any, Links] = {}
        self.old_links: Links = {}
        self.new_links: Links = {}
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
        self._read_stored()

    def with_links(self, queryset: Any) -> Any:
        """The rows with all that they name, in a fixed number of queries."""
        options = self._meta.model._meta
        keys = [field.name for field in options.concrete_fields if field.is_relation]
        links = [field.name for field in options.many_to_many]
        return queryset.select_related(*keys).prefetch_related(*links)

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        return self.with_links(queryset)

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Model, bool]:
        try:
            found = self.stored.get(self._key(row), [])
        except ValueError:  # import_instance will say which cell of the key it is
            found = []
        if len(found) > 1:
            raise ValidationError("同じ内容の行が2件以上登録されているため、選べません。")
        return (found[0], False) if found else (self.init_instance(row), True)

    def _key(self, row: Any) -> tuple[Any, ...]:
        return tuple(self.fields[name].clean(row) for name in self.get_import_id_fields())

    def _read_stored(self) -> None:
        fields = [self.fields[name] for name in self.get_import_id_fields()]
        for instance in self.with_links(self.get_queryset()):
            self.links[instance.pk] = links_of(instance)
            instance._prefetched_objects_cache = {}
            key = tuple(field.get_value(instance) for field in fields)
            self.stored.setdefault(key, []).append(instance)

    def after_init_instance(self, instance: Model, new: bool, row: Any, **kwargs: Any) -> None:
        self.old_links = self.new_links = {} if new else self.links[instance.pk]
        self.before = {} if new else stored_values(instance, self.old_links)

    def shown_values(self, instance: Model) -> list[Any]:
        """What the preview shows of ``instance``, column by column."""
        return [
            field.widget.render(self.new_links.get(field.attribute))
            if isinstance(field.widget, ManyToManyWidget)
            else field.export(instance)
            for field in self.get_import_fields()
        ]

    def skip_row(
        self, instance: Model, original: Model, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Whether nothing changes."""
        if import_validation_errors:
            return False
        return _keys(self.old_links) == _keys(self.new_links) and all(
            field.get_value(instance) == field.get_value(original)
            for field in self.get_import_fields()
            if not isinstance(field.widget, ManyToManyWidget)
        )

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
                    self.new_links = self.new_links | {field.attribute: field.clean(row)}
                except ValueError as error:
                    errors[field.attribute] = [ValidationError(str(error))]
        errors = errors or self._repeated(row, self.numbers[kwargs["row_number"] - 1])
        if errors:
            raise ValidationError(errors)

    def _repeated(self, row: Any, number: int) -> dict[str, list[ValidationError]]:
        key = self.fields[self.get_import_id_fields()[-1]]
        first = self.seen.setdefault(self._key(row), number)
        sentence = f"{first}行目と同じ{key.column_name}です。"
        return {} if first == number else {key.attribute: [ValidationError(sentence)]}

    def after_import_row(self, row: Any, row_result: RowResult, **kwargs: Any) -> None:
        row_result.number = self.numbers[kwargs["row_number"] - 1]
        if row_result.import_type in CHANGED:
            values = stored_values(row_result.instance, self.new_links)
            before, after = difference(self.before, values)
            row_result.change = {"label": str(row_result.instance), "before": before}
            row_result.change |= {"id": row_result.instance.pk, "after": after}

    def after_import(self, dataset: Any, result: Result, **kwargs: Any) -> None:
        found = self._problems(dataset, result)
        result.problems = sorted(found, key=lambda p: (p.row, len(p.letter), p.letter))
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
                for name, errors in self._told(row_result.validation_error, dataset.headers):
                    yield from self._problems_of(name, errors, number, dataset.headers, cells)
            elif row_result.errors:
                logger.error("row %s not imported", number, exc_info=row_result.errors[0].error)
                yield Problem(number, "", "行全体", "この行は保存できませんでした。")

    def _told(
        self, error: ValidationError, headings: list[str]
    ) -> list[tuple[str, list[ValidationError]]]:
        """The errors of a row. Where its key is wrong, nothing is said of columns not there."""
        found = _by_field(error)
        keys = {self.fields[name].attribute for name in self.get_import_id_fields()}
        if keys.isdisjoint(name for name, _ in found):
            return found
        return [(name, errors) for name, errors in found if self._heading(name) in headings]

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
            elif isinstance(self._model_field(name), SlugField) and error.code == "invalid":
                sentence = HOW_TO_WRITE_A_CODE
            yield Problem(number, letter, heading, sentence, shown)

    def _model_field(self, name: str) -> Any:
        is_whole_row = name == NON_FIELD_ERRORS
        return None if is_whole_row else self._meta.model._meta.get_field(name)

    def _heading(self, name: str) -> str:
        if name == NON_FIELD_ERRORS:
            return "行全体"
        for field in self.fields.values():
            if field.attribute == name:
                return str(field.column_name)
        return str(self._model_field(name).verbose_name)


def _keys(links: Links) -> dict[str, set[Any]]:
    return {name: {row.pk for row in rows} for name, rows in links.items()}


def _by_field(error: ValidationError) -> list[tuple[str, list[ValidationError]]]:
    if hasattr(error, "error_dict"):
        return list(error.error_dict.items())
    return [(NON_FIELD_ERRORS, error.error_list)]
