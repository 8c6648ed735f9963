"""Reading and writing of tables as Excel and CSV files. Pure Python: no Django.

What cannot be a table is refused before it is opened: a workbook is judged by the directory of
its zip file, so that a small file which unpacks to gigabytes is never read. Cells that hold no
value (#REF!, a formula that was never calculated) become ``CellProblem``, for the row to report.
"""

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from core.text import normalise, opening_words

MAX_BYTES = 5 * 1024 * 1024
MAX_ENTRIES = 200
MAX_UNPACKED = 20 * 1024 * 1024
MAX_RATIO = 100
SMALL = 1024 * 1024
"""An entry that unpacks to no more than this may be packed as tightly as it likes."""
MAX_ROWS = 5000
MAX_COLUMNS = 100
MAX_SHEETS = 20
LONGEST_CELL = 32_767
"""What one cell of Excel holds; longer text would be cut without a word."""

_STARTS_A_FORMULA = re.compile("[=+\\-@\t\r＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")

_BROKEN = (InvalidFileException, zipfile.BadZipFile, zlib.error, TypeError, AttributeError)

Cell = str | int | float | bool | dt.date | None


class Unfit(ValueError):
    """A file that is no table; the message is a sentence for the person who chose it."""


@dataclass(frozen=True)
class CellProblem:
    """Stands in a row where a cell has no value that could be read."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Row:
    """One row, with its number as the spreadsheet shows it."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """The headings and the rows that hold anything."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes) -> Table:
    """The first table of an Excel workbook or of a CSV file. Raises Unfit."""
    if len(content) > MAX_BYTES:
        raise Unfit(f"ファイルが大きすぎます。{MAX_BYTES // 1024**2}MBまでです。")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unfit(
            "古い形式（.xls）か、パスワードの付いたExcelのファイルです。"
            "パスワードを外し、.xlsxの形式で保存し直してください。"
        )
    if content.startswith(b"%PDF"):
        raise Unfit("PDFは読めません。ExcelかCSVのファイルを選んでください。")
    rows = _workbook_rows(content) if content.startswith(b"PK") else _csv_rows(content)
    return _table_of(rows)


def _table_of(rows: Iterable[Row]) -> Table:
    table = _any_table_of(rows)
    if not table.headings or not table.rows:
        raise Unfit("見出しと、その下の行があるファイルを選んでください。")
    return table


def _any_table_of(rows: Iterable[Row]) -> Table:
    """Headings and rows, or less where there is less."""
    filled = []
    for row in rows:
        if _holds_anything(row):
            filled.append(row)
        if len(filled) > MAX_ROWS + 1:
            raise Unfit(f"行が多すぎます。{MAX_ROWS:,}行までに分けてください。")
    first = filled[0].cells if filled else ()
    headings = [normalise(str(cell or "")).strip() for cell in first]
    while headings and not headings[-1]:
        headings.pop()
    width = len(headings)
    cut = [Row(row.number, (row.cells + (None,) * width)[:width]) for row in filled[1:]]
    return Table(tuple(headings), tuple(row for row in cut if _holds_anything(row)))


def _holds_anything(row: Row) -> bool:
    return any(cell not in (None, "") for cell in row.cells)


# Excel


def check_workbook(content: bytes) -> None:
    """Refuse what would unpack to more than a table, from the directory of the zip file alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise _broken() from None
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise Unfit("Excelのファイルではありません。.xlsxかCSVのファイルを選んでください。")
    if "xl/vbaProject.bin" in names:
        raise Unfit("マクロの付いたExcelは読めません。.xlsxの形式で保存し直してください。")
    if unpacks_too_far(entries):
        raise Unfit("ファイルの中身が大きすぎます。必要な表だけを新しいExcelに写してください。")


def unpacks_too_far(entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether a zip file holds too many entries, one of them twice, or unpacks to too much."""
    if len(entries) > MAX_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        return True
    return sum(entry.file_size for entry in entries) > MAX_UNPACKED or any(
        entry.file_size > max(SMALL, entry.compress_size * MAX_RATIO) for entry in entries
    )


def _broken() -> Unfit:
    return Unfit("ファイルが壊れているため開けません。Excelで保存し直してください。")


def _workbook_rows(content: bytes) -> Iterator[Row]:
    """Rows of the sheet that is in front."""
    check_workbook(content)
    with _readable():
        yield from _rows_of(*(book.active for book in _twice(content)))


def read_sheets(content: bytes) -> dict[str, Table]:
    """All sheets of an Excel workbook by name, empty ones too. Raises Unfit."""
    check_workbook(content)
    with _readable():
        values, formulas = _twice(content)
        names = values.sheetnames
        if len(names) > MAX_SHEETS:
            raise Unfit(f"シートが多すぎます。{MAX_SHEETS}枚までです。")
        pairs = ((name, _rows_of(values[name], formulas[name])) for name in names)
        return {normalise(name).strip(): _any_table_of(rows) for name, rows in pairs}


@contextmanager
def _readable() -> Iterator[None]:
    """One sentence for whatever broken or hostile XML makes of the reader."""
    try:
        yield
    except Unfit:
        raise
    except (*_BROKEN, ValueError, SyntaxError, OSError, LookupError):
        raise _broken() from None


def _twice(content: bytes) -> list[Any]:
    """The workbook as values, and as the formulas beside them, which tell why there is none."""
    return [
        load_workbook(io.BytesIO(content), read_only=True, data_only=shown, keep_links=False)
        for shown in (True, False)
    ]


