"""審査 through HTTP: who may decide what, when, and what the department sees of it."""

import pytest
from django.urls import reverse

from core import audit
from core.audit import Actor
from core.models import AuditEvent
from core.workflow import Status
from goals.actions import papers, reviews
from goals.models import OperatingPolicy, Remark
from policies.models import Section
from tests.factories import CycleFactory, complete_paper
from tests.pages import main_buttons

REVIEW_QUERIES = 23
ROUND_QUERIES = 23


@pytest.fixture
def handed_in(cast, somu):
    """総務部's complete paper, submitted once."""
    CycleFactory()
    paper = complete_paper(department=somu)
    reviews.submit(paper=paper, edits=paper.edits, by=Actor(cast.head))
    paper.refresh_from_db()
    return paper


@pytest.fixture
def office(cast, client_of):
    return client_of(cast.office)


def at(name, *rest):
    return reverse(f"goals:{name}", args=(2023, "somu", *rest))


def stored(paper):
    return OperatingPolicy.objects.get(pk=paper.pk)


def remarked(paper, cast, body="いつまでに行うかを書いてください。", **place):
    return reviews.make_remark(paper=stored(paper), body=body, by=Actor(cast.office), **place)


def decide(client, name, paper, **values):
    return client.post(at(name), {"version": stored(paper).version, **values})


def bring_back(paper, cast, **rewrite):
    """The department rewrites the answer to 1(1) and hands in again."""
    section = Section.objects.get(path="1-1")
    response = paper.responses.get(section=section)
    if rewrite:
        papers.save_response(
            paper=stored(paper),
            section=section,
            version=response.version,
            is_not_applicable=False,
            by=Actor(cast.head),
            **rewrite,
        )
    now = stored(paper)
    reviews.submit(paper=now, edits=now.edits, by=Actor(cast.head))


# ---- who and when ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["review", "return", "reopen", "remark"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("office", 200), ("head", 403), ("mayor", 403), ("secretary", 403), ("administrator", 403)],
)
def test_only_the_policy_office_reviews(cast, handed_in, client_of, name, who, status):
    assert client_of(getattr(cast, who)).get(at(name)).status_code == status


@pytest.mark.parametrize("name", ["review_begin", "receive", "finalise", "settle"])
@pytest.mark.parametrize("who", ["head", "mayor", "deputy", "secretary", "viewer"])
def test_nobody_else_decides(cast, handed_in, client_of, name, who):
    before = stored(handed_in)

    answer = decide(client_of(getattr(cast, who)), name, handed_in)

    assert answer.status_code == 403
    assert (stored(handed_in).status, stored(handed_in).version) == (before.status, before.version)


def test_the_way_from_submitted_to_finalised(cast, handed_in, office):
    decide(office, "review_begin", handed_in)
    begun = stored(handed_in).review_began_at
    decide(office, "receive", handed_in)
    received = stored(handed_in).status
    decide(office, "finalise", handed_in)
    finalised = stored(handed_in).status
    decide(office, "reopen", handed_in, reason="面談での指示を反映するため")

    assert begun is not None
    assert (received, finalised) == (Status.RECEIVED, Status.FINALISED)
    assert (stored(handed_in).status, stored(handed_in).reason) == (
        Status.DRAFT,
        "面談での指示を反映するため",
    )
    verbs = AuditEvent.objects.of_subject(audit.subject_of(handed_in)).values_list(
        "verb", flat=True
    )
    assert list(verbs)[:4] == ["paper.reopen", "paper.finalise", "paper.receive", "review.begin"]


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (Status.DRAFT, set()),
        (Status.SUBMITTED, {"return", "receive"}),
        (Status.RETURNED, set()),
        (Status.RECEIVED, {"return", "finalise", "reopen"}),
        (Status.FINALISED, {"reopen"}),
        (Status.PUBLISHED, set()),
    ],
)
def test_only_what_the_state_allows_is_offered(cast, handed_in, office, status, buttons):
    OperatingPolicy.objects.update(status=status)

    page = office.get(at("review")).content.decode()

    offered = {
        name
        for name in ("return", "receive", "finalise", "reopen")
        if f'href="{at(name)}"' in page or f'action="{at(name)}"' in page
    }
    assert offered == buttons
    assert len(main_buttons(page)) <= 1


