"""Every address x every post: allowed or refused as docs/permissions.md, the printed page, says."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from core.audit import Actor
from core.permissions import Post
from goals.models import Goal, KeptText, Remark, Revision
from home.addresses import addresses
from policies.actions import manuscripts
from policies.parsing import parse
from tests.factories import (
    DivisionFactory,
    EditionFactory,
    GoalFactory,
    InterviewFactory,
    OperatingPolicyFactory,
    PlanFactory,
    ProjectFactory,
    ResponseFactory,
    SpringImportFactory,
    jst,
    packet_file,
    policy_with_items,
)
from tests.world import PLACES, is_of_a_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks_wait")]
ADDRESSES = [a for a in addresses() if a.permission and not a.is_admin]
POSTS = {
    "head": Post.HEAD,
    "chief": Post.CHIEF,
    "drafter": Post.DRAFTER,
    "mayor": Post.MAYOR,
    "deputy": Post.DEPUTY_MAYOR,
    "superintendent": Post.SUPERINTENDENT,
    "office": Post.POLICY_OFFICE,
    "secretary": Post.SECRETARY,
    "viewer": Post.VIEWER,
    "administrator": Post.ADMINISTRATOR,
    "incoming_head": Post.HEAD,
    "nobody": None,
}
STATUSES = {"draft": set(), "submitted": {"提出されたもの"}}
STATUSES["finalised"] = {"提出されたもの", "確定したもの"}


def _rows(heading):
    page = (Path(settings.BASE_DIR) / "docs" / "permissions.md").read_text()
    part = page.split(heading)[1].split("\n# ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return rows[0], [[cell.strip() for cell in row] for row in rows[1:]]


def printed_scopes():
    """permission label → post label → set of scopes, as printed."""
    head, rows = _rows("# 権限")
    return {
        row[0]: {
            post.strip(): set() if cell == "－" else set(cell.split("・"))
            for post, cell in zip(head[1:], row[1:], strict=True)
        }
        for row in rows
    }


def printed_addresses():
    """name of address → permission label, as printed."""
    _, rows = _rows("# 画面のアドレス")
    return {row[1].strip("`"): row[2] for row in rows}


def expected(name, person, status, method):
    """Whether the page says that this person may, on 総務部's paper in this state."""
    post = POSTS[person]
    if post is None:
        return False
    to_get, _, to_post = printed_addresses()[name].partition("／送信は、")
    label = to_post if to_post and method == "post" else to_get
    scopes = printed_scopes()[label][post.label]
    if not _is_about_a_paper(name):
        return bool(scopes)
    own = {"自分の部", "自分の課"} if person in {"head", "chief", "drafter"} else set()
    return bool(scopes & ({"すべて"} | own | STATUSES[status]))


def _is_about_a_paper(name):
    return any(is_of_a_paper(address) for address in ADDRESSES if address.name == name)


@pytest.fixture
def objects(paper, cast):
    OperatingPolicyFactory(year=2022, department=paper.department)
    goal = GoalFactory(paper=paper, lead_division=cast.chief.appointments.get().division)
    EditionFactory(policy=paper_section(paper).policy, number=1)
    ProjectFactory()
    policy_with_items(2022)
    manuscripts.take_in(parsed=parse(MANUSCRIPT), by=Actor(user=cast.office))
    ResponseFactory(paper=paper, section=paper_section(paper))
    remark = Remark.objects.create(
        paper=paper,
        goal=goal,
        body="時期を",
        made_by=cast.office,
        made_at=jst(2023, 3, 27),
        told_at=jst(2023, 3, 27),
    )
    Revision.objects.create(
        paper=paper,
        number=1,
        content=REVISION,
        submitted_by=cast.head,
        submitted_at=jst(2023, 3, 27),
    )
    file = packet_file(paper, asked_by=cast.head)
    kept = KeptText.objects.create(
        paper=paper,
        part="basics",
        label="部の使命",
        content={"mission": "文"},
        written_by=cast.chief,
        written_at=jst(2023, 3, 27),
        shared_at=jst(2023, 3, 27),
    )
    interview = InterviewFactory(department=paper.department, interviewers=[cast.mayor])
    return {
        "goals:goal": goal.pk,
        "goals:kept": kept.pk,
        "goals:": remark.pk,
        "packets:": file.pk,
        "policies:": PlanFactory().pk,
        "home:charges_person": cast.deputy.pk,
        "interviewer": cast.mayor.pk,
        "interviews:": interview.pk,
        "exchange:": SpringImportFactory(uploaded_by=cast.administrator).pk,
    }


