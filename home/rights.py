"""Who may do what on a chosen day, and why: the one rule (``departments.queries``) in words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from core import clock
from core.permissions import (
    DEPARTMENT_POSTS,
    DIVISION,
    OWN,
    TABLE,
    Holding,
    Permission,
    Post,
    Refused,
    Scope,
    Target,
    scopes_of,
)
from core.years import fiscal_year, format_date, format_year
from departments.models import Appointment, Department, User
from departments.queries import (
    all_holdings,
    authority_and_target,
    holdings_for,
    known_appointments,
    known_people,
)
from goals.models import OperatingPolicy

OF_PAPERS = frozenset(
    permission for permission, row in TABLE.items() if any(OWN in scopes for scopes in row.values())
)
"""What reaches the papers of one's own department, and so depends on the year of the paper."""
ASKED = {
    Permission.READ_PAPER: "読む",
    Permission.WRITE_PAPER: "書く",
    Permission.WRITE_GOAL: "組織目標を書く",
    Permission.SUBMIT_PAPER: "提出する",
    Permission.REVIEW_PAPER: "審査する",
}
"""What is told of a paper."""
BY_STATE = frozenset({Scope.SUBMITTED, Scope.FINALISED})


@dataclass(frozen=True)
class Held:
    """A post that counts on the chosen day, and why."""

    appointment: Appointment
    day: dt.date

    @property
    def title(self) -> str:
        return self.appointment.title

    @property
    def is_later(self) -> bool:
        """Not held yet on the day: it counts for the coming year's papers, and for handover."""
        return self.appointment.starts_on > self.day

    @property
    def period(self) -> str:
        """令和5年4月1日から令和6年3月31日まで; an end that is not announced does not exist."""
        ends = self.appointment.ends_on if self._is_end_known else None
        last = f"{format_date(ends)}まで" if ends else ""
        return f"{format_date(self.appointment.starts_on)}から{last}"

    @property
    def _is_end_known(self) -> bool:
        told = self.appointment.end_announced_on
        return told is not None and told <= clock.today()

    @property
    def announced(self) -> str:
        return f"{format_date(self.appointment.announced_on)}に内示"

    @property
    def why(self) -> str:
        """令和5年4月1日から総務部長のため; of a stand-in: 代理：…の代理として, until when."""
        absent = self.appointment.standing_in_for
        if absent:
            return f"代理：{self.period}、{absent.name}の代理（{self.title}）のため"
        return f"{self.period}{self.title}のため"


@dataclass(frozen=True)
class Grant:
    """One permission, as far as it reaches, by one post."""

    reach: str
    held: Held


@dataclass(frozen=True)
class Row:
    """A line of the table of permissions."""

    permission: Permission
    grants: list[Grant]


@dataclass(frozen=True)
class PersonsRights:
    """Everything that a person may do on a day."""

    posts: list[Held]
    rows: list[Row]


def rights_of(user: User, day: dt.date) -> PersonsRights:
    """The posts of ``user`` that count on ``day``, as known today, and what each gives."""
    if not user.is_active:
        return PersonsRights([], [Row(permission, []) for permission in Permission])
    rows = [Row(p, list(_grants(user, p, day, _counting(user, p, day)))) for p in Permission]
    return PersonsRights([held for _, held in _counting(user, Permission.ENTER, day)], rows)


def _counting(user: User, permission: Permission, day: dt.date) -> list[tuple[Holding, Held]]:
    """Own posts first, as the rule prefers them."""
    appointments = {appointment.pk: appointment for appointment in known_appointments(user)}
    rows = sorted(
        all_holdings(user, permission, on=day), key=lambda h: h.standing_in_for_id is not None
    )
    return [(holding, Held(appointments[holding.appointment_id], day)) for holding in rows]


def _grants(
    user: User, permission: Permission, day: dt.date, found: list[tuple[Holding, Held]]
) -> Iterable[Grant]:
    for holding, held in found:
        scopes = scopes_of(holding, permission)
        years = _years(user, holding, permission, day)
        if scopes and years is not None:
            yield Grant(f"{years}{_reach(scopes, held)}", held)


