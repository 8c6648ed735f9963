"""The audit trail: chained, and closed to changes."""

from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from core import audit
from core.audit import Actor
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
tables = import_module("core.migrations.0002_tables_of_the_machine")


@pytest.fixture
def lines(cast):
    by = Actor(user=cast.head, standing_in_for_id=cast.other_head.pk, address="10.1.2.3")
    return [
        audit.record("paper.submit", by=by, label=f"{n}行目", after={"本文": "髙澤"})
        for n in range(5)
    ]


def test_untouched_trail_is_whole(lines):
    assert audit.first_broken_line() is None


def test_line_names_the_person_the_absent_one_and_the_address(lines, cast):
    line = AuditEvent.objects.select_related("actor", "standing_in_for").get(pk=lines[0].pk)
    assert (line.actor, line.standing_in_for, line.address) == (
        cast.head,
        cast.other_head,
        "10.1.2.3",
    )
    assert line.after == {"本文": "髙澤"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE core_auditevent SET label='別の話' WHERE id=%s",
        "UPDATE core_auditevent SET actor_id=NULL WHERE id=%s",
        "DELETE FROM core_auditevent WHERE id=%s",
    ],
)
def test_changed_or_removed_line_shows(lines, change, capsys):
    with connection.cursor() as cursor:
        cursor.execute(change, [lines[2].pk])
    found = lines[3].pk if change.startswith("DELETE") else lines[2].pk
    assert audit.first_broken_line() == found
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert "途切れています" in capsys.readouterr().err


def test_cut_end_shows(lines):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditevent WHERE id=%s", [lines[-1].pk])
    assert audit.first_broken_line() == 0


@pytest.fixture
def refusing(db):
    """The triggers of the migration, which the test database otherwise does without."""
    with connection.cursor() as cursor:
        statements = tables.SQLITE if connection.vendor == "sqlite" else tables.POSTGRESQL_TRIGGERS
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize(
    "verb", ["UPDATE core_auditevent SET label='x'", "DELETE FROM core_auditevent"]
)
def test_database_itself_refuses_to_change_lines(lines, refusing, verb):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)
    assert AuditEvent.objects.count() == 5


def test_postgresql_refuses_to_empty_the_trail(lines, refusing):
    """SQLite has no TRUNCATE: there emptying is deleting, which is refused above."""
    verb = "DELETE FROM core_auditevent"
    if connection.vendor != "sqlite":
        verb = "TRUNCATE core_auditevent CASCADE"
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)
    assert AuditEvent.objects.count() == 5


def test_product_itself_refuses_to_change_lines(lines):
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(label="x")


def test_failed_change_leaves_no_line(cast):
    @transaction.atomic
    def fail() -> None:
        audit.record("paper.submit", by=Actor(user=cast.head), label="消える")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not AuditEvent.objects.exists()
