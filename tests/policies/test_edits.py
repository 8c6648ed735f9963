"""What the office puts right, one edit at a time."""

import pytest

from policies import edits
from policies.edits import (
    Add,
    Ask,
    CannotEdit,
    Drop,
    Edit,
    Join,
    Lower,
    Mark,
    Raise,
    Renumber,
    Retitle,
    Reword,
    SetApart,
    Split,
    TakeIn,
    Unmark,
    apply,
    label_of,
)
from policies.outline import Outline, outline_of, preamble, written
from policies.parsing import parse

POLICY = """令和7年度市政運営の基本方針

次のとおり取り組むこと。

1 市民の生活
- (1) 防災の取組を進めること。備蓄を増やすこと。
(2) 見守りを
広げること。
ア　高齢者を支えること。
イ　子どもを支えること。

- 2 -

2 職員の育成
(1) 研修を充実すること。

以上
"""
SPEECH = """令和7年度施政方針

本日ここに、所信を申し上げます。
防災では、備蓄倉庫を新設します。
次に、学童保育を増やします。
終わりに、御協力をお願いします。
"""


@pytest.fixture
def policy() -> Outline:
    return outline_of(parse(POLICY))


@pytest.fixture
def speech() -> Outline:
    return outline_of(parse(SPEECH))


def tree(outline: Outline) -> list[tuple[int, str, str, str]]:
    return [(row.node.depth, row.node.marker, row.heading, row.body) for row in written(outline)]


def with_number(outline: Outline, marker: str, depth: int = 1, place: int = 0) -> int:
    found = [n.id for n in outline.nodes if (n.marker, n.depth) == (marker, depth)]
    return found[place]


def stretch(outline: Outline, text: str) -> tuple[int, int]:
    start = outline.source.index(text)
    return start, start + len(text)


def after(outline: Outline, *steps: Edit) -> Outline:
    for step in steps:
        outline = apply(outline, step)
    return outline


def refusal(outline: Outline, edit: Edit) -> str:
    with pytest.raises(CannotEdit) as caught:
        apply(outline, edit)
    return str(caught.value)


WHOLE = [
    (0, "1", "市民の生活", ""),
    (1, "(1)", "", "防災の取組を進めること。備蓄を増やすこと。"),
    (1, "(2)", "", "見守りを広げること。"),
    (2, "ア", "", "高齢者を支えること。"),
    (2, "イ", "", "子どもを支えること。"),
    (0, "2", "職員の育成", ""),
    (1, "(1)", "", "研修を充実すること。"),
]


def test_the_document_as_read(policy):
    assert tree(policy) == WHOLE


# --- split and join ------------------------------------------------------------------------------


def test_split_makes_an_item_of_the_later_part_beside_the_first(policy):
    item = with_number(policy, "(1)")
    found = after(policy, Split(item, stretch(policy, "備蓄")[:1]))
    assert tree(found)[1:4] == [
        (1, "(1)", "", "防災の取組を進めること。"),
        (1, "(1)の2", "", "備蓄を増やすこと。"),
        (1, "(2)", "", "見守りを広げること。"),
    ]


def test_items_below_go_with_the_later_part(policy):
    item = with_number(policy, "(2)")
    found = after(policy, Split(item, stretch(policy, "広げる")[:1]))
    assert tree(found)[2:5] == [
        (1, "(2)", "", "見守りを"),
        (1, "(2)の2", "", "広げること。"),
        (2, "ア", "", "高齢者を支えること。"),
    ]


def test_split_into_three_is_one_edit(policy):
    item = with_number(policy, "(1)")
    places = (stretch(policy, "備蓄")[0], stretch(policy, "増やす")[0])
    found = after(policy, Split(item, places))
    assert [row[1] for row in tree(found)[1:4]] == ["(1)", "(1)の2", "(1)の3"]
    assert label_of(policy, Split(item, places)) == "1(1) を3つに分ける"


def test_nothing_can_be_split_off_outside_the_text(policy):
    item, start = with_number(policy, "(1)"), stretch(policy, "防災")[0]
    assert refusal(policy, Split(item, (start,))) == (
        "分けるところは、この項の文の途中を選んでください。"
    )
    assert refusal(policy, Split(item, ())) == "一度に分けられるのは50までです。"


