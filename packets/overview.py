"""第1 概要: the page that says the whole in figures, beside those of last year."""

from collections.abc import Sequence
from typing import Any

from core.text import format_integer
from core.years import format_year
from goals.earlier import is_from_elsewhere
from goals.models import Goal
from packets.previous import ended
from packets.queries import Material
from packets.returns import returned

Plain = dict[str, Any]

LONG_ROW, LONG_ROW_IN_LARGE_PRINT = 600, 250


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def size(characters: int) -> str:
    """Whether a row with so much in one cell may be split over two pages: a long one may, a middle
    one in large print. A row that is higher than a page must, or its table loses its head."""
    if characters > LONG_ROW:
        return "long"
    return "middle" if characters > LONG_ROW_IN_LARGE_PRINT else ""


def figure(value: int | None) -> str:
    """12,300; △5; － where nothing is written."""
    return "－" if value is None else format_integer(value)


def overview(of: Material, goals: list[Plain], parts: list[Plain]) -> Plain:
    """``parts``: those of the packet, to which the figures lead."""
    paper = of.sheet.paper
    declined = _declined(of)
    since_return = returned(of.returned, of.sheet)
    return {
        "mission": paragraphs(paper.mission),
        "counts": _counts(of, parts),
        "changes": _changes(goals),
        "ended": ended(of.previous_goals, of.sheet.goals),
        "resources": _resources(of),
        "previous_year": format_year(paper.year - 1),
        "previous_note": _previous_note(of),
        "declined": declined,
        "returned": since_return,
        "returned_step": 3 + bool(declined),
    }


def _declined(of: Material) -> list[Plain]:
    """The items to which the answer is 該当なし, with the reasons."""
    return [
        {
            "number": answer.section.number,
            "name": answer.section.name,
            "reason": paragraphs(answer.response.body),
            "anchor": f"item-{answer.section.path}",
        }
        for answer in of.sheet.answers
        if answer.response and answer.state_label == "該当なし"
    ]


def _counts(of: Material, parts: list[Plain]) -> list[Plain]:
    sheet = of.sheet
    answered = sheet.given - sheet.not_applicable
    owed = sheet.owed - sheet.given
    declined = [a.section.number for a in sheet.answers if a.state_label == "該当なし"]
    before = f"前年度　{len(of.previous_goals)}件" if of.previous else "前年度の運営方針なし"
    linked = sum(bool(answer.goals) for answer in sheet.answers)
    coverage = next(part["number"] for part in parts if part["anchor"] == "coverage")
    return [
        {"label": "方針への回答", "figure": answered, "unit": f"／{sheet.owed}項",
         "note": f"未記入　{owed}項" if owed else "未記入　なし"},
        {"label": "該当なし", "figure": sheet.not_applicable, "unit": "項",
         "note": "　".join(declined[:4]) + ("　ほか" if declined[4:] else "")},
        {"label": "組織目標", "figure": len(sheet.goals), "unit": "件", "note": before},
        {"label": "目標に結び付く項", "figure": linked, "unit": f"／{sheet.owed}項",
         "note": f"第{coverage}に一覧を示す"},
    ]  # fmt: skip


def _changes(goals: list[Plain]) -> list[Plain]:
    """The goals by 区分, in the order of the choices."""
    rows = []
    for kind in Goal.Kind:
        of_kind = [goal for goal in goals if goal["kind"] == kind.value]
        named = [{name: goal[name] for name in ("number", "title", "anchor")} for goal in of_kind]
        if named:
            rows.append({"kind": kind.value, "kind_label": str(kind.label), "goals": named})
    return rows


def _previous_note(of: Material) -> str:
    """Of which departments the figures of last year are; empty where of the same one."""
    paper = of.sheet.paper
    if not of.is_divided and not is_from_elsewhere(paper, of.previous):
        return ""
    names = "と".join(old.department.name for old in of.previous)
    whole = "の全体。組織が分かれたため、増減は示さない" if of.is_divided else ""
    both = "の計" if len(of.previous) > 1 and not of.is_divided else ""
    return f"{format_year(paper.year - 1)}は、{names}{both}{whole}"


def _resources(of: Material) -> list[Plain]:
    now = of.sheet.paper
    rows = (
        ("職員数（人）", [old.staff for old in of.previous], now.staff),
        ("予算額（千円）", [old.budget for old in of.previous], now.budget),
    )
    return [
        _resource(label, _sum(before), value, is_comparable=not of.is_divided)
        for label, before, value in rows
    ]


def _sum(values: Sequence[int | None]) -> int | None:
    """The sum, where every figure is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _resource(label: str, before: int | None, now: int | None, *, is_comparable: bool) -> Plain:
    difference = ""
    if is_comparable and before is not None and now is not None:
        change = now - before
        difference = f"＋{change:,}" if change > 0 else format_integer(change)
    return {"label": label, "before": figure(before), "now": figure(now), "difference": difference}
