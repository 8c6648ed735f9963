"""Saving the charges of a year, and copying those of the year before."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from core import audit
from core.audit import Actor
from core.workflow import Conflict, NotNow
from core.years import format_year
from departments.models import Charge, Department, Division, User
from departments.queries import charges
from home.charges import interviewers_of, sheet
from home.copies import Copies, copies, label_of

CHANGED = "ほかの人が先に担任を変えました。画面を開き直して、もう一度直してください。"
Key = tuple[bool, int]
"""What is answered for: whether a division, and its number."""


@dataclass(frozen=True)
class Change:
    """Who shall answer for a department or a division; ``seen`` did when the person looked."""

    department: Department
    division: Division | None
    seen: int | None
    interviewer: User | None

    @property
    def label(self) -> str:
        """総務部, 総務部 防災安全課."""
        return label_of(self.department, self.division)


@transaction.atomic
def save(*, year: int, changes: Sequence[Change], by: Actor) -> None:
    """Set who answers, or that nobody does. Conflict where somebody else was quicker.

    A charge that does not exist yet for anybody (ADR 0022) is no conflict: what is decided openly
    takes its place, and the trail, which the administrators alone read, keeps it.
    """
    stored, known = _stored(year), set(interviewers_of(year))
    before, after = {}, {}
    for change in changes:
        row = stored.get(_key(change.department, change.division))
        present = row if row and row.interviewer_id in known else None
        if (present.interviewer_id if present else None) != change.seen:
            raise Conflict(CHANGED)
        before[change.label] = _name_of(row, known)
        after[change.label] = change.interviewer.name if change.interviewer else ""
        _set(year, row, change, is_known=present is not None)
    if changes:
        audit.record(
            "charges.save",
            by=by,
            label=f"{format_year(year)}の担任",
            subject=Charge._meta.label_lower,
            before=before,
            after=after,
        )


def _stored(year: int) -> dict[Key, Charge]:
    """All charges of the year, locked; those that nobody may know of too."""
    rows = Charge.objects.select_for_update(of=("self",)).filter(year=year)
    rows = rows.select_related("interviewer", "department", "division")
    return {_key(row.department, row.division): row for row in rows}


def _key(department: Department, division: Division | None) -> Key:
    return (True, division.pk) if division else (False, department.pk)


def _name_of(row: Charge | None, known: set[int]) -> str:
    if row is None:
        return ""
    hidden = "" if row.interviewer_id in known else "（内示の前）"
    return f"{row.interviewer.name}{hidden}"


def _set(year: int, row: Charge | None, change: Change, *, is_known: bool) -> None:
    if row and is_known and change.interviewer:
        Charge.objects.filter(pk=row.pk).update(
            interviewer=change.interviewer, department=change.department
        )
        return
    if row and (is_known or change.interviewer):
        row.delete()
    if change.interviewer:
        _create(year, change.department, change.division, change.interviewer)


def _create(
    year: int, department: Department, division: Division | None, interviewer: User
) -> None:
    place = {"department": department, "division": division}
    try:
        with transaction.atomic():
            Charge.objects.create(year=year, interviewer=interviewer, **place)
    except IntegrityError:
        raise Conflict(CHANGED) from None


@transaction.atomic
def copy(*, year: int, by: Actor) -> Copies:
    """Take over from the year before what is missing in ``year``; nothing known is overwritten."""
    if not charges(year - 1):
        raise NotNow(f"{format_year(year - 1)}の担任がないため、写せません。")
    stored = _stored(year)
    copied, known = copies(sheet(year)), set(interviewers_of(year))
    before = {}
    for taken in copied.taken:
        if row := stored.get(_key(taken.department, taken.division)):
            before[taken.label] = _name_of(row, known)
            row.delete()
        _create(year, taken.department, taken.division, taken.interviewer)
    if copied.taken:
        audit.record(
            "charges.copy",
            by=by,
            label=f"{format_year(year)}の担任",
            subject=Charge._meta.label_lower,
            before=before,
            after={
                "charges": [taken.label for taken in copied.taken],
                "left_out": copied.left_out + copied.undecided,
            },
        )
    return copied
