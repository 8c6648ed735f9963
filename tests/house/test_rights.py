"""Rights come from posts, posts have dates, and only what is announced exists."""

import datetime as dt

import pytest

from core.permissions import TABLE, Hidden, Permission, Post, Refused
from departments.queries import authority, heads, may
from goals.queries import paper_for
from tests.factories import AppointmentFactory, OperatingPolicyFactory, UserFactory

pytestmark = pytest.mark.django_db
READ, WRITE = Permission.READ_PAPER, Permission.WRITE_PAPER


def papers_that(user, permission):
    """Year and department of all papers on which ``user`` may do ``permission``."""
    found = set()
    for year in (2022, 2023):
        for code in ("somu", "kenko"):
            try:
                paper_for(user, permission, year, code)
            except Hidden:
                continue
            found.add((year, code))
    return found


@pytest.fixture
def papers(somu, kenko):
    return [
        OperatingPolicyFactory(year=year, department=department)
        for year in (2022, 2023)
        for department in (somu, kenko)
    ]


@pytest.fixture
def on(settings):
    def set_day(month, day):
        settings.DEMO_TODAY = dt.date(2023, month, day)

    return set_day


def test_staying_head_writes_both_years_of_her_department(cast, papers):
    assert papers_that(cast.head, WRITE) == {(2022, "somu"), (2023, "somu")}
    assert papers_that(cast.head, READ) == {(2022, "somu"), (2023, "somu")}


def test_incoming_head_writes_next_year_and_reads_this_year_from_the_announcement(cast, papers, on):
    on(3, 23)
    assert papers_that(cast.incoming_head, READ) == set()
    assert not may(cast.incoming_head, Permission.ENTER)
    on(3, 24)
    assert papers_that(cast.incoming_head, WRITE) == {(2023, "kenko")}
    assert papers_that(cast.incoming_head, READ) == {(2022, "kenko"), (2023, "kenko")}


def test_outgoing_head_loses_next_years_paper_on_announcement(cast, papers, on):
    on(3, 23)
    assert papers_that(cast.other_head, WRITE) == {(2022, "kenko"), (2023, "kenko")}
    on(3, 24)
    assert papers_that(cast.other_head, WRITE) == {(2022, "kenko")}
    on(3, 31)
    assert papers_that(cast.other_head, WRITE) == {(2022, "kenko")}
    on(4, 1)
    assert papers_that(cast.other_head, READ) == set()


def test_on_the_first_of_april_the_new_head_holds_both_papers(cast, papers, on):
    on(4, 1)
    assert papers_that(cast.incoming_head, WRITE) == {(2022, "kenko"), (2023, "kenko")}


def test_unannounced_successor_and_unannounced_end_do_not_exist(cast, papers, somu, on):
    successor = UserFactory()
    AppointmentFactory(user=successor, department=somu, title="総務部長", unannounced=True)
    cast.head.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    assert papers_that(successor, READ) == set()
    assert papers_that(cast.head, WRITE) == {(2022, "somu"), (2023, "somu")}
    assert [h.user for h in heads(2023) if h.department == somu] == [cast.head]
    on(3, 31)
    assert papers_that(successor, WRITE) == {(2023, "somu")}
    assert [h.user for h in heads(2023) if h.department == somu] == [successor]


def test_city_posts_act_by_todays_date(papers, on):
    officer = UserFactory()
    AppointmentFactory(user=officer, post=Post.POLICY_OFFICE, title="政策経営課", incoming=True)
    assert papers_that(officer, READ) == set()
    on(4, 1)
    assert len(papers_that(officer, READ)) == 4


def test_stand_in_acts_for_the_absent_head_and_the_line_names_both(cast, papers, kenko):
    stand_in = cast.chief
    AppointmentFactory(
        user=stand_in, department=kenko, title="健康部長職務代理", standing_in_for=cast.other_head
    )
    _, holding = paper_for(stand_in, Permission.SUBMIT_PAPER, 2023, "kenko")
    assert holding.standing_in_for_id == cast.other_head.pk
    _, own = paper_for(stand_in, Permission.WRITE_GOAL, 2023, "somu")
    assert own.standing_in_for_id is None


def test_only_heads_submit(cast, papers):
    assert papers_that(cast.head, Permission.SUBMIT_PAPER) == {(2022, "somu"), (2023, "somu")}
    assert papers_that(cast.chief, Permission.SUBMIT_PAPER) == set()
    assert papers_that(cast.drafter, WRITE) == {(2022, "somu"), (2023, "somu")}


def test_a_chief_writes_goals_and_nothing_else_of_the_paper(cast, papers):
    assert papers_that(cast.chief, READ) == {(2022, "somu"), (2023, "somu")}
    assert papers_that(cast.chief, Permission.WRITE_GOAL) == {(2022, "somu"), (2023, "somu")}
    assert papers_that(cast.chief, WRITE) == set()


@pytest.mark.parametrize(
    ("status", "readers"),
    [
        ("draft", {"office"}),
        ("returned", {"office"}),
        ("submitted", {"office", "mayor", "deputy", "superintendent"}),
        ("received", {"office", "mayor", "deputy", "superintendent"}),
        (
            "finalised",
            {"office", "mayor", "deputy", "superintendent", "secretary", "viewer", "incoming_head"},
        ),
    ],
)
def test_who_reads_a_foreign_paper_depends_on_how_far_it_has_come(cast, somu, status, readers):
    OperatingPolicyFactory(department=somu, status=status)
    own = {"head", "chief", "drafter"}
    found = {n for n, user in vars(cast).items() if (2023, "somu") in papers_that(user, READ)}
    assert found - own == readers


def test_person_without_a_post_and_deactivated_person_may_nothing(cast):
    cast.office.is_active = False
    for user in (cast.nobody, cast.office):
        for permission in Permission:
            with pytest.raises(Refused):
                authority(user, permission)


def test_every_permission_has_a_row_and_somebody_holds_it():
    assert {permission for permission, row in TABLE.items() if row} == set(Permission)
