"""What the pages of the import show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from core.permissions import Hidden
from exchange.models import SpringImport, SpringImportQuerySet
from exchange.spring.plans import KINDS
from exchange.spring.sheets import SHEETS
from exchange.spring.undoing import obstacles

PEOPLE_FIRST = "effects"


def last_imports() -> SpringImportQuerySet:
    """The newest files; at most thirty."""
    return SpringImport.objects.light()[:30]


def import_of(pk: int) -> SpringImport:
    """One file. Raises Hidden where there is none of that number."""
    found = SpringImport.objects.light().filter(pk=pk).first()
    if found is None:
        raise Hidden("この取込みはありません。")
    return found


def is_last(imported: SpringImport) -> bool:
    """Whether no later import stands on it."""
    last = SpringImport.objects.done().values_list("pk", flat=True).first()
    return last == imported.pk


def what_prevents_undo(imported: SpringImport) -> list[str]:
    """Why the import cannot be taken back, as sentences; empty where it can."""
    if imported.status != SpringImport.Status.DONE or imported.event is None:
        return ["このファイルは取り込まれていないため、取り消すものがありません。"]
    if not is_last(imported):
        return ["この後に、別のファイルが取り込まれています。先にそちらを取り消してください。"]
    return obstacles(imported.changes, imported.event)[0]


@dataclass(frozen=True)
class Part:
    """One list of the preview: what it is called and how many lines it has."""

    key: str
    title: str
    size: int


def parts_of(imported: SpringImport) -> list[Part]:
    """The lists of a preview that hold anything."""
    parts = [Part(PEOPLE_FIRST, "人の動き", len(imported.effects))]
    for sheet in SHEETS:
        counts = imported.counts.get(sheet.key, {})
        parts.append(Part(sheet.key, sheet.title, sum(counts.get(kind, 0) for kind in KINDS)))
    return [part for part in parts if part.size]


def lines_of(imported: SpringImport, key: str) -> list[dict[str, Any]]:
    """The lines of one list."""
    if key == PEOPLE_FIRST:
        return [
            line | {name: dt.date.fromisoformat(line[name]) for name in ("day", "known_on")}
            for line in imported.effects
        ]
    return [
        change | {"word": KINDS[change["kind"]]}
        for change in imported.changes
        if change["table"] == key
    ]


def totals_of(imported: SpringImport) -> list[dict[str, Any]]:
    """How many rows of each sheet that the file has are new, changed, ended, the same."""
    return [
        {"title": sheet.title, **imported.counts[sheet.key]}
        for sheet in SHEETS
        if any(imported.counts.get(sheet.key, {}).values())
    ]
