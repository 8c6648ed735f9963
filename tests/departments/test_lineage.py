"""Which department has taken over from which, over random reorganisations of many years."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.lineage import Lineage, Span

FIRST, LAST = 2019, 2026
YEARS = range(FIRST, LAST + 1)


@st.composite
def cities(draw: st.DrawFn) -> Lineage:
    """Departments that are split, merged, renamed, split off and merged back, year by year.

    The successors of one that ends are those that take over then.
    """
    spans: dict[int, Span] = {pk: Span(FIRST) for pk in range(1, draw(st.integers(2, 4)) + 1)}
    links: list[tuple[int, int]] = []
    for year in range(FIRST + 1, LAST + 1):
        standing = [pk for pk, span in spans.items() if span.holds(year)]
        kind = draw(st.sampled_from(("", "rename", "split", "merge", "join", "split off", "end")))
        one = draw(st.sampled_from(standing))
        other = draw(st.sampled_from(standing))
        new = [len(spans) + 1, len(spans) + 2]
        ended: list[int] = []
        begun: list[int] = []
        if kind == "rename":
            ended, begun = [one], new[:1]
        elif kind == "split":
            ended, begun = [one], new
        elif kind == "merge" and one != other:
            ended, begun = [one, other], new[:1]
        elif kind == "split off":
            begun = new[:1]
            links.append((one, new[0]))
        elif kind == "join" and one != other or kind == "end" and len(standing) > 1:
            ended = [one]
        links = [link for link in links if link[0] not in ended]
        links += [(one, other)] if kind == "join" and ended else []
        spans |= {pk: Span(spans[pk].first, year - 1) for pk in ended}
        spans |= {pk: Span(year) for pk in begun}
        links += [(old, pk) for old in ended for pk in begun]
    return Lineage(spans, links)


def standing(city: Lineage, year: int) -> list[int]:
    return [pk for pk, span in city.spans.items() if span.holds(year)]


def writers(city: Lineage, one: int, of_year: int, now: int) -> set[int]:
    """Who writes in ``now`` what ``one`` wrote in ``of_year``: itself where it stands, its heirs."""
    own = {one} if city.spans[one].holds(now) else set()
    return own | city.heirs(one, of_year=of_year, now=now, is_reading=False)


def readers(city: Lineage, one: int, of_year: int, now: int) -> set[int]:
    own = {one} if city.spans[one].holds(now) else set()
    return own | city.heirs(one, of_year=of_year, now=now, is_reading=True)


@given(cities())
def test_what_a_department_begins_with_is_what_goes_on_in_it(city: Lineage) -> None:
    for year in YEARS[1:]:
        for old in standing(city, year - 1):
            goes_on = {
                one
                for one in standing(city, year)
                if one == old or old in city.begins_with(one, year)
            }
            assert city.go_on_from(old, year) == goes_on


@given(cities())
def test_whoever_begins_with_a_paper_of_last_year_may_read_it(city: Lineage) -> None:
    for year in YEARS[1:]:
        for one in standing(city, year):
            for old in city.begins_with(one, year):
                assert one in readers(city, old, year - 1, year)


@given(cities())
def test_heirs_and_forebears_are_inverse(city: Lineage) -> None:
    for now in YEARS:
        for one in standing(city, now):
            for of_year in range(FIRST, now):
                for old in standing(city, of_year):
                    is_heir = one in city.heirs(old, of_year=of_year, now=now, is_reading=False)
                    assert not is_heir or old in city.forebears(one, of_year)
                    came = old in city.forebears(one, of_year) and old != one
                    gone = not city.spans[old].holds(now)
                    assert not (came and gone) or one in readers(city, old, of_year, now)


@given(cities())
def test_old_and_new_never_write_the_same_paper(city: Lineage) -> None:
    for now in YEARS:
        for of_year in range(FIRST, now + 1):
            for old in standing(city, of_year):
                found = writers(city, old, of_year, now)
                assert found == {old} if city.spans[old].holds(now) else old not in found


@given(cities())
def test_a_paper_has_a_writer_while_somebody_descends(city: Lineage) -> None:
    for now in YEARS:
        for of_year in range(FIRST, now + 1):
            for old in standing(city, of_year):
                assert bool(writers(city, old, of_year, now)) == bool(
                    readers(city, old, of_year, now)
                )


@given(cities())
def test_whoever_writes_also_reads(city: Lineage) -> None:
    for now in YEARS:
        for of_year in range(FIRST, now + 1):
            for old in standing(city, of_year):
                assert writers(city, old, of_year, now) <= readers(city, old, of_year, now)


@given(cities())
def test_each_step_of_a_reorganisation_is_valid(city: Lineage) -> None:
    for old, after in city._after.items():
        for new in after:
            assert city.spans[old].fault(city.spans[new]) is None


SPLIT_OFF: Mapping[int, Span] = {1: Span(2019), 2: Span(2023)}


def test_what_was_split_off_took_over_once_and_no_more() -> None:
    city = Lineage(SPLIT_OFF, [(1, 2)])
    assert [city.begins_with(2, year) for year in (2023, 2024)] == [{1}, set()]
    assert [city.begins_with(1, year) for year in (2023, 2024)] == [set(), set()]


def test_what_goes_on_takes_in_what_merged_into_it() -> None:
    city = Lineage({1: Span(2019, 2022), 2: Span(2019)}, [(1, 2)])
    assert [city.begins_with(2, year) for year in (2022, 2023, 2024)] == [set(), {1}, set()]


def test_what_was_split_off_may_be_merged_back() -> None:
    city = Lineage({1: Span(2019), 2: Span(2021, 2022)}, [(1, 2), (2, 1)])
    assert [city.begins_with(1, year) for year in (2021, 2022, 2023)] == [set(), set(), {2}]
    assert [city.begins_with(2, year) for year in (2021, 2022)] == [{1}, set()]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (Span(2019, 2022), Span(2023), None),
        (Span(2019, 2022), Span(2019), None),
        (Span(2019, 2022), Span(2024), 2023),
        (Span(2019, 2022), Span(2019, 2022), 2023),
        (Span(2019), Span(2023), None),
        (Span(2019), Span(2019), 2020),
        (Span(2019, 2023), Span(2021, 2022), 2024),
    ],
)
def test_who_takes_over_stands_when_the_other_has_ended(
    old: Span, new: Span, fault: int | None
) -> None:
    assert old.fault(new) == fault
