"""Where items, paragraphs and the text itself begin and end: numbers, margins, what stands below."""

import datetime as dt

import pytest

from policies.parsing import ParsedPolicy, is_lossless, parse


def questions(policy: ParsedPolicy) -> list[int]:
    """The lines in doubt, those about the whole document (line 1) left out."""
    return [doubt.line for doubt in policy.doubts if doubt.line > 1]


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["-", "－", ".", "．"])
def test_numbers_with_the_number_above_are_levels_of_their_own(sign):
    text = "\n".join(
        [
            *("令和5年度方針", "", "1 対応", f"1{sign}1　甲とする。", f"1{sign}2　乙とする。"),
            *("2 育成", f"2{sign}1　丙とする。", f"2{sign}1{sign}1　丁とする。"),
            *(f"2{sign}1{sign}2　戊とする。", f"2{sign}2　己とする。"),
        ]
    )
    sections = parse(text).sections
    assert [[item.marker for item in section.items] for section in sections] == [
        [f"1{sign}1", f"1{sign}2"],
        [f"2{sign}1", f"2{sign}2"],
    ]
    assert [item.body for item in sections[1].items[0].items] == ["丁とする。", "戊とする。"]


@pytest.mark.parametrize("line", ["1.5 倍に増やすこと。", "3-1 地区の整備", "2.1　未満とする。"])
def test_a_number_with_a_point_that_continues_nothing_is_text(line):
    policy = parse(f"令和5年度方針\n\n1 対応\n(1) 甲とする。\n{line}\n(2) 乙とする。")
    assert [item.marker for item in policy.sections[0].items] == ["(1)", "(2)"]
    assert policy.sections[0].items[0].body == f"甲とする。\n{line}"


def test_a_letter_of_the_iroha_counts_only_where_the_next_one_follows():
    def markers(*letters: str) -> list[str]:
        lines = [f"({letter}) 甲とする。" for letter in letters]
        policy = parse("\n".join(["令和5年度方針", "", "1 対応", *lines]))
        assert is_lossless(policy)
        return [item.marker for item in policy.sections[0].items]

    assert markers("イ", "ロ", "ハ") == ["(イ)", "(ロ)", "(ハ)"]
    assert markers("ア", "イ", "ウ") == ["(ア)", "(イ)", "(ウ)"]
    assert markers("ア", "イ", "ロ") == ["(ア)", "(イ)"]
    assert markers("イ", "ウ") == []


@pytest.mark.parametrize("heading", ["事務事業の見直し", "子ども", "安全な暮らし", "まちとひと"])
def test_a_heading_may_end_in_kana_that_is_no_particle(heading):
    policy = parse(f"令和5年度方針\n\n1 {heading}\n市民を支える。\n2 {heading}\n市民を守る。")
    assert [(s.heading, s.body) for s in policy.sections] == [
        (heading, "市民を支える。"),
        (heading, "市民を守る。"),
    ]


def test_letters_before_spaced_words_are_items_where_more_space_follows_them():
    policy = parse(
        "令 和 5 年 度 方 針\n\n１　は じ め に\n　ア　住 民 と の 対 話\n　イ　職 員 の 育 成\n"
        "２　む す び\n　ア メ リ カ の 例 に よ る 。\n"
    )
    assert [(s.heading, s.body, [i.body for i in s.items]) for s in policy.sections] == [
        ("は じ め に", "", ["住 民 と の 対 話", "職 員 の 育 成"]),
        ("む す び", "ア メ リ カ の 例 に よ る 。", []),
    ]


def test_a_decimal_in_a_sentence_is_no_question():
    policy = parse("令和5年度方針\n\n1 対応\n歳出は、前年度に比べ\n4.5 ％の増とする。")
    assert (policy.sections[0].body, policy.doubts) == (
        "歳出は、前年度に比べ4.5 ％の増とする。",
        (),
    )


def test_items_without_full_stops_are_items():
    long = "全ての事務事業について、その必要性、効果及び費用を点検し、結果を予算に反映させ、公表すること"
    policy = parse(f"令和5年度方針\n\n1 対応\n次のとおりとする\nア {long}\nイ {long}\nウ {long}")
    assert [item.body for item in policy.sections[0].items] == [long] * 3


