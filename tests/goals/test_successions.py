"""Who goes and who comes after, from the posts alone."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from core.years import first_day, fiscal_year
from goals.successions import Circle, Term, comers, leavers, successors

SOMU, KENKO, NEW = 1, 2, 3
CIRCLE = Circle(SOMU)
MARCH_31, APRIL_1 = dt.date(2023, 3, 31), dt.date(2023, 4, 1)


def term(person, first, last=None, department=SOMU, **fields):
    return Term(person, f"人{person}", "部長", department, first, last, **fields)


OLD = dt.date(2021, 4, 1)
A, B, C, D = (10, 20, 30, 40)


def after(leaver, terms, circle=CIRCLE):
    return [comer.person for comer in successors(leaver, terms, circle)]


def test_head_who_ends_in_the_year_goes_and_the_next_one_comes_after():
    terms = [term(A, OLD, MARCH_31), term(B, APRIL_1)]
    (leaver,) = leavers(terms, CIRCLE, 2022)
    assert (leaver.person, leaver.last) == (A, MARCH_31)
    assert after(leaver, terms) == [B]
    assert leavers(terms, CIRCLE, 2023) == []


def test_head_without_a_known_end_does_not_go():
    assert leavers([term(A, OLD), term(B, APRIL_1)], CIRCLE, 2022) == []


def test_second_head_who_stays_is_not_a_successor():
    terms = [term(A, OLD, MARCH_31), term(C, OLD), term(B, APRIL_1)]
    (leaver,) = leavers(terms, CIRCLE, 2022)
    assert after(leaver, terms) == [B]


def test_new_title_without_a_day_between_is_no_leaving():
    terms = [term(A, OLD, MARCH_31), term(A, APRIL_1)]
    assert leavers(terms, CIRCLE, 2022) == []
    assert comers(terms, CIRCLE, 2022) == []


def test_one_who_holds_two_posts_goes_when_the_longer_one_ends():
    terms = [term(A, OLD, MARCH_31), term(A, dt.date(2022, 10, 1), dt.date(2022, 12, 31))]
    assert [leaver.last for leaver in leavers(terms, CIRCLE, 2022)] == [MARCH_31]


def test_stand_in_and_then_the_successor_are_both_asked():
    june = dt.date(2023, 6, 1)
    stand_in = term(C, APRIL_1, dt.date(2023, 5, 31), is_standing_in=True)
    terms = [term(A, OLD, MARCH_31), stand_in, term(B, june), term(D, dt.date(2024, 4, 1))]
    (leaver,) = leavers(terms, CIRCLE, 2022)
    assert after(leaver, terms) == [C, B]
    (second,) = leavers(terms, CIRCLE, 2023)
    assert (second.person, after(second, terms)) == (C, [B])


def test_only_the_first_to_come_is_asked_for_what_was_left_before():
    october = dt.date(2022, 10, 1)
    terms = [term(A, OLD, dt.date(2022, 9, 30)), term(B, october, MARCH_31), term(C, APRIL_1)]
    first, second = leavers(terms, CIRCLE, 2022)
    assert (first.person, after(first, terms)) == (A, [B])
    assert (second.person, after(second, terms)) == (B, [C])


def test_head_of_the_department_that_took_over_comes_after():
    merged = Circle(SOMU, goes_on=frozenset({NEW}), reads=frozenset({NEW}))
    terms = [term(A, OLD, MARCH_31), term(B, OLD, MARCH_31, KENKO), term(B, APRIL_1, None, NEW)]
    (leaver,) = leavers(terms, merged, 2022)
    assert (leaver.person, after(leaver, terms, merged)) == (A, [B])


def test_head_who_goes_on_in_the_renamed_department_does_not_go():
    renamed = Circle(SOMU, goes_on=frozenset({NEW}), reads=frozenset({NEW}))
    terms = [term(A, OLD, MARCH_31), term(A, APRIL_1, None, NEW)]
    assert leavers(terms, renamed, 2022) == []


def test_head_who_moves_to_the_part_that_was_split_off_goes():
    split = Circle(SOMU, reads=frozenset({NEW}))
    terms = [term(A, OLD, MARCH_31), term(A, APRIL_1, None, NEW), term(B, APRIL_1)]
    (leaver,) = leavers(terms, split, 2022)
    assert (leaver.person, after(leaver, terms, split)) == (A, [B])


days = st.dates(dt.date(2021, 4, 1), dt.date(2025, 3, 31))


@st.composite
def heads(draw):
    first = draw(days)
    last = draw(st.none() | st.dates(first, dt.date(2025, 3, 31)))
    return term(
        draw(st.sampled_from([A, B, C, D])),
        first,
        last,
        draw(st.sampled_from([SOMU, KENKO, NEW])),
        is_standing_in=draw(st.booleans()),
    )


circles = st.sampled_from(
    [CIRCLE, Circle(SOMU, frozenset({NEW}), frozenset({NEW})), Circle(SOMU, reads=frozenset({NEW}))]
)


@given(st.lists(heads(), max_size=7), circles, st.integers(2021, 2024))
def test_nobody_hands_over_to_oneself_or_to_one_who_was_there(terms, circle, year):
    for leaver in leavers(terms, circle, year):
        assert fiscal_year(leaver.last) == year
        there = [t for t in terms if t.person == leaver.person and t.covers(leaver.last)]
        assert there != []
        for comer in successors(leaver, terms, circle):
            own = [t for t in terms if t.person == comer.person and t.department == SOMU]
            assert comer.person != leaver.person
            assert comer.first > leaver.last
            assert [t for t in own if t.covers(leaver.last)] == []


@given(st.lists(heads(), max_size=7), st.integers(2021, 2024))
def test_who_begins_in_the_year_begins_after_its_first_day(terms, year):
    for comer in comers(terms, CIRCLE, year):
        assert first_day(year) < comer.first <= first_day(year + 1)
        assert [t for t in terms if t.person == comer.person and t.first == comer.first] != []


@given(st.lists(heads(), max_size=7), circles)
def test_order_in_which_the_posts_are_read_says_nothing(terms, circle):
    turned = terms[::-1]
    assert leavers(terms, circle, 2022) == leavers(turned, circle, 2022)
    for leaver in leavers(terms, circle, 2022):
        assert successors(leaver, terms, circle) == successors(leaver, turned, circle)