def _rows_of(values: Any, formulas: Any) -> Iterator[Row]:
    pairs = zip(_rows_within(values), _rows_within(formulas), strict=True)
    for number, (shown, written) in enumerate(pairs, 1):
        if max(len(shown), len(written)) > MAX_COLUMNS:
            raise Unfit(f"列が多すぎます。{MAX_COLUMNS}列までです。")
        yield Row(number, tuple(map(_cell, shown, written)))


def _rows_within(sheet: Any) -> Iterator[Any]:
    if sheet is None or not hasattr(sheet, "reset_dimensions"):
        raise Unfit("表のあるシートを開いた状態で保存してください。")
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    for number, row in enumerate(sheet.rows, 1):
        if number > 2 * MAX_ROWS:
            raise Unfit(f"行が多すぎます。{MAX_ROWS:,}行までに分けてください。")
        yield row


def _cell(shown: Any, written: Any) -> Any:
    if shown.data_type == "e":
        return CellProblem(f"セルがExcelのエラー（{shown.value}）になっています。")
    if written.data_type == "f" and shown.value is None:
        return CellProblem(
            "数式の計算結果が入っていません。Excelで開いて保存し直すか、値を入力してください。"
        )
    if isinstance(shown.value, str):
        return normalise(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), shown.value))
    return shown.value


@dataclass(frozen=True)
class Sheet:
    """A sheet to write. ``examples`` stand in grey above the rows; ``choices`` are the words that
    Excel offers in a column (by its number from 0); ``widths`` in characters, or by the heading."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    examples: Sequence[Sequence[Cell]] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    widths: Sequence[int] = ()


def write_workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet. No text becomes a formula; none is cut. Raises Unfit."""
    return write_sheets([Sheet(title, headings, rows)])


def write_sheets(sheets: Iterable[Sheet]) -> bytes:
    """A workbook. No text becomes a formula; none is cut. Raises Unfit."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(book: Workbook, wanted: Sheet) -> None:
    examples = [[_fitting(value) for value in row] for row in wanted.examples]
    fitting = [[_fitting(value) for value in row] for row in wanted.rows]
    sheet = book.create_sheet(wanted.title[:31])
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(wanted.headings, 1):
        width = dict(enumerate(wanted.widths, 1)).get(number)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = width or min(40, max(10, 2 * len(heading) + 4))
        if words := wanted.choices.get(number - 1):
            offer = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
            offer.add(f"{letter}2:{letter}{MAX_ROWS}")
            sheet.data_validations.append(offer)
    sheet.append([_styled(sheet, heading, Font(bold=True)) for heading in wanted.headings])
    for row in examples:
        sheet.append([_styled(sheet, value, Font(color="FF757575")) for value in row])
    for row in fitting:
        sheet.append([_written(sheet, value) for value in row])


def _styled(sheet: Any, value: Cell, font: Font) -> Any:
    written = _written(sheet, value)
    cell = WriteOnlyCell(sheet, value) if written is value else written
    cell.font = font
    return cell


def _fitting(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    text = re.sub("_x(?=[0-9A-Fa-f]{4}_)", "_x005F_x", normalise(value))
    if len(text) > LONGEST_CELL:
        raise Unfit(
            f"「{opening_words(value, 12)}」は{LONGEST_CELL:,}文字を超え、Excelのセルに入りません。"
            "CSVで書き出してください。"
        )
    return text


def _written(sheet: Any, value: Cell) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet)
    cell.value = value
    cell.data_type = "s"
    if _STARTS_A_FORMULA.match(value):
        cell.quotePrefix = True
    return cell


# CSV


def _csv_rows(content: bytes) -> Iterator[Row]:
    text = _decode(content)
    if "\x00" in text:
        raise Unfit("文字の表（CSV）として読めません。ExcelかCSVのファイルを選んでください。")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > MAX_COLUMNS:
                raise Unfit(f"列が多すぎます。{MAX_COLUMNS}列までです。")
            yield Row(number, tuple(unguarded(normalise(cell)) for cell in cells))
    except csv.Error:
        raise Unfit(
            f'{number + 1}行目から先が読めません。引用符（"）が閉じているか確かめてください。'
        ) from None


def _decode(content: bytes) -> str:
    marks = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16")]
    marks += [(codecs.BOM_UTF16_BE, "utf-16")]
    encodings = [name for mark, name in marks if content.startswith(mark)] or ["utf-8", "cp932"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit("文字コードが分かりません。CSVは「UTF-8」か「Shift_JIS」で保存してください。")


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, as Excel expects it. No text becomes a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([guarded(as_text(value)) for value in row])
    return codecs.BOM_UTF8 + out.getvalue().encode()


def guarded(text: str) -> str:
    """``text`` with an apostrophe before what a spreadsheet would run as a formula."""
    if _PLAIN_NUMBER.match(text):
        return text
    needs = _STARTS_A_FORMULA.match(text) or _GUARDED.match(text)
    return f"'{text}" if needs else text


def unguarded(text: str) -> str:
    """The inverse of ``guarded``."""
    return text[1:] if _GUARDED.match(text) else text


def as_text(value: Any) -> str:
    """A cell as a person would have typed it: 5.0 → 5, 2023-04-01 → 2023/4/1."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, dt.date):
        return f"{value.year}/{value.month}/{value.day}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
