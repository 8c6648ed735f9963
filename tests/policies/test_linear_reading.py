"""Reading takes work in proportion to the text, counted in calls: no clock, no chance."""

import gc
import sys

import pytest

from benchmarks.parsing import NASTY, layout
from policies.parsing import is_lossless, parse
from policies.reading import read_content

ROUNDING = 1.005
A_FEW = 10  # one long line takes the same few calls, however long it is
CALLS_OF_A_LINE = 200


def _calls(text: str) -> int:
    """How many functions, of Python and of C, are called to read ``text``."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    gc.disable()  # the collector calls whoever listens to it, now and then
    sys.setprofile(counted)
    try:
        parse(text)
    finally:
        sys.setprofile(before)
        gc.enable()
    return count // 2  # a call and its return


def _more_work(unit: str, times: int) -> tuple[int, int]:
    """How many calls more the first doubling takes, and the second."""
    _calls(unit * times)  # fills what is kept from one text to the next
    once, twice, four_times = (_calls(unit * times * factor) for factor in (1, 2, 4))
    return twice - once, four_times - twice


@pytest.mark.parametrize("name", NASTY)
def test_twice_the_text_is_at_most_twice_the_work(name):
    first, second = _more_work(NASTY[name], 500)
    assert second <= 2 * first * ROUNDING + A_FEW


@pytest.mark.parametrize("name", ["wrapped", "order", "circled"])
def test_twice_the_document_is_at_most_twice_the_work(name):
    first, second = _more_work(layout(name), 4)
    assert second <= 2 * first * ROUNDING + A_FEW


@pytest.mark.parametrize("name", NASTY)
def test_no_line_costs_more_than_a_fixed_number_of_calls(name):
    lines = NASTY[name].count("\n")
    if lines:
        more = _calls(NASTY[name] * 600) - _calls(NASTY[name] * 500)
        assert more / (100 * lines) < CALLS_OF_A_LINE


@pytest.mark.parametrize("name", NASTY)
def test_a_hundred_thousand_characters_of_anything_are_read_without_loss(name):
    unit = NASTY[name]
    text = unit * (100_000 // len(unit))
    assert is_lossless(parse(read_content(f"方針{text}".encode())))