def test_what_the_state_does_not_allow_is_refused_with_a_sentence(cast, handed_in, office):
    answer = decide(office, "finalise", handed_in)

    assert answer.status_code == 409
    assert "いまの状態は「提出済」のため、確定することはできません。" in answer.content.decode()
    assert stored(handed_in).status == Status.SUBMITTED


# ---- remarks --------------------------------------------------------------------------------


def test_a_remark_stands_beside_what_it_is_about(cast, handed_in, office):
    goal = handed_in.goals.get()

    on_answer = office.post(at("remark"), {"section": "1-1", "body": "時期を\r\n書いてください。"})
    office.post(at("remark"), {"goal": goal.pk, "body": "指標を見直してください。"})
    office.post(at("remark"), {"body": "全体に短くしてください。"})

    remarks = list(Remark.objects.order_by("pk"))
    assert [(r.response_to and r.response_to.path, r.goal, r.body) for r in remarks] == [
        ("1-1", None, "時期を\n書いてください。"),
        (None, goal, "指標を見直してください。"),
        (None, None, "全体に短くしてください。"),
    ]
    assert on_answer.url == f"{at('review')}?view=full#remark-{remarks[0].pk}"
    page = office.get(at("review")).content.decode()
    assert page.count('class="remark"') == 3
    assert page.count("まだ部に届いていません") == 3


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"section": "1-1", "body": " \n "}, "指摘を入力してください。"),
        ({"section": "1-1", "body": "長" * 401}, "400字以内で入力してください。いまは401字です。"),
        ({"section": "2", "body": "閉じた章へ"}, "指摘する箇所が見つかりません。"),
        ({"goal": 10**30, "body": "ない目標へ"}, "指摘する箇所が見つかりません。"),
        ({"goal": "x", "body": "ない目標へ"}, "指摘する箇所が見つかりません。"),
    ],
)
def test_a_remark_that_cannot_stand_is_shown_again_with_the_reason(
    handed_in, office, typed, sentence
):
    page = office.post(at("remark"), typed).content.decode()

    assert sentence in page
    assert typed["body"].strip() in page
    assert Remark.objects.count() == 0


def test_a_remark_on_another_departments_goal_is_refused(cast, handed_in, kenko, office):
    foreign = complete_paper(department=kenko).goals.get()

    page = office.post(at("remark"), {"goal": foreign.pk, "body": "直してください。"})

    assert "指摘する箇所が見つかりません。" in page.content.decode()
    assert Remark.objects.count() == 0


def test_a_remark_on_a_draft_is_refused_and_what_was_typed_stays(handed_in, office):
    OperatingPolicy.objects.update(status=Status.DRAFT)

    page = office.post(at("remark"), {"body": "早めに直してください。"}).content.decode()

    assert "提出された運営方針書にだけ指摘を書けます。" in page
    assert "早めに直してください。" in page
    assert Remark.objects.count() == 0


def test_the_first_remark_begins_the_review(cast, handed_in, office):
    office.post(at("remark"), {"body": "確認します。"})

    assert stored(handed_in).review_began_at is not None


def test_the_department_does_not_see_remarks_before_the_return(cast, handed_in, office, client_of):
    head = client_of(cast.head)
    remarked(handed_in, cast, section=Section.objects.get(path="1-1"), body="秘密の指摘です。")
    remarked(handed_in, cast, body="全体への秘密の指摘です。")

    before = [head.get(at(name)).content.decode() for name in ("paper", "history")]
    decide(office, "return", handed_in, reason="時期を足してください。")
    after = head.get(at("paper")).content.decode()

    assert all("秘密の指摘" not in page for page in before)
    assert "秘密の指摘です。" in after
    assert "時期を足してください。" in after


