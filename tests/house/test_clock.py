"""From 20 March to 30 April: who may do what, hour by hour, is what docs/spring.md says.

The page is kept by hand. The rule itself is asked at every hour around each border and at every
noon; the addresses of the product are asked a minute before and at the midnight of each border.
"""

import datetime as dt
import re
from collections import defaultdict

import pytest
from django.db import transaction
from django.test import Client
from zeal import zeal_ignore

from core import clock
from core.permissions import OWN, TABLE, Permission, Target
from core.workflow import Status
from departments.models import User
from departments.queries import may
from goals.models import OperatingPolicy
from home.addresses import addresses
from tests.factories import JST
from tests.spring import ANYWHERE, FIRST, LAST, ONE, Spring, borders, cells, columns, concrete
from tests.world import is_of_a_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks_wait")]
LABELS = {permission.label: permission for permission in Permission}
STATES = {"作成中": Status.DRAFT, "提出済": Status.SUBMITTED, "確定": Status.FINALISED}
YEAR = {"令和4年度": 2022, "令和5年度": 2023}
DEPARTMENT = {"総務部": "somu", "健康部": "kenko"}
MIDNIGHT = dt.time(0, 0, tzinfo=JST)
OPEN = {200, 302, 400, 409, 422}
JUST_BEFORE = dt.timedelta(minutes=1)
ADDRESSES = [a for a in addresses() if a.permission and not a.is_admin]
OF_PAPERS = [a for a in ADDRESSES if is_of_a_paper(a)]


def midnight(day):
    return dt.datetime.combine(day, MIDNIGHT)


def asked(cell, spring):
    """The year and the target of a row; no target where any paper will do."""
    if cell.paper == ANYWHERE:
        return None, None
    name, year, state = re.fullmatch(r"(.+)の(.+)の運営方針書（(.+)）", cell.paper).groups()
    department = spring.departments[DEPARTMENT[name]]
    paper = OperatingPolicy(year=YEAR[year], department=department, status=STATES[state])
    return YEAR[year], _goal(cell, paper.target, spring)


def _goal(cell, target, spring):
    divisions = {"予防課の目標": spring.yobo, "ほかの課の目標": spring.other}
    led_by = next((d for words, d in divisions.items() if words in cell.permission), None)
    if led_by is None:
        return target
    return Target(target.department_id, is_goal=True, division_id=led_by.pk)


def permission_of(cell):
    return LABELS[cell.permission.split("（予防課")[0].split("（ほかの課")[0]]


def hours():
    """Every noon of the walk; every hour of the two days around each border of the page."""
    found = {midnight(FIRST + n * ONE) + dt.timedelta(hours=12) for n in range((LAST - FIRST).days)}
    for border in {day for cell in cells() for day in borders(cell.days)}:
        found |= {midnight(border) + dt.timedelta(hours=n) for n in range(-24, 25)}
        found |= {midnight(border) - JUST_BEFORE, midnight(border) + JUST_BEFORE}
    found |= {midnight(FIRST), midnight(LAST) + dt.timedelta(hours=23, minutes=59)}
    return sorted(hour for hour in found if FIRST <= hour.date() <= LAST)


def test_page_knows_every_permission_and_every_permission_of_papers():
    rows = defaultdict(set)
    for cell in cells():
        rows[cell.paper].add(permission_of(cell))
    assert rows[ANYWHERE] == set(Permission)
    of_papers = {p for p in Permission if any(OWN in scopes for scopes in TABLE[p].values())}
    of_papers |= {p for a in OF_PAPERS for p in (a.permission, a.to_post) if p}
    drafts = {paper: found for paper, found in rows.items() if "作成中" in paper}
    assert drafts == {paper: of_papers for paper in drafts}
    assert len(drafts) == 4


def test_page_tells_of_every_border():
    """Announcements of a start and of two ends, 1 April, a standing-in, two handovers."""
    found = {day for cell in cells() for day in borders(cell.days)}
    assert found == {
        *(dt.date(2023, 3, day) for day in (24, 28, 30)),
        *(dt.date(2023, 4, day) for day in (1, 3, 11, 15, 25)),
    }


@pytest.mark.parametrize("person", columns())
def test_rule_says_what_the_page_says_at_every_hour(person):
    spring = Spring()
    rows = [(c, permission_of(c), *asked(c, spring), c.days) for c in cells() if c.person == person]
    wrong = []
    user = User.objects.get(pk=spring.people[person].pk)
    for hour in hours():
        with clock.at(hour):
            wrong += [
                f"{hour:%m/%d %H:%M} {cell.paper}: {cell.permission} ({cell.written})"
                for cell, permission, year, target, days in rows
                if may(user, permission, target, year=year) is not (hour.date() in days)
            ]
    assert wrong == []


