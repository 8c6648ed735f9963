"""対応状況: which department took up which item of the mayor's policy."""

from collections import Counter
from dataclasses import dataclass, field

from core.permissions import Permission
from departments.models import User
from departments.queries import may
from goals.models import Goal, OperatingPolicy, Response
from policies.models import BasicPolicy, Section

MARKS = {"answered": ("●", "回答"), "not-applicable": ("○", "該当なし"), "missing": ("−", "未記入")}


@dataclass(frozen=True)
class Cell:
    """What one department says to one item."""

    paper: OperatingPolicy
    state: str
    may_read: bool

    @property
    def mark(self) -> str:
        return MARKS[self.state][0]

    @property
    def label(self) -> str:
        return MARKS[self.state][1]


@dataclass
class Item:
    """A section of the policy, and how many departments took it up."""

    section: Section
    is_owed: bool
    cells: list[Cell] = field(default_factory=list)
    goal_count: int = 0

    def _count(self, state: str) -> int:
        return sum(cell.state == state for cell in self.cells)

    @property
    def answered(self) -> int:
        return self._count("answered")

    @property
    def not_applicable(self) -> int:
        return self._count("not-applicable")

    @property
    def missing(self) -> int:
        return self._count("missing")

    @property
    def is_unclaimed(self) -> bool:
        return self.is_owed and self.answered == 0

    @property
    def shade(self) -> int:
        """0 nobody, 1 to 4: one to three departments, four to six, seven to nine, ten or more."""
        return min((self.answered + 2) // 3, 4)


@dataclass
class Chapter:
    """A section of the first level, and all that stands below it."""

    head: Item
    items: list[Item] = field(default_factory=list)

    @property
    def owed(self) -> list[Item]:
        """The rows of the matrix."""
        return [item for item in [self.head, *self.items] if item.is_owed]


@dataclass(frozen=True)
class Words:
    """What one department wrote to the chosen item, and its goals for it."""

    response: Response
    goals: list[Goal]


@dataclass
class Coverage:
    """The policy with the answers of all departments counted."""

    policy: BasicPolicy | None
    papers: list[OperatingPolicy]
    chapters: list[Chapter]
    chosen: Item | None = None
    words: list[Words] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        return [item for chapter in self.chapters for item in chapter.owed]

    @property
    def unclaimed(self) -> list[Item]:
        return [item for item in self.items if item.is_unclaimed]

    @property
    def claimed(self) -> int:
        return len(self.items) - len(self.unclaimed)

    @property
    def totals(self) -> list[int]:
        """For each department, how many items it took up."""
        columns = zip(*(item.cells for item in self.items), strict=True)
        return [sum(cell.state == "answered" for cell in column) for column in columns]


def coverage_for(user: User, year: int, path: str) -> Coverage:
    """The coverage of a year; the words to the item ``path`` only where ``user`` may read them."""
    policy = BasicPolicy.objects.filter(year=year).first()
    papers = list(
        OperatingPolicy.objects.of_year(year)
        .select_related("department")
        .order_by("department__order", "pk")
    )
    chapters = _chapters(user, policy, papers) if policy else []
    found = Coverage(policy, papers, chapters)
    found.chosen = next((item for item in found.items if item.section.path == path), None)
    if found.chosen:
        found.words = _words(found.chosen)
    return found


def _chapters(user: User, policy: BasicPolicy, papers: list[OperatingPolicy]) -> list[Chapter]:
    sections = list(policy.sections.standing().in_order())
    parents = {section.parent_id for section in sections}
    readable = {p.pk for p in papers if may(user, Permission.READ_PAPER, p.target, year=p.year)}
    written = states(policy.year)
    goals = _goal_counts(policy.year)
    chapters: list[Chapter] = []
    for section in sections:
        item = Item(section, is_owed=section.is_open and section.pk not in parents)
        if item.is_owed:
            item.goal_count = goals[section.pk]
            item.cells = [
                Cell(paper, written.get((paper.pk, section.pk), "missing"), paper.pk in readable)
                for paper in papers
            ]
        if section.parent_id is None:
            chapters.append(Chapter(item))
        else:
            chapters[-1].items.append(item)
    return chapters


def states(year: int) -> dict[tuple[int, int], str]:
    """The state of each answer that is written, by paper and section."""
    rows = Response.objects.filter(paper__year=year).values_list(
        "paper_id", "section_id", "is_not_applicable", "body"
    )
    return {
        (paper, section): "not-applicable" if is_not_applicable else "answered"
        for paper, section, is_not_applicable, body in rows
        if body.strip()
    }


def _goal_counts(year: int) -> Counter[int]:
    links = Goal.sections.through.objects.filter(
        goal__paper__year=year, goal__is_removed=False
    ).values_list("section_id", flat=True)
    return Counter(links)


def _words(item: Item) -> list[Words]:
    readable = [cell.paper.pk for cell in item.cells if cell.may_read and cell.state != "missing"]
    responses = (
        Response.objects.filter(section=item.section, paper__in=readable)
        .select_related("paper__department")
        .order_by("is_not_applicable", "paper__department__order")
    )
    goals = Goal.objects.filter(sections=item.section, paper__in=readable, is_removed=False)
    by_paper: dict[int, list[Goal]] = {}
    for goal in goals.order_by("order", "pk"):
        by_paper.setdefault(goal.paper_id, []).append(goal)
    return [Words(response, by_paper.get(response.paper_id, [])) for response in responses]