def test_a_remark_that_was_not_told_can_be_taken_back(cast, handed_in, office):
    remark = remarked(handed_in, cast)

    office.post(at("remark_drop", remark.pk))

    assert Remark.objects.count() == 0


def test_a_remark_that_was_told_stays(cast, handed_in, office):
    remark = remarked(handed_in, cast)
    decide(office, "return", handed_in, reason="理由")

    answer = office.post(at("remark_drop", remark.pk))

    assert answer.status_code == 409
    assert "部に届いているため、取り消せません" in answer.content.decode()
    assert Remark.objects.count() == 1


def test_remarks_of_another_paper_are_not_there(cast, handed_in, kenko, office):
    CycleFactory()
    other = complete_paper(department=kenko, status=Status.SUBMITTED, submissions=1)
    remark = reviews.make_remark(paper=other, body="健康部への指摘", by=Actor(cast.office))

    dropped = office.post(at("remark_drop", remark.pk))
    settled = office.post(at("settle"), {"remark": remark.pk, "verdict": "settled"})

    assert (dropped.status_code, settled.status_code) == (404, 400)
    assert Remark.objects.get().settled_at is None


# ---- sending back ---------------------------------------------------------------------------


def test_a_return_owes_a_reason(cast, handed_in, office):
    remarked(handed_in, cast)

    page = decide(office, "return", handed_in, reason="  ").content.decode()

    assert "理由を入力してください。" in page
    assert stored(handed_in).status == Status.SUBMITTED


def test_a_return_owes_a_remark_and_keeps_the_reason_that_was_typed(handed_in, office):
    page = decide(office, "return", handed_in, reason="時期を足してください。").content.decode()

    assert "差し戻すには、直してほしい箇所への指摘を1件以上書いてください。" in page
    assert "時期を足してください。" in page
    assert stored(handed_in).status == Status.SUBMITTED


def test_the_page_of_a_return_lists_the_remarks_that_will_be_told(cast, handed_in, office):
    remarked(handed_in, cast, body="伝える指摘")
    settled = remarked(handed_in, cast, body="済んだ指摘")
    reviews.settle_remarks(remarks=[settled], by=Actor(cast.office))

    page = office.get(at("return")).content.decode()

    assert "伝える指摘　1件" in page
    assert "済んだ指摘" not in page


def test_a_return_tells_the_remarks_and_opens_the_paper(cast, handed_in, office):
    remark = remarked(handed_in, cast)

    decide(office, "return", handed_in, reason="時期を足してください。")

    remark.refresh_from_db()
    assert (stored(handed_in).status, stored(handed_in).reason) == (
        Status.RETURNED,
        "時期を足してください。",
    )
    assert remark.told_at is not None


def test_a_reopening_owes_a_reason(handed_in, office):
    OperatingPolicy.objects.update(status=Status.FINALISED)

    page = decide(office, "reopen", handed_in, reason="").content.decode()

    assert "理由を入力してください。" in page
    assert stored(handed_in).status == Status.FINALISED


# ---- two reviewers --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["review_begin", "receive"])
def test_the_second_reviewer_is_told_what_has_happened(cast, handed_in, office, name):
    seen = stored(handed_in).version
    remarked(handed_in, cast)
    decide(office, "return", handed_in, reason="先に差し戻しました。")

    answer = office.post(at(name), {"version": seen})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "あなたの操作は行われていません。" in page
    assert "差戻し" in page
    assert cast.office.name in page
    assert stored(handed_in).status == Status.RETURNED


