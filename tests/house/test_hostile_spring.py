"""What somebody may try around 1 April: forged forms, guessed numbers, odd turns of the posts."""

import datetime as dt

import pytest

from goals.models import KeptText, Remark
from tests.exchange.spring_files import problems_of
from tests.factories import (
    PASSWORD,
    CycleFactory,
    OperatingPolicyFactory,
    UserFactory,
    jst,
    policy_with_items,
)
from tests.world import lasting

pytestmark = pytest.mark.django_db
SECRET = "後任だけが読む指摘"


@pytest.fixture
def papers(kenko, cast):
    """健康部's papers of the year that ends and of the next; its head goes (told on 24 March)."""
    for year in (2022, 2023):
        CycleFactory(year=year)
        policy_with_items(year)
    return {
        year: OperatingPolicyFactory(department=kenko, year=year, filled=True)
        for year in (2022, 2023)
    }


def told(paper, office, at):
    return Remark.objects.create(paper=paper, body=SECRET, made_by=office, made_at=at, told_at=at)


# Who has gone


@pytest.mark.parametrize(
    ("year", "told_at", "today", "has_read"),
    [
        (2022, jst(2023, 3, 31, 23), dt.date(2023, 4, 2), True),
        (2022, jst(2023, 4, 1, 9), dt.date(2023, 4, 2), False),
        (2023, jst(2023, 3, 23, 23), dt.date(2023, 3, 28), True),
        (2023, jst(2023, 3, 24, 9), dt.date(2023, 3, 28), False),
        (2023, jst(2023, 4, 1, 9), dt.date(2023, 4, 2), False),
    ],
)
def test_who_has_gone_gets_no_word_of_a_remark_that_was_told_later(
    papers, cast, client_of, settings, year, told_at, today, has_read
):
    remark = told(papers[year], cast.office, told_at)
    settings.DEMO_TODAY = today
    client = client_of(cast.other_head)
    nothing, answer = (
        client.post(f"/papers/{year}/kenko/remarks/{pk}/", {"answer": "直しました。", "seen": ""})
        for pk in (remark.pk + 999, remark.pk)
    )
    kept = KeptText.objects.values_list("label", flat=True)
    assert [SECRET in label for label in kept] == ([True] if has_read else [])
    if not has_read:
        assert (answer.status_code, lasting(answer.content)) == (
            nothing.status_code,
            lasting(nothing.content),
        )


def test_number_that_no_table_holds_is_refused_as_always(papers, cast, client_of, settings):
    settings.DEMO_TODAY = dt.date(2023, 4, 2)
    huge = {name: "9" * 40 for name in ("projects", "sdgs", "lead_division", "seen", "version")}
    client = client_of(cast.other_head)
    for place in ("goals/new/", "projects/", "responses/1-1/", "basics/"):
        answer = client.post(f"/papers/2022/kenko/{place}", {"title": "目標", **huge})
        assert (place, answer.status_code) == (place, 403)


# Signing in


@pytest.mark.parametrize(("typed", "who"), [("A9501", 0), ("a9501", 1)])
def test_number_that_differs_in_capital_letters_alone_shuts_nobody_out(db, client, typed, who):
    people = [UserFactory(username=number) for number in ("A9501", "a9501")]
    client.post("/signin/", {"login": typed, "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(people[who].pk)


def test_capital_letters_do_not_count_where_one_person_has_the_number(db, client):
    person = UserFactory(username="A9501")
    client.post("/signin/", {"login": "a9501", "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(person.pk)


# The file of a spring


@pytest.mark.parametrize("day", [dt.datetime(9999, 12, 31), dt.datetime(2101, 1, 1)])  # noqa: DTZ001
@pytest.mark.parametrize("heading", ["終わる日", "発令日"])
def test_date_cell_that_stands_for_no_end_is_told(somu, cast, heading, day):
    """Taken in, it broke the home page of everybody who sees the handovers of the department."""
    row = {"職員番号": cast.nobody.username, "職": "部長・担当部長", "職名": "総務部長"}
    row |= {
        "部の記号": "somu",
        "発令日": "R5.4.1",
        "内示日": "R5.3.24",
        "終わりの内示日": "R5.3.24",
    }
    told = [
        (where, sentence)
        for _, _, where, sentence in problems_of(
            {"発令": [row | {"終わる日": "R6.3.31", heading: day}]}
        )
    ]
    place = {"発令日": "G 発令日", "終わる日": "I 終わる日"}[heading]
    assert told == [(place, "1900年から2100年までの日付を入力してください。")]
