"""Argon2 keeps the passwords, and no answer takes longer because a number is known."""

import subprocess
import sys

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.models import User
from tests.factories import PASSWORD, UserFactory
from tests.world import lasting

pytestmark = pytest.mark.django_db
WRONG = "違うパスワード"


class CountingHasher(MD5PasswordHasher):
    """MD5 that tells how often it worked."""

    algorithm = "counting"
    calls: list[str] = []

    def encode(self, password, salt):
        self.calls.append(password)
        return super().encode(password, salt)


@pytest.fixture
def counted(settings):
    """How often a password is hashed for one attempt to sign in, and what else it costs."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]

    def attempt(login, password=WRONG):
        cache.clear()
        CountingHasher.calls.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = Client().post("/signin/", {"login": login, "password": password})
        page = lasting(answer.content.replace(login.encode(), b""))
        writes = sum(query["sql"].startswith(("INSERT", "UPDATE")) for query in queries)
        return len(CountingHasher.calls), answer.status_code, writes, page

    return attempt


def test_unknown_number_costs_what_a_wrong_password_costs(cast, counted):
    known = UserFactory(username="700001")
    known.set_password(PASSWORD)
    known.save()
    closed = UserFactory(username="700002", is_active=False, password=known.password)
    User.objects.filter(pk=closed.pk).update(password=known.password)
    fresh = UserFactory(username="700003")
    fresh.set_unusable_password()
    fresh.save()
    counted("700001")  # lays the first line of the trail
    wrong = counted("700001")
    assert wrong[0] == 1
    assert counted("700009") == wrong
    assert counted("700002") == wrong
    assert counted("700003") == wrong


def test_locked_person_costs_nothing_known_or_not(cast, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    calls = []
    for login in (cast.head.username, "700009"):
        cache.clear()
        for _ in range(6):
            CountingHasher.calls.clear()
            Client().post("/signin/", {"login": login, "password": WRONG})
        calls.append(len(CountingHasher.calls))
    assert calls == [0, 0]


def test_passwords_are_kept_with_argon2():
    """In the settings as they are outside the tests."""
    code = "import django; django.setup(); from django.contrib.auth.hashers import make_password"
    code += "; print(make_password('x').split('$')[0])"
    environment = {"DJANGO_SETTINGS_MODULE": "kokubunji_policy.settings", "SECRET_KEY": "x"}
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "argon2"


def test_closed_account_cannot_be_deleted(cast, client_of):
    user = UserFactory(is_active=False)
    where = f"/admin/departments/user/{user.pk}/delete/"
    assert client_of(cast.administrator).post(where, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()
