"""The one source of the present moment. The demo city lives in March 2023 (``DEMO_TODAY``)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

_fixed: ContextVar[dt.datetime | None] = ContextVar("fixed", default=None)


def now() -> dt.datetime:
    """The present moment in Asia/Tokyo; in a demonstration, the real hour on the demo's day."""
    if fixed := _fixed.get():
        return fixed
    moment = timezone.localtime()
    day: dt.date | None = settings.DEMO_TODAY
    return moment.replace(year=day.year, month=day.month, day=day.day) if day else moment


def today() -> dt.date:
    """The present day in Asia/Tokyo."""
    return now().date()


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let actions happen at another moment: for loading records of the past."""
    token = _fixed.set(timezone.localtime(moment))
    try:
        yield
    finally:
        _fixed.reset(token)
