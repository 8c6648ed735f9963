"""The same document as Word and as PDF is read to the same tree."""

import io

import pytest
from django.core.management import call_command
from office_files import (
    number_properties,
    numbering,
    part_of,
    pdf,
    saved_pdf,
    with_part,
    with_parts,
    word,
)
from pypdf import PdfReader, PdfWriter
from reading_of_layouts import NAMES, letterhead, plain_preamble, plain_tree, source

from policies.lines import compact
from policies.models import BasicPolicy
from policies.parsing import ParsedPolicy, ParsedSection, is_lossless, parse
from policies.reading import read_content, read_file
from policies.reading.numbers import Level

NUMBERED = {
    "seed": [("decimal", "%1"), ("decimal", "(%2)"), ("aiueoFullWidth", "(%3)")],
    "order": [("decimalFullWidth", "%1"), ("decimalFullWidth", "（%2）"), ("aiueoFullWidth", "%3")],
    "wrapped": [("decimal", "第%1"), ("decimal", "（%2）"), ("aiueo", "%3")],
    "spaced": [("decimalFullWidth", "%1"), ("decimal", "( %2 )"), ("lowerLetter", "（%3）")],
    "circled": [("decimal", "%1．"), ("decimalEnclosedCircle", "%2"), ("bullet", "\uf0b7")],
    "kanji": [("japaneseCounting", "第%1"), ("japaneseCounting", "(%2)"), ("decimal", "%3)")],
    "roman": [("upperRoman", "%1."), ("decimalEnclosedParen", "%2"), ("lowerLetter", "%3.")],
}


@pytest.fixture(scope="module")
def plain() -> ParsedPolicy:
    return parse(source("seed"))


def _same(policy: ParsedPolicy, plain: ParsedPolicy) -> None:
    assert plain_tree(policy) == plain_tree(plain)
    assert plain_preamble(policy) == plain_preamble(plain)
    assert letterhead(policy) == letterhead(plain)
    assert is_lossless(policy)


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_is_read_to_the_same_tree_from_word(name, plain):
    _same(parse(read_content(word(source(name).replace("\f", "").splitlines()))), plain)


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_is_read_to_the_same_tree_from_pdf(name, plain):
    _same(parse(read_content(pdf(source(name)))), plain)


def _numbered(sections: tuple[ParsedSection, ...], level: int = 0):
    for section in sections:
        first, *rest = [part for part in (section.heading, *section.body.split("\n")) if part]
        yield level, first
        yield from rest
        yield from _numbered(section.items, level + 1)


@pytest.mark.parametrize("name", NUMBERED)
def test_numbers_that_word_counts_by_itself_are_read(name, plain):
    top = ["令和7年度市政運営の基本方針", "", "令和7年3月28日", plain.issuer, "", *plain.preamble]
    content = word([*top, *_numbered(plain.sections)], NUMBERED[name])
    policy = parse(read_content(content))
    _same(policy, plain)
    assert policy.doubts == ()


@pytest.mark.parametrize("make", [lambda text: word(text.splitlines()), pdf, str.encode])
def test_the_kind_of_a_file_is_told_by_its_bytes_never_by_its_name(make, plain, tmp_path):
    path = tmp_path / "方針.xlsx"
    path.write_bytes(make(source("seed")))
    _same(parse(read_file(path)), plain)


@pytest.mark.django_db
def test_a_word_file_is_stored_with_the_text_that_was_read(plain, tmp_path):
    path = tmp_path / "方針.docx"
    path.write_bytes(word(source("seed").splitlines()))
    call_command("read_policy", str(path), "--save")
    stored = BasicPolicy.objects.get()
    assert (stored.title, stored.sections.count()) == (plain.title, 17)
    assert parse(stored.source_text).sections == parse(read_file(path)).sections


def test_a_paragraph_of_word_is_never_joined_with_the_next():
    """A heading of more than twenty characters would be a wrapped line in a file of text."""
    heading = "将来にわたり持続可能なまちづくりに向けた計画的な取組"
    policy = parse(
        read_content(word(["令和7年度方針", (0, heading), "市は取り組む。"], [("decimal", "%1")]))
    )
    assert [(s.heading, s.body) for s in policy.sections] == [(heading, "市は取り組む。")]


# --- PDF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_only_its_owner_can_change_is_read(algorithm, plain):
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf(source("seed")))))
    writer.encrypt("", "owner", algorithm=algorithm)
    _same(parse(read_content(saved_pdf(writer))), plain)


def test_a_pdf_across_the_page_is_read_to_the_same_tree(plain):
    _same(parse(read_content(pdf(source("seed"), "@page{size:A4 landscape}"))), plain)


def test_a_page_that_is_turned_is_read_to_the_same_tree(plain):
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf(source("seed")))))
    for page in writer.pages:
        page.rotate(90)
    _same(parse(read_content(saved_pdf(writer))), plain)


