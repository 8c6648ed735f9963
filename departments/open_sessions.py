"""Where a person is signed in."""

from dataclasses import dataclass

from departments.models import Session, User


@dataclass(frozen=True)
class OpenSession:
    """A machine on which somebody is signed in; ``is_here``: the one that asks."""

    session: Session
    is_here: bool


def sessions_of(user: User, here: str | None) -> list[OpenSession]:
    """Where ``user`` is signed in: this machine first, then the one used last."""
    rows = Session.objects.filter(user=user).open().order_by("-used_at", "session_key")
    found = [OpenSession(row, row.session_key == here) for row in rows]
    return sorted(found, key=lambda row: not row.is_here)
