"""A form that arrives after its writer's post has ended: refused with the reason, kept, handed on."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from core.audit import Actor
from core.models import AuditEvent
from core.permissions import Post
from core.workflow import NotNow
from departments.models import Appointment, Department, User
from goals.actions import late
from goals.late import LONGEST
from goals.models import Goal, KeptText, OperatingPolicy, Remark, Response
from policies.models import Section
from tests.factories import (
    PASSWORD,
    AppointmentFactory,
    CycleFactory,
    DivisionFactory,
    GoalFactory,
    OperatingPolicyFactory,
    ProjectFactory,
    ResponseFactory,
    UserFactory,
    jst,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
APRIL = dt.date(2023, 4, 1)
OWN = "/papers/kept/"
OF_2022 = "/papers/2022/kenko/"
OF_2023 = "/papers/2023/kenko/"
REASON = "4月1日から健康部長ではなくなったため、保存できませんでした。"
HALF = "健診の受診率を、地区ご"


@pytest.fixture
def papers(kenko: Department, cast: SimpleNamespace) -> dict[int, OperatingPolicy]:
    """健康部's papers of the year that ends and of the next."""
    for year in (2022, 2023):
        CycleFactory(year=year)
        policy_with_items(year)
    return {
        year: OperatingPolicyFactory(department=kenko, year=year, filled=True)
        for year in (2022, 2023)
    }


@pytest.fixture
def april(papers: dict[int, OperatingPolicy], settings: SimpleNamespace) -> None:
    settings.DEMO_TODAY = APRIL


@pytest.fixture
def outgoing(cast: SimpleNamespace, client_of: SignIn) -> Client:
    return client_of(cast.other_head)


@pytest.fixture
def successor(cast: SimpleNamespace, client_of: SignIn) -> Client:
    return client_of(cast.incoming_head)


def send(client: Client, to: str = OF_2022, **typed: object) -> HttpResponse:
    return client.post(f"{to}responses/1-1/", {"body": HALF, "version": 0, **typed})


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


# Refused with the reason, and kept


def test_after_midnight_the_text_is_refused_with_the_reason_and_kept(
    april: None, outgoing: Client, cast: SimpleNamespace
) -> None:
    answer = send(outgoing)
    assert answer.status_code == 403
    assert REASON in text_of(answer)
    assert HALF in text_of(answer)
    assert 'value="share">後任へ渡す' in text_of(answer)
    kept = KeptText.objects.get()
    assert (kept.part, kept.label, kept.reason, kept.shared_at) == (
        "response/1-1",
        "1(1) 部の方針",
        "late",
        None,
    )
    assert kept.content == {"body": HALF, "is_not_applicable": False}
    assert kept.written_by == cast.other_head
    assert not Response.objects.exists()


def test_before_midnight_the_same_text_is_saved(
    papers: dict[int, OperatingPolicy], outgoing: Client
) -> None:
    assert send(outgoing).status_code == 302
    assert (Response.objects.get().body, KeptText.objects.count()) == (HALF, 0)


def test_on_the_day_of_the_announcement_next_years_half_typed_text_is_kept_too(
    papers: dict[int, OperatingPolicy], outgoing: Client, settings: SimpleNamespace
) -> None:
    settings.DEMO_TODAY = dt.date(2023, 3, 23)
    assert send(outgoing, OF_2023, body="前日の文").status_code == 302
    settings.DEMO_TODAY = dt.date(2023, 3, 24)
    answer = send(outgoing, OF_2023, version=1)
    assert answer.status_code == 403
    assert "4月1日から健康部長ではなくなるため、保存できませんでした。" in text_of(answer)
    assert [kept.content["body"] for kept in KeptText.objects.all()] == [HALF]
    assert Response.objects.get().body == "前日の文"


