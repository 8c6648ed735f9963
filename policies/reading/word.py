"""A Word document (.docx) as plain text. Pure Python: no Django.

One line for each paragraph, with the number that Word shows before it. Changes count as accepted;
hidden text, headers, footers and comments stay out; the rows of a table are lines. Footnotes and
endnotes come after the text, as （注1）.
"""

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from policies.reading.numbers import Lists, is_on, read_lists, value, whole

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
_NOT_IN_LINE = _LEFT_OUT | {_BOX, _FALLBACK}
_TEXT = frozenset({qn("w:t"), qn("m:t")})  # m: in a formula
_WRITTEN = {
    qn("w:tab"): " ",
    qn("w:ptab"): " ",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:br"): "\n",
}
_SOFT_HYPHEN = "\u00ad"
_NOTES = {  # where a note is referred to, and the part that holds it
    qn("w:footnoteReference"): (RELATIONSHIP_TYPE.FOOTNOTES, qn("w:footnote")),
    qn("w:endnoteReference"): (RELATIONSHIP_TYPE.ENDNOTES, qn("w:endnote")),
}


class TooLong(ValueError):
    """The document holds more text than a policy can."""


def text_of(content: bytes) -> str:
    """The text of the .docx file ``content``."""
    document = Document(io.BytesIO(content))
    writer = _Writer(_lists(document), document.styles.element)
    writer.write(document.element.body)
    writer.write_notes(_notes(document))
    return writer.text()


def _lists(document: Any) -> Lists:
    try:
        return read_lists(document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element)
    except (KeyError, AttributeError):
        return Lists()


def _notes(document: Any) -> dict[tuple[str, str], Any]:
    """The footnotes and endnotes, by the tag of their references and their id."""
    found = {}
    for reference, (relation, tag) in _NOTES.items():
        try:
            root = parse_xml(document.part.part_related_by(relation).blob)
        except KeyError:
            continue
        for note in root.iterchildren(tag):
            found[reference, note.get(qn("w:id"), "")] = note
    return found


class _Writer:
    """Goes through the body once and collects its lines."""

    def __init__(self, lists: Lists, styles: Any) -> None:
        self.lists = lists
        self.styles = {s.get(qn("w:styleId")): s for s in styles.iterchildren(qn("w:style"))}
        self.lines: list[str] = []
        self.size = 0
        self.is_counted = False  # whether Word counts anything in it
        self.unfinished = ""  # a paragraph whose end was taken away in a tracked change
        self.hidden = _hidden_styles(self.styles)
        self.references: list[tuple[str, str]] = []  # to notes, in the order of the text

    def write(self, container: Any) -> None:
        for block in _blocks(container):
            if block.tag == qn("w:p"):
                self._paragraph(block)
            else:
                self._table(block)

    def write_notes(self, notes: dict[tuple[str, str], Any]) -> None:
        """What the text refers to, at its end: numbered as they come, one line each."""
        for number, reference in enumerate(self.references, 1):
            before, self.lines = self.lines, []
            if reference in notes:
                self.write(notes[reference])
            texts = [line.strip() for line in self.lines if line.strip()]
            self.lines = before
            if texts:
                self._line("")
                self._line(f"（注{number}）{' '.join(texts)}")

    def text(self) -> str:
        """The lines, with a blank one between paragraphs unless they were wrapped by hand."""
        if self.unfinished:
            self._line(self.unfinished)
        if not self.is_counted and all(len(line.strip()) <= LONGEST_WRAPPED for line in self.lines):
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
        text = self.unfinished + "".join(self._pieces(paragraph))
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

    def _table(self, table: Any) -> None:
        """Its rows, each apart from what is before and after it."""
        for row in table.iterchildren(qn("w:tr")):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is None:
                self._line("")
                self._row(row)
        self._line("")

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
        """The number of the paragraph; what it does not say itself its style says."""
        own = properties.find(qn("w:numPr")) if properties is not None else None
        number, depth = value(own, "w:numId"), value(own, "w:ilvl")
        if not number:
            number, of_style = self._list_of_style(value(properties, "w:pStyle"))
            depth = depth or of_style
        return self.lists.marker(number, whole(depth)) if number else ""

    def _list_of_style(self, name: str) -> tuple[str, str]:
        """Headings are often numbered by their style, or by the one that it is based on."""
        names: list[str] = []
        depth = ""
        while name in self.styles and len(names) < MOST_ANCESTORS:
            names.append(name)
            style = self.styles[name]
            given = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            depth = depth or value(given, "w:ilvl")
            if number := value(given, "w:numId"):
                return number, depth or str(self.lists.depth_of(number, names))
            name = value(style, "w:basedOn")
        return "", ""

    def _pieces(self, paragraph: Any) -> Iterator[str]:
        """The text of a paragraph as it stands when every tracked change is accepted."""
        waiting = [paragraph.iterchildren()]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
            elif element.tag in _TEXT:
                yield (element.text or "").replace("\n", " ").replace(_SOFT_HYPHEN, "")
            elif element.tag in _WRITTEN:
                yield _WRITTEN[element.tag]
            elif element.tag in _NOTES:
                self.references.append((element.tag, element.get(qn("w:id"), "")))
            elif self._is_read(element):
                waiting.append(element.iterchildren())

    def _is_read(self, element: Any) -> bool:
        if not isinstance(element.tag, str) or element.tag in _NOT_IN_LINE:
            return False
        return element.tag != qn("w:r") or not self._is_hidden(element.find(qn("w:rPr")))

    def _is_hidden(self, properties: Any) -> bool:
        """Text that Word neither shows nor prints, by itself or by its style."""
        if properties is None:
            return False
        own = properties.find(qn("w:vanish"))
        return value(properties, "w:rStyle") in self.hidden if own is None else is_on(own)


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


def _hidden_styles(styles: dict[str, Any]) -> frozenset[str]:
    """Styles of characters that hide them."""
    path = f"{qn('w:rPr')}/{qn('w:vanish')}"
    return frozenset(
        name for name, style in styles.items() if any(map(is_on, style.iterfind(path)))
    )


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
