"""Posts that come, posts that have just ended, and departments that took over from others."""

import datetime as dt

import pytest

from core.permissions import Permission, Post, Target
from departments.models import User
from departments.queries import authority, heads, may, own_departments
from tests.factories import AppointmentFactory, DepartmentFactory, DivisionFactory, UserFactory

pytestmark = pytest.mark.django_db
P = Permission


@pytest.fixture
def on(settings):
    def set_day(year, month, day):
        settings.DEMO_TODAY = dt.date(year, month, day)

    return set_day


def can(user, permission, department, year, **target):
    return may(User.objects.get(pk=user.pk), permission, Target(department.pk, **target), year=year)


def own(user, year, permission=P.READ_INSIDE):
    rows = own_departments(User.objects.get(pk=user.pk), year, permission)
    return [row.department.code for row in rows]


# Coming and going


def test_head_who_comes_in_october_reads_from_the_announcement_and_writes_from_the_day(kenko, on):
    coming = UserFactory()
    days = {"starts_on": dt.date(2023, 10, 1), "announced_on": dt.date(2023, 9, 20)}
    AppointmentFactory(user=coming, department=kenko, **days)
    told = []
    for month, day in ((9, 19), (9, 20), (9, 30), (10, 1)):
        on(2023, month, day)
        told.append(
            (can(coming, P.READ_INSIDE, kenko, 2023), can(coming, P.WRITE_PAPER, kenko, 2023))
        )
    assert told == [(False, False), (True, False), (True, False), (True, True)]


def test_who_has_left_hands_over_for_ten_days_and_may_nothing_else(cast, kenko, on):
    leaver = cast.other_head
    on(2023, 3, 31)
    assert can(leaver, P.HAND_OVER, kenko, 2022)
    assert not can(leaver, P.HAND_OVER, kenko, 2023)
    on(2023, 4, 1)
    allowed = {p for p in P if can(leaver, p, kenko, 2022)}
    assert allowed == {P.ENTER, P.READ_POLICY, P.HAND_OVER, P.LEAVE_TEXT}
    assert {p for p in P if can(leaver, p, kenko, 2023)} == allowed - {P.HAND_OVER}
    on(2023, 4, 10)
    assert can(leaver, P.HAND_OVER, kenko, 2022)
    on(2023, 4, 11)
    assert not can(leaver, P.HAND_OVER, kenko, 2022)
    assert not may(User.objects.get(pk=leaver.pk), P.ENTER)


def test_days_of_the_handover_are_a_setting(cast, kenko, on, settings):
    settings.HANDOVER_DAYS = 0
    on(2023, 4, 1)
    assert not may(User.objects.get(pk=cast.other_head.pk), P.ENTER)


def test_end_that_is_told_late_takes_nothing_before_it_is_told(cast, somu, on):
    cast.head.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 4, 3)
    )
    on(2023, 4, 2)
    assert can(cast.head, P.WRITE_PAPER, somu, 2023)
    assert not authority(User.objects.get(pk=cast.head.pk), P.ENTER).is_over
    on(2023, 4, 3)
    assert not can(cast.head, P.WRITE_PAPER, somu, 2023)
    assert can(cast.head, P.HAND_OVER, somu, 2022)


def test_city_post_gives_nothing_before_its_day_nor_after_its_end(somu, on):
    officer = UserFactory()
    AppointmentFactory(user=officer, post=Post.POLICY_OFFICE, title="政策経営課", ended=True)
    on(2023, 3, 31)
    assert can(officer, P.REVIEW_PAPER, somu, 2023)
    on(2023, 4, 1)
    assert {p for p in P if can(officer, p, somu, 2023)} == set()


# Divisions


def test_chief_writes_the_goals_that_his_division_leads(cast, somu, kenko):
    bosai = cast.chief.appointments.get().division
    other = DivisionFactory(department=somu)
    at = {"is_goal": True}
    assert can(cast.chief, P.WRITE_GOAL, somu, 2023, division_id=bosai.pk, **at)
    assert not can(cast.chief, P.WRITE_GOAL, somu, 2023, division_id=other.pk, **at)
    assert not can(cast.chief, P.WRITE_GOAL, somu, 2023, **at)
    assert not can(cast.chief, P.WRITE_GOAL, kenko, 2023)
    assert can(cast.head, P.WRITE_GOAL, somu, 2023, **at)