MANUSCRIPT = "令和5年度市政運営の基本方針\n1　基本姿勢\n(1)　市民に説明すること。\n"
REVISION = {
    "year": 2023,
    "department": "総務部",
    "heads": [],
    "basics": {},
    "responses": [],
    "goals": [],
}


def paper_section(paper):
    from policies.models import Section

    return Section.objects.get(policy__year=paper.year, path="1-1")


def address_of(route, name, objects):
    values = PLACES | {"department": "somu", "interviewer": objects["interviewer"]}
    if name.startswith("goals:handover_"):  # heads hand over the year that runs
        values["year"] = 2022
    names = re.findall(r"<\w+:(\w+)>", route)
    key = next((prefix for prefix in objects if name.startswith(prefix)), None)
    return reverse(name, kwargs={n: objects[key] if n == "pk" else values[n] for n in names})


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_every_post_is_allowed_or_refused_as_printed(
    address, method, objects, paper, cast, client_of
):
    where = address_of(address.route, address.name, objects)
    wrong = []
    for status in STATUSES if _is_about_a_paper(address.name) else ["draft"]:
        type(paper).objects.filter(pk=paper.pk).update(status=status)
        for person in POSTS:
            answer = _asked(client_of(getattr(cast, person)), method, where)
            if answer.status_code == 405:  # says nothing of the paper, to nobody
                continue
            is_allowed = answer.status_code not in {403, 404}
            if is_allowed is not expected(address.name, person, status, method):
                wrong.append(f"{person} {status}: {answer.status_code}")
    assert wrong == []


def _asked(client, method, where):
    """The answer; what it wrote is taken back."""
    with transaction.atomic():
        answer = getattr(client, method)(where)
        transaction.set_rollback(True)
    if answer.streaming:
        list(answer.streaming_content)  # reading to the end closes the file
    return answer


OF_ONE_GOAL = [a for a in ADDRESSES if a.name in {"goals:goal_edit", "goals:goal_remove"}]
OF_ONE_GOAL += [a for a in ADDRESSES if a.name == "goals:answer"]


@pytest.mark.parametrize("is_led", [True, False], ids=["by another division", "by none"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", OF_ONE_GOAL, ids=lambda address: address.name)
def test_a_goal_that_his_division_does_not_lead_is_to_a_chief_as_one_that_is_not_there(
    address, method, is_led, objects, paper, cast, client_of
):
    other = DivisionFactory(department=paper.department) if is_led else None
    Goal.objects.filter(paper=paper).update(lead_division=other)
    where = address_of(address.route, address.name, objects)
    answers = {p: _asked(client_of(getattr(cast, p)), method, where).status_code for p in POSTS}
    printed = {p for p in POSTS if expected(address.name, p, "draft", method)}
    assert {p for p in POSTS if answers[p] not in {403, 404}} == printed - {"chief"}
    assert answers["chief"] == 404


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_nobody_enters_without_signing_in(address, objects, client):
    where = address_of(address.route, address.name, objects)
    for answer in (client.get(where), client.post(where)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/signin/")


@pytest.mark.parametrize("person", POSTS)
def test_admin_opens_its_tables_as_printed(person, cast, client_of):
    client = client_of(getattr(cast, person))
    post = POSTS[person]
    printed, scopes = printed_addresses(), printed_scopes()
    lists = [name for name in printed if name.endswith("_changelist")]
    assert len(lists) > 8
    for name in lists:
        status = client.get(reverse(name)).status_code
        allowed = post is not None and bool(scopes[printed[name]][post.label])
        assert (status == 200) is allowed, f"{name}: {status}"
