"""A charge of somebody who is not announced: for the office there is none (ADR 0022)."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from core import clock
from core.models import AuditEvent
from core.permissions import Post
from departments.models import Charge, Division
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    CycleFactory,
    DivisionFactory,
    UserFactory,
    jst,
)
from tests.world import lasting

pytestmark = pytest.mark.django_db
PAGE, EDIT, COPY = (
    reverse(f"home:{name}", args=[2023]) for name in ("charges", "charges_edit", "charges_copy")
)
NAME = "秘匿 桃"


@pytest.fixture
def bosai(cast):
    return Division.objects.get(code="bosai")


@pytest.fixture
def city(cast, somu, kenko, bosai):
    """Last year's charges are whole; this year's are not."""
    CycleFactory()
    for year, department, division, person in (
        (2022, somu, None, cast.deputy),
        (2022, somu, bosai, cast.mayor),
        (2022, kenko, None, cast.superintendent),
    ):
        ChargeFactory(year=year, department=department, division=division, interviewer=person)
    culture = DivisionFactory(department=somu, name="文化財課", order=0)
    ChargeFactory(department=somu, division=culture, interviewer=cast.superintendent)


@pytest.fixture
def secret(city):
    """A deputy mayor from 1 April, announced on 31 March."""
    person = UserFactory(name=NAME)
    AppointmentFactory(user=person, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)
    return person


def hide(secret, somu, bosai, place):
    return ChargeFactory(
        department=somu, division=bosai if place == "division" else None, interviewer=secret
    )


def sent(client, **changed):
    """What the browser sends of the form as it is shown, with some fields changed."""
    form = client.get(EDIT).context["form"]
    data = {}
    for name, field in form.fields.items():
        data[name] = "" if field.initial is None else field.initial
        if field.show_hidden_initial:
            data[f"initial-{name}"] = data[name]
    return data | {name.replace("_", "-"): value for name, value in changed.items()}


def choosing(client, cast, somu, bosai, place):
    if place == "department":
        return sent(client) | {f"department-{somu.pk}": cast.mayor.pk}
    return sent(client, new_division_1=bosai.pk, new_interviewer_1=cast.deputy.pk)


def steps_of_the_office(client_of, cast, somu, bosai, place):
    """Everything that the office gets while it looks, chooses, changes its mind and copies."""
    client = client_of(cast.office)
    answers = [client.get(PAGE), client.get(EDIT)]
    answers.append(client.post(EDIT, sent(client)))
    answers.append(client.post(EDIT, choosing(client, cast, somu, bosai, place)))
    answers += [client.get(PAGE), client.get(EDIT)]
    answers.append(client.post(COPY))
    answers += [client.get(PAGE), client.post(COPY), client.get(PAGE)]
    return [(a.status_code, a.get("Location"), lasting(a.content)) for a in answers]


def copying_of_the_office(client_of, cast, *_):
    client = client_of(cast.office)
    answers = [client.get(PAGE), client.post(COPY), client.get(PAGE), client.get(EDIT)]
    return [(a.status_code, a.get("Location"), lasting(a.content)) for a in answers]


@pytest.mark.parametrize("place", ["department", "division"])
@pytest.mark.parametrize("steps", [steps_of_the_office, copying_of_the_office])
def test_office_gets_the_same_bytes_and_the_same_result(
    steps, place, cast, somu, bosai, secret, client_of
):
    def run():
        seen = steps(client_of, cast, somu, bosai, place)
        known = Charge.objects.exclude(interviewer=secret).order_by("year", "pk")
        return seen, list(known.values_list("year", "department", "division", "interviewer"))

    with transaction.atomic():
        without = run()
        transaction.set_rollback(True)
    hide(secret, somu, bosai, place)
    assert run() == without


@pytest.mark.parametrize("place", ["department", "division"])
def test_what_is_decided_openly_takes_its_place_and_the_trail_keeps_it(
    place, cast, somu, bosai, secret, client_of
):
    hide(secret, somu, bosai, place)
    client = client_of(cast.office)
    client.post(EDIT, choosing(client, cast, somu, bosai, place))
    line = AuditEvent.objects.get(verb="charges.save")
    assert list(line.before.values()) == [f"{NAME}（内示の前）"]
    assert not Charge.objects.filter(interviewer=secret).exists()
    with clock.at(jst(2023, 3, 31, 9)):
        page = client.get(PAGE).content.decode()
    chosen = cast.mayor if place == "department" else cast.deputy
    assert chosen.name in page.split("面談者ごと")[0], "nothing changes by the announcement"


def test_copying_keeps_it_in_the_trail_too(cast, somu, bosai, secret, client_of):
    hide(secret, somu, bosai, "department")
    client_of(cast.office).post(COPY)
    assert AuditEvent.objects.get(verb="charges.copy").before == {"総務部": f"{NAME}（内示の前）"}


def test_what_nobody_touched_appears_on_the_day_of_the_announcement(
    cast, somu, bosai, secret, client_of
):
    hide(secret, somu, bosai, "department")
    client = client_of(cast.office)
    assert NAME not in client.get(PAGE).content.decode()
    with clock.at(jst(2023, 3, 30, 23)):
        assert NAME not in client.get(PAGE).content.decode()
    with clock.at(jst(2023, 3, 31, 0)):
        assert f"副市長 {NAME}" in client.get(PAGE).content.decode()


def test_unannounced_end_leaves_every_choice_as_it_is(cast, city, somu, client_of):
    """Also for the year in which the person will be gone."""
    client = client_of(cast.office)
    before = [lasting(client.get(where).content) for where in (PAGE, EDIT)]
    cast.deputy.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    assert [lasting(client.get(where).content) for where in (PAGE, EDIT)] == before
    data = sent(client) | {f"department-{somu.pk}": cast.deputy.pk}
    assert client.post(EDIT, data).status_code == 302
    with clock.at(jst(2023, 3, 31, 9)):
        assert "いまは面談者の職にありません" in client.get(PAGE).content.decode()


# The table of the admin


def test_office_finds_no_table_of_charges_and_nothing_tells_which_rows_there_are(
    cast, somu, bosai, secret, client_of
):
    hidden = hide(secret, somu, bosai, "department")
    known = Charge.objects.exclude(pk=hidden.pk).first()
    client = client_of(cast.office)
    base = "/admin/departments/charge/"
    rows = [
        f"{base}{pk}/{name}/"
        for pk in (hidden.pk, known.pk, 4711)
        for name in ("change", "delete", "history")
    ]
    answers = [client.get(where) for where in (base, f"{base}add/", *rows)]
    assert {answer.status_code for answer in answers} == {403}
    assert {lasting(answer.content) for answer in answers[3::3]} == {lasting(answers[4].content)}
    assert "/departments/charge/" not in client.get("/admin/").content.decode()


def test_administrator_sees_all_and_takes_back_what_no_page_shows(
    cast, somu, bosai, secret, client_of
):
    hidden = hide(secret, somu, bosai, "department")
    known = Charge.objects.exclude(pk=hidden.pk).first()
    client, base = client_of(cast.administrator), "/admin/departments/charge/"
    table = client.get(base).content.decode()
    assert [NAME in table, "内示の前のため、画面に出ない" in table] == [True, True]
    posts = [
        client.post(f"{base}{row.pk}/{name}/", {"post": "yes"}).status_code
        for row in (known, hidden)
        for name in ("change", "delete")
    ]
    assert posts == [403, 403, 403, 302]
    assert not Charge.objects.filter(pk=hidden.pk).exists()
    assert AuditEvent.objects.get(verb="charge.delete").before["interviewer"].startswith(NAME)
