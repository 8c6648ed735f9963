"""Who takes over from whom, as the file would have it: what cannot be, what is easily forgotten."""

from collections.abc import Iterator, Sequence
from typing import Any

from core.years import fiscal_year, format_year
from departments.rules import fault_between
from exchange.spring.plans import NEW, SAME, Plan, PlanRow
from exchange.spring.sheets import WITH_SUCCESSORS, Sheet
from exchange.spring.state import State
from goals.models import OperatingPolicy

Fault = tuple[PlanRow, str, str]
"""The row of the file where it is told, the field, the sentence."""


def faults_of(sheet: Sheet, state: State, planned: Sequence[PlanRow]) -> Iterator[Fault]:
    """Links that the years do not allow, where the file changes one of their ends."""
    rows = {row.pk: row for row in state.rows[sheet.key]}
    mine = {each.row.pk: each for each in planned}
    changed = {pk for pk, each in mine.items() if each.kind != SAME}
    for pk, row in rows.items():
        for each in successors_of(sheet, state, mine.get(pk), pk):
            new = rows.get(each.pk, each)
            if changed.isdisjoint({pk, new.pk}) or not (sentence := fault_between(row, new)):
                continue
            if pk in mine:
                yield mine[pk], "successors", sentence
            else:
                yield mine[new.pk], "first_year", sentence


def successors_of(sheet: Sheet, state: State, planned: PlanRow | None, pk: int) -> list[Any]:
    """Those that take over from a row, as they will be."""
    if planned is not None:
        return planned.successors or []
    return state.successors[sheet.key].get(pk, [])


# What is easily forgotten


def notes_of_endings(plan: Plan) -> Iterator[str]:
    """Departments and divisions that end with something left in them, or with nobody after them."""
    for sheet in WITH_SUCCESSORS:
        for planned in plan.of(sheet.key):
            before = planned.stored.last_year if planned.stored else None
            last = planned.row.last_year
            if last is not None and last != before:
                yield from _left_behind(plan, planned)
            elif last is None and {*_keys(planned.successors)} - {*_keys(planned.old_successors)}:
                yield (
                    f"「{planned.row.name}」は、これからも続きます。一部を分けるだけでなく"
                    "終わるときは、最後の年度を書いてください。"
                )
    yield from _papers_left(plan)


def _keys(rows: Sequence[Any] | None) -> list[int]:
    return [row.pk for row in rows or ()]


def _left_behind(plan: Plan, planned: PlanRow) -> Iterator[str]:
    row, title = planned.row, planned.sheet.title
    ends = f"「{row.name}」は{format_year(row.last_year)}で終わりますが、"
    if not planned.successors:
        yield f"{ends}後継の{title}がありません。引き継ぐ{title}があれば書いてください。"
    field = "department_id" if planned.sheet.key == "departments" else "division_id"
    stay = [
        one
        for one in plan.state.rows["appointments"]
        if getattr(one, field) == row.pk
        and (one.ends_on is None or fiscal_year(one.ends_on) > row.last_year)
    ]
    if stay:
        yield f"{ends}{_few([one.user.name for one in stay], '人')}の発令が続きます。"
    below = [
        one.name
        for one in plan.state.rows["divisions"]
        if planned.sheet.key == "departments"
        and one.department_id == row.pk
        and (one.last_year is None or one.last_year > row.last_year)
    ]
    if below:
        yield f"{ends}その課の{_few(below, '課')}が続きます。"


def _few(names: list[str], unit: str) -> str:
    """髙栁 美和、辻󠄀 恵ほか3人."""
    names = list(dict.fromkeys(names))
    more = f"ほか{len(names) - 3}{unit}" if len(names) > 3 else ""
    return "、".join(names[:3]) + more


def _papers_left(plan: Plan) -> Iterator[str]:
    """What was begun for a year in which the department is no more. One query."""
    ends = {
        planned.row.pk: planned.row
        for planned in plan.of("departments")
        if planned.kind != NEW and planned.row.last_year is not None
    }
    papers = OperatingPolicy.objects.filter(department__in=ends, edits__gt=0) if ends else ()
    for paper in papers:
        row = ends[paper.department_id]
        if paper.year > row.last_year:
            yield (
                f"「{row.name}」は{format_year(row.last_year)}で終わりますが、"
                f"{format_year(paper.year)}の運営方針書が書き始められています。"
                "後継の部が読めますので、要る文は写してください。"
            )


def taken_over(plan: Plan) -> Iterator[tuple[PlanRow, Any, int]]:
    """Departments that take over by this file: the row of the old one, the new one, from when."""
    for planned in plan.of("departments"):
        known = {*_keys(planned.old_successors)}
        last = planned.row.last_year
        for new in planned.successors or ():
            if new.pk not in known:
                yield planned, new, new.first_year if last is None else last + 1