def _years(user: User, holding: Holding, permission: Permission, day: dt.date) -> str | None:
    """For papers of which years the post counts: in words; None where for no year."""
    if permission not in OF_PAPERS or holding.post not in DEPARTMENT_POSTS:
        return ""
    this = fiscal_year(day)
    asked = range(this - 1, this + 2)
    years = [y for y in asked if holding in holdings_for(user, y, permission, on=day)]
    if not years:
        return None
    if years[0] == this - 1 and not holding.is_over:
        return f"{format_year(years[-1])}まで："
    return "・".join(map(format_year, years)) + "："


def _reach(scopes: Iterable[Scope], held: Held) -> str:
    words = [_word(scope, held) for scope in Scope if scope in scopes]
    return "、".join(words)


def _word(scope: Scope, held: Held) -> str:
    """総務部; 防災安全課; 提出されたもの."""
    place = {OWN: held.appointment.department, DIVISION: held.appointment.division}.get(scope)
    return place.name if place else scope.value


# The other direction: a paper


@dataclass(frozen=True)
class Reason:
    """Why a person may do something to the paper."""

    permission: Permission
    scopes: frozenset[Scope]
    held: Held


@dataclass(frozen=True)
class PaperRow:
    """A person who may do something to the paper."""

    user: User
    reasons: list[Reason]
    is_by_state: bool
    """Only for how far the paper has come: not for the department, nor by office."""

    @property
    def cells(self) -> list[dict[str, object]]:
        """Whether each of ``ASKED`` is allowed."""
        allowed = {reason.permission for reason in self.reasons}
        return [{"label": ASKED[p], "is_allowed": p in allowed} for p in ASKED]

    @property
    def whys(self) -> list[str]:
        """Each post once, with all by which it reaches the paper."""
        reached: dict[Held, frozenset[Scope]] = {}
        for reason in self.reasons:
            reached[reason.held] = reached.get(reason.held, frozenset()) | reason.scopes
        return [
            f"{held.why}（{held.announced}、{_told(scopes, held)}）"
            for held, scopes in reached.items()
        ]


def _told(scopes: Iterable[Scope], held: Held) -> str:
    """自分の部・防災安全課の組織目標・提出されたもの: how a post reaches the paper."""
    goals = f"{_word(DIVISION, held)}の組織目標"
    return "・".join(goals if s is DIVISION else s.value for s in Scope if s in scopes)


@dataclass(frozen=True)
class PaperRights:
    """Who may do what to a paper on a day."""

    paper: OperatingPolicy | None
    rows: list[PaperRow] = field(default_factory=list)

    @property
    def concerned(self) -> list[PaperRow]:
        return [row for row in self.rows if not row.is_by_state]

    @property
    def others(self) -> list[PaperRow]:
        return [row for row in self.rows if row.is_by_state]


def rights_on(year: int, department: Department, day: dt.date) -> PaperRights:
    """Who may read, write, submit and review the paper on ``day``, as known today.

    The paper is taken as it stands today. One that is not laid out yet is taken as a draft.
    """
    paper = OperatingPolicy.objects.filter(year=year, department=department).first()
    target = paper.target if paper else Target(department.pk)
    rows = [_row(user, target, year, day) for user in known_people()]
    order = list(Post)
    kept = [row for row in rows if row.reasons]
    kept.sort(key=lambda row: min(order.index(Post(_post(r))) for r in row.reasons))
    return PaperRights(paper, kept)


def _post(reason: Reason) -> str:
    return reason.held.appointment.post


def _row(user: User, target: Target, year: int, day: dt.date) -> PaperRow:
    appointments = {appointment.pk: appointment for appointment in known_appointments(user)}
    reasons, reached = [], set()
    for permission in ASKED:
        try:
            holding, seen = authority_and_target(user, permission, target, year=year, on=day)
        except Refused:
            continue
        scopes = scopes_of(holding, permission, seen)
        reached |= scopes
        held = Held(appointments[holding.appointment_id], day)
        reasons.append(Reason(permission, scopes, held))
    return PaperRow(user, reasons, is_by_state=bool(reached) and reached <= BY_STATE)
