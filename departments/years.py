"""A department over the years: which one stands for it in another year."""

from collections.abc import Iterable

from departments.models import Department, User
from departments.queries import known_appointments, lineage


def codes_over_years(user: User, code: str, years: Iterable[int]) -> dict[int, str]:
    """For each of ``years`` the 記号 of the department itself, or of what it was or became.

    Of several the user's own, else the first; a year in which there is none is left out. One
    query, three where it did not stand in all of the years.
    """
    one = Department.objects.filter(code=code).first()
    if one is None:
        return {}
    found = {year: code for year in years if one.is_valid_in(year)}
    others = {year: _kin(user, one, year) for year in years if year not in found}
    if not any(others.values()):
        return found
    own = {row.department_id for row in known_appointments(user)}
    rows = sorted(
        Department.objects.filter(pk__in=set().union(*others.values())),
        key=lambda row: (row.pk not in own, row.order, row.pk),
    )
    for year, keys in others.items():
        if first := next((row for row in rows if row.pk in keys), None):
            found[year] = first.code
    return found


def _kin(user: User, one: Department, year: int) -> frozenset[int]:
    return lineage(Department, user).in_year(one.pk, year) - {one.pk}
