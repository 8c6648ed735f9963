"""A 課長 writes the goals that his 課 leads, and nothing else of the paper."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.audit import Actor
from core.models import AuditEvent
from core.permissions import Permission, Post, Refused
from core.workflow import Status
from departments.models import Department, Division, User
from departments.queries import authority
from goals.actions import goals as actions
from goals.models import Goal, KeptText, OperatingPolicy, Remark
from goals.queries import goal_on
from home.queries import agenda
from home.rights import rights_of, rights_on
from tests.factories import (
    AppointmentFactory,
    DivisionFactory,
    GoalFactory,
    IndicatorFactory,
    OperatingPolicyFactory,
    UserFactory,
    jst,
)

SignIn = Callable[[User], Client]
PAGE = "/papers/2023/somu/"
NEW = f"{PAGE}goals/new/"
COPY = f"{PAGE}goals/copy/"
SENTENCE = "あなたが書けるのは、防災安全課が主管する組織目標です。"


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def typed(**fields: object) -> dict[str, object]:
    """The least that a browser sends."""
    rows = {"indicators-TOTAL_FORMS": "0", "indicators-INITIAL_FORMS": "0"}
    return {"title": "訓練を毎月行う", "kind": "new", "version": "0", **rows, **fields}


def place(goal: Goal) -> str:
    return f"{PAGE}goals/{goal.pk}/"


@pytest.fixture
def bosai(cast: SimpleNamespace) -> Division:
    return cast.chief.appointments.get().division


@pytest.fixture
def somuka(somu: Department) -> Division:
    return DivisionFactory(department=somu, code="somuka", name="総務課")


@pytest.fixture
def chief(cast: SimpleNamespace, client_of: SignIn) -> Client:
    return client_of(cast.chief)


@pytest.fixture
def own(paper: OperatingPolicy, bosai: Division) -> Goal:
    return GoalFactory(paper=paper, title="避難所を開ける", lead_division=bosai, order=1)


@pytest.fixture
def foreign(paper: OperatingPolicy, somuka: Division) -> Goal:
    return GoalFactory(paper=paper, title="紙を半分にする", lead_division=somuka, order=2)


@pytest.fixture
def nobodys(paper: OperatingPolicy) -> Goal:
    return GoalFactory(paper=paper, title="まだ主管のない目標", order=3)


# What he writes


def test_he_adds_a_goal_that_his_division_leads(
    chief: Client, paper: OperatingPolicy, bosai: Division, somuka: Division
) -> None:
    form = chief.get(NEW).context["form"]
    assert list(form.fields["lead_division"].choices) == [(bosai.pk, "防災安全課")]
    answer = chief.post(NEW, typed(lead_division=bosai.pk))
    stored = Goal.objects.get()
    assert answer.headers["Location"] == f"{PAGE}#goal-{stored.pk}"
    assert stored.lead_division == bosai


def test_he_edits_and_takes_off_a_goal_of_his_division(
    chief: Client, own: Goal, bosai: Division
) -> None:
    chief.post(place(own), typed(version="1", lead_division=bosai.pk))
    stored = Goal.objects.get()
    assert (stored.title, stored.version) == ("訓練を毎月行う", 2)
    chief.post(f"{place(own)}remove/", {"version": "2"})
    assert Goal.objects.get().is_removed


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("way", ["", "remove/"])
def test_a_goal_that_is_not_his_is_as_one_that_is_not_there(
    chief: Client, own: Goal, foreign: Goal, nobodys: Goal, method: str, way: str
) -> None:
    ask = getattr(chief, method)
    sent = [typed(version="1", lead_division=own.lead_division_id)] if method == "post" else []
    answers = [ask(f"{PAGE}goals/{pk}/{way}", *sent) for pk in (foreign.pk, nobodys.pk, 999_999)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_tokens(answer) for answer in answers}) == 1
    assert set(Goal.objects.values_list("version", "is_removed")) == {(1, False)}


def without_tokens(answer: HttpResponse) -> str:
    lines = text_of(answer).splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize("lead", ["another", "none"])
def test_a_forged_division_is_refused_by_the_form(
    chief: Client, own: Goal, somuka: Division, lead: str
) -> None:
    forged = {"lead_division": somuka.pk} if lead == "another" else {}
    for where, version in ((NEW, "0"), (place(own), "1")):
        answer = chief.post(where, typed(version=version, **forged))
        assert answer.status_code == 200
        assert "lead_division" in answer.context["form"].errors
    assert [(goal.title, goal.version) for goal in Goal.objects.all()] == [("避難所を開ける", 1)]


@pytest.mark.parametrize("lead", ["another", "none"])
def test_what_gets_past_the_form_is_refused_by_the_rule(
    cast: SimpleNamespace, own: Goal, foreign: Goal, lead: str
) -> None:
    by = Actor(user=cast.chief)
    values = {
        "title": "横取り",
        "lead_division": foreign.lead_division if lead == "another" else None,
    }
    both = ((None, 0), (own, 1))
    for goal, version in both:
        with pytest.raises(Refused):
            actions.save_goal(
                paper=own.paper, goal=goal, version=version, values=values, indicators=[], by=by
            )
    assert list(Goal.objects.values_list("title", flat=True)) == [
        "避難所を開ける",
        "紙を半分にする",
    ]


def test_another_divisions_goal_is_not_taken_over_by_an_action_or_a_key(
    cast: SimpleNamespace, chief: Client, own: Goal, foreign: Goal, bosai: Division
) -> None:
    by = Actor(user=cast.chief)
    values = {"title": "横取り", "lead_division": bosai}
    with pytest.raises(Refused):
        actions.save_goal(
            paper=own.paper, goal=foreign, version=1, values=values, indicators=[], by=by
        )
    with pytest.raises(Refused):
        actions.remove_goal(goal=foreign, version=1, by=by)
    Goal.objects.filter(pk=foreign.pk).update(key=(key := uuid4()))
    assert chief.post(NEW, typed(key=str(key), lead_division=bosai.pk)).status_code == 403
    foreign.refresh_from_db()
    assert (foreign.title, foreign.version, foreign.is_removed) == ("紙を半分にする", 1, False)


def test_who_saves_after_the_goal_went_to_another_division_is_told_and_loses_nothing(
    cast: SimpleNamespace, chief: Client, own: Goal, foreign: Goal, bosai: Division
) -> None:
    Goal.objects.filter(pk=foreign.pk).update(key=(key := uuid4()), version=2)
    answer = chief.post(NEW, typed(key=str(key), lead_division=bosai.pk))
    assert answer.status_code == 409
    assert "この目標は、ほかの課の目標になりました。" in text_of(answer)
    assert KeptText.objects.get().content["title"] == "訓練を毎月行う"
    assert "訓練を毎月行う" in text_of(chief.get(f"{PAGE}conflicts/"))


@pytest.mark.parametrize(
    "way", ["basics/", "projects/", "responses/1-1/", "submit/", "withdraw/", "amendment/"]
)
def test_the_rest_of_the_paper_is_not_written_by_him(chief: Client, own: Goal, way: str) -> None:
    assert chief.post(f"{PAGE}{way}", {"body": "横から", "version": "0"}).status_code in {403, 404}
    assert OperatingPolicy.objects.get().edits == 0


def test_the_order_of_goals_is_not_his(chief: Client, own: Goal, foreign: Goal) -> None:
    assert chief.post(f"{place(own)}move/", {"step": "1"}).status_code == 403
    assert [goal.pk for goal in Goal.objects.order_by("order")] == [own.pk, foreign.pk]


@pytest.fixture
def remark(paper: OperatingPolicy, cast: SimpleNamespace) -> Callable[..., Remark]:
    def made(**on: object) -> Remark:
        at = jst(2023, 3, 27)
        return Remark.objects.create(
            paper=paper, body="時期を", made_by=cast.office, made_at=at, told_at=at, **on
        )

    return made


def test_he_answers_remarks_on_his_goals_alone(
    chief: Client, own: Goal, foreign: Goal, remark: Callable[..., Remark]
) -> None:
    mine, others, whole = remark(goal=own), remark(goal=foreign), remark()
    sent = {"answer": "5月に行います。", "seen": ""}
    statuses = [
        chief.post(f"{PAGE}remarks/{row.pk}/", sent).status_code for row in (mine, others, whole)
    ]
    assert statuses == [302, 404, 404]
    assert [row.answer for row in Remark.objects.order_by("pk")] == ["5月に行います。", "", ""]


def test_of_the_texts_that_were_not_saved_he_sees_those_on_his_goals_and_his_own(
    cast: SimpleNamespace, chief: Client, own: Goal, foreign: Goal
) -> None:
    now = jst(2023, 3, 27)
    for part, writer in (
        (f"goal/{own.pk}", cast.head),
        (f"goal/{foreign.pk}", cast.head),
        ("basics", cast.drafter),
        ("goal/new", cast.chief),
    ):
        KeptText.objects.create(
            paper=own.paper,
            part=part,
            label=f"箇所{part}",
            content={"title": "書いた文"},
            written_by=writer,
            written_at=now,
            shared_at=now,
        )
    page = chief.get(f"{PAGE}conflicts/")
    assert {row["draft"].part for row in page.context["drafts"]} == {f"goal/{own.pk}", "goal/new"}


# What he sees


def test_the_page_says_what_he_writes_and_offers_nothing_else(
    chief: Client, own: Goal, foreign: Goal, remark: Callable[..., Remark]
) -> None:
    mine, others = remark(goal=own), remark(goal=foreign)
    page = text_of(chief.get(PAGE))
    assert page.count(SENTENCE) == 1
    assert (foreign.title in page, "紙を半分にする" in page) == (True, True)
    offered = {
        address: f'href="{address}' in page
        for address in (
            place(own),
            f"{place(own)}remove/",
            f"{PAGE}remarks/{mine.pk}/",
            NEW,
            place(foreign),
            f"{place(foreign)}remove/",
            f"{PAGE}remarks/{others.pk}/",
            f"{PAGE}basics/",
            f"{PAGE}submit/",
            f"{PAGE}responses/",
        )
    }
    assert [address for address, is_there in offered.items() if is_there] == list(offered)[:4]
    assert "/move/" not in page


def test_the_next_step_is_his_first_goal_that_lacks_something_else_a_new_one(
    chief: Client, own: Goal, foreign: Goal
) -> None:
    page = chief.get(PAGE)
    assert page.context["page"].next_goal.goal == own
    assert f'<a class="button button--main" href="{place(own)}">目標1を書き足す</a>' in text_of(
        page
    )
    IndicatorFactory(goal=own)
    Goal.objects.filter(pk=own.pk).update(is_own=True)
    page = text_of(chief.get(PAGE))
    assert f'<a class="button button--main" href="{NEW}">目標を加える</a>' in page
    assert "防災安全課の組織目標は、すべて記入済みです" in page


def test_what_his_own_goals_lack_comes_first_in_the_list(
    chief: Client, nobodys: Goal, foreign: Goal, own: Goal
) -> None:
    page = chief.get(PAGE).context["page"]
    assert {missing.anchor for missing in page.first_missing} == {f"goal-{own.pk}"}
    assert {missing.anchor for missing in page.more_missing} >= {f"goal-{foreign.pk}", "basics"}


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.RECEIVED, Status.FINALISED])
def test_at_the_office_he_reads_and_is_told_whom_to_ask(
    chief: Client, own: Goal, status: Status
) -> None:
    OperatingPolicy.objects.update(status=status)
    page = text_of(chief.get(PAGE))
    assert "いまは書けません。直したいときは、部長へ相談してください。" in page
    assert (f'href="{place(own)}"' in page, f'href="{NEW}"' in page) == (False, False)
    assert chief.get(place(own)).status_code == 409


def test_the_page_asks_as_often_for_one_goal_as_for_many(chief: Client, own: Goal) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert chief.get(PAGE).status_code == 200
        return len(queries)

    count()
    once = count()
    for _ in range(3):
        GoalFactory(paper=own.paper, lead_division=own.lead_division)
    assert count() == once


def test_a_goal_knows_its_paper_without_asking(own: Goal) -> None:
    goal = goal_on(own.paper, own.pk)
    with CaptureQueriesContext(connection) as queries:
        assert goal.target.division_id == own.lead_division_id
    assert len(queries) == 0


def test_his_home_page_counts_the_goals_of_his_division_and_what_they_lack(
    cast: SimpleNamespace, own: Goal, foreign: Goal, remark: Callable[..., Remark]
) -> None:
    task = agenda(cast.chief, 2023).lead
    assert task is not None
    assert (task.title, task.url) == ("防災安全課の組織目標を書く", PAGE)
    assert [(f.label, f.figure) for f in task.counts] == [
        ("組織目標", "1"),
        ("未記入の箇所", "2"),
        ("返事のない指摘", "0"),
    ]
    remark(goal=own)
    remark(goal=foreign)
    task = agenda(cast.chief, 2023).lead
    assert task is not None
    assert task.title == "防災安全課の組織目標を直す"
    assert task.hint == "返事をしていない指摘が1件あります"


def test_after_submission_his_home_page_leads_on(
    cast: SimpleNamespace, client_of: SignIn, own: Goal
) -> None:
    OperatingPolicy.objects.update(status=Status.SUBMITTED)
    found = agenda(cast.chief, 2023)
    assert [(task.verb, task.url) for task in found.waiting] == [("様子を見る", PAGE)]
    OperatingPolicy.objects.update(status=Status.RECEIVED)
    assert [task.verb for task in agenda(cast.chief, 2023).tasks] == ["面談資料を見る"]


# Last year's goals


def test_he_copies_only_what_his_division_goes_on_with(
    cast: SimpleNamespace, client_of: SignIn, chief: Client, own: Goal, somuka: Division
) -> None:
    bosai = own.lead_division
    earlier = DivisionFactory(department=own.paper.department, name="防災課", last_year=2022)
    earlier.successors.add(bosai)
    last = OperatingPolicyFactory(department=own.paper.department, year=2022)
    led = {"訓練": bosai, "備蓄": earlier, "文書": somuka, "なし": None}
    old = {
        title: GoalFactory(paper=last, title=title, lead_division=division)
        for title, division in led.items()
    }
    page = chief.get(COPY)
    shown = [row["goal"].title for group in page.context["groups"] for row in group["rows"]]
    assert sorted(shown) == ["備蓄", "訓練"]
    assert chief.post(COPY, {"goals": [old["文書"].pk]}).status_code == 200
    chief.post(COPY, {"goals": [old["訓練"].pk, old["備蓄"].pk]})
    copied = Goal.objects.filter(paper=own.paper).exclude(pk=own.pk)
    assert {(goal.title, goal.lead_division) for goal in copied} == {
        ("訓練", bosai),
        ("備蓄", bosai),
    }


def test_last_years_goal_of_another_division_is_not_copied_by_an_action(
    cast: SimpleNamespace, own: Goal, somuka: Division
) -> None:
    last = OperatingPolicyFactory(department=own.paper.department, year=2022)
    GoalFactory(paper=last, title="文書", lead_division=somuka)
    with pytest.raises(Refused):
        actions.copy_goals(paper=own.paper, sources=[last], by=Actor(user=cast.chief))
    assert Goal.objects.filter(paper=own.paper).get() == own


# Several posts, several heads


def test_a_chief_of_two_divisions_chooses_which_one_leads(
    cast: SimpleNamespace, chief: Client, own: Goal, foreign: Goal, somuka: Division
) -> None:
    AppointmentFactory(
        user=cast.chief,
        post=Post.CHIEF,
        title="総務課長（兼務）",
        department=own.paper.department,
        division=somuka,
    )
    page = text_of(chief.get(PAGE))
    assert "あなたが書けるのは、防災安全課・総務課が主管する組織目標です。" in page
    chief.post(place(own), typed(version="1", lead_division=somuka.pk))
    own.refresh_from_db()
    assert own.lead_division == somuka
    task = agenda(cast.chief, 2023).lead
    assert task is not None
    assert task.title == "防災安全課・総務課の組織目標を書く"
    assert task.counts[0].figure == "2"


def test_a_chief_who_stands_in_for_the_head_writes_the_whole_paper(
    cast: SimpleNamespace, chief: Client, own: Goal, foreign: Goal, nobodys: Goal
) -> None:
    AppointmentFactory(
        user=cast.chief,
        title="総務部長職務代理",
        department=own.paper.department,
        standing_in_for=cast.head,
    )
    page = text_of(chief.get(PAGE))
    assert "あなたが書けるのは" not in page
    assert f'href="{PAGE}submit/"' in page
    for goal in (own, foreign):
        lead = goal.lead_division_id
        chief.post(place(goal), typed(title=f"新{goal.pk}", version="1", lead_division=lead))
    lines = AuditEvent.objects.filter(verb="goal.save").order_by("pk")
    assert [line.standing_in_for for line in lines] == [None, cast.head]
    task = agenda(cast.chief, 2023).lead
    assert task is not None
    assert task.title == "令和5年度 総務部の運営方針を書く"


def test_a_head_who_is_chief_elsewhere_writes_one_paper_and_some_goals_of_the_other(
    cast: SimpleNamespace, client_of: SignIn, own: Goal, foreign: Goal, kenko: Department
) -> None:
    head = UserFactory()
    AppointmentFactory(user=head, department=kenko, title="健康部長")
    AppointmentFactory(
        user=head,
        post=Post.CHIEF,
        title="防災安全課長（兼務）",
        department=own.paper.department,
        division=own.lead_division,
    )
    OperatingPolicyFactory(department=kenko)
    client = client_of(head)
    assert client.get("/papers/2023/kenko/basics/").status_code == 200
    assert client.get(f"{PAGE}basics/").status_code == 404
    assert client.get(place(own)).status_code == 200
    assert client.get(place(foreign)).status_code == 404
    assert {task.title for task in agenda(head, 2023).tasks} == {
        "令和5年度 健康部の運営方針を書く",
        "防災安全課の組織目標を書く",
    }
    page = text_of(client.get("/"))
    assert ("運営方針書（総務部）" in page, "運営方針書（健康部）" in page) == (True, True)


def test_two_heads_see_and_write_one_paper_at_once(
    cast: SimpleNamespace, client_of: SignIn, own: Goal
) -> None:
    second = UserFactory(name="担当部長 丹羽")
    AppointmentFactory(user=second, department=own.paper.department, title="デジタル担当部長")
    one, two = client_of(cast.head), client_of(second)
    pages = [text_of(client.get(PAGE)) for client in (one, two)]
    assert [page.count("デジタル担当部長") > 0 for page in pages] == [True, True]
    say = {"version": 0, "body": "進めます。"}
    assert one.post(f"{PAGE}responses/1-1/", say).status_code == 302
    assert two.post(f"{PAGE}responses/1-2/", say).status_code == 302
    clash = two.post(f"{PAGE}responses/1-1/", {"version": 0, "body": "止めます。"})
    assert clash.status_code == 409
    assert ("進めます。" in text_of(clash), "止めます。" in text_of(clash)) == (True, True)
    assert {agenda(user, 2023).lead.title for user in (cast.head, second)} == {
        "令和5年度 総務部の運営方針を書く"
    }


def test_from_the_announcement_the_coming_chief_writes_next_years_goals_and_not_this_years(
    cast: SimpleNamespace, client_of: SignIn, own: Goal
) -> None:
    coming = UserFactory()
    AppointmentFactory(
        user=coming,
        post=Post.CHIEF,
        title="防災安全課長",
        department=own.paper.department,
        division=own.lead_division,
        incoming=True,
    )
    last = OperatingPolicyFactory(department=own.paper.department, year=2022)
    old = GoalFactory(paper=last, lead_division=own.lead_division)
    write = Permission.WRITE_GOAL
    assert authority(coming, write, own.target, year=2023).title == "防災安全課長"
    with pytest.raises(Refused):
        authority(coming, write, old.target, year=2022)


# The pages of rights


def test_rights_are_told_by_the_name_of_the_division(cast: SimpleNamespace, own: Goal) -> None:
    day = dt.date(2023, 3, 28)
    told = {row.permission: row.grants for row in rights_of(cast.chief, day).rows}
    assert [grant.reach for grant in told[Permission.WRITE_GOAL]] == ["令和5年度まで：防災安全課"]
    assert told[Permission.WRITE_PAPER] == []
    rights = rights_on(2023, own.paper.department, day)
    row = next(row for row in rights.concerned if row.user == cast.chief)
    assert [cell["label"] for cell in row.cells if cell["is_allowed"]] == ["読む", "組織目標を書く"]
    assert row.whys == [
        "令和4年4月1日から防災安全課長のため（令和4年3月24日に内示、自分の部・防災安全課の組織目標）"
    ]
