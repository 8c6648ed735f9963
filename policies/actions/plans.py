"""Writing plans; tables of them come in through the admin."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import audit
from core.audit import Actor
from core.text import search_key
from core.workflow import NotNow
from policies.models import Plan


def add_plan(
    *, name: str, short_name: str, first_year: int, last_year: int | None, by: Actor
) -> Plan:
    """Register a plan that a document names. NotNow where one of that name is there already."""
    names = Plan.objects.values_list("name", flat=True)
    if search_key(name) in {search_key(known) for known in names}:
        raise NotNow(f"「{name}」は、既に登録されています。")
    values = {"short_name": short_name, "first_year": first_year, "last_year": last_year}
    try:
        with transaction.atomic():
            last = Plan.objects.aggregate(last=Max("order"))["last"] or 0
            plan = Plan.objects.create(name=name, order=last + 1, **values)
            audit.record(
                "plan.add",
                by=by,
                label=f"計画 {plan}",
                subject=plan,
                after={"name": name, **values},
            )
    except IntegrityError:  # somebody was quicker
        raise NotNow(f"「{name}」は、既に登録されています。") from None
    return plan
