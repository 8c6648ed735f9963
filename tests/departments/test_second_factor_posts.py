"""Which posts must have a second factor, and who helps those who have lost theirs."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from core.models import AuditEvent
from core.permissions import Post
from departments.apps import DepartmentsConfig
from tests.departments.second_factors import code_of, last_lines, set_up, sign_in, text
from tests.factories import AppointmentFactory, UserFactory

pytestmark = pytest.mark.django_db
HOME, CODE = "/account/second-factor/", "/signin/code/"
REMOVE = "/account/second-factor/remove/"


# Posts that must have one


@pytest.fixture
def heads_must(settings):
    settings.SECOND_FACTOR_POSTS = frozenset({"head"})


def test_every_page_leads_there_until_one_is_set_up(cast, heads_must):
    client, _ = sign_in(cast.head)
    for where in ("/", "/papers/2023/somu/", "/account/sessions/", "/password/", "/policies/"):
        for answer in (client.get(where), client.post(where, {"version": "1"})):
            assert (where, answer.status_code, answer.get("Location")) == (where, 302, HOME)
    assert "最初に、二段階認証を設定してください" in text(client.get(HOME))
    set_up(cast.head, client)
    assert client.get("/account/sessions/").status_code == 200


def test_other_posts_are_left_alone(cast, heads_must):
    client, answer = sign_in(cast.office)
    assert answer["Location"] == "/"
    assert client.get("/account/sessions/").status_code == 200


def test_post_that_is_not_announced_asks_for_nothing(heads_must, cast, somu):
    user = UserFactory()
    AppointmentFactory(user=user, post=Post.DRAFTER, department=somu)
    AppointmentFactory(user=user, department=somu, unannounced=True)
    client, _ = sign_in(user)
    page = text(client.get(HOME))
    assert ("最初に、二段階認証" in page, "最後の一つは外せません" in page) == (False, False)
    assert client.get("/account/sessions/").status_code == 200


def test_announced_post_of_april_asks_from_its_announcement(heads_must, cast):
    client, _ = sign_in(cast.incoming_head)
    assert client.get("/account/sessions/")["Location"] == HOME


def test_last_one_stays_where_the_post_asks_for_it(heads_must, cast):
    secret = set_up(cast.head)
    client, _ = sign_in(cast.head)
    client.post(CODE, {"code": code_of(secret)})
    factor = Authenticator.objects.get(type="totp")
    page = text(client.get(HOME))
    assert ("最後の一つは外せません。" in page, "外す<" in page) == (True, False)
    for answer in (
        client.get(f"{REMOVE}?factor={factor.pk}"),
        client.post(REMOVE, {"factor": factor.pk}),
    ):
        assert (answer.status_code, "最後の一つは外せません。" in text(answer)) == (409, True)
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_setting_with_an_unknown_post_does_not_start(settings):
    settings.SECOND_FACTOR_POSTS = frozenset({"head", "hed"})
    with pytest.raises(ImproperlyConfigured, match="SECOND_FACTOR_POSTS にない職があります: hed"):
        DepartmentsConfig("departments", __import__("departments")).ready()


# Lost


def reset_form(user, **changed):
    fields = {"username": user.username, "name": user.name, "kana": user.kana, "is_active": "on"}
    return fields | {"password1": "", "password2": ""} | changed


def test_administrator_takes_a_lost_one_away_which_ends_the_sessions(cast, client_of):
    secret = set_up(cast.head)
    client, _ = sign_in(cast.head)
    client.post(CODE, {"code": code_of(secret)})
    where = f"/admin/departments/user/{cast.head.pk}/change/"
    admin = client_of(cast.administrator)
    page = text(admin.get(where))
    assert ("二段階認証の解除" in page, "設定していません" in page) == (True, False)
    other = text(admin.get(f"/admin/departments/user/{cast.office.pk}/change/"))
    assert ("二段階認証の解除" in other, "設定していません" in other) == (False, True)
    assert admin.post(where, reset_form(cast.head)).status_code == 302
    assert Authenticator.objects.count() == 2
    assert admin.post(where, reset_form(cast.head, resets_second_factor="on")).status_code == 302
    assert Authenticator.objects.count() == 0
    line = AuditEvent.objects.filter(verb="second-factor.reset").get()
    assert (line.actor, line.label, line.before) == (
        cast.administrator,
        cast.head.name,
        {"kind": ["認証アプリ"]},
    )
    assert client.get("/account/sessions/")["Location"].startswith("/signin/")
    assert sign_in(cast.head)[1]["Location"] == "/"


def test_administrator_does_not_take_away_her_own(cast):
    secret = set_up(cast.administrator)
    admin, _ = sign_in(cast.administrator)
    admin.post(CODE, {"code": code_of(secret)})
    where = f"/admin/departments/user/{cast.administrator.pk}/change/"
    answer = admin.post(where, reset_form(cast.administrator, resets_second_factor="on"))
    assert "ほかのシステム管理者に頼んでください。" in text(answer)
    assert Authenticator.objects.count() == 2


@pytest.mark.parametrize("person", ["office", "head", "secretary"])
def test_nobody_else_takes_it_away(cast, client_of, person):
    set_up(cast.head)
    where = f"/admin/departments/user/{cast.head.pk}/change/"
    answer = client_of(getattr(cast, person)).post(
        where, reset_form(cast.head, resets_second_factor="on")
    )
    assert answer.status_code == 403
    assert Authenticator.objects.count() == 2


def test_keeper_of_the_machine_helps_the_only_administrator(cast):
    set_up(cast.administrator)
    told = StringIO()
    call_command("reset_second_factor", cast.administrator.username, stdout=told)
    assert told.getvalue() == f"{cast.administrator.name}の二段階認証を外しました。\n"
    assert Authenticator.objects.count() == 0
    assert last_lines() == [("second-factor.reset", None)]
    with pytest.raises(CommandError, match="職員番号 0000 の人は登録されていません。"):
        call_command("reset_second_factor", "0000")


def test_tables_of_second_factors_are_not_in_the_admin(cast, client_of):
    page = text(client_of(cast.administrator).get("/admin/"))
    assert "authenticator" not in page.lower()