# --- paragraphs ----------------------------------------------------------------------------------

WRAPPED = """令和5年度施政方針

　市長に就任してから二年が経過し、この間に市民生活を取り巻
く環境は大きく変わってまいりましたので、その認識を改めて皆
様と共有いたします。
{heading}
{indent}首都直下地震に備え、避難所の環境を改善するとともに、女性や
障害のある方の視点を取り入れた備蓄を進め、自主防災組織の活
動を支援し、訓練に参加する世帯の割合を高めてまいります。
"""


@pytest.mark.parametrize(
    ("heading", "indent"),
    [
        ("持続可能なまちづくりに向けた計画的な取組", ""),
        ("持続可能なまちづくりに向けた計画的な取組", "　"),
        ("災害に強いまちへ", "　"),
    ],
)
def test_a_heading_of_a_wrapped_speech_ends_before_the_margin(heading, indent):
    policy = parse(WRAPPED.format(heading=heading, indent=indent))
    assert policy.preamble[1] == heading
    assert [text[-4:] for text in policy.preamble] == ["します。", heading[-4:], "ります。"]


def test_a_narrow_column_is_joined_where_its_lines_are_full():
    text = (
        "令和5年度施政方針\n\n1 対応\n"
        "市は、首都直下地震に備えて、避難\n所の環境を改善するため、女性や障\n"
        "害のある人の視点を取り入れて備蓄\nの計画を改め、自主防災組織の活動\n"
        "への支援と訓練の方法を改善し、参\n加する世帯の割合を七割まで高める\n"
        "とともに、その結果を公表すること"
    )
    assert parse(text).sections[0].body == "".join(text.split("\n")[3:])


# --- below the text ------------------------------------------------------------------------------


def test_whom_to_ask_and_what_the_web_adds_is_kept_apart():
    policy = parse(
        "令和5年度方針\n\n更新日：2023年4月3日\n\n1 対応\n(1) 甲とする。\n\n以上\n"
        "お問い合わせ\n企画課\n電話：0123-45-6789"
    )
    assert policy.furniture == (
        "更新日：2023年4月3日",
        "お問い合わせ",
        "企画課",
        "電話：0123-45-6789",
    )
    assert (policy.closing, questions(policy)) == (("以上",), [9])
    assert is_lossless(policy)


def test_date_and_mayor_below_the_end_are_found_and_the_rest_is_asked_about():
    policy = parse(
        "令和5年度方針\n\n1 対応\n(1) 甲とする。\n以上\n令和5年3月31日\n国分寺市長 井澤 邦夫\n政策経営課"
    )
    assert (policy.issued_on, policy.issuer) == (dt.date(2023, 3, 31), "国分寺市長 井澤 邦夫")
    assert (policy.closing, policy.furniture) == (("以上",), ("政策経営課",))
    assert questions(policy) == [8]


def test_an_item_below_the_end_is_still_an_item():
    policy = parse("令和5年度方針\n\n1 対応\n(1) 甲とする。\n以上\n2 育成\n(1) 乙とする。")
    assert [section.marker for section in policy.sections] == ["1", "2"]


def test_what_says_from_when_on_it_holds_is_closing():
    policy = parse(
        "令和5年度方針\n\n1 対応\n(1) 甲とする。\n附　則\nこの方針は、公布の日から施行する。"
    )
    assert policy.closing == ("附　則", "この方針は、公布の日から施行する。")
    assert is_lossless(policy)


def test_notes_below_the_text_are_kept_apart_and_asked_about():
    policy = parse(
        "令和5年度方針\n\n1 対応\n(1) 甲とする。\n\n（注1）甲は市を\nいう。\n（注2）乙は国をいう。"
    )
    assert policy.sections[0].items[0].body == "甲とする。"
    assert policy.furniture == ("（注1）甲は市を", "いう。", "（注2）乙は国をいう。")
    assert questions(policy) == [6]


def test_a_note_inside_the_text_stays_there():
    policy = parse("令和5年度方針\n\n1 対応\n（注1）甲は市をいう。\n\n(1) 乙とする。")
    assert policy.furniture == ()
    assert policy.sections[0].body == "（注1）甲は市をいう。"
