"""The book as a Word document, for LibreOffice to print.

python -m books.word BLOCKS DOCX
"""

import json
import sys
from pathlib import Path
from typing import Any

WIDTH = 165
"""Width of the text in mm."""
MINCHO, GOTHIC = "BIZ UDPMincho", "BIZ UDPGothic"


def main() -> None:
    from docx import Document

    source, target = map(Path, sys.argv[1:])
    document = Document()
    _set_up(document)
    for block in json.loads(source.read_text()):
        _ADD[block["kind"]](document, block)
    document.save(str(target))


def _set_up(document: Any) -> None:
    from docx.shared import Mm, Pt

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(25), Mm(20)
    page.top_margin, page.bottom_margin = Mm(27), Mm(23)
    for name, font, size in (
        ("Normal", MINCHO, 10.5),
        ("Heading 1", GOTHIC, 30),
        ("Heading 2", GOTHIC, 16),
        ("Heading 3", GOTHIC, 12),
        ("Heading 4", GOTHIC, 10.5),
    ):
        style = document.styles[name]
        _use(style, font)
        style.font.size = Pt(size)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
    _number(page.footer.paragraphs[0])


def _use(styled: Any, font: str) -> None:
    from docx.oxml.ns import qn

    styled.font.name = font
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def _number(paragraph: Any) -> None:
    """The number of the page, in the foot."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _say(paragraph: Any, runs: list[list[Any]]) -> None:
    for words, bold, _to, _page in runs:
        run = paragraph.add_run(words)
        if bold:
            run.bold = True


def _heading(document: Any, block: dict[str, Any]) -> None:
    _say(document.add_paragraph(style=f"Heading {block['level']}"), block["runs"])


def _text(document: Any, block: dict[str, Any]) -> None:
    _say(document.add_paragraph(), block["runs"])


def _line(document: Any, _block: dict[str, Any]) -> None:
    document.add_paragraph("＿" * 40)


def _page(document: Any, _block: dict[str, Any]) -> None:
    document.add_page_break()


def _table(document: Any, block: dict[str, Any]) -> None:
    from docx.shared import Mm

    widths = [Mm(WIDTH * width / 100) for width in block["widths"]]
    table = document.add_table(len(block["rows"]), len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    grid = table._cells  # asked for once: each cell() asks for all of them again
    for number, row in enumerate(block["rows"]):
        _row(grid[number * len(widths) : (number + 1) * len(widths)], row, widths)
    for row in table.rows[: block["head"]] if block["head"] else ():
        _repeat(row)


def _row(cells: list[Any], row: list[dict[str, Any]], widths: list[Any]) -> None:
    place = 0
    for told in row:
        end = min(place + told["span"], len(cells))
        if place >= end:
            return
        cell = cells[place] if end == place + 1 else cells[place].merge(cells[end - 1])
        cell.width = sum(widths[place:end])
        for number, runs in enumerate(told["paragraphs"]):
            _say(cell.add_paragraph() if number else cell.paragraphs[0], runs)
        place = end


def _repeat(row: Any) -> None:
    """The head stands on each page of the table."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


_ADD = {"heading": _heading, "text": _text, "line": _line, "page": _page, "table": _table}


if __name__ == "__main__":
    main()