def test_an_autosave_is_answered_beside_the_field(april: None, outgoing: Client) -> None:
    headers = {"HX-Request": "true"}
    answer = outgoing.post(
        f"{OF_2022}responses/1-1/", {"body": HALF, "version": 0}, headers=headers
    )
    assert answer.status_code == 403
    assert (
        text_of(answer).split("#}")[-1].strip().startswith('<div class="pair__state" id="note-1-1"')
    )
    assert REASON in text_of(answer)
    assert f'{OWN}#text-{KeptText.objects.get().pk}"' in text_of(answer)


def test_later_autosaves_update_the_one_text_of_the_part(april: None, outgoing: Client) -> None:
    for body in (HALF, f"{HALF}とに", f"{HALF}とに"):
        send(outgoing, body=body)
    send(outgoing, body="別の項")
    outgoing.post(f"{OF_2022}responses/1-2/", {"body": "別の項です", "version": 0})
    assert list(KeptText.objects.order_by("part").values_list("part", flat=True)) == [
        "response/1-1",
        "response/1-2",
    ]
    assert KeptText.objects.get(part="response/1-1").content["body"] == "別の項"
    assert AuditEvent.objects.filter(verb="refused").count() == 5


def test_the_audit_trail_tells_no_word_of_a_text_before_it_is_handed_over(
    april: None, outgoing: Client
) -> None:
    send(outgoing)
    line = AuditEvent.objects.get()
    assert (line.verb, line.label, line.subject) == ("refused", f"{OF_2022}responses/1-1/", "")
    assert line.after == {"sentence": REASON, "part": "response/1-1"}


# Every form in which something is typed


def test_the_papers_own_fields_are_kept(april: None, outgoing: Client) -> None:
    typed = {"mission": "使命の途中", "situation": "", "staff": "7人くらい", "version": 1}
    answer = outgoing.post(f"{OF_2022}basics/", typed)
    kept = KeptText.objects.get()
    assert answer.status_code == 403
    assert (kept.part, kept.content["mission"]) == ("basics", "使命の途中")
    assert kept.content["staff"] == "7人くらい"
    assert "7人くらい" in text_of(answer)


GOAL = {
    "title": "",
    "standard": "受診率を5割に",
    "kind": "expand",
    "method": "地区を回る",
    "version": 0,
    "key": "11111111-1111-4111-8111-111111111111",
    "indicators-TOTAL_FORMS": "2",
    "indicators-INITIAL_FORMS": "0",
    "indicators-0-name": "受診率",
    "indicators-0-unit": "",
    "indicators-0-kind": "outcome",
    "indicators-1-kind": "outcome",
}


def test_a_new_goal_is_kept_with_its_indicators_though_it_is_not_finished(
    april: None, outgoing: Client
) -> None:
    outgoing.post(f"{OF_2022}goals/new/", GOAL)
    outgoing.post(f"{OF_2022}goals/new/", {**GOAL, "key": "22222222-2222-4222-8222-222222222222"})
    first = KeptText.objects.get(part=f"goal/new/{GOAL['key']}")
    assert KeptText.objects.count() == 2
    assert first.content["standard"] == "受診率を5割に"
    assert [row["name"] for row in first.content["indicators"]] == ["受診率"]
    assert not Goal.objects.exists()


def test_an_edited_goal_is_kept(
    april: None, papers: dict[int, OperatingPolicy], outgoing: Client
) -> None:
    goal = GoalFactory(paper=papers[2022], title="元の目標")
    outgoing.post(f"{OF_2022}goals/{goal.pk}/", {**GOAL, "title": "直した目標", "version": 1})
    kept = KeptText.objects.get()
    assert (kept.part, kept.label) == (f"goal/{goal.pk}", "目標「直した目標」")
    goal.refresh_from_db()
    assert goal.title == "元の目標"


def test_an_answer_to_a_remark_is_kept(
    april: None, papers: dict[int, OperatingPolicy], outgoing: Client, cast: SimpleNamespace
) -> None:
    remark = remark_on(papers[2022], cast)
    outgoing.post(f"{OF_2022}remarks/{remark.pk}/", {"answer": "直しま", "seen": ""})
    kept = KeptText.objects.get()
    assert (kept.part, kept.content) == (f"remark/{remark.pk}", {"answer": "直しま"})


