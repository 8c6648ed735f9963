"""The form of a goal, and what is done to the list of goals."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from core.models import AuditEvent
from core.workflow import Status
from departments.models import User
from goals.models import Goal, KeptText, OperatingPolicy
from goals.queries import sheet
from tests.factories import (
    DivisionFactory,
    GoalFactory,
    IndicatorFactory,
    MeasureFactory,
    OperatingPolicyFactory,
    SdgFactory,
)

SignIn = Callable[[User], Client]
PAGE = "/papers/2023/somu/"
NEW = f"{PAGE}goals/new/"
ROWS = {"indicators-TOTAL_FORMS": "1", "indicators-INITIAL_FORMS": "0"}
INDICATOR = {
    "indicators-0-name": "見直した避難所",
    "indicators-0-kind": "output",
    "indicators-0-unit": "か所",
    "indicators-0-baseline": "6",
    "indicators-0-target": "22",
    "indicators-0-rationale": "全避難所",
}


def _text(response: HttpResponse) -> str:
    return response.content.decode()


def _typed(**fields: object) -> dict[str, object]:
    """The least that a browser sends."""
    return {
        "title": "避難所を開けられるようにする",
        "kind": "new",
        "version": "0",
        **ROWS,
        **fields,
    }


def _edit(goal: Goal) -> str:
    return f"{PAGE}goals/{goal.pk}/"


@pytest.fixture
def head(cast: SimpleNamespace, client_of: SignIn) -> Client:
    return client_of(cast.head)


@pytest.fixture
def goal(paper: OperatingPolicy) -> Goal:
    return GoalFactory(paper=paper, title="避難所を開ける")


def test_the_title_is_enough_for_a_draft(head: Client, paper: OperatingPolicy) -> None:
    answer = head.post(NEW, _typed())
    stored = Goal.objects.get()
    assert answer["Location"] == f"{PAGE}#goal-{stored.pk}"
    assert (stored.title, stored.order, stored.version) == ("避難所を開けられるようにする", 1, 1)


def test_a_goal_without_a_title_is_not_saved_and_loses_nothing(
    head: Client, paper: OperatingPolicy
) -> None:
    page = _text(head.post(NEW, _typed(title="", method="課題を聞き取る", **INDICATOR)))
    assert "目標：目標を入力してください。" in page
    assert "課題を聞き取る" in page
    assert 'value="見直した避難所"' in page
    assert Goal.objects.count() == 0


def test_everything_that_is_typed_is_stored(head: Client, paper: OperatingPolicy) -> None:
    division = DivisionFactory(department=paper.department, name="防災課")
    other, measure, sdg = DivisionFactory(), MeasureFactory(), SdgFactory()
    section = sheet(paper).answers[0].section
    typed = _typed(
        kind="expand",
        standard="22か所で見直す。",
        lead_division=division.pk,
        other_divisions=[other.pk],
        sections=[section.pk],
        measures=[measure.pk],
        sdgs=[sdg.pk],
        due_on="R6.3.31",
        method="聞き取る\r\n検証する",
        q1="聞き取り",
        q4="反映",
        budget="△４，８２０",
        partners="防災会",
        **INDICATOR,
    )
    head.post(NEW, typed)
    stored = Goal.objects.get()
    assert (stored.kind, stored.lead_division, stored.budget) == ("expand", division, -4820)
    assert (stored.due_on, stored.methods) == (dt.date(2024, 3, 31), ["①聞き取る", "②検証する"])
    assert (stored.q1, stored.q4, stored.partners) == ("聞き取り", "反映", "防災会")
    links = (stored.other_divisions, stored.sections, stored.measures, stored.sdgs)
    assert [link.get() for link in links] == [other, section, measure, sdg]
    row = stored.indicators.get()
    assert (row.name, row.kind, row.unit) == ("見直した避難所", "output", "か所")
    assert (row.baseline, row.target, row.rationale) == ("6", "22", "全避難所")


def test_bad_input_is_answered_with_how_to_mend_it(head: Client, paper: OperatingPolicy) -> None:
    page = _text(head.post(NEW, _typed(due_on="平成31年5月1日", budget="五千円")))
    assert "期限：平成にその日はありません。元号を確かめてください。" in page
    assert "予算額：数字だけで入力してください。" in page
    assert 'value="平成31年5月1日"' in page
    assert 'value="五千円"' in page


def test_an_indicator_without_a_unit_is_refused_in_its_row(
    head: Client, paper: OperatingPolicy
) -> None:
    page = _text(head.post(NEW, _typed(**INDICATOR | {"indicators-0-unit": ""})))
    assert "単位を入力してください。例：人、％、か所" in page
    assert "指標の入力を確かめてください" in page
    assert Goal.objects.count() == 0


def test_a_department_s_own_goal_answers_no_item(head: Client, paper: OperatingPolicy) -> None:
    section = sheet(paper).answers[0].section
    page = _text(head.post(NEW, _typed(is_own="on", sections=[section.pk])))
    assert "部独自の目標にするときは、応える項の選択を外してください。" in page


def test_a_double_click_adds_one_goal(head: Client, paper: OperatingPolicy) -> None:
    typed = _typed(key=str(uuid4()), **INDICATOR)
    places = {head.post(NEW, typed)["Location"] for _ in range(2)}
    assert places == {f"{PAGE}#goal-{Goal.objects.get().pk}"}
    assert AuditEvent.objects.filter(verb="goal.add").count() == 1


def test_a_form_of_another_paper_writes_nothing_there(head: Client, paper: OperatingPolicy) -> None:
    other = GoalFactory(key=uuid4(), title="ほかの部の目標")
    page = head.post(NEW, _typed(key=str(other.key), title="書きたい目標"))
    assert page.status_code == 409
    assert "書きたい目標" in _text(page)
    assert [goal.title for goal in Goal.objects.all()] == ["ほかの部の目標"]


def test_a_new_form_has_a_key_the_end_of_the_year_and_the_item_it_came_from(
    cast: SimpleNamespace, client_of: SignIn, paper: OperatingPolicy
) -> None:
    form = client_of(cast.chief).get(f"{NEW}?section=1-2").context["form"]
    assert form["due_on"].value() == "令和6年3月31日"
    assert form["key"].value()
    assert [section.path for section in form.initial["sections"]] == ["1-2"]
    assert form.initial["lead_division"] == cast.chief.appointments.get().division_id


def test_one_more_row_is_offered_without_saving(head: Client, paper: OperatingPolicy) -> None:
    page = _text(head.post(NEW, _typed(add_row="1", **INDICATOR)))
    assert 'name="indicators-1-name"' in page
    assert 'value="見直した避難所"' in page
    assert Goal.objects.count() == 0


def test_an_emptied_row_of_indicators_goes(
    head: Client, paper: OperatingPolicy, goal: Goal
) -> None:
    IndicatorFactory(goal=goal)
    assert 'value="運営マニュアルを見直した避難所"' in _text(head.get(_edit(goal)))
    head.post(_edit(goal), _typed(version="1", **{"indicators-0-kind": "outcome"}))
    assert goal.indicators.count() == 0


def test_the_later_of_two_writers_of_a_goal_sees_both_and_loses_none(
    cast: SimpleNamespace, client_of: SignIn, head: Client, goal: Goal
) -> None:
    client_of(cast.drafter).post(_edit(goal), _typed(title="先の目標", version="1"))
    page = head.post(_edit(goal), _typed(title="後の目標", version="1", **INDICATOR))
    assert page.status_code == 409
    assert "<del>先</del>の目標" in _text(page)
    assert "<ins>後</ins>の目標" in _text(page)
    assert 'value="見直した避難所"' in _text(page)
    assert 'name="version" value="2"' in _text(page)
    assert Goal.objects.get().title == "先の目標"
    assert KeptText.objects.get().content["title"] == "後の目標"
    head.post(_edit(goal), _typed(title="両方の目標", version="2"))
    assert Goal.objects.get().title == "両方の目標"


def test_an_old_form_sent_again_does_not_overwrite_what_came_after(
    cast: SimpleNamespace, client_of: SignIn, head: Client, paper: OperatingPolicy
) -> None:
    key = str(uuid4())
    head.post(NEW, _typed(key=key))
    stored = Goal.objects.get()
    client_of(cast.drafter).post(_edit(stored), _typed(title="担当が直した目標", version="1"))
    page = head.post(NEW, _typed(key=key, title="戻って直した目標"))
    assert page.status_code == 409
    assert f'action="{_edit(stored)}"' in _text(page)
    assert Goal.objects.get().title == "担当が直した目標"


def test_a_goal_is_not_written_at_the_office_and_the_text_stays(
    head: Client, paper: OperatingPolicy, goal: Goal
) -> None:
    OperatingPolicy.objects.filter(pk=paper.pk).update(status=Status.RECEIVED)
    page = head.post(_edit(goal), _typed(title="後から書いた目標", version="1"))
    assert page.status_code == 409
    assert "この運営方針書は「受理」のため、いまは書けません。" in _text(page)
    assert "後から書いた目標" in _text(page)
    assert head.get(_edit(goal)).status_code == 409


def test_another_department_cannot_touch_a_goal(
    cast: SimpleNamespace, client_of: SignIn, goal: Goal
) -> None:
    other = client_of(cast.incoming_head)
    answers = [
        other.get(_edit(goal)),
        other.post(_edit(goal), _typed(version="1")),
        other.post(f"{_edit(goal)}remove/", {"version": "1"}),
        other.post(f"{_edit(goal)}move/", {"step": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert Goal.objects.get() == goal
    assert not Goal.objects.get().is_removed


def test_a_goal_of_another_paper_is_not_found_on_this_one(
    head: Client, paper: OperatingPolicy
) -> None:
    assert head.get(_edit(GoalFactory())).status_code == 404


def test_goals_change_places(head: Client, paper: OperatingPolicy) -> None:
    first, second = GoalFactory(paper=paper, title="一"), GoalFactory(paper=paper, title="二")
    answer = head.post(f"{_edit(second)}move/", {"step": "-1"})
    assert answer["Location"] == f"{PAGE}#goal-{second.pk}"
    assert [goal.title for goal in sheet(paper).goals] == ["二", "一"]
    assert first.pk == sheet(paper).goals[1].pk


def test_a_goal_is_taken_off_after_a_question(head: Client, goal: Goal) -> None:
    assert "この目標を取り消しますか" in _text(head.get(f"{_edit(goal)}remove/"))
    head.post(f"{_edit(goal)}remove/", {"version": "1"})
    assert Goal.objects.get().is_removed
    assert "避難所を開ける" not in _text(head.get(PAGE)).partition('id="goals"')[2]


def test_chosen_goals_of_last_year_are_copied_once(head: Client, paper: OperatingPolicy) -> None:
    old = OperatingPolicyFactory(year=2022, department=paper.department)
    chosen = GoalFactory(paper=old, title="写す目標", complete=True)
    GoalFactory(paper=old, title="写さない目標")
    page = _text(head.get(f"{PAGE}goals/copy/"))
    assert ("写す目標" in page, "写さない目標" in page) == (True, True)
    for _ in range(2):
        head.post(f"{PAGE}goals/copy/", {"goals": [chosen.pk]})
    copied = Goal.objects.get(paper=paper)
    assert (copied.title, copied.kind, copied.due_on) == ("写す目標", "continue", None)
    assert copied.indicators.get().name == "運営マニュアルを見直した避難所"
    assert "写し済み" in _text(head.get(f"{PAGE}goals/copy/"))


def test_there_is_nothing_to_copy_without_a_paper_of_last_year(
    head: Client, paper: OperatingPolicy
) -> None:
    assert head.get(f"{PAGE}goals/copy/").status_code == 404
