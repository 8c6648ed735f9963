"""The amendments of the demo city's policies, and who looked at them when."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core import clock
from core.audit import Actor
from core.permissions import Permission
from departments.models import User
from departments.queries import authority
from exchange.seed.city import POLICY_OFFICE
from exchange.seed.documents import put_right
from exchange.seed.reading import moment, read
from goals.actions.amendments import confirm
from goals.models import OperatingPolicy
from policies.actions.manuscripts import issue
from policies.edits import Reword
from policies.models import Manuscript
from policies.queries.manuscripts import outline_of_manuscript


def lay_amendments(year: int) -> None:
    """What was amended in ``year``, once its papers are written."""
    for row in read("amendments.toml")["amendments"]:
        if row["year"] == year:
            _amend(row)
            for code, (number, at) in row["confirmed"].items():
                _confirm(year, code, number, at)


def _amend(row: Mapping[str, Any]) -> None:
    office = Actor(user=User.objects.get(username=POLICY_OFFICE))
    with clock.at(moment(row["issued_at"])):
        manuscript = Manuscript.objects.get(year=row["year"], kind=Manuscript.Kind.BASIC)
        outline = outline_of_manuscript(manuscript)
        node = next(node for node in outline.nodes if node.path == row["section"])
        manuscript = put_right(manuscript, Reword(node.id, row["body"]), office)
        issue(
            manuscript=manuscript,
            version=manuscript.version,
            dated_on=row["dated_on"],
            reason=row["reason"],
            by=office,
        )


def _confirm(year: int, code: str, number: str, at: dt.datetime) -> None:
    """By a person who may; who may not is an error in the data."""
    paper = OperatingPolicy.objects.for_page().get(year=year, department__code=code)
    with clock.at(moment(at)):
        user = User.objects.get(username=number)
        holding = authority(user, Permission.WRITE_PAPER, paper.target, year=year)
        by = Actor(user=user, standing_in_for_id=holding.standing_in_for_id)
        confirm(paper=paper, edition=1, by=by)
