"""前年度の目標と結果: last year's goals and what is known of them."""

from typing import Any

import pytest

from goals.models import Goal, OperatingPolicy
from packets.pieces import department
from packets.places import texts
from tests.factories import (
    DepartmentFactory,
    GoalFactory,
    IndicatorFactory,
    OperatingPolicyFactory,
)
from tests.packets.conftest import html_of, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(full_paper: OperatingPolicy) -> OperatingPolicy:
    return OperatingPolicy.objects.get(year=2022, department=full_paper.department)


def rows(paper: OperatingPolicy) -> list[dict[str, Any]]:
    """The goals of the one paper of last year."""
    [one] = department(paper).content["previous"]["papers"]
    return one["goals"]


def test_a_goal_of_the_same_title_goes_on(
    full_paper: OperatingPolicy, old: OperatingPolicy
) -> None:
    title = full_paper.goals.get(order=1).title
    goal = GoalFactory(paper=old, order=1, title=title)
    IndicatorFactory(goal=goal, name="訓練の参加者", unit="人", baseline="900", target="1800")
    IndicatorFactory(goal=goal, order=2, name="別の指標", unit="件", target="5")
    [row] = rows(full_paper)
    assert row["now"] == {"number": 1, "title": title}
    assert [(one["target"], one["figure"]) for one in row["indicators"]] == [
        ("1,800", "1,840"),
        ("5", ""),
    ]


def test_what_was_recorded_comes_before_this_years_present_figure(
    full_paper: OperatingPolicy, old: OperatingPolicy
) -> None:
    goal = GoalFactory(paper=old, order=1, title=full_paper.goals.get(order=1).title)
    IndicatorFactory(goal=goal, name="訓練の参加者", unit="人", target="1800", actual="1700")
    assert rows(full_paper)[0]["indicators"][0]["figure"] == "1,700"


def test_a_goal_with_the_same_indicator_goes_on_unless_it_is_new(
    full_paper: OperatingPolicy, old: OperatingPolicy
) -> None:
    goal = GoalFactory(paper=old, order=1, title="訓練を開く")
    IndicatorFactory(goal=goal, name="訓練の参加者", unit="人", target="1800")
    now = full_paper.goals.get(order=1)
    Goal.objects.filter(pk=now.pk).update(kind=Goal.Kind.EXPAND)
    assert rows(full_paper)[0]["now"]["number"] == 1
    Goal.objects.filter(pk=now.pk).update(kind=Goal.Kind.NEW)
    assert rows(full_paper)[0]["now"] is None
    assert department(full_paper).content["overview"]["ended"] == ["訓練を開く"]


def test_another_unit_is_another_figure(full_paper: OperatingPolicy, old: OperatingPolicy) -> None:
    goal = GoalFactory(paper=old, order=1, title=full_paper.goals.get(order=1).title)
    IndicatorFactory(goal=goal, name="訓練の参加者", unit="千人", target="2")
    assert rows(full_paper)[0]["indicators"][0]["figure"] == ""


def test_the_page_shows_last_years_goals_and_leaves_room(
    full_paper: OperatingPolicy, old: OperatingPolicy
) -> None:
    goal = GoalFactory(paper=old, order=1, title="避難所の数を増やす")
    IndicatorFactory(goal=goal, name="避難所の数", unit="か所", target="26")
    reader = read(html_of(full_paper))
    page = next(
        text
        for text in (words(reader, n) for n in range(2, len(reader.pages) + 1))
        if "第5前年度の目標と結果現状値は" in text
    )
    assert "避難所の数を増やす題名又は指標の名称が同じ目標なし避難所の数か所26" in page
    assert "前年度の面談での指示事項のうち、未了のもの記入欄番号指示事項担当課状況1234" in page


def test_departments_that_were_merged_are_named_one_by_one(
    full_paper: OperatingPolicy, old: OperatingPolicy
) -> None:
    other = DepartmentFactory(name="防災部", last_year=2022)
    other.successors.add(full_paper.department)
    GoalFactory(paper=OperatingPolicyFactory(year=2022, department=other), title="備蓄を増やす")
    content = department(full_paper).content
    names = [paper["department"] for paper in content["previous"]["papers"]]
    assert sorted(names) == ["総務部", "防災部"]
    assert "備蓄を増やす" in html_of(full_paper)


def test_without_a_paper_of_last_year_there_is_one_sentence(paper: OperatingPolicy) -> None:
    html = html_of(paper)
    assert "令和4年度の運営方針は、登録されていない。" in html
    assert "未了のもの" not in html


def test_a_strange_character_of_last_year_is_named_by_its_place(
    full_paper: OperatingPolicy, old: OperatingPolicy
) -> None:
    goal = GoalFactory(paper=old, order=1, title="備蓄を増やす")
    IndicatorFactory(goal=goal, name="毛布の数")
    found = dict((text, place) for place, text in texts(department(full_paper).content))
    assert found["備蓄を増やす"] == "前年度の目標1「備蓄を増やす」の題名"
    assert found["毛布の数"] == "前年度の目標1「備蓄を増やす」の指標「毛布の数」"