def remark_on(paper: OperatingPolicy, cast: SimpleNamespace) -> Remark:
    return Remark.objects.create(
        paper=paper,
        body="時期を書いてください。",
        made_by=cast.office,
        made_at=jst(2023, 3, 27),
        told_at=jst(2023, 3, 27),
    )


def test_what_was_ticked_is_kept_by_name(
    april: None, papers: dict[int, OperatingPolicy], outgoing: Client
) -> None:
    project = ProjectFactory(speech__year=2022, short_name="健診")
    outgoing.post(f"{OF_2022}projects/", {"projects": [project.pk]})
    assert KeptText.objects.get().content == {"projects": [project.name]}


def test_a_chief_keeps_the_goal_of_the_division_that_he_left(
    papers: dict[int, OperatingPolicy],
    kenko: Department,
    client_of: SignIn,
    settings: SimpleNamespace,
) -> None:
    old, new = (DivisionFactory(department=kenko) for _ in range(2))
    chief = UserFactory()
    fields = {"user": chief, "post": Post.CHIEF, "department": kenko}
    AppointmentFactory(ended=True, title="健診課長", division=old, **fields)
    AppointmentFactory(incoming=True, title="予防課長", division=new, **fields)
    goal = GoalFactory(paper=papers[2022], lead_division=old)
    foreign = GoalFactory(paper=papers[2022], lead_division=DivisionFactory(department=kenko))
    settings.DEMO_TODAY = APRIL
    client = client_of(chief)
    answer = client.post(f"{OF_2022}goals/{goal.pk}/", {**GOAL, "title": "途中"})
    assert "4月1日から健診課長ではなくなったため" in text_of(answer)
    assert client.post(f"{OF_2022}goals/{foreign.pk}/", GOAL).status_code == 404
    assert [kept.part for kept in KeptText.objects.all()] == [f"goal/{goal.pk}"]


# What is not kept


def test_a_text_over_the_limit_is_shown_whole_and_said_not_to_be_kept(
    april: None, outgoing: Client
) -> None:
    long = "長" * 801
    answer = send(outgoing, body=long)
    assert (answer.status_code, KeptText.objects.count()) == (403, 0)
    assert long in text_of(answer)
    assert "800字以内で入力してください。いまは801字です。" in text_of(answer)


def test_a_form_far_too_large_is_not_kept(april: None, outgoing: Client) -> None:
    outgoing.post(f"{OF_2022}goals/new/", {**GOAL, "indicators-0-other": "長" * LONGEST})
    assert not KeptText.objects.exists()


def test_a_form_without_a_word_leaves_nothing(april: None, outgoing: Client) -> None:
    assert send(outgoing, body="").status_code == 403
    assert not KeptText.objects.exists()


def test_a_form_without_text_is_refused_with_the_reason(april: None, outgoing: Client) -> None:
    answer = outgoing.post(f"{OF_2022}submit/", {"edits": 0})
    assert answer.status_code == 403
    assert "4月1日から健康部長ではなくなったため、この操作はできませんでした。" in text_of(answer)
    assert not KeptText.objects.exists()


# Nobody else learns of anything


@pytest.fixture
def answers_of(papers: dict[int, OperatingPolicy], client_of: SignIn) -> Callable[[User], list]:
    """What somebody gets for forms to 健康部's papers, with this middleware or without."""

    def ask(user: User) -> list[tuple[int, bytes]]:
        client = client_of(user)
        where = [f"{OF_2022}{path}" for path in ("responses/1-1/", "basics/", "goals/new/", "no/")]
        answers = [client.post(path, {"body": HALF, "version": 0}) for path in where]
        return [(answer.status_code, answer.content) for answer in answers]

    return ask


