"""Who holds which post, and the one rule that decides what a person may do (ADR 0003)."""

import datetime as dt
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet

from core import clock
from core.permissions import (
    AFTERWARDS,
    AHEAD,
    DEPARTMENT_POSTS,
    DIVISION,
    INTERVIEWER_POSTS,
    OWN,
    Holding,
    Permission,
    Post,
    Refused,
    Target,
    check,
    scopes_of,
)
from core.years import first_day, fiscal_year
from departments.lineage import Lineage, Span
from departments.models import (
    Appointment,
    AppointmentQuerySet,
    Charge,
    Department,
    Division,
    User,
)

Lineages = dict[type, Lineage]


def known_appointments(user: User) -> list[Appointment]:
    """All appointments of ``user`` that are known today; one query for each request."""
    today = clock.today()
    kept: tuple[dt.date, list[Appointment]] | None = getattr(user, "_known_appointments", None)
    if kept is None or kept[0] != today:
        kept = (today, list(_with_posts(user.appointments.known_on(today))))
        user._known_appointments = kept  # type: ignore[attr-defined]
    return kept[1]


def _with_posts(rows: AppointmentQuerySet) -> AppointmentQuerySet:
    """With what the rule needs; ``took_over``: whether the department or division did."""
    departments = Department.successors.through.objects.filter(to_department=OuterRef("department"))
    divisions = Division.successors.through.objects.filter(to_division=OuterRef("division"))
    took_over = Exists(departments) | Exists(divisions)
    return rows.select_related("department", "division", "standing_in_for").annotate(
        took_over=took_over
    )


def _took_over(user: User) -> set[int | None]:
    """The appointments of ``user`` to a department or division that has predecessors."""
    rows = known_appointments(user)
    return {row.pk for row in rows if row.took_over}  # type: ignore[attr-defined]


def known_people() -> list[User]:
    """Everybody with an appointment that is known today, by name; one query for all of them."""
    today = clock.today()
    rows = _with_posts(Appointment.objects.known_on(today)).select_related("user")
    people: dict[int, tuple[User, list[Appointment]]] = {}
    for row in rows:
        people.setdefault(row.user_id, (row.user, []))[1].append(row)
    lineages: Lineages = {}
    for user, held in people.values():
        user._known_appointments = (today, held)  # type: ignore[attr-defined]
        user._lineages = lineages  # type: ignore[attr-defined]
    return sorted((user for user, _ in people.values()), key=lambda u: (u.kana, u.username))


def lineage(model: type[Department] | type[Division], user: User | None = None) -> Lineage:
    """Which of the departments (or divisions) took over from which; kept on ``user``."""
    kept: Lineages = getattr(user, "_lineages", {})
    if model not in kept:
        kept[model] = _lineage(model)
        if user is not None:
            user._lineages = kept  # type: ignore[attr-defined]
    return kept[model]


def _lineage(model: type[Department] | type[Division]) -> Lineage:
    """Those that have a predecessor or a successor; one query."""
    ends = [f.name for f in model.successors.through._meta.fields if f.is_relation]
    names = [f"{end}__{name}" for end in ends for name in ("pk", "first_year", "last_year")]
    rows = list(model.successors.through.objects.values_list(*names))
    spans = {row[n]: Span(row[n + 1], row[n + 2]) for row in rows for n in (0, 3)}
    return Lineage(spans, [(row[0], row[3]) for row in rows])


def holdings(user: User, day: dt.date) -> list[Holding]:
    """The posts that ``user`` holds on ``day``, as known today."""
    today = clock.today()
    return [
        _holding(appointment)
        for appointment in known_appointments(user)
        if appointment.covers(day, known_on=today)
    ]


