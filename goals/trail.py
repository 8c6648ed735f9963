"""The history of a paper in words."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.audit import words_of
from core.models import AuditEvent
from core.text import format_integer
from core.workflow import Status
from core.years import format_date
from goals.models import Goal, Indicator, OperatingPolicy, Response
from policies.differences import Difference

LABELS: Mapping[str, str] = {
    **{
        field.name: str(getattr(field, "verbose_name", field.name)).removesuffix("（千円）")
        for model in (OperatingPolicy, Response, Goal)
        for field in model._meta.get_fields()
        if not field.auto_created
    },
    "staff": "職員数",
    "is_own": "部独自の目標",
    "indicators": "指標",
    "answer": "返事",
    "reason": "理由",
    "goals": "目標",
    "order": "並び順",
    "title": "目標",
    "handover": "部全体の引継事項",
    "handover_notes": "目標の引継事項",
}
OF_REMARKS = {LABELS["body"]: "指摘"}
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
UNITS = {"budget": "千円", "staff": "人"}


@dataclass(frozen=True)
class Line:
    """One line of the audit trail, for people."""

    event: AuditEvent

    @property
    def words(self) -> str:
        """What was done."""
        return words_of(self.event.verb)

    @property
    def where(self) -> str:
        """On what, where it is not the paper itself."""
        return "" if self.event.verb.startswith("paper.") else self.event.label

    @property
    def changes(self) -> list[Difference]:
        """What changed, field by field."""
        found = changes(self.event.before, self.event.after)
        if self.event.verb.startswith("remark."):
            return [replace(row, label=OF_REMARKS.get(row.label, row.label)) for row in found]
        return found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The fields in which two records differ, in words."""
    names = list(dict.fromkeys([*after, *before]))
    pairs = [
        Difference(
            label_of(name), described(name, before.get(name)), described(name, after.get(name))
        )
        for name in names
    ]
    return [change for change in pairs if change.before != change.after]


def label_of(name: str) -> str:
    """The Japanese name of a field."""
    return LABELS.get(name, name)


def described(name: str, value: Any) -> str:
    """A recorded value in words; empty for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, int):
        return f"{format_integer(value)}{UNITS.get(name, '')}"
    if isinstance(value, list | tuple):
        return "\n".join(_row(row) for row in value)
    return _worded(name, str(value))


def _worded(name: str, value: str) -> str:
    if name == "kind" and value in Goal.Kind.values:
        return str(Goal.Kind(value).label)
    if name == "status" and value in Status.values:
        return str(Status(value).label)
    if name == "due_on" and ISO_DAY.fullmatch(value):
        return format_date(dt.date.fromisoformat(value))
    return value


def _row(row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    kind = row.get("kind", "")
    label = Indicator.Kind(kind).label if kind in Indicator.Kind.values else kind
    unit = row.get("unit", "")
    parts = [f"{row.get('name', '')}（{label}）"]
    parts += [f"現状{row['baseline']}{unit}"] if row.get("baseline") else []
    parts += [f"目標{row.get('target', '')}{unit}"]
    parts += [f"根拠：{row['rationale']}"] if row.get("rationale") else []
    return "　".join(parts)
