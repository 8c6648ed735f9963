"""The mayor's basic policy of a year: taken in, named, shown as 案, issued, as the office does it."""

from collections.abc import Iterator, Mapping
from typing import Any

from core import clock
from core.audit import Actor
from departments.models import User
from exchange.seed.city import POLICY_OFFICE
from exchange.seed.reading import DEMO, moment
from policies.actions import alignments, manuscripts
from policies.edits import Ask, Edit, Retitle
from policies.models import Manuscript, Section
from policies.outline import Outline
from policies.parsing import parse
from policies.paths import with_paths
from policies.queries.alignments import comparison
from policies.queries.manuscripts import outline_of_manuscript
from policies.reading import read_file


def lay_policy(row: Mapping[str, Any]) -> None:
    """Read by the parser, with what the office enters by hand; issued where the data say when."""
    office = Actor(user=User.objects.get(username=POLICY_OFFICE))
    with clock.at(moment(row["loaded_at"])):
        parsed = parse(read_file(DEMO / row["file"]))
        manuscript = manuscripts.take_in(parsed=parsed, file_name=row["file"], by=office)
        for edit in _names(outline_of_manuscript(manuscript), row):
            manuscript = put_right(manuscript, edit, office)
        manuscripts.share(manuscript=manuscript, version=manuscript.version, by=office)
    if "issued_at" in row:
        _issue(Manuscript.objects.get(pk=manuscript.pk), row, office)
    if "aligned_at" in row:
        _align(manuscript.year, row, office)


def put_right(manuscript: Manuscript, edit: Edit, by: Actor) -> Manuscript:
    """One edit on what is in hand."""
    return manuscripts.edit(manuscript=manuscript, version=manuscript.version, edit=edit, by=by)


def _names(outline: Outline, row: Mapping[str, Any]) -> Iterator[Edit]:
    """The short names and the items that ask for no answer, by the addresses to come."""
    for node in with_paths(outline).nodes:
        if name := row["short_names"].get(node.path):
            yield Retitle(node.id, name)
        if node.path in row["closed"]:
            yield Ask(node.id, False)


def _issue(manuscript: Manuscript, row: Mapping[str, Any], office: Actor) -> None:
    with clock.at(moment(row["issued_at"])):
        manuscripts.issue(
            manuscript=manuscript,
            version=manuscript.version,
            dated_on=manuscript.issued_on or clock.today(),
            by=office,
        )


def _align(year: int, row: Mapping[str, Any], office: Actor) -> None:
    """The office confirms what is proposed, but for the items that the data name."""
    seen = comparison(year)
    if seen is None:
        raise ValueError(f"{year}: nothing to align with")
    earlier = {section.path: section.pk for section in seen.earlier}
    pairs = {one.section.pk: one.earlier.pk if one.earlier else None for one in seen.rows}
    for section in Section.objects.filter(policy__year=year, path__in=row["aligned"]):
        pairs[section.pk] = earlier[row["aligned"][section.path]]
    with clock.at(moment(row["aligned_at"])):
        alignments.confirm(year=year, pairs=pairs, state=seen.state, by=office)
