"""A second factor: set up by its owner, asked for at every sign-in, taken away with care."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.models import AuditEvent
from departments.models import Session
from tests.departments.second_factors import code_of, is_in, last_lines, set_up, sign_in, text

pytestmark = pytest.mark.django_db
HOME, APP = "/account/second-factor/", "/account/second-factor/app/"
CODES, FILE = "/account/second-factor/codes/", "/account/second-factor/codes/file/"
REMOVE, CONFIRM, CODE = "/account/second-factor/remove/", "/account/confirm/", "/signin/code/"
WRONG = "確認コードが違います。"


def codes_in(answer):
    return [code.replace(" ", "") for code in re.findall(r"<li>(\d{4} \d{4})</li>", text(answer))]


# Setting up


def test_app_is_set_up_with_a_picture_and_a_text_and_recovery_codes_follow(cast):
    client, _ = sign_in(cast.head)
    page = text(client.get(APP))
    secret = client.session["mfa.totp.secret"]
    assert "data:image/svg+xml;base64," in page
    shown = re.search(r'class="secret">(.*?)</p>', page)[1]
    assert re.sub(r"</?span>", "", shown) == secret
    answer = client.post(APP, {"code": code_of(secret)})
    assert answer["Location"] == CODES
    assert last_lines() == [("second-factor.set-up", cast.head.username)]
    assert len(codes_in(client.get(CODES))) == 10
    assert "認証アプリ" in text(client.get(HOME))


def test_wrong_first_code_sets_nothing_up_and_keeps_the_picture(cast):
    client, _ = sign_in(cast.head)
    client.get(APP)
    secret = client.session["mfa.totp.secret"]
    page = text(client.post(APP, {"code": "000000"}))
    assert WRONG in page
    assert client.session["mfa.totp.secret"] == secret
    assert Authenticator.objects.count() == 0


def test_full_width_figures_are_read(cast):
    client, _ = sign_in(cast.head)
    client.get(APP)
    code = code_of(client.session["mfa.totp.secret"])
    wide = code.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert client.post(APP, {"code": f" {wide[:3]}　{wide[3:]}"})["Location"] == CODES


def test_secret_is_not_in_the_clear_in_the_database(cast):
    secret = set_up(cast.head)
    stored = [str(row.data) for row in Authenticator.objects.all()]
    assert len(stored) == 2
    assert [row for row in stored if secret in row or secret.lower() in row] == []


def test_another_secret_key_opens_nothing_and_breaks_nothing(cast, settings):
    secret = set_up(cast.head)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 9
    client, _ = sign_in(cast.head)
    assert WRONG in text(client.post(CODE, {"code": code_of(secret)}))
    settings.SECRET_KEY_FALLBACKS = [old]
    client, _ = sign_in(cast.head)
    assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/"


@pytest.mark.parametrize(
    ("host", "is_secure", "is_given"),
    [
        ("testserver", False, False),
        ("127.0.0.1", True, False),
        ("[::1]", True, False),
        ("localhost", False, True),
        ("localhost:8000", False, True),
        ("testserver", True, True),
    ],
)
def test_keys_are_offered_where_browsers_give_them(cast, settings, host, is_secure, is_given):
    settings.ALLOWED_HOSTS = ["*"]
    client, _ = sign_in(cast.head)
    page = text(client.get(HOME, secure=is_secure, HTTP_HOST=host))
    told = ("セキュリティキーを加える" in page, "この接続では使えません。" in page)
    assert told == (is_given, not is_given)
    answer = client.get("/account/second-factor/key/", secure=is_secure, HTTP_HOST=host)
    assert answer.status_code == (200 if is_given else 409)


# Signing in


def test_password_alone_signs_nobody_in_who_has_a_second_factor(cast):
    set_up(cast.head)
    before = AuditEvent.objects.filter(verb="sign-in").count()
    client, answer = sign_in(cast.head, where="/policies/2023/")
    assert answer["Location"] == CODE
    assert not is_in(client)
    assert client.get("/account/sessions/")["Location"].startswith("/signin/")
    assert client.get("/signin/")["Location"] == CODE
    assert AuditEvent.objects.filter(verb="sign-in").count() == before


def test_code_signs_in_and_leads_where_one_wanted_to_go(cast):
    secret = set_up(cast.head)
    client, _ = sign_in(cast.head, where="/account/sessions/")
    page = text(client.get(CODE))
    assert "本人の確認" in page
    answer = client.post(CODE, {"code": code_of(secret)})
    assert answer["Location"] == "/account/sessions/"
    assert is_in(client)
    assert last_lines() == [("sign-in", cast.head.username)]
    assert Session.objects.filter(user=cast.head).count() == 2  # here, and where it was set up


def test_same_code_counts_once_for_all_its_life(cast):
    secret = set_up(cast.head)
    begun = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
    with time_machine.travel(begun, tick=False) as clock:
        code = code_of(secret)
        first, _ = sign_in(cast.head)
        assert first.post(CODE, {"code": code})["Location"] == "/"
        for seconds in (1, 31, 58):
            clock.move_to(begun + dt.timedelta(seconds=seconds))
            again, _ = sign_in(cast.head)
            assert WRONG in text(again.post(CODE, {"code": code}))


def test_wrong_code_leaves_a_line_and_is_told_at_the_next_sign_in(cast):
    secret = set_up(cast.head)
    client, _ = sign_in(cast.head)
    assert WRONG in text(client.post(CODE, {"code": "000000"}))
    assert not is_in(client)
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.label) == ("second-factor.failed", None, cast.head.name)
    client.post(CODE, {"code": code_of(secret)})
    assert "ログインに失敗した操作が1回あります。" in text(client.get("/account/sessions/"))


def test_after_five_wrong_codes_the_right_one_is_not_looked_at(cast):
    secret = set_up(cast.head)
    client, _ = sign_in(cast.head)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    answer = text(client.post(CODE, {"code": code_of(secret)}))
    assert "10分たってから、もう一度試してください。" in answer
    other, _ = sign_in(cast.head, address="10.9.9.9")
    other.post(CODE, {"code": code_of(secret, steps=1)})
    assert not is_in(other)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        client, _ = sign_in(cast.head)
        assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/"


def test_recovery_code_signs_in_once_and_leaves_a_line(cast):
    set_up(cast.head)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client, _ = sign_in(cast.head)
    assert client.post(CODE, {"code": f"{codes[3][:4]} {codes[3][4:]}"})["Location"] == "/"
    assert last_lines(2) == [
        ("sign-in", cast.head.username),
        ("second-factor.recover", cast.head.username),
    ]
    assert AuditEvent.objects.get(verb="second-factor.recover").after == {"left": 9}
    again, _ = sign_in(cast.head)
    assert WRONG in text(again.post(CODE, {"code": codes[3]}))


def test_code_page_without_a_password_before_it_leads_to_the_beginning(cast):
    client = Client()
    for answer in (client.get(CODE), client.post(CODE, {"code": "123456"})):
        assert answer["Location"] == "/signin/"
    assert "もう一度入力してください。" in text(client.get("/signin/"))


@pytest.mark.parametrize("change", ["password", "closed", "reset", "late"])
def test_what_changes_between_password_and_code_ends_the_sign_in(cast, change):
    secret = set_up(cast.head)
    client, _ = sign_in(cast.head)
    user = cast.head
    code = code_of(secret)
    later = dt.timedelta()
    if change == "password":
        user.set_password("春の公園で静かに本を読む人")
    elif change == "closed":
        user.is_active = False
    elif change == "reset":
        Authenticator.objects.all().delete()
    else:
        later = dt.timedelta(minutes=16)
    user.save()
    with time_machine.travel(timezone.now() + later):
        code = code_of(secret) if later else code
        assert client.post(CODE, {"code": code})["Location"] == "/signin/"
    assert not is_in(client)
    assert client.get("/signin/").status_code == 200


def test_one_can_go_back_to_the_staff_number(cast):
    set_up(cast.head)
    client, _ = sign_in(cast.head)
    assert client.post(CODE, {"again": "1"})["Location"] == "/signin/"
    assert client.get("/signin/").status_code == 200


def test_broken_answers_of_a_key_are_refused_in_words(cast):
    set_up(cast.head)
    client, _ = sign_in(cast.head)
    for sent in ("", "x", "{}", "[]", "null", '{"id": 1}', '{"rawId": "AA", "response": {}}'):
        page = text(client.post(CODE, {"credential": sent}))
        assert "本人の確認" in page
        cache.clear()
    assert not is_in(client)


# Taking away and renewing


def test_owner_takes_it_away_after_being_asked(cast):
    set_up(cast.head)
    client, _ = sign_in(cast.head)
    client.post(CODE, {"code": code_of_stored(cast.head)})
    factor = Authenticator.objects.get(type="totp")
    page = text(client.get(f"{REMOVE}?factor={factor.pk}"))
    assert "認証アプリを外しますか" in page
    assert client.post(REMOVE, {"factor": factor.pk})["Location"] == HOME
    assert Authenticator.objects.count() == 0
    assert last_lines() == [("second-factor.remove", cast.head.username)]
    _, answer = sign_in(cast.head)
    assert answer["Location"] == "/"


def code_of_stored(user):
    return code_of(decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"]))


def test_nobody_takes_away_what_is_somebody_elses(cast):
    set_up(cast.office)
    foreign = Authenticator.objects.get(type="totp")
    client, _ = sign_in(cast.head)
    for asked in (foreign.pk, 0, "x", "9" * 30, "²"):
        assert client.post(REMOVE, {"factor": asked})["Location"] == HOME
        assert client.get(f"{REMOVE}?factor={asked}")["Location"] == HOME
    assert Authenticator.objects.filter(pk=foreign.pk).exists()


def test_recovery_codes_are_renewed_and_taken_away_as_text(cast):
    set_up(cast.head)
    client, _ = sign_in(cast.head)
    client.post(CODE, {"code": code_of_stored(cast.head)})
    before = codes_in(client.get(CODES))
    saved = client.get(FILE)
    assert saved["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert saved.content.decode("utf-8-sig").splitlines()[2:] == before
    client.post(CODES)
    after = codes_in(client.get(CODES))
    assert (len(after), set(after) & set(before)) == (10, set())
    assert AuditEvent.objects.latest("pk").after == {"kind": "予備コード"}


def test_without_a_second_factor_there_are_no_codes(cast):
    client, _ = sign_in(cast.head)
    assert client.get(CODES)["Location"] == HOME
    assert client.get(FILE)["Location"] == HOME
    client.post(CODES)
    assert Authenticator.objects.count() == 0


def test_new_phone_takes_the_place_of_the_old_one(cast):
    old = set_up(cast.head)
    client, _ = sign_in(cast.head)
    client.post(CODE, {"code": code_of(old)})
    new = set_up(cast.head, client)
    assert Authenticator.objects.filter(type="totp").count() == 1
    late, _ = sign_in(cast.head)
    assert WRONG in text(late.post(CODE, {"code": code_of(old, steps=1)}))
    assert late.post(CODE, {"code": code_of(new, steps=1)})["Location"] == "/"


# The password once more


@pytest.mark.parametrize("where", [APP, "/account/second-factor/key/", REMOVE, CODES, FILE])
def test_serious_pages_ask_for_the_password_once_more_after_a_while(cast, where):
    client, _ = sign_in(cast.head)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        answer = client.get(where)
        assert answer["Location"] == f"{CONFIRM}?next={where}"
        wrong = client.post(CONFIRM, {"password": "違うパスワード", "next": where})
        assert "パスワードが違います。" in text(wrong)
        assert client.post(where, {"code": "000000"})["Location"].startswith(CONFIRM)
        right = client.post(CONFIRM, {"password": "正しい長いパスワード", "next": where})
        assert right["Location"] == where
        assert client.get(where).get("Location", "") != answer["Location"]


@pytest.mark.parametrize("where", ["//evil.example/", "https://evil.example/", "javascript:1", ""])
def test_nobody_is_led_elsewhere(cast, where):
    client, _ = sign_in(cast.head)
    answer = client.post(CONFIRM, {"password": "正しい長いパスワード", "next": where})
    assert answer["Location"] == HOME
