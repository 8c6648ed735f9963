"""The fields of the forms read what people type and store it in one way."""

import datetime as dt

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from core.fields import FigureField, NormalisedCharField, WarekiDateField
from core.text import normalise
from goals.forms.goals import typed_indicator_rows
from goals.forms.papers import ResponseForm
from policies.differences import new_side, old_side, pieces


@pytest.mark.parametrize(
    ("typed", "figure"),
    [("12,300", 12300), ("１２３００", 12300), ("△５", -5), ("▲1,000", -1000), (" 0 ", 0)],
)
def test_a_figure_is_read_in_every_way_people_type_it(typed: str, figure: int) -> None:
    assert FigureField().clean(typed) == figure


def test_a_figure_shows_with_commas_and_a_triangle_for_minus() -> None:
    assert [FigureField().prepare_value(v) for v in (12300, -5, None)] == ["12,300", "△5", None]


def test_a_figure_that_cannot_be_read_is_answered_with_how_to_write_it() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        FigureField().clean("５千円")
    assert refusal.value.messages == ["数字だけで入力してください。"]


def test_a_figure_below_the_least_says_which_is_the_least() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        FigureField(min_value=0).clean("△1")
    assert refusal.value.messages == ["0以上の数字を入力してください。"]


@pytest.mark.parametrize(
    "typed", ["令和6年3月31日", "R6.3.31", "2024/3/31", "２０２４年３月３１日"]
)
def test_a_day_is_read_in_both_calendars(typed: str) -> None:
    assert WarekiDateField().clean(typed) == dt.date(2024, 3, 31)


def test_a_day_shows_in_the_japanese_calendar() -> None:
    assert WarekiDateField().prepare_value(dt.date(2024, 3, 31)) == "令和6年3月31日"


def test_a_day_that_is_not_in_the_calendar_is_answered_with_a_sentence() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        WarekiDateField().clean("令和6年2月30日")
    assert refusal.value.messages == ["その日は暦にありません。月と日を確かめてください。"]


def test_newlines_count_once_when_the_length_is_checked() -> None:
    typed = "あ\r\n" * 4 + "い"
    assert NormalisedCharField(max_length=9).clean(typed) == "あ\nあ\nあ\nあ\nい"


def test_a_text_that_is_too_long_says_by_how_much() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        NormalisedCharField(max_length=3).clean("四文字だ")
    assert refusal.value.messages == ["3字以内で入力してください。いまは4字です。"]


def test_a_name_keeps_its_own_character() -> None:
    assert NormalisedCharField().clean("髙﨑 葛\U000e0100西①") == "髙﨑 葛\U000e0100西①"


@given(st.text())
def test_what_a_text_field_gives_is_already_normal(typed: str) -> None:
    cleaned = NormalisedCharField(required=False).clean(typed.replace("\x00", ""))
    assert normalise(cleaned) == cleaned


@given(st.text(max_size=60), st.text(max_size=60))
def test_differences_hold_both_texts_whole(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(piece.text for piece in old_side(found)) == old
    assert "".join(piece.text for piece in new_side(found)) == new


def test_a_difference_names_only_what_changed() -> None:
    found = [(piece.kind, piece.text) for piece in pieces("9月の訓練", "10月の訓練")]
    assert found == [("removed", "9"), ("added", "10"), ("same", "月の訓練")]


def test_a_clause_that_stayed_is_not_told_as_rewritten() -> None:
    old, new = (
        "部長が実態把握を行い、業務を見直すこと。",
        "部長も的確な実態把握を行い、改革を進めること。",
    )
    found = [(piece.kind, piece.text) for piece in pieces(old, new)]
    assert found == [
        ("same", "部長"),
        ("removed", "が"),
        ("added", "も的確な"),
        ("same", "実態把握を行い、"),
        ("removed", "業務を見直す"),
        ("added", "改革を進める"),
        ("same", "こと。"),
    ]


def test_not_applicable_owes_a_reason() -> None:
    form = ResponseForm({"body": "　", "is_not_applicable": "on", "version": "0"})
    assert form.errors == {"body": ["該当なしにする理由を入力してください。"]}


def _rows(*rows: dict[str, str]) -> dict[str, str]:
    data = {"indicators-TOTAL_FORMS": str(len(rows)), "indicators-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {f"indicators-{number}-{name}": value for name, value in row.items()}
    return data


WHOLE = {"name": "見直した避難所", "kind": "output", "unit": "か所", "target": "22"}


def test_blank_and_struck_rows_of_indicators_do_not_count() -> None:
    rows = typed_indicator_rows(_rows({"kind": "outcome"}, WHOLE, {**WHOLE, "DELETE": "on"}))
    assert rows.is_valid()
    assert rows.values() == [{**WHOLE, "baseline": "", "rationale": ""}]


def test_a_row_that_is_begun_owes_its_name_unit_and_target() -> None:
    rows = typed_indicator_rows(_rows({"kind": "outcome", "baseline": "6"}))
    assert rows.errors == [
        {
            "name": ["指標の名前を入力してください。"],
            "unit": ["単位を入力してください。例：人、％、か所"],
            "target": ["目標値を入力してください。"],
        }
    ]
