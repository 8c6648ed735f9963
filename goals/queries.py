"""Reading papers: one sheet holds all that the screens, the review and the packet show."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Prefetch, Q, QuerySet

from core.audit import subject_of
from core.models import AuditEvent
from core.permissions import Hidden, Holding, Permission, Refused
from departments.models import Appointment, Department, User
from departments.queries import authority, heads
from goals.models import (
    ConflictingDraft,
    Goal,
    Indicator,
    OperatingPolicy,
    Remark,
    Response,
    Revision,
)
from policies.models import BasicPolicy, Cycle, Measure, Section

BASICS = ("mission", "situation", "analysis", "pioneering", "staff", "budget")


@dataclass(frozen=True)
class Missing:
    """One thing that is still owed: what, and where on the page it is written."""

    label: str
    anchor: str


@dataclass
class Answer:
    """One section of the mayor's text, facing what the department says to it."""

    section: Section
    depth: int
    is_owed: bool
    response: Response | None = None
    numbered: list[tuple[int, Goal]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def goals(self) -> list[Goal]:
        """The goals that answer this section."""
        return [goal for _, goal in self.numbered]

    @property
    def is_given(self) -> bool:
        return self.response is not None and self.response.is_given

    @property
    def state_label(self) -> str:
        """回答・該当なし・未記入; empty where no answer is owed."""
        if not self.is_owed:
            return ""
        if self.response is None or not self.response.is_given:
            return "未記入"
        return "該当なし" if self.response.is_not_applicable else "回答"


@dataclass
class Chapter:
    """A section of the first level and all that stands below it."""

    section: Section
    answers: list[Answer]

    @property
    def owed(self) -> int:
        return sum(answer.is_owed for answer in self.answers)

    @property
    def given(self) -> int:
        return sum(answer.is_owed and answer.is_given for answer in self.answers)


@dataclass
class Sheet:
    """A paper with everything on it: the mayor's text, the answers, the goals, the remarks."""

    paper: OperatingPolicy
    policy: BasicPolicy | None
    chapters: list[Chapter]
    goals: list[Goal]
    remarks: list[Remark]
    heads: list[Appointment]

    @cached_property
    def answers(self) -> list[Answer]:
        """The sections that owe an answer, in the order of the mayor's text."""
        return [a for chapter in self.chapters for a in chapter.answers if a.is_owed]

    @property
    def given(self) -> int:
        return sum(answer.is_given for answer in self.answers)

    @property
    def not_applicable(self) -> int:
        return sum(answer.state_label == "該当なし" for answer in self.answers)

    @property
    def owed(self) -> int:
        return len(self.answers)

    @cached_property
    def next_answer(self) -> Answer | None:
        """The first section without an answer."""
        return next((answer for answer in self.answers if not answer.is_given), None)

    @cached_property
    def missing(self) -> list[Missing]:
        """All that is still owed before the paper can be handed in, in the order of the page."""
        return [*self._missing_basics(), *self._missing_answers(), *self._missing_of_goals()]

    def _missing_basics(self) -> list[Missing]:
        fields = (field for field in OperatingPolicy._meta.fields if field.name in BASICS)
        return [
            Missing(f"{field.verbose_name}　未記入", "basics")
            for field in fields
            if getattr(self.paper, field.name) in {None, ""}
        ]

    def _missing_answers(self) -> list[Missing]:
        return [
            Missing(f"{answer.section.number} {answer.section.name}　未記入", answer.section.path)
            for answer in self.answers
            if not answer.is_given
        ]

    def _missing_of_goals(self) -> list[Missing]:
        if not self.goals:
            return [Missing("組織目標が1件もありません", "goals")]
        return [
            Missing(f"目標{number}　{sentence}", f"goal-{goal.pk}")
            for number, goal in enumerate(self.goals, 1)
            for sentence in lacks(goal)
        ]


def lacks(goal: Goal) -> list[str]:
    """What a goal still owes, in words. Needs indicators and sections prefetched."""
    checks = (
        (goal.standard, "達成水準・達成基準がありません"),
        (goal.lead_division_id, "主管課がありません"),
        (goal.due_on, "期限がありません"),
        (goal.method, "方策がありません"),
        (goal.is_own or goal.sections.all(), "応える項がありません"),
        (goal.indicators.all(), "指標がありません"),
    )
    return [sentence for value, sentence in checks if not value]


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
    policy = BasicPolicy.objects.filter(year=paper.year).first()
    goals = list(goals_of(paper))
    remarks = list(paper.remarks.select_related("made_by", "answered_by", "response_to", "goal"))
    return Sheet(
        paper=paper,
        policy=policy,
        chapters=_chapters(paper, policy, goals, remarks),
        goals=goals,
        remarks=remarks,
        heads=[head for head in heads(paper.year) if head.department_id == paper.department_id],
    )


def goals_of(paper: OperatingPolicy) -> QuerySet[Goal]:
    """The goals of a paper with all that a row shows, in order of weight."""
    return (
        paper.goals.filter(is_removed=False)
        .select_related("lead_division", "updated_by")
        .prefetch_related(
            Prefetch("indicators", Indicator.objects.order_by("order", "pk")),
            Prefetch("sections", Section.objects.standing().order_by("place")),
            "other_divisions",
            Prefetch("measures", Measure.objects.select_related("plan")),
            "sdgs",
        )
        .order_by("order", "pk")
    )


def _chapters(
    paper: OperatingPolicy, policy: BasicPolicy | None, goals: list[Goal], remarks: list[Remark]
) -> list[Chapter]:
    if policy is None:
        return []
    responses = {r.section_id: r for r in paper.responses.select_related("updated_by")}
    goals_by_section: dict[int, list[tuple[int, Goal]]] = defaultdict(list)
    for number, goal in enumerate(goals, 1):
        for section in goal.sections.all():
            goals_by_section[section.pk].append((number, goal))
    remarks_by_section: dict[int, list[Remark]] = defaultdict(list)
    for remark in remarks:
        if remark.response_to_id:
            remarks_by_section[remark.response_to_id].append(remark)
    sections = list(policy.sections.standing().in_order())
    parents = {section.parent_id for section in sections}
    depths: dict[int, int] = {}
    chapters: list[Chapter] = []
    for section in sections:
        depths[section.pk] = depths.get(section.parent_id or 0, -1) + 1
        answer = Answer(
            section=section,
            depth=depths[section.pk],
            is_owed=section.is_open and section.pk not in parents,
            response=responses.get(section.pk),
            numbered=goals_by_section[section.pk],
            remarks=remarks_by_section[section.pk],
        )
        if section.parent_id is None:
            chapters.append(Chapter(section, []))
        chapters[-1].answers.append(answer)
    return chapters


def owed_sections(year: int) -> QuerySet[Section]:
    """The sections of the year's policy to which each department owes an answer."""
    return Section.objects.open_for_answers().filter(policy__year=year)


def owed_section(paper: OperatingPolicy, path: str) -> Section:
    """The section at ``path`` that ``paper`` owes an answer to; Hidden where there is none."""
    found: Section | None = owed_sections(paper.year).filter(path=path).first()
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
        .filter(year=year)
        .annotate(
            given=Count(
                "responses",
                filter=Q(responses__section__is_open=True, responses__section__is_dropped=False)
                & ~Q(responses__body=""),
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


def previous_paper(paper: OperatingPolicy) -> OperatingPolicy | None:
    """Last year's paper of the same department, or of one whose successor it is."""
    own = Q(department=paper.department_id) | Q(department__successors=paper.department_id)
    return OperatingPolicy.objects.for_page().filter(own, year=paper.year - 1).first()


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


def conflicting_drafts(paper: OperatingPolicy) -> QuerySet[ConflictingDraft]:
    """What people wrote while somebody else saved first, newest first."""
    return paper.conflicting_drafts.select_related("written_by")
