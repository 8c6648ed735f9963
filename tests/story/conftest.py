"""The demonstration city behind a real server, and a browser on it."""

import copy
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from playwright.sync_api import Page

Rows = dict[type[Model], list[Model]]


@pytest.fixture(scope="session")
def rows_of_the_city() -> Rows:
    """What ``seed_demo`` has laid in, kept by the first test that needs it: it takes seconds."""
    return {}


def all_rows() -> Rows:
    """All but what Django itself lays into every database, in an order of its own."""
    models = apps.get_models(include_auto_created=True)
    ours = [one for one in models if one._meta.app_label not in {"auth", "contenttypes"}]
    return {model: list(model._base_manager.order_by("pk")) for model in ours}


def lay_in(rows: Rows) -> None:
    """The same rows again; those that every database has are there already."""
    with transaction.atomic():
        for model, kept in rows.items():
            model._base_manager.bulk_create(map(copy.copy, kept), ignore_conflicts=True)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(rows)):
            cursor.execute(statement)


@pytest.fixture
def demo_city(django_db_reset_sequences, settings, live_server, rows_of_the_city):
    """The city as ``seed_demo`` lays it in, rows numbered from 1; the sign-in page shows its people."""
    settings.DEMO = True
    if rows_of_the_city:
        lay_in(rows_of_the_city)
    else:
        call_command("seed_demo", stdout=StringIO())
        rows_of_the_city.update(all_rows())
    return live_server


@pytest.fixture
def demo_page(demo_city, new_context) -> Page:
    """A page on the server, in Japanese; a broken script or a refused style fails the test."""
    page = new_context(base_url=demo_city.url).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield page
    assert problems == []
