"""第6 前年度の目標と結果: last year's goals beside what is known of them now. Makes no query."""

from collections.abc import Sequence
from typing import Any

from core.years import format_year
from goals.earlier import is_from_elsewhere
from goals.models import Goal, Indicator, OperatingPolicy

Plain = dict[str, Any]

BLANK_ROWS = [1, 2, 3, 4]
"""Room for instructions of last year's interview, of which nothing is recorded here."""


def previous(
    paper: OperatingPolicy,
    old: Sequence[OperatingPolicy],
    old_goals: Sequence[Goal],
    goals: Sequence[Goal],
) -> Plain:
    """Last year's papers with their goals; ``goals`` are this year's, in order of weight."""
    names_all = is_from_elsewhere(paper, old)
    return {
        "year": format_year(paper.year - 1),
        "papers": [
            {
                "department": one.department.name if names_all else "",
                "goals": _goals([goal for goal in old_goals if goal.paper_id == one.pk], goals),
            }
            for one in old
        ],
        "blank_rows": BLANK_ROWS,
    }


def ended(old_goals: Sequence[Goal], goals: Sequence[Goal]) -> list[str]:
    """The titles of last year's goals that no goal of this year goes on from."""
    return [old.title for old in old_goals if follower(old, goals) is None]


def follower(old: Goal, goals: Sequence[Goal]) -> Goal | None:
    """The goal that goes on from ``old``: of the same title, else one that is not new and has an
    indicator of the same name. Needs the indicators prefetched."""
    same = next((goal for goal in goals if goal.title == old.title), None)
    if same:
        return same
    names = {row.name for row in old.indicators.all()}
    going_on = (goal for goal in goals if goal.kind != Goal.Kind.NEW)
    return next(
        (goal for goal in going_on if names & {row.name for row in goal.indicators.all()}), None
    )


def _goals(old_goals: Sequence[Goal], goals: Sequence[Goal]) -> list[Plain]:
    numbers = {goal.pk: number for number, goal in enumerate(goals, 1)}
    rows = []
    for number, old in enumerate(old_goals, 1):
        now = follower(old, goals)
        rows.append(
            {
                "number": number,
                "title": old.title,
                "now": {"number": numbers[now.pk], "title": now.title} if now else None,
                "indicators": [_indicator(row, now, goals) for row in old.indicators.all()],
            }
        )
    return rows


def _indicator(row: Indicator, now: Goal | None, goals: Sequence[Goal]) -> Plain:
    return {
        "name": row.name,
        "unit": row.unit,
        "target": with_commas(row.target),
        "figure": with_commas(row.actual or _present_figure(row, now, goals)),
    }


def _present_figure(row: Indicator, now: Goal | None, goals: Sequence[Goal]) -> str:
    """The 現状値 of this year's indicator of the same name and unit; first of the goal ``now``."""
    searched = [now, *goals] if now else goals
    found = (
        new.baseline
        for goal in searched
        for new in goal.indicators.all()
        if (new.name, new.unit) == (row.name, row.unit) and new.baseline
    )
    return next(found, "")


def with_commas(value: str) -> str:
    """1800 → 1,800; everything that is not a plain number of four digits or more stays."""
    plain = value.strip()
    if len(plain) > 3 and plain.isascii() and plain.isdigit() and plain[0] != "0":
        return f"{int(plain):,}"
    return plain
