"""The pages of a handover: for whoever goes, whoever comes, those inside and the office."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from core import clock
from goals.models import Handover, HandoverReceipt, Remark
from tests.factories import (
    AppointmentFactory,
    CycleFactory,
    GoalFactory,
    IndicatorFactory,
    OperatingPolicyFactory,
    jst,
)

pytestmark = pytest.mark.django_db
SECRET = "議会との約束が一つ残っています。"


@pytest.fixture
def old_paper(cast, kenko):
    """健康部's paper of this year; its head goes on 31 March and another comes (conftest)."""
    for year in (2022, 2023):
        CycleFactory(year=year)
    paper = OperatingPolicyFactory(department=kenko, year=2022, filled=True)
    goal = GoalFactory(paper=paper, title="受診率を上げる")
    IndicatorFactory(goal=goal, name="受診した人", actual="18")
    return paper


@pytest.fixture
def goal(old_paper):
    return old_paper.goals.get()


def at(name, code="kenko", year=2022):
    args = [year] if name == "handovers" else [year, code]
    return reverse(f"goals:{name}", args=args)


def typed(goal, body=SECRET, note="", version=0, **more):
    return {"body": body, f"note-{goal.pk}": note, "version": version, **more}


def write(client, goal, **fields):
    return client.post(at("handover_note"), typed(goal, **fields))


def hand(client):
    version = Handover.objects.get().version
    return client.post(at("handover_hand"), {"version": version}, follow=True)


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def handed(old_paper, goal, cast, client_of):
    client = client_of(cast.other_head)
    write(client, goal, note="医師会と協議中です。")
    hand(client)
    return Handover.objects.get()


def test_head_writes_beside_the_goal_saves_and_hands_over(old_paper, goal, cast, client_of):
    client = client_of(cast.other_head)
    page = text(client.get(at("handover_note")))
    for words in ("受診率を上げる", "22か所で運営マニュアルを見直す。", "受診した人"):
        assert words in page
    answer = write(client, goal, hand="1")
    assert answer.headers["Location"] == at("handover_hand")
    asked = text(client.get(at("handover_hand")))
    assert "まだ書いていないところ 受診率を上げる" in asked
    assert "次の健康部長" not in asked
    assert "健康部長 葛󠄀西（4月1日（土）から）" in asked
    assert "引継書を渡しました" in text(hand(client))


def test_autosave_answers_with_the_note_and_the_new_version(old_paper, goal, cast, client_of):
    client = client_of(cast.other_head)
    answer = client.post(at("handover_note"), typed(goal), headers={"HX-Request": "true"})
    assert "に保存しました" in text(answer)
    assert re.findall(r'name="version"[^>]*value="(\d+)"', answer.content.decode()) == ["1"]


def test_text_that_is_too_long_is_not_saved_and_stays(old_paper, goal, cast, client_of):
    client = client_of(cast.other_head)
    answer = write(client, goal, note="あ" * 1001)
    assert "1000字以内で入力してください。" in text(answer)
    assert "あ" * 1001 in answer.content.decode()
    assert not Handover.objects.exists()
    short = client.post(
        at("handover_note"), typed(goal, note="あ" * 1001), headers={"HX-Request": "true"}
    )
    assert short.status_code == 422


def test_second_window_is_shown_both_texts_and_keeps_what_was_typed(
    old_paper, goal, cast, client_of
):
    client = client_of(cast.other_head)
    write(client, goal, body="先の窓の文")
    late = typed(goal, body="後の窓の文")
    note = client.post(at("handover_note"), late, headers={"HX-Request": "true"})
    assert (note.status_code, "いまの文はこの画面に残っています" in text(note)) == (409, True)
    both = client.post(at("handover_note"), late)
    assert both.status_code == 409
    assert [words in text(both) for words in ("先の窓の文", "後の窓の文")] == [True, True]
    form = both.context["form"]
    again = client.post(at("handover_note"), {name: form[name].value() for name in form.fields})
    assert again.status_code == 302
    assert Handover.objects.get().body == "後の窓の文"


def test_what_is_typed_on_a_goal_that_was_removed_meanwhile_is_kept(
    old_paper, goal, cast, client_of
):
    client = client_of(cast.other_head)
    old_paper.goals.update(is_removed=True)
    write(client, goal, note="なくなった目標の文")
    assert "なくなった目標の文" in text(client.get(at("handover_note")))


