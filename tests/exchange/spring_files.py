"""Files of a spring for tests: rows by heading, everything else blank."""

import datetime as dt
import io
from typing import Any

from openpyxl import load_workbook

from core.audit import Actor
from core.tables import Sheet, read_sheets, write_sheets
from departments.models import User
from exchange.actions import spring
from exchange.models import SpringImport
from exchange.spring.checking import check_tables
from exchange.spring.plans import Plan
from exchange.spring.sheets import BY_TITLE

TODAY = dt.date(2023, 3, 28)
Rows = dict[str, list[dict[str, Any]]]


def headings_of(title: str) -> list[str]:
    return [column.heading for column in BY_TITLE[title].columns]


def workbook(rows: Rows) -> bytes:
    """An Excel file with the sheets named."""
    return write_sheets(
        Sheet(title, headings_of(title), [[r.get(h, "") for h in headings_of(title)] for r in each])
        for title, each in rows.items()
    )


def plan_of(rows: Rows, today: dt.date = TODAY) -> Plan:
    return check_tables(read_sheets(workbook(rows)), today=today)


def problems_of(rows: Rows, today: dt.date = TODAY) -> list[tuple[str, int, str, str]]:
    """Sheet, row, column as the spreadsheet shows it, and what to do."""
    plan = plan_of(rows, today)
    return [(p.sheet, p.row, f"{p.letter} {p.heading}".strip(), p.sentence) for p in plan.problems]


def handed_in(rows: Rows | bytes, by: User, name: str = "春.xlsx") -> SpringImport:
    """A file that was handed in and, as tests have no queue, checked."""
    content = rows if isinstance(rows, bytes) else workbook(rows)
    imported = spring.hand_in(file_name=name, content=content, by=Actor(by))
    imported.refresh_from_db()
    return imported


def taken_in(rows: Rows | bytes, by: User, name: str = "春.xlsx") -> SpringImport:
    """A file that was taken in."""
    imported = handed_in(rows, by, name)
    assert imported.status == "checked", imported.problems
    spring.take_in(imported=imported, plan_digest=imported.plan_digest, by=Actor(by))
    imported.refresh_from_db()
    return imported


def cells_of(content: bytes, title: str) -> list[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(content))[title]
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


DEPARTMENT = {
    "記号": "fukushi",
    "名称": "健康福祉部",
    "ふりがな": "けんこうふくしぶ",
    "並び順": 3,
    "最初の年度": "令和5年度",
}
DIVISION = {
    "部の記号": "fukushi",
    "記号": "soudan",
    "名称": "相談支援課",
    "最初の年度": "令和5年度",
}
PERSON = {"職員番号": "3001", "氏名": "髙栁 美和", "ふりがな": "たかやなぎ みわ"}
APPOINTMENT = {
    "職員番号": "3001",
    "職": "部長・担当部長",
    "職名": "健康福祉部長",
    "部の記号": "fukushi",
    "発令日": dt.date(2023, 4, 1),
    "内示日": dt.date(2023, 3, 24),
}


def whole(**changes: dict[str, Any]) -> Rows:
    """A new department with a new division, and a new person who heads it."""
    return {
        "部": [DEPARTMENT | changes.get("department", {})],
        "課": [DIVISION | changes.get("division", {})],
        "職員": [PERSON | changes.get("person", {})],
        "発令": [APPOINTMENT | changes.get("appointment", {})],
    }