def test_state_of_a_paper_opens_nothing_but_what_the_page_says():
    """Beside the rows for papers handed in and settled, all is as in the draft."""
    spring = Spring()
    told = {(c.paper, permission_of(c)) for c in cells()}
    rows = [
        (cell, *_later(cell, state, spring))
        for cell in cells(lambda heading: "作成中" in heading)
        for state in ("提出済", "確定")
        if (cell.paper.replace("作成中", state), permission_of(cell)) not in told
    ]
    wrong = []
    for hour in (midnight(LAST), midnight(dt.date(2023, 4, 1)) - JUST_BEFORE):
        with clock.at(hour):
            wrong += [
                f"{hour} {cell}"
                for cell, year, later in rows
                if may(spring.people[cell.person], permission_of(cell), later, year=year)
                is not (hour.date() in cell.days)
            ]
    assert wrong == []


def _later(cell, state, spring):
    year, target = asked(cell, spring)
    if target.is_goal:
        return year, target
    department = target.department_id
    return year, OperatingPolicy(department_id=department, status=STATES[state]).target


# Through the pages


def written():
    """(paper or ANYWHERE, permission, person) → days, for papers in drafting."""
    return {
        (c.paper, permission_of(c), c.person): c.days
        for c in cells()
        if "の目標）" not in c.permission and "作成中" in c.paper + "作成中" * (c.paper == ANYWHERE)
    }


def visits(person):
    """Address, method, paper, and what the page says of it at each moment to ask at.

    Of papers with the same days one is enough: the first to look at, the last to send to.
    """
    told = written()
    papers = sorted({paper for paper, _, _ in told if paper != ANYWHERE})
    for address in ADDRESSES:
        for method in ("get", "post"):
            needed = (address.to_post if method == "post" else None) or address.permission
            anywhere = told[ANYWHERE, needed, person]
            if address not in OF_PAPERS:
                yield address, method, ANYWHERE, _expectations(anywhere, anywhere)
                continue
            alike = {
                frozenset(anywhere & told[paper, needed, person]): paper
                for paper in (papers if method == "post" else papers[::-1])
            }
            for days, paper in alike.items():
                leaving = told[paper, Permission.LEAVE_TEXT, person] if method == "post" else set()
                yield address, method, paper, _expectations(anywhere, days, leaving - days)


def _expectations(anywhere, days, leaving=frozenset()):
    """Moment → how it is refused, nothing where allowed: both sides of each border.

    Who sends what a lost post no longer may is told so: 403, with the text.
    """
    first_of_april = midnight(dt.date(2023, 4, 1))
    around = [m for day in borders(days) for m in (midnight(day) - JUST_BEFORE, midnight(day))]
    return {
        m: set()
        if m.date() in days
        else ({404} if m.date() in anywhere else {403}) | ({403} if m.date() in leaving else set())
        for m in sorted(around) or [first_of_april]
    }


def keys_of(paper, spring):
    """The rows of a paper, its year and its code."""
    if paper == ANYWHERE:
        return spring.keys[2023, "somu"], 2023, "somu"
    name, year = re.match(r"(.+)の(.+)の運営方針書", paper).groups()
    year, code = YEAR[year], DEPARTMENT[name]
    return spring.keys[year, code], year, code


def answer_to(client, method, where, moment):
    """The status; whatever was written is taken back."""
    with clock.at(moment), transaction.atomic(), zeal_ignore():
        answer = getattr(client, method)(where)
        if answer.streaming:
            list(answer.streaming_content)  # reading to the end closes the file
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize("person", columns())
def test_every_page_opens_and_closes_at_the_midnights_of_the_page(person):
    spring = Spring()
    with clock.at(midnight(FIRST)):
        spring.furnish()
    client = Client()
    client.force_login(spring.people[person])
    wrong, without = [], set()
    for address, method, paper, expected in visits(person):
        where = concrete(address, *keys_of(paper, spring))
        for moment, refused in expected.items():
            if (address, method) in without and refused != {403}:
                continue
            status = answer_to(client, method, where, moment)
            if status == 405 and refused != {403}:  # has no such method; says nothing of the paper
                without.add((address, method))
                continue
            if status not in (refused or OPEN):
                wrong.append(
                    f"{moment:%m/%d %H:%M} {method} {where}: {status}, not {refused or 'open'}"
                )
    assert wrong == []
