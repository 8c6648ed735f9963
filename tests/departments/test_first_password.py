"""A password that the administrator set is good for one thing: being changed, in time."""

import datetime as dt

import pytest
from django.test import Client

from core import clock
from core.models import AuditEvent
from departments.models import Session, User
from home.addresses import addresses
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
FIRST, OWN = "秋の国分寺で友とお茶を飲む", "春の公園で静かに本を読む人"
REASON = "システム管理者が設定した、一度きりのものです。"


def form_of(user, **changed):
    fields = {"username": user.username, "name": user.name, "kana": user.kana, "is_active": "on"}
    return fields | {"password1": "", "password2": ""} | changed


@pytest.fixture
def reset(cast, client_of):
    """The administrator gives somebody a new first password."""

    def give(user, password=FIRST):
        admin = client_of(cast.administrator)
        where = f"/admin/departments/user/{user.pk}/change/"
        typed = form_of(user, password1=password, password2=password)
        assert admin.post(where, typed).status_code == 302
        user.refresh_from_db()

    return give


def sign_in(user, password=FIRST):
    client = Client()
    answer = client.post("/signin/", {"login": user.username, "password": password})
    return client, answer


def change(client, old=FIRST, new=OWN):
    return client.post("/password/", {"oldpassword": old, "password1": new, "password2": new})


def test_account_made_by_the_administrator_has_a_first_password(cast, client_of):
    typed = {"username": "5001", "name": "髙﨑 𠮷子", "kana": "たかさき", "is_active": "on"}
    typed |= {"password1": FIRST, "password2": FIRST}
    client_of(cast.administrator).post("/admin/departments/user/add/", typed)
    made = User.objects.get(username="5001")
    assert made.first_password_until - clock.now() > dt.timedelta(hours=71, minutes=59)
    assert made.first_password_until - clock.now() <= dt.timedelta(hours=72)


def test_every_page_leads_to_the_change_with_the_reason(cast, reset):
    reset(cast.head)
    client, _ = sign_in(cast.head)
    for where in ("/", "/papers/2023/somu/", "/account/sessions/", "/admin/", "/policies/"):
        for answer in (client.get(where), client.post(where, {"version": "1"})):
            assert (where, answer.status_code, answer.get("Location")) == (where, 302, "/password/")
    assert REASON in client.get("/password/").content.decode()


def test_no_address_opens_but_the_change_and_what_is_public(cast, reset):
    reset(cast.office)
    client, _ = sign_in(cast.office)
    opened = [
        address.name
        for address in addresses()
        if "<" not in address.route
        and not address.is_public
        and client.get(address.route).get("Location") != "/password/"
    ]
    assert opened == ["account_change_password", "account_session"]


def test_changing_it_opens_the_pages_and_leaves_one_line(cast, reset):
    reset(cast.head)
    client, _ = sign_in(cast.head)
    before = AuditEvent.objects.count()
    assert change(client).status_code == 302
    cast.head.refresh_from_db()
    assert cast.head.first_password_until is None
    assert client.get("/account/sessions/").status_code == 200
    assert AuditEvent.objects.count() == before + 1
    assert REASON not in client.get("/password/").content.decode()


def test_the_same_password_again_is_no_change(cast, reset):
    reset(cast.head)
    client, _ = sign_in(cast.head)
    answer = change(client, new=FIRST)
    assert "いまのパスワードと違うものにしてください。" in answer.content.decode()
    cast.head.refresh_from_db()
    assert cast.head.has_first_password


def test_after_72_hours_it_signs_nobody_in(cast, reset, settings):
    reset(cast.head)
    settings.DEMO_TODAY = dt.date(2023, 4, 1)
    client, answer = sign_in(cast.head)
    assert "最初のパスワードの期限が切れました。" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.latest("pk").verb == "sign-in.failed"


def test_session_with_a_first_password_ends_with_its_72_hours(cast, reset, settings):
    reset(cast.head)
    client, _ = sign_in(cast.head)
    settings.DEMO_TODAY = dt.date(2023, 4, 1)
    answer = client.post("/password/", {"oldpassword": FIRST, "password1": OWN, "password2": OWN})
    assert answer["Location"] == "/signin/"
    assert "最初のパスワードの期限が切れました。" in client.get("/signin/").content.decode()
    cast.head.refresh_from_db()
    assert cast.head.check_password(FIRST)


def test_hours_are_a_setting(cast, reset, settings):
    settings.FIRST_PASSWORD_LIFE = dt.timedelta(hours=2)
    reset(cast.head)
    assert cast.head.first_password_until - clock.now() <= dt.timedelta(hours=2)


def test_resetting_a_password_ends_the_sessions_of_the_person(cast, reset, client_of):
    client = client_of(cast.head)
    reset(cast.head)
    assert Session.objects.filter(user=cast.head).count() == 0
    assert client.get("/account/sessions/")["Location"].startswith("/signin/")


def test_a_person_with_a_password_of_her_own_is_left_alone(cast):
    client, answer = sign_in(cast.head, PASSWORD)
    assert answer["Location"] == "/"
    assert client.get("/account/sessions/").status_code == 200


def test_the_table_of_people_tells_whose_password_it_is(cast, reset, client_of):
    reset(cast.head)
    admin = client_of(cast.administrator)
    at = "/admin/departments/user/{}/change/"
    assert "最初のもの（令和5年3月31日" in admin.get(at.format(cast.head.pk)).content.decode()
    assert "本人が決めたもの" in admin.get(at.format(cast.office.pk)).content.decode()
    imported = UserFactory()
    imported.set_unusable_password()
    imported.save()
    assert "まだ設定していません" in admin.get(at.format(imported.pk)).content.decode()
