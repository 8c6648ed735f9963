"""Five layouts of one document are read to the same tree."""

import datetime as dt

import pytest
from reading_of_layouts import (
    NAMES,
    letterhead,
    plain_preamble,
    plain_tree,
    source,
)

from policies.parsing import is_lossless, parse

TREE = [
    (
        1,
        "施政方針を踏まえた対応",
        "",
        [
            (
                1,
                "",
                "物価の上昇が続く中、市民生活と地域経済を支える支援策を、昨年に開いた"
                "第２１９回臨時国会で成立した補正予算も活用しながら、適時適切に講じること。",
                [],
            ),
            (
                2,
                "",
                "首都直下地震に備え、次の事項に取り組むこと。",
                [
                    (
                        1,
                        "",
                        "避難所の環境を改善し、女性や障害のある人の視点を取り入れること。",
                        [],
                    ),
                    (
                        2,
                        "",
                        "自主防災組織の活動を支援し、訓練に参加する世帯の割合を、令和９年度に"
                        "７５．４パーセントへ高めること。",
                        [],
                    ),
                    (
                        3,
                        "",
                        "備蓄については、昨年度の検証の結果も踏まえ、市の地域防災計画のほか、"
                        "第５次計画に定める量を確保すること。",
                        [],
                    ),
                ],
            ),
            (
                3,
                "",
                "2050年までに温室効果ガスの排出量を実質ゼロとするため、全ての施策に脱炭素の"
                "視点を取り入れること。",
                [],
            ),
        ],
    ),
    (
        2,
        "『あけぼの市総合ビジョン』を踏まえた方針",
        "",
        [
            (
                1,
                "",
                "『あけぼの市総合ビジョン』（以下「ビジョン」という。）に掲げる将来像を"
                "職員一人一人が共有し、SDGsのゴールを意識しながら、令和８年度からの"
                "４ 年 度 に 向 け た取組を着実に推進すること。",
                [],
            ),
            (
                2,
                "",
                "業務改革（Business Process Re-engineering）の視点を持ち、次に掲げるものから"
                "見直すこと。",
                [(1, "", "窓口で行う業務", []), (2, "", "庁内で行う事務", [])],
            ),
        ],
    ),
    (
        3,
        "適正な事務執行の確保",
        "",
        [
            (1, "", "法令を遵守し、公正な手続により、事務を執行すること。", []),
            (
                2,
                "",
                "公共施設については、地域の声を聴きながら、東部と中央部に加えて、北山・みなみ・"
                "西野の各地区の在り方を検討すること。",
                [],
            ),
            (
                3,
                "",
                "時間外勤務の縮減は、所属長の責務であることを認識し、職員の健康を守ること。",
                [],
            ),
        ],
    ),
    (
        4,
        "各部の運営方針等の取扱い",
        "この基本方針に基づく「各部の運営方針」と「目標設定」は、4月上旬の面談の際に提出すること。\n"
        "また、人事異動の内示を受けた者は、事務引継ぎを丁寧に行い、新たな配属先の運営方針等を作成"
        "すること。",
        [],
    ),
]
PREAMBLE = [
    "令和7年2月21日に表明した「令和7年度施政方針」に基づき、各部の運営方針及び組織目標を定め、"
    "主な取組を着実に推進すること。",
    "なお、策定に当たっては、これまでの取組を検証し、関係する部と十分に調整すること。",
]
LETTERHEAD = (
    2025,
    "令和7年度市政運営の基本方針",
    dt.date(2025, 3, 28),
    "あけぼの市長森川由美子",
)
HEAD_OF_PAGE = "令和７年度市政運営の基本方針"


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_is_read_to_the_same_tree(name):
    policy = parse(source(name))
    assert plain_tree(policy) == TREE
    assert plain_preamble(policy) == PREAMBLE
    assert letterhead(policy) == LETTERHEAD
    assert is_lossless(policy)
    assert policy.doubts == ()


@pytest.mark.parametrize(
    ("name", "markers"),
    [
        ("seed", ("1", "(2)", "(ア)")),
        ("order", ("１", "（２）", "ア")),
        ("wrapped", ("第1", "（2）", "ア")),
        ("spaced", ("１", "( 2 )", "（a）")),
        ("circled", ("1．", "②", "・")),
    ],
)
def test_markers_stay_as_they_are_written(name, markers):
    section = parse(source(name)).sections[0]
    item = section.items[1]
    assert (section.marker, item.marker, item.items[0].marker) == markers


