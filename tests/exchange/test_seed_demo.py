"""Laying the demo city in: always the same, whole or not at all, never into a city in use."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from departments.models import Department, User
from exchange.seed import build_demo_city
from tests.factories import DepartmentFactory

ROOMS = ("departments", "policies", "goals", "interviews", "core")


class Undone(Exception):
    """Leaves the database as it was."""


def _models() -> list:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def _start_numbers_again() -> None:
    """As in a database in which nothing has been before."""
    tables = {model._meta.db_table for model in _models() if not model._default_manager.exists()}
    tables |= {
        field.m2m_db_table() for model in _models() for field in model._meta.local_many_to_many
    }
    numbers = [row for row in connection.introspection.sequence_list() if row["table"] in tables]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_by_name_sql(no_style(), numbers):
            cursor.execute(statement)


def _dump_of_a_new_city() -> str:
    try:
        with transaction.atomic():
            _start_numbers_again()
            build_demo_city()
            rows = [row for model in _models() for row in model._default_manager.order_by("pk")]
            dump = serializers.serialize("json", rows, indent=1)
            raise Undone
    except Undone:
        return dump


def test_two_empty_databases_get_the_same_city_on_whatever_day(db: None, settings) -> None:
    first = _dump_of_a_new_city()
    settings.DEMO_TODAY = dt.date(2031, 12, 29)

    assert not User.objects.exists()
    assert first == _dump_of_a_new_city()
    assert len(json.loads(first)) > 1500


def test_a_database_in_use_is_refused_in_one_sentence(db: None) -> None:
    DepartmentFactory()
    told = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("seed_demo", stderr=told)

    assert ended.value.code == 2
    assert told.getvalue() == (
        "データベースに既に登録があるため、デモの市は入れませんでした。"
        "空のデータベースで実行してください。\n"
    )
    assert Department.objects.count() == 1
    assert User.objects.count() == 0


def test_if_empty_leaves_a_database_in_use_alone_without_a_word(db: None) -> None:
    DepartmentFactory()
    told, warned = StringIO(), StringIO()

    call_command("seed_demo", if_empty=True, stdout=told, stderr=warned)

    assert (told.getvalue(), warned.getvalue()) == ("", "")
    assert User.objects.count() == 0


def test_if_empty_fills_an_empty_database(db: None) -> None:
    call_command("seed_demo", if_empty=True, stdout=StringIO())

    assert Department.objects.count() == 15


def test_a_city_that_cannot_be_finished_leaves_nothing(db: None, monkeypatch) -> None:
    def no_papers(year: int) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr("exchange.seed.papers.lay_papers", no_papers)

    with pytest.raises(RuntimeError):
        build_demo_city()

    assert [
        model for model in _models() if model.__name__ != "Sdg" and model.objects.exists()
    ] == []
