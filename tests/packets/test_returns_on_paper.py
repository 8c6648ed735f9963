"""The first page: 該当なし with its reasons, and what was changed since the paper was returned."""

from types import SimpleNamespace
from typing import Any

import pytest

from core.audit import Actor
from departments.models import Department
from goals.actions.reviews import make_remark, return_, submit
from goals.models import OperatingPolicy
from packets.pieces import department
from tests.factories import CycleFactory, GoalFactory, complete_paper
from tests.packets.conftest import html_of

pytestmark = pytest.mark.django_db


def test_a_paper_that_was_never_returned_says_nothing(full_paper: OperatingPolicy) -> None:
    assert department(full_paper).content["overview"]["returned"] is None
    assert "差戻し後の修正" not in html_of(full_paper)


def test_the_reason_for_not_applicable_stands_on_the_first_page(
    full_paper: OperatingPolicy,
) -> None:
    [row] = department(full_paper).content["overview"]["declined"]
    assert (row["number"], row["reason"], row["anchor"]) == (
        "1(2)",
        ["所管する施設がない。"],
        "item-1-2",
    )
    assert "該当なしとした項</h3>" in html_of(full_paper)


# ---- since the return ----------------------------------------------------------------------


@pytest.fixture
def sent_back(somu: Department, cast: SimpleNamespace) -> OperatingPolicy:
    """A paper that was handed in whole and returned."""
    CycleFactory()
    paper = complete_paper(department=somu)
    submit(paper=paper, edits=paper.edits, by=Actor(user=cast.head))
    stored, office = OperatingPolicy.objects.get(pk=paper.pk), Actor(user=cast.office)
    make_remark(paper=stored, body="指標が足りません。", by=office)
    return_(paper=stored, reason="数値で示してください。", by=office)
    return OperatingPolicy.objects.get(pk=paper.pk)


def changed(paper: OperatingPolicy) -> list[dict[str, Any]]:
    return department(paper).content["overview"]["returned"]["rows"]


def test_a_paper_just_returned_has_nothing_changed(sent_back: OperatingPolicy) -> None:
    assert changed(sent_back) == []
    assert "差し戻された版から変わったところは、まだない。" in html_of(sent_back)


def test_what_was_changed_since_is_listed_by_place(sent_back: OperatingPolicy) -> None:
    sent_back.responses.filter(section__path="1-1").update(body="別の答えを書く。")
    sent_back.goals.update(order=1, standard="100人とする。")
    GoalFactory(paper=sent_back, order=2, title="新たに加えた目標", is_own=True)
    OperatingPolicy.objects.filter(pk=sent_back.pk).update(staff=12)
    sent_back.refresh_from_db()
    assert [(row["label"], row["what"], row["anchor"]) for row in changed(sent_back)] == [
        ("部の使命・現状・資源", "職員数", "overview"),
        ("1(1) 部の方針", "文言", "item-1-1"),
        ("目標1", "達成水準・達成基準", "goal-1"),
        ("目標2", "目標の追加", "goal-2"),
    ]


def test_the_text_of_a_change_and_the_reason_stay_off_the_page(
    sent_back: OperatingPolicy,
) -> None:
    html = html_of(sent_back)
    assert [word for word in ("数値で示してください。", "指標が足りません。") if word in html] == []


def test_a_goal_that_was_removed_has_no_page(sent_back: OperatingPolicy) -> None:
    sent_back.goals.update(is_removed=True)
    assert [(row["label"], row["anchor"]) for row in changed(sent_back)] == [("前の目標1", "")]


def test_a_paper_handed_in_again_still_says_what_changed(
    sent_back: OperatingPolicy, cast: SimpleNamespace
) -> None:
    sent_back.goals.update(standard="100人とする。")
    submit(paper=sent_back, edits=sent_back.edits, by=Actor(user=cast.head))
    again = OperatingPolicy.objects.get(pk=sent_back.pk)
    assert [row["label"] for row in changed(again)] == ["目標1"]
