"""A Word document (.docx) as plain text. Pure Python: no Django.

One line for each paragraph, with the number that Word shows before it. Changes count as accepted;
headers, footers and comments stay out; the rows of a table are lines.
"""

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from policies.reading.numbers import Lists, read_lists, value, whole

MOST_CHARACTERS = 2_000_000
LONGEST_WRAPPED = 60
"""Where no paragraph is longer than this and none counted by Word, lines may be wrapped by hand."""
SHORTEST = 3
MOST_ANCESTORS = 20

_LEFT_OUT = frozenset(
    map(qn, ("w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "w:sectPr", "w:tcPr", "w:tblPr"))
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = qn("w:txbxContent")
_WRITTEN = {qn("w:tab"): " ", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:br"): "\n"}


class TooLong(ValueError):
    """The document holds more text than a policy can."""


def text_of(content: bytes) -> str:
    """The text of the .docx file ``content``."""
    document = Document(io.BytesIO(content))
    writer = _Writer(_lists(document), document.styles.element)
    writer.write(document.element.body)
    return writer.text()


def _lists(document: Any) -> Lists:
    try:
        return read_lists(document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element)
    except (KeyError, AttributeError):
        return Lists()


class _Writer:
    """Goes through the body once and collects its lines."""

    def __init__(self, lists: Lists, styles: Any) -> None:
        self.lists = lists
        self.styles = {s.get(qn("w:styleId")): s for s in styles.iterchildren(qn("w:style"))}
        self.lines: list[str] = []
        self.size = 0
        self.is_counted = False  # whether Word counts anything in it
        self.unfinished = ""  # a paragraph whose end was taken away in a tracked change

    def write(self, container: Any) -> None:
        for block in _blocks(container):
            if block.tag == qn("w:p"):
                self._paragraph(block)
            else:
                for row in block.iterchildren(qn("w:tr")):
                    self._row(row)

    def text(self) -> str:
        """The lines, with a blank one between paragraphs unless they were wrapped by hand."""
        if self.unfinished:
            self._line(self.unfinished)
        if not self.is_counted and all(len(line) <= LONGEST_WRAPPED for line in self.lines):
            return "\n".join(self.lines)
        return "".join(
            f"{line}\n" if len(line) <= SHORTEST else f"{line}\n\n" for line in self.lines
        )

    def _line(self, text: str) -> None:
        self.size += len(text) + 1
        if self.size > MOST_CHARACTERS:
            raise TooLong
        self.lines.append(text)

    def _paragraph(self, paragraph: Any) -> None:
        text = self.unfinished + "".join(_pieces(paragraph))
        self.unfinished = ""
        properties = paragraph.find(qn("w:pPr"))
        if _is_end_taken_away(properties):
            self.unfinished = text
        elif text.strip():
            marker = self._marker(properties)
            self.is_counted = self.is_counted or bool(marker)
            self._line(f"{marker} {text}" if marker else text)
        else:
            self._line("")
        for box in _boxes(paragraph):
            self.write(box)

    def _row(self, row: Any) -> None:
        """One line where each cell holds one paragraph at most, otherwise cell by cell."""
        before, cells = self.lines, []
        for cell in _cells(row):
            self.lines = []
            self.write(cell)
            cells.append([line for line in self.lines if line.strip()])
        self.lines = before
        if all(len(lines) <= 1 for lines in cells):
            self.lines.append("　".join(line for lines in cells for line in lines))
        else:
            self.lines += [line for lines in cells for line in lines]

    def _marker(self, properties: Any) -> str:
        own = properties.find(qn("w:numPr")) if properties is not None else None
        if own is not None:
            number = value(own, "w:numId")
            return self.lists.marker(number, whole(value(own, "w:ilvl"))) if number else ""
        return self._marker_of_style(value(properties, "w:pStyle"))

    def _marker_of_style(self, name: str) -> str:
        """Headings are often numbered by their style, or by the one that it is based on."""
        ancestor = name
        for _ in range(MOST_ANCESTORS):
            style = self.styles.get(ancestor)
            if style is None:
                return ""
            given = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if given is not None and value(given, "w:numId"):
                number, depth = value(given, "w:numId"), value(given, "w:ilvl")
                return self.lists.marker(
                    number, whole(depth) if depth else self.lists.depth_of(number, name)
                )
            ancestor = value(style, "w:basedOn")
        return ""


def _blocks(container: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order, those inside content controls and insertions too."""
    waiting = [container.iterchildren()]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag in {qn("w:p"), qn("w:tbl")}:
            yield element
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT:
            waiting.append(element.iterchildren())


def _cells(row: Any) -> Iterator[Any]:
    for element in row.iterchildren():
        if element.tag == qn("w:tc"):
            yield element
        elif element.tag == qn("w:sdt"):
            yield from element.iterdescendants(qn("w:tc"))


def _pieces(paragraph: Any) -> Iterator[str]:
    """The text of a paragraph as it stands when every tracked change is accepted."""
    waiting = [paragraph.iterchildren()]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag == qn("w:t"):
            yield (element.text or "").replace("\n", " ")
        elif element.tag in _WRITTEN:
            yield _WRITTEN[element.tag]
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT | {_BOX, _FALLBACK}:
            waiting.append(element.iterchildren())


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Text boxes that hang on a paragraph; the copy for older versions of Word does not count."""
    for box in paragraph.iterdescendants(_BOX):
        above = list(box.iterancestors())
        inner = above[: above.index(paragraph)]
        if not any(element.tag in {_FALLBACK, _BOX} for element in inner):
            yield box


def _is_end_taken_away(properties: Any) -> bool:
    if properties is None:
        return False
    mark = properties.find(qn("w:rPr"))
    return mark is not None and any(mark.find(qn(n)) is not None for n in ("w:del", "w:moveFrom"))
