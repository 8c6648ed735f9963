"""A file that holds characters alone, in any encoding of a Japanese office. Pure Python: no Django."""

import codecs
import unicodedata
from collections import Counter

MAX_BYTES = 5 * 1024 * 1024
"""A basic policy has about 8 KB; what is larger than this is not one."""
MOST_LINES = 200_000
"""As many as 5,000 pages hold; what has more is no document, and would take long to read."""

_BYTE_ORDER_MARKS = (  # the longer first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE = ("cp932", "euc_jp", "euc_jis_2004")
_OTHER_FILES = (
    (b"%PDF", "PDFファイル"),
    (b"PK\x03\x04", "WordやExcelなどのファイル"),
    (b"\xd0\xcf\x11\xe0", "古い形式のWordやExcelのファイル"),
    (b"{\\rtf", "リッチテキストのファイル"),
)
_CONTROLS_OF_TEXT = frozenset("\t\n\v\f\r\x85")
_STRANGE = frozenset({"Cc", "Co", "Cn"})  # control, private use, not assigned
_MOST_CONTROLS = 0.02  # share of control characters from which on it is no text
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
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


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
