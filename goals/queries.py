"""Reading papers, and all that belongs to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from core.audit import subject_of
from core.models import AuditEvent
from core.permissions import Hidden, Holding, Permission, Refused
from departments.heads import heads_by_department
from departments.lineage import Lineage
from departments.models import Department, User
from departments.queries import authority, lineage
from goals.models import (
    Goal,
    Indicator,
    KeptText,
    OperatingPolicy,
    Remark,
    Response,
    Revision,
)
from goals.projects import undertakings_of_all
from goals.sheets import Answer, Chapter, Sheet, gone_sections
from goals.signatures import signatures_on_all
from policies.models import BasicPolicy, Cycle, Measure, Section
from policies.queries.editions import amendments_of


def paper_for(
    user: User, permission: Permission, year: int, code: str
) -> tuple[OperatingPolicy, Holding]:
    """The paper of a department, and the post by which ``user`` may do ``permission`` on it.

    Raises Hidden both where there is no such paper and where it is not the user's to see.
    """
    paper = OperatingPolicy.objects.for_page().filter(year=year, department__code=code).first()
    if paper is None:
        raise Hidden("この運営方針書はありません。")
    try:
        return paper, authority(user, permission, paper.target, year=year)
    except Refused as refusal:
        raise Hidden(str(refusal)) from None


def sheet(paper: OperatingPolicy) -> Sheet:
    """Everything on one paper."""
    return sheets([paper])[0]


def sheets(papers: Sequence[OperatingPolicy]) -> list[Sheet]:
    """Everything on each of ``papers``, which are of one year. As many queries as for one paper."""
    if not papers:
        return []
    (year,) = {paper.year for paper in papers}
    policy = BasicPolicy.objects.filter(year=year).first()
    editions = amendments_of(policy)
    outline = _outline(policy)
    goals = _by_paper(papers, goals_of_all(papers))
    asked = Remark.objects.filter(paper__in=papers)
    told = asked.select_related("made_by", "answered_by", "response_to", "goal")
    remarks = _by_paper(papers, told)
    given = Response.objects.filter(paper__in=papers).select_related("updated_by")
    responses = _by_paper(papers, given)
    heads = heads_by_department(year)
    projects = undertakings_of_all(papers, goals)
    signatures = signatures_on_all(papers, heads)
    found = []
    for paper in papers:
        pk = paper.pk
        chapters, gone = _chapters(outline, responses[pk], goals[pk], remarks[pk])
        found.append(
            Sheet(
                paper=paper,
                policy=policy,
                chapters=chapters,
                goals=goals[pk],
                remarks=remarks[pk],
                heads=heads.get(paper.department_id, []),
                editions=editions,
                projects=projects[pk],
                gone=gone,
                signatures=signatures[pk],
            )
        )
    return found


def _by_paper(papers: Iterable[OperatingPolicy], rows: Iterable[Any]) -> dict[int, list[Any]]:
    """The rows of each of ``papers``, leading back to it."""
    by_key = {paper.pk: paper for paper in papers}
    found: dict[int, list[Any]] = {pk: [] for pk in by_key}
    for row in rows:
        row.paper = by_key[row.paper_id]
        found[row.paper_id].append(row)
    return found


def goals_of(paper: OperatingPolicy) -> QuerySet[Goal]:
    """The goals of a paper with all that a row shows, in order of weight.

    ``sections`` are those that stand; ``gone_sections`` those that an amendment has dropped.
    """
    return _with_rows(paper.goals.all())


def goals_of_all(papers: Sequence[OperatingPolicy]) -> list[Goal]:
    """The goals of several papers, paper by paper, each as ``goals_of`` gives it."""
    place = {paper.pk: number for number, paper in enumerate(papers)}
    rows = _with_rows(Goal.objects.filter(paper__in=papers))
    return sorted(rows, key=lambda goal: place[goal.paper_id])


def _with_rows(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    return (
        goals.filter(is_removed=False)
        .select_related("lead_division", "updated_by")
        .prefetch_related(
            Prefetch("indicators", Indicator.objects.order_by("order", "pk")),
            Prefetch("sections", Section.objects.standing().order_by("place")),
            Prefetch(
                "sections",
                Section.objects.filter(is_dropped=True).order_by("place"),
                "gone_sections",
            ),
            "other_divisions",
            Prefetch("measures", Measure.objects.select_related("plan")),
            "projects",
            "sdgs",
        )
        .order_by("order", "pk")
    )


@dataclass(frozen=True)
class _Item:
    """A section where it stands in the mayor's text."""

    section: Section
    depth: int
    is_owed: bool


