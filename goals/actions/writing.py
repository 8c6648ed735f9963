"""What every write to a paper shares: the lock, the version, the draft that is kept."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F

from core import audit, clock
from core.audit import Actor
from core.workflow import Conflict, NotNow, Status
from goals.actions.amendments import keep_up
from goals.models import KeptText, OperatingPolicy

LINKS = ("other_divisions", "sections", "projects", "measures", "sdgs")


def lock(paper: OperatingPolicy) -> OperatingPolicy:
    """The stored paper, locked until the end of the transaction; NotNow unless writable."""
    rows = OperatingPolicy.objects.select_for_update(of=("self",)).select_related("department")
    stored = rows.get(pk=paper.pk)
    check_writable(stored)
    keep_up(stored)
    return stored


def check_writable(paper: OperatingPolicy) -> None:
    """NotNow, with a sentence, unless the department may write now."""
    if not paper.is_writable:
        label = Status(paper.status).label
        raise NotNow(f"この運営方針書は「{label}」のため、いまは書けません。")


def expect(row: Any, version: int) -> None:
    """Let the conditional UPDATE compare with the version that the person saw."""
    row.version = version


def written(by: Actor) -> dict[str, Any]:
    """The columns that say who wrote last."""
    return {"updated_at": clock.now(), "updated_by": by.user}


def touch(paper: OperatingPolicy, by: Actor) -> None:
    """Note on the paper that a part of it was written."""
    OperatingPolicy.objects.filter(pk=paper.pk).update(edits=F("edits") + 1, **written(by))


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@contextmanager
def keeping(
    paper: OperatingPolicy, part: str, label: str, typed: Mapping[str, Any], by: Actor
) -> Iterator[None]:
    """One transaction; on a Conflict what was typed is kept as a KeptText."""
    try:
        with transaction.atomic():
            yield
    except Conflict:
        with transaction.atomic():
            draft = KeptText.objects.create(
                paper=paper,
                part=part,
                label=label[:100],
                content=plain(typed),
                written_by=by.person,
                written_at=clock.now(),
                shared_at=clock.now(),
            )
            audit.record(
                "conflict.keep", by=by, label=draft.label, subject=paper, after=draft.content
            )
        raise
