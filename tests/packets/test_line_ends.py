"""No line of one or two characters at the end of a title, and no person cut off in a short box."""

import pytest
from django.template import Context, Template

from packets.fronts.days import _fits, _is_roomy
from packets.templatetags.paper import ends


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("紙の文書を、新庁舎への移転までに半分にする", "半分にする"),
        ("避難所を、地域の人だけで開けられるようにする", "ようにする"),
        ("脱炭素の視点を取り入れ、経営を推進すること。", "こと。"),
        ("行政手続を60件オンライン化し、手間を減らす", "減らす"),
        ("市民生活と地域経済を支える支援に関する𠮷葛󠄀", "𠮷葛󠄀"),
        ("市民生活と地域経済を支える支援の葛󠄀𠮷澤", "葛󠄀𠮷澤"),
    ],
)
def test_end_is_kept_on_one_line_from_where_a_phrase_begins(text: str, end: str) -> None:
    assert ends(text) == (text.removesuffix(end), end)


def test_short_text_is_left_alone() -> None:
    assert ends("防災の力を高める") == ("防災の力を高める", "")


def test_text_is_escaped() -> None:
    page = Template("{% load paper %}{% held words %}")
    said = page.render(Context({"words": "<b>太字</b>にならない文を書き終える"}))
    assert said == '&lt;b&gt;太字&lt;/b&gt;にならない文を書き<span class="keep">終える</span>'


def _row(**values: object) -> dict:
    row = {
        "department": "会計課",
        "attendees": [{"title": "会計管理者", "name": "矢島 典子"}],
        "others": [],
        "room": "副市長室",
        "counts": ["目標2件", "回答21／21項"],
    }
    return row | values


def test_half_an_hour_holds_two_lines_with_the_counts_behind_the_name() -> None:
    assert _fits(_row(), 30)
    assert not _is_roomy(_row(), 30)
    assert _is_roomy(_row(), 40)


@pytest.mark.parametrize(
    "values",
    [
        {"others": [{"title": "市長", "name": "井澤 邦夫"}]},
        {"room": "第一委員会室"},
        {"counts": ["目標2件", "回答12／21項", "未記入9項"]},
    ],
    ids=["others", "long room", "long line"],
)
def test_half_an_hour_does_not_hold_more(values: dict) -> None:
    assert not _fits(_row(**values), 30)