def test_the_reason_of_the_second_reviewer_is_not_lost(cast, handed_in, office):
    remarked(handed_in, cast)
    seen = stored(handed_in).version
    decide(office, "receive", handed_in)

    answer = office.post(at("return"), {"version": seen, "reason": "打ち込んだ長い理由"})

    assert answer.status_code == 409
    assert "打ち込んだ長い理由" in answer.content.decode()
    assert stored(handed_in).status == Status.RECEIVED


def test_a_paper_that_was_handed_in_again_meanwhile_is_not_received_unread(cast, handed_in, office):
    seen = stored(handed_in).version
    remarked(handed_in, cast)
    decide(office, "return", handed_in, reason="理由")
    bring_back(handed_in, cast, body="書き直しました。")

    answer = office.post(at("receive"), {"version": seen})

    assert answer.status_code == 409
    assert stored(handed_in).status == Status.SUBMITTED


@pytest.mark.parametrize("version", ["", "x", "-1", 10**30])
def test_a_decision_without_a_version_is_refused(handed_in, office, version):
    assert office.post(at("receive"), {"version": version}).status_code == 409
    assert stored(handed_in).status == Status.SUBMITTED


# ---- the second review ----------------------------------------------------------------------


def test_the_first_review_shows_the_whole_paper(handed_in, office):
    page = office.get(at("review")).content.decode()

    assert "総務部　1回目の審査" in page
    assert "市民の安全を守ります。" in page
    assert "避難所を、地域の人だけで開けられるようにする" in page
    assert "変わったところだけ" not in page


def test_the_second_review_shows_the_change_beside_the_remark(cast, handed_in, office):
    remark = remarked(handed_in, cast, section=Section.objects.get(path="1-1"))
    decide(office, "return", handed_in, reason="理由")
    remark.refresh_from_db()
    reviews.answer_remark(remark=remark, answer="時期を加えました。", by=Actor(cast.head))
    bring_back(
        handed_in, cast, body="公用車の電動化を6月までに進めます。電気使用量を毎月公表します。"
    )

    page = office.get(at("review")).content.decode()

    assert "総務部　2回目の審査" in page
    assert "いつまでに行うかを書いてください。" in page
    assert "時期を加えました。" in page
    assert "公用車の電動化を<ins>6月までに</ins>進めます。" in page
    assert "指摘していない変更はありません。" in page
    assert "市民の安全を守ります。" not in page


def test_an_untouched_remark_and_an_unasked_change_are_named(cast, handed_in, office):
    remarked(handed_in, cast, section=Section.objects.get(path="1-2"), body="数字を足して。")
    decide(office, "return", handed_in, reason="理由")
    bring_back(handed_in, cast, body="頼まれていない書換え。")

    page = " ".join(office.get(at("review")).content.decode().split())

    assert "変更なし" in page
    assert '<strong class="alert">1件</strong>は変わっていません' in page
    assert "指摘していない変更が1か所" in page
    assert "1(1) 部の方針" in page


def test_the_whole_text_stays_one_click_away(cast, handed_in, office):
    remarked(handed_in, cast)
    decide(office, "return", handed_in, reason="理由")
    bring_back(handed_in, cast, body="書き直しました。")

    page = office.get(at("review"), {"view": "full"}).content.decode()

    assert "市民の安全を守ります。" in page


def test_a_withdrawal_does_not_hide_what_changed_since_the_return(cast, handed_in, office):
    remarked(handed_in, cast, section=Section.objects.get(path="1-1"))
    decide(office, "return", handed_in, reason="理由")
    bring_back(
        handed_in, cast, body="公用車の電動化を6月までに進めます。電気使用量を毎月公表します。"
    )
    reviews.withdraw(paper=stored(handed_in), by=Actor(cast.head))
    bring_back(handed_in, cast)

    page = office.get(at("review")).content.decode()

    assert "総務部　3回目の審査" in page
    assert "変更あり" in page


