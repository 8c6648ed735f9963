"""A session ends when it is left alone, after twelve hours, and when its owner says so."""

import datetime as dt

import pytest
import tablib
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import AuditEvent
from departments.machines import machine_of
from departments.models import Session
from departments.resources import UserResource
from tests.exchange.spring_files import PERSON, taken_in
from tests.factories import PASSWORD
from tests.world import World

pytestmark = pytest.mark.django_db
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0"
IPAD = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/604.1"
PAGE, END, ASK = "/account/sessions/", "/account/sessions/end/", "/account/session/"


def enter(user, agent=EDGE, address="10.0.0.1", password=PASSWORD):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post("/signin/", {"login": user.username, "password": password})
    return client


def is_in(client, where=PAGE):
    return client.get(where).status_code == 200


def minutes(number):
    return dt.timedelta(minutes=number)


# Time


def test_left_alone_for_half_an_hour_it_ends(cast):
    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        client = enter(cast.head)
        clock.move_to(begun + minutes(29.9))
        assert is_in(client)
        clock.move_to(begun + minutes(59.8))
        assert is_in(client)
        clock.move_to(begun + minutes(89.9))
        assert not is_in(client)
        assert client.get(PAGE)["Location"].startswith("/signin/")


def test_twelve_hours_after_signing_in_it_ends_however_busy(cast, somu, kenko, client_of):
    world = World(cast, somu, kenko)
    begun = timezone.now()
    where = "/papers/2023/somu/responses/1-1/"
    with time_machine.travel(begun, tick=False) as clock:
        client = enter(cast.head)
        for quarter in range(1, 48):
            clock.move_to(begun + minutes(15 * quarter))
            version = world.paper.responses.get(section__path="1-1").version
            typed = {"body": f"{quarter}回目の文です。", "version": version}
            answer = client.post(where, typed, headers={"HX-Request": "true"})
            assert answer.status_code == 200
        clock.move_to(begun + minutes(720) + dt.timedelta(seconds=1))
        answer = client.post(where, typed, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/signin/")
        assert world.paper.responses.get(section__path="1-1").body == "47回目の文です。"


def test_both_ends_are_settings(cast, settings):
    settings.SESSION_IDLE, settings.SESSION_LONGEST = minutes(10), minutes(15)
    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        client = enter(cast.head)
        assert client.get(ASK).json()["idle"] == 600
        assert client.get(ASK).json()["longest"] == 900
        clock.move_to(begun + minutes(9))
        assert is_in(client)
        assert client.get(ASK).json()["idle"] == 360
        clock.move_to(begun + minutes(15.1))
        assert not is_in(client)


def test_asking_how_long_is_left_does_not_prolong_and_sending_does(cast):
    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        client = enter(cast.head)
        clock.move_to(begun + minutes(20))
        assert client.get(ASK).json()["idle"] == 600
        assert client.get(ASK).json()["idle"] == 600
        assert client.post(ASK).json()["idle"] == 1800
        assert client.post(ASK).json()["person"] == cast.head.username


def test_not_every_page_writes(cast):
    client = enter(cast.head)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []


def test_changing_ones_password_does_not_begin_the_twelve_hours_again(cast):
    client = enter(cast.head)
    before = Session.objects.get(user=cast.head)
    new = "春の公園で静かに本を読む人"
    client.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    after = Session.objects.get(user=cast.head)
    assert after.session_key != before.session_key
    assert (after.ends_at, after.started_at) == (before.ends_at, before.started_at)


def test_sessions_that_ended_long_ago_are_swept_away_at_a_sign_in(cast):
    enter(cast.head)
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        enter(cast.office)
    assert list(Session.objects.values_list("user", flat=True)) == [cast.office.pk]


# Other machines


def test_page_shows_each_machine_with_address_and_times(cast):
    desk = enter(cast.head)
    enter(cast.head, IPAD, "10.0.0.2")
    enter(cast.office, IPAD, "10.9.9.9")
    page = desk.get(PAGE).content.decode()
    assert page.index("WindowsのEdge") < page.index("iPadのSafari")
    assert page.count("この端末") == 1
    assert ("10.0.0.1" in page, "10.0.0.2" in page, "10.9.9.9" in page) == (True, True, False)
    assert page.count("3月28日（火）") == 5  # two of each row, one in a button
    keys = Session.objects.values_list("session_key", flat=True)
    assert [key for key in keys if key in page] == []


def test_one_other_machine_is_signed_out_at_once_with_one_line(cast):
    desk, pad, third = (enter(cast.head, agent) for agent in (EDGE, IPAD, EDGE))
    row = Session.objects.get(session_key=pad.cookies["sessionid"].value)
    before = AuditEvent.objects.count()
    answer = desk.post(END, {"session": row.reference}, follow=True)
    assert "iPadのSafariをログアウトしました。" in answer.content.decode()
    assert (is_in(pad), is_in(third), is_in(desk)) == (False, True, True)
    line = AuditEvent.objects.latest("pk")
    assert AuditEvent.objects.count() == before + 1
    assert (line.verb, line.actor, line.after["machine"]) == (
        "session.end",
        cast.head,
        "iPadのSafari",
    )


def test_all_others_are_signed_out_at_once(cast):
    desk, pad, third = (enter(cast.head, agent) for agent in (EDGE, IPAD, EDGE))
    foreign = enter(cast.office)
    answer = desk.post(END, follow=True)
    assert "ほかの端末をログアウトしました（2台）。" in answer.content.decode()
    assert [is_in(client) for client in (desk, pad, third, foreign)] == [True, False, False, True]


def test_nobody_ends_the_session_of_somebody_else_or_the_same_twice(cast):
    desk, foreign = enter(cast.head), enter(cast.office)
    row = Session.objects.get(user=cast.office)
    for asked in (row.reference, row.session_key[:16], "0" * 16, "x" * 99):
        answer = desk.post(END, {"session": asked}, follow=True)
        assert "すでに終わっています。" in answer.content.decode()
    assert is_in(foreign)
    assert AuditEvent.objects.filter(verb="session.end").count() == 0


def test_ones_own_machine_is_not_ended_from_the_list(cast):
    desk = enter(cast.head)
    desk.post(END, {"session": Session.objects.get().reference})
    assert is_in(desk)


def test_changing_the_password_signs_the_other_machines_out(cast):
    desk, pad = enter(cast.head), enter(cast.head, IPAD)
    new = "春の公園で静かに本を読む人"
    desk.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(desk), is_in(pad)) == (True, False)
    assert Session.objects.filter(user=cast.head).count() == 1


