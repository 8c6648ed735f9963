"""What all tests share: the cast, the clock, the closed network, the browser."""

import datetime as dt
import os
import socket
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from hypothesis import HealthCheck, settings
from playwright.sync_api import expect

from core.permissions import Post
from departments.models import Department, User
from goals.models import OperatingPolicy
from policies.models import Sdg
from tests.factories import (
    AppointmentFactory,
    CycleFactory,
    DepartmentFactory,
    DivisionFactory,
    OperatingPolicyFactory,
    UserFactory,
    policy_with_items,
)

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop running
CHROMIUM = Path("/usr/bin/chromium")
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
expect.set_options(timeout=30_000)  # a page that comes is waited for, however busy the machine


FIRST = (
    *("story/test_every_page.py", "house/test_headers.py", "house/test_clock.py"),
    *("house/test_injection.py", "story/test_manuscript.py", "story/test_story.py"),
    *("house/test_leaks.py", "house/test_killed_workers.py", "house/test_guesses.py"),
    *("story/test_midnight.py", "exchange/test_spring_browser.py", "story/test_year_to_year.py"),
    *("departments/test_session_browser.py", "departments/test_second_factor_browser.py"),
    *("packets/test_hostile_packets.py", "packets/test_pressroom.py", "packets/test_jobs.py"),
)
"""Files that take longest, though they have few tests: begun last, they leave processors idle."""


def pytest_configure(config: pytest.Config) -> None:
    """Several processes take the files in our order, not those with most tests first."""
    config.option.loadscopereorder = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        places = {name: place for place, name in enumerate(FIRST)}
        items.sort(
            key=lambda item: places.get("/".join(item.nodeid.split("::")[0].split("/")[-2:]), 99)
        )


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """Nothing but this machine can be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = str(address[0])  # type: ignore[index]
            assert host.startswith("127.") or host in {"::1", "localhost"}, f"outside: {host}"
        return connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True)
def demo_day(settings: SimpleNamespace) -> None:
    """Every test lives on the day of the demonstration, four days before the move."""
    settings.DEMO_TODAY = dt.date(2023, 3, 28)
    settings.MEDIA_ROOT = Path(settings.VAR) / "test-files"


@pytest.fixture
def tasks_wait(settings: SimpleNamespace) -> None:
    """No worker runs: what is to be pressed or checked stays in the queue. For walks over pages."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


def lay_out_sdgs(**kwargs: object) -> None:
    """The 17 goals that a migration brings, after a test that emptied all tables."""
    names = import_module("policies.migrations.0002_sdgs").NAMES
    rows = [Sdg(number=number, name=name) for number, name in enumerate(names, 1)]
    Sdg.objects.bulk_create(rows, ignore_conflicts=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Tests empty their tables: the audit trail refuses that, and the SDGs must come back.

    The refusal is left out here, and one test puts it back. Emptying tells ``post_migrate``.
    """
    post_migrate.connect(lay_out_sdgs, sender=apps.get_app_config("policies"))
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_no_update")
            cursor.execute("DROP TRIGGER audit_no_delete")
        else:
            cursor.execute("DROP TRIGGER audit_no_change ON core_auditevent")
            cursor.execute("DROP TRIGGER audit_no_truncate ON core_auditevent")


@pytest.fixture
def somu(db: None) -> Department:
    return DepartmentFactory(code="somu", name="総務部", kana="そうむぶ", order=2)


@pytest.fixture
def kenko(db: None) -> Department:
    return DepartmentFactory(code="kenko", name="健康部", kana="けんこうぶ", order=4)


def _holder(post: Post, title: str, **fields: object) -> User:
    user = UserFactory(name=f"{title} 葛󠄀西")
    AppointmentFactory(user=user, post=post, title=title, **fields)
    return user


@pytest.fixture
def cast(somu: Department, kenko: Department) -> SimpleNamespace:
    """One person in each post; 総務部's head moves away on 1 April, as announced on 24 March."""
    cache.clear()
    division = DivisionFactory(department=somu, code="bosai", name="防災安全課")
    return SimpleNamespace(
        head=_holder(Post.HEAD, "総務部長", department=somu),
        chief=_holder(Post.CHIEF, "防災安全課長", department=somu, division=division),
        drafter=_holder(Post.DRAFTER, "総務課担当", department=somu),
        other_head=_holder(Post.HEAD, "健康部長", department=kenko, ended=True),
        incoming_head=_holder(Post.HEAD, "健康部長", department=kenko, incoming=True),
        mayor=_holder(Post.MAYOR, "市長"),
        deputy=_holder(Post.DEPUTY_MAYOR, "副市長"),
        superintendent=_holder(Post.SUPERINTENDENT, "教育長"),
        office=_holder(Post.POLICY_OFFICE, "政策経営課"),
        secretary=_holder(Post.SECRETARY, "秘書課"),
        viewer=_holder(Post.VIEWER, "監査委員"),
        administrator=_holder(Post.ADMINISTRATOR, "情報管理課"),
        nobody=UserFactory(name="職のない 人"),
    )


@pytest.fixture
def paper(somu: Department) -> OperatingPolicy:
    """総務部's empty paper of 2023, with the policy that it answers."""
    CycleFactory()
    policy_with_items()
    return OperatingPolicyFactory(department=somu)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A signed-in client."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium. Where CI=true a missing one fails; elsewhere the test is left out."""
    if not CHROMIUM.exists():
        reason = "Chromium がありません: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    flags = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync")
    flags += ("disable-background-networking", "disable-component-update")
    return {"executable_path": str(CHROMIUM), "args": [f"--{flag}" for flag in flags]}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {
        "locale": "ja-JP",
        "timezone_id": "Asia/Tokyo",
        "viewport": {"width": 1440, "height": 900},
    }
