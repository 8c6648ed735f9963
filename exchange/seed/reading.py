"""The data files of the demo city, and the days and hours in them."""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from core.years import is_business_day

DEMO = Path(__file__).resolve().parent.parent / "demo"
OPENS, CLOSES = dt.time(8, 30), dt.time(18, 0)
STEP = dt.timedelta(minutes=7)


def read(name: str) -> dict[str, Any]:
    """The TOML file ``name`` of the demo city."""
    return tomllib.loads((DEMO / name).read_text(encoding="utf-8"))


@cache
def people_to_show() -> list[tuple[str, str, str, str]]:
    """Whom the sign-in page of the demonstration offers: title, name, staff number, purpose."""
    people = read("people.toml")
    names = {person["no"]: person["name"] for person in people["people"]}
    return [(title, names[number], number, purpose) for number, title, purpose in people["signin"]]


def moment(written: dt.datetime) -> dt.datetime:
    """A moment of a data file, which means the city's own time."""
    return timezone.make_aware(written)


def office_moments(start: dt.datetime, end: dt.datetime, count: int) -> list[dt.datetime]:
    """``count`` moments in office hours, evenly spread from ``start`` on, the last one ``end``."""
    hours: list[dt.datetime] = []
    at = start
    while at < end:
        if is_business_day(at.date()) and OPENS <= at.time() <= CLOSES:
            hours.append(at)
        at += STEP
    spread = [hours[number * len(hours) // count] for number in range(count - 1)]
    return [moment(at) for at in [*spread, end]]
