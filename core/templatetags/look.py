"""Dates, figures and years as the city writes them: ``{% load look %}``."""

import datetime as dt

from django import template

from core import text, years

register = template.Library()
Day = dt.date | dt.datetime


def _date(day: Day) -> dt.date:
    return day.date() if isinstance(day, dt.datetime) else day


@register.filter(expects_localtime=True)
def wareki(day: Day | None) -> str:
    """令和5年3月28日; nothing for None."""
    return years.format_date(_date(day)) if day else ""


@register.filter(expects_localtime=True)
def wareki_weekday(day: Day | None) -> str:
    """令和5年3月28日（火）."""
    return years.format_date_with_weekday(_date(day)) if day else ""


@register.filter(expects_localtime=True)
def short_date(day: Day | None) -> str:
    """3月28日（火）, where the year is named above."""
    return years.format_short_date(_date(day)) if day else ""


@register.filter(expects_localtime=True)
def clock_time(moment: dt.datetime | dt.time | None) -> str:
    """17時, 9時42分."""
    return years.format_time(moment) if moment else ""


@register.filter(expects_localtime=True)
def short_moment(moment: dt.datetime | None) -> str:
    """3月28日（火）9時42分."""
    return f"{short_date(moment)}{clock_time(moment)}" if moment else ""


@register.filter
def year_label(year: int | None) -> str:
    """2023 → 令和5年度."""
    return years.format_year(year) if year is not None else ""


@register.filter
def figure(value: int | None) -> str:
    """12,300; minus as △; nothing for None."""
    return text.format_integer(value) if value is not None else ""


@register.filter
def thousand_yen(value: int | None) -> str:
    """12,300千円 from a whole number of thousands of yen."""
    return f"{text.format_integer(value)}千円" if value is not None else ""


@register.filter
def opening_words(words: str, length: int = 24) -> str:
    """The first words of a text, with … where something follows."""
    return text.opening_words(words, length)


@register.filter
def circled(number: int) -> str:
    """1 → ①."""
    return text.circled(number)
