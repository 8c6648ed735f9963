"""対応状況: what nobody took up, who took up what, whose words may be read."""

import pytest
from django.urls import reverse

from core.workflow import Status
from goals.coverage import coverage_for
from policies.models import Section
from tests.factories import (
    CycleFactory,
    DepartmentFactory,
    GoalFactory,
    OperatingPolicyFactory,
    ResponseFactory,
)

COVERAGE = reverse("goals:coverage", args=(2023,))
COVERAGE_QUERIES = 12


@pytest.fixture
def first(paper):
    return Section.objects.get(path="1-1")


@pytest.fixture
def second(paper):
    return Section.objects.get(path="1-2")


def test_answers_not_applicable_and_missing_are_told_apart(cast, paper, kenko, first):
    other = OperatingPolicyFactory(department=kenko)
    third = OperatingPolicyFactory(department=DepartmentFactory(order=9))
    ResponseFactory(paper=paper, section=first, body="訓練を行います。")
    ResponseFactory(paper=other, section=first, body="所管なし。", is_not_applicable=True)
    ResponseFactory(paper=third, section=first, body="")

    item = coverage_for(cast.office, 2023, "").items[0]

    assert [cell.mark for cell in item.cells] == ["●", "○", "−"]
    assert (item.answered, item.not_applicable, item.missing) == (1, 1, 1)


def test_what_nobody_took_up_is_named_in_full(cast, paper, first, second, client_of):
    ResponseFactory(paper=paper, section=first)
    ResponseFactory(paper=paper, section=second, is_not_applicable=True, body="所管なし。")

    found = coverage_for(cast.office, 2023, "")
    page = client_of(cast.office).get(COVERAGE).content.decode()

    assert [item.section for item in found.unclaimed] == [second]
    assert found.totals == [1]
    assert "どの部も取り上げていない項が1つあります" in page
    assert second.body in page


def test_closed_and_parent_sections_owe_nothing(cast, paper):
    found = coverage_for(cast.office, 2023, "")

    assert [item.section.path for item in found.items] == ["1-1", "1-2"]


def test_goals_that_answer_an_item_are_counted_unless_removed(cast, paper, first):
    GoalFactory(paper=paper, sections=[first])
    GoalFactory(paper=paper, sections=[first], is_removed=True)

    assert coverage_for(cast.office, 2023, "").items[0].goal_count == 1


def test_words_of_a_draft_are_counted_for_the_mayor_but_not_shown(cast, paper, first, client_of):
    ResponseFactory(paper=paper, section=first, body="まだ秘密の方針です。")

    found = coverage_for(cast.mayor, 2023, "1-1")
    mayor = client_of(cast.mayor).get(COVERAGE, {"item": "1-1"}).content.decode()
    office = client_of(cast.office).get(COVERAGE, {"item": "1-1"}).content.decode()

    assert found.chosen.answered == 1
    assert found.words == []
    assert "まだ秘密" not in mayor
    assert "まだ秘密" in office


def test_words_of_a_submitted_paper_are_shown_with_its_goals(cast, paper, first):
    ResponseFactory(paper=paper, section=first, body="訓練を行います。")
    goal = GoalFactory(paper=paper, sections=[first])
    paper.status = Status.SUBMITTED
    paper.save()

    words = coverage_for(cast.mayor, 2023, "1-1").words

    assert [(word.response.body, word.goals) for word in words] == [("訓練を行います。", [goal])]


@pytest.mark.parametrize(("answered", "shade"), [(0, 0), (1, 1), (3, 1), (4, 2), (9, 3), (10, 4)])
def test_shades_follow_the_number_of_departments(cast, paper, first, answered, shade):
    for _ in range(answered):
        other = OperatingPolicyFactory(department=DepartmentFactory())
        ResponseFactory(paper=other, section=first)

    assert coverage_for(cast.office, 2023, "").items[0].shade == shade


def test_a_year_without_policy_or_papers_says_so(cast, client_of):
    CycleFactory()

    page = client_of(cast.office).get(COVERAGE)

    assert "基本方針がまだ登録されていません" in page.content.decode()


def test_an_item_that_is_not_there_is_simply_not_chosen(cast, paper, client_of):
    page = client_of(cast.office).get(COVERAGE, {"item": "9-9"})

    assert page.status_code == 200
    assert "への部の記述" not in page.content.decode()


def test_the_coverage_asks_as_often_for_five_papers_as_for_one(
    cast, paper, first, second, client_of, django_assert_num_queries
):
    office = client_of(cast.office)
    ResponseFactory(paper=paper, section=first)
    office.get(COVERAGE)
    with django_assert_num_queries(COVERAGE_QUERIES):
        office.get(COVERAGE)
    for _ in range(4):
        other = OperatingPolicyFactory(department=DepartmentFactory())
        ResponseFactory(paper=other, section=first)
        ResponseFactory(paper=other, section=second)
        GoalFactory(paper=other, sections=[first, second])
    with django_assert_num_queries(COVERAGE_QUERIES):
        office.get(COVERAGE)
