"""What goes on from last year: its answers beside this year's items, its goals with their items."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from goals.models import Goal, OperatingPolicy, Response
from policies.models import Alignment, Section
from tests.factories import (
    GoalFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    jst,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]

PAPER, COPY = "/papers/2023/somu/", "/papers/2023/somu/goals/copy/"
ANSWER = f"{PAPER}responses/1-2/"
SAID = "公用車を6台、電動車に替える。"


def sections_of(year: int) -> dict[str, Section]:
    return {section.path: section for section in Section.objects.filter(policy__year=year)}


def confirm(pairs: dict[str, str]) -> None:
    """As the office does: this year's item → last year's."""
    new, old = sections_of(2023), sections_of(2022)
    for path, section in new.items():
        earlier = old.get(pairs.get(path, ""))
        Alignment.objects.create(section=section, earlier=earlier, confirmed_at=jst(2023, 3, 20))


@pytest.fixture
def old(paper: OperatingPolicy) -> OperatingPolicy:
    """Last year's paper: an answer and a goal to 1(1), which goes on as 1(2)."""
    policy_with_items(2022)
    old = OperatingPolicyFactory(year=2022, department=paper.department, status="finalised")
    first = sections_of(2022)["1-1"]
    ResponseFactory(paper=old, section=first, body=SAID)
    GoalFactory(paper=old, title="公用車の電動化", sections=[first])
    return old


@pytest.fixture
def head(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.head)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def field_of(page: str) -> str:
    found = re.search(r'<textarea name="body"[^>]*>\s*(.*?)</textarea>', page, re.S)
    assert found
    return found[1]


