"""Plans and measures, and where the mayor's documents name them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from core.permissions import Hidden
from core.text import search_key
from departments.models import ValidInYearsQuerySet
from policies.mentions import mentions
from policies.models import (
    BasicPolicy,
    MayorsDocument,
    Measure,
    Passage,
    Plan,
    Project,
    Section,
    Speech,
)
from policies.outline import as_it_reads, from_json
from policies.queries.manuscripts import Desk


@dataclass(frozen=True)
class Words:
    """A run of words of a text; where it names a registered plan, with that plan."""

    text: str
    plan: Plan | None = None


@dataclass(frozen=True)
class NamedPlan:
    """A plan that a document names; ``plan`` where one of that name is registered."""

    title: str
    short_name: str
    plan: Plan | None
    texts: frozenset[int]
    """Which of the texts name it."""


@dataclass
class Naming:
    """The texts of one document, read together: a short name given in one holds in the next."""

    named: list[NamedPlan]
    words: list[list[Words]]
    """For each text its words in runs; together they are the text."""


def naming(texts: Sequence[str], plans: Iterable[Plan]) -> Naming:
    """Which of ``plans`` the ``texts`` of a document name, and where."""
    starts = _starts(texts)
    known = _by_name(plans)
    named: list[NamedPlan] = []
    places: dict[int, list[tuple[int, int, Plan]]] = defaultdict(list)
    for mention in mentions("\n".join(texts)):
        plan = known.get(search_key(mention.title))
        at = [_text_of(starts, start) for start, _ in mention.places]
        named.append(NamedPlan(mention.title, mention.short_name, plan, frozenset(at)))
        if plan:
            for number, (start, end) in zip(at, mention.places, strict=True):
                places[number].append((start - starts[number], end - starts[number], plan))
    words = [_runs(text, sorted(places[n], key=lambda p: p[0])) for n, text in enumerate(texts)]
    return Naming(named, words)


def _starts(texts: Sequence[str]) -> list[int]:
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text) + 1
    return starts


def _text_of(starts: list[int], place: int) -> int:
    return bisect_right(starts, place) - 1


def _by_name(plans: Iterable[Plan]) -> dict[str, Plan]:
    """Plans by their names; a short name counts where no plan has it for its name."""
    known: dict[str, Plan] = {}
    rows = list(plans)
    for names in ([row.name for row in rows], [row.short_name for row in rows]):
        for row, name in zip(rows, names, strict=True):
            if name:
                known.setdefault(search_key(name), row)
    return known


def _runs(text: str, places: list[tuple[int, int, Plan]]) -> list[Words]:
    runs, at = [], 0
    for start, end, plan in places:
        runs += [Words(text[at:start]), Words(text[start:end], plan)]
        at = end
    return [run for run in [*runs, Words(text[at:])] if run.text]


def plans_of_year(year: int) -> ValidInYearsQuerySet:
    """The plans valid in fiscal year ``year``."""
    rows: ValidInYearsQuerySet = Plan.objects.in_year(year).order_by("order", "pk")
    return rows


def named_in(texts: Sequence[str], year: int) -> list[NamedPlan]:
    """The plans that the texts of a document of ``year`` name, registered or not."""
    return naming(texts, plans_of_year(year)).named


def named_on(found: Desk) -> list[NamedPlan]:
    """The plans that a manuscript names as it stands on the desk. One query."""
    items = (text for item in found.written for text in (item.heading, item.body))
    return named_in([*found.preamble, *items], found.manuscript.year)


# ---- the pages of the plans --------------------------------------------------------------------


@dataclass(frozen=True)
class NamedBy:
    """A document of a year and its items that name a plan; ``is_preamble``: its preamble does."""

    document: MayorsDocument
    items: list[Passage]
    is_preamble: bool

    @property
    def is_speech(self) -> bool:
        """施政方針 or 基本方針: their pages differ."""
        return isinstance(self.document, Speech)


def plan_list() -> QuerySet[Plan]:
    """All plans with the number of their measures, in the office's order."""
    return Plan.objects.order_by("order", "pk").annotate(measure_count=Count("measures"))


def plan_with_measures(pk: int) -> Plan:
    """A plan with all that its page shows; Hidden where there is none."""
    measures = Measure.objects.select_related("lead_division__department").prefetch_related("sdgs")
    rows = Plan.objects.prefetch_related(Prefetch("measures", measures.order_by("order", "pk")))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Hidden("この計画はありません。")
    return found


def named_by(plan: Plan) -> list[NamedBy]:
    """The documents of the plan's years that name it, the newest first. Five queries at most."""
    years = Q(year__gte=plan.first_year)
    if plan.last_year is not None:
        years &= Q(year__lte=plan.last_year)
    policies = BasicPolicy.objects.filter(years).defer("source_text", "outline")
    speeches = Speech.objects.filter(years)
    pairs: list[tuple[MayorsDocument, list[Passage]]] = [
        (row, list(row.sections.all()))
        for row in policies.prefetch_related(_standing("sections", Section))
    ]
    pairs += [
        (row, list(row.projects.all()))
        for row in speeches.prefetch_related(_standing("projects", Project))
    ]
    others = list(Plan.objects.exclude(pk=plan.pk))
    found = [_named_by(plan, others, document, items) for document, items in pairs]
    return sorted(
        (row for row in found if row.items or row.is_preamble),
        key=lambda row: (-row.document.year, row.is_speech),
    )


def _standing(name: str, model: type[Section] | type[Project]) -> Prefetch:
    return Prefetch(name, model.objects.filter(is_dropped=False).order_by("place"))


def _named_by(
    plan: Plan, others: list[Plan], document: MayorsDocument, items: list[Passage]
) -> NamedBy:
    year = document.year
    valid = [row for row in others if row.is_valid_in(year)]
    texts = [_running_text(document, items), *(f"{item.heading}\n{item.body}" for item in items)]
    named = naming(texts, sorted([plan, *valid], key=lambda row: (row.order, row.pk))).named
    at = set().union(*(row.texts for row in named if row.plan == plan))
    return NamedBy(document, [item for n, item in enumerate(items, 1) if n in at], 0 in at)


def _running_text(document: MayorsDocument, items: list[Passage]) -> str:
    """What is no item's: the preamble, in a speech all but its projects."""
    if not isinstance(document, Speech) or not document.outline:
        return document.preamble
    outline = from_json(document.source_text, document.outline)
    paths = {item.path for item in items}
    projects = {node.id for node in outline.nodes if node.path in paths}
    stretches = (row for row in as_it_reads(outline) if row.node not in projects)
    return "\n".join(paragraph for row in stretches for paragraph in row.paragraphs)