def test_note_on_a_goal_of_another_paper_is_not_taken(old_paper, cast, client_of):
    foreign = GoalFactory(title="よその目標")
    client = client_of(cast.other_head)
    write(client, foreign, note="文")
    assert Handover.objects.get().notes.count() == 0


@pytest.mark.parametrize("who", ["incoming_head", "office", "other_chief", "administrator"])
def test_nobody_reads_what_is_not_handed_over(old_paper, goal, cast, kenko, client_of, who):
    cast.other_chief = AppointmentFactory(post="drafter", department=kenko).user
    write(client_of(cast.other_head), goal, note=SECRET)
    client = client_of(getattr(cast, who))
    pages = [at("handover"), at("handovers"), "/", reverse("goals:history", args=[2022, "kenko"])]
    for where in [*pages, at("handover_note"), at("handover_hand"), "/audit/"]:
        assert SECRET not in client.get(where).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("incoming_head", 200),
        ("other_drafter", 200),
        ("office", 200),
        ("head", 404),
        ("mayor", 403),
        ("viewer", 403),
        ("administrator", 403),
    ],
)
def test_those_inside_read_what_was_handed(handed, cast, kenko, client_of, who, status):
    cast.other_drafter = AppointmentFactory(post="drafter", department=kenko).user
    answer = client_of(getattr(cast, who)).get(at("handover"))
    assert answer.status_code == status
    assert (SECRET in text(answer)) is (status == 200)


def test_successor_reads_open_remarks_and_receives(handed, old_paper, cast, client_of):
    Remark.objects.create(
        paper=old_paper,
        body="時期が分かりません。",
        made_by=cast.office,
        made_at=jst(2023, 3, 1),
        told_at=jst(2023, 3, 1),
    )
    Remark.objects.create(
        paper=old_paper, body="まだ伝えていない指摘", made_by=cast.office, made_at=jst(2023, 3, 1)
    )
    client = client_of(cast.incoming_head)
    answer = client.get(at("handover"))
    page = text(answer)
    for words in ("医師会と協議中です。", "時期が分かりません。", "18か所", "引継ぎを受けました"):
        assert words in page
    assert "まだ伝えていない指摘" not in page
    hidden = {f"seen-{handed.pk}": handed.handed_version}
    received = client.post(at("handover_receive"), hidden, follow=True)
    assert "引継ぎを受けました。" in text(received)
    assert received.context["page"].to_receive == []
    assert HandoverReceipt.objects.get().receiver == cast.incoming_head


@pytest.mark.parametrize("who", ["office", "other_head"])
def test_nobody_but_the_successor_is_offered_to_receive(handed, cast, client_of, who):
    page = client_of(getattr(cast, who)).get(at("handover")).context["page"]
    assert (page.asked, page.to_receive) == ([], [])


def test_successor_who_reads_an_older_version_is_asked_to_read_again(handed, goal, cast, client_of):
    giver = client_of(cast.other_head)
    write(giver, goal, body="追記", version=handed.version)
    hand(giver)
    client = client_of(cast.incoming_head)
    hidden = {f"seen-{handed.pk}": handed.handed_version}
    answer = client.post(at("handover_receive"), hidden)
    assert (answer.status_code, "追記が渡されました" in text(answer)) == (409, True)
    assert not HandoverReceipt.objects.exists()


def test_incoming_head_reads_every_page_of_the_paper_and_writes_on_none(
    handed, goal, cast, kenko, client_of
):
    OperatingPolicyFactory(department=kenko, year=2023)
    client = client_of(cast.incoming_head)
    paper = reverse("goals:paper", args=[2022, "kenko"])
    for where in (paper, reverse("goals:history", args=[2022, "kenko"]), at("handover")):
        page = client.get(where).content.decode()
        for link in set(re.findall(r'href="(/papers/[^"#]*)', page)):
            assert client.get(link).status_code == 200, link
        forms = re.findall(r'<form[^>]*action="([^"]*)"', page)
        assert set(forms) <= {"/signout/", at("handover_receive")}
    basics = reverse("goals:basics", args=[2022, "kenko"])
    assert client.get(basics).status_code == 404


