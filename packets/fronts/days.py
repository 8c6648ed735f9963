"""One interviewer's day on one page: to the minute where it fits, else as a list."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from core.workflow import WRITABLE, Status
from core.years import format_date_with_weekday, format_short_date, format_time, format_year
from departments.models import User
from goals.models import OperatingPolicy
from goals.queries import board, owed_sections
from interviews.models import Interview
from interviews.overlaps import LUNCH, Person, Slot
from interviews.queries import Titles, slot_of, titles_of
from packets.fronts.entries import Entry
from packets.layout import Layout
from packets.models import DRAFT
from packets.pieces import Piece

Plain = dict[str, Any]
TEMPLATE = "packets/paper/front/day.html"
STEP = 5
"""Minutes in which a day to scale is divided; packet-day.css has a height for each number."""
MINUTE = 0.42
"""Millimetres of paper for a minute."""
LONGEST = 9 * 60
"""Minutes of a day that stands on one page."""
LEAST = 15
"""Free minutes from which the page says that they are free."""
LINE, LINE_HEIGHT = 19, 4.7
"""Characters on a line of a box, and its millimetres."""
NAME, ROOM = 13, 10
"""Characters of a department and of a room that stand on one line."""
WIDE_LINE, NARROW_ROOM = 27, 5
"""Characters of the second line of a short box, which runs on below a room of one line."""


def day(
    year: int, interviewer: User, on: dt.date, entries: Sequence[Entry], layout: Layout
) -> Piece:
    """What stands before the packets of one interviewer's day: its timetable, with their pages."""
    by_department = {entry.paper.department_id: n for n, entry in enumerate(entries)}
    return _piece(year, interviewer, on, layout, entries, by_department)


def timetable(year: int, interviewer: User, on: dt.date, layout: Layout) -> Piece:
    """The timetable of one interviewer's day as a single paper."""
    return _piece(year, interviewer, on, layout, (), {})


def _piece(
    year: int,
    interviewer: User,
    on: dt.date,
    layout: Layout,
    entries: Sequence[Entry],
    by_department: Mapping[int, int],
) -> Piece:
    interviews = [
        interview
        for interview in Interview.objects.for_page().filter(year=year, interviewers=interviewer)
        if timezone.localdate(interview.starts_at) == on
    ]
    titles = titles_of(interviews, [interviewer])
    papers = _papers(year) if interviews else {}
    owed = owed_sections(year).count() if interviews else 0
    rows = []
    for interview in interviews:
        number = by_department.get(interview.department_id)
        entry = entries[number] if number is not None else None
        row = _row(interview, interviewer, titles, papers.get(interview.department_id), owed)
        rows.append(row | _of_entry(entry, number))
    called = titles.interviewer(interviewer, on)
    shown = [papers[i.department_id] for i in interviews if i.department_id in papers]
    content = {
        "city": settings.CITY["name"],
        "year": format_year(year),
        "day": format_short_date(on),
        "date": format_date_with_weekday(on),
        "title": called.title,
        "name": called.name,
        "is_in_book": bool(entries),
        "is_draft": any(entry.edition == DRAFT for entry in entries),
        "departments": len({interview.department_id for interview in interviews}),
        "as_of": as_of(shown),
        "rows": rows,
        "scale": _scale(rows) if not layout.large else None,
    }
    return Piece(
        title=f"{format_short_date(on)}　{called.name}",
        template=TEMPLATE,
        content=content,
        layout=layout.of_parts,
    )


def _papers(year: int) -> dict[int, OperatingPolicy]:
    """The papers of the 提出状況 by department, with the number of answers that are 該当なし."""
    is_declined = Q(responses__is_not_applicable=True, responses__section__in=owed_sections(year))
    declined = Count("responses", filter=is_declined & ~Q(responses__body=""), distinct=True)
    return {paper.department_id: paper for paper in board(year).annotate(declined=declined)}


def as_of(papers: Iterable[OperatingPolicy]) -> str:
    """The newest change among ``papers``: 令和5年4月4日（火）16時05分現在; empty where there is none.

    Not the moment of printing: the same record prints the same bytes.
    """
    moments = [m for paper in papers for m in (paper.updated_at, paper.submitted_at) if m]
    if not moments:
        return ""
    newest = timezone.localtime(max(moments))
    return f"{format_date_with_weekday(newest.date())}{format_time(newest)}現在"


def _row(
    interview: Interview,
    interviewer: User,
    titles: Titles,
    paper: OperatingPolicy | None,
    owed: int,
) -> Plain:
    slot = slot_of(interview, titles)
    others = [person for person in slot.interviewers if person.key != interviewer.pk]
    return {
        "from": clock_face(slot.starts_at),
        "to": clock_face(slot.ends_at),
        "minutes": _minutes(slot),
        "department": slot.department,
        "attendees": [_person(person) for person in slot.attendees],
        "others": [_person(person) for person in others],
        "room": slot.room,
        "counts": _counts(paper, owed),
        "state": _state(paper),
    }