@pytest.mark.parametrize(
    ("given", "first_words"),
    [
        ("防災の取組を進めること。\n備蓄を増やすこと。", ["備蓄"]),
        ("防災の取組を進めること。\r\n\r\n 備蓄を 増やすこと。", ["備蓄"]),
        ("防災の取組を\n進めること。\n\n備蓄を増やすこと。\n", ["進める", "備蓄"]),
    ],
)
def test_line_breaks_put_into_the_text_say_where_it_is_cut(policy, given, first_words):
    item = with_number(policy, "(1)")
    expected = tuple(stretch(policy, words)[0] for words in first_words)
    assert edits.split_points(policy, item, given) == expected


def test_line_break_that_was_there_is_no_cut_but_a_second_one_is(policy):
    item = with_number(policy, "(1)")
    policy = after(policy, Reword(item, "一つ目の文。\n二つ目の文。"))
    assert edits.text_to_split(policy, item) == "一つ目の文。\n二つ目の文。"
    with pytest.raises(CannotEdit, match="分けるところに改行を入れてください。"):
        edits.split_points(policy, item, "一つ目の文。\n二つ目の文。")
    assert edits.split_points(policy, item, "一つ目の文。\n\n二つ目の文。") == (
        stretch(policy, "二つ目")[0],
    )


def test_other_words_are_not_taken_for_a_cut(policy):
    with pytest.raises(CannotEdit, match="文字が変わっています。"):
        edits.split_points(policy, with_number(policy, "(1)"), "防災を進める。\n備蓄。")


def test_joined_item_goes_on_the_one_before_with_its_number_as_text(policy):
    found = after(policy, Join(with_number(policy, "(2)")))
    assert tree(found)[1:4] == [
        (1, "(1)", "", "防災の取組を進めること。備蓄を増やすこと。\n(2) 見守りを広げること。"),
        (2, "ア", "", "高齢者を支えること。"),
        (2, "イ", "", "子どもを支えること。"),
    ]


def test_first_item_joins_what_it_is_an_item_of(policy):
    found = after(policy, Join(with_number(policy, "ア", 2)))
    assert tree(found)[2:4] == [
        (1, "(2)", "", "見守りを広げること。\nア　高齢者を支えること。"),
        (2, "イ", "", "子どもを支えること。"),
    ]
    assert label_of(policy, Join(with_number(policy, "ア", 2))) == "1(2)ア を 1(2) とつなぐ"


def test_first_node_has_nothing_to_join(policy):
    assert refusal(policy, Join(1)) == (
        "前に項がありません。本文に戻すときは「項をやめる」を押してください。"
    )


def test_heading_cut_in_two_is_whole_again_when_joined(policy):
    chapter = with_number(policy, "1", 0)
    split = after(policy, Split(chapter, stretch(policy, "生活")[:1]))
    assert tree(split)[:2] == [(0, "1", "市民の", ""), (0, "1の2", "生活", "")]
    part = max(node.id for node in split.nodes)
    assert tree(after(split, Join(part))) == WHOLE


# --- levels --------------------------------------------------------------------------------------


def test_raised_item_takes_what_is_below_with_it(policy):
    found = after(policy, Raise(with_number(policy, "(2)")))
    assert [(row[0], row[1]) for row in tree(found)] == [
        *((0, "1"), (1, "(1)"), (0, "(2)"), (1, "ア"), (1, "イ"), (0, "2"), (1, "(1)")),
    ]


def test_lowered_item_becomes_one_of_the_item_before(policy):
    found = after(policy, Lower(with_number(policy, "(2)")))
    assert [(row[0], row[1]) for row in tree(found)][:5] == [
        *((0, "1"), (1, "(1)"), (2, "(2)"), (3, "ア"), (3, "イ")),
    ]


def test_levels_end_somewhere(policy):
    assert refusal(policy, Raise(with_number(policy, "2", 0))) == (
        "いちばん上の段の項なので、これより上へは移せません。"
    )
    assert refusal(policy, Lower(with_number(policy, "(1)"))) == (
        "前に同じ段の項がないため、下の段へは移せません。"
    )


