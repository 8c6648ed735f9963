"""What belongs to 1 April, done by several in the same moment: one wins, nothing is done twice."""

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connections
from zeal import zeal_ignore

from core.audit import Actor
from departments.factors import APP, KEY, codes_of, factors_of
from departments.models import Session
from goals.actions import reviews
from goals.models import Handover, HandoverReceipt, KeptText, Signature
from tests.departments.second_factors import set_up, sign_in
from tests.factories import (
    AppointmentFactory,
    CycleFactory,
    OperatingPolicyFactory,
    complete_paper,
    policy_with_items,
)

ROUNDS = 3
OLD = "/papers/2022/kenko/"


@pytest.fixture
def cast(transactional_db, cast):
    return cast


@pytest.fixture
def old_paper(cast, kenko):
    CycleFactory(year=2022)
    policy_with_items(2022)
    return OperatingPolicyFactory(department=kenko, year=2022, filled=True)


def at_once(clients, requests):
    """The status of each answer to ``requests``, all sent in the same moment."""
    barrier = Barrier(len(requests))

    def send(client, request):
        try:
            barrier.wait(timeout=30)
            with zeal_ignore():  # who is second looks twice
                return client.post(*request).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        return Counter(pool.map(send, clients, requests))


def test_a_version_is_signed_once(cast, somu, client_of):
    second = AppointmentFactory(department=somu, title="担当部長")
    CycleFactory()
    paper = complete_paper(department=somu)
    reviews.submit(paper=paper, edits=paper.edits, by=Actor(user=cast.head))
    form = ("/papers/2023/somu/sign/", {"number": 1, "appointment": second.pk})
    statuses = at_once([client_of(second.user) for _ in range(4)], [form] * 4)
    assert statuses == {302: 1, 409: 3}
    assert Signature.objects.filter(signer=second.user).count() == 1


def test_first_words_of_two_windows_make_one_handover(old_paper, cast, client_of):
    forms = [
        (f"{OLD}handover/note/", {"version": 0, "body": f"{number}つめの窓の文です。"})
        for number in range(4)
    ]
    statuses = at_once([client_of(cast.other_head) for _ in forms], forms)
    assert statuses[302] == 1, statuses
    assert set(statuses) <= {200, 302, 409}
    assert (Handover.objects.count(), Handover.objects.get().version) == (1, 1)


def test_handing_over_and_receiving_in_one_moment_are_each_done_once(old_paper, cast, client_of):
    giver, comer = client_of(cast.other_head), client_of(cast.incoming_head)
    giver.post(f"{OLD}handover/note/", {"version": 0, "body": "引き継ぎます。"})
    statuses = at_once(
        [client_of(cast.other_head) for _ in range(3)],
        [(f"{OLD}handover/hand/", {"version": 1})] * 3,
    )
    assert statuses == {302: 1, 409: 2}
    handover = Handover.objects.get()
    seen = {f"seen-{handover.pk}": handover.handed_version}
    received = at_once(
        [client_of(cast.incoming_head) for _ in range(3)],
        [(f"{OLD}handover/receive/", seen)] * 3,
    )
    assert received[302] >= 1, received
    assert set(received) <= {302, 409}
    assert HandoverReceipt.objects.count() == 1
    assert comer.get(f"{OLD}handover/").status_code == 200


def test_late_text_of_a_part_is_kept_once(old_paper, cast, client_of, settings):
    settings.DEMO_TODAY = dt.date(2023, 4, 1)
    forms = [(f"{OLD}responses/1-1/", {"version": 0, "body": f"途中の文{n}"}) for n in range(4)]
    for _ in range(ROUNDS):
        KeptText.objects.all().delete()
        statuses = at_once([client_of(cast.other_head) for _ in forms], forms)
        assert statuses == {403: 4}
        assert KeptText.objects.count() == 1


def test_late_text_is_handed_over_or_dropped(old_paper, cast, client_of, settings):
    settings.DEMO_TODAY = dt.date(2023, 4, 1)
    client = client_of(cast.other_head)
    for _ in range(ROUNDS):
        KeptText.objects.all().delete()
        client.post(f"{OLD}responses/1-1/", {"version": 0, "body": "途中の文"})
        kept = KeptText.objects.get()
        forms = [("/papers/kept/", {"kept": kept.pk, "act": act}) for act in ("share", "discard")]
        assert at_once([client_of(cast.other_head) for _ in forms], forms) == {302: 2}
        rows = KeptText.objects.all()
        assert all(row.shared_at for row in rows)


# Second factors


def test_recovery_code_signs_in_once(cast):
    set_up(cast.head)
    code = codes_of(cast.head)[0]
    waiting = [sign_in(cast.head)[0] for _ in range(3)]
    cache.clear()
    before = Session.objects.filter(user=cast.head).count()
    statuses = at_once(waiting, [("/signin/code/", {"code": code})] * 3)
    assert statuses == {302: 1, 200: 2}
    assert Session.objects.filter(user=cast.head).count() == before + 1
    assert code not in codes_of(cast.head)


def test_the_last_factor_stays_where_two_are_taken_away_in_one_moment(cast, settings):
    settings.SECOND_FACTOR_POSTS = frozenset({"head"})
    clients = [sign_in(cast.head)[0] for _ in range(2)]
    set_up(cast.head, clients[0])
    app = factors_of(cast.head).get(type=APP)
    key = type(app).objects.create(user=cast.head, type=KEY, data={"name": "机の鍵"})
    forms = [("/account/second-factor/remove/", {"factor": each.pk}) for each in (app, key)]
    assert at_once(clients, forms) == {302: 1, 409: 1}
    assert factors_of(cast.head).count() == 1
