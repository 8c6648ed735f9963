"""What goes on from last year: its answers and goals, under the items of this year's text.

Only what the office has confirmed counts: a wrong pair would lead to a wrong answer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from goals.models import Goal, OperatingPolicy
from policies.models import Section
from policies.queries.alignments import confirmed


@dataclass(frozen=True)
class EarlierAnswer:
    """What the department said last year to the item that one of this year continues."""

    section: Section
    body: str
    is_not_applicable: bool


def earlier_answers(paper: OperatingPolicy, old: OperatingPolicy) -> dict[int, EarlierAnswer]:
    """The answers of ``old``, last year's paper, by this year's section. Two queries."""
    said = {row.section_id: row for row in old.responses.all() if row.is_given}
    return {
        section: EarlierAnswer(row.earlier, answer.body, answer.is_not_applicable)
        for section, row in confirmed(paper.year).items()
        if row.earlier and (answer := said.get(row.earlier.pk))
    }


def continued_sections(
    owed: Iterable[Section], year: int, goals: Iterable[Goal]
) -> dict[int, list[Section]]:
    """For each of last year's ``goals`` those of ``owed`` that continue what it answered.

    Needs the sections of the goals prefetched. One query.
    """
    following: dict[int, list[Section]] = defaultdict(list)
    pairs = confirmed(year)
    for section in owed:
        if (row := pairs.get(section.pk)) and row.earlier_id:
            following[row.earlier_id].append(section)
    return {
        goal.pk: sorted(
            {section for old in _answered(goal) for section in following[old.pk]},
            key=lambda section: section.place,
        )
        for goal in goals
    }


def _answered(goal: Goal) -> list[Section]:
    """With those that an amendment took out late last year, where they were fetched."""
    return [*goal.sections.all(), *getattr(goal, "gone_sections", ())]
