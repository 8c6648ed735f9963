"""A PDF with a text layer as plain text. Pure Python: no Django.

A PDF knows where words stand and nothing of lines or paragraphs. Where the next line is further
away than lines of one paragraph are, a blank line is put between; where a page ends, a form feed.
"""

import io
import re
from collections import Counter
from typing import Any

from pypdf import PdfReader

MOST_PAGES = 200
MOST_CHARACTERS = 2_000_000
WIDE_SPACE = 1.4
"""From how many times the usual distance of two lines on there is a gap between them."""

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
        size += sum(len(text) for text, _ in pages[-1])
        if size > MOST_CHARACTERS:
            raise TooLong
    pitch = _pitch(pages)
    return "\f".join(_written(lines, pitch) for lines in pages)


def _lines_of(page: Any) -> list[tuple[str, float]]:
    """The lines of a page with their heights on it, from the top."""
    lines: list[tuple[str, float]] = []
    text, height = "", 0.0

    def take(piece: str, matrix: list[float], own: list[float], *_: Any) -> None:
        nonlocal text, height
        for at, part in enumerate(piece.split("\n")):
            if at:
                lines.append((text, height))
                text = ""
            if part.strip() and not text.strip():
                height = own[4] * matrix[1] + own[5] * matrix[3] + matrix[5]
            text += part

    page.extract_text(visitor_text=take)
    lines.append((text, height))
    return [(text, height) for text, height in lines if text.strip()]


def _pitch(pages: list[list[tuple[str, float]]]) -> float:
    """How far two lines usually are from each other."""
    steps = Counter(
        round(above - below, 0)
        for lines in pages
        for (_, above), (_, below) in zip(lines, lines[1:], strict=False)
        if above > below
    )
    return min(
        (step for step, count in steps.items() if count * 4 >= max(steps.values())), default=0
    )


def _written(lines: list[tuple[str, float]], pitch: float) -> str:
    """PDF has one glyph for both spaces in many a font; between Latin letters it is the small one."""
    written: list[str] = []
    last: float | None = None
    for text, height in lines:
        if last is not None and not 0 <= last - height <= pitch * WIDE_SPACE + 1:
            written.append("")
        written.append(_LATIN_GAP.sub(" ", text))
        last = height
    return "".join(f"{line}\n" for line in written)
