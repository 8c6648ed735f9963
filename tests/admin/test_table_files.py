"""Excel and CSV files: what is read, what is refused before it is opened, what is written."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.tables import (
    LONGEST_CELL,
    CellProblem,
    Unfit,
    guarded,
    read_table,
    unguarded,
    write_csv,
    write_workbook,
)
from core.text import normalise

HEADINGS = ["記号", "名称"]


def workbook(fill: Callable[[Workbook], None]) -> bytes:
    book = Workbook()
    book.active.append(HEADINGS)
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The zip file with some entries replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return out.getvalue()


def cells(content: bytes) -> list[tuple[int, tuple[object, ...]]]:
    return [(row.number, row.cells) for row in read_table(content).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_csv_is_read_in_the_encodings_of_the_office(encoding: str) -> None:
    content = "記号,名称\r\nsomu,総務部①～\r\n".encode(encoding)
    assert cells(content) == [(2, ("somu", "総務部①～"))]


def test_csv_in_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(Unfit, match="文字コードが分かりません"):
        read_table("記号,名称\nsomu,総務部".encode("euc_jp") + b"\xff\xff")


def test_unclosed_quote_is_refused_and_named() -> None:
    with pytest.raises(Unfit, match="引用符"):
        read_table('記号,名称\nsomu,"総務部\nkenko,健康部\n'.encode())


def test_rows_keep_their_numbers_where_empty_ones_stand_between() -> None:
    content = workbook(
        lambda book: [book.active.append(row) for row in ([None, None], ["somu", "総務部"])]
    )
    assert cells(content) == [(3, ("somu", "総務部"))]


def test_formatted_but_empty_rows_are_dropped() -> None:
    def fill(book: Workbook) -> None:
        book.active.append(["somu", "総務部"])
        for number in range(3, 60):
            book.active.cell(number, 1).number_format = "@"

    assert cells(workbook(fill)) == [(2, ("somu", "総務部"))]


def test_formula_that_was_never_calculated_and_error_cell_become_problems() -> None:
    def fill(book: Workbook) -> None:
        book.active.append(['="so"&"mu"', "#REF!"])

    [(_, (formula, error))] = cells(workbook(fill))
    assert isinstance(formula, CellProblem)
    assert "数式の計算結果が入っていません" in formula.sentence
    assert error == CellProblem("セルがExcelのエラー（#REF!）になっています。")


def test_false_dimension_is_not_believed() -> None:
    honest = workbook(lambda book: book.active.append(["somu", "総務部"]))
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    lie = sheet.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')
    assert lie != sheet
    content = rewritten(honest, {"xl/worksheets/sheet1.xml": lie})
    assert cells(content) == [(2, ("somu", "総務部"))]


def test_workbook_that_unpacks_to_far_more_is_refused_from_its_directory() -> None:
    bomb = rewritten(workbook(lambda book: None), {"xl/sharedStrings.xml": b"0" * 15_000_000})
    assert len(bomb) < 50_000
    with pytest.raises(Unfit, match="中身が大きすぎます"):
        read_table(bomb)


def test_workbook_of_too_many_entries_is_refused() -> None:
    extra = {f"xl/media/{number}.txt": b"1" for number in range(250)}
    with pytest.raises(Unfit, match="中身が大きすぎます"):
        read_table(rewritten(workbook(lambda book: None), extra))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "見出しと、その下の行"),
        (b"PK\x03\x04 broken", "壊れている"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "古い形式"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n\x00,1\n", "読めません"),
        (b"a," * 101 + b"\n1\n", "列が多すぎます"),
        (b"a\n" + b"1\n" * 5002, "行が多すぎます"),
        (b"x" * (5 * 1024 * 1024 + 1), "大きすぎます"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Unfit, match=sentence):
        read_table(content)


def test_word_document_and_macros_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(Unfit, match="Excelのファイルではありません"):
        read_table(out.getvalue())
    with pytest.raises(Unfit, match="マクロ"):
        read_table(rewritten(workbook(lambda book: None), {"xl/vbaProject.bin": b"1"}))


def test_hostile_xml_is_refused() -> None:
    assert openpyxl.DEFUSEDXML is True
    assert openpyxl.LXML is False
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    with pytest.raises(Unfit, match="壊れている"):
        read_table(rewritten(workbook(lambda book: None), {"xl/workbook.xml": bomb}))


def test_workbook_says_text_as_text_and_never_as_a_formula() -> None:
    content = write_workbook("部", HEADINGS, [["=1+1", "+81"], [None, -5]])
    sheet = load_workbook(io.BytesIO(content)).active
    written = [(c.value, c.data_type, c.quotePrefix) for c in (sheet["A2"], sheet["B2"])]
    assert written == [("=1+1", "s", True), ("+81", "s", True)]
    assert sheet["B3"].value == -5


def test_text_too_long_for_a_cell_is_refused_and_never_cut() -> None:
    longest = "あ" * LONGEST_CELL
    assert cells(write_workbook("部", HEADINGS, [["a", longest]])) == [(2, ("a", longest))]
    with pytest.raises(Unfit, match="32,767文字を超え"):
        write_workbook("部", HEADINGS, [["a", longest + "あ"]])


def test_csv_guards_formulas_and_leaves_numbers_alone() -> None:
    rows = [["=1+1", "-5"], ["＝cmd", dt.date(2023, 4, 1)], ["@a", True]]
    lines = write_csv(HEADINGS, rows).decode("utf-8-sig").splitlines()
    assert lines == ["記号,名称", "'=1+1,-5", "'＝cmd,2023/4/1", "'@a,はい"]


@given(st.text())
def test_guarding_can_always_be_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30).map(normalise)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    filled = [row for row in rows if any(row)]
    if not filled:
        return
    for write in (lambda: write_workbook("表", HEADINGS, rows), lambda: write_csv(HEADINGS, rows)):
        read = [tuple(cell or "" for cell in row.cells) for row in read_table(write()).rows]
        assert read == filled
