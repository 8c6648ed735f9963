"""The handovers of the demo city: written, handed over and received, each at its moment."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from core import clock
from core.audit import Actor
from core.permissions import Permission
from departments.models import User
from departments.queries import authority
from exchange.seed.reading import moment, read
from goals.actions.handovers import hand_over, receive, save_handover
from goals.handovers import goals_handed_over
from goals.models import Handover, OperatingPolicy


def lay_handovers(year: int) -> None:
    """What heads who go in ``year`` have left, once its papers are written."""
    for row in read("handovers.toml")["handovers"]:
        if row["year"] == year:
            _lay(row)


def _lay(row: Mapping[str, Any]) -> None:
    papers = OperatingPolicy.objects.for_page()
    paper = papers.get(year=row["year"], department__code=row["department"])
    goals = zip(goals_handed_over(paper), row["goals"], strict=True)
    with _acting(paper, row["giver"], Permission.HAND_OVER, row["written_at"]) as (by, title):
        written = save_handover(
            paper=paper,
            version=0,
            title=title,
            body=row["body"].strip(),
            notes={goal.pk: text for goal, text in goals},
            by=by,
        )
    if "handed_at" in row:
        with _acting(paper, row["giver"], Permission.HAND_OVER, row["handed_at"]) as (by, title):
            handed = hand_over(paper=paper, version=written.version, title=title, by=by)
        for number, at in row["received"]:
            _receive(handed, number, at)


def _receive(handed: Handover, number: str, at: dt.datetime) -> None:
    seen = {handed.pk: handed.handed_version}
    with _acting(handed.paper, number, Permission.RECEIVE_HANDOVER, at) as (by, title):
        receive(paper=handed.paper, seen=seen, title=title, by=by)


@contextmanager
def _acting(
    paper: OperatingPolicy, number: str, permission: Permission, at: dt.datetime
) -> Iterator[tuple[Actor, str]]:
    """At that moment, by a person who may; who may not is an error in the data."""
    with clock.at(moment(at)):
        user = User.objects.get(username=number)
        holding = authority(user, permission, paper.target, year=paper.year)
        yield Actor(user=user, standing_in_for_id=holding.standing_in_for_id), holding.title