def _outline(policy: BasicPolicy | None) -> list[_Item]:
    """Every section in reading order, dropped ones included. A query."""
    sections = list(policy.sections.in_order()) if policy else []
    parents = {section.parent_id for section in sections if not section.is_dropped}
    depths: dict[int, int] = {}
    for section in sections:
        depths[section.pk] = depths.get(section.parent_id or 0, -1) + 1
    return [
        _Item(
            section,
            depths[section.pk],
            section.is_open and not section.is_dropped and section.pk not in parents,
        )
        for section in sections
    ]


def _chapters(
    outline: Sequence[_Item],
    responses: Iterable[Response],
    goals: Sequence[Goal],
    remarks: Iterable[Remark],
) -> tuple[list[Chapter], list[Answer]]:
    """The text with the answers; apart, the answers to items that ask for none any more."""
    chapters: list[Chapter] = []
    gone: list[Answer] = []
    for answer in _answers(outline, responses, goals, remarks):
        if not answer.is_owed and (answer.is_given or answer.remarks):
            gone.append(answer)
        if answer.section.is_dropped:
            continue
        if answer.section.parent_id is None:
            chapters.append(Chapter(answer.section, []))
        chapters[-1].answers.append(answer)
    return chapters, gone


def _answers(
    outline: Sequence[_Item],
    responses: Iterable[Response],
    goals: Sequence[Goal],
    remarks: Iterable[Remark],
) -> list[Answer]:
    """Every section with what the paper has to it."""
    given = {row.section_id: row for row in responses}
    goals_by_section: dict[int, list[tuple[int, Goal]]] = defaultdict(list)
    for number, goal in enumerate(goals, 1):
        for section in (*goal.sections.all(), *gone_sections(goal)):
            goals_by_section[section.pk].append((number, goal))
    remarks_by_section: dict[int | None, list[Remark]] = defaultdict(list)
    for remark in remarks:
        remarks_by_section[remark.response_to_id].append(remark)
    return [
        Answer(
            section=item.section,
            depth=item.depth,
            is_owed=item.is_owed,
            response=given.get(item.section.pk),
            numbered=goals_by_section[item.section.pk],
            remarks=remarks_by_section[item.section.pk],
        )
        for item in outline
    ]


def is_owed(section: Section) -> bool:
    """Whether ``section`` asks for an answer, as it is stored now."""
    return Section.objects.open_for_answers().filter(pk=section.pk).exists()


def owed_sections(year: int) -> QuerySet[Section]:
    """The sections of the year's policy to which each department owes an answer."""
    return Section.objects.open_for_answers().filter(policy__year=year)


def owed_section(paper: OperatingPolicy, path: str) -> Section:
    """The section at ``path`` that ``paper`` owes an answer to; Hidden where there is none."""
    found: Section | None = owed_sections(paper.year).filter(path=path).first()
    if found is None:
        raise Hidden("この項はありません。")
    return found


def once_owed_section(paper: OperatingPolicy, path: str) -> Section:
    """As ``owed_section``; or one that an amendment has taken away while somebody was writing."""
    taken = Q(is_dropped=True) | Q(policy__edition__gt=0)
    rows = Section.objects.filter(policy__year=paper.year, path=path)
    found = rows.filter(taken | Q(pk__in=owed_sections(paper.year).values("pk"))).first()
    if found is None:
        raise Hidden("この項はありません。")
    return found


