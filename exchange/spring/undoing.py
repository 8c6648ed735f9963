"""Whether an import can be taken back: only while nothing has been built on it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.utils import timezone

from core.models import AuditEvent
from core.permissions import DEPARTMENT_POSTS
from exchange.spring.plans import ENDED, NEW
from exchange.spring.sheets import BY_KEY, SHEETS, WITH_SUCCESSORS
from exchange.spring.writing import Change, current, is_as_left

MOST = 50
Rows = dict[tuple[str, int], Any]


def obstacles(changes: list[Change], event: int) -> tuple[list[str], Rows]:
    """What stands on the import, as sentences; and the rows as they are stored now."""
    rows = current(changes)
    found = [*_altered(changes, rows), *_acted(changes, event), *_used(changes)]
    return found[:MOST], rows


def _altered(changes: list[Change], rows: Rows) -> Iterator[str]:
    for change in changes:
        row = rows.get((change["table"], change["pk"]))
        title = BY_KEY[change["table"]].title
        if row is None:
            yield f"{title}「{change['label']}」は、取り込んだ後に削除されました。"
        elif not is_as_left(change, row):
            yield f"{title}「{change['label']}」は、取り込んだ後に変更されました。"


def _acted(changes: list[Change], event: int) -> Iterator[str]:
    """People who signed in or wrote since then, by what the import gave them."""
    labels = {c["pk"]: c["label"] for c in changes if c["table"] == "people" and c["kind"] == NEW}
    given: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        if change["table"] == "appointments" and change["kind"] != ENDED:
            given[change["after"]["user"]].append(change)
    lines = (
        AuditEvent.objects.filter(pk__gt=event, actor__in=[*labels, *given])
        .order_by("pk")
        .values_list("actor", "at")
    )
    told: set[int] = set()
    for actor, at in lines:
        day = timezone.localtime(at).date().isoformat()
        by = next((c["label"] for c in given[actor] if _counts(c["after"], day)), labels.get(actor))
        if by and actor not in told:
            told.add(actor)
            yield f"{by}：取り込んだ後に、ログインしたか、書込みをしました。"


def _counts(appointment: dict[str, Any], day: str) -> bool:
    """Whether an appointment gave rights on ``day`` (texts of days compare like days)."""
    begins = appointment["announced_on"]
    if appointment["post"] not in DEPARTMENT_POSTS:
        begins = max(begins, appointment["starts_on"])
    return bool(begins <= day)


def _used(changes: list[Change]) -> Iterator[str]:
    """Rows elsewhere that name a row which the import made."""
    new: dict[type[Model], dict[int, str]] = {
        sheet.model: {
            c["pk"]: c["label"] for c in changes if c["table"] == sheet.key and c["kind"] == NEW
        }
        for sheet in SHEETS
    }
    for model, labels in new.items():
        for relation in model._meta.get_fields(include_hidden=True) if labels else ():
            if relation.auto_created and not relation.concrete and not relation.many_to_many:
                yield from _naming(relation, labels, new)


def _naming(relation: Any, labels: dict[int, str], new: dict[type[Model], Any]) -> Iterator[str]:
    table, name = relation.related_model, relation.field.name
    links = [sheet.model.successors.through for sheet in WITH_SUCCESSORS]  # type: ignore[attr-defined]
    if table in links or (table is AuditEvent and name == "actor"):
        return  # a link is a part of the department itself; who acted is told by name
    rows = table._base_manager.filter(**{f"{name}__in": list(labels)})
    rows = rows.exclude(pk__in=list(new.get(table, ()))).order_by(name)
    for pk in rows.values_list(name, flat=True).distinct():
        yield f"「{labels[pk]}」を使う{table._meta.verbose_name}が、取り込んだ後にできました。"
