"""面談日程: entering, moving, cancelling, and who sees it."""

import datetime as dt

import pytest
from django.urls import reverse

from core import audit
from core.models import AuditEvent
from core.permissions import Post
from interviews.models import Interview
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    CycleFactory,
    DepartmentFactory,
    InterviewFactory,
    UserFactory,
    jst,
)

LIST = reverse("interviews:list", args=(2023,))
NEW = reverse("interviews:new", args=(2023,))
LIST_QUERIES = 11
FORM_QUERIES = 17


@pytest.fixture(autouse=True)
def cycle(db):
    return CycleFactory()


@pytest.fixture
def secretary(cast, client_of):
    return client_of(cast.secretary)


def typed(cast, **values):
    return {
        "date": "令和5年4月6日",
        "start": "10:00",
        "end": "11:00",
        "room": "市長室",
        "interviewers": [cast.mayor.pk],
        "attendees": [cast.head.pk],
        **values,
    }


def enter(client, cast, department="somu", **values):
    return client.post(f"{NEW}?department={department}", typed(cast, **values), follow=True)


def move(client, cast, interview, **values):
    address = reverse("interviews:edit", args=(2023, interview.pk))
    return client.post(
        address, typed(cast, **{"version": interview.version, **values}), follow=True
    )


def text(answer):
    return answer.content.decode()


# ---- entering -------------------------------------------------------------------------------


def test_an_interview_is_entered_as_typed(cast, secretary):
    page = enter(secretary, cast, date="R5.4.6", start="９時３０分", end="", room=" 市長室 ")

    interview = Interview.objects.get()
    assert (interview.starts_at, interview.ends_at) == (
        jst(2023, 4, 6, 9, 30),
        jst(2023, 4, 6, 10, 30),
    )
    assert (interview.department.code, interview.room, interview.year) == ("somu", "市長室", 2023)
    assert list(interview.interviewers.all()) == [cast.mayor]
    assert list(interview.attendees.all()) == [cast.head]
    assert "総務部の面談を入れました。4月6日（木）9時30分から10時30分まで、市長室です。" in text(
        page
    )


def test_entering_leaves_one_line(cast, secretary):
    enter(secretary, cast)

    event = AuditEvent.objects.get(subject=audit.subject_of(Interview.objects.get()))
    assert (event.verb, event.actor, event.label) == (
        "interview.schedule",
        cast.secretary,
        "総務部 面談",
    )
    assert event.after["room"] == "市長室"
    assert event.after["interviewers"] == [cast.mayor.username]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"date": ""}, "日付を入力してください。"),
        ({"date": "平成31年5月1日"}, "平成にその日はありません。"),
        ({"date": "令和3年4月6日"}, "令和5年度の面談の日を入力してください。"),
        ({"start": ""}, "時刻を入力してください。"),
        ({"start": "25:00"}, "時刻として読めません。"),
        ({"end": "10:00"}, "終わりの時刻は、始まりより後にしてください。"),
        ({"start": "23:30", "end": ""}, "終わりの時刻を、同じ日の中で入力してください。"),
        ({"room": " "}, "会場を入力してください。"),
        ({"room": "室" * 41}, "40字以内で入力してください。"),
        ({"interviewers": []}, "面談者を1人以上選んでください。"),
        ({"interviewers": ["x"]}, "選んだ人は、その日の市長・副市長・教育長ではありません。"),
        ({"interviewers": [10**30]}, "選んだ人は、その日の市長・副市長・教育長ではありません。"),
        ({"attendees": [999999]}, "選んだ人は、この部の部長・課長ではありません。"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(cast, secretary, values, sentence):
    page = enter(secretary, cast, **values)

    assert sentence in text(page)
    assert Interview.objects.count() == 0


def test_somebody_who_is_no_interviewer_cannot_be_chosen(cast, secretary):
    enter(secretary, cast, interviewers=[cast.office.pk])

    assert Interview.objects.count() == 0


def test_who_interviews_is_who_is_in_office_on_that_day(cast, secretary):
    new = UserFactory(name="新しい 副市長")
    AppointmentFactory(user=new, post=Post.DEPUTY_MAYOR, title="副市長", incoming=True)

    before = enter(secretary, cast, date="令和5年3月30日", interviewers=[new.pk])
    after = enter(secretary, cast, date="令和5年4月6日", interviewers=[new.pk])

    assert "その日の市長・副市長・教育長ではありません" in text(before)
    assert "面談を入れました" in text(after)


def test_an_unannounced_deputy_mayor_is_not_offered(cast, secretary):
    secret = UserFactory(name="未発表 次郎")
    AppointmentFactory(user=secret, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)

    page = secretary.get(f"{NEW}?department=somu")

    assert "未発表" not in text(page)
    assert cast.deputy.name in text(page)


def test_who_answers_and_the_heads_are_chosen_beforehand(cast, secretary, somu):
    ChargeFactory(interviewer=cast.deputy, department=somu)

    form = secretary.get(f"{NEW}?department=somu").context["form"]

    assert form.initial["interviewers"] == [cast.deputy.pk]
    assert form.initial["attendees"] == [cast.head.pk]


def test_the_announced_head_explains_for_the_new_department(cast, secretary, kenko):
    form = secretary.get(f"{NEW}?department=kenko").context["form"]

    assert form.initial["attendees"] == [cast.incoming_head.pk]
    assert [key for key, _ in form.fields["attendees"].choices] == [cast.incoming_head.pk]


def test_without_a_department_one_is_chosen_first(cast, secretary):
    page = text(secretary.get(NEW))

    assert "どの部の面談を入力しますか" in page
    assert 'href="?department=somu"' in page


@pytest.mark.parametrize("department", ["nowhere", "%20", "somu'"])
def test_a_department_that_is_not_there(secretary, department):
    assert secretary.get(f"{NEW}?department={department}").status_code == 404


# ---- overlapping ----------------------------------------------------------------------------


@pytest.fixture
def standing(cast, kenko):
    return InterviewFactory(
        department=kenko, room="市長室", interviewers=[cast.mayor]
    )  # 4月6日 10時から11時


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"room": "市長室", "interviewers": ["deputy"]},
            "市長室は、4月6日（木）10時から11時まで、健康部の面談に使われます。",
        ),
        (
            {"room": "庁議室", "interviewers": ["mayor"]},
            "市長 市長 葛󠄀西さんは、4月6日（木）10時から11時まで、健康部の面談に出ます。",
        ),
    ],
)
def test_an_overlap_is_refused_with_its_reason_and_nothing_is_lost(
    cast, secretary, standing, values, sentence
):
    people = [getattr(cast, name).pk for name in values["interviewers"]]

    page = enter(secretary, cast, start="10:30", end="11:30", **{**values, "interviewers": people})

    assert sentence in text(page)
    assert 'value="10:30"' in text(page)
    assert Interview.objects.count() == 1


