"""Every page of the admin: who opens it, what it says, and that it obeys the strict CSP."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.audit import SYSTEM, record
from core.permissions import Permission, Post
from core.spreadsheets import TableAdmin
from departments.backends import TABLES
from departments.models import Appointment, User
from policies.models import Alignment, Edition
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    CycleFactory,
    MeasureFactory,
    ProjectFactory,
    SdgFactory,
    UserFactory,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NO_ADD = {
    *("policies.basicpolicy", "policies.section", "policies.edition", "policies.alignment"),
    *("policies.speech", "policies.project", "policies.sdg", "core.auditevent"),
    "departments.charge",
}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
ENGLISH = re.compile(r">\s*([A-Z][a-z]+ [a-z]+[^<{]*)<")


def table(label: str) -> type[Model]:
    return next(model for model in admin.site._registry if model._meta.label_lower == label)


@pytest.fixture
def a_row_of_each(cast: SimpleNamespace) -> None:
    policy = policy_with_items()
    section = policy.sections.get(path="1-1")
    Edition.objects.create(
        policy=policy, number=0, dated_on=policy.issued_on, content={}, issued_at=timezone.now()
    )
    Alignment.objects.create(section=section, confirmed_at=timezone.now())
    ProjectFactory()
    CycleFactory()
    MeasureFactory()
    SdgFactory()
    ChargeFactory(department=cast.head.appointments.get().department, interviewer=cast.deputy)
    record("sign-in", by=SYSTEM, label="試験")


def addresses(label: str) -> list[str]:
    """All pages of one table."""
    model = table(label)
    names = ["changelist"] + ([] if label in NO_ADD else ["add"])
    if isinstance(admin.site._registry[model], TableAdmin):
        names += ["export"] if label in NO_ADD else ["import", "export"]
    base = f"admin:{label.replace('.', '_')}_"
    row = model._default_manager.order_by("pk").first()
    of_row = [reverse(f"{base}{name}", args=[row.pk]) for name in ("change", "history")]
    return [reverse(base + name) for name in names] + of_row


def test_every_table_that_posts_may_open_is_in_the_admin() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} >= set(TABLES)


@pytest.mark.parametrize("label", sorted(TABLES))
@pytest.mark.parametrize("name", ["administrator", "office"])
def test_pages_open_for_the_posts_that_the_table_names(
    label: str, name: str, cast: SimpleNamespace, client_of: ClientOf, a_row_of_each: None
) -> None:
    is_open = name == "administrator" or TABLES[label] is Permission.EDIT_REFERENCE
    client = client_of(getattr(cast, name))
    answers = {address: client.get(address).status_code for address in addresses(label)}
    assert answers == dict.fromkeys(answers, 200 if is_open else 403)


@pytest.mark.parametrize("label", sorted(TABLES))
def test_pages_are_japanese_and_hold_nothing_inline(
    label: str, cast: SimpleNamespace, client_of: ClientOf, a_row_of_each: None
) -> None:
    client = client_of(cast.administrator)
    for address in addresses(label):
        response = client.get(address)
        page = response.content.decode()
        assert (address, INLINE.findall(page)) == (address, [])
        assert (address, ENGLISH.findall(page)) == (address, [])
        assert page.count("<h1>") == 1
        assert 'href="/">今日すること</a>' in page
        policy = response["Content-Security-Policy"]
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("name", [post for post in ("head", "mayor", "secretary", "viewer")])
def test_other_posts_are_refused_and_told(
    name: str, cast: SimpleNamespace, client_of: ClientOf
) -> None:
    client = client_of(getattr(cast, name))
    for address in ("/admin/", "/admin/departments/department/", "/admin/core/auditevent/"):
        response = client.get(address, follow=True)
        assert response.status_code == 403
        assert "いまの職では、管理画面は使えません。" in response.content.decode()


def test_nobody_signs_in_through_the_admin(client: Client) -> None:
    response = client.get("/admin/policies/plan/", follow=True)
    assert response.redirect_chain[-1][0] == "/signin/?next=/admin/policies/plan/"
    assert (
        client.post("/admin/login/", {"username": "x"})["Location"] == "/signin/?next=/admin/login/"
    )


def test_first_page_lists_the_tables_in_the_order_of_the_year(
    cast: SimpleNamespace, client_of: ClientOf
) -> None:
    page = client_of(cast.office).get("/admin/").content.decode()
    names = re.findall(r'<th scope="row"[^>]*><a [^>]*>([^<]+)</a>', page)
    assert names == [
        *("部", "課"),
        *("年度設定", "市政運営の基本方針", "基本方針の項", "発出・改正", "昨年度との対応"),
        *("施政方針", "施政方針の事業", "計画", "施策", "SDGsの目標"),
    ]


def test_policy_office_sees_no_unannounced_appointment_anywhere(
    cast: SimpleNamespace, client_of: ClientOf, a_row_of_each: None
) -> None:
    coming = UserFactory(name="内示前 太郎")
    AppointmentFactory(user=coming, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)
    client = client_of(cast.office)
    pages = [
        client.get(address).content.decode()
        for label in TABLES
        if TABLES[label] is Permission.EDIT_REFERENCE
        for address in addresses(label)
    ]
    assert [page for page in pages if "内示前 太郎" in page] == []
    assert pages != []


def test_administrator_finds_unannounced_appointments(
    cast: SimpleNamespace, client_of: ClientOf
) -> None:
    coming = UserFactory(name="内示前 太郎")
    AppointmentFactory(user=coming, title="部長", unannounced=True, department=None, post="viewer")
    client = client_of(cast.administrator)
    page = client.get("/admin/departments/appointment/?when=unannounced").content.decode()
    assert re.findall(r"/admin/departments/appointment/(\d+)/change/", page) == [
        str(Appointment.objects.get(user=coming).pk)
    ]


def test_autocomplete_of_people_is_closed_to_the_policy_office(
    cast: SimpleNamespace, client_of: ClientOf
) -> None:
    address = (
        "/admin/autocomplete/?term=&app_label=departments&model_name=appointment&field_name=user"
    )
    assert client_of(cast.office).get(address).status_code == 403
    found = client_of(cast.administrator).get(address).json()["results"]
    assert len(found) == User.objects.count()


@pytest.mark.parametrize(
    "label", ["departments.department", "policies.section", "policies.measure"]
)
def test_rows_that_others_point_to_cannot_be_deleted(
    label: str, cast: SimpleNamespace, client_of: ClientOf, a_row_of_each: None
) -> None:
    row = table(label)._default_manager.first()
    address = reverse(f"admin:{label.replace('.', '_')}_delete", args=[row.pk])
    response = client_of(cast.administrator).post(address, {"post": "yes"})
    assert response.status_code == 403
    assert table(label)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("label", sorted(NO_ADD - {"core.auditevent"}))
def test_documents_and_their_items_are_read_here_and_never_written(
    label: str, cast: SimpleNamespace, client_of: ClientOf, a_row_of_each: None
) -> None:
    row = table(label)._default_manager.order_by("pk").first()
    stored = model_values(row)
    client, base = client_of(cast.administrator), f"admin:{label.replace('.', '_')}"
    typed = {"title": "新しい題", "body": "書換え", "short_name": "別の名前", "name": "別の名前"}
    answers = [
        client.post(reverse(f"{base}_add"), typed).status_code,
        client.post(reverse(f"{base}_change", args=[row.pk]), typed).status_code,
        client.post(reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}).status_code,
    ]
    assert answers == [403, 403, 403]
    assert model_values(table(label)._default_manager.get(pk=row.pk)) == stored


def model_values(row: Model) -> dict[str, object]:
    return {field.name: field.value_from_object(row) for field in row._meta.concrete_fields}


def test_items_of_the_policy_are_not_taken_in_from_a_file(
    cast: SimpleNamespace, client_of: ClientOf, a_row_of_each: None
) -> None:
    client = client_of(cast.administrator)
    for name in ("import", "process_import"):
        assert client.post(reverse(f"admin:policies_section_{name}"), {}).status_code == 403
    assert "インポート" not in client.get("/admin/policies/section/").content.decode()


def test_audit_trail_cannot_be_written(cast: SimpleNamespace, client_of: ClientOf) -> None:
    event = record("sign-in", by=SYSTEM, label="試験")
    client = client_of(cast.administrator)
    base = f"/admin/core/auditevent/{event.pk}"
    answers = [
        client.post("/admin/core/auditevent/add/", {"verb": "x"}).status_code,
        client.post(f"{base}/change/", {"verb": "x"}).status_code,
        client.post(f"{base}/delete/", {"post": "yes"}).status_code,
    ]
    assert answers == [403, 403, 403]
    event.refresh_from_db()
    assert event.verb == "sign-in"


@pytest.mark.parametrize("label", ["departments.appointment", "policies.section"])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    label: str,
    cast: SimpleNamespace,
    client_of: ClientOf,
    a_row_of_each: None,
    django_assert_max_num_queries: Callable,
) -> None:
    client = client_of(cast.administrator)
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    with django_assert_max_num_queries(12) as few:
        client.get(address)
    for number in range(5):
        AppointmentFactory(post=Post.VIEWER, title=f"閲覧{number}")
    policy_with_items(2022)
    with django_assert_max_num_queries(12) as many:
        client.get(address)
    assert len(many) == len(few)


def test_days_are_shown_and_typed_in_the_citys_calendar(
    cast: SimpleNamespace, client_of: ClientOf
) -> None:
    cycle = CycleFactory(year=2023)
    address = reverse("admin:policies_cycle_change", args=[cycle.pk])
    client = client_of(cast.administrator)
    page = client.get(address).content.decode()
    assert re.findall(r'name="(\w+)" value="([^"]+)"[^>]*vCalendar', page) == [
        ("policy_due", "令和5年3月31日"),
        ("submission_due_0", "令和5年4月4日"),
    ]

    typed = {
        "policy_due": "R5.3.30",
        "submission_due_0": "令和5年4月5日",
        "submission_due_1": "9:30",
    }
    assert client.post(address, typed).status_code == 302
    cycle.refresh_from_db()
    assert cycle.policy_due.isoformat() == "2023-03-30"
    assert timezone.localtime(cycle.submission_due).strftime("%F %H:%M") == "2023-04-05 09:30"


def test_people_of_one_name_are_told_apart_by_their_number(
    cast: SimpleNamespace, client_of: ClientOf
) -> None:
    page = client_of(cast.administrator).get("/admin/departments/appointment/add/").content.decode()
    assert f"{cast.head.name}（{cast.head.username}）" in page
    assert "選んでください" in page
