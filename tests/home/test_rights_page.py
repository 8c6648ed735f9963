"""権限を調べる: the one rule, asked for a person or a paper on a chosen day, with the reason."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.permissions import Permission, Post, Refused
from departments.models import User
from departments.queries import authority, may
from home.rights import ASKED, rights_of, rights_on
from tests.factories import AppointmentFactory, OperatingPolicyFactory, UserFactory

pytestmark = pytest.mark.django_db
RIGHTS, OF_PAPER = reverse("home:rights"), reverse("home:rights_paper")
DAYS = [dt.date(2023, 3, 28), dt.date(2023, 3, 31), dt.date(2023, 4, 1), dt.date(2024, 4, 1)]
READ, WRITE, SUBMIT = Permission.READ_PAPER, Permission.WRITE_PAPER, Permission.SUBMIT_PAPER


@pytest.fixture
def client(cast, client_of):
    return client_of(cast.administrator)


@pytest.fixture
def papers(somu, kenko):
    return [
        OperatingPolicyFactory(year=year, department=department, status=status)
        for year, status in ((2022, "finalised"), (2023, "draft"))
        for department in (somu, kenko)
    ]


def grants_of(user, day, permission):
    """Reach and reason of each grant of a permission."""
    row = next(row for row in rights_of(user, day).rows if row.permission is permission)
    return [(grant.reach, grant.held.why) for grant in row.grants]


# One rule, for any day


@pytest.mark.parametrize("day", DAYS)
def test_rule_asked_for_a_day_answers_as_the_rule_on_that_day(cast, papers, settings, day):
    people = list(vars(cast).values())
    asked = [
        (user, permission, paper)
        for user in people
        for permission in Permission
        for paper in papers
    ]
    before = [may_on(*question, on=day) for question in asked]
    settings.DEMO_TODAY = day
    assert [may_on(*question) for question in asked] == before
    assert any(before)
    assert not all(before)


def may_on(user, permission, paper, on=None):
    try:
        return authority(user, permission, paper.target, year=paper.year, on=on).title
    except Refused:
        return None


@pytest.mark.parametrize("day", DAYS)
def test_table_of_a_person_grants_just_what_the_rule_allows_somewhere(cast, papers, settings, day):
    told = {
        (name, row.permission): bool(row.grants)
        for name, user in vars(cast).items()
        for row in rights_of(user, day).rows
    }
    settings.DEMO_TODAY = day
    for (name, permission), is_granted in told.items():
        assert is_granted is may(fresh(getattr(cast, name)), permission), (name, permission)


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("status", ["draft", "submitted", "finalised"])
def test_table_of_a_paper_names_just_whom_the_rule_allows(cast, papers, settings, day, status):
    for paper in papers:
        type(paper).objects.filter(pk=paper.pk).update(status=status)
        paper.status = status
        told = {
            (row.user.pk, reason.permission)
            for row in rights_on(paper.year, paper.department, day).rows
            for reason in row.reasons
        }
        settings.DEMO_TODAY = day
        allowed = {
            (user.pk, permission)
            for user in User.objects.all()
            for permission in ASKED
            if may(user, permission, paper.target, year=paper.year)
        }
        settings.DEMO_TODAY = DAYS[0]
        assert told == allowed


# Reasons


def test_incoming_head_is_told_with_post_day_and_announcement(cast, client):
    why = "令和5年4月1日から健康部長のため"
    now, then = DAYS[0], dt.date(2023, 4, 2)
    assert grants_of(cast.incoming_head, now, WRITE) == [("令和5年度：健康部", why)]
    assert grants_of(cast.incoming_head, now, READ) == [
        ("令和4年度・令和5年度：健康部、確定したもの", why)
    ]
    assert grants_of(cast.incoming_head, then, WRITE) == [("令和6年度まで：健康部", why)]
    page = client.get(RIGHTS, {"person": cast.incoming_head.pk, "day": "R5.3.28"}).content.decode()
    assert "この日にはまだ就いていません" in page
    assert "令和5年3月24日に内示" in page
    assert why in page


def test_outgoing_head_keeps_this_year_until_the_known_end(cast):
    why = "令和4年4月1日から令和5年3月31日まで健康部長のため"
    assert grants_of(cast.other_head, DAYS[0], WRITE) == [("令和4年度まで：健康部", why)]
    assert grants_of(cast.other_head, DAYS[2], WRITE) == []


def test_stand_in_is_told_with_the_absent_one_and_the_end(cast, kenko):
    AppointmentFactory(
        user=cast.chief,
        department=kenko,
        title="健康部長職務代理",
        starts_on=dt.date(2023, 3, 20),
        ends_on=dt.date(2023, 4, 3),
        end_announced_on=dt.date(2023, 3, 20),
        standing_in_for=cast.other_head,
    )
    why = (
        "代理：令和5年3月20日から令和5年4月3日まで、"
        f"{cast.other_head.name}の代理（健康部長職務代理）のため"
    )
    assert grants_of(cast.chief, dt.date(2023, 4, 3), SUBMIT) == [("令和5年度まで：健康部", why)]
    assert grants_of(cast.chief, dt.date(2023, 4, 4), SUBMIT) == []


def test_two_posts_are_told_apart_own_before_held_for_somebody(cast, kenko):
    AppointmentFactory(user=cast.head, department=kenko, title="健康部長（兼務）")
    titles = [held.title for held in rights_of(cast.head, DAYS[0]).posts]
    assert titles == ["総務部長", "健康部長（兼務）"]
    assert [reach for reach, _ in grants_of(cast.head, DAYS[0], WRITE)] == [
        "令和5年度まで：総務部",
        "令和5年度まで：健康部",
    ]


def test_city_post_reaches_by_how_far_a_paper_has_come(cast):
    why = "令和4年4月1日から市長のため"
    assert grants_of(cast.mayor, DAYS[0], READ) == [("提出されたもの", why)]


def test_what_is_not_announced_does_not_exist_for_administrators_either(cast, somu, client):
    paper = {"year": 2023, "department": somu.pk, "day": "R5.4.2"}
    OperatingPolicyFactory(department=somu)
    secret = UserFactory(name="秘匿 桃")
    asked = [
        (RIGHTS, {"person": secret.pk, "day": "R5.4.2"}),
        (RIGHTS, {"person": cast.head.pk, "day": "R5.4.2"}),
        (OF_PAPER, paper),
    ]
    before = [main_of(client.get(*question)) for question in asked]
    AppointmentFactory(user=secret, department=somu, title="極秘部長", unannounced=True)
    cast.head.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    assert [main_of(client.get(*question)) for question in asked] == before


def main_of(answer):
    return answer.content.decode().split("<main")[1]


def test_closed_account_may_nothing(cast, client):
    User.objects.filter(pk=cast.head.pk).update(is_active=False)
    page = client.get(RIGHTS, {"person": cast.head.pk, "day": "R5.3.28"}).content.decode()
    assert "この職員は利用を止められています" in page
    assert page.count("できません</span>") == len(Permission)


# The pages


def test_people_of_a_paper_come_before_those_who_read_it_for_its_state(cast, somu):
    OperatingPolicyFactory(department=somu, status="finalised")
    rights = rights_on(2023, somu, DAYS[0])
    assert [row.user for row in rights.concerned] == [
        *(cast.head, cast.chief, cast.drafter, cast.office)
    ]
    others = {row.user for row in rights.others}
    assert others == {
        *(cast.mayor, cast.deputy, cast.superintendent, cast.secretary, cast.viewer),
        cast.incoming_head,
    }


def test_paper_that_is_not_laid_out_is_answered_as_a_draft(cast, somu, kenko, client):
    OperatingPolicyFactory(department=kenko)
    asked = {"year": 2023, "department": somu.pk, "day": "R5.3.28"}
    page = client.get(OF_PAPER, asked).content.decode()
    assert "まだ用意されていないため" in page
    assert cast.head.name in page


@pytest.mark.parametrize(
    ("address", "asked", "sentence"),
    [
        (RIGHTS, {"person": "", "day": "R5.4.1"}, "職員を選んでください。"),
        (RIGHTS, {"person": "999999", "day": "R5.4.1"}, "職員を選んでください。"),
        (RIGHTS, {"person": "1", "day": "いつか"}, "日："),
        (RIGHTS, {"person": "1", "day": ""}, "日を入力してください。"),
        (OF_PAPER, {"year": "1850", "department": "1", "day": "R5.4.1"}, "年度を選んでください。"),
        (OF_PAPER, {"year": "x", "department": "x", "day": "R5.4.1"}, "部を選んでください。"),
    ],
)
def test_wrong_question_is_told(client, cast, address, asked, sentence):
    answer = client.get(address, asked)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_only_administrators_ask(cast, client_of, somu):
    asked = {"person": cast.head.pk, "day": "R5.4.1", "year": 2023, "department": somu.pk}
    for name, user in vars(cast).items():
        statuses = {
            client_of(user).get(address, asked).status_code for address in (RIGHTS, OF_PAPER)
        }
        assert statuses == ({200} if name == "administrator" else {403}), name


def test_page_asks_the_same_number_of_queries_for_few_and_for_many(client, cast, somu):
    OperatingPolicyFactory(department=somu)
    questions = [
        (RIGHTS, {"person": cast.head.pk, "day": "R5.4.1"}),
        (OF_PAPER, {"year": 2023, "department": somu.pk, "day": "R5.4.1"}),
    ]
    numbers = []
    for _ in range(2):
        for post in (Post.HEAD, Post.DRAFTER):
            AppointmentFactory(department=somu, post=post, standing_in_for=cast.chief)
        AppointmentFactory(user=cast.head, department=somu, standing_in_for=cast.other_head)
        for question in questions:
            client.get(*question)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(*question).status_code == 200
            numbers.append(len(queries))
    assert numbers[:2] == numbers[2:]
