"""A PDF with a text layer as plain text. Pure Python: no Django.

A PDF knows where words stand and nothing of lines or paragraphs. Where the next line is further
away than lines of one paragraph are, a blank line is put between; where a page ends, a form feed.
A line that begins further in than the others is set in by as many full-width spaces. Some programs
name a radical of the dictionary where the text has the character (⼈ for 人), or a ligature (ﬁ).
"""

import io
import re
import unicodedata
from collections import Counter
from typing import Any, NamedTuple

from pypdf import PdfReader

MOST_PAGES = 200
MOST_CHARACTERS = 2_000_000
WIDE_SPACE = 1.4
"""From how many times the usual distance of two lines on there is a gap between them."""

DEEPEST_INDENT = 30  # characters

_AS_WRITTEN = str.maketrans(
    {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    | {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
    | dict(
        zip(
            "⼾⿈⺟⺠⻁⻄⻆⻑⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲",
            "戸黄母民虎西角長青食骨鬼麦黄斉歯竜亀",
            strict=True,
        )
    )
)
_LATIN_GAP = re.compile("(?<=[!-~])\u3000(?=[!-~])")


class Encrypted(ValueError):
    """The file asks for a password. One that only its owner can change opens with an empty one."""


class TooLong(ValueError):
    """More pages or more text than a policy can have."""


def text_of(content: bytes) -> str:
    """The text of the PDF file ``content``; empty where it holds none."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Encrypted
    if len(reader.pages) > MOST_PAGES:
        raise TooLong
    pages = []
    size = 0
    for page in reader.pages:
        pages.append(_lines_of(page))
        size += sum(len(line.text) for line in pages[-1])
        if size > MOST_CHARACTERS:
            raise TooLong
    pitch = _pitch(pages)
    return "\f".join(_written(lines, pitch) for lines in pages)


class _Line(NamedTuple):
    """Where it begins: ``x`` from the left and ``height`` from the foot of the page, in points."""

    text: str
    x: float = 0.0
    height: float = 0.0
    size: float = 0.0
    """Of its first character."""


def _lines_of(page: Any) -> list[_Line]:
    """The lines of a page from the top."""
    lines = [_Line("")]

    def take(piece: str, matrix: list[float], own: list[float], _: Any, size: float) -> None:
        for at, part in enumerate(piece.split("\n")):
            if at:
                lines.append(_Line(""))
            line = lines[-1]
            if part.strip() and not line.text.strip():
                x = own[4] * matrix[0] + own[5] * matrix[2] + matrix[4]
                height = own[4] * matrix[1] + own[5] * matrix[3] + matrix[5]
                line = _Line(line.text, x, height, size * abs(own[0] * matrix[0]))
            lines[-1] = line._replace(text=line.text + part)

    page.extract_text(visitor_text=take)
    return [line for line in lines if line.text.strip()]


def _pitch(pages: list[list[_Line]]) -> float:
    """How far two lines usually are from each other."""
    steps = Counter(
        round(above.height - below.height, 0)
        for lines in pages
        for above, below in zip(lines, lines[1:], strict=False)
        if above.height > below.height
    )
    return min(
        (step for step, count in steps.items() if count * 4 >= max(steps.values())), default=0
    )


def _written(lines: list[_Line], pitch: float) -> str:
    """PDF has one glyph for both spaces in many a font; between Latin letters it is the small one."""
    written: list[str] = []
    left = min((line.x for line in lines), default=0)
    last: float | None = None
    for line in lines:
        if last is not None and not 0 <= last - line.height <= pitch * WIDE_SPACE + 1:
            written.append("")
        written.append(_indent(line, left) + _LATIN_GAP.sub(" ", line.text.translate(_AS_WRITTEN)))
        last = line.height
    return "".join(f"{line}\n" for line in written)


def _indent(line: _Line, left: float) -> str:
    if line.size <= 0:
        return ""
    return "\u3000" * min(max(round((line.x - left) / line.size), 0), DEEPEST_INDENT)
