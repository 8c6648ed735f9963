"""自分の担任: what an interviewer answers for, one click from the first page."""

import re

import pytest
from django.urls import reverse

from core.permissions import Post
from core.workflow import Status
from departments.models import Division
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    CycleFactory,
    InterviewFactory,
    OperatingPolicyFactory,
    UserFactory,
    jst,
)

pytestmark = pytest.mark.django_db


def page_of(person, year=2023):
    return reverse("home:charges_person", args=[year, person.pk])


def shown(answer):
    """The rows of the page: place, state, whether there is an interview, what may be opened."""
    return [
        (
            f"{row.department}{f' {row.division}' if row.division else ''}",
            row.others,
            row.paper.status if row.paper else None,
            [meeting.is_there for meeting in row.meetings],
            (row.may_read, row.may_print),
        )
        for row in answer.context["found"].rows
    ]


@pytest.fixture
def city(cast, somu, kenko):
    """The deputy mayor has 総務部 and 健康部, the mayor its 防災安全課."""
    CycleFactory()
    ChargeFactory(department=kenko, interviewer=cast.deputy)
    ChargeFactory(department=somu, interviewer=cast.deputy)
    bosai = Division.objects.get(code="bosai")
    ChargeFactory(department=somu, division=bosai, interviewer=cast.mayor)
    OperatingPolicyFactory(department=somu, status=Status.SUBMITTED)
    OperatingPolicyFactory(department=kenko, status=Status.DRAFT)
    InterviewFactory(department=somu, interviewers=[cast.deputy], room="庁議室")


def test_own_page_is_one_click_from_the_first_page(cast, city, client_of):
    client = client_of(cast.deputy)
    first = client.get("/").content.decode()
    [address] = re.findall(r'href="([^"]+)">自分の担任を見る', first)
    assert address == page_of(cast.deputy)
    assert "<h1>自分の担任</h1>" in re.sub(
        r"<h1[^>]*>", "<h1>", client.get(address).content.decode()
    )
    assert "自分の担任を見る" not in client_of(cast.head).get("/").content.decode()


def test_each_place_has_its_state_its_interview_and_its_packet(cast, city, client_of):
    answer = client_of(cast.deputy).get(page_of(cast.deputy))
    assert shown(answer) == [
        ("総務部", [f"防災安全課は市長 {cast.mayor.name}"], "submitted", [True], (True, True)),
        ("健康部", [], "draft", [], (False, False)),
    ]
    page = answer.content.decode()
    assert reverse("packets:preview", args=[2023, "somu"]) in page
    assert reverse("packets:preview", args=[2023, "kenko"]) not in page


def test_exceptional_division_tells_whose_the_department_is(cast, city, client_of):
    answer = client_of(cast.mayor).get(page_of(cast.mayor))
    assert shown(answer) == [
        (
            "総務部 防災安全課",
            [f"部は副市長 {cast.deputy.name}"],
            "submitted",
            [False],
            (True, True),
        ),
    ]
    assert "面談者に入っていません" in answer.content.decode()


def test_interviewer_without_charges_is_told_so(cast, city, client_of):
    page = client_of(cast.superintendent).get(page_of(cast.superintendent)).content.decode()
    assert "担任する部と課はありません" in page


@pytest.mark.parametrize(
    ("reader", "status"),
    [
        *((name, 200) for name in ("mayor", "deputy", "superintendent", "office", "secretary")),
        *((name, 403) for name in ("head", "chief", "drafter", "viewer", "administrator")),
    ],
)
def test_page_is_for_those_who_see_how_far_papers_are(cast, city, client_of, reader, status):
    assert client_of(getattr(cast, reader)).get(page_of(cast.deputy)).status_code == status


def test_nobody_who_interviews_and_somebody_not_announced_answer_alike(cast, city, client_of):
    secret = UserFactory(name="秘匿 桃")
    AppointmentFactory(user=secret, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)
    ChargeFactory(year=2022, interviewer=secret)
    client = client_of(cast.office)
    there, head, nowhere = (
        client.get(where)
        for where in (page_of(secret), page_of(cast.head), page_of(secret)[:-1] + "9/")
    )
    assert [there.status_code, head.status_code, nowhere.status_code] == [404] * 3
    assert there.content == head.content == nowhere.content
    assert client.get(page_of(secret, 2022)).status_code == 404


def test_interview_on_the_first_page_leads_to_a_packet_that_opens(cast, city, kenko, client_of):
    """What is not handed in yet has none: the task leads to one's own page."""
    start = {"starts_at": jst(2023, 4, 7, 10), "ends_at": jst(2023, 4, 7, 11)}
    InterviewFactory(department=kenko, interviewers=[cast.deputy], room="市長室", **start)
    client = client_of(cast.deputy)
    agenda = client.get("/").context["agenda"]
    tasks = {task.title: task for task in agenda.tasks}
    urls = [tasks[f"{name}との面談"].url for name in ("総務部", "健康部")]
    assert urls == [reverse("packets:preview", args=[2023, "somu"]), page_of(cast.deputy)]
    assert [client.get(url).status_code for url in urls] == [200, 200]
