"""What rows of the organisation must be to each other, for form, import and spring file alike."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from core.years import format_year
from departments.lineage import Span
from departments.models import Department, Division


def fault_between(old: Department | Division, new: Department | Division) -> str:
    """Why ``new`` cannot take over from ``old``, as a sentence; empty where it can.

    By their years alone: what takes over stands in the year after the other has ended, or begins
    later than what goes on. So nobody can take over from his own successor.
    """
    if old.pk is not None and old.pk == new.pk:
        return f"「{old.name}」自身を後継にはできません。"
    span = Span(old.first_year, old.last_year)
    year = span.fault(Span(new.first_year, new.last_year))
    if year is None:
        return ""
    if old.last_year is None:
        return (
            f"「{old.name}」は続くので、後継にできるのは、その後に始まるものだけです。"
            f"「{old.name}」が終わるときは、最後の年度を入力してください。"
        )
    return (
        f"「{new.name}」は、「{old.name}」が終わった次の{format_year(year)}にはありません"
        f"（{new.years}）。どちらかの年度か、後継を直してください。"
    )


def check_successors(
    row: Department | Division, successors: Iterable[Department | Division]
) -> None:
    """Each of ``successors`` can take over from ``row``. Raises ValidationError."""
    faults = [fault for each in successors if (fault := fault_between(row, each))]
    if faults:
        raise ValidationError({"successors": faults})


def check_predecessors(row: Department | Division) -> None:
    """``row`` can still take over from those that name it. Raises ValidationError. A query."""
    before = row.predecessors.all() if row.pk else ()
    if faults := [fault for each in before if (fault := fault_between(each, row))]:
        raise ValidationError({"first_year": faults})
