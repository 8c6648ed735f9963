"""Saving the charges of a year, and copying those of the year before."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from core import audit
from core.audit import Actor
from core.workflow import Conflict, NotNow
from core.years import format_year
from departments.models import Charge, Department, Division, User
from departments.queries import charges
from home.charges import interviewers_of

CHANGED = "ほかの人が先に担任を変えました。画面を開き直して、もう一度直してください。"


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


def label_of(department: Department, division: Division | None) -> str:
    """What is answered for, in words."""
    return f"{department.name} {division.name}" if division else department.name


@transaction.atomic
def save(*, year: int, changes: Sequence[Change], by: Actor) -> None:
    """Set who answers, or that nobody does. Conflict where somebody else was quicker."""
    known = interviewers_of(year)
    stored = {
        (row.department_id, row.division_id): row
        for row in Charge.objects.select_for_update().filter(year=year)
    }
    before, after = {}, {}
    for change in changes:
        row = stored.get((change.department.pk, change.division.pk if change.division else None))
        present = known.get(row.interviewer_id) if row else None
        if (present.user.pk if present else None) != change.seen:
            raise Conflict(CHANGED)
        before[change.label] = present.user.name if present else ""
        after[change.label] = change.interviewer.name if change.interviewer else ""
        _set(year, row, change)
    if changes:
        audit.record(
            "charges.save",
            by=by,
            label=f"{format_year(year)}の担任",
            subject=Charge._meta.label_lower,
            before=before,
            after=after,
        )


def _set(year: int, row: Charge | None, change: Change) -> None:
    if row and change.interviewer:
        Charge.objects.filter(pk=row.pk).update(interviewer=change.interviewer)
    elif row:
        row.delete()
    elif change.interviewer:
        place = {"department": change.department, "division": change.division}
        try:
            with transaction.atomic():
                Charge.objects.create(year=year, interviewer=change.interviewer, **place)
        except IntegrityError:
            raise Conflict(CHANGED) from None


@dataclass
class Copied:
    """What was copied, and what was not, with the reason."""

    taken: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@transaction.atomic
def copy(*, year: int, by: Actor) -> Copied:
    """Take over from the year before what is missing in ``year``; nothing is overwritten."""
    people = interviewers_of(year)
    last = charges(year - 1)
    if not last:
        raise NotNow(f"{format_year(year - 1)}の担任がないため、写せません。")
    rows = Charge.objects.select_for_update().filter(year=year)
    there = {(row.department_id, row.division_id) for row in rows}
    copied, new = Copied(), []
    for charge in last:
        if (charge.department_id, charge.division_id) in there:
            continue
        label = label_of(charge.department, charge.division)
        if reason := _reason_against(charge, year, people[charge.interviewer_id].is_in_office):
            copied.left_out.append(f"{label}（{reason}）")
            continue
        copied.taken.append(label)
        new.append(_next(charge, year))
    if new:
        Charge.objects.bulk_create(new)
        audit.record(
            "charges.copy",
            by=by,
            label=f"{format_year(year)}の担任",
            subject=Charge._meta.label_lower,
            after={"charges": copied.taken, "left_out": copied.left_out},
        )
    return copied


def _reason_against(charge: Charge, year: int, is_in_office: bool) -> str:
    """Why a charge of the year before does not go on; empty where it does."""
    stands = charge.department.is_valid_in(year)
    if not stands or (charge.division and not charge.division.is_valid_in(year)):
        return f"{format_year(year)}にはありません"
    if not is_in_office:
        return f"{charge.interviewer.name}さんは、面談者の職にありません"
    return ""


def _next(charge: Charge, year: int) -> Charge:
    return Charge(
        year=year,
        interviewer_id=charge.interviewer_id,
        department_id=charge.department_id,
        division_id=charge.division_id,
    )
