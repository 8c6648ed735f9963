"""The numbers that Word counts by itself and stores nowhere as text."""

import pytest
from office_files import number_properties, numbering, part_of, run, with_body, with_part

from policies.reading import read_content
from policies.reading.numbers import Level


def _markers(numbering_xml: str, *paragraphs: str, styles: str = "") -> list[str]:
    """What stands before each paragraph; a paragraph is its properties."""
    xml = "".join(f"<w:p><w:pPr>{own}</w:pPr>{run('文')}</w:p>" for own in paragraphs)
    content = with_body(xml, [("decimal", "%1")])
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
