"""対応状況一覧: the items of the mayor's text by the departments that answer them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from core.workflow import WRITABLE
from core.years import format_year
from goals.models import Goal, OperatingPolicy, Response
from packets.fronts.days import as_of
from packets.layout import Layout
from packets.models import DRAFT
from packets.pieces import Piece
from policies.models import BasicPolicy, Section

Plain = dict[str, Any]
DEPARTMENTS_A_TABLE = 14
"""So many columns of departments stand side by side."""
GOAL, ANSWER, NOT_APPLICABLE = "●", "○", "該"


def coverage(year: int, layout: Layout, papers: Sequence[OperatingPolicy] | None = None) -> Piece:
    """The matrix as a single paper: of ``papers``, or of all of the year."""
    shown = _all_of(year) if papers is None else list(papers)
    is_draft = any(paper.status in WRITABLE for paper in shown)
    return Piece(
        title="対応状況一覧",
        template="packets/paper/front/coverage.html",
        content={
            "city": settings.CITY["name"],
            "year": format_year(year),
            "is_draft": is_draft,
            "as_of": as_of(shown),
            "coverage": matrix(year, shown),
        },
        layout=layout.of_parts,
        edition=DRAFT if is_draft else "",
    )


def _all_of(year: int) -> list[OperatingPolicy]:
    papers = OperatingPolicy.objects.of_year(year).select_related("department")
    return list(papers.order_by("department__order", "pk"))


def matrix(year: int, papers: Sequence[OperatingPolicy]) -> Plain:
    """Each item that asks for an answer, and what each paper has to it; who took up nothing is
    told first."""
    policy = BasicPolicy.objects.filter(year=year).first()
    sections = list(policy.sections.standing().in_order()) if policy else []
    parents = {section.parent_id for section in sections}
    owed = [section for section in sections if section.is_open and section.pk not in parents]
    marks = _marks(papers)
    unclaimed = [
        {"number": section.number, "name": section.name}
        for section in owed
        if not any(marks.get((paper.pk, section.pk)) in {GOAL, ANSWER} for paper in papers)
    ]
    starts = range(0, max(len(papers), 1), DEPARTMENTS_A_TABLE)
    columns = [list(papers[start : start + DEPARTMENTS_A_TABLE]) for start in starts]
    return {
        "policy": policy.title if policy else "",
        "owed": len(owed),
        "unclaimed": unclaimed,
        "tables": [_table(sections, owed, marks, part) for part in columns] if owed else [],
    }


def _marks(papers: Sequence[OperatingPolicy]) -> dict[tuple[int, int], str]:
    """What stands in a cell, by paper and section."""
    found: dict[tuple[int, int], str] = {}
    answers = Response.objects.filter(paper__in=papers).exclude(body="")
    for paper, section, is_not in answers.values_list(
        "paper_id", "section_id", "is_not_applicable"
    ):
        found[paper, section] = NOT_APPLICABLE if is_not else ANSWER
    links = Goal.sections.through.objects.filter(goal__paper__in=papers, goal__is_removed=False)
    for paper, section in links.values_list("goal__paper_id", "section_id"):
        if found.get((paper, section)) != NOT_APPLICABLE:
            found[paper, section] = GOAL
    return found


def _table(
    sections: Sequence[Section],
    owed: Sequence[Section],
    marks: dict[tuple[int, int], str],
    papers: Sequence[OperatingPolicy],
) -> Plain:
    """One table of at most ``DEPARTMENTS_A_TABLE`` columns."""
    is_owed = {section.pk for section in owed}
    chapters: list[Plain] = []
    for section in sections:
        if section.parent_id is None:
            heading = section.heading or section.name
            chapters.append({"marker": section.marker, "heading": heading, "rows": []})
        if section.pk in is_owed:
            cells = [marks.get((paper.pk, section.pk), "") for paper in papers]
            row = {"number": section.number, "name": section.name, "cells": cells}
            chapters[-1]["rows"].append(row)
    taken = (GOAL, ANSWER)
    return {
        "names": [paper.department.name for paper in papers],
        "width": len(papers) + 2,
        "chapters": [chapter for chapter in chapters if chapter["rows"]],
        "counts": [
            sum(marks.get((paper.pk, pk)) in taken for pk in is_owed) for paper in papers
        ],
    }
