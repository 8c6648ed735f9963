"""Who gains and who loses what on which day, and what an administrator should look at twice."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from core.permissions import DEPARTMENT_POSTS, Post
from core.years import first_day, fiscal_year, format_date, format_year
from departments.models import Appointment, User
from exchange.spring.plans import CHANGED, ENDED, NEW, Plan, PlanRow
from exchange.spring.sheets import APPOINTMENTS
from exchange.spring.successions import notes_of_endings, taken_over

GAIN, LOSE, CHANGE, INHERIT = "gain", "lose", "change", "inherit"
WORDS = {GAIN: "就く", LOSE: "離れる", CHANGE: "変わる", INHERIT: "引き継ぐ"}
MOST_NOTES = 100
SOON = dt.timedelta(days=92)
"""A fiscal year that begins within three months is the one that the file is about."""


@dataclass(frozen=True)
class Effect:
    """What happens to one person on one day; ``known_on``: from when the system says so."""

    day: dt.date
    kind: str
    person: str
    text: str
    order: str
    known_on: dt.date
    number: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "day": self.day.isoformat(),
            "known_on": self.known_on.isoformat(),
            "word": WORDS[self.kind],
        }


def effects_of(plan: Plan, today: dt.date) -> list[Effect]:
    """What the plan does to people, day by day, person by person."""
    found = [e for row in plan.of("appointments") for e in _of_appointment(row, today)]
    found += [e for row in plan.of("people") for e in _of_person(row, today)]
    found += _of_successions(plan)
    return sorted(found, key=lambda e: (e.day, e.order, e.kind != LOSE, e.number))


def _of_appointment(planned: PlanRow, today: dt.date) -> Iterator[Effect]:
    new: Appointment = planned.row
    old: Appointment | None = planned.stored
    if planned.kind == NEW:
        yield _effect(planned, GAIN, new.starts_on, new.announced_on, title_of(new))
    if new.ends_on and (old is None or old.ends_on != new.ends_on):
        day = new.ends_on + dt.timedelta(days=1)
        text = f"{title_of(new)}（{format_date(new.ends_on)}まで）"
        yield _effect(planned, LOSE, day, new.end_announced_on or new.announced_on, text)
    differences = planned.differences() if planned.kind in {CHANGED, ENDED} else []
    told = {"終わる日", "終わりの内示日"} if planned.kind == ENDED else set()
    if new.ends_on and old and old.ends_on != new.ends_on:
        told.add("終わる日")
    for heading, before, after in differences:
        if heading not in told:
            text = f"{title_of(new)}：{heading}「{before or 'なし'}」→「{after or 'なし'}」"
            yield _effect(planned, CHANGE, max(today, new.starts_on), today, text)


def _effect(planned: PlanRow, kind: str, day: dt.date, known: dt.date, text: str) -> Effect:
    person: User = planned.row.user
    return Effect(day, kind, called(person), text, order_of(person), known, planned.number)


def _of_person(planned: PlanRow, today: dt.date) -> Iterator[Effect]:
    new: User = planned.row
    was_active = planned.stored.is_active if planned.stored else None
    texts = {
        (True, False): (LOSE, "ログインできなくなる（取り込むとすぐに）"),
        (False, True): (GAIN, "ログインできるようになる（取り込むとすぐに）"),
        (None, False): (CHANGE, "ログインできない職員として登録する"),
    }
    if (was_active, new.is_active) in texts:
        kind, text = texts[was_active, new.is_active]
        yield Effect(today, kind, called(new), text, order_of(new), today, planned.number)


def _of_successions(plan: Plan) -> Iterator[Effect]:
    """The heads who have the papers of another department from the day on which theirs begins."""
    for planned, new, year in taken_over(plan):
        day = first_day(year)
        for row in plan.state.rows["appointments"]:
            if row.department_id == new.pk and row.post == Post.HEAD and _is_held(row, day):
                text = f"{planned.row.name}の運営方針書（{row.title}として）"
                person = called(row.user), text, order_of(row.user)
                yield Effect(day, INHERIT, *person, row.announced_on, planned.number)


def called(person: User) -> str:
    """青柳 美和（3001）."""
    return f"{person.name}（{person.username}）"


def order_of(person: User) -> str:
    """People by their kana: what one person leaves stands beside what he or she takes up."""
    return f"{person.kana} {person.username}"


def title_of(row: Appointment) -> str:
    """総務部長［部長・担当部長、総務部］."""
    where = [each.name for each in (row.department, row.division) if each]
    standing_in = [f"{row.standing_in_for.name}さんの代理"] if row.standing_in_for else []
    return f"{row.title}［{'、'.join([Post(row.post).label, *where, *standing_in])}］"


# What to look at twice: none of it is wrong by a rule, all of it is often a slip


def notes_of(plan: Plan, today: dt.date) -> list[str]:
    """Departments without a head, people in two departments, appointments outside the years."""
    year = fiscal_year(today + SOON)
    day = first_day(year)
    held = [row for row in plan.state.rows["appointments"] if _is_held(row, day)]
    notes = [*notes_of_endings(plan), *_without_head(plan, held, year)]
    notes += _in_two_departments(plan, held, day)
    notes += [note for row in plan.of("appointments") for note in _outside_its_years(row)]
    return notes[:MOST_NOTES]


def _is_held(row: Appointment, day: dt.date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)


def _without_head(plan: Plan, held: list[Appointment], year: int) -> list[str]:
    headed = {row.department_id for row in held if row.post == Post.HEAD}
    return [
        f"{row.name}には、{format_date(first_day(year))}に部長がいません。"
        for row in plan.state.rows["departments"]
        if row.is_valid_in(year) and row.pk not in headed
    ]


def _in_two_departments(plan: Plan, held: list[Appointment], day: dt.date) -> list[str]:
    touched = {planned.row.user_id for planned in plan.of("appointments")}
    places: dict[int, dict[int, Appointment]] = defaultdict(dict)
    for row in held:
        if row.user_id in touched and row.post in DEPARTMENT_POSTS and not row.standing_in_for_id:
            places[row.user_id].setdefault(row.department_id or 0, row)
    return [
        f"{called(next(iter(rows.values())).user)}さんは、{format_date(day)}に"
        f"{'と'.join(row.title for row in rows.values())}を兼ねます。"
        "兼務でなければ、前の発令に終わる日を書いてください。"
        for rows in places.values()
        if len(rows) > 1
    ]


def _outside_its_years(planned: PlanRow) -> list[str]:
    row: Appointment = planned.row
    year = fiscal_year(row.starts_on)
    return [
        f"「{APPOINTMENTS.title}」の{planned.number}行目：{place.name}は"
        f"{format_year(year)}にはありません（{place.years}）。"
        for place in (row.department, row.division)
        if place and planned.kind == NEW and not place.is_valid_in(year)
    ]
