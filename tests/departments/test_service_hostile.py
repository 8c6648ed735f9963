"""What a sign-in service answers is believed only when it is right in all its parts."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from departments.apps import check_service
from tests.departments.providers import (
    BACK,
    DOWN,
    SERVICE,
    WRONG,
    answer_of,
    asked_of,
    begin,
    hostile_provider,
    is_in,
    said,
)

pytestmark = pytest.mark.django_db


# A hostile answer


def test_right_answer_of_that_provider_would_be_accepted(hostile):
    assert is_in(answer_of(hostile))


@pytest.mark.parametrize(
    "changed",
    [
        {"algorithm": "none"},
        {"algorithm": "HS256", "key": "the public key as a password, of 32 bytes"},
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"aud": ["policy", "other"]},
        {"aud": ["policy", "other"], "azp": "other"},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"nonce": None},
        {"nonce": "x"},
        {"sub": None},
    ],
    ids=str,
)
def test_forged_token_signs_nobody_in(hostile, changed):
    client = answer_of(hostile, **changed)
    assert (is_in(client), WRONG in said(client)) == (False, True)


def test_token_signed_by_somebody_else_signs_nobody_in(hostile):
    with hostile_provider() as other:
        client = answer_of(hostile, key=other.key)
    assert (is_in(client), WRONG in said(client)) == (False, True)


@pytest.mark.parametrize(
    "place", ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"]
)
def test_only_the_issuer_itself_is_asked(hostile, place):
    hostile.answers["/.well-known/openid-configuration"][place] = "http://127.0.0.1:9/x"
    client = Client()
    assert begin(client) == "/signin/"
    assert WRONG in said(client)
    assert hostile.asked == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (302, WRONG),
        (500, DOWN),
        (404, WRONG),
        ("<html>", WRONG),
        ({"keys": [1], "id_token": [1]}, WRONG),
        ([], WRONG),
    ],
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_broken_answers_are_told_in_words_and_followed_nowhere(hostile, path, answer, sentence):
    client = Client()
    if path.startswith("/.well-known"):
        hostile.answers[path] = answer
        begin(client)
    else:
        asked = asked_of(begin(client))
        hostile.says(asked["nonce"])
        hostile.answers[path] = answer
        client.get(BACK, {"state": asked["state"], "code": "c"})
    assert (is_in(client), sentence in said(client)) == (False, True)
    assert "/elsewhere" not in hostile.asked


# The setting


@pytest.mark.parametrize(
    "wrong", [{"issuer": "http://idp.example"}, {"issuer": "idp.example"}, {"client_id": ""}]
)
def test_setting_that_cannot_be_safe_does_not_start(wrong):
    with pytest.raises(ImproperlyConfigured, match="OIDC_"):
        check_service(SERVICE | {"issuer": "https://idp.example"} | wrong)


def test_right_settings_start():
    for issuer in ("", "https://idp.example", "http://127.0.0.1:9400", "http://localhost:9400"):
        check_service(SERVICE | {"issuer": issuer})