@pytest.mark.parametrize("person", ["head", "drafter", "mayor", "office", "viewer", "nobody"])
def test_whoever_lost_no_post_there_gets_the_answer_of_always(
    person: str,
    answers_of: Callable[[User], list],
    cast: SimpleNamespace,
    settings: SimpleNamespace,
) -> None:
    settings.DEMO_TODAY = APRIL
    with_it = answers_of(getattr(cast, person))
    assert {status for status, _ in with_it} <= {403, 404}
    settings.MIDDLEWARE = [
        name for name in django_settings.MIDDLEWARE if name != "goals.middleware.LateText"
    ]
    assert answers_of(getattr(cast, person)) == with_it
    assert not KeptText.objects.exists()


def test_when_the_days_of_the_handover_are_over_the_answer_is_that_of_always(
    papers: dict[int, OperatingPolicy], outgoing: Client, settings: SimpleNamespace
) -> None:
    settings.DEMO_TODAY = dt.date(2023, 4, 10)
    assert send(outgoing).status_code == 403
    assert KeptText.objects.count() == 1
    settings.DEMO_TODAY = dt.date(2023, 4, 11)
    answer = send(outgoing, body="遅すぎる文")
    assert REASON not in text_of(answer)
    assert KeptText.objects.get().content["body"] == HALF


def test_an_unannounced_end_takes_nothing_away(
    papers: dict[int, OperatingPolicy], outgoing: Client, settings: SimpleNamespace
) -> None:
    Appointment.objects.filter(title="健康部長", ends_on__isnull=False).update(
        end_announced_on=dt.date(2023, 4, 5)
    )
    settings.DEMO_TODAY = APRIL
    assert send(outgoing).status_code == 302
    assert Response.objects.get().body == HALF


def test_a_paper_that_is_not_there_is_not_there(april: None, outgoing: Client) -> None:
    assert outgoing.post("/papers/2022/nai/responses/1-1/", {"body": HALF}).status_code == 403
    assert outgoing.post(f"{OF_2022}responses/9-9/", {"body": HALF}).status_code == 403
    assert outgoing.post(f"{OF_2022}goals/9999/", GOAL).status_code == 403
    assert not KeptText.objects.exists()


def test_whoever_still_writes_by_another_post_is_refused_as_always(
    april: None, kenko: Department, cast: SimpleNamespace, outgoing: Client
) -> None:
    """There is no paper of 2021 to copy from: that is no matter of posts."""
    AppointmentFactory(user=cast.other_head, department=kenko, post=Post.DRAFTER, title="担当")
    answer = outgoing.post(f"{OF_2022}goals/copy/", {"goals": [1]})
    assert answer.status_code == 404
    assert "健康部長ではなくなった" not in text_of(answer)


# One's own page, and the handing over


def test_the_texts_are_listed_for_their_writer_alone_and_he_is_led_there(
    april: None, outgoing: Client, successor: Client
) -> None:
    send(outgoing)
    page = text_of(outgoing.get(OWN))
    assert HALF in page
    assert REASON in page
    assert "4月10日" in page
    home = text_of(outgoing.get("/"))
    assert "書きかけの文を後任へ渡す（1件）" in home
    assert f'href="{OWN}"' in home
    assert "残っている文はありません" in text_of(successor.get(OWN))
    assert "書きかけの文" not in text_of(successor.get("/"))
    for where in (OF_2022, f"{OF_2022}conflicts/", f"{OF_2022}history/"):
        assert HALF not in text_of(successor.get(where))
        assert "保管" not in text_of(successor.get(where))


def test_handed_over_the_department_reads_it(
    april: None, outgoing: Client, successor: Client, cast: SimpleNamespace
) -> None:
    send(outgoing)
    kept = KeptText.objects.get()
    answer = outgoing.post(OWN, {"kept": kept.pk, "act": "share"}, follow=True)
    assert "後任へ渡しました。健康部の人が読めるようになりました。" in text_of(answer)
    assert "残っている文はありません" in text_of(answer)
    assert "保存できなかった文が残っています" in text_of(successor.get(OF_2022))
    page = text_of(successor.get(f"{OF_2022}conflicts/"))
    assert HALF in page
    assert f"{cast.other_head.name}　" in page
    assert "職が変わったため" in page
    assert "書きかけの文を後任へ渡した" in text_of(successor.get(f"{OF_2022}history/"))