@pytest.mark.parametrize(
    ("name", "furniture", "closing"),
    [
        ("seed", (), ()),
        (
            "order",
            ("７あ企発第４５号", "各部（局）長　様", "（公　印　省　略）", "記"),
            ("以　上",),
        ),
        ("wrapped", ("- 1 -", HEAD_OF_PAGE, "- 2 -", HEAD_OF_PAGE, "- 3 -"), ()),
        ("spaced", (), ()),
        ("circled", (), ()),
    ],
)
def test_what_the_pages_hold_beside_the_text_is_kept_apart(name, furniture, closing):
    policy = parse(source(name))
    assert (policy.furniture, policy.closing) == (furniture, closing)


@pytest.mark.parametrize(
    "beginning", ["第２１９回", "７５．４", "第５次計画", "４ 年 度", "・みなみ・"]
)
def test_the_wrapped_layout_has_lines_that_only_look_numbered(beginning):
    lines = [line.strip() for line in source("wrapped").splitlines()]
    assert sum(line.startswith(beginning) for line in lines) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_reads_the_same_from_windows_lines(name):
    text = source(name)
    assert parse(text.replace("\n", "\r\n")) == parse(text)


# --- signs instead of numbers ----------------------------------------------------------------


def _items(*lines: str) -> list[tuple[str, str, int]]:
    policy = parse("\n".join(["令和7年度基本方針", "", "1 対応", "(1) 次のとおりとする。", *lines]))
    assert is_lossless(policy)
    return [
        (item.marker, item.heading or item.body, len(item.items))
        for section in policy.sections
        for item in section.items[0].items
    ]


def test_signs_of_a_list_are_items_with_and_without_full_stops():
    assert _items("・甲とする。", "・乙とする。") == [
        ("・", "甲とする。", 0),
        ("・", "乙とする。", 0),
    ]
    assert _items("○ 窓口", "○ 庁内") == [("○", "窓口", 0), ("○", "庁内", 0)]


def test_a_sign_inside_a_sign_is_one_level_deeper():
    assert _items("○ 窓口", "・受付", "・交付", "○ 庁内") == [("○", "窓口", 2), ("○", "庁内", 0)]


def test_one_sign_alone_and_words_joined_by_it_are_text():
    assert _items("・甲とする。") == []
    assert _items("○○市と協力する。", "○○町も同じである。") == []
    assert (
        _items("市内の東部と中央部の公共施設に加えて、北部", "・南部の在り方", "・時期を定める。")
        == []
    )


def test_signs_above_the_first_number_are_part_of_the_preamble():
    policy = parse("令和7年度基本方針\n\n次を守ること。\n・甲とする。\n・乙とする。\n\n1 対応\n")
    assert [section.marker for section in policy.sections] == ["1"]
    assert policy.preamble == ("次を守ること。", "・甲とする。", "・乙とする。")


def test_a_document_of_signs_alone_is_read_by_them():
    policy = parse(
        "令和7年度基本方針\n\n■ 対応\n・甲とする。\n・乙とする。\n■ 育成\n・丙とする。\n"
    )
    assert [(s.marker, s.heading, len(s.items)) for s in policy.sections] == [
        ("■", "対応", 2),
        ("■", "育成", 1),
    ]


# --- running heads -----------------------------------------------------------------------------

PAGES = (
    "令和7年度基本方針\n\n1 対応\n(1) 甲とし、\n- 1 -\n{0}\n乙とする。\n- 2 -\n{1}\n(2) 丙とする。"
)


def test_words_that_come_back_beside_page_numbers_are_a_running_head_and_asked_about():
    policy = parse(PAGES.format("あけぼの市", "あけぼの市"))
    assert [item.body for item in policy.sections[0].items] == ["甲とし、乙とする。", "丙とする。"]
    assert policy.furniture == ("- 1 -", "あけぼの市", "- 2 -", "あけぼの市")
    assert [doubt.line for doubt in policy.doubts] == [6]


def test_the_title_with_a_page_number_in_one_line_is_a_running_head():
    policy = parse(
        "令和7年度基本方針\n\n1 対応\n(1) 甲とし、\n\f令和7年度基本方針　- 2 -\n\n乙とする。"
    )
    assert policy.sections[0].items[0].body == "甲とし、乙とする。"
    assert policy.furniture == ("令和7年度基本方針　- 2 -",)


def test_different_words_beside_page_numbers_are_text():
    policy = parse(PAGES.format("丁", "戊"))
    assert policy.furniture == ("- 1 -", "- 2 -")
    assert is_lossless(policy)


def test_an_item_at_the_top_of_two_pages_is_no_running_head():
    policy = parse(
        "令和7年度基本方針\n\n1 対応\n- 1 -\n(1) 窓口\n\n2 育成\n- 2 -\n(1) 窓口\n(2) 庁内\n"
    )
    assert [[item.body for item in s.items] for s in policy.sections] == [
        ["窓口"],
        ["窓口", "庁内"],
    ]