def _minutes(slot: Slot) -> list[int]:
    """From and to, in minutes of the day; what goes on past midnight ends with the day."""
    starts = slot.starts_at.hour * 60 + slot.starts_at.minute
    length = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    return [starts, min(starts + length, 24 * 60)]


def clock_face(moment: dt.datetime) -> str:
    """9:00, as a timetable writes it."""
    return f"{moment.hour}:{moment.minute:02d}"


def _person(person: Person) -> Plain:
    return {"title": person.title, "name": person.name}


def _counts(paper: OperatingPolicy | None, owed: int) -> list[str]:
    """目標8件, 該当なし1項, 未記入2項: counted as the 提出状況 counts."""
    if paper is None:
        return []
    blank = owed - paper.given  # type: ignore[attr-defined]
    return [
        f"目標{paper.goal_count}件",  # type: ignore[attr-defined]
        f"該当なし{paper.declined}項",  # type: ignore[attr-defined]
        *([f"未記入{blank}項"] if blank > 0 else []),
    ]


def _state(paper: OperatingPolicy | None) -> str:
    """What keeps the paper from being read: not laid out, not handed in."""
    if paper is None:
        return "運営方針書なし"
    if paper.status == Status.RETURNED:
        return "差戻し中"
    return "未提出" if paper.status in WRITABLE else ""


def _of_entry(entry: Entry | None, number: int | None) -> Plain:
    if entry is None or number is None:
        return {"tab": 0, "page": 0, "link": "", "edition": "", "failure": ""}
    return {
        "tab": number + 1,
        "page": entry.first,
        "link": f"part:{entry.key}",
        "edition": entry.edition,
        "failure": entry.failure and "作れませんでした",
    }


# ---- to scale ----------------------------------------------------------------------------------


def _scale(rows: list[Plain]) -> Plain | None:
    """The day from hour to hour, interviews and free time in steps of five minutes; None where
    boxes would overlap, or not hold their words."""
    if not rows:
        return None
    spans = [[STEP * round(minute / STEP) for minute in row["minutes"]] for row in rows]
    first = min(spans[0][0], 9 * 60) // 60 * 60
    last = -(-max(max(to for _, to in spans), 17 * 60) // 60) * 60
    is_in_turn = all(one[1] <= next_[0] for one, next_ in zip(spans, spans[1:], strict=False))
    fits = all(_fits(row, to - since) for row, (since, to) in zip(rows, spans, strict=True))
    if not (is_in_turn and fits and last - first <= LONGEST):
        return None
    return {
        "hours": [{"label": f"{minute // 60}時"} for minute in range(first, last, 60)],
        "last": f"{last // 60}時",
        "slots": _slots(rows, spans, first),
    }


def _fits(row: Plain, minutes: int) -> bool:
    """Whether the box of so many minutes holds what it has to say."""
    short = len(row["department"]) <= NAME and len(row["room"]) <= ROOM
    return short and (_is_roomy(row, minutes) or _fits_on_two_lines(row, minutes))


def _is_roomy(row: Plain, minutes: int) -> bool:
    """Whether each person and the counts have a line of their own."""
    others = "、".join(f"{p['title']} {p['name']}" for p in row["others"])
    return _holds(minutes, 2 + len(row["attendees"]) + -(-len(others) // LINE))


def _fits_on_two_lines(row: Plain, minutes: int) -> bool:
    """The name of the department, and one line for who explains and the counts."""
    people = [f"{person['title']}　{person['name']}" for person in row["attendees"]]
    line = "　".join([*people, *row["counts"]])
    is_narrow = len(line) <= WIDE_LINE and len(row["room"]) <= NARROW_ROOM
    return is_narrow and not row["others"] and _holds(minutes, 2)


def _holds(minutes: int, lines: int) -> bool:
    return lines * LINE_HEIGHT + 1.5 <= minutes * MINUTE


def _slots(rows: list[Plain], spans: list[list[int]], first: int) -> list[Plain]:
    """Interviews and what is free before them, in the order of the day."""
    found: list[Plain] = []
    free_from = first
    for row, (since, to) in zip(rows, spans, strict=True):
        if since > free_from:
            found.append(_free(free_from, since, is_first=free_from == first))
        found.append({"size": to - since, "row": row, "is_short": not _is_roomy(row, to - since)})
        free_from = to
    return found


def _free(since: int, to: int, *, is_first: bool) -> Plain:
    """Before the first interview nothing is said; between two, that it is free, or noon."""
    noon, after = (part.hour * 60 for part in LUNCH)
    words = "昼休み" if since <= noon and after <= to else "空き"
    said = not is_first and to - since >= LEAST
    return {
        "size": to - since,
        "row": None,
        "words": f"{_face(since)}から{_face(to)}まで　{words}" if said else "",
    }


def _face(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
