"""Plans that a text names: found by their brackets and short names, whatever else the text holds."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.mentions import MOST_MENTIONS, mentions

SEED = Path(__file__).parents[2] / "exchange" / "demo" / "reiwa5-basic-policy.txt"
MIXED = st.lists(
    st.sampled_from(
        [
            *"『』「」（）()、。\n",
            "以下",
            "という。",
            "環境基本計画",
            "第2次",
            "ビジョン",
            "計画",
            "の",
        ]
        + ["（以下「計画」という。）", "『環境基本計画』", "（以下「", "」という。）", "市", "a"]
    )
    | st.text(max_size=4),
    max_size=40,
).map("".join)


def names(text: str) -> list[tuple[str, str]]:
    return [(mention.title, mention.short_name) for mention in mentions(text)]


def words(text: str) -> list[list[str]]:
    return [[text[start:end] for start, end in found.places] for found in mentions(text)]


def test_plans_of_the_mayors_policy_are_found_with_their_short_name() -> None:
    assert names(SEED.read_text()) == [
        ("国分寺市行政デジタル化推進計画", ""),
        ("国分寺市総合ビジョン", ""),
        ("国分寺市ビジョン", ""),
        ("国分寺市ビジョン後期実行計画", "後期実行計画"),
        ("第2次国分寺市総合ビジョン", ""),
        ("第Ⅰ期 国分寺市業務改革プロジェクト", ""),
        ("国分寺市人材育成基本方針（第3期）", ""),
        ("国分寺市人材育成実施計画", ""),
        ("ハラスメントの防止等に関する指針", ""),
    ]


def test_a_short_name_counts_after_it_was_given() -> None:
    text = "環境計画を定める。『市環境基本計画』（以下「環境計画」という。）と、環境計画の目標。"
    assert names(text) == [("市環境基本計画", "環境計画")]
    assert words(text) == [["市環境基本計画", "環境計画"]]
    assert mentions(text)[0].places[1] == (text.rindex("環境計画"), text.rindex("環境計画") + 4)


def test_a_short_name_in_brackets_is_no_plan_of_its_own() -> None:
    text = "『市環境基本計画』（以下「環境計画」という。）を定める。『環境計画』の目標。"
    assert words(text) == [["市環境基本計画", "環境計画"]]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("「市環境基本計画」（以下「環境計画」という。）", "市環境基本計画"),
        ("「人材育成方針（第3期）」(以下「方針」という。)", "人材育成方針（第3期）"),
        ("また、市環境基本計画（以下「環境計画」という。）", "市環境基本計画"),
        ("市環境基本計画（令和3年策定。以下、「環境計画」という。）", "市環境基本計画"),
    ],
)
def test_a_title_in_other_brackets_or_none_counts_where_a_short_name_is_given(
    text: str, title: str
) -> None:
    assert [found.title for found in mentions(text)] == [title]


@pytest.mark.parametrize(
    "text",
    [
        "「ともに進める」（以下「理念」という。）",  # not the name of a plan
        "市の環境基本計画（以下「環境計画」という。）",  # where the name begins is not certain
        "まちづくり推進計画（以下「計画」という。）",
        "「環境基本計画」を定める。",  # no short name
        "業務改革（BPR）を進める。",
    ],
)
def test_what_is_not_certain_is_left_alone(text: str) -> None:
    assert mentions(text) == ()


def test_a_title_inside_a_longer_word_is_not_that_plan() -> None:
    text = "『市ビジョン』と市ビジョン後期実行計画は別である。新市ビジョンも別。市ビジョン等。"
    assert words(text) == [["市ビジョン", "市ビジョン"]]
    assert mentions(text)[0].places[1][0] == text.rindex("市ビジョン")


def test_the_longest_name_counts() -> None:
    text = "『市ビジョン』、『市ビジョン後期実行計画』。市ビジョン後期実行計画を進める。"
    assert words(text) == [["市ビジョン"], ["市ビジョン後期実行計画"] * 2]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("『市の『環境計画』の改定』", ["環境計画"]),
        ("『終わらない『環境計画』", ["環境計画"]),
        ("『環境計画』』』", ["環境計画"]),
        ("『環境\n計画』", []),
        ("『』『 』", []),
        ("（以下「計画」という。）", []),
        ("『環境計画』（以下「計画", ["環境計画"]),
    ],
)
def test_nested_and_unclosed_brackets_do_no_harm(text: str, titles: list[str]) -> None:
    assert [found.title for found in mentions(text)] == titles


@given(MIXED)
def test_any_text_is_read_and_every_place_holds_the_name(text: str) -> None:
    places = []
    for found in mentions(text):
        assert found.places == tuple(sorted(found.places))
        for start, end in found.places:
            assert text[start:end] in {found.title, found.short_name}
            assert "\n" not in text[start:end]
        places += found.places
    ordered = sorted(places)
    assert all(a[1] <= b[0] for a, b in zip(ordered, ordered[1:], strict=False))


@pytest.mark.parametrize(
    "part",
    [
        *("『", "』", "『』", "（", "「", "(以下「", "（以下", "『あ", "『環境計画』", "計画、"),
        *(
            "（以下「計」という。）",
            "計画（以下「計」という。）",
            "「環境計画",
            "国" * 90 + "計画（",
        ),
    ],
)
def test_brackets_without_end_name_at_most_one_plan(part: str) -> None:
    text = part * (200_000 // len(part))
    assert len(mentions(text)) <= 1


def test_so_many_plans_are_enough() -> None:
    text = "".join(f"『第{number:05}計画』" for number in range(20_000))
    assert len(mentions(text)) == MOST_MENTIONS