def test_a_paper_that_was_withdrawn_and_not_returned_is_shown_whole(cast, handed_in, office):
    reviews.withdraw(paper=stored(handed_in), by=Actor(cast.head))
    bring_back(handed_in, cast, body="書き直しました。")

    page = office.get(at("review")).content.decode()

    assert "変わったところだけ" not in page
    assert "市民の安全を守ります。" in page


def test_a_verdict_settles_and_can_be_taken_back(cast, handed_in, office):
    remark = remarked(handed_in, cast)
    decide(office, "return", handed_in, reason="理由")
    bring_back(handed_in, cast, body="書き直しました。")

    answer = office.post(at("settle"), {"remark": remark.pk, "verdict": "settled"})
    remark.refresh_from_db()
    settled_by = remark.settled_by
    page = office.get(at("review")).content.decode()
    office.post(at("settle"), {"remark": remark.pk, "verdict": "again"})
    remark.refresh_from_db()

    assert answer.url == f"{at('review')}#remark-{remark.pk}"
    assert settled_by == cast.office
    assert "解決" in page
    assert (remark.settled_by, remark.settled_at) == (None, None)


def test_no_verdict_while_the_department_writes(cast, handed_in, office):
    remark = remarked(handed_in, cast)
    decide(office, "return", handed_in, reason="理由")

    answer = office.post(at("settle"), {"remark": remark.pk, "verdict": "settled"})

    assert answer.status_code == 409
    assert "部が直している間は、判定できません。" in answer.content.decode()


def test_a_remark_left_open_is_asked_again(cast, handed_in, office):
    remarked(handed_in, cast, body="まだ足りません。")
    decide(office, "return", handed_in, reason="理由")
    bring_back(handed_in, cast, body="書き直しました。")

    page = office.get(at("return")).content.decode()
    decide(office, "return", handed_in, reason="もう一度")

    assert "もう一度求めます" in page
    assert stored(handed_in).status == Status.RETURNED


@pytest.mark.parametrize("verdict", [{}, {"verdict": "perhaps"}, {"remark": 10**30}])
def test_a_verdict_that_is_none_is_a_bad_request(handed_in, office, verdict):
    assert (
        office.post(at("settle"), {"remark": 1, "verdict": "settled", **verdict}).status_code == 400
    )


def test_the_review_asks_as_often_for_many_remarks_as_for_one(
    cast, handed_in, office, django_assert_num_queries
):
    section = Section.objects.get(path="1-1")
    remarked(handed_in, cast, section=section)
    office.get(at("review"))
    with django_assert_num_queries(REVIEW_QUERIES):
        office.get(at("review"))
    for _ in range(3):
        remarked(handed_in, cast, section=section)
        remarked(handed_in, cast, goal=handed_in.goals.get())
    with django_assert_num_queries(REVIEW_QUERIES):
        office.get(at("review"))


def test_the_second_review_has_a_fixed_number_of_queries(
    cast, handed_in, office, django_assert_num_queries
):
    for body in ("一つめ", "二つめ", "三つめ"):
        remarked(handed_in, cast, body=body, section=Section.objects.get(path="1-1"))
    decide(office, "return", handed_in, reason="理由")
    bring_back(handed_in, cast, body="書き直しました。")
    office.get(at("review"))
    with django_assert_num_queries(ROUND_QUERIES):
        office.get(at("review"))


def test_the_department_does_not_see_verdicts_in_its_history(cast, handed_in, office, client_of):
    remark = remarked(handed_in, cast, body="足りない数字の指摘")
    decide(office, "return", handed_in, reason="理由")
    bring_back(handed_in, cast, body="書き直しました。")
    for verdict in ("settled", "again"):
        office.post(at("settle"), {"remark": remark.pk, "verdict": verdict})

    head = client_of(cast.head).get(at("history")).content.decode()
    reviewer = office.get(at("history")).content.decode()

    assert ("指摘を解決" in head, "指摘の解決を取消し" in head) == (False, False)
    assert ("指摘を解決" in reviewer, "指摘の解決を取消し" in reviewer) == (True, True)
