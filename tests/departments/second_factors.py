"""A phone with an app, for tests."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from core.models import AuditEvent
from tests.factories import PASSWORD


def sign_in(user, password=PASSWORD, *, where="", address="10.0.0.1", **more):
    """Staff number and password: the client and the answer."""
    client = Client(REMOTE_ADDR=address)
    typed = {"login": user.username, "password": password, "next": where, **more}
    return client, client.post("/signin/", typed)


def code_of(secret, *, steps=0):
    """What an app shows that knows ``secret``: now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up(user, client=None):
    """Give ``user`` an app; its secret. That the first code is used up is forgotten."""
    client = client or sign_in(user)[0]
    client.get("/account/second-factor/app/")
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/account/second-factor/app/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    cache.clear()
    return secret


def last_lines(number=1):
    """The newest lines of the audit trail: what was done, and whose number did it."""
    rows = AuditEvent.objects.order_by("-pk")[:number]
    return [(row.verb, row.actor and row.actor.username) for row in rows]


def is_in(client):
    return "_auth_user_id" in client.session


def text(answer):
    return answer.content.decode()
