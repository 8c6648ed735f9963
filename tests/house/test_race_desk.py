"""Several people at the office's desk in the same moment: one wins, nothing is done by halves."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from policies.actions import manuscripts
from policies.models import BasicPolicy, Edition, Manuscript, Section
from policies.parsing import parse

TEXT = """令和5年度市政運営の基本方針
1　基本姿勢
(1)　市民に説明すること。
(2)　残業を減らすこと。
"""
DESK = "/policies/2023/manuscripts/basic/"
ROUNDS = 5
EDIT = ("edit/", {"kind": "reword", "item": 2, "text": "改めた文。"})
OTHER = ("edit/", {"kind": "drop", "item": 3})
ISSUE = ("issue/", {"dated_on": "R5.3.31", "reason": "改めるため。"})
SHARE, DISCARD = ("share/", {}), ("discard/", {})
YEAR = ("details/", {"year": "2024", "title": "基本方針"})


@pytest.fixture
def by(transactional_db: None, cast: SimpleNamespace) -> Actor:
    return Actor(user=cast.office)


@pytest.fixture
def people(by: Actor, client_of: Callable[..., Client]) -> list[Client]:
    return [client_of(by.user) for _ in range(4)]


def at_once(people: list[Client], requests: list[tuple[str, dict[str, object]]]) -> list[int]:
    """The status of each answer to ``requests``, all sent in the same moment."""
    barrier = Barrier(len(requests))

    def send(client: Client, request: tuple[str, dict[str, object]]) -> int:
        try:
            barrier.wait(timeout=30)
            return int(client.post(*request).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, people, requests))


def lay(by: Actor) -> Manuscript:
    Manuscript.objects.all().delete()
    return manuscripts.take_in(parsed=parse(TEXT), by=by)


@pytest.mark.parametrize(
    "steps",
    [
        (EDIT, OTHER, EDIT, OTHER),
        (EDIT, ISSUE),
        (ISSUE, ISSUE, ISSUE),
        (SHARE, DISCARD),
        (SHARE, EDIT, ISSUE, DISCARD),
        (EDIT, YEAR, DISCARD),
    ],
)
def test_of_several_steps_in_one_moment_one_is_made(
    people: list[Client], by: Actor, steps: tuple[tuple[str, dict[str, object]], ...]
) -> None:
    for _ in range(ROUNDS):
        Section.objects.update(parent=None)
        for model in (Edition, Section, BasicPolicy):
            model.objects.all().delete()
        version = lay(by).version
        lines = AuditEvent.objects.exclude(verb="refused").count()
        requests = [(f"{DESK}{step}", {"version": version, **typed}) for step, typed in steps]
        found = Counter(at_once(people, requests))
        assert found[302] == 1, found
        assert set(found) <= {302, 404, 409}, found
        assert AuditEvent.objects.exclude(verb="refused").count() == lines + 1
        assert Edition.objects.count() <= 1


def test_of_several_amendments_in_one_moment_one_is_issued(people: list[Client], by: Actor) -> None:
    laid = lay(by)
    manuscripts.share(manuscript=laid, version=laid.version, by=by)
    people[0].post(f"{DESK}issue/", {"version": 2, "dated_on": "R5.3.31"})
    for number in range(1, ROUNDS):
        stored = Manuscript.objects.get()
        people[0].post(
            f"{DESK}edit/",
            {"version": stored.version, "kind": "reword", "item": 2, "text": f"{number}回目。"},
        )
        requests = [(f"{DESK}issue/", ISSUE[1] | {"version": stored.version + 1}) for _ in people]
        assert sorted(at_once(people, requests)) == [302, 409, 409, 409]
        assert Edition.objects.count() == number + 1
        assert Section.objects.get(path="1-1").body == f"{number}回目。"


def test_of_several_who_take_in_the_same_year_one_wins(people: list[Client], by: Actor) -> None:
    for _ in range(ROUNDS):
        Manuscript.objects.all().delete()
        requests = [("/policies/intake/", {"kind": "basic", "text": TEXT}) for _ in people]
        assert sorted(at_once(people, requests)) == [302, 409, 409, 409]


def test_manuscript_does_not_move_to_a_year_that_is_taken_in_the_same_moment(
    people: list[Client], by: Actor
) -> None:
    for _ in range(ROUNDS):
        version = lay(by).version
        other = TEXT.replace("令和5年度", "令和6年度")
        requests = [
            (f"{DESK}{YEAR[0]}", YEAR[1] | {"version": version}),
            ("/policies/intake/", {"kind": "basic", "text": other}),
        ]
        assert sorted(at_once(people, requests)) == [302, 409]
