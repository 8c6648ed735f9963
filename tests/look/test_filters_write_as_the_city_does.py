"""Dates and figures in templates."""

import datetime as dt

import pytest
from django.template import Context, Template

MOMENT = dt.datetime(2023, 3, 31, 23, 30, tzinfo=dt.UTC)


def write(expression: str, value: object) -> str:
    template = Template("{% load look %}{{ value|" + expression + " }}")
    return template.render(Context({"value": value}))


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("wareki", dt.date(2023, 3, 28), "令和5年3月28日"),
        ("wareki_weekday", dt.date(2023, 3, 28), "令和5年3月28日（火）"),
        ("short_date", dt.date(2023, 4, 4), "4月4日（火）"),
        ("clock_time", dt.time(17, 0), "17時"),
        ("year_label", 2019, "令和元年度"),
        ("figure", -1300, "△1,300"),
        ("thousand_yen", 12300, "12,300千円"),
        ("thousand_yen", 0, "0千円"),
        ("opening_words:4", "あいうえお", "あいうえ…"),
        ("circled", 3, "③"),
    ],
)
def test_a_value_reads(expression: str, value: object, expected: str) -> None:
    assert write(expression, value) == expected


@pytest.mark.parametrize(
    "name", ["wareki", "wareki_weekday", "short_date", "short_moment", "figure"]
)
def test_nothing_is_written_for_nothing(name: str) -> None:
    assert write(name, None) == ""


def test_a_moment_is_told_in_tokyo() -> None:
    assert write("short_moment", MOMENT) == "4月1日（土）8時30分"
    assert write("wareki", MOMENT) == "令和5年4月1日"
