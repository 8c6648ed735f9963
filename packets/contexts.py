"""What stands on the paper: from the record to plain values. Makes no query of its own.

All values are strings, numbers, lists and dicts, so that a packet can be compared by its digest.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone

from core.text import first_sentence
from core.workflow import WRITABLE
from core.years import (
    format_date,
    format_date_with_weekday,
    format_time,
    format_year,
)
from departments.models import Appointment
from goals.models import Goal, Indicator
from goals.sheets import Answer, Chapter, Sheet, gone_sections
from packets import changes
from packets.layout import USUAL, Layout
from packets.models import DRAFT
from packets.overview import Plain, figure, overview, paragraphs, size
from packets.parts import parts
from packets.previous import previous, with_commas
from packets.projects import projects
from packets.queries import Material, Meeting, Person
from packets.signatures import signatures
from policies.models import Edition
from policies.queries.alignments import Row

UNDECIDED = "未定"
LINES_OF_A_COVER = 9
"""So many lines of names stand on a cover above its contents."""
SHORT_FIGURES = 16
"""Characters of 現状値, 目標値 and unit that stay on one line."""
GOALS_A_TABLE = 12
"""So many columns of goals stand side by side in the table of coverage."""


def packet(of: Material, *, city: str, layout: Layout = USUAL) -> Plain:
    """Everything on one department's packet (面談資料)."""
    sheet = of.sheet
    of_divisions = of.charges.of_divisions
    goals = [_goal(number, goal, of_divisions) for number, goal in enumerate(sheet.goals, 1)]
    numbers = {goal.pk: number for number, goal in enumerate(sheet.goals, 1)}
    amended = sheet.editions.amended
    since = changes.confirmed(of.comparison)
    chapters = [_chapter(chapter, numbers, amended, since) for chapter in sheet.chapters]
    printed = parts(layout, goals=len(goals))
    name = sheet.paper.department.name
    meeting, signed = _meeting(of.meeting, sheet.heads), signatures(sheet)
    return {
        "city": city,
        "year": format_year(sheet.paper.year),
        "department": name,
        "edition": _edition(sheet),
        "is_draft": sheet.paper.status in WRITABLE,
        "as_of": _as_of(sheet),
        "meeting": meeting,
        "signatures": signed,
        "charge": of.charges.line,
        "is_long_cover": _is_long_cover(meeting, signed, of.charges.line, name),
        "parts": printed,
        "overview": overview(of, goals, printed),
        "policy": _policy(sheet),
        "texts": _texts(sheet),
        "chapters": chapters,
        "since": changes.since_last_year(of.comparison),
        "goals": goals,
        "total": _total(sheet.goals),
        "projects": projects(sheet),
        "coverage": _coverage(sheet, chapters, goals),
        "previous": previous(sheet.paper, of.previous, of.previous_goals, sheet.goals),
        "instruction_rows": [1, 2, 3, 4, 5],
        "memo_lines": list(range(12)),
    }


def _edition(sheet: Sheet) -> str:
    if sheet.paper.status in WRITABLE:
        return DRAFT
    return f"第{sheet.paper.submissions}版" if sheet.paper.submissions else ""


def _as_of(sheet: Sheet) -> str:
    """Since when the paper says what is printed: the moment of submission, or of the last save."""
    paper = sheet.paper
    is_draft = paper.status in WRITABLE
    moment = paper.updated_at if is_draft or paper.submitted_at is None else paper.submitted_at
    if moment is None:
        return "記入前"
    at = timezone.localtime(moment)
    return f"{format_date_with_weekday(at.date())}{format_time(at)}{'現在' if is_draft else '提出'}"


def _meeting(meeting: Meeting | None, heads: list[Appointment]) -> Plain:
    answering = [Person(head.title, head.user.name) for head in heads]
    if meeting is None:
        return {
            "day": UNDECIDED,
            "hours": "",
            "room": UNDECIDED,
            "interviewers": [],
            "heads": [],
            "attendees": _people(answering),
        }
    explaining = meeting.attendees or answering
    is_told = {person.name for person in answering} <= {person.name for person in explaining}
    return {
        "day": format_date_with_weekday(meeting.starts_at.date()),
        "hours": f"{format_time(meeting.starts_at)}から{format_time(meeting.ends_at)}まで",
        "room": meeting.room or UNDECIDED,
        "interviewers": _people(meeting.interviewers),
        "heads": [] if is_told else _people(answering),
        "attendees": _people(explaining),
    }


