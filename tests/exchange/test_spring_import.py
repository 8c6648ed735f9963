"""Taking a file in, all or nothing; the same again; taking it back; out and back in."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import audit
from core.audit import Actor, first_broken_line
from core.models import AuditEvent
from core.permissions import Permission, Post, Target
from core.workflow import Conflict, NotNow
from departments.models import Appointment, Charge, Department, Division, User
from departments.queries import may
from exchange.actions import spring, spring_jobs
from exchange.models import SpringImport
from exchange.queries import what_prevents_undo
from exchange.spring.workbooks import present_state
from tests.exchange.spring_files import (
    APPOINTMENT,
    DEPARTMENT,
    PERSON,
    handed_in,
    taken_in,
    whole,
    workbook,
)
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    DivisionFactory,
    OperatingPolicyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
D = dt.date


def state() -> list[object]:
    """All that is stored of the organisation."""
    rows = [
        list(model.objects.order_by("pk").values())
        for model in (Department, Division, User, Appointment, Charge)
    ]
    departments = Department.successors.through.objects
    divisions = Division.successors.through.objects
    return [
        *rows,
        sorted(departments.values_list("from_department", "to_department")),
        sorted(divisions.values_list("from_division", "to_division")),
    ]


MERGED = {
    "記号": "kenko",
    "名称": "健康部",
    "ふりがな": "けんこうぶ",
    "並び順": 4,
    "最初の年度": 2019,
    "最後の年度": 2022,
    "後継の部の記号": "fukushi",
}


OLD_DIVISION = {
    "部の記号": "kenko",
    "記号": "kenko-soudan",
    "名称": "健康相談課",
    "最初の年度": 2019,
    "最後の年度": 2022,
    "後継の課の記号": "soudan",
}


def reorganisation() -> dict:
    """健康部 goes into a new department; its head moves there; a charge follows."""
    rows = whole()
    rows["部"].append(MERGED)
    rows["課"].append(OLD_DIVISION)
    deputy = APPOINTMENT | {"職": "副市長", "職名": "副市長", "部の記号": ""}
    rows["職員"].append(PERSON | {"職員番号": "3002", "氏名": "辻󠄀 恵", "利用できる": ""})
    rows["発令"].append(deputy | {"職員番号": "3002", "内示日": "2023/3/20"})
    rows["担任"] = [
        {"年度": 2023, "部の記号": "fukushi", "面談者の職員番号": "3002"},
        {
            "年度": 2023,
            "部の記号": "fukushi",
            "課の記号": "soudan",
            "面談者の職員番号": "3002",
        },
    ]
    return rows


def test_file_is_taken_in_with_rows_that_name_each_other(cast, kenko):
    taken_in(reorganisation(), cast.administrator)
    department = Department.objects.get(code="fukushi")
    assert list(kenko.successors.all()) == [department]
    old = Division.objects.get(code="kenko-soudan")
    assert [one.code for one in old.successors.all()] == ["soudan"]
    head = Appointment.objects.get(user__username="3001")
    assert (head.department, head.title, head.announced_on) == (
        department,
        "健康福祉部長",
        D(2023, 3, 24),
    )
    charges = Charge.objects.order_by("pk").values_list("division__code", "interviewer__name")
    assert list(charges) == [(None, "辻󠄀 恵"), ("soudan", "辻󠄀 恵")]
    kenko.refresh_from_db()
    assert kenko.last_year == 2022


def test_who_is_in_the_file_has_the_rights_at_once_and_no_password(cast):
    taken_in(whole(), cast.administrator)
    user = User.objects.get(username="3001")
    target = Target(Department.objects.get(code="fukushi").pk)
    assert may(user, Permission.WRITE_PAPER, target, year=2023)
    assert not may(user, Permission.WRITE_PAPER, target, year=2022)
    assert not user.has_usable_password()


def test_the_same_file_again_changes_nothing(cast):
    rows = reorganisation()
    taken_in(rows, cast.administrator)
    before = state()
    again = handed_in(rows, cast.administrator)
    assert (again.status, again.changed_rows, again.changes) == ("checked", 0, [])
    assert state() == before


def test_one_wrong_cell_in_row_873_changes_nothing(cast):
    before = state()
    people = [PERSON | {"職員番号": f"3{n:04d}"} for n in range(900)]
    people[871]["ふりがな"] = ""
    imported = handed_in(whole() | {"職員": people, "発令": []}, cast.administrator)
    assert (imported.status, imported.problems) == (
        "refused",
        [
            {
                "sheet": "職員",
                "row": 873,
                "letter": "C",
                "heading": "ふりがな",
                "sentence": "ふりがなを入力してください。",
                "value": "",
            }
        ],
    )
    with pytest.raises(Conflict):
        spring.take_in(imported=imported, plan_digest="", by=Actor(cast.administrator))
    assert state() == before


def test_what_fails_in_the_middle_of_writing_leaves_nothing(cast, monkeypatch):
    """The last table cannot be written: the four before it are not there either."""
    imported = handed_in(reorganisation(), cast.administrator)
    before = state()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE departments_charge RENAME TO charges_away")
    try:
        spring.take_in(
            imported=imported, plan_digest=imported.plan_digest, by=Actor(cast.administrator)
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE charges_away RENAME TO departments_charge")
    imported.refresh_from_db()
    assert (imported.status, imported.sentence) == ("failed", spring_jobs.UNKNOWN)
    assert state() == before


def test_plan_that_is_no_longer_what_was_seen_is_shown_again(cast, somu):
    rows = {"部": [DEPARTMENT | {"記号": "somu", "名称": "総務企画部"}]}
    imported = handed_in(rows, cast.administrator)
    Department.objects.filter(pk=somu.pk).update(kana="べつのよみ")
    spring.take_in(
        imported=imported, plan_digest=imported.plan_digest, by=Actor(cast.administrator)
    )
    imported.refresh_from_db()
    assert (imported.status, imported.sentence) == ("checked", spring_jobs.CHANGED_SINCE)
    somu.refresh_from_db()
    assert somu.name == "総務部"
    spring.take_in(
        imported=imported, plan_digest=imported.plan_digest, by=Actor(cast.administrator)
    )
    somu.refresh_from_db()
    assert somu.name == "総務企画部"


def test_plan_that_the_person_did_not_see_is_not_taken_in(cast):
    imported = handed_in(whole(), cast.administrator)
    with pytest.raises(Conflict):
        spring.take_in(imported=imported, plan_digest="0" * 64, by=Actor(cast.administrator))
    assert not Department.objects.filter(code="fukushi").exists()


def test_nobody_takes_the_same_file_in_twice(cast):
    imported = taken_in(whole(), cast.administrator)
    with pytest.raises(Conflict):
        spring.take_in(
            imported=imported, plan_digest=imported.plan_digest, by=Actor(cast.administrator)
        )
    spring_jobs.run(pk=imported.pk)
    assert Appointment.objects.filter(user__username="3001").count() == 1


def test_person_who_lost_the_post_before_the_work_was_done_takes_nothing_in(cast):
    imported = handed_in(whole(), cast.administrator)
    SpringImport.objects.filter(pk=imported.pk).update(
        status="queued", applied_by=cast.office, asked_at=imported.asked_at
    )
    spring_jobs.run(pk=imported.pk)
    imported.refresh_from_db()
    assert imported.status == "failed"
    assert not Department.objects.filter(code="fukushi").exists()


def test_work_that_died_is_taken_up_again(cast):
    imported = handed_in(whole(), cast.administrator)
    long_ago = imported.asked_at - dt.timedelta(minutes=11)
    SpringImport.objects.filter(pk=imported.pk).update(
        status="applying", applied_by=cast.administrator, asked_at=long_ago
    )
    imported.refresh_from_db()
    assert imported.is_unattended
    spring_jobs.run(pk=imported.pk)
    imported.refresh_from_db()
    assert imported.status == "done"


def test_file_is_forgotten_once_it_is_taken_in(cast):
    imported = taken_in(whole(), cast.administrator)
    assert imported.content is None


def test_file_that_is_thrown_away_leaves_its_name_in_the_audit_trail(cast):
    imported = handed_in(whole(), cast.administrator)
    spring.throw_away(imported=imported, by=Actor(cast.administrator))
    assert not SpringImport.objects.exists()
    last = AuditEvent.objects.latest("pk")
    assert (last.verb, last.label, last.actor) == ("spring.delete", "春.xlsx", cast.administrator)


def test_file_that_was_taken_in_is_not_thrown_away(cast):
    imported = taken_in(whole(), cast.administrator)
    with pytest.raises(Conflict):
        spring.throw_away(imported=imported, by=Actor(cast.administrator))


def test_audit_trail_says_what_was_written_row_by_row(cast, kenko):
    taken_in(reorganisation(), cast.administrator)
    lines = {
        line.subject: [row["label"] for row in line.after["rows"]]
        for line in AuditEvent.objects.filter(verb="table.import")
    }
    assert lines == {
        "departments.department": ["健康福祉部", "健康部"],
        "departments.division": ["相談支援課", "健康相談課"],
        "departments.user": ["髙栁 美和", "辻󠄀 恵"],
        "departments.appointment": ["健康福祉部長 髙栁 美和", "副市長 辻󠄀 恵"],
        "departments.charge": ["健康福祉部", "健康福祉部 相談支援課"],
    }
    assert first_broken_line() is None
    department = Department.objects.get(code="fukushi")
    (line,) = AuditEvent.objects.filter(subject="departments.department")
    assert line.after["rows"][1]["before"] == {"last_year": None, "successors": []}
    assert line.after["rows"][1]["after"] == {
        "last_year": 2022,
        "successors": [f"健康福祉部 #{department.pk}"],
    }


def test_writing_takes_the_same_queries_for_one_row_and_for_fifty(cast):
    counts = []
    for first, size in ((3000, 1), (4000, 50)):
        numbers = [str(first + n) for n in range(size)]
        rows = {
            "職員": [PERSON | {"職員番号": n} for n in numbers],
            "発令": [APPOINTMENT | {"職員番号": n, "部の記号": "somu"} for n in numbers],
        }
        imported = handed_in(rows, cast.administrator)
        with CaptureQueriesContext(connection) as queries:
            spring.take_in(
                imported=imported, plan_digest=imported.plan_digest, by=Actor(cast.administrator)
            )
        counts.append(len(queries))
    assert User.objects.filter(username__startswith="4").count() == 50
    assert counts[0] == counts[1]


# Taking back


def test_last_import_is_taken_back_to_the_last_letter(cast, kenko):
    AppointmentFactory(user=UserFactory(username="4001"), department=kenko, starts_on=D(2021, 4, 1))
    before = state()
    rows = reorganisation()
    rows["発令"].append(
        APPOINTMENT
        | {
            "職員番号": "4001",
            "職名": "前の健康部長",
            "部の記号": "kenko",
            "発令日": "2021/4/1",
            "内示日": "2021/3/20",
            "終わる日": "2023/3/31",
            "終わりの内示日": "2023/3/24",
        }
    )
    imported = taken_in(rows, cast.administrator)
    assert state() != before
    spring.take_back(imported=imported, by=Actor(cast.administrator))
    assert state() == before
    imported.refresh_from_db()
    assert (imported.status, imported.undone_by) == ("undone", cast.administrator)
    assert AuditEvent.objects.latest("pk").verb == "spring.undo"
    assert first_broken_line() is None


def test_only_the_last_import_is_taken_back(cast):
    first = taken_in(whole(), cast.administrator)
    second = taken_in({"部": [DEPARTMENT | {"名称": "福祉健康部"}]}, cast.administrator)
    with pytest.raises(NotNow, match="最後に取り込んだファイルだけ"):
        spring.take_back(imported=first, by=Actor(cast.administrator))
    assert what_prevents_undo(first) == [
        "この後に、別のファイルが取り込まれています。先にそちらを取り消してください。"
    ]
    spring.take_back(imported=second, by=Actor(cast.administrator))
    spring.take_back(imported=first, by=Actor(cast.administrator))
    assert not Department.objects.filter(code="fukushi").exists()


def signs_in(username):
    user = User.objects.get(username=username)
    audit.record("sign-in", by=Actor(user), label=user.name, subject=user)


def writes_a_paper(username):
    OperatingPolicyFactory(department=Department.objects.get(code="fukushi"))


def is_renamed(username):
    Department.objects.filter(code="fukushi").update(name="福祉部")


def is_removed(username):
    Appointment.objects.filter(user__username=username).delete()


def gets_a_division(username):
    DivisionFactory(department=Department.objects.get(code="fukushi"))


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (
            signs_in,
            ["髙栁 美和（3001）　健康福祉部長：取り込んだ後に、ログインしたか、書込みをしました。"],
        ),
        (writes_a_paper, ["「健康福祉部」を使う運営方針が、取り込んだ後にできました。"]),
        (is_renamed, ["部「健康福祉部」は、取り込んだ後に変更されました。"]),
        (
            is_removed,
            ["発令「髙栁 美和（3001）　健康福祉部長」は、取り込んだ後に削除されました。"],
        ),
        (gets_a_division, ["「健康福祉部」を使う課が、取り込んだ後にできました。"]),
    ],
)
def test_what_was_built_on_an_import_is_named_and_keeps_it(happens, expected, cast):
    imported = taken_in(whole(), cast.administrator)
    happens("3001")
    before = state()
    found = what_prevents_undo(imported)
    assert found == expected
    with pytest.raises(NotNow, match="取り消せません"):
        spring.take_back(imported=imported, by=Actor(cast.administrator))
    assert state() == before


def test_sign_in_by_an_older_post_does_not_hold_an_unannounced_one(cast, somu):
    """The head signs in every morning; what he does not know yet is not built upon."""
    row = APPOINTMENT | {"職員番号": cast.head.username, "部の記号": "kenko"}
    imported = taken_in({"発令": [row | {"内示日": "2023/3/31"}]}, cast.administrator)
    signs_in(cast.head.username)
    assert what_prevents_undo(imported) == []
    announced = taken_in({"発令": [row | {"発令日": "2023/4/2"}]}, cast.administrator)
    signs_in(cast.head.username)
    assert len(what_prevents_undo(announced)) == 1


def test_city_post_that_has_not_begun_is_not_built_upon(cast):
    deputy = APPOINTMENT | {
        "職員番号": cast.head.username,
        "職": "副市長",
        "職名": "副市長",
        "部の記号": "",
    }
    imported = taken_in({"発令": [deputy]}, cast.administrator)
    signs_in(cast.head.username)
    assert what_prevents_undo(imported) == []


# Out and back


def test_present_state_goes_out_and_comes_back_unchanged(cast, kenko, somu):
    somu.successors.add(kenko)
    ChargeFactory(department=kenko, interviewer=cast.deputy)
    ChargeFactory(
        department=kenko, division=DivisionFactory(department=kenko), interviewer=cast.mayor
    )
    AppointmentFactory(
        user=cast.head, department=kenko, unannounced=True, standing_in_for=cast.other_head
    )
    AppointmentFactory(post=Post.VIEWER, user__name="=1+1", title="@危ない 葛󠄀西", ended=True)
    content, counts = present_state()
    assert counts["発令"] == Appointment.objects.count()
    imported = handed_in(content, cast.administrator)
    assert (imported.problems, imported.sentence) == ([], "")
    assert imported.changed_rows == 0
    assert {key: row["same"] for key, row in imported.counts.items()} == {
        "departments": Department.objects.count(),
        "divisions": Division.objects.count(),
        "people": User.objects.count(),
        "appointments": Appointment.objects.count(),
        "charges": 2,
    }


def test_workbook_of_the_office_comes_back_with_its_days(cast):
    rows = whole(appointment={"発令日": D(2023, 4, 1), "内示日": "R5.3.24"})
    taken_in(workbook(rows), cast.administrator)
    row = Appointment.objects.get(user__username="3001")
    assert (row.starts_on, row.announced_on) == (D(2023, 4, 1), D(2023, 3, 24))
