"""What nobody may notice: unannounced moves, remarks that are not told, others' drafts (D-8)."""

import datetime as dt

import pytest

from core import audit, clock
from core.models import AuditEvent
from core.permissions import Post
from goals.actions import reviews
from goals.models import Remark
from packets.pieces import department
from tests.factories import AppointmentFactory, UserFactory
from tests.world import NOON, World, lasting, look_at, people_of

pytestmark = pytest.mark.django_db
OF_THE_SIGN_IN = {"account_session", "account_sessions"}
"""Of one's own sign-ins alone, and another one with each client."""
NAME, TITLE, CANARY = "秘匿葛󠄀城 桃", "極秘担当部長", "外に出ない言葉"


@pytest.fixture
def world(cast, somu, kenko):
    with clock.at(NOON):
        yield World(cast, somu, kenko)


def seen_by(world, client_of, people):
    """What each person gets at each address: status, content, where it leads."""
    seen = {}
    for who, user in people.items():
        client = client_of(user)
        for where, name in world.pages(admin=who == "office").items():
            if name in OF_THE_SIGN_IN:
                continue
            answer, content = look_at(client, where)
            seen[who, where] = (answer.status_code, lasting(content), answer.get("Location"))
    return seen


def differences(before, after):
    return [key for key in before if before[key] != after[key]]


def test_unannounced_move_changes_no_packet(world, somu):
    world.reach("received")
    before = department(world.fresh()).html()
    successor = UserFactory(name=NAME)
    soon = {"starts_on": dt.date(2023, 4, 1), "announced_on": dt.date(2023, 3, 29)}
    AppointmentFactory(user=successor, department=somu, title=TITLE, **soon)
    AppointmentFactory(user=world.cast.mayor, post=Post.VIEWER, title=TITLE, **soon)
    world.cast.head.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 29)
    )
    assert department(world.fresh()).html() == before


def test_tables_of_the_policy_office_answer_no_question_about_appointments(world, client_of, somu):
    hidden = AppointmentFactory(department=somu, title=TITLE, unannounced=True)
    office = client_of(world.cast.office)
    answers = {}
    for table in ("department", "division"):
        for question in (
            f"appointments={hidden.pk}",
            f"appointments__gt={hidden.pk - 1}",
            f"appointments__isnull=False&appointments={hidden.pk}",
            f"department__appointments={hidden.pk}",
            f"interviewer__appointments={hidden.pk}",
            "appointments__title__startswith=極秘",
        ):
            where = f"/admin/departments/{table}/?{question}"
            answers[where] = office.get(where).status_code
    assert set(answers.values()) <= {302, 400}, answers


@pytest.mark.parametrize("action", ["change", "delete", "history"])
def test_closed_appointment_looks_like_one_that_is_not_there(world, client_of, somu, action):
    hidden = AppointmentFactory(department=somu, title=TITLE, unannounced=True)
    office = client_of(world.cast.office)
    there, nowhere = (
        office.get(f"/admin/departments/appointment/{pk}/{action}/")
        for pk in (hidden.pk, hidden.pk + 1)
    )
    assert (there.status_code, there.content) == (403, nowhere.content)
    assert nowhere.status_code == 403


@pytest.mark.parametrize("post", [Post.ADMINISTRATOR, Post.POLICY_OFFICE, Post.MAYOR])
def test_city_post_that_begins_in_april_opens_nothing_in_march(world, client_of, somu, post):
    AppointmentFactory(department=somu, title=TITLE, unannounced=True)
    incoming = AppointmentFactory(post=post, title="四月から", incoming=True).user
    client = client_of(incoming)
    opened = []
    for where, name in world.pages().items():
        if name.startswith("account_") or name == "healthz":
            continue
        answer, _ = look_at(client, where)
        if answer.status_code == 200:
            opened.append(where)
    assert opened == []


def test_remarks_that_are_not_told_change_no_page_of_the_department(world, client_of):
    world.reach("submitted")
    reviews.begin(paper=world.fresh(), by=world.office)
    people = people_of(world.cast, "drafter", "mayor")
    before = seen_by(world, client_of, people)
    packet = department(world.fresh()).html()
    words = {"paper": CANARY, "section": CANARY, "goal": CANARY}
    world.remark(words["paper"])
    world.remark(words["section"], section=world.section("1-1"))
    kept = world.remark(words["goal"], goal=world.goal)
    reviews.drop_remark(remark=kept, by=world.office)
    assert differences(before, seen_by(world, client_of, people)) == []
    assert department(world.fresh()).html() == packet


@pytest.mark.parametrize("state", ["received", "reopened"])
def test_remarks_kept_by_the_office_stay_there_when_the_paper_moves_on(world, client_of, state):
    """Told are those of a return; what was written after it is not told by a reopening."""
    world.reach("resubmitted")
    world.remark(CANARY, section=world.section("1-1"))
    world.remark(CANARY, goal=world.goal)
    reviews.receive(paper=world.fresh(), by=world.office)
    if state == "reopened":
        reviews.reopen(paper=world.fresh(), reason="面談を受けて直します。", by=world.office)
    told = Remark.objects.filter(told_at__isnull=False).count()
    assert told == 3
    people = people_of(world.cast, "head", "mayor")
    telling = [
        k for k, row in seen_by(world, client_of, people).items() if CANARY.encode() in row[1]
    ]
    assert telling == []


def test_draft_of_another_department_is_on_no_page_of_those_outside(world, client_of):
    """Neither the words, nor the kept texts, nor the names of the goals."""
    world.write("1-1", f"{CANARY}方針")
    world.fresh().goals.update(title=f"{CANARY}目標", method=f"{CANARY}方策")
    type(world.paper).objects.filter(pk=world.paper.pk).update(mission=f"{CANARY}使命")
    world.paper.kept_texts.update(content={"body": CANARY})
    outside = people_of(world.cast, "incoming_head", "mayor", "secretary")
    seen = seen_by(world, client_of, outside)
    assert [key for key, row in seen.items() if CANARY.encode() in row[1]] == []


def test_packet_of_a_draft_stays_with_the_department_and_the_office(world, client_of):
    """The mayor, who may read what was handed in, does not get what was printed before."""
    type(world.file).objects.filter(pk=world.file.pk).update(edition="案")
    world.reach("submitted")
    at = f"/packets/2023/files/{world.file.pk}/"
    statuses = {}
    for name in ("head", "office", "mayor", "secretary", "incoming_head"):
        client = client_of(getattr(world.cast, name))
        statuses[name] = [look_at(client, where)[0].status_code for where in (at, f"{at}download/")]
        listed = f"{at}download/" in look_at(client, "/packets/2023/")[1].decode()
        statuses[name].append(listed)
    insiders, outsiders = [200, 200, True], [404, 404, False]
    assert statuses == {
        "head": insiders,
        "office": insiders,
        "mayor": outsiders,
        "secretary": outsiders,
        "incoming_head": outsiders,
    }


def test_audit_trail_is_read_by_the_administrator_alone(world, client_of):
    audit.record("paper.submit", by=world.head, label=CANARY, after={"本文": CANARY})
    people = people_of(world.cast)
    for user in people.values():
        client = client_of(user)
        for page in ("", f"{AuditEvent.objects.latest('pk').pk}/change/"):
            answer = client.get(f"/admin/core/auditevent/{page}")
            assert answer.status_code == 403
            assert CANARY.encode() not in answer.content
    assert (
        CANARY
        in client_of(world.cast.administrator).get("/admin/core/auditevent/").content.decode()
    )
