"""What stands before the departments in the book: cover, contents, days, coverage."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from django.conf import settings

from core.years import format_date_with_weekday, format_short_date, format_year
from interviews.models import Interview
from interviews.overlaps import Slot
from interviews.queries import slot_of, titles_of
from packets.fronts.coverage import matrix
from packets.fronts.days import as_of, clock_face
from packets.fronts.entries import Entry
from packets.layout import Layout
from packets.models import DRAFT
from packets.overview import Plain
from packets.parts import parts
from packets.pieces import Piece

TEMPLATE = "packets/paper/front/book.html"
COLUMNS = {
    "overview": ["概要"],
    "goals": ["目標", "一覧"],
    "facing": ["部の", "方針"],
    "sheets": ["目標", "シート"],
    "coverage": ["対応", "状況"],
    "previous": ["前年度"],
    "notes": ["記録"],
}
"""Heads of the grid in lines, by the anchor of the section."""
DAYS_ON_COVER = 8
"""So many days of interviews are named one by one."""
PEOPLE_ON_COVER = 8
Slots = Sequence[tuple[int, Slot]]
"""Interviews in order of time, each with the department's pk."""


def book(year: int, entries: Sequence[Entry], layout: Layout) -> Piece:
    """Cover, contents with the pages of every section of every department, timetable of all days,
    coverage of the policy by these departments."""
    slots = _slots(year)
    papers = [entry.paper for entry in entries if _is_told(entry)]
    anchors = [part["anchor"] for part in parts(layout.of_parts, goals=1)]
    first: dict[int, Slot] = {}
    for department, slot in slots:
        first.setdefault(department, slot)
    content = {
        "city": settings.CITY["name"],
        "year": format_year(year),
        "is_draft": any(entry.edition == DRAFT for entry in entries),
        "as_of": as_of(papers),
        "cover": _cover(entries, slots),
        "columns": [{"lines": COLUMNS[anchor]} for anchor in anchors],
        "entries": [_entry(row, anchors, first.get(row.paper.department_id)) for row in entries],
        "days": _days(slots, {entry.paper.department_id: entry for entry in entries}),
        "matrix": matrix(year, papers, {entry.paper.pk: entry.key for entry in entries}),
    }
    return Piece(title="表紙・目次", template=TEMPLATE, content=content, layout=layout.of_parts)


def _is_told(entry: Entry) -> bool:
    """Not of a draft whose part is not there as one: such a book is no secret."""
    return entry.edition == DRAFT or not entry.paper.is_writable


def _slots(year: int) -> Slots:
    interviews = list(Interview.objects.for_page().filter(year=year))
    titles = titles_of(interviews)
    return [(interview.department_id, slot_of(interview, titles)) for interview in interviews]


def _cover(entries: Sequence[Entry], slots: Slots) -> Plain:
    """How much of what the book holds; the days and people are those of its departments."""
    here = {entry.paper.department_id for entry in entries}
    own = [slot for department, slot in slots if department in here]
    people = list(dict.fromkeys((p.title, p.name) for slot in own for p in slot.interviewers))
    return {
        "count": len(entries),
        "days": _named(list(dict.fromkeys(slot.starts_at.date() for slot in own))),
        "interviewers": [{"title": title, "name": name} for title, name in people][
            :PEOPLE_ON_COVER
        ],
        "others": max(len(people) - PEOPLE_ON_COVER, 0),
        "drafts": sum(entry.edition == DRAFT for entry in entries),
        "failed": sum(bool(entry.failure) for entry in entries),
    }


def _named(days: Sequence[dt.date]) -> list[str]:
    """令和5年4月5日（水）, 4月6日（木）: each day, or first and last where there are many."""
    if not days:
        return []
    if len(days) > DAYS_ON_COVER:
        first, last = format_date_with_weekday(days[0]), format_date_with_weekday(days[-1])
        return [f"{first}から", f"{last}までの{len(days)}日"]
    return [format_date_with_weekday(days[0]), *map(format_short_date, days[1:])]


def _entry(entry: Entry, anchors: Iterable[str], slot: Slot | None) -> Plain:
    """One line of the contents; a section that is not there leaves its cell empty."""
    return {
        "department": entry.title,
        "is_draft": entry.edition == DRAFT,
        "day": format_short_date(slot.starts_at.date()) if slot else "",
        "hour": clock_face(slot.starts_at) if slot else "",
        "page": entry.first,
        "link": f"part:{entry.key}",
        "failure": bool(entry.failure),
        "cells": [
            {"page": entry.starts.get(anchor, 0), "link": f"part:{entry.key}/{anchor}"}
            for anchor in anchors
        ],
    }


def _days(slots: Slots, entries: Mapping[int, Entry]) -> list[Plain]:
    """The interviews by day; those of departments that are not in the book without a page."""
    by_day = groupby(slots, key=lambda row: row[1].starts_at.date())
    return [
        {
            "day": format_date_with_weekday(day),
            "rows": [_meeting(slot, entries.get(department)) for department, slot in rows],
        }
        for day, rows in by_day
    ]


def _meeting(slot: Slot, entry: Entry | None) -> Plain:
    return {
        "hours": f"{clock_face(slot.starts_at)}〜{clock_face(slot.ends_at)}",
        "department": slot.department,
        "interviewers": [{"title": p.title, "name": p.name} for p in slot.interviewers],
        "room": slot.room,
        "page": entry.first if entry else 0,
        "link": f"part:{entry.key}" if entry else "",
    }
