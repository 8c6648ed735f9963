"""Items that an amendment took out: what was written about them stays, and counts nowhere."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client

from core.audit import Actor
from core.workflow import Status
from departments.models import Department, User
from goals.actions import goals, papers, reviews
from goals.board import board_for
from goals.comparisons import compare
from goals.coverage import coverage_for
from goals.models import KeptText, OperatingPolicy, Remark, Response
from goals.queries import board, owed_sections, sheet
from goals.reviewing import review_for
from goals.snapshots import snapshot
from policies.models import Section
from policies.queries.documents import document
from tests.factories import (
    CycleFactory,
    GoalFactory,
    ResponseFactory,
    SectionFactory,
    amending,
    complete_paper,
    jst,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE = "/papers/2023/somu/"
HTMX = {"HX-Request": "true"}
GONE = "電動化"


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def at(path: str) -> Section:
    return Section.objects.get(policy__year=2023, path=path)


def drop(*paths: str) -> None:
    """An amendment takes them out; what stands behind moves up a number."""
    policy = at("1").policy
    with amending(policy):
        policy.sections.filter(path__in=paths).update(is_dropped=True)
        if paths == ("1-1",):
            policy.sections.filter(path="1-2").update(number="1(1)", marker="(1)")


@pytest.fixture
def paper(somu: Department) -> OperatingPolicy:
    """Complete: 1(1) and 1(2) answered; the goal answers 1(1)."""
    CycleFactory()
    found = complete_paper(department=somu)
    found.responses.filter(section__path="1-1").update(body="公用車の電動化を進めます。")
    found.responses.filter(section__path="1-2").update(body="電気使用量を公表します。")
    return found


@pytest.fixture
def office(cast: SimpleNamespace) -> Actor:
    return Actor(user=cast.office)


def test_the_document_leaves_it_out(paper: OperatingPolicy) -> None:
    drop("1-1")
    found = document(2023)
    assert found is not None
    chapter = found.chapters[0]
    assert [node.section.path for node in chapter.items] == ["1-2"]


def test_nothing_is_owed_to_it(paper: OperatingPolicy) -> None:
    drop("1-1")
    assert [section.path for section in owed_sections(2023)] == ["1-2"]
    content = sheet(paper)
    assert (content.owed, content.given) == (1, 1)
    assert [a.section.path for c in content.chapters for a in c.answers] == ["1", "1-2", "2"]


def test_its_answer_is_kept_apart_and_folded(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    drop("1-1")
    content = sheet(paper)
    assert [(a.section.path, a.response and a.response.body) for a in content.dropped] == [
        ("1-1", "公用車の電動化を進めます。")
    ]
    page = text_of(client_of(cast.head).get(PAGE))
    folded = page[page.index('id="gone"') : page.index('id="goals"')]
    assert folded.count("改正で削られた項への回答　1件</summary>") == 1
    assert (page.count(GONE), folded.count(GONE)) == (1, 1)
    assert 'id="form-1-1"' not in page


def test_a_goal_for_it_alone_lacks_an_item_and_says_what_became_of_it(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    drop("1-1")
    goal = paper.goals.get()
    assert [m.label for m in sheet(paper).missing] == ["目標1　応える項がありません"]
    assert [m.anchor for m in sheet(paper).missing] == [f"goal-{goal.pk}"]
    page = text_of(client_of(cast.head).get(PAGE))
    assert page.count("<dd>1(1)（改正で削られました）") == 1
    assert page.count("応える項がありません") == 2  # beside the goal and beside the button


def test_a_goal_for_another_item_too_lacks_nothing(paper: OperatingPolicy) -> None:
    paper.goals.get().sections.add(at("1-2"))
    drop("1-1")
    assert sheet(paper).missing == []


def test_a_paper_with_such_a_goal_is_not_handed_in(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    drop("1-1")
    answer = client_of(cast.head).post(f"{PAGE}submit/", {"edits": paper.edits})
    assert answer.status_code == 409
    assert OperatingPolicy.objects.get(pk=paper.pk).status == Status.DRAFT


def test_the_form_of_the_goal_keeps_the_link_until_somebody_takes_it_off(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    drop("1-1")
    goal = paper.goals.get()
    client = client_of(cast.head)
    form = client.get(f"{PAGE}goals/{goal.pk}/").context["form"]
    offered = [(str(label), int(str(value)) in {s.pk for s in form.initial["sections"]})
               for value, label in form.fields["sections"].choices]  # fmt: skip
    assert offered == [
        ("1(1)　強靱なまちづくりを推進すること。（削られました）", True),
        ("1(1)　脱炭素の視点を取り入れること。", False),
    ]
    new = client.get(f"{PAGE}goals/new/").context["form"]
    assert [str(label) for _, label in new.fields["sections"].choices] == [
        "1(1)　脱炭素の視点を取り入れること。"
    ]


def test_a_goal_tied_to_what_was_dropped_meanwhile_is_typed_again_not_lost(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    gone = at("1-2").pk
    drop("1-2")
    typed = {"title": "新しい目標", "kind": "new", "version": 0, "sections": [gone]}
    typed |= {"indicators-TOTAL_FORMS": 0, "indicators-INITIAL_FORMS": 0}
    page = text_of(client_of(cast.head).post(f"{PAGE}goals/new/", typed))
    assert page.count("選んだ項は、いまの基本方針にありません。") >= 1
    assert 'value="新しい目標"' in page
    assert paper.goals.count() == 1


@pytest.mark.parametrize("htmx", [{}, HTMX])
def test_an_answer_typed_while_the_item_was_dropped_is_kept(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, htmx: dict[str, str]
) -> None:
    drop("1-1")
    client = client_of(cast.drafter)
    typed = {"body": "書いている途中の文です。", "version": 1}
    answer = client.post(f"{PAGE}responses/1-1/", typed, headers=htmx)
    assert answer.status_code == 409
    assert "回答を求めない項になりました" in text_of(answer)
    kept = KeptText.objects.get()
    assert kept.content["body"] == "書いている途中の文です。"
    assert Response.objects.get(section__path="1-1").body == "公用車の電動化を進めます。"
    assert "書いている途中の文です。" in text_of(client.get(f"{PAGE}conflicts/"))
    assert client.get(f"{PAGE}responses/1-1/").status_code == 404


def test_an_item_that_never_asked_still_takes_no_answer(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    answer = client_of(cast.drafter).post(f"{PAGE}responses/2/", {"body": "文", "version": 0})
    assert (answer.status_code, KeptText.objects.count()) == (404, 0)


def test_the_answer_to_an_item_that_was_split_is_kept_apart(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    policy = at("1").policy
    with amending(policy):
        policy.sections.filter(path="1-1").update(is_open=False)
        SectionFactory(
            policy=policy, parent=at("1-1"), place=9, path="1-1-1", number="1(1)ア", marker="ア"
        )
    content = sheet(paper)
    assert [answer.section.path for answer in content.closed] == ["1-1"]
    assert (content.owed, content.given) == (2, 1)
    page = text_of(client_of(cast.head).get(PAGE))
    assert page.count("回答を求めなくなった項への回答　1件</summary>") == 1
    (row,) = board(2023)
    assert row.given == 1


def test_the_board_counts_only_answers_that_are_owed(
    paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    drop("1-1")
    (row,) = board(2023)
    found = board_for(cast.office, CycleFactory(), "")
    assert (row.given, found.owed, found.rows[0].paper.given) == (1, 1, 1)


def test_the_coverage_leaves_it_out(paper: OperatingPolicy, cast: SimpleNamespace) -> None:
    drop("1-1")
    found = coverage_for(cast.office, 2023, "1-1")
    assert [item.section.path for item in found.items] == ["1-2"]
    assert (found.totals, found.chosen) == ([1], None)
    assert found.items[0].goal_count == 0


def test_a_remark_on_its_answer_stays_with_it(
    paper: OperatingPolicy, cast: SimpleNamespace, office: Actor, client_of: SignIn
) -> None:
    reviews.submit(paper=paper, edits=paper.edits, by=Actor(user=cast.head))
    submitted = OperatingPolicy.objects.get(pk=paper.pk)
    remark = reviews.make_remark(paper=submitted, body="台数を。", section=at("1-1"), by=office)
    drop("1-1")
    client = client_of(cast.office)
    page = text_of(client.get(f"{PAGE}review/?view=full"))
    place = page.index('id="gone-1-1"')
    assert page.index(f'id="remark-{remark.pk}"') > place
    assert page.count("台数を。") == 1
    form = client.post(f"{PAGE}review/remarks/", {"section": "1-1", "body": "もう一つ。"})
    assert "指摘する箇所が見つかりません" in text_of(form)
    reviews.return_(
        paper=OperatingPolicy.objects.get(pk=paper.pk), reason="直してください。", by=office
    )
    own = text_of(client_of(cast.head).get(PAGE))
    folded = own[own.index('id="gone"') : own.index('id="goals"')]
    assert (own.count("台数を。"), folded.count("台数を。")) == (1, 1)


def test_the_second_review_says_that_the_item_is_gone(
    paper: OperatingPolicy, cast: SimpleNamespace, office: Actor
) -> None:
    head = Actor(user=cast.head)
    paper.goals.get().sections.add(at("1-2"))

    def stored() -> OperatingPolicy:
        return OperatingPolicy.objects.get(pk=paper.pk)

    reviews.submit(paper=paper, edits=paper.edits, by=head)
    reviews.make_remark(paper=stored(), body="台数を。", section=at("1-1"), by=office)
    reviews.return_(paper=stored(), reason="直してください。", by=office)
    drop("1-1")
    reviews.submit(paper=stored(), edits=stored().edits, by=head)
    found = review_for(cast.office, stored())
    assert found.round is not None
    (asked,) = found.round.asked
    assert (asked.label, asked.place) == (
        "1(1) 部の方針（いまは求められていない項）",
        "gone-1-1",
    )
    assert asked.present == "公用車の電動化を進めます。"
    assert found.round.unasked == []  # the department has changed nothing


def test_a_revision_keeps_the_answer_apart_and_the_page_folds_it(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    paper.goals.get().sections.add(at("1-2"))
    drop("1-1")
    stored = OperatingPolicy.objects.get(pk=paper.pk)
    revision = reviews.submit(paper=stored, edits=stored.edits, by=Actor(user=cast.head))
    assert [row["path"] for row in revision.content["responses"]] == ["1-2"]
    assert [row["body"] for row in revision.content["gone"]] == ["公用車の電動化を進めます。"]
    page = text_of(client_of(cast.head).get(f"{PAGE}revisions/1/"))
    fold = page[page.index('id="gone-title"') : page.index('id="goals-title"')]
    assert (page.count(GONE), fold.count(GONE)) == (1, 1)


def test_a_number_that_an_amendment_changed_is_no_change_by_the_department(
    paper: OperatingPolicy,
) -> None:
    paper.goals.get().sections.add(at("1-2"))
    before = snapshot(sheet(paper))
    drop("1-1")
    after = snapshot(sheet(paper))
    assert compare(before, after) == []
    assert after["goals"][0]["sections"] == ["1(1)", "1(1)（削られました）"]  # type: ignore[index]


def test_a_link_that_the_department_changed_is_still_told(paper: OperatingPolicy) -> None:
    before = snapshot(sheet(paper))
    drop("1-1")
    paper.goals.get().sections.set([at("1-2")])
    (part,) = compare(before, snapshot(sheet(paper)))
    told = [(change.label, change.before, change.after) for change in part.changes]
    assert told == [("応える項", "1(1)（改正の前）", "1(1)")]


def test_a_revision_from_before_the_addresses_were_kept_is_compared_by_numbers(
    paper: OperatingPolicy,
) -> None:
    before = snapshot(sheet(paper))
    for goal in before["goals"]:  # type: ignore[attr-defined]
        del goal["section_paths"]
    del before["gone"]
    assert compare(before, snapshot(sheet(paper))) == []


def test_goals_copied_from_last_year_bring_no_item(
    paper: OperatingPolicy, somu: Department, cast: SimpleNamespace
) -> None:
    drop("1-1")
    goals.copy_goals(paper=paper, sources=[paper], by=Actor(user=cast.head))
    assert paper.goals.count() == 1


def test_saving_a_goal_untouched_keeps_what_it_was_linked_to(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    drop("1-1")
    goal = paper.goals.get()
    client = client_of(cast.head)
    form = client.get(f"{PAGE}goals/{goal.pk}/").context["form"]
    typed = {
        "title": "言い直した目標",
        "kind": "new",
        "version": goal.version,
        "sections": [section.pk for section in form.initial["sections"]],
        "indicators-TOTAL_FORMS": 0,
        "indicators-INITIAL_FORMS": 0,
    }
    assert client.post(f"{PAGE}goals/{goal.pk}/", typed).status_code == 302
    assert [section.path for section in paper.goals.get().sections.all()] == ["1-1"]


def test_the_next_step_on_the_home_page_is_never_a_dropped_item(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    paper.responses.all().delete()
    OperatingPolicy.objects.filter(pk=paper.pk).update(edits=5)
    drop("1-1")
    page = text_of(client_of(cast.head).get("/"))
    assert re.findall(r"次は (.*?)の項です", page) == ["1(1)「脱炭素の視点を取り入れること。」"]


def test_the_page_of_an_item_that_stands_is_not_disturbed(
    paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    drop("1-1")
    version = Response.objects.get(section__path="1-2").version
    papers.save_response(
        paper=paper,
        section=at("1-2"),
        version=version,
        body="直した回答です。",
        is_not_applicable=False,
        by=Actor(user=cast.head),
    )
    assert Response.objects.get(section__path="1-2").body == "直した回答です。"


def test_a_remark_told_on_a_dropped_item_can_still_be_answered(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    remark = Remark.objects.create(
        paper=paper,
        response_to=at("1-1"),
        body="台数を。",
        made_by=cast.office,
        made_at=jst(2023, 3, 27),
        told_at=jst(2023, 3, 27),
    )
    drop("1-1")
    answer = client_of(cast.head).post(f"{PAGE}remarks/{remark.pk}/", {"answer": "直しました。"})
    assert answer.status_code == 302
    assert Remark.objects.get().answer == "直しました。"


def test_unanswered_and_without_remarks_nothing_is_folded(
    paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    paper.responses.filter(section__path="1-1").delete()
    drop("1-1")
    assert sheet(paper).gone == []
    assert 'id="gone"' not in text_of(client_of(cast.head).get(PAGE))


def test_the_goals_of_others_are_counted_without_it(
    paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    GoalFactory(paper=paper, sections=[at("1-1"), at("1-2")])
    ResponseFactory(section=at("1-1"))
    drop("1-1")
    found = coverage_for(cast.office, 2023, "1-2")
    assert [(item.section.path, item.answered, item.goal_count) for item in found.items] == [
        ("1-2", 1, 1)
    ]
