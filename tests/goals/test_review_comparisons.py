"""What changed between two versions of a paper, part by part."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import Actor
from goals.actions import goals, reviews
from goals.comparisons import compare
from goals.models import Revision
from tests.factories import CycleFactory, complete_paper

GOAL = {
    "id": 7,
    "number": 1,
    "title": "歩道の段差を減らす",
    "kind_label": "継続",
    "standard": "段差を解消する。",
    "method": "点検する\n直す",
    "q1": "設計の見直し",
    "q2": "",
    "q3": "",
    "q4": "",
    "budget": 58200,
    "partners": "",
    "due_on": "令和6年3月31日",
    "is_own": False,
    "lead_division": "道路管理課",
    "other_divisions": [],
    "sections": ["1(3)"],
    "measures": [],
    "sdgs": [11],
    "indicators": [
        {"name": "箇所", "kind": "成果", "unit": "か所", "baseline": "", "target": "40"},
    ],
}
OLD = {
    "basics": {"mission": "道を守る。", "staff": 79, "budget": 1000},
    "responses": [
        {"path": "1-1", "number": "1(1)", "is_not_applicable": True, "body": "所管なし。"},
        {"path": "1-2", "number": "1(2)", "is_not_applicable": False, "body": "進める。"},
        {"path": "1-3", "number": "1(3)", "is_not_applicable": False, "body": ""},
    ],
    "goals": [GOAL],
}


def changed(**goal):
    """OLD with some fields of its goal rewritten."""
    new = copy.deepcopy(OLD)
    new["goals"][0] |= goal
    return new


def told(old, new):
    return [
        (part.place, part.label, change.label, change.before, change.after)
        for part in compare(old, new)
        for change in part.changes
    ]


def test_the_same_paper_has_no_changes():
    assert compare(OLD, copy.deepcopy(OLD)) == []


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ({"budget": 56900}, ("予算額", "58,200千円", "56,900千円")),
        ({"budget": None}, ("予算額", "58,200千円", "")),
        ({"q1": "5月入札"}, ("4～6月", "設計の見直し", "5月入札")),
        ({"is_own": True}, ("部独自の目標", "いいえ", "はい")),
        ({"sections": ["1(3)", "3(8)"]}, ("応える項", "1(3)", "1(3)、3(8)")),
        ({"sdgs": []}, ("SDGs", "11", "")),
        ({"number": 2}, ("重みの順", "1", "2")),
        ({"due_on": ""}, ("期限", "令和6年3月31日", "")),
    ],
)
def test_each_field_of_a_goal_is_told_in_the_words_of_the_page(goal, expected):
    label = f"目標{goal.get('number', 1)}"

    assert told(OLD, changed(**goal)) == [("goal-7", label, *expected)]


@pytest.mark.parametrize(
    ("indicators", "expected"),
    [
        (
            [{"name": "箇所", "kind": "成果", "unit": "か所", "baseline": "31", "target": "43"}],
            [("指標「箇所」現状値", "", "31か所"), ("指標「箇所」目標値", "40か所", "43か所")],
        ),
        ([], [("指標の取消し", "箇所　 → 40か所", "")]),
        (
            [
                *GOAL["indicators"],
                {"name": "延長", "kind": "活動", "unit": "m", "baseline": "1", "target": "2"},
            ],
            [("指標の追加", "", "延長　1m → 2m")],
        ),
    ],
)
def test_indicators_are_compared_by_name(indicators, expected):
    assert [row[2:] for row in told(OLD, changed(indicators=indicators))] == expected


def test_goals_that_came_and_went_are_named():
    new = copy.deepcopy(OLD)
    new["goals"] = [{**GOAL, "id": 8, "title": "橋を直す"}]

    assert told(OLD, new) == [
        ("goal-8", "目標1", "目標の追加", "", "橋を直す"),
        ("goal-7", "前の目標1", "目標の取消し", "歩道の段差を減らす", ""),
    ]


def test_a_goal_that_answered_no_item_and_went_is_named():
    gone = {"id": 3, "number": 1, "title": "広報紙を見直す", "sections": [], "section_paths": []}

    assert told({"goals": [gone]}, {"goals": []}) == [
        ("goal-3", "前の目標1", "目標の取消し", "広報紙を見直す", "")
    ]


def test_not_applicable_that_became_an_answer_says_so():
    new = copy.deepcopy(OLD)
    new["responses"][0] |= {"is_not_applicable": False, "body": "現庁舎も直す。"}
    new["responses"][2] |= {"body": "書いた。"}

    assert told(OLD, new) == [
        ("1-1", "1(1) 部の方針", "該当なし → 回答", "所管なし。", "現庁舎も直す。"),
        ("1-3", "1(3) 部の方針", "未記入 → 回答", "", "書いた。"),
    ]


def test_the_same_words_with_another_meaning_are_a_change():
    new = copy.deepcopy(OLD)
    new["responses"][0]["is_not_applicable"] = False

    assert [row[2] for row in told(OLD, new)] == ["該当なし → 回答"]


def test_an_amount_tells_by_how_much_and_is_shown_whole():
    (part,) = compare(OLD, changed(budget=56900))

    assert part.changes[0].note == "差 △1,300千円"
    assert [(p.kind, p.text) for p in part.changes[0].pieces] == [
        ("removed", "58,200千円"),
        ("added", "56,900千円"),
    ]


def test_the_basics_are_one_part():
    new = copy.deepcopy(OLD)
    new["basics"] |= {"mission": "道を守り抜く。", "staff": 80}

    assert [(part.place, len(part.changes)) for part in compare(OLD, new)] == [("basics", 2)]


@given(st.text("あいう。\n", max_size=30), st.text("あいう。\n", max_size=30))
def test_nothing_of_either_text_is_lost(before, after):
    old, new = changed(standard=before), changed(standard=after)

    pieces = [p for part in compare(old, new) for change in part.changes for p in change.pieces]

    if before != after:
        assert "".join(p.text for p in pieces if p.kind != "added") == before
        assert "".join(p.text for p in pieces if p.kind != "removed") == after
    else:
        assert pieces == []


def test_frozen_versions_of_a_real_paper_are_compared(cast, somu):
    CycleFactory()
    paper = complete_paper(department=somu)
    by = Actor(cast.head)
    reviews.submit(paper=paper, edits=paper.edits, by=by)
    paper.refresh_from_db()
    reviews.withdraw(paper=paper, by=by)
    paper.refresh_from_db()
    goal = paper.goals.get()
    goals.save_goal(
        paper=paper,
        goal=goal,
        version=goal.version,
        values={"title": goal.title, "budget": 5000},
        indicators=[
            {
                "name": "運営マニュアルを見直した避難所",
                "kind": "outcome",
                "unit": "か所",
                "baseline": "6",
                "target": "22",
                "rationale": "",
            }
        ],
        by=by,
    )
    paper.refresh_from_db()
    reviews.submit(paper=paper, edits=paper.edits, by=by)

    first, second = Revision.objects.order_by("number")

    assert told(first.content, second.content) == [
        (f"goal-{goal.pk}", "目標1", "予算額", "4,820千円", "5,000千円")
    ]
