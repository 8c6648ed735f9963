"""The mayor's document becomes a tree: nothing lost, nothing invented."""

import datetime as dt
from pathlib import Path

import pytest

from policies.lines import compact
from policies.parsing import ParsedPolicy, ParsedSection, is_lossless, parse, section_text

SEED = Path(__file__).parents[2] / "exchange" / "demo" / "reiwa5-basic-policy.txt"


@pytest.fixture(scope="module")
def seed() -> ParsedPolicy:
    return parse(SEED.read_text(encoding="utf-8"))


def tree(policy: ParsedPolicy) -> list[tuple]:
    """Markers, headings and texts only."""

    def of(section: ParsedSection) -> tuple:
        return section.marker, section.heading, section.body, [of(item) for item in section.items]

    return [of(section) for section in policy.sections]


def questions(policy: ParsedPolicy) -> list[int]:
    """The lines in doubt, those about the whole document (line 1) left out."""
    return [doubt.line for doubt in policy.doubts if doubt.line > 1]


# --- the seed ------------------------------------------------------------------------------------


def test_seed_tells_year_title_date_and_issuer(seed):
    assert (seed.year, seed.title) == (2023, "令和5年度市政運営の基本方針")
    assert seed.issued_on == dt.date(2023, 3, 31)
    assert seed.issuer == "国分寺市長 井澤 邦夫"


def test_seed_has_two_paragraphs_of_preamble(seed):
    assert [(text[:11], text[-10:]) for text in seed.preamble] == [
        ("令和5年2月24日に表", "着実に推進すること。"),
        ("なお、各部の運営方針及", "取組を盛り込むこと。"),
    ]


def test_seed_has_five_sections_with_their_headings_and_items(seed):
    assert [(s.marker, s.heading, len(s.items)) for s in seed.sections] == [
        ("1", "施政方針を踏まえた対応", 5),
        ("2", "『国分寺市総合ビジョン』等を踏まえた方針", 4),
        ("3", "適正な事務執行の確保に向けた方針", 8),
        ("4", "職員の人材育成に向けた方針", 4),
        ("5", "各部の運営方針等の取扱い", 0),
    ]


def test_seed_items_are_numbered_alike_with_and_without_a_bullet(seed):
    assert [[item.marker for item in section.items] for section in seed.sections] == [
        [f"({n})" for n in range(1, count + 1)] for count in (5, 4, 8, 4, 0)
    ]


def test_seed_items_are_whole_sentences_without_headings_or_items(seed):
    items = [item for section in seed.sections for item in section.items]
    assert [item for item in items if item.heading or item.items or item.body[-1] != "。"] == []
    assert [item for item in items if "\n" in item.body] == []


def test_seed_items_cut_by_a_page_break_are_whole_again(seed):
    assert "各施策の推進を通して、将来にわたり活力あふれる" in seed.sections[1].items[1].body
    assert "変化について、遺漏なく把握するよう努めること。" in seed.sections[2].items[3].body


def test_seed_section_without_items_keeps_its_two_paragraphs(seed):
    assert seed.sections[4].body.split("\n") == [
        "この基本方針に基づく「各部の運営方針」と「目標設定」については、4月初旬に実施する市長、"
        "副市長又は教育長との面談時に提出すること。",
        "また、人事異動の内示を受けた者は、事務引継ぎを丁寧かつ確実に行った上で、新たな配属先の"
        "運営方針等を作成すること。",
    ]


def test_seed_sections_with_items_have_no_body(seed):
    assert [section.body for section in seed.sections[:4]] == ["", "", "", ""]


def test_seed_raises_no_question_and_holds_nothing_beside_the_text(seed):
    assert (seed.doubts, seed.furniture, seed.closing) == ((), (), ())


def test_seed_texts_and_markers_give_back_the_source_to_the_character(seed):
    """Without ``is_lossless``: written out by hand from the tree and the file."""
    written = ["令和5年3月31日", seed.title, seed.issuer, *seed.preamble]
    for section in seed.sections:
        written += [section.marker, section.heading, section.body]
        for item in section.items:
            written += [item.marker, item.body]
    source = [line.removeprefix("- ") for line in SEED.read_text(encoding="utf-8").splitlines()]
    assert compact("".join(written)) == compact("".join(source))
    assert is_lossless(seed)


def test_seed_places_lead_to_the_text_in_the_source(seed):
    item = seed.sections[2].items[3]
    assert compact(seed.source[item.start : item.end]) == compact(section_text(item))
    section = seed.sections[4]
    assert compact(seed.source[section.start : section.end]) == compact(section_text(section))


def test_seed_reads_the_same_from_windows_lines_and_twice(seed):
    text = SEED.read_text(encoding="utf-8")
    assert parse(text.replace("\n", "\r\n")) == seed
    assert parse(seed.source) == seed


