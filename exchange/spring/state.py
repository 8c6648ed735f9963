"""What is stored, read in seven queries however much there is, and what the file makes of it."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from core.permissions import INTERVIEWER_POSTS
from departments.models import Appointment, Charge, Department, Division, User
from exchange.spring.sheets import NATURAL, SHEETS, WITH_SUCCESSORS, Sheet

Identity = tuple[Any, ...]


@dataclass
class State:
    """The five tables. ``named``: rows as other sheets name them, as they will be."""

    rows: dict[str, list[Any]]
    stored: dict[str, dict[Identity, list[Any]]] = field(default_factory=dict)
    named: dict[str, dict[str, Any]] = field(default_factory=dict)
    broken: dict[str, set[str]] = field(default_factory=dict)
    """Names of rows that are in the file, but wrong: naming them is no second mistake."""
    unread: set[str] = field(default_factory=set)
    """Sheets with wrong headings: naming their rows is no second mistake."""
    successors: dict[str, dict[int, list[Any]]] = field(default_factory=dict)
    """Table → row → those that take over from it."""

    def announced_interviewers(self, today: Any) -> set[int]:
        """Whoever, as is known today, held, holds or will hold a post that interviews."""
        return {
            row.user_id
            for row in self.rows["appointments"]
            if row.post in INTERVIEWER_POSTS and row.announced_on <= today
        }


def identity_of(sheet: Sheet, row: Any) -> Identity:
    """What tells ``row`` from its like; a charge of a division is that of the division."""
    if sheet.key == "charges" and row.division_id is not None:
        return (row.year, "division", row.division_id)
    return tuple(
        getattr(row, row._meta.get_field(name).attname)  # numbers, not rows
        for name in sheet.identity
    )


def read_state() -> State:
    """The five tables, joined in memory."""
    people = list(User.objects.order_by("username"))
    departments = list(Department.objects.all())
    divisions = list(Division.objects.order_by("department__order", "order", "pk"))
    appointments = list(Appointment.objects.order_by("user__username", "starts_on", "pk"))
    charges = list(Charge.objects.order_by("year", "department__order", "pk"))
    state = State(
        {
            "departments": departments,
            "divisions": divisions,
            "people": people,
            "appointments": appointments,
            "charges": charges,
        }
    )
    for sheet in WITH_SUCCESSORS:
        state.successors[sheet.key] = _successors(sheet, state.rows[sheet.key])
    _join(state)
    for sheet in SHEETS:
        by_identity = state.stored.setdefault(sheet.key, {})
        for row in state.rows[sheet.key]:
            by_identity.setdefault(identity_of(sheet, row), []).append(row)
        if name := NATURAL.get(sheet.title):
            state.named[sheet.title] = {str(getattr(r, name)): r for r in state.rows[sheet.key]}
            state.broken[sheet.title] = set()
    return state


def _successors(sheet: Sheet, rows: list[Any]) -> dict[int, list[Any]]:
    by_pk = {row.pk: row for row in rows}
    ends = link_ends(sheet)
    found: dict[int, list[Any]] = {}
    links = sheet.model.successors.through.objects.order_by(f"{ends[1]}__order", ends[1])  # type: ignore[attr-defined]
    for one, other in links.values_list(*ends):
        found.setdefault(one, []).append(by_pk[other])
    return found


def link_ends(sheet: Sheet) -> tuple[str, str]:
    """What the table of links calls its two ends: from_department, to_department."""
    many = sheet.model.successors.field  # type: ignore[attr-defined]
    return many.m2m_field_name(), many.m2m_reverse_field_name()


def _join(state: State) -> None:
    by_pk: dict[type[Model], dict[int, Any]] = {
        model: {row.pk: row for row in state.rows[key]}
        for model, key in ((Department, "departments"), (Division, "divisions"), (User, "people"))
    }
    for row in [*state.rows["divisions"], *state.rows["appointments"], *state.rows["charges"]]:
        for column in row._meta.concrete_fields:
            if column.is_relation:
                pk = getattr(row, column.attname)
                setattr(row, column.name, by_pk[column.related_model].get(pk))
