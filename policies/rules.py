"""What rows of this room must be to each other, for the form and for the import alike."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from policies.models import Measure, Plan


def check_plan(plan: "Plan") -> None:
    """It does not end before it begins."""
    if plan.first_year and plan.last_year and plan.last_year < plan.first_year:
        raise ValidationError({"last_year": "最後の年度は、最初の年度より前にはできません。"})


def check_measure(measure: "Measure") -> None:
    """Its years lie in its plan's; its lead division is valid in one of them at least.

    Raises ValidationError by field.
    """
    plan, division = measure.plan, measure.lead_division
    errors = {
        name: f"計画の年度（{plan.years}）の中にしてください。"
        for name in ("first_year", "last_year")
        if (year := getattr(measure, name)) and not plan.is_valid_in(year)
    }
    last = measure.last_year or plan.last_year
    if division and not division.meets(measure.first_year, last):
        errors["lead_division"] = f"「{division}」は、この施策の年度にはない課です。"
    if errors:
        raise ValidationError(errors)
