"""Word and PDF files made for a test."""

import html
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdf import PdfWriter

from packets import press

Level = tuple[str, str]
Paragraph = tuple[int | None, str]


def word(paragraphs: Iterable[str | Paragraph], levels: Sequence[Level] = ()) -> bytes:
    """A .docx file. A paragraph given with a level is numbered by Word: the number is no text.

    ``levels`` are the format and the text of each level: ("decimalFullWidth", "（%2）").
    """
    document = Document()
    document.sections[0].header.paragraphs[0].text = "あけぼの市　柱"
    document.sections[0].footer.paragraphs[0].text = "- 1 -"
    if levels:
        document.part.numbering_part._element = parse_xml(numbering(levels))
    for given in paragraphs:
        level, text = (None, given) if isinstance(given, str) else given
        paragraph = document.add_paragraph(text)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(parse_xml(number_properties(1, level)))
    return saved(document)


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def number_properties(number: int, level: int) -> str:
    return f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def numbering(levels: Sequence[Level], further: str = "") -> str:
    """``word/numbering.xml`` with one list; ``further`` elements come after it."""
    written = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for place, (style, text) in enumerate(levels)
    )
    return (
        f'<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="0">{written}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{further}</w:numbering>'
    )


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The zip file ``content`` with ``part`` in the place of its entry ``name``."""
    return with_parts(content, {name: part})


def with_parts(content: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """The zip file ``content`` with ``parts`` in the place of its entries of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.namelist():
            if entry not in parts:
                new.writestr(entry, old.read(entry))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def with_body(xml: str, levels: Sequence[Level] = ()) -> bytes:
    """A .docx file whose body is ``xml``."""
    document = part_of(word(["*"], levels), "word/document.xml").decode()
    start, end = document.index("<w:p>"), document.index("</w:p>") + len("</w:p>")
    changed = document[:start] + xml + document[end:]
    return with_part(word([], levels), "word/document.xml", changed.encode())


def saved_pdf(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def pdf(text: str, look: str = "") -> bytes:
    """A PDF on paper A4 of ``text``, a new page at each form feed; ``look`` is CSS of its own."""
    pages = "".join(f"<section>{_paragraphs(page)}</section>" for page in text.split("\f"))
    style = (
        "@page{size:A4;margin:25mm} section:not(:last-child){break-after:page}"
        'body{font:11pt "Noto Sans JP";line-height:1.6} p{margin:0;white-space:pre-wrap}'
    )
    page = (
        f"<html lang=ja><head><title>方針</title><style>{style}{look}</style></head><body>{pages}"
    )
    return press.press(page)[1]


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(line) or '&nbsp;'}</p>" for line in text.split("\n"))
