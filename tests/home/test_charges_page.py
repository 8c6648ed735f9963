"""事務分担: by department with exceptions by division, copied from last year, edited by rows."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.audit import Actor
from core.models import AuditEvent
from core.permissions import Post
from core.workflow import Conflict, NotNow
from departments.models import Charge, Division
from home.actions import charges as actions
from home.actions.charges import Change
from home.charges import sheet
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    CycleFactory,
    DepartmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PAGE, EDIT, COPY = (
    reverse(f"home:{name}", args=[2023]) for name in ("charges", "charges_edit", "charges_copy")
)
EVENTS = AuditEvent.objects.filter(verb__startswith="charges.")


@pytest.fixture
def bosai(cast):
    return Division.objects.get(code="bosai")


@pytest.fixture
def client(cast, client_of):
    CycleFactory()
    return client_of(cast.office)


@pytest.fixture
def by(cast):
    return Actor(user=cast.office)


def stored(year=2023):
    rows = Charge.objects.filter(year=year).select_related("department", "division", "interviewer")
    return {
        (row.department.code, row.division.code if row.division else ""): row.interviewer
        for row in rows
    }


def sent(client, **changed):
    """What the browser sends of the form as it is shown, with some fields changed."""
    form = client.get(EDIT).context["form"]
    data = {}
    for name, field in form.fields.items():
        data[name] = "" if field.initial is None else field.initial
        if field.show_hidden_initial:
            data[f"initial-{name}"] = data[name]
    return data | {name.replace("_", "-"): value for name, value in changed.items()}


# The sheet


def test_sheet_tells_by_department_and_by_person_with_exceptions(cast, somu, kenko, bosai):
    ChargeFactory(department=somu, interviewer=cast.deputy)
    ChargeFactory(department=somu, division=bosai, interviewer=cast.mayor)
    found = sheet(2023)
    rows = {row.department: row for row in found.rows}
    assert rows[somu].interviewer.called == f"副市長 {cast.deputy.name}"
    assert [(d, p.user) for d, p in rows[somu].exceptions] == [(bosai, cast.mayor)]
    assert found.without == [kenko]
    lists = {each.interviewer.user: each for each in found.people}
    assert list(lists) == [cast.mayor, cast.deputy, cast.superintendent]
    assert lists[cast.deputy].departments == [(somu, [bosai])]
    assert lists[cast.mayor].divisions == [(somu, bosai)]
    assert lists[cast.superintendent].departments == []


def test_page_shows_both_lists_and_marks_who_reads_his_own(cast, somu, bosai, client_of):
    CycleFactory()
    ChargeFactory(department=somu, interviewer=cast.deputy)
    ChargeFactory(department=somu, division=bosai, interviewer=cast.mayor)
    page = " ".join(client_of(cast.deputy).get(PAGE).content.decode().split())
    assert f"防災安全課は市長 {cast.mayor.name}" in page
    assert "（防災安全課を除く）" in page
    assert f"副市長 {cast.deputy.name}</a>（あなた）" in page
    assert "担任を直す" not in page


def test_lists_of_a_year_show_its_departments(cast, somu):
    gone = DepartmentFactory(name="旧部", last_year=2022)
    ChargeFactory(year=2022, department=gone, interviewer=cast.deputy)
    assert gone in [row.department for row in sheet(2022).rows]
    assert gone not in [row.department for row in sheet(2023).rows]


def test_interviewer_who_is_not_announced_is_on_no_page(cast, somu, client):
    before = [client.get(address).content.decode().split("<main")[1] for address in (PAGE, EDIT)]
    secret = UserFactory(name="秘匿 桃")
    AppointmentFactory(user=secret, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)
    ChargeFactory(department=somu, interviewer=secret)
    after = [client.get(address).content.decode().split("<main")[1] for address in (PAGE, EDIT)]
    assert [without_token(page) for page in after] == [without_token(page) for page in before]


def without_token(page):
    return page.split('csrfmiddlewaretoken" value="')[0] + page.partition("</form>")[2]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((n, 200) for n in ("head", "chief", "drafter", "incoming_head", "mayor", "deputy")),
        *((n, 200) for n in ("superintendent", "office", "secretary", "administrator")),
        *((n, 403) for n in ("viewer", "nobody")),
    ],
)
def test_page_is_read_by_those_of_the_table(cast, client_of, name, status):
    CycleFactory()
    assert client_of(getattr(cast, name)).get(PAGE).status_code == status


def test_only_office_and_administrator_change_anything(cast, somu, client_of):
    CycleFactory()
    ChargeFactory(year=2022, department=somu, interviewer=cast.deputy)
    name = f"department-{somu.pk}"
    for who, user in vars(cast).items():
        if who in {"office", "administrator"}:
            continue
        client = client_of(user)
        data = {name: cast.mayor.pk, f"initial-{name}": ""}
        answers = [client.get(EDIT), client.post(EDIT, data), client.post(COPY)]
        assert [answer.status_code for answer in answers] == [403] * 3, who
    assert stored() == {}
    client_of(cast.administrator).post(EDIT, {name: cast.mayor.pk, f"initial-{name}": ""})
    assert stored() == {("somu", ""): cast.mayor}


def test_year_without_settings_is_not_there(cast, client_of):
    client = client_of(cast.office)
    assert [client.get(PAGE).status_code, client.get(EDIT).status_code] == [404, 404]


# Copying


def test_last_year_is_copied_with_its_exceptions_in_one_line(cast, somu, kenko, bosai, client):
    ChargeFactory(year=2022, department=somu, interviewer=cast.deputy)
    ChargeFactory(year=2022, department=somu, division=bosai, interviewer=cast.mayor)
    ChargeFactory(year=2022, department=kenko, interviewer=cast.superintendent)
    assert "昨年度から写す" in client.get(PAGE).content.decode()
    page = client.post(COPY, follow=True).content.decode()
    assert "昨年度から3件を写しました。" in page
    assert stored() == stored(2022)
    assert "昨年度から写す" not in page
    line = EVENTS.get()
    assert line.verb == "charges.copy"
    assert line.actor == cast.office
    assert line.after == {"charges": ["総務部", "総務部 防災安全課", "健康部"], "left_out": []}


def test_only_what_is_missing_is_copied(cast, somu, kenko, by):
    ChargeFactory(year=2022, department=somu, interviewer=cast.deputy)
    ChargeFactory(year=2022, department=kenko, interviewer=cast.deputy)
    ChargeFactory(department=somu, interviewer=cast.mayor)
    copied = actions.copy(year=2023, by=by)
    assert [taken.label for taken in copied.taken] == ["健康部"]
    assert stored() == {("somu", ""): cast.mayor, ("kenko", ""): cast.deputy}
    assert actions.copy(year=2023, by=by).taken == []
    assert EVENTS.count() == 1


def test_who_no_longer_holds_the_post_is_named_and_what_is_gone_too(cast, somu, client):
    leaving = UserFactory(name="去る 人")
    AppointmentFactory(user=leaving, post=Post.DEPUTY_MAYOR, title="副市長", ended=True)
    gone = DepartmentFactory(name="旧部", last_year=2022, order=9)
    ChargeFactory(year=2022, department=somu, interviewer=leaving)
    ChargeFactory(year=2022, department=gone, interviewer=cast.deputy)
    page = client.post(COPY, follow=True).content.decode()
    assert "昨年度から写せるものはありません。" in page
    assert (
        "写さなかった担任：総務部（去る 人さんは、面談者の職にありません）、"
        "旧部（令和5年度にはありません）。"
    ) in page
    assert stored() == {}
    assert not EVENTS.exists()


def test_end_that_is_not_announced_does_not_show_by_what_is_copied(cast, somu, by):
    cast.deputy.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    ChargeFactory(year=2022, department=somu, interviewer=cast.deputy)
    assert [taken.label for taken in actions.copy(year=2023, by=by).taken] == ["総務部"]


def test_nothing_to_copy_is_told(cast, client, by):
    assert "昨年度から写す" not in client.get(PAGE).content.decode()
    with pytest.raises(NotNow, match="令和4年度の担任がない"):
        actions.copy(year=2023, by=by)
    assert client.post(COPY).status_code == 409


# Rows


def test_rows_are_set_changed_and_emptied_in_one_line(cast, somu, kenko, bosai, client):
    ChargeFactory(department=somu, interviewer=cast.deputy)
    ChargeFactory(department=somu, division=bosai, interviewer=cast.mayor)
    data = sent(client)
    data[f"department-{somu.pk}"] = cast.superintendent.pk
    data[f"department-{kenko.pk}"] = cast.deputy.pk
    data[f"division-{bosai.pk}"] = ""
    assert "担任を3か所変えました。" in client.post(EDIT, data, follow=True).content.decode()
    assert stored() == {("somu", ""): cast.superintendent, ("kenko", ""): cast.deputy}
    line = EVENTS.get()
    assert line.before == {
        "総務部": cast.deputy.name,
        "総務部 防災安全課": cast.mayor.name,
        "健康部": "",
    }
    assert line.after == {
        "総務部": cast.superintendent.name,
        "総務部 防災安全課": "",
        "健康部": cast.deputy.name,
    }


def test_exception_is_added(cast, bosai, client):
    data = sent(client, new_division_1=bosai.pk, new_interviewer_1=cast.mayor.pk)
    client.post(EDIT, data)
    assert stored() == {("somu", "bosai"): cast.mayor}


def test_nothing_changed_leaves_no_line(cast, somu, client):
    ChargeFactory(department=somu, interviewer=cast.deputy)
    assert (
        "担任は変わっていません。" in client.post(EDIT, sent(client), follow=True).content.decode()
    )
    assert stored() == {("somu", ""): cast.deputy}
    assert not EVENTS.exists()


def test_half_an_exception_and_one_twice_are_told(cast, bosai, client):
    half = sent(client, new_division_1=bosai.pk, new_interviewer_2=cast.mayor.pk)
    errors = client.post(EDIT, half).context["form"].errors
    assert errors == {
        "new-interviewer-1": ["担任を選んでください。"],
        "new-division-2": ["課を選んでください。"],
    }
    pair = {"new_interviewer_1": cast.mayor.pk, "new_interviewer_2": cast.mayor.pk}
    twice = sent(client, new_division_1=bosai.pk, new_division_2=bosai.pk, **pair)
    errors = client.post(EDIT, twice).context["form"].errors
    assert errors == {"new-division-2": ["同じ課を二度選んでいます。"]}
    assert stored() == {}


def test_only_interviewers_and_divisions_of_the_year_are_taken(cast, somu, client):
    name = f"department-{somu.pk}"
    for person in (cast.head.pk, 999_999, "9" * 40, "x"):
        answer = client.post(EDIT, sent(client) | {name: person})
        assert answer.context["form"].errors == {name: ["市長・副市長・教育長から選んでください。"]}
    assert stored() == {}


def test_who_was_slower_is_told_whom_the_other_chose_and_may_save_again(cast, somu, client):
    data = sent(client) | {f"department-{somu.pk}": cast.mayor.pk}
    ChargeFactory(department=somu, interviewer=cast.deputy)
    answer = client.post(EDIT, data)
    page = answer.content.decode()
    assert f"ほかの人が先に「副市長 {cast.deputy.name}」に変えました。" in page
    assert stored() == {("somu", ""): cast.deputy}
    assert f'name="initial-department-{somu.pk}" value="{cast.deputy.pk}"' in page, (
        "the next save is based on what was told"
    )
    client.post(EDIT, data | {f"initial-department-{somu.pk}": cast.deputy.pk})
    assert stored() == {("somu", ""): cast.mayor}


def test_row_that_somebody_else_changed_and_i_did_not_stays_as_it_is(cast, somu, kenko, client):
    data = sent(client) | {f"department-{kenko.pk}": cast.mayor.pk}
    ChargeFactory(department=somu, interviewer=cast.deputy)
    client.post(EDIT, data)
    assert stored() == {("somu", ""): cast.deputy, ("kenko", ""): cast.mayor}


def test_action_itself_refuses_what_was_based_on_an_older_row(cast, somu, by):
    ChargeFactory(department=somu, interviewer=cast.deputy)
    with pytest.raises(Conflict):
        actions.save(year=2023, changes=[Change(somu, None, None, cast.mayor)], by=by)
    assert stored() == {("somu", ""): cast.deputy}
    assert not EVENTS.exists()


def test_pages_ask_the_same_number_of_queries_for_few_and_for_many(cast, client):
    numbers = []
    for _ in range(2):
        for _ in range(2):
            department = DepartmentFactory()
            person = UserFactory()
            AppointmentFactory(user=person, post=Post.DEPUTY_MAYOR, title="副市長")
            ChargeFactory(department=department, interviewer=person)
            ChargeFactory(year=2022, department=department, interviewer=person)
        for address in (PAGE, EDIT):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            numbers.append(len(queries))
    assert numbers[:2] == numbers[2:]


def test_charge_of_who_is_not_announced_shows_in_no_interview(cast, somu, bosai, client):
    secret = UserFactory(name="秘匿 桃")
    AppointmentFactory(user=secret, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)
    ChargeFactory(department=somu, division=bosai, interviewer=secret)
    form = reverse("interviews:new", args=[2023]) + "?department=somu"
    assert secret.name not in client.get(form).content.decode()
