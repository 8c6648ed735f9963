"""施政方針の事業 on the paper: which the department carries out, by which goals."""

from typing import Any

from goals.projects import Undertaking
from goals.sheets import Sheet
from packets.overview import size


def projects(of: Sheet) -> list[dict[str, Any]]:
    """The projects that the department lists, in the order of the mayor's speech."""
    return [_project(row) for row in of.projects.taken]


def _project(row: Undertaking) -> dict[str, Any]:
    return {
        "number": row.project.number,
        "name": row.project.name,
        "words": row.words,
        "size": size(len(row.words)),
        "goals": [{"number": number, "title": goal.title} for number, goal in row.numbered],
    }
