"""Requests made by hand: numbers of others' rows, fields that no form has, guessed passwords."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from zeal import zeal_ignore

from core import clock
from core.models import AuditEvent
from goals.models import Goal, OperatingPolicy, Remark
from interviews.models import Interview
from policies.models import Section
from tests.factories import (
    PASSWORD,
    DivisionFactory,
    policy_with_items,
)
from tests.world import NOON, World

pytestmark = pytest.mark.django_db
SOMU, KENKO = "/papers/2023/somu/", "/papers/2023/kenko/"


@pytest.fixture
def world(cast, somu, kenko):
    with clock.at(NOON):
        yield World(cast, somu, kenko)


@pytest.fixture
def head(world, client_of):
    return client_of(world.cast.head)


@pytest.fixture
def office(world, client_of):
    return client_of(world.cast.office)


def rows_form(**fields):
    return {
        "indicators-TOTAL_FORMS": 0,
        "indicators-INITIAL_FORMS": 0,
        "version": 0,
        "title": "手で作った目標",
        "kind": "new",
    } | fields


# Others' rows under one's own address


def test_goal_of_another_paper_is_not_there_under_ones_own_address(world, head):
    goal = world.foreign
    form = {"version": goal.version}
    answers = {
        "get": head.get(f"{SOMU}goals/{goal.pk}/").status_code,
        "save": head.post(f"{SOMU}goals/{goal.pk}/", rows_form(**form)).status_code,
        "remove": head.post(f"{SOMU}goals/{goal.pk}/remove/", form).status_code,
        "move": head.post(f"{SOMU}goals/{goal.pk}/move/", {"step": -1}).status_code,
    }
    assert answers == dict.fromkeys(answers, 404)
    assert Goal.objects.filter(pk=goal.pk, title=goal.title, is_removed=False).exists()


def test_remark_of_another_paper_is_not_there_under_ones_own_address(world, client_of, office):
    world.reach("returned")
    other = client_of(world.cast.incoming_head)
    answer = other.post(f"{KENKO}remarks/{world.told.pk}/", {"answer": "他部の返事"})
    dropped = office.post(f"{KENKO}review/remarks/{world.told.pk}/drop/")
    settled = office.post(f"{KENKO}review/settle/", {"remark": world.told.pk, "verdict": "settled"})
    assert [answer.status_code, dropped.status_code, settled.status_code] == [404, 404, 400]
    told = Remark.objects.get(pk=world.told.pk)
    assert (told.answer, told.settled_at) == ("", None)


def test_version_and_file_of_another_paper_are_not_there(world, client_of):
    world.reach("submitted")
    other = client_of(world.cast.incoming_head)
    mine, foreign = world.file.pk, world.foreign_file.pk
    answers = {
        where: other.get(where).status_code
        for where in (
            f"{KENKO}revisions/1/",
            f"{SOMU}revisions/1/",
            f"/packets/2023/files/{mine}/",
            f"/packets/2023/files/{mine}/download/",
            f"/packets/2022/files/{foreign}/",
            f"/packets/2024/files/{foreign}/download/",
        )
    }
    assert answers == dict.fromkeys(answers, 404)


def test_interview_of_another_year_is_not_there(world, office):
    assert office.get(f"/interviews/2022/{world.interview.pk}/").status_code == 404
    form = {"version": world.interview.version}
    assert office.post(f"/interviews/2022/{world.interview.pk}/cancel/", form).status_code == 404
    assert Interview.objects.get().cancelled_at is None


# Rows that no form offers


def test_remark_goes_to_a_place_of_its_own_paper_alone(world, office):
    world.reach("submitted")
    old = policy_with_items(2022).sections.get(path="1-1")
    places = [
        {"goal": world.foreign.pk},
        {"section": "2"},  # closed
        {"section": "9-9"},
        {"section": old.pk},
        {"section": "1-1", "goal": world.goal.pk},
    ]
    for place in places:
        answer = office.post(f"{SOMU}review/remarks/", {"body": "手で作った指摘", **place})
        assert answer.status_code == 200
    assert not Remark.objects.exists()


def test_goal_answers_open_sections_of_its_year_alone(world, head):
    old = policy_with_items(2022).sections.get(path="1-1")
    closed = Section.objects.get(policy__year=2023, path="2")
    for section in (old, closed):
        answer = head.post(f"{SOMU}goals/new/", rows_form(sections=[section.pk]))
        assert answer.status_code == 200
    assert not Goal.objects.filter(title="手で作った目標").exists()


@pytest.mark.parametrize("path", ["2", "1", "9-9"])
def test_closed_section_takes_no_answer(world, head, path):
    assert head.post(f"{SOMU}responses/{path}/", {"version": 0, "body": "文"}).status_code == 404


def test_division_of_another_department_does_not_lead(world, head, kenko):
    division = DivisionFactory(department=kenko)
    answer = head.post(f"{SOMU}goals/new/", rows_form(lead_division=division.pk))
    assert answer.status_code == 200
    assert not Goal.objects.filter(lead_division=division).exists()


def test_only_interviewers_interview_and_only_the_department_explains(world, office):
    form = {"date": "2023/4/7", "start": "9:00", "room": "第一会議室"}
    wrong = [
        {"interviewers": [world.cast.viewer.pk]},
        {"interviewers": [world.cast.office.pk]},
        {"interviewers": [world.cast.mayor.pk], "attendees": [world.cast.head.pk]},
        {"interviewers": [world.cast.mayor.pk], "attendees": [world.cast.nobody.pk]},
        {"interviewers": ["x", "-1"]},
    ]
    for people in wrong:
        answer = office.post("/interviews/2023/new/?department=kenko", {**form, **people})
        assert answer.status_code == 200
    assert Interview.objects.count() == 1


def test_copying_takes_goals_of_last_years_own_paper_alone(world, head):
    answer = head.post(f"{SOMU}goals/copy/", {"goals": [world.foreign.pk]})
    assert answer.status_code == 200
    assert world.paper.goals.filter(is_removed=False).count() == 1


def test_key_of_a_form_belongs_to_one_paper(world, head, client_of):
    key = "7a3f2f62-3b6d-4d4f-9f43-3c6b2a4a9a10"
    assert head.post(f"{SOMU}goals/new/", rows_form(key=key)).status_code == 302
    other = client_of(world.cast.incoming_head)
    answer = other.post(f"{KENKO}goals/new/", rows_form(key=key, title="奪う"))
    assert answer.status_code == 409
    assert "手で作った目標" not in answer.content.decode()
    assert Goal.objects.filter(key=key).values_list("title", flat=True).get() == "手で作った目標"


# Fields that no form has


def test_fields_that_no_form_has_change_nothing(world, head, office):
    extra = {
        "status": "finalised",
        "paper": world.other.pk,
        "paper_id": world.other.pk,
        "year": 2022,
        "department": world.other.department_id,
        "is_removed": "on",
        "edits": 0,
        "submissions": 9,
        "updated_by": world.cast.office.pk,
        "told_at": "2023-03-28",
        "settled_at": "2023-03-28",
        "made_by": world.cast.head.pk,
        "id": world.other.pk,
        "order": 99,
        "actual": "100",
    }
    paper, goal = world.fresh(), world.goal
    basics = {"mission": "使命", "version": paper.version}
    head.post(f"{SOMU}basics/", extra | basics)
    head.post(f"{SOMU}goals/{goal.pk}/", extra | rows_form(version=goal.version))
    stored = world.fresh()
    assert (stored.status, stored.year, stored.submissions) == ("draft", 2023, 0)
    assert (stored.mission, stored.updated_by) == ("使命", world.cast.head)
    changed = Goal.objects.get(pk=goal.pk)
    assert (changed.paper_id, changed.order, changed.is_removed) == (stored.pk, goal.order, False)
    assert (changed.title, changed.version) == ("手で作った目標", goal.version + 1)


def test_remark_is_signed_by_who_writes_it_and_told_by_a_return(world, office):
    world.reach("submitted")
    extra = {"told_at": "2023-03-28", "made_by": world.cast.head.pk, "answer": "了解"}
    office.post(f"{SOMU}review/remarks/", {"body": "指摘", **extra})
    remark = Remark.objects.get()
    assert (remark.made_by, remark.told_at, remark.answer) == (world.cast.office, None, "")


# What the state does not allow (D-10)

ALLOWED = {
    "draft": {"basics", "response", "goal", "submit"},
    "submitted": {"withdraw", "begin", "remark", "return", "receive"},
    "returned": {"basics", "response", "goal", "submit"},
    "received": {"remark", "return", "reopen", "finalise", "settle"},
    "finalised": {"reopen", "settle"},
}
ALLOWED["submitted"] |= {"settle"}


@pytest.mark.parametrize("state", ALLOWED)
def test_state_decides_what_is_accepted(world, head, office, state):
    world.reach(state)
    if state == "returned":
        world.write("1-1", "直した方針です。")
    paper, goal = world.fresh(), world.goal
    remark = Remark.objects.filter(paper=paper).order_by("pk").first()
    seen = {"version": paper.version, "reason": "理由です。"}
    posts = {
        "basics": (head, "basics/", {"version": paper.version, "mission": f"{state}の使命"}),
        "response": (
            head,
            "responses/1-1/",
            {"version": paper.responses.get(section__path="1-1").version, "body": f"{state}の文"},
        ),
        "goal": (head, f"goals/{goal.pk}/", rows_form(version=goal.version, title=state)),
        "submit": (head, "submit/", {"edits": paper.edits}),
        "withdraw": (head, "withdraw/", {}),
        "begin": (office, "review/begin/", seen),
        "remark": (office, "review/remarks/", {"body": "指摘"}),
        "return": (office, "review/return/", seen),
        "receive": (office, "review/receive/", seen),
        "finalise": (office, "review/finalise/", seen),
        "reopen": (office, "review/reopen/", seen),
        "settle": (
            office,
            "review/settle/",
            {"remark": remark.pk if remark else 0, "verdict": "settled"},
        ),
    }
    if state == "submitted":
        world.remark("差し戻せるように。")
        OperatingPolicy.objects.update(review_began_at=None)
        paper = world.fresh()
        seen["version"] = paper.version
        posts["settle"][2]["remark"] = paper.remarks.get().pk
    accepted = set()
    for name, (client, where, form) in posts.items():
        lines = AuditEvent.objects.count()
        with forgotten():
            answer = client.post(f"{SOMU}{where}", form)
            if AuditEvent.objects.exclude(verb="refused").count() > lines:
                accepted.add(name)
            else:
                assert answer.status_code in {200, 302, 400, 404, 409}, name
    assert accepted == ALLOWED[state]


class forgotten:
    """What happens inside is rolled back."""

    def __enter__(self):
        from django.db import transaction

        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *problem):
        from django.db import transaction

        if not problem[0]:
            transaction.set_rollback(True)
        return self.atomic.__exit__(*problem)


# Signing in and out


def sign_in(user, password=PASSWORD, *, client=None, address="10.0.0.1", **query):
    client = client or Client()
    where = "/signin/" + (f"?next={query['next']}" if query else "")
    form = {"login": user.username, "password": password, **query}
    client.post(where, form, REMOTE_ADDR=address)
    return client


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "leads",
    [
        "http://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        " //evil.example",
        "/%09/evil.example",
        "https:///evil.example",
        "http://testserver@evil.example/",
    ],
)
def test_signing_in_leads_nowhere_else(cast, leads):
    client = Client()
    form = {"login": cast.head.username, "password": PASSWORD, "next": leads}
    answer = client.post("/signin/", form)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))
    again = Client().get("/admin/login/", {"next": leads})
    assert again["Location"].startswith("/signin/?next=")


def test_sixth_wrong_password_locks_one_person_at_one_address(cast):
    cache.clear()
    for _ in range(5):
        assert not is_in(sign_in(cast.head, "違うパスワード"))
    assert not is_in(sign_in(cast.head))
    assert is_in(sign_in(cast.head, address="10.0.0.2"))
    assert is_in(sign_in(cast.office))
    lines = AuditEvent.objects.filter(verb="sign-in.failed")
    assert lines.count() == 6
    assert set(lines.values_list("label", "address")) == {(cast.head.username, "10.0.0.1")}
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11)):
        assert is_in(sign_in(cast.head))


def test_many_addresses_together_do_not_guess_for_ever(cast):
    cache.clear()
    for n in range(60):
        sign_in(cast.head, "違うパスワード", address=f"10.0.1.{n // 4}")
    assert not is_in(sign_in(cast.head, address="10.0.9.9"))


def test_a_city_behind_one_address_signs_in(cast):
    cache.clear()
    for _ in range(20):
        sign_in(cast.viewer, "違うパスワード")
    for user in vars(cast).values():
        if user not in {cast.viewer, cast.nobody}:
            assert is_in(sign_in(user))


def test_locked_and_wrong_and_unknown_answers_do_not_tell_whether_somebody_exists(cast):
    cache.clear()

    def page(login):
        answer = Client().post("/signin/", {"login": login, "password": "違うパスワード"})
        return answer.status_code, answer.content.decode().replace(login, "")

    from tests.world import lasting

    known, unknown = (
        [(s, lasting(t.encode())) for s, t in (page(login) for _ in range(7))]
        for login in (cast.head.username, "000001")
    )
    assert known == unknown


def test_signing_out_ends_the_session_on_the_server(cast):
    client = sign_in(cast.head)
    stolen = Client()
    stolen.cookies = client.cookies.copy()
    assert stolen.get("/").status_code == 200
    client.post("/signout/")
    assert stolen.get("/").status_code == 302


def test_signing_in_begins_a_new_session(cast):
    client = Client()
    client.get("/signin/")
    client.cookies["sessionid"] = "a" * 32
    sign_in(cast.head, client=client)
    assert client.cookies["sessionid"].value != "a" * 32


@pytest.mark.parametrize("way", ["deactivated", "password", "appointment"])
def test_live_session_loses_its_rights_at_once(world, way):
    client = sign_in(world.cast.head)
    assert client.get(SOMU).status_code == 200
    user = world.cast.head
    if way == "deactivated":
        type(user).objects.filter(pk=user.pk).update(is_active=False)
    elif way == "password":
        user.set_password("別の長いパスワード")
        user.save(update_fields=["password"])
    else:
        user.appointments.update(
            ends_on=dt.date(2023, 3, 27), end_announced_on=dt.date(2023, 3, 24)
        )
    with zeal_ignore():  # the framework deletes the session twice
        assert client.get(SOMU).status_code == (403 if way == "appointment" else 302)
    form = {"version": world.fresh().version, "mission": "もう書けない"}
    assert client.post(f"{SOMU}basics/", form).status_code in {302, 403}
    assert world.fresh().mission != "もう書けない"


def test_session_ends_at_midnight_of_the_last_day_of_the_post(world, settings):
    user = world.cast.head
    user.appointments.update(ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 24))
    client = sign_in(user)
    assert client.get("/papers/2022/somu/").status_code == 200
    with clock.at(NOON + dt.timedelta(days=3)):
        assert client.get("/papers/2022/somu/").status_code == 200
    with clock.at(NOON + dt.timedelta(days=4)):
        assert client.get("/papers/2022/somu/").status_code == 403


def test_guessing_at_many_names_does_not_open_a_lock(cast):
    cache.clear()
    for _ in range(5):
        sign_in(cast.head, "違うパスワード")
    cache.set_many({f"name{n}": n for n in range(1000)}, timeout=600)
    assert not is_in(sign_in(cast.head))


@pytest.mark.parametrize("number", [10**30, 2**63, -1, "0", "abc", ""])
def test_numbers_of_rows_that_cannot_be_are_no_choice(world, head, office, number):
    world.reach("returned")
    links = ("sections", "measures", "sdgs", "other_divisions", "lead_division")
    for name in links:
        answer = head.post(f"{SOMU}goals/new/", rows_form(**{name: [number]}, title=""))
        assert answer.status_code in {200, 400}, name
    assert head.post(f"{SOMU}goals/copy/", {"goals": [number]}).status_code in {200, 400}
    world.write("1-1", "直した方針です。")
    world.submit()
    for name in ("goal", "section"):
        answer = office.post(f"{SOMU}review/remarks/", {"body": "", name: number})
        assert (name, answer.status_code) == (name, 200)
    judged = office.post(f"{SOMU}review/settle/", {"remark": number, "verdict": "settled"})
    assert judged.status_code == 400
    people = {"interviewers": [number], "attendees": [number]}
    form = {"date": "2023/4/7", "start": "9:00", "room": "第一会議室", **people}
    assert office.post("/interviews/2023/new/?department=kenko", form).status_code == 200
