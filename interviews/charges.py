"""Who answers for a department, and by exception for a division of it (担任), as known today."""

from collections import defaultdict
from dataclasses import dataclass, field

from departments.models import Charge, Department, Division, User
from departments.queries import charges


@dataclass
class InCharge:
    """One interviewer and what that person answers for in one department.

    ``divisions``: those of a department that is somebody else's; empty for the department itself.
    """

    user: User
    department: Department
    divisions: list[Division] = field(default_factory=list)

    @property
    def of(self) -> str:
        """総務部, 防災安全課."""
        return "、".join(d.name for d in self.divisions) or self.department.name

    @property
    def words(self) -> str:
        """防災安全課の担任."""
        return f"{self.of}の担任"


def charges_of(year: int) -> dict[int, list[Charge]]:
    """The charges of what stands in ``year``, by department: the whole first, then its divisions.

    A division belongs where it is now: a charge outlives its move to another department.
    """
    found: dict[int, list[Charge]] = defaultdict(list)
    for charge in charges(year):
        if charge.division is None and charge.department.is_valid_in(year):
            found[charge.department_id].append(charge)
        elif charge.division and charge.division.is_valid_in(year):
            found[charge.division.department_id].append(charge)
    for rows in found.values():
        rows.sort(key=_place)
    return found


def _place(charge: Charge) -> tuple[bool, int, int]:
    division = charge.division
    return (bool(division), division.order if division else 0, charge.division_id or 0)


def in_charge_of_all(year: int) -> dict[int, list[InCharge]]:
    """Who answers in ``year``, by department; of each, the department's own first."""
    return {pk: _by_person(rows) for pk, rows in charges_of(year).items()}


def in_charge_of(department: Department, year: int) -> list[InCharge]:
    """Who answers for the department, then who does for single divisions of it."""
    return in_charge_of_all(year).get(department.pk, [])


def _by_person(rows: list[Charge]) -> list[InCharge]:
    """One entry a person; a division of who answers for the department anyhow is no exception."""
    found: dict[int, InCharge] = {}
    for charge in rows:
        known = found.get(charge.interviewer_id)
        if known is None:
            divisions = [charge.division] if charge.division else []
            answering = InCharge(charge.interviewer, charge.department, divisions)
            found[charge.interviewer_id] = answering
        elif charge.division and known.divisions:
            known.divisions.append(charge.division)
    return list(found.values())
