"""What the pages of a handover show, and to whom."""

from dataclasses import dataclass

from django.http import HttpRequest

from core import clock
from core.permissions import Permission
from core.years import fiscal_year
from departments.queries import may
from goals.forms.handovers import ReceiveForm
from goals.handovers import (
    Asked,
    Exchange,
    GoalHanded,
    Succession,
    by_goal,
    exchanges,
    goals_handed_over,
    handed_over,
    notes_of,
    remarks_left,
)
from goals.models import Goal, Handover, OperatingPolicy, Remark


@dataclass(frozen=True)
class Page:
    """What was handed over, for those inside."""

    paper: OperatingPolicy
    exchange: Exchange
    handed: list[Handover]
    goals: list[GoalHanded]
    remarks: list[Remark]
    asked: list[Asked]
    """What this person is asked to receive."""
    can_write: bool
    earlier: OperatingPolicy | None = None
    """Last year's paper, as long as this one's year has not begun."""

    @property
    def awaited(self) -> list[Succession]:
        """The heads who go and have handed nothing over."""
        return [row for row in self.exchange.successions if not row.is_handed]

    @property
    def to_receive(self) -> list[Handover]:
        """What this person has yet to receive."""
        rows = [one.handover for one in self.asked if not one.has_received]
        return [row for row in rows if row is not None and row.handed_at]

    @property
    def form(self) -> ReceiveForm:
        return ReceiveForm(handovers=self.to_receive)

    @property
    def is_of_next_year(self) -> bool:
        """Whether the year has not begun: nothing is handed over in it yet."""
        return self.paper.year > fiscal_year(clock.today())


@dataclass(frozen=True)
class Desk:
    """What one who goes sees beside what is being written."""

    handover: Handover
    succession: Succession | None
    empty: list[Goal]
    is_inside: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is written."""
        return not self.handover.body and not any(notes_of(self.handover).values())

    @property
    def has_additions(self) -> bool:
        """Whether something was written after it was handed over."""
        return bool(self.handover.handed_at) and self.is_to_hand

    @property
    def is_to_hand(self) -> bool:
        return self.handover.version != self.handover.handed_version


def page_of(request: HttpRequest, paper: OperatingPolicy) -> Page:
    """All that the page of a handover shows to the person of the request."""
    handed = handed_over(paper)
    (exchange,) = exchanges([paper], request.user)
    asked = [one for row in exchange.successions for one in row.asked]

    def can(permission: Permission) -> bool:
        return may(request.user, permission, paper.target, year=paper.year)

    return Page(
        paper=paper,
        exchange=exchange,
        handed=handed,
        goals=by_goal(paper, handed),
        remarks=remarks_left(paper),
        asked=[one for one in asked if one.comer.person == request.user.pk],
        can_write=can(Permission.HAND_OVER),
        earlier=_earlier(request, paper),
    )


def _earlier(request: HttpRequest, paper: OperatingPolicy) -> OperatingPolicy | None:
    """The paper on which heads hand over now, where ``paper`` is of the year to come."""
    if paper.year <= fiscal_year(clock.today()):
        return None
    rows = OperatingPolicy.objects.for_page().filter(
        year=paper.year - 1, department=paper.department_id
    )
    old = rows.first()
    if old and may(request.user, Permission.READ_INSIDE, old.target, year=old.year):
        return old
    return None


def desk_of(request: HttpRequest, paper: OperatingPolicy, handover: Handover) -> Desk:
    """What ``request.user`` has written, to whom it goes, and what is still empty."""
    (exchange,) = exchanges([paper], request.user)
    own = [row for row in exchange.successions if row.leaver.person == request.user.pk]
    notes = notes_of(handover)
    return Desk(
        handover=handover,
        succession=own[0] if own else None,
        empty=[goal for goal in goals_handed_over(paper) if not notes.get(goal.pk)],
        is_inside=may(request.user, Permission.READ_INSIDE, paper.target, year=paper.year),
    )
