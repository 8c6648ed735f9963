"""The outline of a document: its texts come from the source through its pieces."""

from dataclasses import replace

import pytest
from reading_of_layouts import NAMES, source

from policies.lines import compact
from policies.outline import (
    Node,
    Outline,
    Piece,
    from_json,
    is_whole,
    outline_of,
    preamble,
    spoken,
    to_json,
    written,
)
from policies.parsing import parse

ORDER = """令和7年度市政運営の基本方針

次のとおり取り組むこと。

1 市民の生活
(1) 防災の取組を
進めること。
(2) 見守りを広げること。

- 2 -

2 職員
"""


def flat(sections, depth=0):
    for section in sections:
        yield section.marker, section.heading, section.body, depth, section.start, section.end
        yield from flat(section.items, depth + 1)


@pytest.mark.parametrize("name", NAMES)
def test_outline_writes_what_the_parser_read(name):
    parsed = parse(source(name))
    outline = outline_of(parsed)
    found = [
        (w.node.marker, w.heading, w.body, w.node.depth, w.start, w.end) for w in written(outline)
    ]
    assert found == list(flat(parsed.sections))
    assert preamble(outline) == list(parsed.preamble)
    assert is_whole(outline)


def test_written_tells_parents_leaves_and_where_an_answer_is_owed():
    rows = written(outline_of(parse(ORDER)))
    assert [(r.node.id, r.parent_id, r.is_leaf, r.is_open) for r in rows] == [
        (1, None, False, False),
        (2, 1, True, True),
        (3, 1, True, True),
        (4, None, True, True),
    ]


def test_the_office_says_otherwise_where_an_answer_is_owed():
    outline = outline_of(parse(ORDER))
    nodes = (replace(outline.nodes[0], is_open=True), *outline.nodes[1:])
    assert written(replace(outline, nodes=nodes))[0].is_open is True


WRAPPED = """令和7年度市政運営の基本方針

市民の生活を支えるため、地域の力を高め、災害に強く、誰もが安心して暮らせるまち
をつくるとともに、子育ての相談を受ける場所を増やし、学童保育の時間を延ばし、家
庭を支え、道路と公園の手入れを続け、高齢者と障害者が安心して歩けるまちをつくっ
ていくことが、これからの市政に求められている。次の一年は、備蓄を増やし、訓練を
行い、民生委員と市が力を合わせ、相談の窓口を増やしていくとともに、市役所の手続
を書かないで済むものに改め、職員が市民の声を聞く時間を増やしていくこととする。
各部の方針を定めるに当たって踏まえる社会の動き
物価が上がり続けている。
"""


def test_texts_stay_whatever_becomes_of_other_lines():
    outline = outline_of(parse(WRAPPED))
    texts = preamble(outline)
    assert texts[1] == "各部の方針を定めるに当たって踏まえる社会の動き"
    unwrapped = replace(outline, source=outline.source + "長い行が続く文" * 40)
    undecided = tuple(replace(piece, opens=None) for piece in outline.pieces)
    assert preamble(unwrapped) == texts
    assert preamble(replace(unwrapped, pieces=undecided)) != texts


def test_node_is_spoken_of_by_the_markers_from_the_outermost_down():
    assert spoken(outline_of(parse(ORDER)), 3) == "1(2)"


def test_outline_is_stored_without_its_source():
    outline = outline_of(parse(ORDER))
    stored = to_json(outline)
    assert stored["nodes"][1] == [2, 1, "(1)", "", "", None, None]
    assert stored["pieces"][1] == ["preamble", 16, 28, None, None]
    assert from_json(ORDER, stored) == outline


def test_text_of_nobody_between_items_is_running_text():
    text = "始めの文。\n項の文。\n終わりの文。"
    pieces = (Piece("preamble", 0, 5), Piece("body", 6, 10, 1), Piece("preamble", 11, 17))
    outline = Outline(text, (Node(1, 0, "（1）"),), pieces)
    assert is_whole(outline)
    assert preamble(outline) == ["始めの文。", "終わりの文。"]
    assert [row.body for row in written(outline)] == ["項の文。"]


def test_stretches_on_both_sides_of_an_item_are_two_paragraphs():
    text = "備蓄を進め、防災を広げ、見守る。"
    pieces = (Piece("preamble", 0, 6), Piece("body", 6, 12, 1), Piece("preamble", 12, 16))
    outline = Outline(text, (Node(1, 0, "（1）"),), pieces)
    assert preamble(outline) == ["備蓄を進め、", "見守る。"]


@pytest.mark.parametrize(
    "pieces",
    [
        (Piece("preamble", 0, 3),),
        (Piece("preamble", 0, 4), Piece("preamble", 3, 5)),
        (Piece("preamble", 0, 5, 1),),
        (Piece("body", 0, 5),),
        (Piece("words", 0, 5),),
        (Piece("preamble", 0, 9),),
    ],
)
def test_outline_that_loses_or_mixes_a_character_is_not_whole(pieces):
    assert not is_whole(Outline("一二三四五", (), pieces))


def test_outline_whose_items_are_too_deep_or_out_of_order_is_not_whole():
    pieces = (Piece("body", 0, 2, 1), Piece("body", 2, 5, 2))
    first, second = Node(1, 0, "1"), Node(2, 0, "2")
    assert is_whole(Outline("一二三四五", (first, second), pieces))
    assert not is_whole(Outline("一二三四五", (second, first), pieces))
    assert not is_whole(Outline("一二三四五", (first, replace(second, depth=2)), pieces))
    assert not is_whole(Outline("一二三四五", (replace(first, depth=1), second), pieces))


def test_all_pieces_together_are_the_source_of_the_seed():
    outline = outline_of(parse(source("seed")))
    texts = (outline.source[piece.start : piece.end] for piece in outline.pieces)
    assert compact("".join(texts)) == compact(outline.source)
