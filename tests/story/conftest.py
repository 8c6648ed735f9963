"""The demonstration city behind a real server, and a browser on it."""

import pytest
from django.core.management import call_command
from playwright.sync_api import Page


@pytest.fixture
def demo_city(django_db_reset_sequences, settings, live_server):
    """The city as ``seed_demo`` lays it in, rows numbered from 1; the sign-in page shows its people."""
    settings.DEMO = True
    call_command("seed_demo", verbosity=0)
    return live_server


@pytest.fixture
def demo_page(demo_city, new_context) -> Page:
    """A page on the server, in Japanese; a broken script or a refused style fails the test."""
    page = new_context(base_url=demo_city.url).new_page()
    page.set_default_timeout(15_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield page
    assert problems == []
