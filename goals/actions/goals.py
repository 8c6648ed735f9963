"""The goals (組織目標) of a paper."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from core import audit
from core.audit import Actor
from core.permissions import Permission
from core.workflow import NotNow, update_if_unchanged
from departments.models import Division
from departments.queries import authority
from goals.actions.writing import LINKS, expect, keeping, lock, plain, touch, written
from goals.earlier import DivisionsNow
from goals.models import Goal, Indicator, OperatingPolicy
from goals.queries import goals_of_all
from policies.models import Section

NOT_WRITTEN = {
    "id",
    "key",
    "paper",
    "order",
    "version",
    "updated_at",
    "updated_by",
    "is_removed",
}
INDICATOR = ("name", "kind", "unit", "baseline", "target", "rationale")


def save_goal(
    *,
    paper: OperatingPolicy,
    goal: Goal | None,
    version: int,
    values: Mapping[str, Any],
    indicators: Sequence[Mapping[str, Any]],
    by: Actor,
    key: UUID | None = None,
) -> Goal:
    """Save a goal with its links and indicators, or add one (``goal`` None).

    ``values`` holds the fields and, under the names in ``LINKS``, lists of linked rows. ``key``
    is new with each empty form: the same form sent twice adds one goal.
    """
    fields = {name: value for name, value in values.items() if name not in LINKS}
    label = f"目標「{fields.get('title', '')}」"
    part = f"goal/{goal.pk if goal else 'new'}"
    typed = {**values, "indicators": list(indicators)}
    with keeping(paper, part, label, typed, by):
        stored = lock(paper)
        row = _stored_goal(stored, goal) if goal else _added_goal(stored, key)
        before = goal_record(row) if row.version else {}
        stays = {name: before[name] for name in LINKS if name in before and name not in values}
        after = stays | record_of(values, indicators)
        if before != after:
            led = {row.lead_division_id} if row.version else set()
            expect(row, version if goal else min(row.version, 1))
            update_if_unchanged(row, **fields, **written(by))
            _check_right(stored, led | {row.lead_division_id}, by)
            _write_links(row, values)
            stored.projects.add(*values.get("projects", ()))  # what a goal carries is listed
            _write_indicators(row, indicators)
            touch(stored, by)
            audit.record(
                "goal.save" if goal else "goal.add",
                by=by,
                label=label,
                subject=stored,
                before=before,
                after=after,
            )
    return row


def _check_right(paper: OperatingPolicy, divisions: Collection[int | None], by: Actor) -> None:
    """Refused unless ``by`` may write goals that these lead, whatever a form let through."""
    for pk in divisions:
        target = Goal(paper=paper, lead_division_id=pk).target
        authority(by.person, Permission.WRITE_GOAL, target, year=paper.year)


def _added_goal(paper: OperatingPolicy, key: UUID | None) -> Goal:
    last = paper.goals.filter(is_removed=False).aggregate(last=Max("order"))["last"] or 0
    new = {"paper": paper, "order": last + 1, "version": 0}
    if key is None:
        return Goal.objects.create(**new)
    row, _ = Goal.objects.get_or_create(key=key, defaults=new)
    if row.paper_id != paper.pk:
        raise NotNow("この画面は古くなっています。運営方針書を開き直してください。")
    if row.is_removed:
        raise NotNow("この画面から加えた目標は、既に取り消されています。")
    return row


def _stored_goal(paper: OperatingPolicy, goal: Goal) -> Goal:
    row = Goal.objects.filter(pk=goal.pk, paper=paper, is_removed=False).first()
    if row is None:
        raise NotNow("この目標は、ほかの人が先に取り消しました。")
    return row


def goal_record(goal: Goal) -> dict[str, Any]:
    """The stored goal in the shape in which ``save_goal`` compares and records it."""
    names = [f.name for f in Goal._meta.fields if f.name not in NOT_WRITTEN]
    values: dict[str, Any] = {name: getattr(goal, name) for name in names}
    values |= {name: list(getattr(goal, name).all()) for name in LINKS}
    rows = [{name: getattr(row, name) for name in INDICATOR} for row in goal.indicators.all()]
    return record_of(values, rows)


def record_of(values: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A goal as typed, in the shape in which it is compared and recorded."""
    record = {
        name: sorted(str(row) for row in value) if name in LINKS else plain(value)
        for name, value in values.items()
    }
    return record | {
        "indicators": [{n: str(row.get(n, "")) for n in INDICATOR} for row in indicators]
    }


