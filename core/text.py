"""What is done to text and figures before they are stored, searched or shown. Pure Python.

Names and what people wrote are stored as NFC and never as NFKC (髙 must stay 髙, ① must stay ①);
NFKC serves search keys and the reading of numbers only.
"""

import re
import unicodedata

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
MAX_DIGITS = 15
_NEWLINES = re.compile("\r\n|[\r\n\u000b\u000c\u0085\u2028\u2029]")
# C0 and C1 controls except newline and tab, BiDi embeddings, overrides and isolates, zero-width
# space, BOM, lone surrogates, noncharacters. ZWJ, ZWNJ and variation selectors stay.
_FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u200b\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


class NumberProblem(ValueError):
    """A figure that cannot be read; the message is a sentence for the person who typed it."""


def normalise(text: str) -> str:
    r"""NFC, newlines ``\n``, without control characters. Idempotent."""
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", _NEWLINES.sub("\n", text)))


def search_key(text: str) -> str:
    """What a search compares: NFKC, case folded, katakana as hiragana, white space removed."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_KATAKANA_TO_HIRAGANA)
    return "".join(folded.split())


def opening_words(text: str, length: int = 24) -> str:
    """The first ``length`` characters of ``text``, with … where something follows."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def first_sentence(text: str) -> tuple[str, str]:
    """The first sentence of ``text`` and all that follows it (both may be empty)."""
    cut = min((i + 1 for i in (text.find("。"), text.find("\n")) if i >= 0), default=len(text))
    return text[:cut].strip(), text[cut:].lstrip("\n")


def parse_integer(text: str) -> int:
    """A whole number as people type it: １，０００, 1,000, △5, ▲5, −5, ５千円 is refused.

    Raises NumberProblem with a sentence.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if len(folded) > 40:
        raise NumberProblem(f"{MAX_DIGITS}桁までの数字で入力してください。")
    negative = folded[:1] in {"-", "△", "▲", "−", "‐", "–"}
    digits = (folded[1:] if negative else folded.removeprefix("+")).strip()
    if "," in digits and not re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", digits):
        raise NumberProblem("桁区切りのコンマの位置を確かめてください。")
    digits = digits.replace(",", "")
    if not (digits.isascii() and digits.isdigit()):
        raise NumberProblem("数字だけで入力してください。")
    if len(digits) > MAX_DIGITS:
        raise NumberProblem(f"{MAX_DIGITS}桁までの数字で入力してください。")
    return -int(digits) if negative else int(digits)


def format_integer(value: int) -> str:
    """12,300; minus as △ (the way of public accounts in Japan)."""
    return f"△{-value:,}" if value < 0 else f"{value:,}"


def circled(number: int) -> str:
    """1 → ①; beyond ⑳ in brackets."""
    return CIRCLED[number - 1] if 1 <= number <= len(CIRCLED) else f"({number})"
