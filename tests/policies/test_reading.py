"""Bytes become text, or one sentence says why not."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.parsing import parse
from policies.reading import MAX_BYTES, MOST_LINES, Unreadable, read_file, read_text

TEXT = "令和5年度市政運営の基本方針\n\n1 対応\n(1) ウィズコロナ・アフターコロナを見据えること。\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.encode("shift_jis"),
        TEXT.encode("cp932"),
        TEXT.encode("euc_jp"),
        TEXT.encode("cp932") + b"\x1a",
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-be", "utf-32", "sjis", "cp932", "euc-jp", "ctrl-z"],
)
def test_every_encoding_of_a_japanese_office_gives_the_same_text(content):
    assert read_text(content) == TEXT


def test_characters_of_windows_are_read_from_shift_jis():
    text = "①㈱髙﨑～－∥ 井澤 邦夫\n"
    assert read_text(text.encode("cp932")) == text


def test_half_width_katakana_of_shift_jis_are_read():
    text = "令和5年度の基本方針について、ｺｸﾌﾞﾝｼﾞ市の取組を定めること。\n"
    assert read_text(text.encode("cp932")) == text


def in_euc_of_windows(text: str) -> bytes:
    """EUC-JP as Windows writes it: each pair of Shift_JIS at the same place of its table."""
    written = b""
    for character in text:
        found = character.encode("cp932")
        if len(found) == 2:
            first, second = found[0] - (0x81 if found[0] < 0xA0 else 0xC1), found[1]
            is_even = second >= 0x9F
            cell = second - 0x9F if is_even else second - (0x41 if second > 0x7F else 0x40)
            found = bytes((first * 2 + is_even + 0xA1, cell + 0xA1))
        written += b"\x8e" + found if len(found) == 1 and found[0] > 0x7F else found
    return written


def test_the_way_into_euc_is_the_one_that_python_knows():
    assert in_euc_of_windows(TEXT + "ｺｸﾌﾞﾝｼﾞ") == (TEXT + "ｺｸﾌﾞﾝｼﾞ").encode("euc_jp")


@pytest.mark.parametrize("name", ["①㈱Ⅳ", "髙橋", "尾﨑", "①髙ｺｸﾌﾞﾝｼﾞ"])
def test_characters_of_windows_are_read_from_euc(name):
    text = f"令和5年度の基本方針について、{name}の取組を定めること。\n"
    assert read_text(in_euc_of_windows(text)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16"])
def test_lines_that_end_in_different_ways_are_the_same_lines(encoding):
    text = "令和5年度方針\r\n\r\n1 対応\r(1) 支援策を講じること。\n(2) 訓練を行うこと。\r\n"
    assert parse(read_text(text.encode(encoding))) == parse(
        text.replace("\r\n", "\n").replace("\r", "\n")
    )


def _refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_text(content)
    return str(refusal.value)


EMPTY = "ファイルに文字がありません。基本方針の文書を選んでください。"
NO_TEXT = "文字のファイルとして読めません。文字だけのファイル（.txt）を選んでください。"
UNKNOWN = "文字コードが分かりません。UTF-8かShift_JISで保存し直したファイルを選んでください。"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", EMPTY),
        (b" \r\n\t", EMPTY),
        ("\u3000\n".encode(), EMPTY),
        (codecs.BOM_UTF8, EMPTY),
        (codecs.BOM_UTF16_LE, EMPTY),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", NO_TEXT),
        (b"\x00" * 1000, NO_TEXT),
        (bytes(range(1, 9)) * 50, NO_TEXT),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00", NO_TEXT),
        (codecs.BOM_UTF8 + b"\xff\xff", NO_TEXT),
        (bytes(range(128, 256)) * 3, UNKNOWN),
        (
            b"%PDF-1.7\n%\xe2\xe3",
            "PDFファイルは読めません。文字だけのファイル（.txt）を選んでください。",
        ),
        (
            b"PK\x03\x04\x14\x00\x06\x00",
            "WordやExcelなどのファイルは読めません。文字だけのファイル（.txt）を選んでください。",
        ),
    ],
)
def test_what_is_no_text_is_refused_with_one_sentence(content, sentence):
    assert _refusal(content) == sentence


def test_the_largest_text_is_read_and_one_byte_more_is_refused():
    assert len(read_text(b"a" * MAX_BYTES)) == MAX_BYTES
    sentence = "ファイルが大きすぎます。5MBまでのファイルを選んでください。"
    assert _refusal(b"a" * (MAX_BYTES + 1)) == sentence


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\f", "\u2028"])
def test_a_text_of_absurdly_many_lines_is_refused_before_it_is_parsed(end):
    assert read_text(f"1{end}".encode() * MOST_LINES).count("1") == MOST_LINES
    sentence = "行が多すぎます。20万行までの文書にしてください。"
    assert _refusal(f"1{end}".encode() * (MOST_LINES + 1)) == sentence


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_sentence(content):
    try:
        answer = read_text(content).strip()
    except Unreadable as refusal:
        answer = str(refusal)
    assert answer


def test_files_that_cannot_be_opened_are_named(tmp_path: Path):
    missing = tmp_path / "方針.txt"
    for path, sentence in (
        (missing, f"ファイルが見つかりません：{missing}"),
        (tmp_path, f"フォルダーではなく、ファイルを指定してください：{tmp_path}"),
    ):
        with pytest.raises(Unreadable) as refusal:
            read_file(path)
        assert str(refusal.value) == sentence


def test_a_path_that_cannot_exist_is_refused(tmp_path: Path):
    path = tmp_path / ("長" * 300)
    with pytest.raises(Unreadable) as refusal:
        read_file(path)
    assert str(refusal.value) == f"ファイルを開けません：{path}"
