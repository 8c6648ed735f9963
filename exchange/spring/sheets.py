"""What the file looks like: five sheets, their columns, and how each cell is read and written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from core.columns import (
    ChoiceColumn,
    DateColumn,
    IntegerColumn,
    TextColumn,
    YearColumn,
    YesNoColumn,
)
from core.permissions import Post
from core.years import format_date, format_year
from departments.models import Appointment, Charge, Department, Division, User

EXPLANATION = "説明"
"""The sheet that explains the others; it is never read."""
EXAMPLE = "例："
"""A row whose first cell begins so is an example; it is never read."""
TEXT = TextColumn()


@dataclass(frozen=True)
class Column:
    """One column. ``names``: the sheet whose row a cell names; ``default``: what blank means."""

    field: str
    heading: str
    how: str
    example: str = ""
    cell: TextColumn = TEXT
    is_owed: bool = False
    names: str = ""
    default: Any = None
    is_name: bool = False
    """Shown for the reader, compared with the person that the number beside it names."""
    is_many: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: a table, what tells a row from its like, and how a row is called."""

    key: str
    title: str
    model: type[Model]
    identity: tuple[str, ...]
    columns: tuple[Column, ...]
    label: Callable[[Any], str]
    ends_by: str = ""
    """The field with which a row ends."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of the table that the sheet sets, without links."""
        return tuple(c.field for c in self.columns if not (c.is_name or c.is_many))

    def column(self, field: str) -> Column | None:
        """The column of a field of the table."""
        return next((c for c in self.columns if c.field == field and not c.is_name), None)


CODE = "半角の英数字、ハイフン、下線。ほかの部や課と同じものは使えません。"
YEAR = "「令和5年度」か「2023」"
DAY = "「令和5年4月1日」「R5.4.1」「2023/4/1」か、Excelの日付"


def _years() -> tuple[Column, ...]:
    return (
        Column("order", "並び順", "一覧に並べる順。空欄は0。", "2", IntegerColumn(), default=0),
        Column("first_year", "最初の年度", YEAR, "令和5年度", YearColumn(), is_owed=True),
        Column("last_year", "最後の年度", f"{YEAR}。続いているときは空欄。", "", YearColumn()),
    )


def _successors(title: str) -> Column:
    return Column(
        "successors",
        f"後継の{title}の記号",
        f"名前が変わる、分かれる、合わさるときに引き継ぐ{title}。"
        "いくつもあるときは「、」で区切ります。",
        "",
        is_many=True,
    )


