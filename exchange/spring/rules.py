"""The rules of the tables, asked of a row without a query for each.

``full_clean`` asks the database once for every constraint and every key. Here the same fields,
the same ``clean`` and the same constraints are asked in Python; keys are found by the caller.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Model, Q

from core.resources import HOW_TO_WRITE_A_CODE, MISSING

Errors = dict[str, list[ValidationError]]
Truth = bool | None
"""As in SQL: None where a value is not there, and a constraint that says None is kept."""


def errors_of(
    row: Model, fields: tuple[str, ...], places: Mapping[str, str], *, is_whole: bool = True
) -> Errors:
    """What is wrong with ``row``: by field, rules of the table by the column of ``places``.

    Where ``row`` is not whole, only its ``fields`` are asked.
    """
    plain = {name for name in fields if not row._meta.get_field(name).is_relation}
    others = {f.name for f in row._meta.get_fields() if f.name not in plain}
    errors = _told(partial(row.clean_fields, exclude=others), {})
    if errors or not is_whole:
        return errors
    errors = _told(row.clean, {})
    for constraint in row._meta.constraints:
        if isinstance(constraint, CheckConstraint) and holds(constraint.condition, row) is False:
            sentence = str(constraint.get_violation_error_message())
            errors.setdefault(places[constraint.name], []).append(ValidationError(sentence))
    return errors


def _told(check: Callable[[], None], errors: Errors) -> Errors:
    try:
        check()
    except ValidationError as error:
        return error.update_error_dict(errors)
    return errors


def holds(condition: Any, row: Model) -> Truth:
    """Whether a condition of a constraint is true of ``row``."""
    said = [
        holds(c, row) if isinstance(c, Q) else _compare(c[0], c[1], row) for c in condition.children
    ]
    whole = _any(said) if condition.connector == Q.OR else _all(said)
    return whole if whole is None or not condition.negated else not whole


def _any(said: list[Truth]) -> Truth:
    return True if True in said else (None if None in said else False)


def _all(said: list[Truth]) -> Truth:
    return False if False in said else (None if None in said else True)


def _compare(lookup: str, wanted: Any, row: Model) -> Truth:
    name, _, kind = lookup.partition("__")
    value = getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]
    if kind == "isnull":
        return (value is None) is wanted
    limit = getattr(row, wanted.name) if isinstance(wanted, F) else wanted  # type: ignore[attr-defined]
    if value is None or limit is None:
        return None
    tests = {
        "": lambda: value == limit,
        "gte": lambda: value >= limit,
        "in": lambda: value in limit,
    }
    return bool(tests[kind]())


HOW_TO_WRITE = {
    "code": HOW_TO_WRITE_A_CODE,
    "username": "半角の英数字と、@ . + - _ だけで入力してください。",
    "email": "「m.aoyagi@example.jp」の形で入力してください。",
}


def sentence_of(error: ValidationError, heading: str, name: str) -> str:
    """What to do, in one sentence, for the person who wrote the file."""
    if error.code in MISSING:
        return f"{heading}を入力してください。"
    if error.code == "max_length" and error.params:
        limit, length = error.params["limit_value"], error.params["show_value"]
        return f"{limit}字以内で入力してください。いまは{length}字です。"
    if name in HOW_TO_WRITE and error.code == "invalid":
        return HOW_TO_WRITE[name]
    if error.code in {"min_value", "max_value"} and error.params:
        return f"{heading}が正しい範囲にありません（いまは{error.params['show_value']}）。"
    return " ".join(error.messages)
