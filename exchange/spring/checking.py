"""From the sheets of a file to a plan: every cell read, every rule asked, every problem told."""

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from openpyxl.utils import get_column_letter

from core.tables import CellProblem, Row, Table, as_text
from core.text import normalise
from exchange.spring.plans import CHANGED, ENDED, NEW, SAME, Plan, PlanRow, Problem
from exchange.spring.rules import errors_of, sentence_of
from exchange.spring.sheets import (
    BY_TITLE,
    EXAMPLE,
    EXPLANATION,
    NATURAL,
    PLACES,
    SHEETS,
    Column,
    Sheet,
)
from exchange.spring.state import Identity, State, identity_of, read_state
from exchange.spring.successions import faults_of

TELL_EVERY = 100
Tell = Callable[[int, int], None]


class NamesBroken(Exception):
    """A cell names a row that is in the file, but wrong: told there, not here."""


def check_tables(
    tables: Mapping[str, Table], *, today: dt.date, tell: Tell = lambda done, total: None
) -> Plan:
    """What the sheets would change as of ``today``, or what is wrong with them.

    ``tell`` hears how many rows are done, of how many.
    """
    plan = Plan(read_state())
    plan.problems += _problems_of_sheets(tables)
    total = sum(len(tables[s.title].rows) for s in SHEETS if s.title in tables)
    done = 0
    provisional = _Numbers()
    for sheet in SHEETS:
        if table := tables.get(sheet.title):
            reader = SheetReader(sheet, table, plan, provisional, today)
            for number, row in enumerate(reader.rows(), done + 1):
                reader.read(row)
                if number % TELL_EVERY == 0:
                    tell(number, total)
            done += len(table.rows)
            reader.finish()
    order = {sheet.title: place for place, sheet in enumerate(SHEETS)}
    plan.problems.sort(key=lambda p: (order.get(p.sheet, -1), p.row, len(p.letter), p.letter))
    return plan


def _problems_of_sheets(tables: Mapping[str, Table]) -> list[Problem]:
    titles = "、".join(f"「{sheet.title}」" for sheet in SHEETS)
    unknown = [t for t in tables if t not in BY_TITLE and t != EXPLANATION and tables[t].headings]
    found = [
        Problem(
            title,
            0,
            "",
            "シート",
            f"この名前のシートは読めません。シートの名前を{titles}のどれかにするか、削除してください。",
        )
        for title in unknown
    ]
    if not any(title in BY_TITLE for title in tables):
        sentence = f"{titles}のどのシートもありません。ひな形を使ってください。"
        found.append(Problem("", 0, "", "ファイル", sentence))
    return found