def _holding(appointment: Appointment, *, is_over: bool = False) -> Holding:
    return Holding(
        post=Post(appointment.post),
        title=appointment.title,
        department_id=appointment.department_id,
        department_code=appointment.department.code if appointment.department else "",
        department_name=appointment.department.name if appointment.department else "",
        division_id=appointment.division_id,
        standing_in_for_id=appointment.standing_in_for_id,
        appointment_id=appointment.pk,
        is_over=is_over,
    )


def deciding_day(year: int, *, on: dt.date | None = None) -> dt.date:
    """The day whose department posts decide on a paper of ``year``: today or 1 April, the later.

    Here and below ``on`` asks for another day than today, with what is known today.
    """
    return max(on or clock.today(), first_day(year))


def coming_days(user: User, after: dt.date) -> set[dt.date]:
    """The days on which department posts of ``user`` begin later, as known today."""
    rows = known_appointments(user)
    return {row.starts_on for row in rows if row.starts_on > after and row.post in DEPARTMENT_POSTS}


def ended(user: User, on: dt.date, before: dt.date | None = None) -> list[tuple[dt.date, Holding]]:
    """Department posts that ended so lately that the handover still goes on, and their last days.

    With ``before``, those too that, as announced by now, end before that day.
    """
    end = before or on
    first = on - dt.timedelta(days=settings.HANDOVER_DAYS)
    return [
        (row.ends_on, _holding(row, is_over=row.ends_on < on))
        for row in known_appointments(user)
        if row.post in DEPARTMENT_POSTS
        and row.ends_on
        and row.starts_on <= on
        and first <= row.ends_on < end
        and not row.covers(end, known_on=clock.today())
    ]


def held_for(
    user: User, year: int, permission: Permission, *, on: dt.date | None = None
) -> list[tuple[dt.date, Holding]]:
    """The posts from which ``user`` acts on papers of ``year``, each with the day it is held on.

    Department posts count on the deciding day, city posts today. Whoever comes reads, from the
    announcement, the papers of the year in which the post begins and of the year before. Whoever
    goes writes the handover of the year in which the post ended until the days for it are over,
    and leaves what was half typed on any paper that the post could write, next year's too.
    """
    today = on or clock.today()
    days = {deciding_day(year, on=today)}
    if permission in AHEAD:
        days |= {d for d in coming_days(user, today) if fiscal_year(d) - year in {0, 1}}
    if permission == Permission.HAND_OVER:
        days = {today} if year == fiscal_year(today) else set()
    if permission == Permission.LEAVE_TEXT:
        days.add(today)
    held = [
        (day, holding)
        for day in sorted(days)
        for holding in holdings(user, day)
        if holding.post in DEPARTMENT_POSTS
    ]
    if permission in AFTERWARDS:
        years = {0} if permission == Permission.HAND_OVER else {-1, 0, 1}
        held += [(d, h) for d, h in ended(user, today) if year - fiscal_year(d) in years]
    return held + [(today, h) for h in holdings(user, today) if h.post not in DEPARTMENT_POSTS]


def holdings_for(
    user: User, year: int, permission: Permission, *, on: dt.date | None = None
) -> list[Holding]:
    """The posts of ``held_for``, each once."""
    found = [holding for _, holding in held_for(user, year, permission, on=on)]
    return list(dict.fromkeys(found))


def all_holdings(
    user: User, permission: Permission | None = None, *, on: dt.date | None = None
) -> list[Holding]:
    """Every post held today and the department posts to come, as known today.

    City posts act in the present: before the day they open nothing. With ``permission`` that
    outlasts a post, those that ended lately too.
    """
    today = on or clock.today()
    ahead = set() if permission == Permission.HAND_OVER else coming_days(user, today)
    later = [
        holding
        for day in sorted(ahead)
        for holding in holdings(user, day)
        if holding.post in DEPARTMENT_POSTS
    ]
    over = [holding for _, holding in ended(user, today)] if permission in AFTERWARDS else []
    return list(dict.fromkeys([*holdings(user, today), *later, *over]))


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
    return authority_and_target(user, permission, target, year=year, on=on)[0]


