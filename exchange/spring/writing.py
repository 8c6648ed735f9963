"""Carrying a plan out, and taking it back: in bulk, all or nothing (the caller's transaction)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import DateField, ForeignKey, Model

from core.resources import difference, stored_values
from departments.actions import drop_sessions_of_closed
from departments.models import User
from exchange.spring.plans import NEW, Plan, PlanRow, machine
from exchange.spring.sheets import BY_KEY, SHEETS, WITH_SUCCESSORS, Sheet
from exchange.spring.state import link_ends

BATCH = 200
Lines = dict[str, list[dict[str, Any]]]
"""Table → what the audit trail says of each of its rows."""
Change = dict[str, Any]
"""``PlanRow.as_json``, as it comes back from the database."""


def write(plan: Plan) -> tuple[list[Change], Lines]:
    """Write the plan. What was done, with the numbers that new rows have now; the audit lines."""
    before = {id(row): _told(row.stored, row.old_successors) for row in plan.rows if row.stored}
    for sheet in SHEETS:
        rows = plan.of(sheet.key)
        _insert(sheet, [row.row for row in rows if row.kind == NEW])
        _update(sheet, [row.row for row in rows if row.kind != NEW])
    for sheet in WITH_SUCCESSORS:
        _link(sheet, plan.of(sheet.key))
    lines: Lines = defaultdict(list)
    for row in plan.rows:
        old, new = difference(before.get(id(row), {}), _told(row.row, row.successors or []))
        line = {"label": str(row.row), "id": row.row.pk, "before": old, "after": new}
        lines[row.sheet.key].append(line)
    return [row.as_json() for row in plan.rows], lines


def _told(row: Model, successors: list[Any]) -> dict[str, Any]:
    return stored_values(row, {"successors": successors} if _has_successors(row) else {})


def _has_successors(row: Model) -> bool:
    return any(isinstance(row, sheet.model) for sheet in WITH_SUCCESSORS)


def _insert(sheet: Sheet, rows: list[Any]) -> None:
    for row in rows:
        row.pk = None
        _name_again(row)
        if isinstance(row, User):
            row.set_unusable_password()
    sheet.model._default_manager.bulk_create(rows, batch_size=BATCH)


def _update(sheet: Sheet, rows: list[Any]) -> None:
    for row in rows:
        _name_again(row)
    _store(sheet, rows)


def _store(sheet: Sheet, rows: list[Any]) -> None:
    if rows:
        sheet.model._default_manager.bulk_update(rows, sheet.fields, batch_size=BATCH)
        drop_sessions_of_closed(row for row in rows if isinstance(row, User))


def _name_again(row: Any) -> None:
    """Take the numbers of the rows that it names, which have one by now."""
    for column in row._meta.concrete_fields:
        if isinstance(column, ForeignKey):
            setattr(row, column.name, getattr(row, column.name))


def _link(sheet: Sheet, rows: list[PlanRow]) -> None:
    _set_links(
        sheet,
        {row.row.pk: {each.pk for each in row.old_successors} for row in rows},
        {row.row.pk: {each.pk for each in row.successors or []} for row in rows},
    )


def _set_links(sheet: Sheet, old: dict[int, set[int]], new: dict[int, set[int]]) -> None:
    table = sheet.model.successors.through  # type: ignore[attr-defined]
    start, end = link_ends(sheet)
    come = [(pk, each) for pk in new for each in new[pk] - old.get(pk, set())]
    gone = [
        link
        for link, one, other in table.objects.filter(**{f"{start}__in": old}).values_list(
            "pk", start, end
        )
        if other in old[one] - new[one]
    ]
    table.objects.filter(pk__in=gone).delete()
    table.objects.bulk_create(
        [table(**{f"{start}_id": pk, f"{end}_id": each}) for pk, each in come]
    )


# Taking back


def current(changes: Iterable[Change]) -> dict[tuple[str, int], Any]:
    """The rows that were written, as they are stored now, by table and number."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        numbers[change["table"]].append(change["pk"])
    found: dict[tuple[str, int], Any] = {}
    for key, pks in numbers.items():
        rows = BY_KEY[key].model._default_manager.filter(pk__in=pks)
        if BY_KEY[key] in WITH_SUCCESSORS:
            rows = rows.prefetch_related("successors")
        found |= {(key, row.pk): row for row in rows}
    return found


def is_as_left(change: Change, row: Any) -> bool:
    """Whether a row still says what the import wrote."""
    successors = list(row.successors.all()) if _has_successors(row) else []
    return machine(BY_KEY[change["table"]], row, successors) == change["after"]


def restore(changes: list[Change], rows: dict[tuple[str, int], Any]) -> Lines:
    """Put back what was there: new rows go, changed rows say again what they said."""
    lines: Lines = defaultdict(list)
    new = [c for c in changes if c["kind"] == NEW]
    old = [c for c in changes if c["kind"] != NEW]
    for change in changes:
        line = {"label": change["label"], "id": change["pk"]}
        lines[change["table"]].append(line | {"before": change["after"], "after": change["before"]})
    _unlink(changes)
    for sheet in SHEETS:
        mine = [c for c in old if c["table"] == sheet.key]
        for change in mine:
            _fill(rows[change["table"], change["pk"]], sheet, change["before"])
        _store(sheet, [rows[c["table"], c["pk"]] for c in mine])
    for sheet in reversed(SHEETS):
        pks = [c["pk"] for c in new if c["table"] == sheet.key]
        if pks:
            sheet.model._default_manager.filter(pk__in=pks).delete()
    return lines


def _unlink(changes: list[Change]) -> None:
    for sheet in WITH_SUCCESSORS:
        mine = [c for c in changes if c["table"] == sheet.key]
        _set_links(
            sheet,
            {c["pk"]: set(c["after"]["successors"]) for c in mine},
            {c["pk"]: set(c["before"].get("successors", [])) for c in mine},
        )


def _fill(row: Any, sheet: Sheet, values: dict[str, Any]) -> None:
    for name in sheet.fields:
        column = row._meta.get_field(name)
        value = values[name]
        if isinstance(column, DateField) and value is not None:
            value = dt.date.fromisoformat(value)
        setattr(row, column.attname, value)
