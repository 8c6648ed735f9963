"""Sign-in by the city's own sign-in service, against a real OpenID provider on the loopback."""

import datetime as dt
import socket

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.models import AuditEvent
from departments import oidc
from departments.models import Session, User
from tests.departments.providers import (
    BACK,
    BEGIN,
    BROKEN_OFF,
    DOWN,
    SERVICE,
    UNKNOWN,
    WRONG,
    allow,
    asked_of,
    begin,
    come_back,
    free_port,
    is_in,
    knows,
    real_provider,
    said,
    sign_in,
)
from tests.departments.second_factors import code_of, set_up
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider():
    with real_provider("--require-nonce", "true") as address:
        yield address


@pytest.fixture
def service(provider, settings, cast):
    settings.OIDC = SERVICE | {"issuer": provider}
    knows(provider, "head", preferred_username=cast.head.username)
    return provider


# Off and on


def test_without_the_setting_there_is_neither_a_button_nor_an_address(cast):
    assert "でログイン</a>" not in said(Client())
    for where in (BEGIN, f"{BACK}?state=x&code=y"):
        assert Client().get(where).status_code == 404
        assert Client().post(where).status_code == 404


def test_button_leads_there_and_back_to_where_one_wanted_to_go(service, cast):
    client = Client()
    page = client.get("/signin/?next=/account/sessions/").content.decode()
    assert f'href="{BEGIN}?next=/account/sessions/">職員認証でログイン</a>' in page
    client, answer = sign_in(where="/account/sessions/")
    assert answer["Location"] == "/account/sessions/"
    assert client.get("/account/sessions/").status_code == 200
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.after) == ("sign-in", cast.head, {"way": "職員認証"})


def test_question_carries_state_nonce_and_challenge_and_asks_for_no_address_of_mail(service):
    location = begin(Client())
    asked = asked_of(location)
    assert location.startswith(f"{service}/oauth2/authorize?")
    assert asked["scope"] == "openid profile"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    secrets = {asked["state"], asked["nonce"], asked["code_challenge"]}
    assert (len(secrets), min(map(len, secrets))) == (3, 43)
    assert "prompt" not in asked


def test_session_is_one_of_ours_with_both_ends(service, cast, settings):
    client, _ = sign_in()
    row = Session.objects.get(user=cast.head)
    assert row.ends_at - timezone.now() <= settings.SESSION_LONGEST
    assert (row.address, row.started_at is not None) == ("127.0.0.1", True)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=31)):
        assert client.get("/account/sessions/")["Location"].startswith("/signin/")