def authority_and_target(
    user: User,
    permission: Permission,
    target: Target | None = None,
    *,
    year: int | None = None,
    on: dt.date | None = None,
) -> tuple[Holding, Target | None]:
    """As ``authority``; with the target as that post sees it: with those that took over."""
    if not user.is_authenticated or not user.is_active:
        raise Refused("ログインしてください。")
    if year is None:
        return check(all_holdings(user, permission, on=on), permission, target), target
    held = held_for(user, year, permission, on=on)
    try:
        return check([holding for _, holding in held], permission, target), target
    except Refused:
        inherited = _inherited(user, permission, target, year, held) if target else None
        if inherited is None:
            raise
        return inherited


def _inherited(
    user: User,
    permission: Permission,
    target: Target,
    year: int,
    held: list[tuple[dt.date, Holding]],
) -> tuple[Holding, Target] | None:
    """The post in a department that took over from the paper's."""
    took_over = _took_over(user)
    for day, holding in sorted(held, key=lambda pair: pair[1].standing_in_for_id is not None):
        if holding.appointment_id not in took_over or not scopes_of(holding, permission):
            continue
        seen = _with_heirs(user, permission, target, year, fiscal_year(day))
        if scopes_of(holding, permission, seen):
            return holding, seen
    return None


def _with_heirs(user: User, permission: Permission, target: Target, year: int, now: int) -> Target:
    is_reading = permission in AHEAD
    heirs = lineage(Department, user).heirs(
        target.department_id, of_year=year, now=now, is_reading=is_reading
    )
    divisions: frozenset[int] = frozenset()
    if target.division_id:
        divisions = lineage(Division, user).heirs(
            target.division_id, of_year=year, now=now, is_reading=is_reading
        )
    return replace(target, heirs=heirs, division_heirs=divisions)


@dataclass(frozen=True)
class OwnDepartment:
    """A department whose papers of some year are a person's own, and the post that makes them so."""

    department: Department
    holding: Holding


def own_departments(user: User, year: int, permission: Permission) -> list[OwnDepartment]:
    """The departments, as they stand in ``year``, on whose papers ``user`` may do ``permission``.

    By a department post: one's own, or one from which it took over. Own posts first.
    """
    held = [
        (day, h)
        for day, h in held_for(user, year, permission)
        if h.post in DEPARTMENT_POSTS and scopes_of(h, permission) & {OWN, DIVISION}
    ]
    if not held:
        return []
    departments = {
        row.department.pk: row.department for row in known_appointments(user) if row.department
    }
    departments |= _earlier_departments(user, year)
    found: dict[int, OwnDepartment] = {}
    for pk in departments:
        if departments[pk].is_valid_in(year) and (
            holding := _own(user, permission, Target(pk), year, held)
        ):
            found[pk] = OwnDepartment(departments[pk], holding)
    return list(found.values())


def _earlier_departments(user: User, year: int) -> dict[int, Department]:
    """The departments of ``year`` from which those of ``user`` came."""
    took_over = _took_over(user)
    later = {row.department_id for row in known_appointments(user) if row.pk in took_over}
    if not later:
        return {}
    came_from = lineage(Department, user).forebears
    return Department.objects.in_bulk({pk for one in later if one for pk in came_from(one, year)})


def _own(
    user: User,
    permission: Permission,
    target: Target,
    year: int,
    held: list[tuple[dt.date, Holding]],
) -> Holding | None:
    own_first = sorted((h for _, h in held), key=lambda h: h.standing_in_for_id is not None)
    plain = (h for h in own_first if h.department_id == target.department_id)
    if holding := next(plain, None):
        return holding
    inherited = _inherited(user, permission, target, year, held)
    return inherited[0] if inherited else None


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
        .order_by(
            "department__order", F("standing_in_for").asc(nulls_first=True), "starts_on", "pk"
        )
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