def _write_links(goal: Goal, values: Mapping[str, Any]) -> None:
    for name in LINKS:
        if name in values:
            getattr(goal, name).set(values[name])


def _write_indicators(goal: Goal, rows: Sequence[Mapping[str, Any]]) -> None:
    goal.indicators.all().delete()
    Indicator.objects.bulk_create(
        Indicator(goal=goal, order=number, **{name: row.get(name, "") for name in INDICATOR})
        for number, row in enumerate(rows, 1)
    )


@transaction.atomic
def remove_goal(*, goal: Goal, version: int, by: Actor) -> None:
    """Take a goal off the paper; the row stays for the record."""
    stored = lock(goal.paper)
    row = _stored_goal(stored, goal)
    expect(row, version)
    update_if_unchanged(row, is_removed=True, **written(by))
    _check_right(stored, {row.lead_division_id}, by)
    touch(stored, by)
    audit.record("goal.remove", by=by, label=str(row), subject=stored, before=goal_record(row))


@transaction.atomic
def move_goal(*, goal: Goal, step: int, by: Actor) -> None:
    """Move a goal up (-1) or down (+1) in the order of weight."""
    stored = lock(goal.paper)
    rows = list(stored.goals.filter(is_removed=False).order_by("order", "pk"))
    place = next((n for n, row in enumerate(rows) if row.pk == goal.pk), None)
    if place is None or not 0 <= place + step < len(rows):
        return
    before = [row.title for row in rows]
    rows[place], rows[place + step] = rows[place + step], rows[place]
    for number, row in enumerate(rows, 1):
        Goal.objects.filter(pk=row.pk).update(order=number)
    touch(stored, by)
    audit.record(
        "goal.move",
        by=by,
        label=goal.title,
        subject=stored,
        before={"order": before},
        after={"order": [row.title for row in rows]},
    )


@transaction.atomic
def copy_goals(
    *,
    paper: OperatingPolicy,
    sources: Sequence[OperatingPolicy],
    by: Actor,
    chosen: Collection[Goal] | None = None,
    sections: Mapping[int, Collection[Section]] | None = None,
    led_by: Sequence[Division] | None = None,
) -> int:
    """Copy last year's goals that are not here yet, as 継続, without links to the old policy.

    ``sources``: last year's papers. ``chosen``: only these goals; None: all. ``sections``: the
    items of this year's policy that a goal of last year goes on to answer. Divisions that are no
    more give way to those that took over; ``led_by``: a chief's, one of which leads each copy.
    """
    stored = lock(paper)
    present = set(stored.goals.filter(is_removed=False).values_list("title", flat=True))
    last = stored.goals.filter(is_removed=False).aggregate(last=Max("order"))["last"] or 0
    copied: list[str] = []
    now = DivisionsNow(stored, led_by)
    for old in goals_of_all(sources):
        if old.title in present or (chosen is not None and old not in chosen):
            continue
        new = _copy_of(old, now, last + len(copied) + 1, by)
        _check_right(stored, {new.lead_division_id}, by)
        new.sections.add(*(sections or {}).get(old.pk, ()))
        copied.append(new.title)
    if copied:
        touch(stored, by)
        audit.record("goal.copy", by=by, label=str(stored), subject=stored, after={"goals": copied})
    return len(copied)


def _copy_of(old: Goal, now: DivisionsNow, order: int, by: Actor) -> Goal:
    names = ("title", "standard", "method", "budget", "partners", "is_own")
    new = Goal.objects.create(
        paper=now.paper,
        order=order,
        kind=Goal.Kind.CONTINUE,
        lead_division=now.lead(old).division,
        **{name: getattr(old, name) for name in names},
        **written(by),
    )
    new.other_divisions.add(*now.others(old))
    new.sdgs.add(*old.sdgs.all())
    _write_indicators(
        new, [{name: getattr(row, name) for name in INDICATOR} for row in old.indicators.all()]
    )
    return new
