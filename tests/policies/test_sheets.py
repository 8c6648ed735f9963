"""Source and tree of a document row by row."""

from policies import edits
from policies.lines import compact
from policies.outline import outline_of
from policies.parsing import parse
from policies.sheets import row_at, row_of_line, rows

POLICY = """令和5年度市政運営の基本方針

次のとおり取り組むこと。
なお、期限を守ること。

1 市民の生活
- (1) 防災の取組を進め、
備蓄を増やすこと。

- 2 -

地域で支えること。
"""


def read(text: str):
    return outline_of(parse(text))


def told(found):
    return [(row.kind, row.word, row.key, row.goes_on) for row in found]


def test_each_row_is_one_thing_in_the_order_of_the_source():
    outline = read(POLICY)
    at = outline.source.index
    assert told(rows(outline)) == [
        ("apart", "題名", "at-0", False),
        ("text", "前文", f"at-{at('次の')}", False),
        ("text", "前文", f"at-{at('なお')}", False),
        ("item", "", "item-1", False),
        ("item", "", "item-2", False),
        ("apart", "本文外", f"at-{at('- 2')}", False),
        ("item", "", f"at-{at('地域')}", True),
    ]


def test_rows_hold_every_character_with_its_line():
    outline = read(POLICY)
    lines = [line for row in rows(outline) for line in row.lines]
    texts = ["".join(part.text for part in line.parts) for line in lines]
    assert compact("".join(texts)) == compact(outline.source)
    assert [line.number for line in lines] == [1, 3, 4, 6, 7, 8, 10, 12]
    assert all(
        outline.source.startswith(part.text, part.start) for line in lines for part in line.parts
    )


def test_paragraphs_of_running_text_are_rows_and_read_as_such():
    found = [row for row in rows(read(POLICY)) if row.kind == "text"]
    assert [(row.paragraph, row.follows) for row in found] == [
        ("次のとおり取り組むこと。", False),
        ("なお、期限を守ること。", True),
    ]


def test_line_that_holds_two_things_has_one_anchor():
    outline = read("令和5年度施政方針\n\n始めに防災です。備蓄を増やします。次に子育てです。\n")
    start = outline.source.index("備蓄")
    marked = edits.apply(outline, edits.Mark(start, start + len("備蓄を増やします。")))
    found = rows(marked)
    assert [(row.word, row.first_line) for row in found] == [
        *(("題名", 1), ("前文", 3), ("", 3), ("項に入っていない文", 3)),
    ]
    assert [line.is_first for row in found for line in row.lines] == [True, True, False, False]


def test_row_is_found_by_item_by_offset_and_by_line():
    found = rows(read(POLICY))
    assert row_at(found, item=2) is found[4]
    assert row_at(found, at=found[1].start + 2) is found[1]
    assert row_at(found, at=found[4].start) is None
    assert row_of_line(found, 8) is found[4]
    assert row_of_line(found, 9) is found[4]
    assert row_of_line([], 1) is None