DEPARTMENTS = Sheet(
    "departments",
    "部",
    Department,
    ("code",),
    (
        Column("code", "記号", CODE, "fukushi", is_owed=True),
        Column("name", "名称", "40字まで", "健康福祉部", is_owed=True),
        Column("kana", "ふりがな", "80字まで", "けんこうふくしぶ", is_owed=True),
        *_years(),
        _successors("部"),
    ),
    lambda row: row.name,
    "last_year",
)
DIVISIONS = Sheet(
    "divisions",
    "課",
    Division,
    ("code",),
    (
        Column("department", "部の記号", "「部」の記号", "fukushi", is_owed=True, names="部"),
        Column("code", "記号", CODE, "fukushi-soumu", is_owed=True),
        Column("name", "名称", "40字まで", "福祉総務課", is_owed=True),
        *_years(),
        _successors("課"),
    ),
    lambda row: row.name,
    "last_year",
)
PEOPLE = Sheet(
    "people",
    "職員",
    User,
    ("username",),
    (
        Column("username", "職員番号", "ログインに使う番号。30字まで", "3001", is_owed=True),
        Column("name", "氏名", "60字まで。姓と名の間は空けます。", "青柳 美和", is_owed=True),
        Column("kana", "ふりがな", "80字まで", "あおやぎ みわ", is_owed=True),
        Column("email", "メールアドレス", "なければ空欄", "m.aoyagi@example.jp"),
        Column(
            "is_active",
            "利用できる",
            "「はい」か「いいえ」。空欄は「はい」。「いいえ」にすると、取り込むとすぐにログインできなくなります。",
            "はい",
            YesNoColumn(),
            default=True,
        ),
    ),
    lambda row: f"{row.name}（{row.username}）",
)
APPOINTMENTS = Sheet(
    "appointments",
    "発令",
    Appointment,
    ("user", "post", "department", "division", "starts_on"),
    (
        Column("user", "職員番号", "「職員」の職員番号", "3001", is_owed=True, names="職員"),
        Column(
            "user",
            "氏名",
            "空欄でも構いません。書くと、職員番号と合っているか確かめます。",
            "青柳 美和",
            is_name=True,
        ),
        Column(
            "post",
            "職",
            "、".join(Post.labels) + "のどれか",
            Post.HEAD.label,
            ChoiceColumn(Post),
            is_owed=True,
        ),
        Column("title", "職名", "画面と資料に出る職名。60字まで", "健康福祉部長", is_owed=True),
        Column("department", "部の記号", "部長・課長・担当は必ず書きます。", "fukushi", names="部"),
        Column("division", "課の記号", "課の職のときに書きます。", "", names="課"),
        Column("starts_on", "発令日", DAY, "令和5年4月1日", DateColumn(), is_owed=True),
        Column(
            "announced_on",
            "内示日",
            f"{DAY}。この日までは、誰の画面にも現れません。",
            "令和5年3月24日",
            DateColumn(),
            is_owed=True,
        ),
        Column(
            "ends_on",
            "終わる日",
            f"{DAY}。その日まで就いています。続くときは空欄。",
            "",
            DateColumn(),
        ),
        Column(
            "end_announced_on",
            "終わりの内示日",
            "終わる日を書いたときは必ず書きます。",
            "",
            DateColumn(),
        ),
        Column(
            "standing_in_for",
            "代理を受ける人の職員番号",
            "代理・職務代理のときに書きます。",
            "",
            names="職員",
        ),
    ),
    lambda row: f"{row.user.name}（{row.user.username}）　{row.title}",
    "ends_on",
)
CHARGES = Sheet(
    "charges",
    "担任",
    Charge,
    ("year", "department", "division"),
    (
        Column("year", "年度", YEAR, "令和5年度", YearColumn(), is_owed=True),
        Column("department", "部の記号", "「部」の記号", "fukushi", is_owed=True, names="部"),
        Column(
            "division",
            "課の記号",
            "部と異なる人が受け持つ課だけ、部とは別の行に書きます。",
            "",
            names="課",
        ),
        Column(
            "interviewer",
            "面談者の職員番号",
            "市長・副市長・教育長。内示の済んだ人だけ書けます。",
            "1002",
            is_owed=True,
            names="職員",
        ),
        Column("interviewer", "面談者の氏名", "空欄でも構いません。", "", is_name=True),
    ),
    lambda row: (
        f"{format_year(row.year)}　{row.department.name}"
        f"{f'　{row.division.name}' if row.division else ''}"
    ),
)
SHEETS = (DEPARTMENTS, DIVISIONS, PEOPLE, APPOINTMENTS, CHARGES)
WITH_SUCCESSORS = tuple(sheet for sheet in SHEETS if sheet.column("successors"))
BY_TITLE = {sheet.title: sheet for sheet in SHEETS}
BY_KEY = {sheet.key: sheet for sheet in SHEETS}
NATURAL = {"部": "code", "課": "code", "職員": "username"}
"""By what a row of another sheet is named."""
PLACES = {
    "department_years_in_order": "last_year",
    "department_code_is_no_address": "code",
    "division_years_in_order": "last_year",
    "appointment_days_in_order": "ends_on",
    "appointment_end_is_announced": "end_announced_on",
    "appointment_department_where_owed": "department",
    "appointment_division_where_owed": "division",
}
"""In which column a rule of the table is told."""


def written(column: Column, row: Any, successors: list[Any] | None = None) -> Any:
    """A cell as it is written into the file (dates as dates)."""
    if column.is_many:
        return "、".join(each.code for each in successors or [])
    value = getattr(row, column.field)
    if value is not None and column.is_name:
        return value.name
    if value is not None and column.names:
        return getattr(value, NATURAL[column.names])
    return "" if value is None else column.cell.render(value)


def shown(column: Column, row: Any, successors: list[Any] | None = None) -> str:
    """A cell as the preview shows it."""
    if column.is_many:
        return "、".join(each.name for each in successors or [])
    value = getattr(row, column.field)
    if value is not None and column.names:
        return str(value)
    if isinstance(column.cell, DateColumn):
        return format_date(value) if value else ""
    return "" if value is None else str(column.cell.render(value))