def test_a_department_cannot_be_in_two_interviews_at_once(cast, secretary, standing):
    page = enter(
        secretary,
        cast,
        department="kenko",
        room="庁議室",
        interviewers=[cast.deputy.pk],
        attendees=[],
    )

    assert "健康部の面談は、4月6日（木）10時から11時までにも入っています。" in text(page)
    assert Interview.objects.count() == 1


@pytest.mark.parametrize(("start", "end"), [("9:00", "10:00"), ("11:00", "12:00")])
def test_interviews_that_only_touch_are_fine(cast, secretary, standing, start, end):
    page = enter(secretary, cast, start=start, end=end)

    assert "面談を入れました" in text(page)
    assert Interview.objects.count() == 2


def test_another_year_takes_the_room_as_well(cast, secretary, kenko):
    InterviewFactory(year=2022, department=kenko, room="市長室")

    page = enter(secretary, cast, interviewers=[cast.deputy.pk])

    assert "市長室は、4月6日（木）10時から11時まで、健康部の面談に使われます。" in text(page)


def test_lunch_and_closed_days_are_warned_of_but_not_refused(cast, secretary):
    page = text(enter(secretary, cast, date="令和5年4月8日", start="12:00", end="13:00"))

    assert "総務部の面談：4月8日（土）は閉庁日です。" in page
    assert "総務部の面談：12時から13時までの昼休みにかかります。" in page
    assert Interview.objects.count() == 1


# ---- changing and cancelling ----------------------------------------------------------------


def test_an_interview_moves_within_its_own_time(cast, secretary):
    enter(secretary, cast)
    interview = Interview.objects.get()

    page = move(secretary, cast, interview, start="10:15", end="11:15")

    interview.refresh_from_db()
    assert interview.starts_at == jst(2023, 4, 6, 10, 15)
    assert interview.version == 2
    assert "総務部の面談を変更しました。" in text(page)
    event = AuditEvent.objects.get(verb="interview.change")
    assert (event.before["starts_at"], event.after["starts_at"]) == (
        "2023-04-06T10:00:00+09:00",
        "2023-04-06T10:15:00+09:00",
    )


def test_an_interview_cannot_move_onto_another(cast, secretary, standing):
    enter(secretary, cast, start="11:00", end="12:00")
    interview = Interview.objects.get(department__code="somu")

    page = move(secretary, cast, interview, start="10:30")

    interview.refresh_from_db()
    assert "健康部の面談に使われます。" in text(page)
    assert (interview.starts_at, interview.version) == (jst(2023, 4, 6, 11), 1)


def test_saving_without_a_change_changes_nothing(cast, secretary):
    enter(secretary, cast)

    move(secretary, cast, Interview.objects.get())

    assert Interview.objects.get().version == 1
    assert AuditEvent.objects.filter(verb="interview.change").count() == 0


def test_who_comes_second_sees_both_and_loses_nothing(cast, secretary):
    enter(secretary, cast)
    seen = Interview.objects.get()
    move(secretary, cast, seen, room="庁議室")

    second = move(secretary, cast, seen, start="9:15", end="10:15")

    assert second.status_code == 409
    assert "ほかの人が先に変更しました" in text(second)
    assert "庁議室" in text(second)
    assert 'value="9:15"' in text(second)
    assert Interview.objects.get().starts_at == jst(2023, 4, 6, 10)

    version = second.context["form"]["version"].value()
    move(secretary, cast, seen, start="9:15", end="10:15", version=version)
    assert Interview.objects.get().starts_at == jst(2023, 4, 6, 9, 15)


