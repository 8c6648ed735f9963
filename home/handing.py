"""事務引継ぎ on the home page: to write and hand over, to receive, and what the office waits for."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core import clock
from core.permissions import Permission
from core.years import fiscal_year, format_year
from departments.models import User
from departments.queries import may, own_departments
from goals.handovers import Asked, Exchange, Succession, exchanges
from goals.models import OperatingPolicy
from home.tasks import Agenda, Task


def add_handovers(found: Agenda, user: User) -> None:
    """What ``user`` has to hand over, to receive or to wait for: of this year and the last."""
    now = fiscal_year(clock.today())
    is_office = may(user, Permission.READ_HANDOVERS)
    wanted = Q(year__in=(now, now - 1)) if is_office else _own(user, (now, now - 1))
    rows = exchanges(_papers(wanted), user) if wanted else []
    for row in [row for exchange in rows for row in exchange.successions]:
        _add(found, user, row)
    if is_office:
        _watch(found, rows)


def _own(user: User, years: Iterable[int]) -> Q:
    """The papers on which ``user`` hands over or receives; nothing where there are none."""
    wanted = Q()
    for year in years:
        for permission in (Permission.HAND_OVER, Permission.RECEIVE_HANDOVER):
            own = [row.department.pk for row in own_departments(user, year, permission)]
            wanted |= Q(year=year, department__in=own) if own else Q()
    return wanted


def _papers(wanted: Q) -> list[OperatingPolicy]:
    rows = OperatingPolicy.objects.for_page().filter(wanted)
    return list(rows.order_by("-year", "department__order", "pk"))


def _add(found: Agenda, user: User, row: Succession) -> None:
    if row.leaver.person == user.pk:
        _give(found, row)
    for asked in row.asked:
        if asked.comer.person == user.pk:
            _take(found, row, asked)


def _give(found: Agenda, row: Succession) -> None:
    """The one who goes: write and hand over; then wait for the receipt."""
    if row.is_over:
        return
    handover, name = row.handover, row.paper.department.name
    is_all_handed = handover is not None and handover.version == handover.handed_version
    task = Task(
        title=f"{name}の事務引継ぎを書いて、後任へ渡す",
        url=_address("handover_note", row),
        verb="引継書を開く" if handover else "引継書を書く",
        note=f"{format_year(row.paper.year)}　{row.leaver.title}として",
    )
    if not is_all_handed:
        is_left = clock.today() > row.leaver.last
        _until(task, row.until if is_left else row.leaver.last)
        if row.is_handed:
            task.title = f"{name}の引継書の追記を、後任へ渡す"
            task.state_note = "渡したあとに書いた文は、まだ後任が読めません"
        found.tasks.append(task)
    elif not row.is_received:
        task.title = f"{name}の引継書を渡しました"
        task.verb = "引継書を見る"
        task.state_note = f"後任の{'受領' if row.asked else '発表'}を待っています"
        found.waiting.append(task)


def _take(found: Agenda, row: Succession, asked: Asked) -> None:
    """The one who comes: read and receive, once it is handed over."""
    name, leaver = row.paper.department.name, row.leaver
    task = Task(
        title=f"{name}の引継ぎを読んで、受ける",
        url=_address("handover", row),
        verb="引継書を読む",
        note=f"{leaver.title} {leaver.name}さんから",
    )
    if row.is_handed and not asked.has_received:
        has_begun = clock.today() > asked.comer.first
        _until(task, row.until if has_begun else asked.comer.first)
        task.state_note = "追記がありました" if asked.is_asked_again else ""
        found.tasks.append(task)
    elif not row.is_handed and not row.is_over:
        task.title = f"{name}の引継書を待っています"
        task.verb = "引継ぎの画面を見る"
        task.state_note = f"{leaver.title}が、まだ渡していません"
        found.waiting.append(task)


def _watch(found: Agenda, rows: list[Exchange]) -> None:
    """The office: the departments of each year in which a handover is not received yet."""
    for year in sorted({row.paper.year for row in rows}, reverse=True):
        owed = [row for row in rows if row.paper.year == year and row.is_owed]
        if not owed:
            continue
        names = "、".join(row.paper.department.name for row in owed[:3])
        found.waiting.append(
            Task(
                title=f"{len(owed)}部で引継ぎの受領がまだです",
                url=reverse("goals:handovers", args=[year]),
                verb="引継ぎの状況を見る",
                note=format_year(year),
                state_note=names + (" ほか" if len(owed) > 3 else ""),
            )
        )


def _address(name: str, row: Succession) -> str:
    return reverse(f"goals:{name}", args=[row.paper.year, row.paper.department.code])


def _until(task: Task, day: dt.date) -> None:
    task.due = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    task.due_label = "期限まで"
    task.is_whole_day = True
