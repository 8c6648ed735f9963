"""No number can be guessed, no other department entered: 403 and 404 by one rule (docs/spring.md).

Refused: who may do nowhere what an address asks for gets 403, whatever else the address says.
Hidden: what is not there and what is not one's own give the same 404, to the byte.
"""

import datetime as dt
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from zeal import zeal_ignore

from core.permissions import Permission, Post, Refused, Scope, scopes_of
from departments.queries import all_holdings, authority
from goals.models import OperatingPolicy
from home.addresses import addresses
from tests.factories import (
    AppointmentFactory,
    DepartmentFactory,
    DivisionFactory,
    OperatingPolicyFactory,
    UserFactory,
)
from tests.spring import YEARS, concrete, furnish, lay_out, of_the_city
from tests.world import FILES, is_of_a_paper, lasting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks_wait")]
ADDRESSES = [a for a in addresses() if a.permission and not a.is_admin]
OF_PAPERS = [a for a in ADDRESSES if is_of_a_paper(a)]
CODED = [a for a in OF_PAPERS if a.name not in FILES]
NUMBERED = [a for a in CODED if "<int:pk>" in a.route or "<int:number>" in a.route]
NOWHERE = 987_654_321
PEOPLE = {
    "head": Post.HEAD,
    "chief": Post.CHIEF,
    "drafter": Post.DRAFTER,
    "mayor": Post.MAYOR,
    "deputy": Post.DEPUTY_MAYOR,
    "superintendent": Post.SUPERINTENDENT,
    "office": Post.POLICY_OFFICE,
    "secretary": Post.SECRETARY,
    "viewer": Post.VIEWER,
    "administrator": Post.ADMINISTRATOR,
    "future_head": Post.HEAD,
    "nobody": None,
}
PAPERS = {
    "future": (2023, "kodomo"),
    "future in a year before it": (2022, "kodomo"),
    "abolished": (2022, "toshi"),
    "abolished in a year after it": (2023, "toshi"),
    "never": (2023, "nowhere"),
    "other": (2023, "kenko"),
    "own": (2023, "somu"),
}
"""Which paper, for 総務部's people: 子ども家庭部 begins with 2023, 都市建設部 ended with 2022."""


@pytest.fixture
def city(cast, somu, kenko):
    """Every post, and papers of 総務部, 健康部, a department to come and one abolished."""
    kodomo = DepartmentFactory(code="kodomo", name="子ども家庭部", first_year=2023)
    toshi = DepartmentFactory(code="toshi", name="都市建設部", last_year=2022)
    toshi.successors.add(kodomo)
    for department in (kenko, kodomo, toshi):
        DivisionFactory(department=department)
    cast.future_head = UserFactory()
    AppointmentFactory(user=cast.future_head, department=kodomo, title="子ども部長", incoming=True)
    for year in YEARS:
        lay_out(year)
    rows = of_the_city(cast, somu)
    keys = {}
    for year in YEARS:
        for department in (somu, kenko, kodomo, toshi):
            if department.is_valid_in(year):
                paper = OperatingPolicyFactory(year=year, department=department)
                keys[year, department.code] = rows | furnish(paper, cast.head, cast.office)
    return SimpleNamespace(cast=cast, keys=keys, rows=rows)


def client_for(city, person):
    client = Client()
    client.force_login(getattr(city.cast, person))
    return client


@contextmanager
def undone():
    with transaction.atomic(), zeal_ignore():
        yield
        transaction.set_rollback(True)


def ask(client, method, where):
    """Status and page; whatever was written is taken back."""
    with undone():
        answer = client.generic(method.upper(), where)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, lasting(body).replace(where.encode(), b"")


def needed_for(address, method):
    return (address.to_post if method == "post" else None) or address.permission


def is_allowed(user, permission, year, code):
    """Anywhere at all; on this paper."""
    try:
        authority(user, permission)
    except Refused:
        return False, False
    paper = OperatingPolicy.objects.filter(year=year, department__code=code).first()
    if paper is None:
        return True, False
    try:
        authority(user, permission, paper.target, year=year)
    except Refused:
        return True, False
    return True, True


@pytest.mark.parametrize("person", PEOPLE)
def test_every_address_on_every_department_is_refused_by_the_one_rule(person, city):
    """Own, other, future and abolished department, GET and POST, each post."""
    client, user, wrong = client_for(city, person), getattr(city.cast, person), []
    for address in OF_PAPERS:
        for method in ("get", "post"):
            permission, seen = needed_for(address, method), set()
            for which, (year, code) in PAPERS.items():
                anywhere, here = is_allowed(user, permission, year, code)
                if here in seen and (here or not anywhere):
                    continue  # refused before the paper is looked for; or open like the last
                seen.add(here)
                if address.name in FILES and (year, code) not in city.keys:
                    continue  # no paper, no file
                keys = city.keys.get((year, code), city.keys[2023, "somu"])
                status, _ = ask(client, method, concrete(address, keys, year, code))
                expected = OPEN if here else {404, 405} if anywhere else {403}
                if status not in expected:
                    wrong.append(f"{which} {method} {address.name}: {status}, not {expected}")
    assert wrong == []


