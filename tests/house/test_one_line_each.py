"""Every write, sign-in, download and refusal leaves one line: no more, no less (D-19)."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core import audit
from core.models import AuditEvent
from core.permissions import Post
from departments.models import User
from interviews.models import Interview
from tests.factories import PASSWORD, AppointmentFactory, DepartmentFactory
from tests.world import World, look_at

pytestmark = pytest.mark.django_db
SOMU = "/papers/2023/somu/"


@pytest.fixture
def world(cast, somu, kenko):
    yield World(cast, somu, kenko)
    assert audit.first_broken_line() is None


class Lines:
    """The verbs that were recorded inside, and by whom."""

    def __enter__(self):
        last = AuditEvent.objects.order_by("pk").last()
        self.last = last.pk if last else 0
        return self

    def __exit__(self, *problem):
        self.events = list(AuditEvent.objects.filter(pk__gt=self.last).order_by("pk"))
        self.verbs = [event.verb for event in self.events]


def booking(world, **more):
    form = {"date": "2023/4/10", "start": "9:00", "room": "第一会議室"}
    return form | {"interviewers": [world.cast.mayor.pk]} | more


def test_interviews_leave_one_line_each(world, client_of):
    secretary = client_of(world.cast.secretary)
    new, form = "/interviews/2023/new/?department=kenko", booking(world)
    with Lines() as lines:
        secretary.post(new, form)
    assert lines.verbs == ["interview.schedule"]
    made = Interview.objects.get(department__code="kenko")
    at = f"/interviews/2023/{made.pk}/"
    steps = [
        (new, form, []),  # sent twice: the time is taken
        (at, form | {"version": made.version}, []),  # nothing changed
        (at, form | {"version": made.version, "room": "庁議室"}, ["interview.change"]),
        (at, form | {"version": made.version, "room": "別の室"}, []),  # overtaken
        (f"{at}cancel/", {"version": made.version}, []),  # overtaken
        (f"{at}cancel/", {"version": made.version + 1}, ["interview.cancel"]),
    ]
    for where, typed, verbs in steps:
        with Lines() as lines:
            secretary.post(where, typed)
        assert (where, typed, lines.verbs) == (where, typed, verbs)


def test_laying_out_a_year_leaves_one_line(world, client_of):
    office = client_of(world.cast.office)
    DepartmentFactory()
    for verbs in (["year.open"], []):
        with Lines() as lines:
            office.post("/papers/2023/open/")
        assert lines.verbs == verbs


def test_copying_goals_leaves_one_line(world, client_of):
    head, form = client_of(world.cast.head), {"goals": [world.last.goals.get().pk]}
    for verbs in (["goal.copy"], []):
        with Lines() as lines:
            head.post(f"{SOMU}goals/copy/", form)
        assert lines.verbs == verbs


def test_packet_leaves_a_line_when_it_is_made_and_each_time_it_is_taken(world, client_of):
    head = client_of(world.cast.head)
    at = f"/packets/2023/files/{world.file.pk}/download/"
    for _ in range(2):
        with Lines() as lines:
            look_at(head, at)
        assert lines.verbs == ["packet.download"]
        assert (lines.events[0].actor, lines.events[0].address) == (world.cast.head, "127.0.0.1")


@pytest.mark.parametrize(
    ("method", "where", "form"),
    [
        ("get", "/packets/2023/files/{file}/download/", {}),
        ("post", f"{SOMU}responses/1-1/", {"version": 1, "body": "記録されない文"}),
        ("post", f"{SOMU}basics/", {"version": 1, "mission": "記録されない文"}),
    ],
)
def test_without_a_line_nothing_goes_out_and_nothing_is_written(
    world, client_of, method, where, form
):
    head, at = client_of(world.cast.head), where.format(file=world.file.pk)
    statement = {
        "sqlite": "CREATE TRIGGER full_trail BEFORE INSERT ON core_auditevent "
        "BEGIN SELECT RAISE(ABORT, 'trail is full'); END",
        "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE core_auditevent ADD CONSTRAINT full_trail "
        "CHECK (label IS NULL) NOT VALID",
    }[connection.vendor]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
        with pytest.raises(DatabaseError), transaction.atomic():
            getattr(head, method)(at, form)
        assert world.fresh().mission != "記録されない文"
        assert not world.paper.responses.filter(body="記録されない文").exists()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("person", "method", "where", "status"),
    [
        ("head", "get", "/papers/2023/kenko/", 404),
        ("head", "post", f"{SOMU}review/receive/", 403),
        ("drafter", "post", f"{SOMU}submit/", 403),
        ("viewer", "get", "/papers/2023/", 403),
        ("mayor", "get", "/admin/", 403),
        ("head", "get", "/admin/departments/appointment/", 403),
        ("office", "get", "/admin/departments/appointment/", 403),
        ("office", "post", "/admin/departments/user/add/", 403),
        ("office", "get", "/admin/core/auditevent/", 403),
        ("administrator", "post", "/admin/core/auditevent/add/", 403),
        ("administrator", "get", SOMU, 403),
        ("nobody", "get", "/", 403),
    ],
)
def test_refused_attempt_leaves_one_line(world, client_of, person, method, where, status):
    user = getattr(world.cast, person)
    with Lines() as lines:
        answer = getattr(client_of(user), method)(where)
    assert (answer.status_code, lines.verbs) == (status, ["refused"])
    assert (lines.events[0].actor, lines.events[0].label) == (user, where)


def test_signing_in_and_out_and_failing_leave_one_line_each(cast):
    client, form = Client(), {"login": cast.head.username, "password": PASSWORD}
    steps = [
        ("/signin/", form | {"password": "違うパスワード"}, ["sign-in.failed"]),
        ("/signin/", form | {"login": "000000"}, ["sign-in.failed"]),
        ("/signin/", form, ["sign-in"]),
        (
            "/password/",
            {"oldpassword": PASSWORD, "password1": "新しい合言葉です２３", "password2": "違う"},
            [],
        ),
        (
            "/password/",
            {
                "oldpassword": PASSWORD,
                "password1": "新しい長い合言葉です二十三",
                "password2": "新しい長い合言葉です二十三",
            },
            ["password"],
        ),
        ("/signout/", {}, ["sign-out"]),
        ("/signout/", {}, []),
    ]
    for where, typed, verbs in steps:
        with Lines() as lines:
            client.post(where, typed)
        assert (where, lines.verbs) == (where, verbs)
    assert PASSWORD not in str(list(AuditEvent.objects.values_list()))


def test_tables_of_the_admin_leave_one_line_each(world, client_of):
    client = client_of(world.cast.administrator)
    form = {
        "username": "777777",
        "name": "髙橋 新",
        "kana": "たかはし",
        "is_active": "on",
        "password1": "新しい長い合言葉です二十三",
        "password2": "新しい長い合言葉です二十三",
    }
    with Lines() as lines:
        client.post("/admin/departments/user/add/", form)
    assert lines.verbs == ["user.add"]
    user = User.objects.get(username="777777")
    at = f"/admin/departments/user/{user.pk}/change/"
    changed = {**form, "name": "髙橋 変", "password1": "", "password2": ""}
    for typed, verbs in ((changed, ["user.change"]), (changed, [])):
        with Lines() as lines:
            client.post(at, typed)
        assert lines.verbs == verbs
    assert "新しい長い合言葉です二十三" not in str(list(AuditEvent.objects.values_list()))
    assert user.password not in str(list(AuditEvent.objects.values_list()))


def test_line_of_the_admin_names_the_absent_one_too(world, client_of):
    """An administrator in somebody's place acts for that person."""
    absent = world.cast.administrator
    AppointmentFactory(
        user=world.cast.viewer, post=Post.ADMINISTRATOR, title="代理", standing_in_for=absent
    )
    form = {"name": "新しい計画", "first_year": 2023, "order": "0"}
    with Lines() as lines:
        client_of(world.cast.viewer).post("/admin/policies/plan/add/", form)
    assert lines.verbs == ["plan.add"]
    assert (lines.events[0].actor, lines.events[0].standing_in_for) == (world.cast.viewer, absent)


def test_the_same_answer_to_a_remark_is_written_once(world, client_of):
    world.reach("returned")
    head = client_of(world.cast.head)
    for verbs in (["remark.answer"], []):
        with Lines() as lines:
            answer = head.post(f"{SOMU}remarks/{world.told.pk}/", {"answer": "直しました。"})
        assert (answer.status_code, lines.verbs) == (302, verbs)


def test_two_answers_to_a_remark_are_both_readable(world, client_of):
    """The second person saw an empty field: both texts are shown, none is lost."""
    world.reach("returned")
    at = f"{SOMU}remarks/{world.told.pk}/"
    head, drafter = client_of(world.cast.head), client_of(world.cast.drafter)
    assert head.post(at, {"answer": "部長の返事", "seen": ""}).status_code == 302
    answer = drafter.post(at, {"answer": "担当の返事", "seen": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "部長の返事" in page
    assert "担当の返事" in page
    assert world.told.answer == "部長の返事"
    assert drafter.post(at, {"answer": "二人の返事", "seen": "部長の返事"}).status_code == 302
    assert world.told.answer == "二人の返事"