def test_a_later_autosave_after_the_handing_over_is_a_text_of_its_own(
    april: None, outgoing: Client
) -> None:
    send(outgoing)
    outgoing.post(OWN, {"kept": KeptText.objects.get().pk, "act": "share"})
    send(outgoing, body=f"{HALF}とに")
    assert KeptText.objects.filter(shared_at__isnull=True).get().content["body"] == f"{HALF}とに"
    assert KeptText.objects.filter(shared_at__isnull=False).get().content["body"] == HALF


def test_dropped_it_is_gone(april: None, outgoing: Client) -> None:
    send(outgoing)
    kept = KeptText.objects.get()
    outgoing.post(OWN, {"kept": kept.pk, "act": "discard"})
    assert not KeptText.objects.exists()
    assert HALF not in str(AuditEvent.objects.filter(verb="late.discard").values("label", "after"))
    again = outgoing.post(OWN, {"kept": kept.pk, "act": "share"}, follow=True)
    assert "この文は、もう預かっていません。" in text_of(again)


def test_nobody_hands_over_or_drops_anothers_text(
    april: None, outgoing: Client, successor: Client, client_of: SignIn, cast: SimpleNamespace
) -> None:
    send(outgoing)
    pk = KeptText.objects.get().pk
    for client in (successor, client_of(cast.head)):
        for act in ("share", "discard"):
            answers = [client.post(OWN, {"kept": n, "act": act}, follow=True) for n in (pk, 9999)]
            assert text_of(answers[0]).count(HALF) == 0
            assert len({len(text_of(answer)) for answer in answers}) == 1
    assert KeptText.objects.get().shared_at is None


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, by name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_it_meets_the_same_refusal_through_the_sign_in_page(
    papers: dict[int, OperatingPolicy], cast: SimpleNamespace, settings: SimpleNamespace
) -> None:
    """The session ended under the half-typed text: it is sent after signing in again."""
    client = Client()
    who = {"login": cast.other_head.username, "password": PASSWORD}
    client.post("/signin/", who)
    settings.DEMO_TODAY = APRIL
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        client.get("/account/session/")
        asked = send(client)
        assert "ログイン" in text_of(asked)
        shown = client.post("/signin/", {**who, **hidden(text_of(asked))})
        answer = send(client, **hidden(text_of(shown)))
    assert answer.status_code == 403
    assert REASON in text_of(answer)
    assert KeptText.objects.get().content["body"] == HALF


def test_when_the_days_are_over_the_text_is_listed_no_more_though_the_writer_is_in_another_post(
    april: None,
    outgoing: Client,
    cast: SimpleNamespace,
    somu: Department,
    settings: SimpleNamespace,
) -> None:
    AppointmentFactory(user=cast.other_head, department=somu, post=Post.DRAFTER, title="担当")
    send(outgoing)
    assert HALF in text_of(outgoing.get(OWN))
    settings.DEMO_TODAY = dt.date(2023, 4, 11)
    assert "残っている文はありません" in text_of(outgoing.get(OWN))
    outgoing.post(OWN, {"kept": KeptText.objects.get().pk, "act": "share"})
    assert KeptText.objects.get().shared_at is None


@pytest.mark.parametrize("act", [late.share, late.discard])
def test_no_action_touches_anothers_text(
    act: Callable[..., None], april: None, outgoing: Client, cast: SimpleNamespace
) -> None:
    send(outgoing)
    kept = KeptText.objects.get()
    with pytest.raises(NotNow):
        act(kept=kept, by=Actor(user=cast.incoming_head))
    assert KeptText.objects.get().shared_at is None


# Taken in by the successor


def handed(client: Client, part: str) -> str:
    """The address under which the text is taken in."""
    kept = KeptText.objects.get(part=part)
    client.post(OWN, {"kept": kept.pk, "act": "share"})
    return f"{OF_2022}conflicts/{kept.pk}/"


