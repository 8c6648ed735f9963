"""The page on which a department fills in its paper."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.audit import Actor
from core.models import AuditEvent
from core.workflow import Status
from departments.models import Department, User
from goals.actions import papers, reviews
from goals.models import KeptText, OperatingPolicy, Remark, Response
from goals.queries import sheet
from tests.factories import (
    CycleFactory,
    GoalFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    UserFactory,
    complete_paper,
    jst,
)

SignIn = Callable[[User], Client]
PAGE = "/papers/2023/somu/"
ANSWER = f"{PAGE}responses/1-1/"
HTMX = {"HX-Request": "true"}


def _text(response: HttpResponse) -> str:
    return response.content.decode()


def _say(client: Client, body: str, version: int = 0, **more: object) -> HttpResponse:
    return client.post(ANSWER, {"body": body, "version": version}, **more)


@pytest.fixture
def head(cast: SimpleNamespace, client_of: SignIn) -> Client:
    return client_of(cast.head)


@pytest.fixture
def whole(somu: Department) -> OperatingPolicy:
    """A paper on which nothing is missing."""
    CycleFactory()
    return complete_paper(department=somu)


@pytest.fixture
def submitted(whole: OperatingPolicy, cast: SimpleNamespace) -> OperatingPolicy:
    reviews.submit(paper=whole, edits=whole.edits, by=Actor(user=cast.head))
    return OperatingPolicy.objects.get(pk=whole.pk)


def _remark(paper: OperatingPolicy, told_at: dt.datetime | None) -> Remark:
    return Remark.objects.create(
        paper=paper,
        body="内々の指摘",
        made_by=UserFactory(),
        made_at=jst(2023, 3, 27),
        told_at=told_at,
    )


def _returned(submitted: OperatingPolicy, office: User) -> OperatingPolicy:
    by = Actor(user=office)
    reviews.make_remark(paper=submitted, body="数値で示してください。", by=by)
    reviews.return_(
        paper=OperatingPolicy.objects.get(pk=submitted.pk), reason="指標が足りません。", by=by
    )
    return OperatingPolicy.objects.get(pk=submitted.pk)


# What the page shows


def test_the_page_faces_each_item_with_a_field(head: Client, paper: OperatingPolicy) -> None:
    page = _text(head.get(PAGE))
    assert page.index("強靱なまちづくりを推進すること。") < page.index('name="body"')
    assert page.count('name="body"') == 2
    assert page.count("この章に回答は要りません") == 2


def test_what_is_missing_leads_to_its_place(head: Client, paper: OperatingPolicy) -> None:
    page = _text(head.get(PAGE))
    assert "提出まで、あと9件" in page
    name = sheet(paper).answers[0].section.name
    assert f'<a href="#1-1">1(1) {name}　未記入</a>' in page
    assert f"提出まで、あと{len(sheet(paper).missing)}件" == "提出まで、あと9件"


def test_the_due_date_and_the_open_days_left_are_in_sight(
    head: Client, paper: OperatingPolicy
) -> None:
    page = _text(head.get(PAGE))
    assert "期限　4月4日（火）17時" in page
    assert "あと7日（開庁日では5日）" in page


def test_an_answered_item_reads_as_text(head: Client, paper: OperatingPolicy) -> None:
    section = sheet(paper).answers[0].section
    ResponseFactory(paper=paper, section=section, body="公用車を電動にします。")
    page = _text(head.get(PAGE))
    assert '<p class="written">公用車を電動にします。</p>' in page
    assert page.count('name="body"') == 1


def test_the_mayors_text_is_a_draft_before_it_is_issued(
    head: Client, paper: OperatingPolicy
) -> None:
    assert "市長の基本方針（案）" in _text(head.get(PAGE))


def test_goals_are_named_by_number_beside_the_item_that_they_answer(
    head: Client, paper: OperatingPolicy
) -> None:
    section = sheet(paper).answers[1].section
    GoalFactory(paper=paper, title="一番目の目標")
    goal = GoalFactory(paper=paper, title="二番目の目標", sections=[section])
    assert f'<a href="#goal-{goal.pk}">目標2 二番目の目標</a>' in _text(head.get(PAGE))


def test_what_people_wrote_is_shown_as_they_wrote_it(head: Client, paper: OperatingPolicy) -> None:
    section = sheet(paper).answers[0].section
    ResponseFactory(paper=paper, section=section, body="<script>alert(1)</script>")
    GoalFactory(paper=paper, title="<img src=x onerror=alert(1)>", partners="<b>市民</b>")
    page = _text(head.get(PAGE))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "<b>市民</b>" not in page


def test_the_page_asks_the_database_as_often_for_three_goals_as_for_one(
    head: Client, whole: OperatingPolicy
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert head.get(PAGE).status_code == 200
        return len(queries)

    GoalFactory(paper=whole, complete=True)
    once = count()
    for _ in range(2):
        GoalFactory(paper=whole, complete=True, sections=[sheet(whole).answers[0].section])
    assert count() == once
    assert once <= 24


# Who reads


def test_another_department_sees_nothing_of_a_draft(
    cast: SimpleNamespace, client_of: SignIn, paper: OperatingPolicy
) -> None:
    other = client_of(cast.incoming_head)
    assert other.get(PAGE).status_code == 404
    assert _say(other, "横から").status_code == 404
    assert Response.objects.count() == 0


def test_another_department_reads_a_settled_paper_without_its_remarks(
    cast: SimpleNamespace, client_of: SignIn, whole: OperatingPolicy
) -> None:
    _remark(whole, told_at=jst(2023, 3, 27))
    OperatingPolicy.objects.filter(pk=whole.pk).update(status=Status.FINALISED)
    page = _text(client_of(cast.incoming_head).get(PAGE))
    assert "公用車の電動化を進めます。" in page
    assert "内々の指摘" not in page
    assert 'name="body"' not in page


def test_the_office_is_led_to_the_review(
    cast: SimpleNamespace, client_of: SignIn, submitted: OperatingPolicy
) -> None:
    page = _text(client_of(cast.office).get(PAGE))
    assert f'<a class="button button--main" href="{PAGE}review/">審査の画面へ</a>' in page
    assert "引き戻す" not in page


def test_the_head_may_take_back_what_nobody_began_to_review(
    head: Client, submitted: OperatingPolicy
) -> None:
    assert f'href="{PAGE}withdraw/">引き戻す</a>' in _text(head.get(PAGE))
    assert head.post(f"{PAGE}withdraw/").status_code == 302
    assert OperatingPolicy.objects.get(pk=submitted.pk).status == Status.DRAFT


def test_remarks_show_only_when_the_department_is_told(
    cast: SimpleNamespace, head: Client, submitted: OperatingPolicy
) -> None:
    by = Actor(user=cast.office)
    reviews.make_remark(paper=submitted, body="数値で示してください。", by=by)
    assert "数値で示してください。" not in _text(head.get(PAGE))
    assert "数値で示してください。" not in _text(head.get(f"{PAGE}history/"))
    stored = OperatingPolicy.objects.get(pk=submitted.pk)
    reviews.return_(paper=stored, reason="直してください。", by=by)
    assert "数値で示してください。" in _text(head.get(PAGE))


def test_an_untold_remark_cannot_be_opened(head: Client, paper: OperatingPolicy) -> None:
    remark = _remark(paper, told_at=None)
    assert head.get(f"{PAGE}remarks/{remark.pk}/").status_code == 404


def test_a_remark_is_answered(
    cast: SimpleNamespace, head: Client, submitted: OperatingPolicy
) -> None:
    _returned(submitted, cast.office)
    remark = Remark.objects.get()
    answer = head.post(f"{PAGE}remarks/{remark.pk}/", {"answer": "目標値を加えました。"})
    assert answer["Location"] == f"{PAGE}#remark-{remark.pk}"
    assert Remark.objects.get().answer == "目標値を加えました。"
    assert "目標値を加えました。" in _text(head.get(PAGE))


# Saving an answer


def test_an_answer_is_saved_without_javascript(head: Client, paper: OperatingPolicy) -> None:
    saved = _say(head, "公用車を電動にします。\r\n毎月公表します。")
    assert saved["Location"] == f"{PAGE}#1-1"
    stored = Response.objects.get()
    assert (stored.body, stored.version) == ("公用車を電動にします。\n毎月公表します。", 1)
    event = AuditEvent.objects.get(verb="response.save")
    assert (event.label, event.after["body"]) == ("1(1) 部の方針", stored.body)


def test_autosave_answers_with_the_version_and_what_is_missing_now(
    head: Client, paper: OperatingPolicy
) -> None:
    fragment = _text(_say(head, "公用車を電動にします。", headers=HTMX))
    assert "に保存しました" in fragment
    assert 'id="version-1-1" value="1" hx-swap-oob="true"' in fragment
    assert "提出まで、あと8件" in fragment
    assert "<html" not in fragment


def test_saving_by_the_button_shows_the_answer_as_text(
    head: Client, paper: OperatingPolicy
) -> None:
    typed = {"body": "電動にします。", "version": 0, "done": "1"}
    answer = head.post(ANSWER, typed, headers=HTMX)
    assert answer["HX-Retarget"] == "#answer-1-1"
    assert '<p class="written">電動にします。</p>' in _text(answer)


def test_the_same_text_saved_twice_is_no_conflict(head: Client, paper: OperatingPolicy) -> None:
    for _ in range(2):
        assert _say(head, "公用車を電動にします。", headers=HTMX).status_code == 200
    assert Response.objects.get().version == 1


def test_a_text_that_is_too_long_is_not_saved_and_stays(
    head: Client, paper: OperatingPolicy
) -> None:
    page = _say(head, "長" * 801)
    assert "800字以内で入力してください。いまは801字です。" in _text(page)
    assert "長" * 801 in _text(page)
    assert _say(head, "長" * 801, headers=HTMX).status_code == 422
    assert Response.objects.count() == 0


def test_not_applicable_is_saved_with_its_reason(head: Client, paper: OperatingPolicy) -> None:
    head.post(ANSWER, {"body": "所管しないため。", "is_not_applicable": "on", "version": 0})
    page = _text(head.get(PAGE))
    assert "理由：所管しないため。" in page
    assert sheet(paper).not_applicable == 1


def test_the_later_of_two_writers_sees_both_texts_and_loses_none(
    cast: SimpleNamespace, client_of: SignIn, head: Client, paper: OperatingPolicy
) -> None:
    _say(client_of(cast.drafter), "先の文です。")
    page = _say(head, "後の文です。")
    assert page.status_code == 409
    assert "<del>先</del>の文です。" in _text(page)
    assert "<ins>後</ins>の文です。" in _text(page)
    assert 'name="version" value="1"' in _text(page)
    assert Response.objects.get().body == "先の文です。"
    draft = KeptText.objects.get()
    assert (draft.content["body"], draft.written_by) == ("後の文です。", cast.head)
    assert "後の文です。" in _text(head.get(f"{PAGE}conflicts/"))


def test_after_both_texts_were_seen_ones_own_can_be_kept(
    cast: SimpleNamespace, client_of: SignIn, head: Client, paper: OperatingPolicy
) -> None:
    _say(client_of(cast.drafter), "先の文です。")
    clash = _say(head, "後の文です。", headers=HTMX)
    assert clash.status_code == 409
    assert 'name="newer" value="1"' in _text(clash)
    assert '<p class="written">先の文です。</p>' in _text(clash)
    kept = head.post(ANSWER, {"body": "両方の文です。", "version": 0, "newer": 1}, headers=HTMX)
    assert kept.status_code == 200
    assert Response.objects.get().body == "両方の文です。"


def test_nothing_is_written_to_a_paper_at_the_office_and_the_text_stays(
    head: Client, submitted: OperatingPolicy
) -> None:
    page = _say(head, "提出の後で書いた文", version=1)
    assert page.status_code == 409
    assert "この運営方針書は「提出済」のため、いまは書けません。" in _text(page)
    assert "提出の後で書いた文" in _text(page)
    fragment = _say(head, "提出の後で書いた文", version=1, headers=HTMX)
    assert fragment.status_code == 409
    assert "いまは書けません。" in _text(fragment)


def test_an_item_that_owes_no_answer_is_not_there(head: Client, paper: OperatingPolicy) -> None:
    assert head.get(f"{PAGE}responses/2/").status_code == 404


def test_a_session_that_ended_saves_nothing(client: Client, paper: OperatingPolicy) -> None:
    answer = _say(client, "切れた後の文", headers=HTMX)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/signin/")
    assert Response.objects.count() == 0


# The paper's own fields


BASICS = {
    "mission": "市民の安全を守ります。",
    "situation": "地震への備えが課題です。",
    "analysis": "2地区で定めました。",
    "pioneering": "夜間の訓練を行います。",
    "staff": "７９",
    "budget": "2,599,615",
    "version": "1",
}


def test_the_papers_own_fields_are_saved(head: Client, paper: OperatingPolicy) -> None:
    assert head.post(f"{PAGE}basics/", BASICS)["Location"] == f"{PAGE}#basics"
    stored = OperatingPolicy.objects.get()
    assert (stored.mission, stored.staff, stored.budget) == (BASICS["mission"], 79, 2_599_615)


def test_a_wrong_figure_is_answered_with_a_sentence_and_loses_nothing(
    head: Client, paper: OperatingPolicy
) -> None:
    page = _text(head.post(f"{PAGE}basics/", {**BASICS, "staff": "約80"}))
    assert "職員数：数字だけで入力してください。" in page
    assert "約80" in page
    assert BASICS["pioneering"] in page
    assert OperatingPolicy.objects.get().mission == ""


def test_the_papers_own_fields_show_both_texts_on_a_conflict(
    cast: SimpleNamespace, head: Client, paper: OperatingPolicy
) -> None:
    values = {"mission": "先の使命です。"}
    papers.save_basics(paper=paper, version=1, values=values, by=Actor(user=cast.drafter))
    page = head.post(f"{PAGE}basics/", BASICS)
    assert page.status_code == 409
    assert "先の使命です。" in "".join(_text(page).split("<del>")).replace("</del>", "")
    assert 'name="version" value="2"' in _text(page)
    assert KeptText.objects.get().content["mission"] == BASICS["mission"]
    assert head.post(f"{PAGE}basics/", {**BASICS, "version": "2"}).status_code == 302


def test_the_papers_own_fields_save_by_themselves(head: Client, paper: OperatingPolicy) -> None:
    fragment = _text(head.post(f"{PAGE}basics/", BASICS, headers=HTMX))
    assert "に保存しました" in fragment
    assert 'id="id_version" value="2" hx-swap-oob="true"' in fragment
    wrong = head.post(f"{PAGE}basics/", {**BASICS, "staff": "約80"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "職員数：数字だけで入力してください。" in _text(wrong)
    late = head.post(f"{PAGE}basics/", {**BASICS, "mission": "後の使命"}, headers=HTMX)
    assert late.status_code == 409
    assert "保存が重なりました。" in _text(late)
    assert OperatingPolicy.objects.get().mission == BASICS["mission"]


# Handing in


def test_a_paper_with_gaps_lists_them_and_offers_no_button(
    head: Client, paper: OperatingPolicy
) -> None:
    page = _text(head.get(f"{PAGE}submit/"))
    assert "提出まで、あと9件です" in page
    name = sheet(paper).answers[0].section.name
    assert f'<a href="{PAGE}#1-1">1(1) {name}　未記入</a>' in page
    assert "提出する</button>" not in page
    assert re.findall(r'button--main" href="([^"]+)">([^<]+)', page) == [
        (f"{PAGE}#basics", "続きを書く")
    ]


def test_the_head_hands_the_paper_in(head: Client, whole: OperatingPolicy) -> None:
    page = _text(head.get(f"{PAGE}submit/"))
    assert f'name="edits" value="{whole.edits}"' in page
    assert head.post(f"{PAGE}submit/", {"edits": whole.edits})["Location"] == PAGE
    stored = OperatingPolicy.objects.get()
    assert (stored.status, stored.revisions.count()) == (Status.SUBMITTED, 1)


def test_what_was_written_meanwhile_must_be_looked_at_first(
    head: Client, whole: OperatingPolicy
) -> None:
    page = head.post(f"{PAGE}submit/", {"edits": whole.edits - 1})
    assert page.status_code == 409
    assert "確認している間に、内容が書き換えられました。" in _text(page)
    assert OperatingPolicy.objects.get().status == Status.DRAFT


def test_a_drafter_prepares_and_leaves_handing_in_to_the_head(
    cast: SimpleNamespace, client_of: SignIn, whole: OperatingPolicy
) -> None:
    drafter = client_of(cast.drafter)
    assert "提出は部長が行います" in _text(drafter.get(f"{PAGE}submit/"))
    assert drafter.post(f"{PAGE}submit/", {"edits": whole.edits}).status_code == 403
    assert OperatingPolicy.objects.get().status == Status.DRAFT


# History and versions


def test_the_history_says_who_did_what_in_words(
    cast: SimpleNamespace, head: Client, paper: OperatingPolicy
) -> None:
    _say(head, "前の文")
    _say(head, "後の文", version=1)
    page = _text(head.get(f"{PAGE}history/"))
    assert cast.head.name in page
    assert "部の方針を保存" in page
    assert "<del>前</del><ins>後</ins>の文" in page


def test_others_see_how_a_paper_moved_but_not_its_drafts(
    cast: SimpleNamespace, client_of: SignIn, head: Client, whole: OperatingPolicy
) -> None:
    head.post(ANSWER, {"body": "消した文", "version": 1})
    head.post(ANSWER, {"body": "残した文", "version": 2})
    stored = OperatingPolicy.objects.get()
    reviews.submit(paper=stored, edits=stored.edits, by=Actor(user=cast.head))
    page = _text(client_of(cast.mayor).get(f"{PAGE}history/"))
    assert "提出" in page
    assert "消した文" not in page


def test_a_version_keeps_the_names_of_its_day(
    head: Client, submitted: OperatingPolicy, somu: Department
) -> None:
    Department.objects.filter(pk=somu.pk).update(name="総務防災部")
    page = _text(head.get(f"{PAGE}revisions/1/"))
    assert "総務部の運営方針　第1版" in page
    assert "総務部長" in page
    assert head.get(f"{PAGE}revisions/2/").status_code == 404


def test_last_years_paper_is_one_step_away(head: Client, paper: OperatingPolicy) -> None:
    OperatingPolicyFactory(year=2022, department=paper.department)
    assert 'href="/papers/2022/somu/">昨年度の運営方針書</a>' in _text(head.get(PAGE))


def test_who_takes_over_in_april_reads_this_years_paper(
    cast: SimpleNamespace, client_of: SignIn, kenko: Department
) -> None:
    CycleFactory(year=2022, submission_due=jst(2022, 4, 5, 17), policy_due=dt.date(2022, 3, 31))
    complete_paper(year=2022, department=kenko)
    page = _text(client_of(cast.incoming_head).get("/papers/2022/kenko/"))
    assert "健康部の運営方針" in page
    assert 'name="body"' not in page
