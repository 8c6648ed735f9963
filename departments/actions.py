"""Ending sessions and setting first passwords. Each leaves one line."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from core import audit, clock
from core.audit import Actor
from departments.models import Session, User


@transaction.atomic
def end_session(*, session: Session, by: Actor) -> None:
    """Sign one machine of a person out."""
    session.delete()
    audit.record(
        "session.end",
        by=by,
        label=by.person.name,
        subject=by.person,
        after={"machine": session.machine, "address": session.address},
    )


@transaction.atomic
def end_other_sessions(*, user: User, kept: str, by: Actor) -> int:
    """Sign all machines of ``user`` out but the one whose session key is ``kept``; how many."""
    number = drop_sessions(user, kept=kept)
    if number:
        audit.record("session.end", by=by, label=user.name, subject=user, after={"number": number})
    return number


def drop_sessions(user: User, *, kept: str | None = None) -> int:
    """End the sessions of ``user`` within the change that asks for it; how many were open."""
    rows = Session.objects.filter(user=user).exclude(session_key=kept)
    number = rows.open().count()
    rows.delete()
    return number


def drop_sessions_of_closed(people: Iterable[User]) -> None:
    """End the sessions of those among ``people`` whose accounts are closed."""
    closed = [user.pk for user in people if not user.is_active]
    if closed:
        Session.objects.filter(user__in=closed).delete()


def give_first_password(user: User, password: str) -> None:
    """A password to be changed in time; the caller saves the person, tells the trail, and ends
    the sessions."""
    user.set_password(password)
    user.first_password_until = clock.now() + settings.FIRST_PASSWORD_LIFE