def test_five_levels_are_enough():
    lines = ["1 章", "(1) 一。", "① 二。", "(ア) 三。", "(a) 四。", "(b) 五。"]
    outline = outline_of(parse("\n".join(lines)))
    assert [row[0] for row in tree(outline)] == [0, 1, 2, 3, 4, 4]
    assert refusal(outline, Lower(6)) == "段は5つまでです。"


# --- numbers, headings, answers ------------------------------------------------------------------


def test_number_is_shown_otherwise_and_the_source_stays(policy):
    item = with_number(policy, "(2)")
    found = after(policy, Renumber(item, " （３） "))
    assert tree(found)[2] == (1, "（３）", "", "見守りを広げること。")
    assert found.source == policy.source


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ("（１）", "「（１）」は、隣の項の番号です。別の番号を入力してください。"),
        ("", "番号を20字までで入力してください。"),
        ("1\n2", "番号を20字までで入力してください。"),
        ("番" * 21, "番号を20字までで入力してください。"),
    ],
)
def test_number_is_one_of_its_own(policy, marker, sentence):
    assert refusal(policy, Renumber(with_number(policy, "(2)"), marker)) == sentence


def test_heading_is_the_first_line_or_none(policy):
    chapter = with_number(policy, "1", 0)
    none = after(policy, Retitle(chapter, ""))
    assert tree(none)[0] == (0, "1", "", "市民の生活")
    assert tree(after(none, Retitle(chapter, "市民 の生活"))) == WHOLE


def test_other_words_become_the_short_name(policy):
    item = with_number(policy, "(1)")
    found = after(policy, Retitle(item, "防災"))
    assert tree(found) == WHOLE
    assert [node.short_name for node in found.nodes] == ["", "防災", "", "", "", "", ""]
    assert refusal(policy, Retitle(item, "長" * 31)) == (
        "文の初めと違う見出しは、短い名前として残します。30字までにしてください。"
    )


def test_answer_is_asked_for_or_not(policy):
    item = with_number(policy, "(1)")
    found = after(policy, Ask(item, is_open=False))
    assert [row.is_open for row in written(found)][:2] == [False, False]
    assert label_of(policy, Ask(item, is_open=False)) == "1(1) に回答を求めない"


# --- passages ------------------------------------------------------------------------------------


def test_items_are_taken_out_of_a_speech_one_after_the_other(speech):
    found = after(speech, Mark(*stretch(speech, "備蓄倉庫を新設します。")))
    found = after(found, Mark(*stretch(speech, "次に、学童保育を増やします。")))
    assert tree(found) == [
        (0, "（1）", "", "備蓄倉庫を新設します。"),
        (0, "（2）", "", "次に、学童保育を増やします。"),
    ]
    assert preamble(found) == [
        "本日ここに、所信を申し上げます。",
        "防災では、",
        "終わりに、御協力をお願いします。",
    ]


def test_item_of_a_speech_turns_back_into_running_text(speech):
    found = after(
        speech,
        Mark(*stretch(speech, "備蓄倉庫を新設します。")),
        Mark(*stretch(speech, "次に、学童保育を増やします。")),
        Unmark(2),
        Unmark(1),
    )
    assert preamble(found) == preamble(speech)
    assert found.nodes == ()


def test_passage_of_a_body_becomes_an_item_below_and_the_rest_stays(policy):
    item = with_number(policy, "(1)")
    found = after(policy, Mark(*stretch(policy, "取組を進める")))
    assert tree(found)[1:3] == [
        (1, "(1)", "", "防災の\nこと。備蓄を増やすこと。"),
        (2, "ア", "", "取組を進める"),
    ]
    assert tree(after(found, Unmark(max(n.id for n in found.nodes)))) == WHOLE
    assert refusal(policy, Mark(*stretch(policy, "防災の取組"), depth=1)) == (
        "項の途中の文は、その項の下の段の項にしてください。"
    )
    assert item in {node.id for node in found.nodes}


def test_number_that_a_passage_begins_with_is_its_number():
    outline = outline_of(parse("1 市民\n(1) 一つ目。\n(4) 飛んだ番号の文。\n(2) 二つ目。"))
    found = after(outline, Mark(*stretch(outline, "(4) 飛んだ番号の文。"), depth=1))
    assert tree(found)[1:] == [
        (1, "(1)", "", "一つ目。"),
        (1, "(4)", "", "飛んだ番号の文。"),
        (1, "(2)", "", "二つ目。"),
    ]


