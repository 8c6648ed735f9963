"""One sheet holds all that the screens, the review and the packet show of a paper."""

from dataclasses import dataclass, field
from functools import cached_property

from departments.models import Appointment
from goals.earlier import EarlierAnswer
from goals.models import Goal, OperatingPolicy, Remark, Response
from goals.projects import Undertakings
from goals.signatures import Signed
from policies.models import BasicPolicy, Section
from policies.queries.editions import Editions

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
    earlier: list[EarlierAnswer] = field(default_factory=list)

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
    editions: Editions = field(default_factory=Editions)
    projects: Undertakings = field(default_factory=Undertakings)
    gone: list[Answer] = field(default_factory=list)
    """Answers that are kept although nobody owes them any more: dropped or closed items."""
    signatures: list[Signed] = field(default_factory=list)
    """Of the version at the office: who signed it, and who has not."""

    @property
    def dropped_word(self) -> str:
        """What became of the items that are not there any more."""
        return "改正で削られました" if self.editions.number else "削られました"

    @property
    def dropped(self) -> list[Answer]:
        """Answers to items that were taken out of the mayor's text."""
        return [answer for answer in self.gone if answer.section.is_dropped]

    @property
    def closed(self) -> list[Answer]:
        """Answers to items that stand but ask for none any more."""
        return [answer for answer in self.gone if not answer.section.is_dropped]

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


def gone_sections(goal: Goal) -> list[Section]:
    """The items that ``goal`` answered until an amendment took them out. Needs ``goals_of``."""
    return list(getattr(goal, "gone_sections", ()))