OPEN = {200, 302, 400, 405, 409, 422}


@pytest.mark.parametrize("person", PEOPLE)
def test_row_of_another_paper_is_not_found_under_ones_own(person, city):
    """Goals, remarks, texts, files by the number of 健康部's, under the address of 総務部.

    The page is the same as for a number that nobody has.
    """
    client, wrong, asked = client_for(city, person), [], 0
    theirs = city.keys[2023, "kenko"]
    nowhere = dict.fromkeys(theirs, NOWHERE)
    for address in NUMBERED:
        for method in ("get", "post"):
            pages = [
                ask(client, method, concrete(address, keys, 2023, "somu"))
                for keys in (theirs, nowhere)
                if "<int:pk>" in address.route
            ]
            asked += len(pages)
            if pages and (pages[0] != pages[1] or pages[0][0] not in {403, 404, 405}):
                wrong.append(f"{method} {address.name}: {[status for status, _ in pages]}")
    assert wrong == []
    assert asked > 20


@pytest.mark.parametrize("person", ["head", "chief", "mayor", "viewer", "future_head"])
def test_paper_that_is_not_ones_own_looks_like_one_that_is_not_there(person, city):
    """Byte for byte, for every address of a paper: no department can be tried out."""
    client, user, wrong = client_for(city, person), getattr(city.cast, person), []
    for address in OF_PAPERS:
        for method in ("get", "post"):
            if is_allowed(user, needed_for(address, method), 2023, "kenko")[1]:
                continue
            rows = city.keys[2023, "kenko"]
            others = rows | {"file": NOWHERE} if address.name in FILES else rows
            pages = [
                ask(client, method, concrete(address, keys, 2023, code))
                for keys, code in ((rows, "kenko"), (others, "nowhere"))
            ]
            if pages[0] != pages[1]:
                wrong.append(f"{method} {address.name}: {[status for status, _ in pages]}")
    assert wrong == []


@pytest.mark.parametrize("person", PEOPLE)
def test_rows_of_the_city_that_are_not_there(person, city):
    """Interviews, imports, plans, people: 404 to those who may, 403 to those who may not."""
    client, user, wrong = client_for(city, person), getattr(city.cast, person), []
    nowhere = dict.fromkeys(city.rows, NOWHERE)
    for address in ADDRESSES:
        if address in OF_PAPERS or "<int:pk>" not in address.route:
            continue
        for method in ("get", "post"):
            anywhere, _ = is_allowed(user, needed_for(address, method), 2023, "")
            status, _ = ask(client, method, concrete(address, nowhere, 2023, "somu"))
            if status not in ({404, 405} if anywhere else {403}):
                wrong.append(f"{method} {address.name}: {status}")
    assert wrong == []


def test_only_four_methods_are_answered_at_all(city):
    """PUT, PATCH and DELETE: 405 before anything else. HEAD and OPTIONS: as GET is refused."""
    wrong = []
    for person in ("drafter",):
        client = client_for(city, person)
        user = getattr(city.cast, person)
        for address in ADDRESSES:
            year, code = PAPERS["other"]
            where = concrete(address, city.keys[year, code], year, code)
            statuses = {m: ask(client, m, where)[0] for m in ("put", "patch", "delete")}
            if set(statuses.values()) != {405}:
                wrong.append((person, address.name, statuses))
            anywhere, here = is_allowed(user, address.permission, year, code)
            expected = OPEN if here or address not in OF_PAPERS else {404, 405}
            for method in ("head", "options"):
                status, _ = ask(client, method, where)
                if status not in (expected if anywhere else {403}):
                    wrong.append((person, method, address.name, status))
    assert wrong == []


def test_posts_of_this_file_are_all_posts(city):
    assert {post for post in PEOPLE.values() if post} == set(Post)
    held = {name: all_holdings(getattr(city.cast, name)) for name in PEOPLE}
    assert {name: held[name][0].post if held[name] else None for name in PEOPLE} == PEOPLE
    assert not scopes_of(held["administrator"][0], Permission.READ_PAPER) & set(Scope)
    assert city.cast.future_head.appointments.get().starts_on > dt.date(2023, 3, 28)
