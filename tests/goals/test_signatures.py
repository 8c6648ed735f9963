"""署名: several heads of one department stand by the version that was handed in."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from core.permissions import Post
from departments.models import Appointment, Department, User
from goals.actions import reviews
from goals.models import OperatingPolicy, Signature
from goals.queries import sheet
from tests.factories import AppointmentFactory, CycleFactory, complete_paper

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE = "/papers/2023/somu/"
ASKED = "第1版を確かめて、署名してください"
TASK = "総務部の運営方針書を確かめて署名する"


@pytest.fixture
def second(somu: Department) -> Appointment:
    """担当部長 beside the head."""
    return AppointmentFactory(
        user__name="丹羽 恵", department=somu, title="新庁舎・デジタル担当部長"
    )


@pytest.fixture
def paper(cast: SimpleNamespace, second: Appointment, somu: Department) -> OperatingPolicy:
    """Handed in by 総務部長."""
    CycleFactory()
    paper = complete_paper(department=somu)
    return hand_in(paper, cast.head)


def hand_in(paper: OperatingPolicy, head: User, **by: object) -> OperatingPolicy:
    paper = fresh(paper)
    reviews.submit(paper=paper, edits=paper.edits, by=Actor(user=head, **by))
    return fresh(paper)


def fresh(paper: OperatingPolicy) -> OperatingPolicy:
    return OperatingPolicy.objects.for_page().get(pk=paper.pk)


def shown(paper: OperatingPolicy) -> list[tuple[str, str, bool]]:
    """Name, for whom, and whether signed: as every page shows it."""
    return [(row.name, row.standing_in_for, bool(row.at)) for row in sheet(paper).signatures]


def sign(client: Client, head: Appointment, number: int = 1) -> HttpResponse:
    return client.post(f"{PAGE}sign/", {"number": number, "appointment": head.pk})


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_handing_in_is_the_signature_of_the_head_who_does_it(
    paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    signature = Signature.objects.get()
    assert (signature.signer, signature.title, signature.revision.number) == (
        cast.head,
        "総務部長",
        1,
    )
    assert shown(paper) == [(cast.head.name, "", True), ("丹羽 恵", "", False)]


def test_the_other_head_is_asked_and_signs_the_version_that_she_saw(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    client = client_of(second.user)
    assert TASK in text_of(client.get("/"))
    assert ASKED in text_of(client.get(PAGE))
    answer = sign(client, second)
    assert answer.headers["Location"] == f"{PAGE}#signatures"
    assert shown(paper) == [(cast.head.name, "", True), ("丹羽 恵", "", True)]
    assert TASK not in text_of(client.get("/"))
    assert ASKED not in text_of(client.get(PAGE))
    line = AuditEvent.objects.get(verb="paper.sign")
    assert (line.actor, line.after) == (second.user, {"version": "第1版"})


def test_the_head_who_handed_in_is_not_asked(
    paper: OperatingPolicy, client_of: SignIn, cast: SimpleNamespace
) -> None:
    head, drafter = client_of(cast.head), client_of(cast.drafter)
    for client in (head, drafter):
        assert TASK not in text_of(client.get("/"))
        assert ASKED not in text_of(client.get(PAGE))


def test_a_signature_is_given_once(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn
) -> None:
    client = client_of(second.user)
    sign(client, second)
    again = sign(client, second)
    assert again.status_code == 409
    assert "この版には、署名が済んでいます。" in text_of(again)
    assert Signature.objects.count() == 2


def test_nobody_signs_a_version_that_he_has_not_seen(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    client = client_of(second.user)
    reviews.withdraw(paper=paper, by=Actor(user=cast.head))
    hand_in(paper, cast.head)
    answer = sign(client, second, number=1)
    assert answer.status_code == 409
    assert "新しい版が提出されました。" in text_of(answer)
    assert not Signature.objects.filter(signer=second.user).exists()


def test_a_new_version_asks_anew(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    client = client_of(second.user)
    sign(client, second)
    reviews.withdraw(paper=paper, by=Actor(user=cast.head))
    assert shown(fresh(paper)) == []
    paper = hand_in(paper, cast.head)
    assert shown(paper) == [(cast.head.name, "", True), ("丹羽 恵", "", False)]
    assert "第2版を確かめて、署名してください" in text_of(client.get(PAGE))
    assert sign(client, second, number=2).status_code == 302
    assert Signature.objects.filter(signer=second.user).count() == 2


def test_what_is_not_at_the_office_is_not_signed(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    reviews.withdraw(paper=paper, by=Actor(user=cast.head))
    answer = sign(client_of(second.user), second)
    assert answer.status_code == 409
    assert "この運営方針書は「作成中」のため、いまは署名できません。" in text_of(answer)


def test_what_is_received_is_still_signed_and_what_is_settled_is_not(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    office, client = Actor(user=cast.office), client_of(second.user)
    reviews.receive(paper=paper, by=office)
    assert TASK in text_of(client.get("/"))
    reviews.finalise(paper=fresh(paper), by=office)
    assert TASK not in text_of(client.get("/"))
    answer = sign(client, second)
    assert "この運営方針書は「確定」のため、いまは署名できません。" in text_of(answer)
    assert shown(fresh(paper)) == [(cast.head.name, "", True), ("丹羽 恵", "", False)]


def test_a_head_who_comes_later_is_not_asked_about_a_settled_paper(
    paper: OperatingPolicy, somu: Department, cast: SimpleNamespace
) -> None:
    OperatingPolicy.objects.update(status="finalised")
    AppointmentFactory(user__name="後の 部長", department=somu, announced_on=dt.date(2023, 3, 1))
    assert "後の 部長" not in [name for name, _, _ in shown(fresh(paper))]


def test_the_office_sees_who_has_not_signed_and_nothing_is_held_up(
    paper: OperatingPolicy, client_of: SignIn, cast: SimpleNamespace
) -> None:
    office = client_of(cast.office)
    page = text_of(office.get(f"{PAGE}review/"))
    assert '<span class="alert">未署名</span>' in page
    assert page.index("丹羽 恵") < page.index("未署名")
    answer = office.post(f"{PAGE}review/receive/", {"version": fresh(paper).version})
    assert answer.status_code == 302
    assert fresh(paper).status == "received"


def test_the_revision_and_the_cover_show_the_signatures(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    sign(client_of(second.user), second)
    for where in (f"{PAGE}revisions/1/", "/packets/2023/somu/"):
        page = text_of(client_of(cast.office).get(where))
        assert "署名" in page, where
        assert page.count("丹羽 恵") >= 1
    assert "未署名" not in page


def test_names_stay_as_they_were_when_it_was_signed(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    sign(client_of(second.user), second)
    User.objects.filter(pk=second.user_id).update(name="改姓 恵")
    Appointment.objects.filter(pk=second.pk).update(title="別の職")
    OperatingPolicy.objects.update(status="finalised")
    page = text_of(client_of(cast.office).get(f"{PAGE}revisions/1/"))
    assert "新庁舎・デジタル担当部長　丹羽 恵" in page
    assert "未署名" not in page


def test_one_who_stands_in_signs_for_the_head_who_is_absent(
    paper: OperatingPolicy, second: Appointment, somu: Department, client_of: SignIn
) -> None:
    acting = AppointmentFactory(
        user__name="職務 代理",
        department=somu,
        title="担当部長職務代理",
        standing_in_for=second.user,
    )
    client = client_of(acting.user)
    assert "丹羽 恵の職務代理として署名します。" in text_of(client.get(PAGE))
    assert sign(client, acting).status_code == 302
    assert shown(paper)[-1] == ("職務 代理", "丹羽 恵", True)
    assert len(shown(paper)) == 2
    assert "（丹羽 恵の職務代理）" in text_of(client.get(PAGE))
    assert sign(client_of(second.user), second).status_code == 409
    line = AuditEvent.objects.get(verb="paper.sign")
    assert (line.actor, line.standing_in_for_id) == (acting.user, second.user_id)


def test_handed_in_by_one_who_stands_in_it_is_the_absent_heads_signature(
    somu: Department, cast: SimpleNamespace
) -> None:
    acting = AppointmentFactory(
        user__name="職務 代理",
        department=somu,
        title="総務部長職務代理",
        standing_in_for=cast.head,
    )
    CycleFactory()
    paper = complete_paper(department=somu)
    paper = hand_in(paper, acting.user, standing_in_for_id=cast.head.pk)
    assert shown(paper) == [("職務 代理", cast.head.name, True)]


def test_a_head_signs_for_himself_and_for_the_one_whom_he_stands_in_for(
    paper: OperatingPolicy, second: Appointment, somu: Department, client_of: SignIn
) -> None:
    absent = AppointmentFactory(user__name="休職 中", department=somu, title="危機担当部長")
    acting = AppointmentFactory(
        user=second.user, department=somu, title="危機担当部長職務代理", standing_in_for=absent.user
    )
    client = client_of(second.user)
    assert [sign(client, post).status_code for post in (second, acting)] == [302, 302]
    assert [(name, whose) for name, whose, _ in shown(paper)[1:]] == [
        ("丹羽 恵", ""),
        ("丹羽 恵", "休職 中"),
    ]


def test_an_unannounced_head_does_not_show_and_cannot_sign(
    paper: OperatingPolicy, somu: Department, client_of: SignIn, cast: SimpleNamespace
) -> None:
    secret = AppointmentFactory(
        user__name="秘密 部長", department=somu, title="秘密担当部長", unannounced=True
    )
    before = shown(paper)
    assert "秘密 部長" not in [name for name, _, _ in before]
    assert sign(client_of(secret.user), secret).status_code == 403
    Appointment.objects.filter(pk=secret.pk).update(announced_on=dt.date(2023, 3, 28))
    assert shown(paper) == [*before, ("秘密 部長", "", False)]


@pytest.mark.parametrize(
    ("person", "status"),
    [("chief", 403), ("drafter", 403), ("office", 403), ("mayor", 403), ("incoming_head", 404)],
)
def test_only_heads_of_the_department_sign(
    paper: OperatingPolicy,
    second: Appointment,
    client_of: SignIn,
    cast: SimpleNamespace,
    person: str,
    status: int,
) -> None:
    assert sign(client_of(getattr(cast, person)), second).status_code == status
    assert not Signature.objects.filter(signer=second.user).exists()


def test_a_form_by_hand_is_no_signature(
    paper: OperatingPolicy, second: Appointment, client_of: SignIn, cast: SimpleNamespace
) -> None:
    client = client_of(second.user)
    assert client.post(f"{PAGE}sign/", {"number": "x"}).status_code == 400
    assert client.get(f"{PAGE}sign/").status_code == 405
    own = Appointment.objects.get(user=cast.head)
    assert sign(client, own).status_code == 409
    assert Signature.objects.count() == 1


def test_a_head_of_two_departments_signs_only_where_it_is_his(
    paper: OperatingPolicy, kenko: Department, client_of: SignIn
) -> None:
    other = AppointmentFactory(department=kenko, post=Post.HEAD, title="健康担当部長")
    assert sign(client_of(other.user), other).status_code == 404
