"""Who holds which post, and the one rule that decides what a person may do (ADR 0003)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from core import clock
from core.permissions import (
    DEPARTMENT_POSTS,
    INTERVIEWER_POSTS,
    Holding,
    Permission,
    Post,
    Refused,
    Target,
    check,
)
from core.years import first_day, fiscal_year
from departments.models import Appointment, AppointmentQuerySet, Charge, Session, User


def known_appointments(user: User) -> list[Appointment]:
    """All appointments of ``user`` that are known today; one query for each request."""
    today = clock.today()
    kept: tuple[dt.date, list[Appointment]] | None = getattr(user, "_known_appointments", None)
    if kept is None or kept[0] != today:
        rows = user.appointments.known_on(today).select_related("department", "standing_in_for")
        kept = (today, list(rows))
        user._known_appointments = kept  # type: ignore[attr-defined]
    return kept[1]


def known_people() -> list[User]:
    """Everybody with an appointment that is known today, by name; one query for all of them."""
    today = clock.today()
    rows = Appointment.objects.known_on(today).select_related(
        "user", "department", "standing_in_for"
    )
    people: dict[int, tuple[User, list[Appointment]]] = {}
    for row in rows:
        people.setdefault(row.user_id, (row.user, []))[1].append(row)
    for user, held in people.values():
        user._known_appointments = (today, held)  # type: ignore[attr-defined]
    return sorted((user for user, _ in people.values()), key=lambda u: (u.kana, u.username))


def holdings(user: User, day: dt.date) -> list[Holding]:
    """The posts that ``user`` holds on ``day``, as known today."""
    today = clock.today()
    return [
        _holding(appointment)
        for appointment in known_appointments(user)
        if appointment.covers(day, known_on=today)
    ]


def _holding(appointment: Appointment) -> Holding:
    return Holding(
        post=Post(appointment.post),
        title=appointment.title,
        department_id=appointment.department_id,
        department_code=appointment.department.code if appointment.department else "",
        department_name=appointment.department.name if appointment.department else "",
        division_id=appointment.division_id,
        standing_in_for_id=appointment.standing_in_for_id,
        appointment_id=appointment.pk,
    )


def deciding_day(year: int, *, on: dt.date | None = None) -> dt.date:
    """The day whose department posts decide on a paper of ``year``: today or 1 April, the later.

    Here and below ``on`` asks for another day than today, with what is known today.
    """
    return max(on or clock.today(), first_day(year))


def holdings_for(
    user: User, year: int, permission: Permission, *, on: dt.date | None = None
) -> list[Holding]:
    """The posts from which ``user`` acts on papers of ``year``.

    Department posts count on the deciding day, city posts today. Who takes over on the coming
    1 April also reads this year's paper of the new department, for handover.
    """
    today = on or clock.today()
    days = {deciding_day(year, on=today)}
    if permission in {Permission.READ_PAPER, Permission.READ_PACKET} and year == fiscal_year(today):
        days.add(first_day(year + 1))
    held = [h for day in days for h in holdings(user, day) if h.post in DEPARTMENT_POSTS]
    return held + [h for h in holdings(user, today) if h.post not in DEPARTMENT_POSTS]


def all_holdings(user: User, *, on: dt.date | None = None) -> list[Holding]:
    """Every post held today, and the department posts of the coming 1 April, as known today.

    City posts act in the present: before the day they open nothing.
    """
    today = on or clock.today()
    coming = holdings(user, first_day(fiscal_year(today) + 1))
    later = [holding for holding in coming if holding.post in DEPARTMENT_POSTS]
    return list(dict.fromkeys([*holdings(user, today), *later]))


def authority(
    user: User,
    permission: Permission,
    target: Target | None = None,
    *,
    year: int | None = None,
    on: dt.date | None = None,
) -> Holding:
    """The post by which ``user`` may do ``permission``: the one function that decides.

    With ``target`` and ``year``, on that paper; without, anywhere at all. Raises Refused.
    """
    if not user.is_authenticated or not user.is_active:
        raise Refused("ログインしてください。")
    if year is None:
        return check(all_holdings(user, on=on), permission, target)
    return check(holdings_for(user, year, permission, on=on), permission, target)


def may(
    user: User, permission: Permission, target: Target | None = None, *, year: int | None = None
) -> bool:
    """Whether ``authority`` finds a post."""
    try:
        authority(user, permission, target, year=year)
    except Refused:
        return False
    return True


def heads(year: int) -> AppointmentQuerySet:
    """The heads (部長・担当部長) who answer for papers of ``year``, as known today."""
    today = clock.today()
    return (
        Appointment.objects.held_on(deciding_day(year), known_on=today)
        .filter(post=Post.HEAD)
        .select_related("user", "department", "standing_in_for")
        .order_by("department__order", "standing_in_for_id", "starts_on", "pk")
    )


def interviewers(day: dt.date) -> AppointmentQuerySet:
    """Mayor, deputy mayors and superintendent in office on ``day``, as known today."""
    return (
        Appointment.objects.held_on(day, known_on=clock.today())
        .filter(post__in=INTERVIEWER_POSTS)
        .select_related("user")
        .order_by("pk")
    )


def known_interviewers() -> QuerySet[User]:
    """Whoever holds, held or, as is known today, will hold a post that interviews."""
    known = Appointment.objects.known_on(clock.today()).filter(post__in=INTERVIEWER_POSTS)
    return User.objects.filter(pk__in=known.values("user"))


def charges(year: int) -> list[Charge]:
    """Who answers for which department or division in ``year``, as known today.

    A charge of somebody whose post is not announced does not exist yet.
    """
    rows = Charge.objects.filter(year=year, interviewer__in=known_interviewers())
    return list(rows.select_related("interviewer", "department", "division"))


@dataclass(frozen=True)
class OpenSession:
    """A machine on which somebody is signed in; ``is_here``: the one that asks."""

    session: Session
    is_here: bool


def sessions_of(user: User, here: str | None) -> list[OpenSession]:
    """Where ``user`` is signed in: this machine first, then the one used last."""
    rows = Session.objects.filter(user=user).open().order_by("-used_at", "session_key")
    found = [OpenSession(row, row.session_key == here) for row in rows]
    return sorted(found, key=lambda row: not row.is_here)