def test_dash_of_a_passage_is_text_again_when_it_is_no_item():
    outline = outline_of(parse("はじめに申し上げます。\n- (4) 備蓄を進めます。"))
    found = after(outline, Mark(*stretch(outline, "- (4) 備蓄を進めます。")))
    assert tree(found) == [(0, "(4)", "", "備蓄を進めます。")]
    assert preamble(after(found, Unmark(1))) == preamble(outline)


@pytest.mark.parametrize("text", ["3年を経て進めます。", "5つの柱を進めます。"])
def test_count_that_a_passage_begins_with_is_no_number(text):
    outline = outline_of(parse(f"はじめに申し上げます。\n{text}"))
    assert tree(after(outline, Mark(*stretch(outline, text)))) == [(0, "（1）", "", text)]


@pytest.mark.parametrize("text", ["市民の生活", "(2) 見守り", "備蓄を増やすこと。\n(2) 見守りを"])
def test_headings_numbers_and_two_items_at_once_are_no_passage(policy, text):
    assert refusal(policy, Mark(*stretch(policy, text))) == (
        "一つの項の本文の中か、項に入っていない文の中から選んでください。"
        "番号や見出しは含められません。"
    )


@pytest.mark.parametrize("passage", [(5, 5), (9, 3), (-1, 4), (0, 10**6), (14, 15)])
def test_nothing_selected_is_no_passage(policy, passage):
    assert refusal(policy, Mark(*passage)) == "文を選んでから押してください。"


def test_unmarked_item_is_text_of_what_stands_above(policy):
    found = after(policy, Unmark(with_number(policy, "(1)", 1, place=1)))
    assert tree(found)[-1] == (0, "2", "職員の育成", "(1) 研修を充実すること。")


def test_items_of_what_is_no_item_any_more_go_up(policy):
    found = after(policy, Unmark(with_number(policy, "1", 0)))
    assert preamble(found) == ["次のとおり取り組むこと。", "1 市民の生活"]
    assert [(row[0], row[1]) for row in tree(found)][:3] == [(0, "(1)"), (0, "(2)"), (1, "ア")]


def test_furniture_is_taken_in_and_set_apart_again(policy):
    found = after(policy, TakeIn(*stretch(policy, "- 2 -")))
    assert tree(found)[4] == (2, "イ", "", "子どもを支えること。\n- 2 -")
    assert tree(after(found, SetApart(*stretch(policy, "- 2 -")))) == WHOLE


def test_set_apart_leaves_numbers_and_something_of_each_item(policy, speech):
    assert refusal(policy, SetApart(*stretch(policy, "(2) 見守りを"))) == (
        "番号は本文外にできません。番号を除いて選んでください。"
    )
    assert refusal(policy, SetApart(*stretch(policy, "以上"))) == "ここはもう本文外です。"
    assert refusal(policy, TakeIn(*stretch(policy, "研修"))) == "ここはもう本文に入っています。"
    marked = after(speech, Mark(*stretch(speech, "備蓄倉庫を新設します。")))
    assert refusal(marked, SetApart(*stretch(speech, "備蓄倉庫を新設します。"))) == (
        "項の文がなくなります。先に「項をやめる」を押してください。"
    )


# --- other words ---------------------------------------------------------------------------------


def test_reworded_body_stands_in_the_source_and_all_else_stays(policy):
    item = with_number(policy, "(2)")
    found = after(policy, Reword(item, "地域で見守ること。\n\n併せて、訪問、\n相談を行うこと。"))
    expected = list(WHOLE)
    expected[2] = (1, "(2)", "", "地域で見守ること。\n併せて、訪問、\n相談を行うこと。")
    assert tree(found) == expected
    assert found.source == POLICY.replace(
        "見守りを\n広げること。", "地域で見守ること。\n併せて、訪問、\n相談を行うこと。"
    )


def test_section_without_body_is_given_one(policy):
    found = after(policy, Reword(with_number(policy, "1", 0), "次の事項に取り組むこと。"))
    assert tree(found)[0] == (0, "1", "市民の生活", "次の事項に取り組むこと。")


