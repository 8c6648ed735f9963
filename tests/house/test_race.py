"""Twenty people save the same answer at once: one wins, and all twenty texts can be read (A-1)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.urls import reverse

from core.permissions import Post
from goals.models import KeptText, Response
from tests.factories import AppointmentFactory

EDITORS, ROUNDS = 20, 10


@pytest.fixture
def editors(transactional_db, somu, client_of):
    """Signed-in clients of twenty people who draft for the same department."""
    appointments = [
        AppointmentFactory(post=Post.DRAFTER, title="主任", department=somu) for _ in range(EDITORS)
    ]
    return [client_of(appointment.user) for appointment in appointments]


def save_at_once(editors, address, version, texts):
    """The status of each answer, all sent at the same moment."""
    barrier = Barrier(EDITORS)

    def save(client, text):
        try:
            barrier.wait(timeout=30)
            return client.post(address, {"version": version, "body": text}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(EDITORS) as pool:
        return list(pool.map(save, editors, texts))


def test_one_of_twenty_editors_wins_and_no_text_is_lost(editors, paper):
    address = reverse("goals:response", args=[2023, "somu", "1-1"])
    for version in range(ROUNDS):
        KeptText.objects.all().delete()
        texts = [f"第{version}回の{n}人目の文です。髙澤" for n in range(EDITORS)]
        statuses = save_at_once(editors, address, version, texts)
        assert sorted(statuses) == [302] + [409] * (EDITORS - 1)
        current = Response.objects.get(paper=paper, section__path="1-1")
        kept = [draft.content["body"] for draft in KeptText.objects.all()]
        assert current.version == version + 1
        assert sorted([current.body, *kept]) == sorted(texts)


def test_the_loser_sees_both_texts(editors, paper):
    address = reverse("goals:response", args=[2023, "somu", "1-1"])
    first, second = editors[:2]
    first.post(address, {"version": 0, "body": "先に保存した文です。"})
    answer = second.post(address, {"version": 0, "body": "後から保存した文です。"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "先に保存した文です。" in page
    assert "後から保存した文です。" in page


def test_the_same_text_sent_twice_is_saved_once_and_is_no_conflict(editors, paper):
    address = reverse("goals:response", args=[2023, "somu", "1-1"])
    for _ in range(2):
        answer = editors[0].post(address, {"version": 0, "body": "二度押しました。"})
        assert answer.status_code == 302
    assert Response.objects.get(paper=paper, section__path="1-1").version == 1
    assert not KeptText.objects.exists()
