"""Sessions, first passwords and second factors. Each leaves one line."""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.db import transaction
from django.db.models import F

from core import audit, clock
from core.audit import Actor
from departments import factors
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


# Second factors


@transaction.atomic
def set_up_app(*, secret: str, by: Actor) -> None:
    """The app that knows ``secret`` (base32) is the person's from now on, instead of any other."""
    user = _held_fast(by.person)
    Authenticator.objects.filter(user=user, type=factors.APP).delete()
    _set_up(TOTP.activate(user, secret).instance, by=by)


@transaction.atomic
def add_key(*, name: str, credential: Mapping[str, Any], by: Actor) -> None:
    """One more security key, by what the browser said when it was made."""
    user = _held_fast(by.person)
    _set_up(WebAuthn.add(user, name, dict(credential)).instance, by=by)


@transaction.atomic
def remove_factor(*, factor: Authenticator, by: Actor) -> None:
    """Take an app or a key away; with the last one go the recovery codes. Raises NotNow."""
    user = _held_fast(by.person)
    factors.check_removable(factor)
    words = factors.name_of(factor)
    factor.delete()
    if not factors.factors_of(user).exists():
        Authenticator.objects.filter(user=user).delete()
    audit.record(
        "second-factor.remove", by=by, label=user.name, subject=user, after={"kind": words}
    )


@transaction.atomic
def renew_codes(*, by: Actor) -> None:
    """Ten new recovery codes instead of those of before."""
    user = _held_fast(by.person)
    Authenticator.objects.filter(user=user, type=factors.CODES).delete()
    _set_up(RecoveryCodes.activate(user).instance, by=by)


@transaction.atomic
def reset_second_factor(user: User, *, by: Actor) -> None:
    """Take all of them away from somebody who lost them, and sign that person out everywhere."""
    words = [factors.name_of(factor) for factor in factors.factors_of(user)]
    Authenticator.objects.filter(user=user).delete()
    drop_sessions(user)
    audit.record(
        "second-factor.reset", by=by, label=user.name, subject=user, before={"kind": words}
    )


@transaction.atomic
def tell_of_wrong_code(user: User, *, by: Actor) -> None:
    """The password was right and the code was not; the person is told at the next sign-in."""
    User.objects.filter(pk=user.pk).update(failed_sign_ins=F("failed_sign_ins") + 1)
    audit.record("second-factor.failed", by=by, label=user.name, subject=user)


def _held_fast(user: User) -> User:
    """The person, whose second factors nobody else changes meanwhile."""
    return User.objects.select_for_update().get(pk=user.pk)


def _set_up(factor: Authenticator, *, by: Actor) -> None:
    """A line of what was set up; recovery codes come with the first factor."""
    user = factor.user
    Authenticator.objects.filter(pk=factor.pk).update(created_at=clock.now())
    if not Authenticator.objects.filter(user=user, type=factors.CODES).exists():
        RecoveryCodes.activate(user)
    kind = {"kind": factors.name_of(factor)}
    audit.record("second-factor.set-up", by=by, label=user.name, subject=user, after=kind)