# --- date, title, year ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("令和5年度市政運営の基本方針", 2023),
        ("令和５年度市政運営の基本方針", 2023),
        ("令和五年度市政運営の基本方針", 2023),
        ("令和 元 年度 市政運営の基本方針", 2019),
        ("平成31年度市政運営の基本方針", 2019),
        ("2024年度市政運営の基本方針", 2024),
        ("令 和 １ ０ 年 度 の 基 本 方 針", 2028),
    ],
)
def test_year_is_that_of_the_title(title, year):
    policy = parse(f"{title}\n\n1 対応\n")
    assert (policy.year, policy.title) == (year, title)


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("令和5年3月31日", 2023),
        ("令和5年3月20日（月）", 2023),
        ("２０２３年２月２４日", 2023),
        ("令和五年四月一日", 2023),
        ("令和6年1月4日", 2023),
    ],
)
def test_without_a_year_in_the_title_a_document_of_late_march_is_about_the_next_one(date, year):
    assert parse(f"{date}\n市政運営の基本方針\n\n1 対応\n").year == year


def test_without_title_and_date_the_year_is_a_question():
    policy = parse("1 対応\n\n(1) 講じること。")
    assert policy.year is None
    assert "年度が読み取れませんでした。何年度の文書ですか。" in [d.question for d in policy.doubts]


def test_a_day_that_does_not_exist_is_asked_about_and_kept():
    policy = parse("令和5年2月30日\n令和5年度市政運営の基本方針\n\n1 対応\n")
    assert (policy.issued_on, questions(policy), is_lossless(policy)) == (None, [], True)
    assert policy.doubts[0].question.startswith("「令和5年2月30日」：その日は暦にありません。")


def test_reference_number_addressee_and_stamp_are_kept_apart():
    policy = parse(
        "５国政経発第12号\n令和5年3月31日\n各部長　殿\n国分寺市長　井澤　邦夫\n（公印省略）\n"
        "　　令和５年度市政運営の基本方針について（通達）\n"
        "　次のとおり定めたので，通達する。\n　　　記\n１　対応\n（１）支援策を講じること。\n以上"
    )
    assert policy.title == "令和５年度市政運営の基本方針について（通達）"
    assert policy.issuer == "国分寺市長　井澤　邦夫"
    assert policy.furniture == ("５国政経発第12号", "各部長　殿", "（公印省略）", "記")
    assert policy.preamble == ("次のとおり定めたので，通達する。",)
    assert policy.closing == ("以上",)
    assert tree(policy) == [("１", "対応", "", [("（１）", "", "支援策を講じること。", [])])]
    assert is_lossless(policy)


def test_date_and_issuer_below_the_text_are_found():
    policy = parse(
        "令和5年度基本方針\n\n1 対応\n(1) 講じること。\n\n令和5年3月31日\n国分寺市長 井澤 邦夫"
    )
    assert (policy.issued_on, policy.issuer) == (dt.date(2023, 3, 31), "国分寺市長 井澤 邦夫")
    assert policy.sections[0].items[0].body == "講じること。"
    assert is_lossless(policy)


# --- numbering -----------------------------------------------------------------------------------

ITEMS = ("必要な対策を講じること。", "支援策を講じること。", "手続を経ること。")


@pytest.mark.parametrize(
    ("sections", "items", "points"),
    [
        (("1 ", "2 "), ("- (1) ", "- (2) "), "アイウ"),
        (("１　", "２　"), ("（１）", "（２）"), ("①", "②", "③")),
        (("第１　", "第２　"), ("１　", "２　"), ("（ア）", "（イ）", "（ウ）")),
        (("第1章 ", "第2章 "), ("1) ", "2) "), ("(a) ", "(b) ", "(c) ")),
        (("一　", "二　"), ("(一)", "(二)"), ("a. ", "b. ", "c. ")),
        (("Ⅰ ", "Ⅱ "), ("1. ", "2. "), ("⑴ ", "⑵ ", "⑶ ")),
        (("( １ ) ", "( ２ ) "), ("ア ", "イ "), ("a) ", "b) ", "c) ")),
        (("第１部　", "第２部　"), ("第1条 ", "第2条 "), ("〔1〕", "〔2〕", "〔3〕")),
        (("1 ", "2 "), ("イ　", "ロ　"), ("（イ）", "（ロ）", "（ハ）")),
        (("基本目標１　", "基本目標２　"), ("【柱１】", "【柱２】"), ("A. ", "B. ", "C. ")),
        (("⒈", "⒉"), ("❶", "❷"), ("◎", "◎", "◎")),
        (("【1】", "【2】"), ("［１］", "［２］"), ("＜1＞", "＜2＞", "＜3＞")),
    ],
)
def test_levels_are_learnt_from_the_document(sections, items, points):
    lines = ["令和5年度市政運営の基本方針", ""]
    for section in sections:
        lines += [f"{section}施政方針を踏まえた対応", ""]
        lines += [f"{items[0]}次のことを行うこと。"]
        lines += [f"{point} {text}" for point, text in zip(points, ITEMS, strict=True)]
        lines += [f"{items[1]}広く情報を集めること。", ""]
    policy = parse("\n".join(lines))
    shape = [[len(item.items) for item in section.items] for section in policy.sections]
    assert shape == [[3, 0], [3, 0]]
    assert is_lossless(policy)