def test_who_has_left_finds_one_task_and_one_page(old_paper, goal, cast, client_of):
    gone = AppointmentFactory(
        post="head",
        title="前の担当部長",
        department=old_paper.department,
        ends_on=dt.date(2023, 3, 31),
        end_announced_on=dt.date(2023, 3, 24),
    ).user
    with clock.at(jst(2023, 4, 3, 9)):
        client = client_of(gone)
        home = client.get("/").content.decode()
        assert home.count(at("handover_note")) == 1
        page = client.get(at("handover_note"))
        assert page.status_code == 200
        links = set(re.findall(r'href="(/[^"#]*)', page.content.decode()))
        assert {link for link in links if link.startswith("/papers/")} == set()
        rooms = {link for link in links if link.startswith(("/?", "/account/", "/password/"))}
        assert [link for link in rooms if client.get(link).status_code != 200] == []
        assert client.get(at("handover")).status_code == 403
        write(client, goal)
        assert "4月10日（月）まで" in text(hand(client))
    with clock.at(jst(2023, 4, 11)):
        assert client.get(at("handover_note")).status_code in {403, 404}


def test_after_the_days_for_it_the_page_says_who_gave_and_who_received(
    handed, goal, cast, client_of
):
    client = client_of(cast.incoming_head)
    client.post(at("handover_receive"), {f"seen-{handed.pk}": handed.handed_version})
    with clock.at(jst(2023, 4, 12, 9)):
        answer = client_of(cast.incoming_head).get(at("handover"))
        assert SECRET in text(answer)
        assert "に受けました" in text(answer)
        assert "<textarea" not in answer.content.decode()
        assert at("handover_note") not in answer.content.decode()


def test_office_sees_who_has_not(old_paper, goal, cast, client_of):
    office = client_of(cast.office)

    def row():
        return text(office.get(at("handovers")))

    seen = [row()]
    giver = client_of(cast.other_head)
    write(giver, goal)
    seen.append(row())
    hand(giver)
    seen.append(row())
    handed = Handover.objects.get()
    client_of(cast.incoming_head).post(
        at("handover_receive"), {f"seen-{handed.pk}": handed.handed_version}
    )
    seen.append(row())
    states = ("未着手", "作成中", "受領待ち", "受領済み")
    assert [[s for s in states if s in page] for page in seen] == [[s] for s in states]


def test_nothing_is_asked_of_anybody_once_the_days_are_over(old_paper, cast, client_of):
    AppointmentFactory(user=cast.other_head, post="policy_office", starts_on=dt.date(2023, 4, 1))
    with clock.at(jst(2023, 4, 11, 9)):
        for user in (cast.other_head, cast.incoming_head, cast.office):
            agenda = client_of(user).get("/").context["agenda"]
            assert [t.title for t in (*agenda.tasks, *agenda.waiting) if "引継" in t.title] == []


def test_home_leads_each_person_to_the_next_step(old_paper, goal, cast, client_of):
    def tasks(user):
        agenda = client_of(user).get("/").context["agenda"]
        return [
            [task.title for task in rows if "引継" in task.title]
            for rows in (agenda.tasks, agenda.waiting)
        ]

    giver, comer = cast.other_head, cast.incoming_head
    assert tasks(giver) == [["健康部の事務引継ぎを書いて、後任へ渡す"], []]
    assert tasks(comer) == [[], ["健康部の引継書を待っています"]]
    assert tasks(cast.office) == [[], ["1部で引継ぎの受領がまだです"]]
    write(client_of(giver), goal)
    hand(client_of(giver))
    assert tasks(giver) == [[], ["健康部の引継書を渡しました"]]
    assert tasks(comer) == [["健康部の引継ぎを読んで、受ける"], []]
    write(client_of(giver), goal, body="追記", version=Handover.objects.get().version)
    assert tasks(giver) == [["健康部の引継書の追記を、後任へ渡す"], []]
    hand(client_of(giver))
    handed = Handover.objects.get()
    client_of(comer).post(at("handover_receive"), {f"seen-{handed.pk}": handed.handed_version})
    assert [tasks(user) for user in (giver, comer, cast.office)] == [[[], []]] * 3


def test_task_is_due_on_the_last_day_and_then_at_the_end_of_the_handover(
    old_paper, cast, client_of
):
    def due():
        (task,) = client_of(cast.other_head).get("/").context["agenda"].tasks
        return task.due.date()

    assert due() == dt.date(2023, 3, 31)
    with clock.at(jst(2023, 4, 1, 9)):
        assert due() == dt.date(2023, 4, 10)


def test_page_of_the_year_to_come_leads_to_the_handover_of_this_year(
    old_paper, cast, kenko, client_of
):
    OperatingPolicyFactory(department=kenko, year=2023)
    page = client_of(cast.incoming_head).get(at("handover", year=2023)).content.decode()
    assert at("handover") in page
    assert client_of(cast.other_head).get(at("handover_note", year=2023)).status_code == 404
