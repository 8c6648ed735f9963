"""Texts that arrived after their writer's post had ended: kept, handed to the successor, dropped.

Nobody but the writer knows of one before it is handed over, so the audit trail tells no word of
it and the history of the paper nothing at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core import audit, clock
from core.audit import Actor
from core.workflow import NotNow
from goals.actions.writing import plain
from goals.models import KeptText, OperatingPolicy

GONE = "この文は、もう預かっていません。"


@dataclass(frozen=True)
class Refusal:
    """What was tried, and why not."""

    address: str
    sentence: str


@transaction.atomic
def refuse(*, refusal: Refusal, part: str, by: Actor) -> None:
    """Leave a line of a refused attempt; ``part``: what was kept of it."""
    after = {"sentence": refusal.sentence, **({"part": part} if part else {})}
    audit.record("refused", by=by, label=refusal.address, after=after)


@transaction.atomic
def keep(
    *,
    paper: OperatingPolicy,
    part: str,
    label: str,
    content: Mapping[str, Any],
    typed: Mapping[str, list[str]],
    refusal: Refusal,
    by: Actor,
) -> KeptText:
    """Keep what was typed, in place of what the same person typed there before."""
    values = {"label": label[:100], "content": plain(content), "typed": dict(typed)}
    kept, is_new = KeptText.objects.select_for_update(of=("self",)).get_or_create(
        paper=paper,
        part=part,
        written_by=by.person,
        reason=KeptText.Reason.LATE,
        shared_at=None,
        defaults={**values, "written_at": clock.now()},
    )
    if is_new or any(getattr(kept, name) != value for name, value in values.items()):
        KeptText.objects.filter(pk=kept.pk).update(**values, written_at=clock.now())
        kept.refresh_from_db()
    refuse(refusal=refusal, part=part, by=by)
    return kept


@transaction.atomic
def share(*, kept: KeptText, by: Actor) -> None:
    """後任へ渡す: from now on the department reads it. NotNow where that is done already."""
    if not _own(kept, by).update(shared_at=clock.now()):
        raise NotNow(GONE)
    audit.record(
        "late.share", by=by, label=kept.label, subject=kept.paper, after=plain(kept.content)
    )


@transaction.atomic
def discard(*, kept: KeptText, by: Actor) -> None:
    """捨てる: as if it had never been typed. NotNow where it is handed over."""
    dropped, _ = _own(kept, by).delete()
    if not dropped:
        raise NotNow(GONE)
    audit.record("late.discard", by=by, label=str(kept.paper), subject=kept)


def _own(kept: KeptText, by: Actor) -> Any:
    late = KeptText.objects.filter(reason=KeptText.Reason.LATE, shared_at__isnull=True)
    return late.filter(pk=kept.pk, written_by=by.person)