def test_cancelling_frees_the_time_and_keeps_the_record(cast, secretary):
    enter(secretary, cast)
    interview = Interview.objects.get()
    address = reverse("interviews:cancel", args=(2023, interview.pk))

    asked = secretary.get(address)
    secretary.post(address, {"version": interview.version})
    again = enter(secretary, cast)

    assert "総務部の面談を取り消しますか" in text(asked)
    assert "面談を入れました" in text(again)
    assert Interview.objects.standing().count() == 1
    assert Interview.objects.count() == 2
    assert AuditEvent.objects.filter(verb="interview.cancel").count() == 1


def test_a_cancelled_interview_cannot_be_opened(cast, secretary, kenko):
    gone = InterviewFactory(department=kenko, cancelled_at=jst(2023, 3, 28))

    for name in ("edit", "cancel"):
        assert secretary.get(reverse(f"interviews:{name}", args=(2023, gone.pk))).status_code == 404
    assert "健康部" not in text(secretary.get(LIST)).split("面談のない部")[0]


def test_cancelling_what_somebody_changed_meanwhile_is_refused(cast, secretary):
    enter(secretary, cast)
    interview = Interview.objects.get()
    move(secretary, cast, interview, room="庁議室")

    answer = secretary.post(reverse("interviews:cancel", args=(2023, interview.pk)), {"version": 1})

    assert answer.status_code == 409
    assert Interview.objects.standing().count() == 1


# ---- who sees and who writes ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("secretary", 200, 200),
        ("office", 200, 200),
        ("head", 200, 403),
        ("drafter", 200, 403),
        ("mayor", 200, 403),
        ("viewer", 403, 403),
        ("administrator", 403, 403),
    ],
)
def test_who_reads_and_who_writes(cast, client_of, standing, who, reads, writes):
    client = client_of(getattr(cast, who))

    assert client.get(LIST).status_code == reads
    for address in (
        NEW,
        f"{NEW}?department=somu",
        reverse("interviews:edit", args=(2023, standing.pk)),
        reverse("interviews:cancel", args=(2023, standing.pk)),
    ):
        assert client.get(address).status_code == writes


def test_a_head_cannot_book_by_posting(cast, client_of):
    assert enter(client_of(cast.head), cast).status_code == 403
    assert Interview.objects.count() == 0


def test_ones_own_interview_is_marked(cast, client_of, standing, somu):
    mine = InterviewFactory(department=somu, room="庁議室", starts_at=jst(2023, 4, 6, 9))

    mine.attendees.add(cast.head)

    def marks(user):
        days = client_of(user).get(LIST).context["timetable"].days
        return {row.interview: row.mark for day in days for row in day.rows}

    assert marks(cast.head) == {mine: "あなたの面談", standing: ""}
    assert marks(cast.drafter) == {mine: "自分の部", standing: ""}
    assert marks(cast.mayor) == {mine: "", standing: "あなたの面談"}
    assert marks(cast.secretary) == {mine: "", standing: ""}


def test_days_stand_in_order_with_their_interviews(cast, secretary, somu, kenko):
    InterviewFactory(
        department=kenko, starts_at=jst(2023, 4, 7, 9), ends_at=jst(2023, 4, 7, 10), room="庁議室"
    )
    InterviewFactory(department=somu, room="市長室", interviewers=[cast.deputy, cast.mayor])

    days = secretary.get(LIST).context["timetable"].days

    assert [day.date for day in days] == [dt.date(2023, 4, 6), dt.date(2023, 4, 7)]
    assert [person.title for person in days[0].rows[0].interviewers] == ["市長", "副市長"]


def test_departments_without_an_interview_are_listed_for_those_who_enter(
    cast, secretary, client_of, standing
):
    page = secretary.get(LIST)
    head = client_of(cast.head).get(LIST)

    assert [d.code for d in page.context["timetable"].without] == ["somu"]
    assert "?department=somu" in text(page)
    assert "面談のない部" not in text(head)


def test_the_list_asks_as_often_for_five_interviews_as_for_one(
    cast, secretary, standing, django_assert_num_queries
):
    secretary.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        secretary.get(LIST)
    for n in range(4):
        row = InterviewFactory(
            department=DepartmentFactory(),
            starts_at=jst(2023, 4, 7, 9 + n),
            ends_at=jst(2023, 4, 7, 10 + n),
            interviewers=[cast.deputy, cast.superintendent],
        )
        row.attendees.add(cast.head)
    with django_assert_num_queries(LIST_QUERIES):
        secretary.get(LIST)


def test_the_form_has_a_fixed_number_of_queries(
    cast, secretary, standing, somu, django_assert_num_queries
):
    ChargeFactory(interviewer=cast.deputy, department=somu)
    secretary.get(f"{NEW}?department=somu")
    with django_assert_num_queries(FORM_QUERIES):
        secretary.get(f"{NEW}?department=somu")
