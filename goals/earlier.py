"""What goes on from last year: its answers and goals, under the items of this year's text.

Only what the office has confirmed counts: a wrong pair would lead to a wrong answer. Last year's
papers are several where departments were merged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from departments.models import Division
from departments.queries import lineage
from goals.models import Goal, OperatingPolicy, Response
from policies.models import Section
from policies.queries.alignments import confirmed


@dataclass(frozen=True)
class EarlierAnswer:
    """What a department said last year to the item that one of this year continues.

    ``department``: its name, where it is not simply this department.
    """

    section: Section
    body: str
    is_not_applicable: bool
    code: str = ""
    department: str = ""


def is_from_elsewhere(paper: OperatingPolicy, old: Sequence[OperatingPolicy]) -> bool:
    """Whether ``old``, last year's papers, are not just the one of the same department."""
    return [one.department_id for one in old] not in ([], [paper.department_id])


def earlier_answers(
    paper: OperatingPolicy, old: Sequence[OperatingPolicy]
) -> dict[int, list[EarlierAnswer]]:
    """The answers on ``old``, last year's papers, by this year's section. Two queries."""
    said = {(r.paper_id, r.section_id): r for r in Response.objects.filter(paper__in=old)}
    names_all = is_from_elsewhere(paper, old)
    found: dict[int, list[EarlierAnswer]] = defaultdict(list)
    for section, row in confirmed(paper.year).items():
        for one in old:
            answer = said.get((one.pk, row.earlier_id or 0))
            if row.earlier and answer and answer.is_given:
                name = one.department.name if names_all else ""
                words = answer.body, answer.is_not_applicable
                found[section].append(EarlierAnswer(row.earlier, *words, one.department.code, name))
    return found


def words_of(answers: Sequence[EarlierAnswer]) -> tuple[str, bool]:
    """The text to begin with, and whether it is a reason for 該当なし.

    Where one department answered and another had nothing to do with it, there is something to do.
    """
    given = [answer for answer in answers if not answer.is_not_applicable]
    return "\n".join(answer.body for answer in given or answers), not given


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


@dataclass(frozen=True)
class Lead:
    """Last year's lead division, and those that it is this year: here, and in other departments."""

    old: Division | None
    here: tuple[Division, ...] = ()
    elsewhere: tuple[Division, ...] = ()

    @property
    def division(self) -> Division | None:
        """Who leads this year, where there is no doubt."""
        return self.here[0] if len(self.here) == 1 else None

    @property
    def is_gone_elsewhere(self) -> bool:
        """Whether it is another department's business now."""
        return bool(self.elsewhere) and not self.here

    @property
    def words(self) -> str:
        """防災安全課; 防災課 → 危機管理課; or why nobody leads."""
        if self.old is None:
            return ""
        if self.division:
            is_same = self.old.name == self.division.name
            return self.old.name if is_same else f"{self.old.name} → {self.division.name}"
        return f"{self.old.name}（{self._why()}、主管課は空になります）"

    def _why(self) -> str:
        if self.here:
            names = "と".join(division.name for division in self.here)
            return f"今年度は{names}に分かれたため"
        if self.elsewhere:
            departments = dict.fromkeys(division.department.name for division in self.elsewhere)
            return f"今年度は{'と'.join(departments)}にあるため"
        return "今年度に続く課がないため"


class DivisionsNow:
    """What last year's divisions are in the year of ``paper``. Two queries.

    ``led_by``: the divisions of a chief, who copies what one of them goes on with; None: all.
    """

    def __init__(self, paper: OperatingPolicy, led_by: Sequence[Division] | None = None) -> None:
        self.paper = paper
        self.led_by = led_by
        rows = Division.objects.in_year(paper.year).select_related("department")
        self.standing = {division.pk: division for division in rows}
        self.lineage = lineage(Division)

    def of(self, division: int) -> list[Division]:
        """The divisions of this year that ``division`` is, or has become."""
        now = self.lineage.in_year(division, self.paper.year)
        return [row for pk, row in self.standing.items() if pk in now]

    def lead(self, goal: Goal) -> Lead:
        """Who leads ``goal`` of last year now. Needs its lead division fetched."""
        if goal.lead_division is None:
            return Lead(None)
        found = self.of(goal.lead_division.pk)
        here = [row for row in found if row.department_id == self.paper.department_id]
        if self.led_by is not None:
            here = [row for row in here if row in self.led_by]
        elsewhere = [row for row in found if row not in here]
        return Lead(goal.lead_division, tuple(here), tuple(elsewhere))

    def may_copy(self, goal: Goal) -> bool:
        """Whether it can be copied: a chief's copies are led by a division of his own."""
        return self.led_by is None or self.lead(goal).division is not None

    def others(self, goal: Goal) -> list[Division]:
        """The other divisions of ``goal`` as they are now. Needs them prefetched."""
        lead = self.lead(goal).division
        found = {row.pk: row for old in goal.other_divisions.all() for row in self.of(old.pk)}
        return [row for row in found.values() if row != lead]
