"""Who answers for a department or, by exception, a division: proposed, marked, missed."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from core.permissions import Post
from interviews.overlaps import Answering, Person, Slot, warnings
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    CycleFactory,
    DivisionFactory,
    InterviewFactory,
    UserFactory,
    jst,
)
from tests.world import lasting

LIST = reverse("interviews:list", args=(2023,))
NEW = f"{reverse('interviews:new', args=(2023,))}?department=somu"
MISSING = "防災安全課の担任の市長 市長 葛󠄀西さんが、面談者に入っていません。"


@pytest.fixture
def charged(cast, somu):
    """The deputy mayor answers for 総務部, the mayor for its 防災安全課."""
    CycleFactory()
    ChargeFactory(department=somu, interviewer=cast.deputy)
    ChargeFactory(department=somu, division=cast.chief_division, interviewer=cast.mayor)
    return somu


@pytest.fixture
def cast(cast):
    cast.chief_division = cast.chief.appointments.get().division
    return cast


@pytest.fixture
def secretary(cast, client_of):
    return client_of(cast.secretary)


def labels(page):
    return dict(page.context["form"].fields["interviewers"].choices)


def rows(page):
    return [row for day in page.context["timetable"].days for row in day.rows]


def enter(client, cast, **values):
    typed = {"date": "令和5年4月6日", "start": "10:00", "end": "11:00", "room": "市長室"}
    return client.post(NEW, {**typed, "interviewers": [cast.deputy.pk], **values})


# ---- the form -------------------------------------------------------------------------------


def test_who_answers_for_a_division_is_proposed_too_and_it_is_told_why(cast, secretary, charged):
    page = secretary.get(NEW)

    assert page.context["form"].initial["interviewers"] == [cast.deputy.pk, cast.mayor.pk]
    assert labels(page) == {
        cast.mayor.pk: f"市長　{cast.mayor.name}（防災安全課の担任）",
        cast.deputy.pk: f"副市長　{cast.deputy.name}（総務部の担任）",
        cast.superintendent.pk: f"教育長　{cast.superintendent.name}",
    }


def test_several_divisions_of_one_person_are_one_mark(cast, secretary, charged):
    culture = DivisionFactory(department=charged, name="文化財課", order=9)
    ChargeFactory(department=charged, division=culture, interviewer=cast.mayor)
    own = DivisionFactory(department=charged, name="契約課")
    ChargeFactory(department=charged, division=own, interviewer=cast.deputy)

    told = labels(secretary.get(NEW))

    assert told[cast.mayor.pk].endswith("（防災安全課、文化財課の担任）")
    assert told[cast.deputy.pk].endswith("（総務部の担任）")


def test_divisions_of_other_years_and_departments_propose_nobody(cast, secretary, charged, kenko):
    gone = DivisionFactory(department=charged, last_year=2022)
    ChargeFactory(department=charged, division=gone, interviewer=cast.superintendent)
    other = DivisionFactory(department=kenko)
    ChargeFactory(department=kenko, division=other, interviewer=cast.superintendent)
    ChargeFactory(year=2022, department=charged, interviewer=cast.superintendent)

    form = secretary.get(NEW).context["form"]

    assert form.initial["interviewers"] == [cast.deputy.pk, cast.mayor.pk]


def test_charge_of_a_division_that_moved_goes_with_it(cast, secretary, charged, kenko):
    type(cast.chief_division).objects.filter(pk=cast.chief_division.pk).update(department=kenko)

    assert secretary.get(NEW).context["form"].initial["interviewers"] == [cast.deputy.pk]
    other = secretary.get(NEW.replace("somu", "kenko"))
    assert other.context["form"].initial["interviewers"] == [cast.mayor.pk]


def test_who_answers_but_is_not_in_office_that_day_is_told(cast, secretary, charged):
    cast.deputy.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 24)
    )

    page = secretary.get(NEW)

    assert cast.deputy.pk not in labels(page)
    assert (
        f"総務部の担任の{cast.deputy.name}さんは、この日は面談者の職にありません。"
        in page.content.decode()
    )


# ---- the list and the warnings --------------------------------------------------------------


def test_list_marks_who_is_there_for_a_division(cast, secretary, charged):
    InterviewFactory(department=charged, interviewers=[cast.mayor, cast.deputy])

    [row] = rows(secretary.get(LIST))

    assert [(p.title, p.charge) for p in row.interviewers] == [
        ("市長", "防災安全課の担任"),
        ("副市長", ""),
    ]
    assert row.missing == []


def test_who_plans_is_told_who_is_missing_and_who_reads_is_not(cast, secretary, client_of, charged):
    InterviewFactory(department=charged, interviewers=[cast.deputy])

    page = secretary.get(LIST)
    [[gone]] = [row.missing for row in rows(page)]
    assert (gone.person.key, gone.of) == (cast.mayor.pk, "防災安全課")
    assert f"防災安全課の担任の{cast.mayor.name}さんは入っていません" in page.content.decode()
    assert [row.missing for row in rows(client_of(cast.head).get(LIST))] == [[]]


def test_what_is_over_is_not_planned_any_more(cast, secretary, charged):
    day = {"starts_at": jst(2023, 3, 27, 10), "ends_at": jst(2023, 3, 27, 11)}
    InterviewFactory(department=charged, interviewers=[cast.deputy], **day)

    assert [row.missing for row in rows(secretary.get(LIST))] == [[]]


def test_missing_interviewer_is_a_hint_and_no_hindrance(cast, secretary, charged):
    saved = enter(secretary, cast)

    assert saved.status_code == 302
    assert [str(m) for m in get_messages(saved.wsgi_request)][1:] == [f"総務部の面談：{MISSING}"]


def test_rule_itself_knows_who_is_missing():
    mayor, deputy = Person(1, "甲", "市長"), Person(2, "乙", "副市長")
    answering = (Answering(deputy, "総務部"), Answering(mayor, "防災安全課"))
    times = {"starts_at": jst(2023, 4, 6, 9), "ends_at": jst(2023, 4, 6, 10), "room": "市長室"}

    def told(*asked):
        return warnings(Slot("総務部", interviewers=asked, in_charge=answering, **times))

    assert told(mayor, deputy) == []
    assert told(mayor) == ["総務部の担任の副市長 乙さんが、面談者に入っていません。"]
    assert len(told()) == 2


def test_interviewer_is_called_by_the_post_that_interviews(cast, secretary, charged):
    AppointmentFactory(
        user=cast.deputy,
        department=charged,
        title="総務部長事務取扱",
        starts_on=dt.date(2020, 4, 1),
    )
    InterviewFactory(department=charged, interviewers=[cast.deputy])

    [row] = rows(secretary.get(LIST))

    assert [p.title for p in row.interviewers] == ["副市長"]


# ---- what nobody may notice -----------------------------------------------------------------


def test_unannounced_start_end_and_charge_change_no_byte_of_the_planning(
    cast, secretary, charged, kenko
):
    interview = InterviewFactory(department=charged, interviewers=[cast.deputy])
    other = DivisionFactory(department=charged)
    edit = reverse("interviews:edit", args=(2023, interview.pk))
    pages = (LIST, NEW, NEW.replace("somu", "kenko"), edit)

    def seen():
        return [lasting(secretary.get(page).content) for page in pages]

    before = seen()
    secret = UserFactory(name="秘匿 桃")
    AppointmentFactory(user=secret, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)
    ChargeFactory(department=kenko, interviewer=secret)
    ChargeFactory(department=charged, division=other, interviewer=secret)
    cast.deputy.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    AppointmentFactory(
        user=cast.chief, department=kenko, title="健康部長", unannounced=True, post=Post.HEAD
    )

    assert seen() == before
