"""Writing and checking the audit trail."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model

from core import clock
from core.models import AuditEvent, AuditHead

if TYPE_CHECKING:
    from departments.models import User

START = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who acts: the person, for whom (代理), and from which address. No person: the system."""

    user: "User | None" = None
    standing_in_for_id: int | None = None
    address: str = ""

    @property
    def person(self) -> "User":
        """The user, where the row that is written must name one."""
        if self.user is None:
            raise ValueError("the system signs no papers")
        return self.user


SYSTEM = Actor()


def subject_of(row: Model) -> str:
    """The name under which the history of ``row`` is kept: ``goals.operatingpolicy/12``."""
    return f"{row._meta.label_lower}/{row.pk}"


def changes(row: Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What setting ``values`` on the stored ``row`` changes: before and after."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    return {name: getattr(row, name) for name in changed}, changed


@transaction.atomic
def record(
    verb: str,
    *,
    by: Actor,
    label: str,
    subject: Model | str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add one line, in the transaction of the change that it tells of (call it last there).

    ``verb`` is ``paper.submit`` and the like; ``subject`` the record in whose history it shows.
    """
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    event = AuditEvent(
        at=clock.now(),
        verb=verb,
        actor=by.user,
        standing_in_for_id=by.standing_in_for_id,
        address=by.address[:45],
        subject=subject if isinstance(subject, str) else subject_of(subject),
        label=label[:200],
        before=_plain(before),
        after=_plain(after),
    )
    event.digest = digest_of(head.digest, event)
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(digest=event.digest)
    return event


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """``values`` as JSON gives them back, so that the digest is the same when read again."""
    plain: dict[str, Any] = json.loads(json.dumps(values or {}, cls=DjangoJSONEncoder, default=str))
    return plain


def digest_of(previous: str, event: AuditEvent) -> str:
    """SHA-256 (hexadecimal) of the previous digest and all that the line says."""
    line = [
        event.at.timestamp(),
        event.verb,
        event.actor_id,
        event.standing_in_for_id,
        event.address,
        event.subject,
        event.label,
        event.before,
        event.after,
    ]
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


def first_broken_line() -> int | None:
    """The number of the first line that does not fit the chain; 0 for a cut end; None: whole."""
    previous = START
    for event in AuditEvent.objects.order_by("pk").iterator():
        if event.digest != digest_of(previous, event):
            return event.pk
        previous = event.digest
    head = AuditHead.objects.filter(pk=1).values_list("digest", flat=True).first() or START
    return None if head == previous else 0
