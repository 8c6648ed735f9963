"""Who answers for the papers of a department: its heads, or those of what it has become."""

from collections import defaultdict

from core.years import fiscal_year
from departments.models import Appointment, Department
from departments.queries import deciding_day, heads, lineage


def heads_by_department(year: int) -> dict[int, list[Appointment]]:
    """The heads who answer for papers of ``year``, by department, as known today.

    For a department that is no more: the heads of those that took over from it.
    """
    answering_for = _forebears(year)
    found: dict[int, list[Appointment]] = defaultdict(list)
    for head in heads(year):
        department = head.department_id or 0
        for one in (department, *answering_for[department]):
            found[one].append(head)
    return found


def _forebears(year: int) -> dict[int, list[int]]:
    """For each department those of ``year`` whose papers it has inherited. A query, of the past."""
    found: dict[int, list[int]] = defaultdict(list)
    now = fiscal_year(deciding_day(year))
    if now == year:
        return found
    known = lineage(Department)
    for old, span in known.spans.items():
        if span.holds(year):
            for heir in known.heirs(old, of_year=year, now=now, is_reading=False):
                found[heir].append(old)
    return found
