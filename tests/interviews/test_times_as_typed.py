"""Times are read as people type them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.forms import TimeTextField, parse_time


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("9:00", dt.time(9)),
        ("９：００", dt.time(9)),
        ("9時30分", dt.time(9, 30)),
        ("9時半", dt.time(9, 30)),
        ("９時", dt.time(9)),
        ("0930", dt.time(9, 30)),
        ("930", dt.time(9, 30)),
        ("13", dt.time(13)),
        (" 13:05 ", dt.time(13, 5)),
        ("13時5分", dt.time(13, 5)),
    ],
)
def test_a_time_is_read(typed, time):
    assert parse_time(typed) == time


@pytest.mark.parametrize(
    "typed", ["25:00", "9:60", "24:00", "午前", "9-30", "12345", "９時半分", ":"]
)
def test_what_is_no_time_is_refused_with_how_to_write_it(typed):
    with pytest.raises(ValueError, match="9|hour|minute"):
        parse_time(typed)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading(typed):
    try:
        time = parse_time(typed)
    except ValueError:
        return
    assert isinstance(time, dt.time)


@given(st.times().map(lambda time: time.replace(second=0, microsecond=0)))
def test_a_shown_time_reads_as_itself(time):
    assert TimeTextField().clean(TimeTextField().prepare_value(time)) == time