def version_of(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def test_last_years_answer_is_one_click_away_from_the_item_that_goes_on(
    old: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    page = text_of(head, PAPER)
    beside = page[
        page.index('id="answer-1-2"') : page.index("</article>", page.index("answer-1-2"))
    ]
    assert SAID in beside
    assert "昨年度の1(1)" in beside
    assert f'href="{ANSWER}?from=last-year"' in beside
    assert page.count(SAID) == 1


def test_before_the_office_has_confirmed_nothing_is_put_beside(
    old: OperatingPolicy, head: Client
) -> None:
    assert SAID not in text_of(head, PAPER)
    assert SAID not in text_of(head, f"{ANSWER}?from=last-year")


def test_an_item_that_is_new_has_no_answer_of_last_year(old: OperatingPolicy, head: Client) -> None:
    confirm({})
    assert SAID not in text_of(head, PAPER)


def test_who_only_reads_the_finished_paper_sees_this_years_answers_alone(
    old: OperatingPolicy, paper: OperatingPolicy, cast: SimpleNamespace, client_of: ClientOf
) -> None:
    confirm({"1-2": "1-1"})
    OperatingPolicy.objects.filter(pk=paper.pk).update(status="finalised")
    assert SAID not in text_of(client_of(cast.viewer), PAPER)
    assert SAID in text_of(client_of(cast.office), PAPER)
    assert "?from=last-year" not in text_of(client_of(cast.office), PAPER)


def test_taking_over_fills_the_field_and_stores_nothing(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    page = text_of(head, f"{ANSWER}?from=last-year")
    assert field_of(page) == SAID
    assert "下の欄は昨年度の回答です" in page
    assert Response.objects.filter(paper=paper).count() == 0
    head.post(ANSWER, {"body": f"{SAID}残りも替える。", "version": version_of(page)})
    assert Response.objects.get(paper=paper).body == f"{SAID}残りも替える。"


def test_without_asking_the_field_shows_what_is_stored(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    ResponseFactory(paper=paper, section=sections_of(2023)["1-2"], body="いまの文。")
    page = text_of(head, ANSWER)
    assert field_of(page) == "いまの文。"
    assert SAID in page


def test_what_is_written_stands_beside_until_it_is_replaced(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    written = ResponseFactory(paper=paper, section=sections_of(2023)["1-2"], body="いまの文。")
    page = text_of(head, f"{ANSWER}?from=last-year")
    assert field_of(page) == SAID
    assert "保存すると、いまの回答と置き換わります。" in page
    assert "いまの文。" in page
    written.refresh_from_db()
    assert written.body == "いまの文。"


def test_somebody_who_saves_meanwhile_is_not_overwritten(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    written = ResponseFactory(paper=paper, section=sections_of(2023)["1-2"], body="いまの文。")
    page = text_of(head, f"{ANSWER}?from=last-year")
    Response.objects.filter(pk=written.pk).update(
        body="先に直した文。", version=written.version + 1
    )
    answer = head.post(ANSWER, {"body": SAID, "version": version_of(page)})
    assert answer.status_code == 409
    written.refresh_from_db()
    assert written.body == "先に直した文。"
    assert field_of(answer.content.decode()) == SAID


def test_a_reason_why_it_did_not_apply_comes_with_its_tick(
    old: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    old.responses.update(is_not_applicable=True, body="所管する施設がない。")
    page = text_of(head, f"{ANSWER}?from=last-year")
    assert field_of(page) == "所管する施設がない。"
    assert re.search(r'name="is_not_applicable"[^>]* checked', page)


def test_after_saving_on_the_page_last_years_answer_is_still_there(
    old: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    saved = head.post(
        ANSWER, {"body": "今年の文。", "version": "0", "done": "1"}, headers={"hx-request": "true"}
    )
    assert saved.status_code == 200
    assert SAID in saved.content.decode()


def proposals(page: str) -> list[tuple[str, bool]]:
    boxes = re.findall(r'name="sections-\d+" id="goal-\d+-([\d-]+)" value="\d+"( checked)?', page)
    return [(path, bool(ticked)) for path, ticked in boxes]


def test_a_copied_goal_answers_the_item_that_goes_on(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    assert proposals(text_of(head, COPY)) == [("1-2", True)]
    goal, section = old.goals.get(), sections_of(2023)["1-2"]
    head.post(COPY, {"goals": [goal.pk], f"sections-{goal.pk}": [section.pk]})
    copied = Goal.objects.get(paper=paper)
    assert (copied.title, copied.kind) == ("公用車の電動化", "continue")
    assert list(copied.sections.all()) == [section]


def test_both_items_into_which_one_was_split_are_proposed(
    old: OperatingPolicy, head: Client
) -> None:
    confirm({"1-1": "1-1", "1-2": "1-1"})
    assert proposals(text_of(head, COPY)) == [("1-1", True), ("1-2", True)]


def test_an_item_that_was_unticked_is_left_out(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-1": "1-1", "1-2": "1-1"})
    goal, sections = old.goals.get(), sections_of(2023)
    head.post(COPY, {"goals": [goal.pk], f"sections-{goal.pk}": [sections["1-2"].pk]})
    assert [one.path for one in Goal.objects.get(paper=paper).sections.all()] == ["1-2"]


def test_only_items_that_were_proposed_are_taken(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    goal, sections = old.goals.get(), sections_of(2023)
    typed = [sections["1-1"].pk, sections_of(2022)["1-1"].pk, "x"]
    head.post(COPY, {"goals": [goal.pk], f"sections-{goal.pk}": typed})
    assert list(Goal.objects.get(paper=paper).sections.all()) == []


def test_an_item_that_asks_for_no_answer_is_not_proposed(
    old: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1", "2": "1-1"})
    Section.objects.filter(pk=sections_of(2023)["1-2"].pk).update(is_dropped=True)
    page = text_of(head, COPY)
    assert proposals(page) == []
    assert "続く項がないため、応える項は空になります。" in page


def test_a_form_that_chose_no_goal_keeps_what_was_unticked(
    old: OperatingPolicy, head: Client
) -> None:
    confirm({"1-1": "1-1", "1-2": "1-1"})
    goal, sections = old.goals.get(), sections_of(2023)
    answer = head.post(COPY, {f"sections-{goal.pk}": [sections["1-2"].pk]})
    page = answer.content.decode()
    assert "写す目標を1件以上選んでください。" in page
    assert proposals(page) == [("1-1", False), ("1-2", True)]


def test_last_years_item_that_was_dropped_late_still_leads_to_its_answer(
    old: OperatingPolicy, head: Client
) -> None:
    confirm({"1-2": "1-1"})
    Section.objects.filter(pk=sections_of(2022)["1-1"].pk).update(is_dropped=True)
    assert SAID in text_of(head, PAPER)


def test_several_goals_are_copied_at_once_each_with_its_items(
    old: OperatingPolicy, paper: OperatingPolicy, head: Client
) -> None:
    confirm({"1-1": "1-2", "1-2": "1-1"})
    last = sections_of(2022)
    GoalFactory(paper=old, title="訓練を重ねる", sections=[last["1-2"], last["1-1"]], complete=True)
    GoalFactory(paper=old, title="部独自の目標", is_own=True)
    page = text_of(head, COPY)
    assert proposals(page) == [("1-2", True), ("1-1", True), ("1-2", True)]
    boxes = re.findall(r'name="(goals|sections-\d+)"[^>]* value="(\d+)" checked', page)
    head.post(COPY, {name: [value for key, value in boxes if key == name] for name, _ in boxes})
    copied = {
        goal.title: [section.path for section in goal.sections.order_by("place")]
        for goal in paper.goals.all()
    }
    assert copied == {"公用車の電動化": ["1-2"], "訓練を重ねる": ["1-1", "1-2"], "部独自の目標": []}
