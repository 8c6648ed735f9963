"""Which goals of a paper a person may write: the one rule, asked for all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.permissions import Permission
from departments.models import Division, User
from departments.queries import may
from goals.models import Goal, KeptText, OperatingPolicy
from goals.queries import kept_texts


@dataclass(frozen=True)
class Reach:
    """How far a person writes the goals of a paper."""

    is_any: bool
    """Whatever division leads a goal, and where none does."""
    divisions: list[Division] | None
    """A chief's own, which lead what he writes; None for whoever writes every goal."""

    @property
    def can_add(self) -> bool:
        return self.is_any or bool(self.divisions)

    @property
    def names(self) -> str:
        """The chief's divisions in words."""
        return "・".join(division.name for division in self.divisions or ())


def reach(user: User, paper: OperatingPolicy) -> Reach:
    """One query for a chief, none for others."""
    if not may(user, Permission.WRITE_GOAL, paper.target, year=paper.year):
        return Reach(is_any=False, divisions=[])
    if writes(user, Goal(paper=paper)):
        return Reach(is_any=True, divisions=None)
    rows = Division.objects.in_year(paper.year).filter(department=paper.department_id)
    return Reach(
        is_any=False,
        divisions=[row for row in rows if writes(user, Goal(paper=paper, lead_division=row))],
    )


def writes(user: User, goal: Goal) -> bool:
    """Whether ``user`` may write ``goal`` as it is led now. Needs the paper."""
    return may(user, Permission.WRITE_GOAL, goal.target, year=goal.paper.year)


def texts_for(user: User, paper: OperatingPolicy) -> list[KeptText]:
    """The kept texts of ``paper``; of a chief, those on his goals and what he wrote himself."""
    kept = list(kept_texts(paper))
    if not kept or may(user, Permission.WRITE_PAPER, paper.target, year=paper.year):
        return kept
    parts = {f"goal/{pk}" for pk in written_by(user, paper.goals.all())}
    return [text for text in kept if text.part in parts or text.written_by_id == user.pk]


def written_by(user: User, goals: Iterable[Goal]) -> set[int]:
    """The numbers of those that ``user`` may write. No query for each."""
    return {goal.pk for goal in goals if writes(user, goal)}
