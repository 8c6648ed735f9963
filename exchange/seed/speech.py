"""施政方針 of a year: taken in, its projects marked in the running text, shown to all."""

from collections.abc import Mapping
from typing import Any

from core import clock
from core.audit import Actor
from departments.models import User
from exchange.seed.city import POLICY_OFFICE
from exchange.seed.documents import put_right
from exchange.seed.reading import DEMO, moment
from policies.actions import manuscripts
from policies.edits import Mark, Retitle
from policies.models import Manuscript
from policies.parsing import parse
from policies.queries.manuscripts import outline_of_manuscript
from policies.reading import read_file


def lay_speech(row: Mapping[str, Any]) -> None:
    """As the policy office does it on the reading page, one passage after the other."""
    office = Actor(user=User.objects.get(username=POLICY_OFFICE))
    with clock.at(moment(row["loaded_at"])):
        manuscript = manuscripts.take_in(
            parsed=parse(read_file(DEMO / row["file"])),
            kind=Manuscript.Kind.SPEECH,
            year=row["year"],
            file_name=row["file"],
            by=office,
        )
        for project in row["projects"]:
            manuscript = _mark(manuscript, project, office)
        manuscripts.share(manuscript=manuscript, version=manuscript.version, by=office)


def _mark(manuscript: Manuscript, project: Mapping[str, str], office: Actor) -> Manuscript:
    """The passage becomes an item, and gets the short name of the project."""
    source = manuscript.source_text
    start = source.index(project["begins"])
    end = source.index(project["ends"], start) + len(project["ends"])
    manuscript = put_right(manuscript, Mark(start, end), office)
    pieces = outline_of_manuscript(manuscript).pieces
    node = next(piece.node for piece in pieces if piece.start >= start and piece.node)
    return put_right(manuscript, Retitle(node, project["name"]), office)
