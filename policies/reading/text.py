"""A file that holds characters alone, in any encoding of a Japanese office. Pure Python: no Django."""

import codecs
import re
import unicodedata
from collections import Counter

MAX_BYTES = 5 * 1024 * 1024
"""A basic policy has about 8 KB; what is larger than this is not one."""
MOST_CHARACTERS = 500_000
"""Sixty times a basic policy."""
MOST_LINES = 200_000
"""As many as 5,000 pages hold; what has more is no document, and would take long to read."""

EUC_OF_WINDOWS = "cp51932"
"""EUC-JP with ①, ㈱, 髙 and 﨑 as Windows and old Unix machines write it; Python has no such codec."""

_BYTE_ORDER_MARKS = (  # the longer first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE = ("cp932", "euc_jp", EUC_OF_WINDOWS, "euc_jis_2004")
_OTHER_FILES = (
    (b"%PDF", "PDFファイル"),
    (b"PK\x03\x04", "WordやExcelなどのファイル"),
    (b"\xd0\xcf\x11\xe0", "古い形式のWordやExcelのファイル"),
    (b"{\\rtf", "リッチテキストのファイル"),
)
HALF_WIDTH_KANA = 0x8E
_EUC_PAIR = re.compile(b"[\xa1-\xfe][\xa1-\xfe]|\x8e[\xa1-\xdf]|[\x80-\xff]")
_CONTROLS_OF_TEXT = frozenset("\t\n\v\f\r\x85")
_STRANGE = frozenset({"Cc", "Co", "Cn"})  # control, private use, not assigned
_MOST_CONTROLS = 0.02  # share of control characters from which on it is no text
_LEGIBLE = (
    re.compile(  # Latin, Greek, Cyrillic, signs like letters, kana, kanji, full and half width
        "[A-Za-z\u00aa-\u02ff\u0370-\u052f\u2071-\u214f\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff"
        "\uf900-\ufaff\uff21-\uffdc\U00020000-\U0003ffff]"
    )
)
_MOST_FOREIGN = 0.05
_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
_INVISIBLE = "\ufeff\u200b\u2060"


class Unreadable(ValueError):
    """The file cannot be read; the message is a sentence for the person who chose it."""


def read_text(content: bytes) -> str:
    """``content`` as text: UTF-8, UTF-16 (with its mark), Shift_JIS (CP932) or EUC-JP.

    Raises Unreadable for a file that is empty, too large or no text.
    """
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise Unreadable(f"ファイルが大きすぎます。{limit}MBまでのファイルを選んでください。")
    for beginning, kind in _OTHER_FILES:
        if content.startswith(beginning):
            raise Unreadable(f"{kind}は読めません。文字だけのファイル（.txt）を選んでください。")
    text = _decode(content).removesuffix("\x1a")
    check_text(text)
    if not is_text(text):
        raise _no_text()
    return text


def check_text(text: str) -> None:
    """Refuse a text of white space, or of more lines than a document has. Raises Unreadable."""
    if not text.strip().strip(_INVISIBLE).strip():
        raise Unreadable("ファイルに文字がありません。基本方針の文書を選んでください。")
    if sum(map(text.count, _LINE_ENDS)) - text.count("\r\n") > MOST_LINES:
        raise Unreadable(f"行が多すぎます。{MOST_LINES // 10_000}万行までの文書にしてください。")


def check_length(text: str) -> None:
    """Refuse a text longer than a document is. Raises Unreadable."""
    if len(text) - text.count("\r\n") > MOST_CHARACTERS:
        raise Unreadable(f"文書が長すぎます。{MOST_CHARACTERS:,}字までの文書を取り込めます。")


def _no_text() -> Unreadable:
    return Unreadable(
        "文字のファイルとして読めません。文字だけのファイル（.txt）を選んでください。"
    )


def _decode(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_as(encoding, content) or ""
    if b"\0" in content:
        raise _no_text()
    text = _try(content, "utf-8")
    if text is not None:
        return text
    readings = [t for t in (_try(content, name) for name in _JAPANESE) if t is not None]
    if not readings:
        raise Unreadable(
            "文字コードが分かりません。UTF-8かShift_JISで保存し直したファイルを選んでください。"
        )
    return min(readings, key=_strangeness)


def _decode_as(encoding: str, content: bytes) -> str:
    text = _try(content, encoding)
    if text is None:
        raise _no_text()
    return text


def _try(content: bytes, encoding: str) -> str | None:
    try:
        if encoding == EUC_OF_WINDOWS:
            return _EUC_PAIR.sub(_as_shift_jis, content).decode("cp932")
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _as_shift_jis(pair: re.Match[bytes]) -> bytes:
    """Two bytes of EUC, or one half-width kana, as Shift_JIS: the same place in the same table."""
    if pair[0][0] == HALF_WIDTH_KANA:
        return pair[0][1:]
    if len(pair[0]) < 2:  # no EUC: a byte that CP932 does not hold either
        return b"\xff"
    row, cell = pair[0][0] - 0xA1, pair[0][1] - 0xA1
    first = row // 2 + (0x81 if row < 62 else 0xC1)
    second = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
    return bytes((first, second))


def _strangeness(text: str) -> int:
    """How many characters are there that these papers do not hold.

    EUC-JP read as CP932 gives half-width katakana; of two equal readings the first counts.
    """
    return sum(
        count
        for character, count in Counter(text).items()
        if "｡" <= character <= "ﾟ" or "\ue000" <= character <= "\uf8ff"
    )


def is_text(text: str) -> bool:
    """Whether there are hardly any control characters or characters without a meaning."""
    strange = sum(
        count
        for character, count in Counter(text).items()
        if unicodedata.category(character) in _STRANGE and character not in _CONTROLS_OF_TEXT
    )
    return strange <= len(text) * _MOST_CONTROLS


def is_legible(text: str) -> bool:
    """Whether nearly all letters are of scripts that a Japanese document holds.

    What a PDF draws without saying which characters it means comes out as letters of any script.
    """
    letters = {c: n for c, n in Counter(text).items() if unicodedata.category(c).startswith("L")}
    foreign = sum(count for letter, count in letters.items() if not _LEGIBLE.match(letter))
    return foreign <= sum(letters.values()) * _MOST_FOREIGN
