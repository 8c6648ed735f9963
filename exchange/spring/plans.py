"""What checking a file gives: problems by sheet, row and column, or a plan of all changes."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from exchange.spring.sheets import SHEETS, Sheet, shown
from exchange.spring.state import State

NEW, CHANGED, ENDED, SAME = "new", "changed", "ended", "same"
KINDS = {NEW: "新規", CHANGED: "変更", ENDED: "終了"}


@dataclass(frozen=True)
class Problem:
    """What is wrong, where the spreadsheet shows it: 発令, row 873, column G 「発令日」."""

    sheet: str
    row: int
    letter: str
    heading: str
    sentence: str
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class PlanRow:
    """One row of the file that changes something. ``successors``: None where it has none."""

    sheet: Sheet
    number: int
    kind: str
    row: Any
    stored: Any = None
    successors: list[Any] | None = None
    old_successors: list[Any] = field(default_factory=list)

    @property
    def before(self) -> dict[str, Any]:
        """What is stored now, as JSON keeps it; empty for a new row."""
        return machine(self.sheet, self.stored, self.old_successors) if self.stored else {}

    @property
    def after(self) -> dict[str, Any]:
        """What will be stored. New rows that it names have negative numbers until written."""
        return machine(self.sheet, self.row, self.successors or [])

    def differences(self) -> list[list[str]]:
        """Heading, old and new, as people read them."""
        found = []
        for column in self.sheet.columns:
            new = shown(column, self.row, self.successors)
            old = shown(column, self.stored, self.old_successors) if self.stored else ""
            if new != old and not column.is_name:
                found.append([column.heading, old, new])
        return found

    def as_json(self) -> dict[str, Any]:
        """What is kept of it: for the preview, for the audit trail, for taking it back."""
        return {
            "table": self.sheet.key,
            "number": self.number,
            "kind": self.kind,
            "pk": self.row.pk,
            "label": self.sheet.label(self.row),
            "shown": self.differences(),
            "before": self.before,
            "after": self.after,
        }


@dataclass
class Plan:
    """All that a file would do, and what the tables are afterwards (``state``)."""

    state: State
    rows: list[PlanRow] = field(default_factory=list)
    same: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def of(self, key: str) -> list[PlanRow]:
        """The changes of one table."""
        return [row for row in self.rows if row.sheet.key == key]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many rows are new, changed, ended and the same, by table."""
        found = Counter((row.sheet.key, row.kind) for row in self.rows)
        return {
            s.key: {kind: found[s.key, kind] for kind in KINDS} | {SAME: self.same[s.key]}
            for s in SHEETS
        }

    def digest(self) -> str:
        """Tells whether what a person saw is still what would be done."""
        changes = [row.as_json() for row in self.rows]
        text = json.dumps(changes, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def machine(sheet: Sheet, row: Any, successors: list[Any]) -> dict[str, Any]:
    """The columns of ``row`` as JSON gives them back: dates as text, rows by number."""
    values: dict[str, Any] = {}
    for name in sheet.fields:
        value = getattr(row, row._meta.get_field(name).attname)
        values[name] = value.isoformat() if hasattr(value, "isoformat") else value
    if sheet.column("successors"):
        values["successors"] = sorted(each.pk for each in successors)
    return values
