"""Fiscal years, eras (和暦) and business days. Pure Python: no Django.

Sources: 元号法 (昭和54年法律第43号); 国民の祝日に関する法律; the fiscal year of 地方自治法
第208条 (April to March); closing days 12/29-1/3 as in 地方自治法第4条の2.
"""

import datetime as dt
import re
import unicodedata
from typing import NamedTuple

import jpholiday

WEEKDAYS = "月火水木金土日"
EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 12, 31)


class Era(NamedTuple):
    """One era: full name, one kanji, one letter, first day."""

    name: str
    kanji: str
    letter: str
    first: dt.date


ERAS = (
    Era("令和", "令", "R", dt.date(2019, 5, 1)),
    Era("平成", "平", "H", dt.date(1989, 1, 8)),
    Era("昭和", "昭", "S", dt.date(1926, 12, 25)),
    Era("大正", "大", "T", dt.date(1912, 7, 30)),
    Era("明治", "明", "M", dt.date(1868, 10, 23)),
)


class DateProblem(ValueError):
    """A date that cannot be read; the message is a sentence for the person who typed it."""


def fiscal_year(day: dt.date) -> int:
    """The fiscal year (April to March) that holds ``day``."""
    return day.year if day.month >= 4 else day.year - 1


def first_day(year: int) -> dt.date:
    """1 April of fiscal year ``year``."""
    return dt.date(year, 4, 1)


def last_day(year: int) -> dt.date:
    """31 March at the end of fiscal year ``year``."""
    return dt.date(year + 1, 3, 31)


def era_of(day: dt.date) -> Era:
    """The era of ``day``; DateProblem before 明治."""
    for era in ERAS:
        if day >= era.first:
            return era
    raise DateProblem("明治より前の日付は扱えません。")


def _era_year(day: dt.date) -> tuple[Era, str]:
    era = era_of(day)
    number = day.year - era.first.year + 1
    return era, "元" if number == 1 else str(number)


def format_date(day: dt.date) -> str:
    """令和5年3月28日."""
    era, number = _era_year(day)
    return f"{era.name}{number}年{day.month}月{day.day}日"


def format_date_with_weekday(day: dt.date) -> str:
    """令和5年3月28日（火）."""
    return f"{format_date(day)}（{WEEKDAYS[day.weekday()]}）"


def format_short_date(day: dt.date) -> str:
    """3月28日（火）: for lists that name the year above."""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def format_time(moment: dt.datetime | dt.time) -> str:
    """17時, 9時42分: the office's way of telling the time, without a leading zero."""
    return f"{moment.hour}時" + (f"{moment.minute:02d}分" if moment.minute else "")


def format_year(year: int) -> str:
    """2023 → 令和5年度. 令和元年度 is 2019, although it began in 平成31年 (its usual name)."""
    era, number = _era_year(dt.date(year, 12, 31))
    return f"{era.name}{number}年度"


_ERA_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[令平昭大明RHSTM])[\s.]?(?P<year>\d{1,2}|元)"
    r"\s?[年./-]\s?(?P<month>\d{1,2})\s?[月./-]\s?(?P<day>\d{1,2})\s?日?\Z",
    re.ASCII,
)
_WESTERN_DATE = re.compile(
    r"(?P<year>\d{4})\s?[年./-]\s?(?P<month>\d{1,2})\s?[月./-]\s?(?P<day>\d{1,2})\s?日?\Z",
    re.ASCII,
)
_PLAIN_DATE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})\Z", re.ASCII)
HOW_TO_WRITE = "「令和5年4月1日」「R5.4.1」「2023/4/1」のように入力してください。"


def parse_date(text: str) -> dt.date:
    """A date typed in 和暦 or in the western calendar, full-width or half-width.

    Raises DateProblem with a sentence when the text is no date, when the day does not exist, or
    when the era had not begun or was over on that day (平成31年5月1日).
    """
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    if len(folded) > 30:
        raise DateProblem(f"日付として読めません。{HOW_TO_WRITE}")
    for pattern in (_ERA_DATE, _WESTERN_DATE, _PLAIN_DATE):
        if match := pattern.match(folded):
            return _date_from(match.groupdict())
    raise DateProblem(f"日付として読めません。{HOW_TO_WRITE}")


def check_day(day: dt.date) -> None:
    """Raises DateProblem where nobody can mean that day; 9999年 stands for none in other systems."""
    if not EARLIEST <= day <= LATEST:
        raise DateProblem("1900年から2100年までの日付を入力してください。")


def _date_from(parts: dict[str, str]) -> dt.date:
    era = next((e for e in ERAS if parts.get("era") in {e.name, e.kanji, e.letter}), None)
    year = 1 if parts["year"] == "元" else int(parts["year"])
    if era:
        year += era.first.year - 1
    try:
        day = dt.date(year, int(parts["month"]), int(parts["day"]))
    except ValueError:
        raise DateProblem("その日は暦にありません。月と日を確かめてください。") from None
    check_day(day)
    if era and era_of(day) is not era:
        raise DateProblem(f"{era.name}にその日はありません。元号を確かめてください。")
    return day


_YEAR = re.compile(r"(?P<era>令和|平成|昭和|R|H|S)\s?(?P<year>\d{1,2}|元)\s?年度?\Z", re.ASCII)


def parse_year(text: str) -> int:
    """令和5年度, R5年度 or 2023 → 2023. DateProblem otherwise."""
    folded = unicodedata.normalize("NFKC", text).strip().upper().replace("年度", "年")
    if match := _YEAR.match(folded):
        era = next(e for e in ERAS if match["era"] in {e.name, e.letter})
        number = 1 if match["year"] == "元" else int(match["year"])
        return era.first.year + number - 1
    digits = folded.removesuffix("年")
    if digits.isascii() and digits.isdigit() and len(digits) == 4:
        return int(digits)
    raise DateProblem("年度は「令和5年度」または「2023」のように入力してください。")


def is_business_day(day: dt.date) -> bool:
    """Whether the city hall is open: not Saturday, Sunday, a holiday or 12/29-1/3."""
    closing = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not closing and not jpholiday.is_holiday(day)


def business_days_until(today: dt.date, due: dt.date) -> int:
    """Open days after ``today`` up to and including ``due``; 0 when ``due`` is not later."""
    days = range(1, (due - today).days + 1)
    return sum(is_business_day(today + dt.timedelta(days=n)) for n in days)
