"""Writing in the admin: what is stored, and the one line that each write leaves."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from core.audit import first_broken_line
from core.models import AuditEvent
from core.permissions import Post
from departments.models import Appointment, Charge, Department, User
from policies.models import Measure
from tests.factories import (
    ChargeFactory,
    DivisionFactory,
    MeasureFactory,
    PlanFactory,
    SdgFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
GOOD = "春の国分寺で友とお茶を飲む"


@pytest.fixture
def administrator(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.administrator)


def lines() -> list[tuple[str, str, dict, dict]]:
    rows = AuditEvent.objects.order_by("pk")
    return [(row.verb, row.label, row.before, row.after) for row in rows]


def errors_of(response: object) -> dict[str, list[str]]:
    return response.context["adminform"].form.errors  # type: ignore[attr-defined]


def department(**values: str) -> dict[str, str]:
    return {
        **{"name": "デジタル部", "kana": "でじたるぶ", "code": "digital"},
        **{"first_year": "2023", "last_year": "", "order": "20"},
    } | values


def test_adding_a_row_leaves_one_line(administrator: Client, cast: SimpleNamespace) -> None:
    administrator.post("/admin/departments/department/add/", department())
    row = Department.objects.get(code="digital")
    [(verb, label, before, after)] = lines()
    assert (verb, label, before) == ("department.add", "部 デジタル部", {})
    assert after == {
        **{"id": row.pk, "name": "デジタル部", "kana": "でじたるぶ", "code": "digital"},
        **{"first_year": 2023, "last_year": None, "order": 20, "successors": []},
    }
    event = AuditEvent.objects.get()
    assert event.actor == cast.administrator
    assert event.address == "127.0.0.1"
    assert first_broken_line() is None


def test_changing_a_row_tells_before_and_after_with_its_links(
    administrator: Client, somu: Department, kenko: Department
) -> None:
    values = department(name="総務部", kana="そうむぶ", code="somu", first_year="2019", order="2")
    address = f"/admin/departments/department/{somu.pk}/change/"
    administrator.post(address, values | {"last_year": "2022", "successors": [str(kenko.pk)]})
    [(verb, _, before, after)] = lines()
    assert verb == "department.change"
    assert before == {"last_year": None, "successors": []}
    assert after == {"last_year": 2022, "successors": [f"健康部 #{kenko.pk}"]}


@pytest.mark.parametrize(
    ("last_year", "sentence"),
    [
        ("2022", None),
        (
            "2017",
            "「健康部」は、「総務部」が終わった次の平成30年度にはありません"
            "（令和元年度から）。どちらかの年度か、後継を直してください。",
        ),
        (
            "",
            "「総務部」は続くので、後継にできるのは、その後に始まるものだけです。"
            "「総務部」が終わるときは、最後の年度を入力してください。",
        ),
    ],
)
def test_a_successor_stands_when_the_department_has_ended(
    administrator: Client, somu: Department, kenko: Department, last_year: str, sentence: str | None
) -> None:
    values = department(name="総務部", kana="そうむぶ", code="somu", first_year="2015", order="2")
    Department.objects.filter(pk=kenko.pk).update(first_year=2019 if last_year else 2014)
    answer = administrator.post(
        f"/admin/departments/department/{somu.pk}/change/",
        values | {"last_year": last_year, "successors": [str(kenko.pk)]},
    )
    found = errors_of(answer).get("successors") if answer.status_code == 200 else None
    assert found == ([sentence] if sentence else None)
    assert list(somu.successors.all()) == ([] if sentence else [kenko])


def test_the_years_of_a_successor_stay_with_its_predecessor(
    administrator: Client, somu: Department, kenko: Department
) -> None:
    Department.objects.filter(pk=kenko.pk).update(last_year=2022)
    kenko.successors.add(somu)
    values = department(name="総務部", kana="そうむぶ", code="somu", order="2")
    where = f"/admin/departments/department/{somu.pk}/change/"
    told = errors_of(administrator.post(where, values | {"first_year": "2024"}))
    assert told["first_year"] == [
        "「総務部」は、「健康部」が終わった次の令和5年度にはありません"
        "（令和6年度から）。どちらかの年度か、後継を直してください。"
    ]
    assert administrator.post(where, values | {"first_year": "2023"}).status_code == 302


def test_divisions_name_their_successors_by_department(administrator: Client) -> None:
    old = DivisionFactory(name="防災課", last_year=2022)
    new = DivisionFactory(name="危機管理課", first_year=2023)
    where = f"/admin/departments/division/{old.pk}/change/"
    page = administrator.get(where).content.decode()
    assert f"{new.department.name}　危機管理課" in page
    values = {"department": str(old.department_id), "name": "防災課", "code": old.code}
    values |= {"first_year": "2019", "last_year": "2022", "order": "0"}
    administrator.post(where, values | {"successors": [str(new.pk)]})
    assert list(old.successors.all()) == [new]


def test_saving_without_a_change_leaves_no_line(administrator: Client, somu: Department) -> None:
    values = department(name="総務部", kana="そうむぶ", code="somu", first_year="2019", order="2")
    administrator.post(f"/admin/departments/department/{somu.pk}/change/", values)
    assert lines() == []


def test_deleting_leaves_what_was_there(administrator: Client, cast: SimpleNamespace) -> None:
    charge = ChargeFactory(department=Department.objects.first(), interviewer=cast.nobody)
    page = administrator.get(f"/admin/departments/charge/{charge.pk}/delete/").content.decode()
    assert "を削除します。元に戻せません。" in page
    administrator.post(f"/admin/departments/charge/{charge.pk}/delete/", {"post": "yes"})
    assert not Charge.objects.exists()
    [(verb, _, before, after)] = lines()
    assert (verb, before["year"], after) == ("charge.delete", 2023, {})


def test_input_is_normalised_as_people_type_it(administrator: Client) -> None:
    values = department(name="デジタル部\u200b", order="２０", first_year="２０２３")
    administrator.post("/admin/departments/department/add/", values)
    row = Department.objects.get(code="digital")
    assert (row.name, row.order, row.first_year) == ("デジタル部", 20, 2023)


def test_errors_say_what_to_enter(administrator: Client) -> None:
    values = department(name="", code="デジタル", last_year="2020", order="-1")
    response = administrator.post("/admin/departments/department/add/", values)
    errors = errors_of(response)
    assert errors["name"] == ["名称を入力してください。"]
    assert errors["code"] == ["半角の英数字、ハイフン（-）、下線（_）だけで入力してください。"]
    assert errors["order"] == ["この値は 0 以上でなければなりません。"]
    assert not Department.objects.filter(name="").exists()


def test_dates_are_read_in_either_calendar(administrator: Client, cast: SimpleNamespace) -> None:
    values = {
        **{"user": str(cast.nobody.pk), "post": Post.VIEWER, "title": "監査委員"},
        **{"starts_on": "令和5年4月1日", "announced_on": "2023/3/24"},
    }
    administrator.post("/admin/departments/appointment/add/", values)
    row = Appointment.objects.get(user=cast.nobody)
    assert (row.starts_on, row.announced_on) == (dt.date(2023, 4, 1), dt.date(2023, 3, 24))


def test_a_day_that_no_era_has_is_refused_with_the_reason(
    administrator: Client, cast: SimpleNamespace
) -> None:
    values = {
        **{"user": str(cast.nobody.pk), "post": Post.VIEWER, "title": "監査委員"},
        **{"starts_on": "平成31年5月1日", "announced_on": "2023/3/24"},
    }
    response = administrator.post("/admin/departments/appointment/add/", values)
    assert errors_of(response) == {
        "starts_on": ["平成にその日はありません。元号を確かめてください。"]
    }


def person(**values: str) -> dict[str, str]:
    return {"username": "5001", "name": "髙﨑 𠮷子", "kana": "たかさき", "is_active": "on"} | values


def test_a_person_gets_a_first_password_that_is_kept_nowhere(
    administrator: Client, client: Client
) -> None:
    administrator.post("/admin/departments/user/add/", person(password1=GOOD, password2=GOOD))
    row = User.objects.get(username="5001")
    assert row.check_password(GOOD)
    assert (row.name, row.is_active) == ("髙﨑 𠮷子", True)
    [(verb, _, _, after)] = lines()
    assert (verb, "password" in after) == ("user.add", False)
    page = administrator.get(f"/admin/departments/user/{row.pk}/change/").content.decode()
    assert row.password not in page


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("", "", "password1"),
        (GOOD, "別の言葉をもう一度", "password2"),
        ("短い", "短い", "password2"),
    ],
)
def test_a_person_without_a_good_password_is_not_stored(
    administrator: Client, first: str, second: str, field: str
) -> None:
    values = person(password1=first, password2=second)
    response = administrator.post("/admin/departments/user/add/", values)
    assert field in errors_of(response)
    assert not User.objects.filter(username="5001").exists()


def test_an_empty_password_keeps_the_old_and_a_new_one_leaves_a_line(
    administrator: Client,
) -> None:
    row = UserFactory(username="5001", name="髙﨑 𠮷子", kana="たかさき", password=GOOD)
    address = f"/admin/departments/user/{row.pk}/change/"
    administrator.post(address, person(email="t@example.jp"))
    row.refresh_from_db()
    assert row.check_password(GOOD)
    new = "秋の国分寺で友とお茶を飲む"
    administrator.post(address, person(email="t@example.jp", password1=new, password2=new))
    row.refresh_from_db()
    assert row.check_password(new)
    assert [verb for verb, *_ in lines()] == ["user.change", "password"]
    assert new not in str(lines())


def test_links_of_a_measure_are_in_its_line(administrator: Client) -> None:
    measure, sdg = MeasureFactory(code="1"), SdgFactory(number=11)
    values = {"plan": str(measure.plan_id), "code": "1", "name": "防災・減災", "order": "0"}
    administrator.post(f"/admin/policies/measure/{measure.pk}/change/", values | {"sdgs": ["11"]})
    assert list(Measure.objects.get().sdgs.all()) == [sdg]
    [(_, _, before, after)] = lines()
    assert before == {"sdgs": []}
    assert after == {"sdgs": [f"{sdg} #11"]}
    assert Measure.objects.get().first_year == measure.plan.first_year


def test_a_measure_lies_in_the_years_of_its_plan_and_of_its_division(
    administrator: Client, somu: Department
) -> None:
    plan = PlanFactory(first_year=2021, last_year=2024)
    gone = DivisionFactory(department=somu, name="旧課", first_year=2018, last_year=2019)
    values = {"plan": str(plan.pk), "code": "1", "name": "防災", "order": "0"}
    years = {"first_year": "2020", "last_year": "2025", "lead_division": str(gone.pk)}
    response = administrator.post("/admin/policies/measure/add/", values | years)
    outside = ["計画の年度（令和3年度から令和6年度まで）の中にしてください。"]
    assert errors_of(response) == {
        **{"first_year": outside, "last_year": outside},
        "lead_division": ["「旧課」は、この施策の年度にはない課です。"],
    }
    assert not Measure.objects.exists()


def test_history_of_a_row_is_read_from_the_audit_trail(
    administrator: Client, somu: Department, cast: SimpleNamespace
) -> None:
    values = department(name="総務管理部", kana="そうむぶ", code="somu", order="2")
    administrator.post(
        f"/admin/departments/department/{somu.pk}/change/", values | {"first_year": "2019"}
    )
    page = administrator.get(f"/admin/departments/department/{somu.pk}/history/").content.decode()
    assert "<dt>名称</dt>" in page
    assert "<del>総務部</del> → <ins>総務管理部</ins>" in page
    assert cast.administrator.name in page
