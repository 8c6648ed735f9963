"""施政方針の事業: which of them a department carries out, and which goals carry each."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from core.text import opening_words
from departments.models import Department
from goals.models import Goal, OperatingPolicy
from policies.models import Project

WORDS_OF_A_PROJECT = 60


@dataclass(frozen=True)
class Undertaking:
    """A project of the mayor's speech, beside what one department does about it."""

    project: Project
    is_listed: bool
    numbered: list[tuple[int, Goal]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What the speech says of it, in short."""
        return opening_words(self.project.body, WORDS_OF_A_PROJECT)

    @property
    def is_taken(self) -> bool:
        """Whether the department lists it or carries it by a goal."""
        return self.is_listed or bool(self.numbered)

    @property
    def lacks_goal(self) -> bool:
        return self.is_listed and not self.numbered


@dataclass(frozen=True)
class Undertakings:
    """The projects of the year's speech as one paper has them."""

    rows: list[Undertaking] = field(default_factory=list)

    @property
    def taken(self) -> list[Undertaking]:
        """Those of this department, in the order of the speech."""
        return [row for row in self.rows if row.is_taken]

    @property
    def without_goal(self) -> list[Undertaking]:
        """Those that no goal carries: a hint, nothing that is owed."""
        return [row for row in self.rows if row.lacks_goal]


def undertakings(paper: OperatingPolicy, goals: Iterable[Goal]) -> Undertakings:
    """The year's projects; a dropped one only where the paper has it. One query.

    ``goals`` are the paper's, in order of weight, with their projects prefetched.
    """
    return undertakings_of_all([paper], {paper.pk: list(goals)})[paper.pk]


def undertakings_of_all(
    papers: Sequence[OperatingPolicy], goals: Mapping[int, Sequence[Goal]]
) -> dict[int, Undertakings]:
    """``undertakings`` of each of ``papers``, which are of one year; ``goals`` by paper. One query."""
    listed: dict[int, set[int]] = defaultdict(set)
    projects: dict[int, Project] = {}
    own = FilteredRelation("papers", condition=Q(papers__in=papers))
    rows = Project.objects.filter(speech__year__in={paper.year for paper in papers})
    rows = rows.annotate(own=own).annotate(listed_by=F("own__pk"))
    for row in rows.order_by("place"):
        projects[row.pk] = row
        listed[row.listed_by].add(row.pk)
    return {
        paper.pk: _undertakings(projects.values(), listed[paper.pk], goals[paper.pk])
        for paper in papers
    }


def _undertakings(
    projects: Iterable[Project], listed: Container[int], goals: Sequence[Goal]
) -> Undertakings:
    numbered: dict[int, list[tuple[int, Goal]]] = defaultdict(list)
    for number, goal in enumerate(goals, 1):
        for project in goal.projects.all():
            numbered[project.pk].append((number, goal))
    found = [Undertaking(row, row.pk in listed, numbered[row.pk]) for row in projects]
    return Undertakings([row for row in found if row.is_taken or not row.project.is_dropped])


def projects_to_choose(paper: OperatingPolicy, goal: Goal | None = None) -> QuerySet[Project]:
    """What a goal may carry: the year's projects, those that the department lists first.

    Dropped ones only where the paper lists them or ``goal`` carries them.
    """
    year = Project.objects.filter(speech__year=paper.year)
    rows = year.annotate(is_listed=_listed(paper))
    kept = Q(is_listed=True) | Q(pk__in=goal.projects.values("pk") if goal else [])
    return rows.filter(Q(is_dropped=False) | kept).order_by("-is_listed", "place")


def _listed(paper: OperatingPolicy) -> Exists:
    links = OperatingPolicy.projects.through.objects.filter(operatingpolicy=paper.pk)
    return Exists(links.filter(project=OuterRef("pk")))


# ---- the office: who takes up what ---------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """A project with the departments that list it, and the number of goals that carry it."""

    project: Project
    departments: list[Department]
    goal_count: int

    @property
    def words(self) -> str:
        return opening_words(self.project.body, WORDS_OF_A_PROJECT)


@dataclass(frozen=True)
class ProjectCoverage:
    """All projects of a year's speech."""

    rows: list[Taken]

    @property
    def unclaimed(self) -> list[Taken]:
        """Those that no department lists."""
        return [row for row in self.rows if not row.departments]

    @property
    def unclaimed_first(self) -> list[Taken]:
        """All, in the order of the speech, after those that nobody lists."""
        return sorted(self.rows, key=lambda row: bool(row.departments))

    @property
    def without_goal(self) -> list[Taken]:
        """Those that a department lists and no goal carries yet."""
        return [row for row in self.rows if row.departments and not row.goal_count]


def project_coverage(year: int) -> ProjectCoverage:
    """Who lists and who carries the projects of ``year``. Three queries."""
    projects = list(Project.objects.filter(speech__year=year, is_dropped=False).order_by("place"))
    if not projects:
        return ProjectCoverage([])
    departments: dict[int, list[Department]] = defaultdict(list)
    papers = OperatingPolicy.objects.filter(year=year, projects__in=projects)
    pairs = papers.select_related("department").annotate(listed=F("projects"))
    for paper in pairs.order_by("department__order", "pk"):
        departments[paper.listed].append(paper.department)
    links = Goal.projects.through.objects.filter(
        goal__paper__year=year, goal__is_removed=False
    ).values_list("project_id", flat=True)
    counts = Counter(links)
    return ProjectCoverage([Taken(row, departments[row.pk], counts[row.pk]) for row in projects])
