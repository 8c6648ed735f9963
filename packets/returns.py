"""差戻し後の修正: where the paper differs from the version that was sent back last."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.years import format_date
from goals.comparisons import ChangedPart, compare
from goals.models import OperatingPolicy, Revision
from goals.reviewing import last_returns_of_all
from goals.sheets import Sheet
from goals.snapshots import snapshot

Plain = dict[str, Any]

OF_BASICS, OF_PROJECTS = "basics", "projects"


@dataclass(frozen=True)
class Returned:
    """When the paper was sent back, and what has changed since."""

    at: dt.datetime
    parts: list[ChangedPart]


@dataclass(frozen=True)
class SentBack:
    """The version that was sent back, and when."""

    at: dt.datetime
    version: Revision


def sent_back(papers: Iterable[OperatingPolicy]) -> dict[int, SentBack]:
    """Of each of ``papers`` that was ever sent back, the last time. Three queries at most."""
    returns = last_returns_of_all(papers)
    rows = Revision.objects.filter(paper__in=returns).order_by("number")
    looked_at = {
        paper: pk
        for pk, paper, submitted_at in rows.values_list("pk", "paper", "submitted_at")
        if submitted_at <= returns[paper]
    }
    versions = Revision.objects.in_bulk(looked_at.values())
    return {paper: SentBack(returns[paper], versions[pk]) for paper, pk in looked_at.items()}


def since_return(of: Sheet, sent: SentBack) -> Returned:
    """What is different from the version that was sent back."""
    return Returned(sent.at, compare(sent.version.content, snapshot(of)))


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
