"""What of a Word document comes in, and what does not."""

from office_files import part_of, run, with_body, with_part, with_parts, word

from policies.parsing import is_lossless, parse
from policies.reading import read_content


def _body(xml: str) -> str:
    """The text of a Word document whose body is ``xml``."""
    return read_content(with_body(xml))


def test_tracked_changes_count_as_accepted():
    deleted = (
        f"<w:del><w:r><w:delText>四</w:delText></w:r></w:del><w:moveFrom>{run('五')}</w:moveFrom>"
    )
    inserted = f"<w:ins>{run('五')}</w:ins><w:moveTo>{run('か所')}</w:moveTo>"
    xml = f"<w:p>{run('市内')}{deleted}{inserted}</w:p>"
    assert _body(xml) == "市内五か所"


def test_a_paragraph_whose_end_was_taken_away_goes_on_in_the_next():
    ended = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    assert _body(f"<w:p>{ended}{run('市民')}</w:p><w:p>{run('生活')}</w:p>") == "市民生活"
    assert _body(f"<w:p>{run('市民')}</w:p><w:p>{ended}{run('生活')}</w:p>") == "市民\n生活"


def test_tabs_line_breaks_readings_and_field_codes():
    ruby = f"<w:r><w:ruby><w:rt>{run('けん')}</w:rt><w:rubyBase>{run('健')}</w:rubyBase></w:ruby></w:r>"
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    xml = f"<w:p>{run('甲')}<w:r><w:tab/></w:r>{ruby}{field}<w:r><w:br/></w:r>{run('乙')}</w:p>"
    assert _body(xml) == "甲 健\n乙"


def test_rows_of_a_table_are_lines_and_cells_of_paragraphs_stand_one_by_one():
    def cell(*texts: str) -> str:
        return f"<w:tc>{''.join(f'<w:p>{run(text)}</w:p>' for text in texts)}</w:tc>"

    rows = f"<w:tr>{cell('区分')}{cell('担当')}</w:tr><w:tr>{cell('甲', '乙')}{cell('丙')}</w:tr>"
    assert _body(f"<w:tbl>{rows}</w:tbl>").split() == ["区分", "担当", "甲", "乙", "丙"]


def test_a_row_that_was_taken_away_does_not_come_in():
    def row(text: str, properties: str = "") -> str:
        return f"<w:tr>{properties}<w:tc><w:p>{run(text)}</w:p></w:tc></w:tr>"

    deleted = row("乙", "<w:trPr><w:del/></w:trPr>")
    assert _body(f"<w:tbl>{row('甲')}{deleted}{row('丙')}</w:tbl>").split() == ["甲", "丙"]


def test_rows_of_a_table_never_run_into_each_other_or_the_text():
    cells = [[f"{name}の整備に関する事業の名称と概要", "企画課"] for name in "甲乙"]
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p>{run(text)}</w:p></w:tc>' for text in row)}</w:tr>"
        for row in cells
    )
    text = _body(
        f"<w:p>{run('令和7年度方針')}</w:p><w:p>{run('1 対応')}</w:p>"
        f"<w:p>{run('次の表の事業を行うこと。')}</w:p><w:tbl>{rows}</w:tbl>"
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
    assert _body(f"<w:p>{run('市民')}{hidden}{shown} {soft}</w:p>") == "市民生活Reengineering"


def test_text_hidden_by_a_style_does_not_come_in():
    style = '<w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    own = '<w:r><w:rPr><w:rStyle w:val="Secret"/></w:rPr><w:t>内緒</w:t></w:r>'
    content = with_body(f"<w:p>{run('市民')}{own}</w:p>")
    styles = part_of(content, "word/styles.xml").decode()
    styles = styles.replace("</w:styles>", f"{style}</w:styles>")
    assert read_content(with_part(content, "word/styles.xml", styles.encode())) == "市民"


def _with_notes() -> bytes:
    """Two paragraphs, with a footnote to the first and an endnote to the second."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = with_body(
        f"<w:p>{run('令和7年度方針')}</w:p><w:p>{run('1 対応')}</w:p><w:p>{run('(1) 支援策')}"
        f'<w:r><w:footnoteReference w:id="2"/></w:r>{run("を講じること。")}</w:p>'
        f'<w:p>{run("(2) 訓練を行うこと。")}<w:r><w:endnoteReference w:id="1"/></w:r></w:p>'
    )
    parts = {}
    for kind, number, text in (("footnote", 2, "物価高への支援"), ("endnote", 1, "年二回。")):
        note = (
            f'<w:{kind} w:id="{number}"><w:p><w:r><w:{kind}Ref/></w:r>{run(text)}</w:p></w:{kind}>'
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
    box = f"<w:txbxContent><w:p>{run('７企第45号')}</w:p></w:txbxContent>"
    choice = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    xml = f"<w:sdt><w:sdtContent><w:p><w:r><mc:AlternateContent {mc}>{choice}</mc:AlternateContent></w:r>"
    assert _body(f"{xml}{run('方針')}</w:p></w:sdtContent></w:sdt>") == "方針\n７企第45号"


def test_a_formula_in_a_line_is_text():
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f'<m:oMath xmlns:m="{space}"><m:r><m:t>x=1</m:t></m:r></m:oMath>'
    assert _body(f"<w:p>{run('算式')}{formula}{run('とする。')}</w:p>") == "算式x=1とする。"


def test_headers_and_footers_are_left_out():
    assert read_content(word(["令和7年度方針", "1 対応"])) == "令和7年度方針\n1 対応"
