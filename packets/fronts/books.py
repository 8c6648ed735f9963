"""What stands before the departments in the book of the year: cover, contents, the days of the
interviews, and which department took up what."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.years import format_date_with_weekday, format_short_date, format_year
from interviews.models import Interview
from interviews.queries import slot_of, titles_of
from packets.fronts.coverage import matrix
from packets.fronts.days import as_of, clock_face
from packets.fronts.entries import Entry
from packets.layout import Layout
from packets.models import DRAFT
from packets.parts import PARTS
from packets.pieces import Piece

Plain = dict[str, Any]
COLUMNS = {
    "overview": "概要",
    "facing": "部の方針",
    "goals": "目標一覧",
    "sheets": "目標シート",
    "coverage": "対応状況",
    "previous": "前年度",
    "notes": "記録",
}
"""Heads of the contents, short enough for their columns."""


def book(year: int, entries: Sequence[Entry], layout: Layout) -> Piece:
    """The front of the book of ``year``; ``entries`` are the departments in their order."""
    interviews = list(Interview.objects.for_page().filter(year=year))
    columns = [name for name, _title in PARTS if any(name in entry.starts for entry in entries)]
    content = {
        "city": settings.CITY["name"],
        "year": format_year(year),
        "departments": len(entries),
        "is_draft": any(entry.edition == DRAFT for entry in entries),
        "failed": [entry.title for entry in entries if entry.failure],
        "as_of": as_of(entry.paper for entry in entries),
        "period": _period(interviews),
        "columns": [COLUMNS[name] for name in columns],
        "entries": _entries(entries, columns, interviews),
        "days": _days(entries, interviews),
        "coverage": matrix(year, [entry.paper for entry in entries]),
    }
    return Piece(
        title="表紙・目次",
        template="packets/paper/front/book.html",
        content=content,
        layout=layout.of_parts,
    )


def _period(interviews: Sequence[Interview]) -> str:
    """令和5年4月6日（木）から4月7日（金）まで; empty where nothing is planned."""
    days = sorted({timezone.localdate(interview.starts_at) for interview in interviews})
    if not days:
        return ""
    first = format_date_with_weekday(days[0])
    return first if len(days) == 1 else f"{first}から{format_short_date(days[-1])}まで"


def _entries(
    entries: Sequence[Entry], columns: Sequence[str], interviews: Iterable[Interview]
) -> list[Plain]:
    """One line a department: where it begins, and each of its sections."""
    whens: dict[int, dt.datetime] = {}
    for interview in interviews:
        whens.setdefault(interview.department_id, timezone.localtime(interview.starts_at))
    return [
        {
            "number": number,
            "name": entry.title,
            "when": _when(whens.get(entry.paper.department_id)),
            "edition": entry.edition,
            "failure": "作れませんでした" if entry.failure else "",
            "first": entry.first,
            "link": f"part:{entry.key}",
            "pages": [
                {"number": entry.starts.get(name, ""), "link": f"part:{entry.key}/{name}"}
                for name in columns
            ],
        }
        for number, entry in enumerate(entries, 1)
    ]


def _when(moment: dt.datetime | None) -> str:
    return f"{format_short_date(moment.date())} {clock_face(moment)}" if moment else "未定"


def _days(entries: Sequence[Entry], interviews: Sequence[Interview]) -> list[Plain]:
    """The interviews of each day, those of departments outside the book included."""
    by_department = {entry.paper.department_id: entry for entry in entries}
    titles = titles_of(interviews)
    days = groupby(interviews, key=lambda interview: timezone.localdate(interview.starts_at))
    return [
        {
            "day": format_short_date(day),
            "rows": [_row(interview, titles, by_department) for interview in group],
        }
        for day, group in days
    ]


def _row(interview: Interview, titles: Any, by_department: Mapping[int, Entry]) -> Plain:
    slot = slot_of(interview, titles)
    entry = by_department.get(interview.department_id)
    return {
        "from": clock_face(slot.starts_at),
        "to": clock_face(slot.ends_at),
        "department": slot.department,
        "interviewers": [{"title": p.title, "name": p.name} for p in slot.interviewers],
        "room": slot.room,
        "page": entry.first if entry else "",
        "link": f"part:{entry.key}" if entry else "",
    }
