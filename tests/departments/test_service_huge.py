"""Answers of a sign-in service that are far too long, never end, or hold what no number holds."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from django.test import Client

from core.models import AuditEvent
from departments import oidc
from tests.departments.providers import (
    DOWN,
    SERVICE,
    UNKNOWN,
    WRONG,
    answer_of,
    begin,
    is_in,
    said,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["９５０１", "9501\0", "\ud800", "9" * 5000])
def test_number_that_nobody_can_have_is_unknown(hostile, number):
    client = answer_of(hostile, preferred_username=number)
    assert (is_in(client), UNKNOWN in said(client)) == (False, True)
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.label.isprintable()) == ("sign-in.failed", True)


def test_answer_to_another_question_may_hold_any_character(hostile):
    client = answer_of(hostile, nonce="\ud800")
    assert (is_in(client), WRONG in said(client)) == (False, True)


def test_answer_far_too_long_is_not_read(hostile, monkeypatch):
    monkeypatch.setattr(oidc, "LONGEST", 10_000)
    config = hostile.answers["/.well-known/openid-configuration"]
    config["scopes_supported"] = ["x"] * 10_000
    client = Client()
    assert begin(client) == "/signin/"
    assert WRONG in said(client)


@contextmanager
def dripping():
    """A provider that sends a byte now and then and never ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        is_over = threading.Event()

        def drip():
            connection, _ = server.accept()
            with connection, suppress(ConnectionError):  # nobody listens any more
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                while not is_over.wait(0.05):
                    connection.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            is_over.set()
            thread.join()


def test_answer_that_never_ends_is_not_waited_for(settings, cast, monkeypatch):
    monkeypatch.setattr(oidc, "PATIENCE", 0.3)
    with dripping() as issuer:
        settings.OIDC = SERVICE | {"issuer": issuer}
        client, since = Client(), time.monotonic()
        assert begin(client) == "/signin/"
        assert time.monotonic() - since < 60
        assert DOWN in said(client)
