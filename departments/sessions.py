"""Sessions that end: left alone for ``SESSION_IDLE``, and ``SESSION_LONGEST`` after the sign-in."""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from core import clock

if TYPE_CHECKING:
    from departments.models import Session, User

STEPS = 30
"""So often at most a session notes in one idle span that it is used: not every page writes."""
KEPT = ("machine", "address", "started_at", "used_at", "ends_at", "previous_at", "failures")


class SessionStore(DatabaseStore):
    """The database as Django uses it, with whose session it is, where, and since when.

    ``row`` is the session as loaded; ``owner_id`` whose it was, though it may have ended.
    """

    if TYPE_CHECKING:
        model: type[Session]

    row: "Session | None" = None
    owner_id: int | None = None
    is_over = False

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        from departments.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        row = self.model.objects.filter(session_key=self.session_key).first()
        self.owner_id = row.user_id if row else None
        self.is_over = row is not None and row.expire_date <= timezone.now()
        if row is None or self.is_over:
            self._session_key = None
            return {}
        self.row = row
        return self.decode(row.session_data)

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        row = cast("Session", super().create_model_instance(data))
        for name in KEPT if self.row else ():
            setattr(row, name, getattr(self.row, name))
        now = timezone.now()
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if row.user_id and row.started_at is None:
            row.started_at = row.used_at = clock.now()
            row.ends_at = now + settings.SESSION_LONGEST
        alone = now + settings.SESSION_IDLE
        row.expire_date = min(alone, row.ends_at or alone)
        self.row = row
        return row

    def is_empty(self) -> bool:
        """Whether the cookie may go; that of a session over tells whose a late form is."""
        return super().is_empty() and not self.is_over

    def flush(self) -> None:
        super().flush()
        self.row, self.is_over = None, False

    def arrive(self, user: "User", *, machine: str, address: str) -> None:
        """Note who has just signed in from where, and what happened since the last time."""
        row = self.create_model_instance(self._get_session())  # type: ignore[attr-defined]
        row.machine, row.address = machine, address
        row.previous_at, row.failures = user.last_login, user.failed_sign_ins
        self.modified = True

    def touch(self, *, machine: str, address: str) -> None:
        """Note that the session is used, which moves its idle end but never the other."""
        row, now = self.row, timezone.now()
        if row is None or row.ends_at is None:
            return
        until = min(now + settings.SESSION_IDLE, row.ends_at)
        if until - row.expire_date < settings.SESSION_IDLE / STEPS:
            return
        row.machine, row.address = machine, address
        row.used_at, row.expire_date = clock.now(), until
        self.model.objects.filter(pk=row.pk, expire_date__gt=now).update(
            machine=machine, address=address, used_at=row.used_at, expire_date=until
        )

    def seconds_left(self) -> tuple[int, int]:
        """Until the session ends if nothing happens, and until it ends whatever happens."""
        row, now = self.row, timezone.now()
        if row is None or row.ends_at is None:
            return 0, 0
        ends = (row.expire_date - now, row.ends_at - now)
        idle, longest = (max(0, int(left.total_seconds())) for left in ends)
        return idle, longest