@pytest.mark.parametrize(
    "where", ["//evil.example/", "https://evil.example/x", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site_afterwards(service, where):
    _, answer = sign_in(where=where)
    assert answer["Location"] == "/"


def test_another_claim_can_hold_the_staff_number(service, cast, settings):
    settings.OIDC = settings.OIDC | {"claim": "employee_number"}
    knows(service, "head", preferred_username="else", employee_number=cast.head.username)
    client, _ = sign_in()
    assert is_in(client)


# Who is let in


def test_nobody_is_made_and_nobody_is_found_by_the_address_of_mail(service, cast):
    User.objects.filter(pk=cast.head.pk).update(email="head@city.example")
    knows(service, "who", preferred_username="0000", email="head@city.example", email_verified=True)
    before = User.objects.count()
    client, answer = sign_in("who")
    assert answer["Location"] == "/signin/"
    assert UNKNOWN in said(client)
    assert (is_in(client), User.objects.count()) == (False, before)
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.label, line.actor) == ("sign-in.failed", "0000", None)


@pytest.mark.parametrize("number", [None, 9501, "", ["9501"], " 9501"])
def test_number_must_be_the_staff_number_and_nothing_like_it(service, number):
    UserFactory(username="9501")
    knows(service, "odd", **({} if number is None else {"preferred_username": number}))
    client, _ = sign_in("odd")
    assert (is_in(client), UNKNOWN in said(client)) == (False, True)


def test_closed_account_is_refused_in_words(service, cast):
    User.objects.filter(pk=cast.head.pk).update(is_active=False)
    client, _ = sign_in()
    assert (is_in(client), "この職員番号は使えません。" in said(client)) == (False, True)


def test_first_password_is_not_asked_to_be_changed_of_who_did_not_use_it(service, cast):
    until = timezone.now() - dt.timedelta(days=9000)
    User.objects.filter(pk=cast.head.pk).update(first_password_until=until)
    client, _ = sign_in()
    assert client.get("/account/sessions/").status_code == 200


def test_who_has_no_password_is_let_in_and_has_none_to_change(service, cast):
    cast.head.set_unusable_password()
    cast.head.save()
    client, _ = sign_in()
    answer = client.get("/password/")
    assert (answer.status_code, "パスワードは設定されていません。" in answer.content.decode()) == (
        409,
        True,
    )


def test_nobody_takes_the_place_of_who_is_signed_in(service, cast, client_of):
    client = client_of(cast.office)
    location = begin(client)
    assert asked_of(location)["prompt"] == "login"
    come_back(client, allow(location, "head"))
    assert client.session["_auth_user_id"] == str(cast.office.pk)
    page = client.get("/account/sessions/").content.decode()
    assert "いま、別の人がログインしています。" in page


# The second factor


def test_second_factor_of_ones_own_is_asked_for_here_too(service, cast):
    secret = set_up(cast.head)
    client, answer = sign_in(where="/account/sessions/")
    assert (answer["Location"], is_in(client)) == ("/signin/code/", False)
    answer = client.post("/signin/code/", {"code": code_of(secret)})
    assert answer["Location"] == "/account/sessions/"


def test_it_is_not_asked_for_where_the_service_says_that_it_did(service, cast, settings):
    settings.SECOND_FACTOR_POSTS = frozenset({"head"})
    set_up(cast.head)
    knows(service, "head", preferred_username=cast.head.username, amr=["pwd", "mfa"])
    client, answer = sign_in()
    assert (answer["Location"], is_in(client)) == ("/", True)


@pytest.mark.parametrize("amr", [["pwd"], "mfa", None, ["mfas"]])
def test_post_that_must_have_one_sets_one_up_where_the_service_asked_for_none(
    service, cast, settings, amr
):
    settings.SECOND_FACTOR_POSTS = frozenset({"head"})
    knows(service, "head", preferred_username=cast.head.username, amr=amr)
    client, _ = sign_in()
    assert client.get("/")["Location"] == "/account/second-factor/"
    set_up(cast.head, client)
    assert client.get("/account/sessions/").status_code == 200


def test_serious_pages_send_there_once_more_and_not_for_a_password(service, cast):
    client, _ = sign_in()
    app = "/account/second-factor/app/"
    assert client.get(app).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        page = client.get(client.get(app)["Location"]).content.decode()
        assert ("職員認証で確認する" in page, "いまのパスワード" in page) == (True, False)
    records = client.session
    records["account_authentication_methods"] = [
        record | {"at": record["at"] - 1000} for record in records["account_authentication_methods"]
    ]
    records.save()
    assert client.get(app).status_code == 302
    sign_in(where=app, client=client)
    assert client.get(app).status_code == 200


# What goes wrong


def test_answer_to_another_state_or_browser_or_a_second_time_is_refused(service):
    client = Client()
    location = allow(begin(client), "head")
    changed = location.replace("state=", "state=x")
    other = Client()
    assert come_back(other, location)["Location"] == "/signin/"
    assert BROKEN_OFF in said(other)
    come_back(client, changed)
    assert (is_in(client), BROKEN_OFF in said(client)) == (False, True)
    come_back(client, location)
    assert is_in(client)
    client.post("/signout/")
    come_back(client, location)
    assert (is_in(client), BROKEN_OFF in said(client)) == (False, True)


def test_who_stays_away_for_too_long_begins_again(service):
    client = Client()
    location = allow(begin(client), "head")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        come_back(client, location)
        assert (is_in(client), BROKEN_OFF in said(client)) == (False, True)


def test_answer_to_another_question_is_refused(service):
    client = Client()
    location = begin(client)
    nonce = asked_of(location)["nonce"]
    come_back(client, allow(location.replace(nonce, "another" * 6), "head"))
    assert (is_in(client), WRONG in said(client)) == (False, True)


def test_code_that_was_given_to_another_program_is_refused(service):
    client = Client()
    location = begin(client).replace("client_id=policy", "client_id=other")
    come_back(client, allow(location, "head"))
    assert (is_in(client), WRONG in said(client)) == (False, True)


def test_who_declines_there_is_told_what_to_do(service):
    client = Client()
    come_back(client, allow(begin(client), ""))
    assert (is_in(client), "職員認証でのログインを取りやめました。" in said(client)) == (
        False,
        True,
    )


def test_declined_or_failed_question_is_told_in_words(service):
    for error, sentence in (("access_denied", "取りやめました。"), ("server_error", WRONG)):
        client = Client()
        state = asked_of(begin(client))["state"]
        client.get(BACK, {"error": error, "state": state})
        assert (is_in(client), sentence in said(client)) == (False, True)


def test_expired_answer_is_refused(settings, cast):
    with real_provider("--token-max-age", "-7200") as address:
        settings.OIDC = SERVICE | {"issuer": address}
        knows(address, "head", preferred_username=cast.head.username)
        client, _ = sign_in()
        assert (is_in(client), WRONG in said(client)) == (False, True)


def test_service_that_is_down_is_told_in_words_at_the_beginning_and_at_the_end(service, settings):
    client = Client()
    location = allow(begin(client), "head")
    settings.OIDC = settings.OIDC | {"issuer": f"http://127.0.0.1:{free_port()}"}
    come_back(client, location)
    assert (is_in(client), DOWN in said(client)) == (False, True)
    assert begin(client) == "/signin/"
    assert DOWN in said(client)
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.label) == ("sign-in.failed", "職員認証")


def test_service_that_does_not_answer_is_not_waited_for(settings, cast, monkeypatch):
    monkeypatch.setattr(oidc, "TIMEOUT", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.OIDC = SERVICE | {"issuer": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        client = Client()
        assert begin(client) == "/signin/"
        assert DOWN in said(client)