def test_a_number_that_does_not_continue_is_text_with_a_question():
    policy = parse(
        "令和5年度方針\n\n1 対応\n(1) 甲をすること。\n(3) 乙をすること。\n(2) 丙をすること。"
    )
    assert tree(policy) == [
        (
            "1",
            "対応",
            "",
            [
                ("(1)", "", "甲をすること。\n(3) 乙をすること。", []),
                ("(2)", "", "丙をすること。", []),
            ],
        )
    ]
    assert questions(policy) == [5]


@pytest.mark.parametrize(
    "line",
    [
        "４ 年 度 に 向 け た 取 組 を 進 め る こ と 。",
        "７５．４パーセントに達した。",
        "第２１９回臨時国会で成立した。",
        "第５次計画に基づくこと。",
        "2023年に始まったこと。",
        "(2)の事項に留意すること。",
        "・香南・野市の事業であること。",
        "ア メ リ カ の例による。",
        "a city of this size.",
        "2 月24日に表明したこと。",
    ],
)
def test_a_line_that_only_looks_numbered_is_text(line):
    policy = parse(f"令和5年度方針\n\n1 対応\n(1) 令和\n{line}\n(2) 乙をすること。")
    assert [item.marker for item in policy.sections[0].items] == ["(1)", "(2)"]
    assert len(policy.sections) == 1
    assert compact(policy.sections[0].items[0].body) == compact(f"令和{line}")


def test_a_number_inside_a_sentence_does_not_begin_a_section():
    policy = parse(
        "令和5年度方針\n\n1 対応\n(1) 社会情勢を踏まえた令和\n\n2 年度からの取組を進めること。\n"
        "(2) 講じること。"
    )
    assert tree(policy)[0][3] == [
        ("(1)", "", "社会情勢を踏まえた令和2 年度からの取組を進めること。", []),
        ("(2)", "", "講じること。", []),
    ]
    assert questions(policy) == [6]


def test_page_numbers_are_kept_apart_and_the_sentence_goes_on():
    policy = parse(
        "令和5年度方針\n\n1 対応\n(1) 社会情勢の変化について、遺漏な\n- 1 -\nく把握すること。\n"
        "(2) 支援す\n12\n\f\nること。\n3/12\n(3) 講じること。\n"
    )
    assert [item.body for item in policy.sections[0].items] == [
        "社会情勢の変化について、遺漏なく把握すること。",
        "支援すること。",
        "講じること。",
    ]
    assert policy.furniture == ("- 1 -", "12", "3/12")
    assert is_lossless(policy)


def test_hard_wrapped_lines_are_joined_and_latin_words_keep_a_space():
    policy = parse(
        "令和5年度方針\n\n1 対応\n(1) 業務改革（Business Process\n　　Re-engineering）の視点を持\n"
        "　　ち、効率化すること。"
    )
    assert policy.sections[0].items[0].body == (
        "業務改革（Business Process Re-engineering）の視点を持ち、効率化すること。"
    )


def test_a_heading_on_the_line_below_its_number_is_found():
    policy = parse(
        "基 本 方 針\n\n１\n適 正 な 執 行\n( １ ) 守 る こ と 。\n\n２\n育 成\n( １ ) 育 て る 。"
    )
    assert [(s.marker, s.heading, len(s.items)) for s in policy.sections] == [
        ("１", "適 正 な 執 行", 1),
        ("２", "育 成", 1),
    ]


def test_items_without_sentences_are_texts_not_headings():
    policy = parse("令和5年度方針\n\n1 対応\n(1) 行政改革の推進\n(2) 脱炭素の推進\n")
    assert tree(policy)[0][3] == [
        ("(1)", "", "行政改革の推進", []),
        ("(2)", "", "脱炭素の推進", []),
    ]


def test_items_with_headings_of_their_own_keep_them():
    policy = parse(
        "令和5年度方針\n\n第1 対応\n\n1 行政改革\n\n効率化すること。\n\n2 脱炭素\n\n推進すること。\n"
    )
    assert tree(policy)[0][3] == [
        ("1", "行政改革", "効率化すること。", []),
        ("2", "脱炭素", "推進すること。", []),
    ]


def test_numbers_that_begin_again_without_a_heading_are_asked_about():
    policy = parse("令和5年度方針\n\n(1) 甲とする。\n(2) 乙とする。\n\n(1) 丙とする。\n")
    assert [section.marker for section in policy.sections] == ["(1)", "(2)", "(1)"]
    assert questions(policy) == [6]