class _Numbers:
    """Provisional numbers of new rows, below every stored one."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last -= 1
        return self.last


class SheetReader:
    """Reads one sheet into the plan."""

    def __init__(
        self, sheet: Sheet, table: Table, plan: Plan, numbers: _Numbers, today: dt.date
    ) -> None:
        self.sheet, self.table, self.plan = sheet, table, plan
        self.numbers, self.today = numbers, today
        self.state: State = plan.state
        self.places = {heading: place for place, heading in enumerate(table.headings)}
        self.seen: dict[Identity, int] = {}
        self.pending: list[tuple[Row, PlanRow]] = []
        self.is_broken = False

    # What there is to read

    def rows(self) -> list[Row]:
        """The rows without the examples; none where the headings are wrong."""
        if problems := self._problems_of_headings():
            self.plan.problems += problems
            self.state.unread.add(self.sheet.title)
            return []
        return [
            row
            for row in self.table.rows
            if not any(isinstance(c, str) and c.startswith(EXAMPLE) for c in row.cells[:1])
        ]

    def _problems_of_headings(self) -> list[Problem]:
        if not self.table.headings:
            return []
        known = [column.heading for column in self.sheet.columns]
        owed = [column.heading for column in self.sheet.columns if not column.is_name]
        there = self.table.headings
        sentences = {
            "この見出しがありません。ひな形のとおりに書いてください。": [
                name for name in owed if name not in there
            ],
            "この見出しは使えません。列を削除するか、ひな形の見出しに直してください。": [
                name or "（空欄）" for name in there if name not in known
            ],
            "同じ見出しが2つあります。一方を削除してください。": [
                name for name in known if there.count(name) > 1
            ],
        }
        return [
            Problem(self.sheet.title, 1, "", name, sentence)
            for sentence, names in sentences.items()
            for name in names
        ]

    # One row

    def read(self, row: Row) -> None:
        """Check one row and put what it changes into the plan."""
        before = len(self.plan.problems)
        self.is_broken = False
        values = self._values(row)
        found = self.sheet.model(**values)
        stored = self._stored(row, found, values)
        ready = self._filled(stored, values) if stored else found
        ready.pk = stored.pk if stored else self.numbers.next()
        self._ask_rules(row, ready, values)
        if self.is_broken or len(self.plan.problems) > before:
            self._note_broken(row)
            return
        if name := NATURAL.get(self.sheet.title):
            self.state.named[self.sheet.title][getattr(ready, name)] = ready
        self.pending.append((row, PlanRow(self.sheet, row.number, NEW, ready, stored)))

    def _values(self, row: Row) -> dict[str, Any]:
        """What the cells say; a cell that cannot be read is told and left out."""
        values: dict[str, Any] = {}
        for column in self.sheet.columns:
            if column.is_many or column.is_name:
                continue
            try:
                value = self._value(column, row)
            except NamesBroken:
                self.is_broken = True
            except ValueError as problem:
                self._tell(row, column, str(problem))
            else:
                values[column.field] = column.default if value in (None, "") else value
                if column.is_owed and value in (None, ""):
                    self._tell(row, column, f"{column.heading}を入力してください。")
                    del values[column.field]
        return {name: "" if self._is_text(name, v) else v for name, v in values.items()}

    def _is_text(self, name: str, value: Any) -> bool:
        field = self.sheet.model._meta.get_field(name)
        return value is None and not field.null

    def _value(self, column: Column, row: Row) -> Any:
        cell = row.cells[self.places[column.heading]]
        if not column.names:
            return column.cell.clean(cell)
        text = column.cell.clean(cell)
        return self._named(column.names, text) if text else None

    def _named(self, title: str, text: str) -> Any:
        if found := self.state.named[title].get(text):
            return found
        if text in self.state.broken[title] or title in self.state.unread:
            raise NamesBroken
        raise ValueError(
            f"「{text}」は、登録された{title}にも、「{title}」のシートにもありません。"
            f"{NATURAL_WORDS[title]}を確かめるか、「{title}」のシートに加えてください。"
        )

    def _stored(self, row: Row, found: Any, values: Mapping[str, Any]) -> Any:
        """The stored row that this one is about; a row twice in file or table is told."""
        if self.is_broken or any(name not in values for name in self.sheet.identity):
            return None
        identity = identity_of(self.sheet, found)
        first = self.seen.setdefault(identity, row.number)
        column = self.sheet.column(self.sheet.identity[0])
        if first != row.number:
            self._tell(row, column, f"{first}行目と同じ{self.sheet.title}です。1行にしてください。")
        known = self.state.stored[self.sheet.key].get(identity, [])
        if len(known) > 1:
            sentence = "同じ内容が2件以上登録されています。管理画面で1件にしてください。"
            self._tell(row, column, sentence)
        return known[0] if known else None

    def _filled(self, stored: Any, values: Mapping[str, Any]) -> Any:
        ready = copy.copy(stored)
        for name, value in values.items():
            setattr(ready, name, value)
        return ready

    # Rules

    def _ask_rules(self, row: Row, ready: Any, values: Mapping[str, Any]) -> None:
        is_whole = not self.is_broken and len(values) == len(self.sheet.fields)
        errors = errors_of(ready, tuple(values), PLACES, is_whole=is_whole)
        for name, found in errors.items():
            column = self.sheet.column(name)
            heading = column.heading if column else "行全体"
            for error in found:
                self._tell(row, column, sentence_of(error, heading, name))
        for column in self.sheet.columns:
            if column.is_name and values.get(column.field):
                self._compare_name(row, column, values[column.field])
        if self.sheet.key == "charges" and is_whole:
            self._ask_charge(row, ready)

    def _compare_name(self, row: Row, column: Column, person: Any) -> None:
        place = self.places.get(column.heading)
        written = "" if place is None else as_text(row.cells[place])
        if written and "".join(normalise(written).split()) != "".join(person.name.split()):
            self._tell(
                row,
                column,
                f"職員番号{person.username}は「{person.name}」です。"
                "職員番号か氏名を直してください。",
            )

    def _ask_charge(self, row: Row, charge: Any) -> None:
        if charge.division and charge.division.department_id != charge.department_id:
            self._tell(row, self.sheet.column("division"), "書いた部の課を書いてください。")
        if charge.interviewer.pk not in self.state.announced_interviewers(self.today):
            self._tell(
                row,
                self.sheet.column("interviewer"),
                f"{charge.interviewer.name}さんには、内示の済んだ市長・副市長・教育長の発令がありません。"
                "内示日より前は、この行を消して取り込み、内示日の後に加えてください。",
            )

    # At the end of the sheet

    def finish(self) -> None:
        """Settle what depends on other rows of the sheet, and what each row comes to."""
        column = self.sheet.column("successors")
        for row, planned in self.pending:
            if column:
                self._settle_successors(row, planned, column)
            planned.kind = kind_of(planned)
            if planned.kind == SAME:
                self.plan.same[self.sheet.key] += 1
            else:
                self.plan.rows.append(planned)
        ready = {planned.row.pk: planned.row for _, planned in self.pending}
        stored = [ready.pop(row.pk, row) for row in self.state.rows[self.sheet.key]]
        self.state.rows[self.sheet.key] = stored + list(ready.values())
        if column:
            self._ask_years()

    def _settle_successors(self, row: Row, planned: PlanRow, column: Column) -> None:
        if planned.stored:
            known = self.state.successors[self.sheet.key]
            planned.old_successors = known.get(planned.stored.pk, [])
        planned.successors = []
        try:
            text = str(column.cell.clean(row.cells[self.places[column.heading]]))
            planned.successors = self._successors(text, planned.row)
        except NamesBroken:
            return
        except ValueError as problem:
            self._tell(row, column, str(problem))

    def _successors(self, text: str, ready: Any) -> list[Any]:
        title = self.sheet.title
        names = text.replace("，", "、").replace(",", "、").split("、")
        codes = dict.fromkeys(name.strip() for name in names if name.strip())
        if ready.code in codes:
            raise ValueError(f"後継の{title}に、その{title}自身は書けません。")
        return [self._named(title, code) for code in codes]

    def _ask_years(self) -> None:
        rows = {planned.row.pk: row for row, planned in self.pending}
        planned_rows = [planned for _, planned in self.pending]
        for planned, name, sentence in faults_of(self.sheet, self.state, planned_rows):
            self._tell(rows[planned.row.pk], self.sheet.column(name), sentence)

    # Telling

    def _tell(self, row: Row, column: Column | None, sentence: str) -> None:
        place = self.places.get(column.heading) if column else None
        cell = row.cells[place] if place is not None else ""
        letter = get_column_letter(place + 1) if place is not None else ""
        heading = column.heading if column else "行全体"
        value = "" if isinstance(cell, CellProblem) else as_text(cell)[:200]
        problem = Problem(self.sheet.title, row.number, letter, heading, sentence, value)
        self.plan.problems.append(problem)

    def _note_broken(self, row: Row) -> None:
        if name := NATURAL.get(self.sheet.title):
            column = self.sheet.column(name)
            place = self.places[column.heading] if column else 0
            text = normalise(as_text(row.cells[place])).strip()
            self.state.broken[self.sheet.title].add(text)


NATURAL_WORDS = {"部": "記号", "課": "記号", "職員": "職員番号"}


def kind_of(planned: PlanRow) -> str:
    """New, changed, ended, or the same as it is."""
    if planned.stored is None:
        return NEW
    before, after = planned.before, planned.after
    if before == after:
        return SAME
    end = planned.sheet.ends_by
    is_closed = before.get("is_active") is True and after.get("is_active") is False
    return ENDED if is_closed or (end and before[end] is None and after[end]) else CHANGED