def test_chief_of_a_division_that_took_over_writes_the_goals_of_the_old_one(cast, somu, on):
    old = DivisionFactory(department=somu, last_year=2022)
    old.successors.add(cast.chief.appointments.get().division)
    on(2023, 4, 5)
    on_old, on_any = {"division_id": old.pk}, {"division_id": DivisionFactory().pk}
    assert can(cast.chief, P.WRITE_GOAL, somu, 2022, is_goal=True, **on_old)
    assert not can(cast.chief, P.WRITE_GOAL, somu, 2022, is_goal=True, **on_any)


# Reorganisation: 健康部 ends with 2022


@pytest.fixture
def ended(kenko):
    kenko.last_year = 2022
    kenko.save()
    return kenko


@pytest.fixture
def new_head(ended):
    """She comes to 健康福祉部, which takes over from 健康部; announced on 24 March."""
    new = DepartmentFactory(code="fukushi", name="健康福祉部", first_year=2023)
    ended.successors.add(new)
    return AppointmentFactory(department=new, incoming=True).user


def test_head_of_the_new_department_reads_the_old_ones_paper_from_the_announcement(
    new_head, ended, on
):
    on(2023, 3, 23)
    assert not can(new_head, P.READ_INSIDE, ended, 2022)
    on(2023, 3, 24)
    assert can(new_head, P.READ_INSIDE, ended, 2022)
    assert not can(new_head, P.WRITE_PAPER, ended, 2022)
    assert (own(new_head, 2022), own(new_head, 2023)) == (["kenko"], ["fukushi"])


def test_head_of_the_new_department_writes_the_old_ones_paper_from_april(new_head, ended, on):
    on(2023, 3, 31)
    assert not can(new_head, P.WRITE_PAPER, ended, 2022)
    on(2023, 4, 1)
    assert can(new_head, P.WRITE_PAPER, ended, 2022)
    assert own(new_head, 2022, P.WRITE_PAPER) == ["kenko"]


def test_department_that_goes_on_keeps_its_papers_from_the_one_split_off(new_head, ended, on):
    ended.last_year = None
    ended.save()
    on(2023, 4, 1)
    assert can(new_head, P.READ_INSIDE, ended, 2022)
    assert not can(new_head, P.WRITE_PAPER, ended, 2022)
    assert not can(new_head, P.READ_INSIDE, ended, 2023)
    assert own(new_head, 2023) == ["fukushi"]


def test_head_of_a_department_into_which_another_was_merged_waits_for_april(cast, somu, ended, on):
    ended.successors.add(somu)
    on(2023, 3, 28)
    assert not can(cast.head, P.READ_INSIDE, ended, 2022)
    on(2023, 4, 1)
    assert can(cast.head, P.READ_INSIDE, ended, 2022)
    assert can(cast.head, P.WRITE_PAPER, ended, 2022)
    assert sorted(own(cast.head, 2022)) == ["kenko", "somu"]


def test_head_who_is_to_come_reads_before_april_what_is_merged_into_the_new_department(
    somu, ended, on
):
    ended.successors.add(somu)
    coming = AppointmentFactory(department=somu, incoming=True).user
    on(2023, 3, 28)
    assert can(coming, P.READ_INSIDE, ended, 2022)


def test_nobody_gets_anything_by_a_department_that_is_no_successor(cast, new_head, ended, on):
    on(2023, 4, 1)
    assert not can(cast.head, P.READ_INSIDE, ended, 2022)
    assert not can(new_head, P.READ_INSIDE, cast.head.appointments.get().department, 2022)


def test_heads_of_their_own_come_before_those_who_stand_in(cast, kenko):
    own = cast.other_head
    AppointmentFactory(
        user=cast.chief,
        department=kenko,
        title="健康部長職務代理",
        standing_in_for=own,
        starts_on=dt.date(2022, 1, 1),
    )
    later = AppointmentFactory(department=kenko, title="健康部長", incoming=True).user
    found = [head.user for head in heads(2023) if head.department == kenko]
    assert found == [cast.incoming_head, later, cast.chief]