def test_two_columns_are_read_one_after_the_other(plain):
    policy = parse(read_content(pdf(source("order"), "section{columns:2}")))
    assert [s.heading for s in policy.sections] == [compact(s.heading) for s in plain.sections]
    assert [len(s.items) for s in policy.sections] == [len(s.items) for s in plain.sections]
    assert is_lossless(policy)


# --- Word ----------------------------------------------------------------------------------------


def _body(xml: str, levels=()) -> str:
    """The text of a Word document whose body is ``xml``."""
    return read_content(_with_body(xml, levels))


def _with_body(xml: str, levels=()) -> bytes:
    document = part_of(word(["*"], levels), "word/document.xml").decode()
    start, end = document.index("<w:p>"), document.index("</w:p>") + len("</w:p>")
    changed = document[:start] + xml + document[end:]
    return with_part(word([], levels), "word/document.xml", changed.encode())


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_tracked_changes_count_as_accepted():
    deleted = (
        f"<w:del><w:r><w:delText>四</w:delText></w:r></w:del><w:moveFrom>{_run('五')}</w:moveFrom>"
    )
    inserted = f"<w:ins>{_run('五')}</w:ins><w:moveTo>{_run('か所')}</w:moveTo>"
    xml = f"<w:p>{_run('市内')}{deleted}{inserted}</w:p>"
    assert _body(xml) == "市内五か所"


def test_a_paragraph_whose_end_was_taken_away_goes_on_in_the_next():
    ended = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    assert _body(f"<w:p>{ended}{_run('市民')}</w:p><w:p>{_run('生活')}</w:p>") == "市民生活"
    assert _body(f"<w:p>{_run('市民')}</w:p><w:p>{ended}{_run('生活')}</w:p>") == "市民\n生活"


def test_tabs_line_breaks_readings_and_field_codes():
    ruby = f"<w:r><w:ruby><w:rt>{_run('けん')}</w:rt><w:rubyBase>{_run('健')}</w:rubyBase></w:ruby></w:r>"
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    xml = f"<w:p>{_run('甲')}<w:r><w:tab/></w:r>{ruby}{field}<w:r><w:br/></w:r>{_run('乙')}</w:p>"
    assert _body(xml) == "甲 健\n乙"


def test_rows_of_a_table_are_lines_and_cells_of_paragraphs_stand_one_by_one():
    def cell(*texts: str) -> str:
        return f"<w:tc>{''.join(f'<w:p>{_run(text)}</w:p>' for text in texts)}</w:tc>"

    rows = f"<w:tr>{cell('区分')}{cell('担当')}</w:tr><w:tr>{cell('甲', '乙')}{cell('丙')}</w:tr>"
    assert _body(f"<w:tbl>{rows}</w:tbl>").split() == ["区分", "担当", "甲", "乙", "丙"]


def test_a_row_that_was_taken_away_does_not_come_in():
    def row(text: str, properties: str = "") -> str:
        return f"<w:tr>{properties}<w:tc><w:p>{_run(text)}</w:p></w:tc></w:tr>"

    deleted = row("乙", "<w:trPr><w:del/></w:trPr>")
    assert _body(f"<w:tbl>{row('甲')}{deleted}{row('丙')}</w:tbl>").split() == ["甲", "丙"]


def test_rows_of_a_table_never_run_into_each_other_or_the_text():
    cells = [[f"{name}の整備に関する事業の名称と概要", "企画課"] for name in "甲乙"]
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p>{_run(text)}</w:p></w:tc>' for text in row)}</w:tr>"
        for row in cells
    )
    text = _body(
        f"<w:p>{_run('令和7年度方針')}</w:p><w:p>{_run('1 対応')}</w:p>"
        f"<w:p>{_run('次の表の事業を行うこと。')}</w:p><w:tbl>{rows}</w:tbl>"
    )
    assert parse(text).sections[0].body.split("\n") == [
        "次の表の事業を行うこと。",
        "甲の整備に関する事業の名称と概要　企画課",
        "乙の整備に関する事業の名称と概要　企画課",
    ]


def test_hidden_text_and_soft_hyphens_do_not_come_in():
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>内緒</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>生活</w:t></w:r>'
    soft = "<w:r><w:t>Re\u00adengi</w:t><w:softHyphen/><w:t>neering</w:t></w:r>"
    assert _body(f"<w:p>{_run('市民')}{hidden}{shown} {soft}</w:p>") == "市民生活Reengineering"


def test_text_hidden_by_a_style_does_not_come_in():
    style = '<w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    own = '<w:r><w:rPr><w:rStyle w:val="Secret"/></w:rPr><w:t>内緒</w:t></w:r>'
    content = _with_body(f"<w:p>{_run('市民')}{own}</w:p>")
    styles = part_of(content, "word/styles.xml").decode()
    styles = styles.replace("</w:styles>", f"{style}</w:styles>")
    assert read_content(with_part(content, "word/styles.xml", styles.encode())) == "市民"