def test_body_is_emptied_only_below_a_heading(policy):
    chapter = with_number(policy, "1", 0)
    assert tree(after(policy, Reword(chapter, "前書き。"), Reword(chapter, ""))) == WHOLE
    assert refusal(policy, Reword(with_number(policy, "(1)"), " \n")) == (
        "本文を入力してください。項をなくすときは「項を削る」を押してください。"
    )


def test_item_is_added_behind_another_with_the_next_number(policy):
    found = after(policy, Add(with_number(policy, "(2)"), "広報を充実すること。"))
    assert tree(found)[5] == (1, "(3)", "", "広報を充実すること。")
    between = after(policy, Add(with_number(policy, "(1)"), "(9) 広報を充実すること。"))
    assert tree(between)[2] == (1, "(9)", "", "広報を充実すること。")
    assert "\n(9) 広報を充実すること。\n(2) 見守りを" in between.source


def test_dropped_item_goes_with_all_below_it(policy):
    found = after(policy, Drop(with_number(policy, "(2)")))
    assert tree(found) == [*WHOLE[:2], *WHOLE[5:]]
    assert "見守り" not in found.source
    assert "- 2 -" in found.source


def test_too_many_words_are_refused(policy):
    assert refusal(policy, Reword(1, "字" * 20_001)) == "本文は20,000字までにしてください。"


# --- kept and refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit", [Renumber(2, "(1)"), Ask(2, None), Reword(3, "見守りを広げること。")]
)
def test_edit_that_changes_nothing_is_no_edit(policy, edit):
    policy = after(policy, Reword(3, "見守る。"), Reword(3, "見守りを広げること。"))
    assert refusal(policy, edit) == "変わるところがありません。"


@pytest.mark.parametrize("kind", sorted(set(edits.KINDS) - {"mark", "take_in", "set_apart"}))
def test_item_that_is_gone_is_named_by_no_edit(policy, kind):
    values = {"at": (3,), "marker": "1", "heading": "", "text": "文", "is_open": True}
    known = edits.KINDS[kind].__annotations__
    edit = edits.KINDS[kind](99, **{name: values[name] for name in values if name in known})
    sentence = "この項はもうありません。画面を開き直してください。"
    assert refusal(policy, edit) == sentence
    with pytest.raises(CannotEdit, match=sentence):
        label_of(policy, edit)


@pytest.mark.parametrize(
    "edit",
    [
        *(Split(1, (3, 9)), Join(2), Raise(2), Lower(2), Renumber(2, "(3)"), Retitle(2, "")),
        *(Mark(1, 5), Mark(1, 5, 2), Unmark(2), TakeIn(1, 2), SetApart(1, 2), Reword(2, "文")),
        *(Add(2, "文"), Drop(2), Ask(2, is_open=None), Ask(2, is_open=True)),
    ],
)
def test_edit_is_kept_as_json(edit):
    assert edits.edit_from_json(edits.edit_to_json(edit)) == edit


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        (None, "この直し方はありません。"),
        ([], "この直し方はありません。"),
        ({"kind": "erase", "node": 1}, "この直し方はありません。"),
        ({"kind": ["join"], "node": 1}, "この直し方はありません。"),
        ({"kind": "join"}, "直し方の指定が足りません。"),
        ({"kind": "join", "node": 1, "by": 2}, "直し方の指定が足りません。"),
        ({"kind": "join", "node": "1"}, "直し方の指定が正しくありません。"),
        ({"kind": "join", "node": True}, "直し方の指定が正しくありません。"),
        ({"kind": "split", "node": 1, "at": 3}, "直し方の指定が正しくありません。"),
        ({"kind": "split", "node": 1, "at": ["3"]}, "直し方の指定が正しくありません。"),
        ({"kind": "ask", "node": 1, "is_open": 1}, "直し方の指定が正しくありません。"),
        ({"kind": "reword", "node": 1, "text": None}, "直し方の指定が正しくありません。"),
    ],
)
def test_what_is_no_edit_is_refused(stored, sentence):
    with pytest.raises(CannotEdit) as caught:
        edits.edit_from_json(stored)
    assert str(caught.value) == sentence