def _is_long_cover(meeting: Plain, signed: list[dict[str, str]], charge: str, name: str) -> bool:
    """Whether the cover may need more than one page: then its foot does not stand at the bottom."""
    people = [*meeting["interviewers"], *meeting["heads"], *meeting["attendees"], *signed]
    lines = sum(1 + len(person["title"]) // 15 + len(person["name"]) // 15 for person in people)
    return lines + len(charge) // 30 + 3 * (len(name) // 11) > LINES_OF_A_COVER


def _people(people: list[Person]) -> list[Plain]:
    return [{"title": person.title, "name": person.name} for person in people]


# ---- 第2 市長の方針と部の方針 --------------------------------------------------------------------


def _policy(sheet: Sheet) -> Plain | None:
    policy = sheet.policy
    if policy is None:
        return None
    return {
        "title": policy.title,
        "issued": issued(policy.issued_on, sheet.editions.amendments),
        "is_amended": bool(sheet.editions.amendments),
        "dropped": [f"{answer.section.number}　{answer.section.name}" for answer in sheet.dropped],
        "issuer": policy.issuer,
        "preamble": paragraphs(policy.preamble),
    }


def _texts(sheet: Sheet) -> list[Plain]:
    """What the department says of itself, before it answers item by item."""
    paper = sheet.paper
    texts = (
        ("現状と課題", paper.situation),
        ("現在までの対応状況の検証・分析", paper.analysis),
        ("先駆的な取組", paper.pioneering),
    )
    return [{"title": title, "paragraphs": paragraphs(text)} for title, text in texts]


def issued(first: dt.date | None, amendments: Sequence[Edition]) -> str:
    """令和5年3月31日、第1次改正 4月10日: the year is said where it is another one."""
    said = [format_date(first)] if first else []
    year = first.year if first else None
    for amendment in amendments:
        day = amendment.dated_on
        short = f"{day.month}月{day.day}日" if day.year == year else format_date(day)
        said.append(f"{amendment} {short}")
        year = day.year
    return "、".join(said)


def _chapter(
    chapter: Chapter, numbers: dict[int, int], amended: Collection[str], since: Mapping[str, Row]
) -> Plain:
    section = chapter.section
    own, *below = chapter.answers
    shown = [own, *below] if own.section.body.strip() or own.is_owed else below
    return {
        "marker": section.marker,
        "heading": section.heading or section.name,
        "anchor": f"chapter-{section.path}",
        "items": [_item(answer, numbers, amended, since) for answer in shown],
    }


def _item(
    answer: Answer, numbers: dict[int, int], amended: Collection[str], since: Mapping[str, Row]
) -> Plain:
    section, row = answer.section, since.get(answer.section.path)
    body = answer.response.body.strip() if answer.response else ""
    is_not_applicable = answer.state_label == "該当なし"
    lead, rest = ("", body) if is_not_applicable else first_sentence(body)
    return {
        "anchor": f"item-{section.path}",
        "number": section.number,
        "marker": section.marker if answer.depth else "",
        "name": section.name,
        "heading": section.heading if answer.depth else "",
        "quote": changes.quote(section.body, row),
        "since": changes.word(row),
        "is_amended": section.path in amended,
        "state": answer.state_label,
        "lead": lead,
        "answer": paragraphs(rest),
        "goals": [
            {"number": numbers[goal.pk], "title": goal.title}
            for goal in sorted(answer.goals, key=lambda goal: numbers[goal.pk])
        ],
        "size": size(max(len(section.body), len(body))),
    }


# ---- 第3, 第4 組織目標 ----------------------------------------------------------------------------


def _goal(number: int, goal: Goal, of_divisions: Mapping[int, str]) -> Plain:
    return {
        "number": number,
        "anchor": f"goal-{number}",
        "sheet": f"sheet-{number}",
        "title": goal.title,
        "kind": goal.kind,
        "kind_label": goal.get_kind_display(),
        "lead": goal.lead_division.name if goal.lead_division else UNDECIDED,
        "charge": of_divisions.get(goal.lead_division_id or 0, ""),
        "others": [division.name for division in goal.other_divisions.all()],
        "standard": paragraphs(goal.standard),
        "due": format_date(goal.due_on) if goal.due_on else UNDECIDED,
        "budget": figure(goal.budget),
        "methods": goal.methods,
        "quarters": [
            {"label": label, "number": place, "lines": paragraphs(text)}
            for place, (label, text) in enumerate(goal.quarters, 1)
        ],
        "partners": paragraphs(goal.partners),
        "measures": [
            {"plan": measure.plan.name, "name": f"{measure.code}　{measure.name}"}
            for measure in goal.measures.all()
        ],
        "projects": [project.name for project in goal.projects.all()],
        "sdgs": [{"number": sdg.number, "name": sdg.name} for sdg in goal.sdgs.all()],
        "has_quarters": any(text.strip() for _label, text in goal.quarters),
        "is_own": goal.is_own,
        "size": size(_length(goal)),
        "items": [
            {"number": section.number, "anchor": f"item-{section.path}"}
            for section in goal.sections.all()
        ],
        "gone": [section.number for section in gone_sections(goal)],
        "indicators": [_indicator(row) for row in goal.indicators.all()],
    }


def _length(goal: Goal) -> int:
    """Characters in the cell of the list that tells all of a goal."""
    texts = [goal.title, goal.standard, *(text for _label, text in goal.quarters)]
    return sum(map(len, texts)) + 25 * len(goal.indicators.all())


def _indicator(row: Indicator) -> Plain:
    return {
        "name": row.name,
        "kind": row.get_kind_display(),
        "unit": row.unit,
        "is_short": len(f"{row.baseline}{row.target}{row.unit}") <= SHORT_FIGURES,
        "baseline": with_commas(row.baseline),
        "target": with_commas(row.target),
        "rationale": row.rationale,
    }


def _total(goals: list[Goal]) -> Plain:
    counted = Counter(goal.kind for goal in goals)
    kinds = [f"{kind.label}{counted[kind.value]}" for kind in Goal.Kind if counted[kind.value]]
    known = [goal.budget for goal in goals if goal.budget is not None]
    return {
        "count": len(goals),
        "kinds": "・".join(kinds),
        "budget": figure(sum(known) if known else None),
    }


# ---- 第5 対応状況 ------------------------------------------------------------------------------


def _coverage(sheet: Sheet, chapters: list[Plain], goals: list[Plain]) -> Plain:
    starts = range(0, max(len(goals), 1), GOALS_A_TABLE)
    return {
        "sentence": {
            "owed": sheet.owed,
            "answered": sheet.given - sheet.not_applicable,
            "linked": sum(bool(answer.goals) for answer in sheet.answers),
            "not_applicable": sheet.not_applicable,
            "blank": sheet.owed - sheet.given,
        },
        "tables": [_coverage_table(chapters, goals[i : i + GOALS_A_TABLE]) for i in starts],
    }


def _coverage_table(chapters: list[Plain], goals: list[Plain]) -> Plain:
    numbers = [goal["number"] for goal in goals]
    counted: Counter[int] = Counter()
    rows = []
    for chapter in chapters:
        items = [item for item in chapter["items"] if item["state"]]
        for item in items:
            counted.update(goal["number"] for goal in item["goals"])
        if items:
            lines = [_coverage_row(item, numbers) for item in items]
            rows.append({"marker": chapter["marker"], "heading": chapter["heading"], "rows": lines})
    return {
        "numbers": numbers,
        "width": max(len(numbers), 1),
        "chapters": rows,
        "counts": [counted[number] for number in numbers],
    }


def _coverage_row(item: Plain, numbers: list[int]) -> Plain:
    linked = {goal["number"] for goal in item["goals"]}
    answered = "" if linked else "方針のみ（組織目標なし）"
    exception = answered if item["state"] == "回答" else item["state"]
    return {
        "marker": item["marker"],
        "number": item["number"],
        "name": item["name"],
        "anchor": item["anchor"],
        "exception": exception,
        "is_not_applicable": item["state"] == "該当なし",
        "marks": [number in linked for number in numbers],
    }