def _with_notes() -> bytes:
    """Two paragraphs, with a footnote to the first and an endnote to the second."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = _with_body(
        f"<w:p>{_run('令和7年度方針')}</w:p><w:p>{_run('1 対応')}</w:p><w:p>{_run('(1) 支援策')}"
        f'<w:r><w:footnoteReference w:id="2"/></w:r>{_run("を講じること。")}</w:p>'
        f'<w:p>{_run("(2) 訓練を行うこと。")}<w:r><w:endnoteReference w:id="1"/></w:r></w:p>'
    )
    parts = {}
    for kind, number, text in (("footnote", 2, "物価高への支援"), ("endnote", 1, "年二回。")):
        note = (
            f'<w:{kind} w:id="{number}"><w:p><w:r><w:{kind}Ref/></w:r>{_run(text)}</w:p></w:{kind}>'
        )
        parts[f"word/{kind}s.xml"] = f"<w:{kind}s {space}>{note}</w:{kind}s>"
    names = ("footnotes", "endnotes")
    links = "".join(
        f'<Relationship Id="n{n}" Type="{relations}/{n}" Target="{n}.xml"/>' for n in names
    )
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    types = "".join(
        f'<Override PartName="/word/{n}.xml" ContentType="{mime}.{n}+xml"/>' for n in names
    )
    for name, added in (("word/_rels/document.xml.rels", links), ("[Content_Types].xml", types)):
        known = part_of(content, name).decode()
        end = known.rindex("</")
        parts[name] = known[:end] + added + known[end:]
    return with_parts(content, parts)


def test_notes_come_after_the_text_and_are_asked_about():
    text = read_content(_with_notes())
    assert text.splitlines()[-3:] == ["（注1）物価高への支援", "", "（注2）年二回。"]
    policy = parse(text)
    assert [item.body for item in policy.sections[0].items] == [
        "支援策を講じること。",
        "訓練を行うこと。",
    ]
    assert policy.furniture == ("（注1）物価高への支援", "（注2）年二回。")
    assert [doubt.question for doubt in policy.doubts] == [
        "ここから下は注として、本文に入れていません。よろしいですか。"
    ]
    assert is_lossless(policy)


def test_content_controls_and_text_boxes_are_read_once():
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent><w:p>{_run('７企第45号')}</w:p></w:txbxContent>"
    choice = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    xml = f"<w:sdt><w:sdtContent><w:p><w:r><mc:AlternateContent {mc}>{choice}</mc:AlternateContent></w:r>"
    assert _body(f"{xml}{_run('方針')}</w:p></w:sdtContent></w:sdt>") == "方針\n７企第45号"


def test_headers_and_footers_are_left_out():
    assert read_content(word(["令和7年度方針", "1 対応"])) == "令和7年度方針\n1 対応"


def _markers(numbering_xml: str, *paragraphs: str, styles: str = "") -> list[str]:
    """What stands before each paragraph; a paragraph is its properties."""
    xml = "".join(f"<w:p><w:pPr>{own}</w:pPr>{_run('文')}</w:p>" for own in paragraphs)
    document = part_of(word(["*"]), "word/document.xml").decode()
    start, end = document.index("<w:p>"), document.index("</w:p>") + len("</w:p>")
    content = with_part(
        word([], [("decimal", "%1")]),
        "word/document.xml",
        (document[:start] + xml + document[end:]).encode(),
    )
    content = with_part(content, "word/numbering.xml", numbering_xml.encode())
    if styles:
        known = part_of(content, "word/styles.xml").decode()
        changed = known.replace("</w:styles>", f"{styles}</w:styles>")
        content = with_part(content, "word/styles.xml", changed.encode())
    lines = read_content(content).splitlines()
    return [line.removesuffix("文").strip() for line in lines if line]


LEVELS = [("decimal", "%1"), ("decimal", "%1.%2"), ("bullet", "○")]


def _at(level: int, number: int = 1) -> str:
    return number_properties(number, level)


def test_a_deeper_level_begins_again_below_each_number():
    given = [_at(0), _at(1), _at(1), _at(0), _at(1), _at(2), _at(2)]
    expected = ["1", "1.1", "1.2", "2", "2.1", "○", "○"]
    assert _markers(numbering(LEVELS), *given) == expected


def test_a_second_list_of_one_definition_goes_on_unless_it_starts_anew():
    goes_on = '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
    anew = (
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    xml = numbering(LEVELS, goes_on + anew)
    assert _markers(xml, _at(0), _at(0, 2), _at(0, 3), _at(0, 3)) == ["1", "2", "1", "2"]


def test_an_overridden_level_has_its_own_look_and_start():
    own = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="irohaFullWidth"/>'
        '<w:lvlText w:val="（%1）"/></w:lvl></w:lvlOverride></w:num>'
    )
    xml = numbering(LEVELS, own)
    assert _markers(xml, _at(0), _at(0, 2), _at(0, 2)) == ["1", "（ハ）", "（ニ）"]


def test_a_level_that_never_begins_again_counts_on():
    xml = numbering([("decimal", "第%1"), ("decimal", "%2")]).replace(
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%2"/>',
        '<w:numFmt w:val="decimal"/><w:lvlRestart w:val="0"/><w:lvlText w:val="%2"/>',
    )
    given = [_at(0), _at(1), _at(1), _at(0), _at(1)]
    assert _markers(xml, *given) == ["第1", "1", "2", "第2", "3"]


def test_a_list_that_only_names_a_style_of_lists_is_numbered_by_it():
    linked = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>'
        '<w:abstractNum w:abstractNumId="7"><w:numStyleLink w:val="Outline"/></w:abstractNum>'
    )
    xml = numbering([("decimal", "第%1")], linked).replace(
        '<w:abstractNum w:abstractNumId="0">',
        '<w:abstractNum w:abstractNumId="0"><w:styleLink w:val="Outline"/>',
    )
    assert _markers(xml, _at(0, 2), _at(0, 2)) == ["第1", "第2"]


def test_a_paragraph_may_say_its_level_and_leave_the_list_to_its_style():
    styles = f'<w:style w:styleId="Item"><w:pPr>{number_properties(1, 0)}</w:pPr></w:style>'
    item = '<w:pStyle w:val="Item"/>'
    deeper = f'{item}<w:numPr><w:ilvl w:val="1"/></w:numPr>'
    assert _markers(numbering(LEVELS), item, deeper, styles=styles) == ["1", "1.1"]


def test_headings_are_numbered_by_the_level_that_is_tied_to_their_style():
    numbered = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = (
        f'<w:style w:styleId="H1"><w:pPr>{numbered}</w:pPr></w:style>'
        f'<w:style w:styleId="H2"><w:pPr>{numbered}</w:pPr></w:style>'
        '<w:style w:styleId="Own"><w:basedOn w:val="H2"/></w:style>'
    )
    xml = numbering([("decimal", "第%1"), ("decimal", "（%2）")])
    for level, style in ((1, "H1"), (2, "H2")):
        text = '"第%1"' if level == 1 else '"（%2）"'
        tie = f'<w:pStyle w:val="{style}"/><w:lvlText w:val={text}/>'
        xml = xml.replace(f"<w:lvlText w:val={text}/>", tie)
    given = [f'<w:pStyle w:val="{name}"/>' for name in ("H1", "H2", "Own", "H1", "H2")]
    assert _markers(xml, *given, styles=styles) == ["第1", "（1）", "（2）", "第2", "（1）"]


def test_a_style_numbers_its_paragraphs_and_one_paragraph_takes_it_away():
    styles = (
        f'<w:style w:styleId="Chapter"><w:pPr>{number_properties(1, 0)}</w:pPr></w:style>'
        '<w:style w:styleId="Own"><w:basedOn w:val="Chapter"/></w:style>'
    )
    chapter, own = ('<w:pStyle w:val="Chapter"/>', '<w:pStyle w:val="Own"/>')
    none = chapter + number_properties(0, 0)
    xml = numbering([("decimalFullWidth", "第%1章")])
    assert _markers(xml, chapter, own, none, chapter, styles=styles) == [
        "第１章",
        "第２章",
        "",
        "第３章",
    ]


@pytest.mark.parametrize(
    ("style", "numbers", "markers"),
    [
        ("decimalEnclosedCircle", (1, 20, 21, 36, 50, 51), "① ⑳ ㉑ ㊱ ㊿ 51"),
        ("aiueoFullWidth", (1, 2, 46), "ア イ ン"),
        ("aiueo", (1, 5, 10), "ｱ ｵ ｺ"),
        ("irohaFullWidth", (1, 2, 3), "イ ロ ハ"),
        ("japaneseCounting", (1, 10, 11, 20, 34, 105), "一 十 十一 二十 三十四 一〇五"),
        ("upperRoman", (1, 4, 9, 12, 39, 40), "I IV IX XII XXXIX 40"),
        ("lowerLetter", (1, 26, 27), "a z aa"),
        ("decimalZero", (1, 10), "01 10"),
        ("decimalEnclosedParen", (1, 20, 21), "⑴ ⒇ 21"),
        ("unheardOf", (7,), "7"),
    ],
)
def test_formats_of_word_write_numbers_as_word_does(style, numbers, markers):
    assert " ".join(Level(style).write(number) for number in numbers) == markers