def goal_on(paper: OperatingPolicy, pk: int) -> Goal:
    """A goal of ``paper`` with all that a row shows; Hidden where there is none."""
    found = goals_of(paper).filter(pk=pk).first()
    if found is None:
        raise Hidden("この目標はありません。")
    return found


def told_remark(paper: OperatingPolicy, pk: int) -> Remark:
    """A remark of ``paper`` that the department has been told; Hidden where there is none."""
    rows = paper.remarks.filter(told_at__isnull=False).select_related("response_to", "goal")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Hidden("この指摘はありません。")
    return found


def board(year: int) -> QuerySet[OperatingPolicy]:
    """All papers of a year with the counts that the board shows; not handed in first."""
    return (
        OperatingPolicy.objects.for_page()
        .of_year(year)
        .annotate(
            given=Count(
                "responses",
                filter=Q(responses__section__in=owed_sections(year)) & ~Q(responses__body=""),
                distinct=True,
            ),
            goal_count=Count("goals", filter=Q(goals__is_removed=False), distinct=True),
            open_remarks=Count(
                "remarks",
                filter=Q(remarks__settled_at__isnull=True, remarks__told_at__isnull=False),
                distinct=True,
            ),
        )
        .order_by("department__order", "pk")
    )


def departments_without_paper(year: int) -> QuerySet[Department]:
    """Departments valid in ``year`` for which no paper is laid out yet."""
    return Department.objects.in_year(year).exclude(papers__year=year)


def previous_papers(paper: OperatingPolicy, user: User | None = None) -> list[OperatingPolicy]:
    """Last year's papers that ``paper`` goes on from, in the order of the departments.

    The same department's, and those of the departments that it took over from. What is read of
    the organisation is kept on ``user``.
    """
    return previous_papers_of_all([paper], lineage(Department, user))[paper.pk]


def previous_papers_of_all(
    papers: Iterable[OperatingPolicy], known: Lineage
) -> dict[int, list[OperatingPolicy]]:
    """``previous_papers`` of each of ``papers``; ``known`` is the lineage of departments. A query."""
    before = {
        paper.pk: {
            (paper.year - 1, department)
            for department in (
                paper.department_id,
                *known.begins_with(paper.department_id, paper.year),
            )
        }
        for paper in papers
    }
    years, departments = ({place[n] for all_ in before.values() for place in all_} for n in (0, 1))
    rows = OperatingPolicy.objects.for_page().filter(year__in=years, department__in=departments)
    in_order = list(rows.order_by("department__order", "pk"))
    return {
        pk: [row for row in in_order if (row.year, row.department_id) in places]
        for pk, places in before.items()
    }


def cycle(year: int) -> Cycle | None:
    """The settings of a year."""
    return Cycle.objects.filter(pk=year).first()


def cycle_or_hidden(year: int) -> Cycle:
    """The settings of a year that is laid out; else Hidden."""
    found = cycle(year)
    if found is None:
        raise Hidden("この年度は、まだ用意されていません。")
    return found


def revisions_of(paper: OperatingPolicy) -> QuerySet[Revision]:
    """The versions that were handed in, newest first."""
    return paper.revisions.select_related("submitted_by").order_by("-number")


OF_THE_OFFICE = ("remark.make", "remark.drop", "remark.settle", "remark.ask-again")


def history(paper: OperatingPolicy, *, is_insider: bool, is_office: bool) -> QuerySet[AuditEvent]:
    """The audit lines of a paper, newest first.

    The department does not see what the office prepares before it tells; others see only how the
    paper moved. Who prints or takes away the packet stays in the audit trail.
    """
    lines = AuditEvent.objects.of_subject(subject_of(paper)).exclude(verb__startswith="packet.")
    if not is_insider:
        return lines.filter(verb__startswith="paper.")
    return lines if is_office else lines.exclude(verb__in=OF_THE_OFFICE)


def kept_texts(paper: OperatingPolicy) -> QuerySet[KeptText]:
    """What people of the department typed and could not save, newest first."""
    return paper.kept_texts.filter(shared_at__isnull=False).select_related("written_by")