def test_the_successor_sees_both_texts_and_saves_what_she_makes_of_them(
    april: None, papers: dict[int, OperatingPolicy], outgoing: Client, successor: Client
) -> None:
    section = Section.objects.get(policy__year=2022, path="1-1")
    send(outgoing)
    stored = ResponseFactory(paper=papers[2022], section=section, body="いまの文。", version=3)
    page = text_of(successor.get(handed(outgoing, "response/1-1")))
    assert "<h1>残っている文を取り込む</h1>" in page
    assert "いま保存されている内容" in page
    assert f">\n{HALF}</textarea>" in page
    assert '<input type="hidden" name="version" value="3"' in page
    stored.refresh_from_db()
    assert stored.body == "いまの文。"
    successor.post(f"{OF_2022}responses/1-1/", {"body": f"{HALF}とに。", "version": 3})
    stored.refresh_from_db()
    assert stored.body == f"{HALF}とに。"


def test_every_kind_of_text_finds_its_form(
    april: None,
    papers: dict[int, OperatingPolicy],
    outgoing: Client,
    successor: Client,
    cast: SimpleNamespace,
) -> None:
    goal = GoalFactory(paper=papers[2022], title="元の目標")
    remark = remark_on(papers[2022], cast)
    project = ProjectFactory(speech__year=2022)
    outgoing.post(f"{OF_2022}basics/", {"mission": "使命の途中", "staff": "7人くらい"})
    outgoing.post(f"{OF_2022}goals/new/", {**GOAL, "title": "加える目標"})
    outgoing.post(f"{OF_2022}goals/{goal.pk}/", {**GOAL, "title": "直した目標"})
    outgoing.post(f"{OF_2022}remarks/{remark.pk}/", {"answer": "直しま", "seen": "古い"})
    outgoing.post(f"{OF_2022}projects/", {"projects": [project.pk]})
    pages = {
        part: text_of(successor.get(handed(outgoing, part)))
        for part in list(KeptText.objects.values_list("part", flat=True))
    }
    assert ">\n使命の途中</textarea>" in pages["basics"]
    assert 'value="7人くらい"' in pages["basics"]
    new = pages[f"goal/new/{GOAL['key']}"]
    assert 'value="加える目標"' in new
    assert f'value="{GOAL["key"]}"' in new
    assert f'action="{OF_2022}goals/new/"' in new
    edited = pages[f"goal/{goal.pk}"]
    assert 'value="直した目標"' in edited
    assert 'value="受診率"' in edited
    assert "元の目標" in edited
    assert ">\n直しま</textarea>" in pages[f"remark/{remark.pk}"]
    assert f'action="{OF_2022}remarks/{remark.pk}/"' in pages[f"remark/{remark.pk}"]
    assert (
        f'value="{project.pk}" aria-describedby="project-{project.pk}-words" checked'
        in (pages["projects"])
    )
    goal.refresh_from_db()
    assert goal.title == "元の目標"


def test_a_text_whose_place_is_gone_says_so(
    april: None, papers: dict[int, OperatingPolicy], outgoing: Client, successor: Client
) -> None:
    goal = GoalFactory(paper=papers[2022])
    outgoing.post(f"{OF_2022}goals/{goal.pk}/", {**GOAL, "title": "直した目標"})
    where = handed(outgoing, f"goal/{goal.pk}")
    Goal.objects.update(is_removed=True)
    answer = successor.get(where)
    assert answer.status_code == 409
    assert "文は写して使えます。" in text_of(answer)


def test_a_text_is_taken_in_by_its_department_alone(
    april: None, outgoing: Client, successor: Client, client_of: SignIn, cast: SimpleNamespace
) -> None:
    send(outgoing)
    unshared = f"{OF_2022}conflicts/{KeptText.objects.get().pk}/"
    assert successor.get(unshared).status_code == 404
    where = handed(outgoing, "response/1-1")
    assert [client_of(user).get(where).status_code for user in (cast.head, cast.office)] == [
        404,
        403,
    ]
    assert successor.get(where.replace("2022", "2023")).status_code == 404
