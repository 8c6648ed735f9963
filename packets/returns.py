"""差戻し後の修正: where the paper differs from the version that was sent back last."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.years import format_date
from goals.comparisons import ChangedPart, compare
from goals.reviewing import last_returned_at
from goals.sheets import Sheet
from goals.snapshots import snapshot

Plain = dict[str, Any]

OF_BASICS, OF_PROJECTS = "basics", "projects"


@dataclass(frozen=True)
class Returned:
    """When the paper was sent back, and what has changed since."""

    at: dt.datetime
    parts: list[ChangedPart]


def since_return(of: Sheet) -> Returned | None:
    """None where the paper was never sent back."""
    at = last_returned_at(of.paper)
    if at is None:
        return None
    looked_at = of.paper.revisions.filter(submitted_at__lte=at).order_by("-number").first()
    if looked_at is None:
        return None
    return Returned(at, compare(looked_at.content, snapshot(of)))


def returned(found: Returned | None, of: Sheet) -> Plain | None:
    """As plain values: the places, with what was changed there in a word, and their anchors."""
    if found is None:
        return None
    anchors = {
        OF_BASICS: "overview",
        OF_PROJECTS: "goals",
        **{answer.section.path: f"item-{answer.section.path}" for answer in of.answers},
        **{f"goal-{goal.pk}": f"goal-{number}" for number, goal in enumerate(of.goals, 1)},
    }
    return {
        "day": format_date(timezone.localtime(found.at).date()),
        "rows": [
            {
                "label": part.label,
                "what": "、".join(change.label or "文言" for change in part.changes),
                "anchor": anchors.get(part.place, ""),
            }
            for part in found.parts
        ],
    }