@pytest.mark.parametrize("way", ["form", "table", "spring file"])
def test_closing_an_account_ends_its_sessions_for_good(cast, client_of, way):
    desk, user = enter(cast.head), cast.head
    row = {"職員番号": user.username, "氏名": user.name, "利用できる": "いいえ"}
    if way == "form":
        typed = {"username": user.username, "name": user.name, "kana": user.kana}
        where = f"/admin/departments/user/{user.pk}/change/"
        client_of(cast.administrator).post(where, typed | {"password1": "", "password2": ""})
    elif way == "spring file":
        taken_in({"職員": [PERSON | row]}, cast.administrator)
    else:
        table = tablib.Dataset(
            [user.username, user.name, user.kana, "", "いいえ"],
            headers=["職員番号", "氏名", "ふりがな", "メールアドレス", "利用できる"],
        )
        table.row_numbers = [2]
        UserResource().import_data(table, raise_errors=True)
    user.refresh_from_db()
    assert not user.is_active
    assert Session.objects.filter(user=user).count() == 0
    type(user).objects.filter(pk=user.pk).update(is_active=True)
    assert not is_in(desk)


def test_signing_out_ends_every_tab(cast):
    desk = enter(cast.head)
    tab = Client()
    tab.cookies = desk.cookies.copy()
    desk.post("/signout/")
    assert not is_in(tab)
    assert Session.objects.count() == 0


def test_a_session_that_was_ended_is_not_brought_back_by_a_request_on_its_way(cast):
    client = enter(cast.head)
    store = client.session
    store.load()
    Session.objects.all().delete()
    store.row.expire_date = timezone.now()
    store.touch(machine="", address="")
    assert Session.objects.count() == 0


# The last time


def test_after_signing_in_the_last_time_and_the_failures_since_are_told(cast, settings):
    first = enter(cast.head)
    assert "前回のログインは" not in first.get("/").content.decode()
    enter(cast.head, password="違うパスワード")
    enter(cast.head, password="違うパスワード", address="10.0.0.7")
    settings.DEMO_TODAY = dt.date(2023, 3, 29)
    second = enter(cast.head)
    page = second.get(PAGE).content.decode()
    assert page.count("前回のログインは、令和5年3月28日") == 2  # told once, and on this page
    assert "ログインに失敗した操作が2回あります。" in page
    again = second.get(PAGE).content.decode()
    assert again.count("前回のログインは、令和5年3月28日") == 1
    assert "その後、失敗したログインが2回ありました。" in again
    assert "ログインに失敗した操作が" not in again
    third = enter(cast.head)
    assert "失敗した" not in third.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "WindowsのEdge"),
        (IPAD, "iPadのSafari"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "LinuxのFirefox",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/131.0 Safari/537.36",
            "MacのChrome",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36", "AndroidのChrome"),
        ("curl/8", "不明な端末"),
        ("", "不明な端末"),
    ],
)
def test_machines_are_told_roughly(agent, words):
    assert machine_of(agent) == words
