"""The template with its explanation, and the present state in the same form."""

import datetime as dt
from typing import Any

from core import tables
from core.columns import ChoiceColumn, YesNoColumn
from exchange.spring.sheets import EXAMPLE, EXPLANATION, SHEETS, Column, Sheet, written
from exchange.spring.state import read_state

ABOUT = (
    "人事・組織の取込み用のファイルです。シート「部」「課」「職員」「発令」「担任」に書きます。",
    "使わないシートは空のままにするか、削除します。書いた行だけが登録され、ファイルにない行は変わりません。",
    "同じ行があるときは、書いた内容に変わります。空欄は「なし」になります。",
    "部と課は記号で、職員は職員番号で、発令は職員・職・部・課・発令日で見分けます。",
    "部や課をなくすときは、行を消さずに「最後の年度」を書きます。"
    "職を離れるときは、行を消さずに「終わる日」と「終わりの内示日」を書きます。",
    "部や課の名前が変わるときは、行を書き換えずに「最後の年度」を書き、新しい記号の行を加えて、"
    "もとの行の「後継」にその記号を書きます。分かれるとき、合わさるときも同じです。",
    "異動する人は、前の発令に終わる日を書き、新しい発令の行を加えます。",
    "間違えて登録した発令や担任は、管理画面で削除します。",
    f"「{EXAMPLE}」で始まる行は例です。取り込まれません。消しても構いません。",
    "職員番号の先頭が0のときは、セルの書式を「文字列」にしてから入力します。",
    "取り込む前に、変わることの一覧で確かめられます。一つでも誤りがあれば、何も取り込まれません。",
    "この書式で書き出した発令には、内示前のものも含まれます。取扱いに注意してください。",
)


def template() -> bytes:
    """The empty file: headings, one example on each sheet, and what to write where."""
    return tables.write_sheets(
        [_explanation(), *(_sheet(sheet, [], [_example(sheet)]) for sheet in SHEETS)]
    )


def present_state() -> tuple[bytes, dict[str, int]]:
    """All that is stored, unannounced appointments too; how many rows each sheet has."""
    state = read_state()
    found = []
    for sheet in SHEETS:
        successors = state.successors.get(sheet.key, {})
        rows = [
            [written(column, row, successors.get(row.pk)) for column in sheet.columns]
            for row in state.rows[sheet.key]
        ]
        found.append(_sheet(sheet, rows, []))
    counts = {sheet.title: len(state.rows[sheet.key]) for sheet in SHEETS}
    return tables.write_sheets([_explanation(), *found]), counts


def file_name(what: str, day: dt.date) -> str:
    """人事・組織_ひな形.xlsx, 人事・組織_20230328.xlsx."""
    return f"人事・組織_{what or day.strftime('%Y%m%d')}.xlsx"


def _sheet(sheet: Sheet, rows: list[list[Any]], examples: list[list[Any]]) -> tables.Sheet:
    choices = {place: _choices(column) for place, column in enumerate(sheet.columns)}
    return tables.Sheet(
        sheet.title,
        [column.heading for column in sheet.columns],
        rows,
        examples,
        {place: words for place, words in choices.items() if words},
        [_width(column) for column in sheet.columns],
    )


def _choices(column: Column) -> list[str]:
    if isinstance(column.cell, ChoiceColumn):
        return list(column.cell.labels.values())
    return ["はい", "いいえ"] if isinstance(column.cell, YesNoColumn) else []


def _width(column: Column) -> int:
    wide = {"title": 28, "email": 28, "name": 22, "kana": 26, "department": 16, "division": 20}
    return max(wide.get(column.field, 14), 2 * len(column.heading) + 2)


def _example(sheet: Sheet) -> list[str]:
    first, *others = (column.example for column in sheet.columns)
    return [f"{EXAMPLE}{first}", *others]


def _explanation() -> tables.Sheet:
    rows: list[list[str]] = [["", "", "", "", line] for line in ABOUT]
    for sheet in SHEETS:
        for column in sheet.columns:
            mark = "必須" if column.is_owed and not column.is_name else ""
            rows.append([sheet.title, column.heading, mark, column.example, column.how])
    headings = ["シート", "見出し", "必須", "例", "書き方"]
    return tables.Sheet(EXPLANATION, headings, rows, widths=[10, 26, 8, 24, 100])
