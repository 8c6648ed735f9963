"""What a file of a spring would change, and what is told of a wrong one: all of it at once."""

import datetime as dt
import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext

from core.permissions import Post
from core.tables import read_sheets
from departments.models import Appointment, Charge, Department, Division, User
from exchange.spring.checking import check_tables
from exchange.spring.effects import effects_of, notes_of
from exchange.spring.rules import errors_of, holds
from exchange.spring.sheets import APPOINTMENTS, PLACES, SHEETS
from tests.exchange.spring_files import (
    APPOINTMENT,
    DEPARTMENT,
    DIVISION,
    PERSON,
    TODAY,
    plan_of,
    problems_of,
    whole,
    workbook,
)
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    DepartmentFactory,
    DivisionFactory,
    OperatingPolicyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
D = dt.date


def kinds(plan):
    return [(row.sheet.title, row.number, row.kind) for row in plan.rows]


def test_new_rows_may_name_each_other():
    plan = plan_of(whole(appointment={"課の記号": "soudan", "職": "課長", "職名": "相談支援課長"}))
    assert plan.problems == []
    assert kinds(plan) == [
        ("部", 2, "new"),
        ("課", 2, "new"),
        ("職員", 2, "new"),
        ("発令", 2, "new"),
    ]


def test_checking_writes_nothing():
    plan_of(whole())
    assert [m.objects.count() for m in (Department, Division, User, Appointment)] == [0, 0, 0, 0]


def test_new_department_changed_one_and_ended_one_are_told_apart():
    DepartmentFactory(code="kenko", name="健康部", kana="けんこうぶ", order=4)
    DepartmentFactory(code="somu", name="総務部", kana="そうむぶ", order=2)
    DepartmentFactory(code="same", name="同じ部", kana="おなじぶ", order=9)
    row = {"最初の年度": "令和元年度"}
    plan = plan_of(
        {
            "部": [
                DEPARTMENT,
                row
                | {
                    "記号": "kenko",
                    "名称": "健康部",
                    "ふりがな": "けんこうぶ",
                    "並び順": 4,
                    "最後の年度": "令和4年度",
                    "後継の部の記号": "fukushi",
                },
                row | {"記号": "somu", "名称": "総務企画部", "ふりがな": "そうむぶ", "並び順": 2},
                row | {"記号": "same", "名称": "同じ部", "ふりがな": "おなじぶ", "並び順": "９"},
            ]
        }
    )
    assert kinds(plan) == [("部", 2, "new"), ("部", 3, "ended"), ("部", 4, "changed")]
    assert plan.counts()["departments"] == {"new": 1, "changed": 1, "ended": 1, "same": 1}
    assert [row.differences() for row in plan.rows[1:]] == [
        [["最後の年度", "", "令和4年度"], ["後継の部の記号", "", "健康福祉部"]],
        [["名称", "総務部", "総務企画部"]],
    ]


def test_every_problem_is_told_at_once_by_sheet_row_and_column(somu):
    found = problems_of(
        {
            "部": [
                DEPARTMENT | {"記号": "福祉", "名称": "部" * 41},
                DEPARTMENT | {"記号": "b", "最初の年度": "R5", "最後の年度": "令和4年度"},
            ],
            "課": [DIVISION | {"部の記号": "nowhere"}, DIVISION | {"名称": ""}],
            "職員": [PERSON, PERSON, PERSON | {"職員番号": "3 2", "メールアドレス": "だれか"}],
            "発令": [
                APPOINTMENT | {"部の記号": ""},
                APPOINTMENT | {"職": "長官", "発令日": "4月の初め"},
                APPOINTMENT | {"終わる日": "令和5年3月1日", "部の記号": "somu"},
            ],
        }
    )
    assert found == [
        ("部", 2, "A 記号", "半角の英数字、ハイフン（-）、下線（_）だけで入力してください。"),
        ("部", 2, "B 名称", "40字以内で入力してください。いまは41字です。"),
        ("部", 3, "E 最初の年度", "年度は「令和5年度」または「2023」のように入力してください。"),
        (
            "課",
            2,
            "A 部の記号",
            "「nowhere」は、登録された部にも、「部」のシートにもありません。"
            "記号を確かめるか、「部」のシートに加えてください。",
        ),
        (
            "課",
            3,
            "A 部の記号",
            "「fukushi」は、登録された部にも、「部」のシートにもありません。"
            "記号を確かめるか、「部」のシートに加えてください。",
        ),
        ("課", 3, "B 記号", "2行目と同じ課です。1行にしてください。"),
        ("課", 3, "C 名称", "名称を入力してください。"),
        ("職員", 3, "A 職員番号", "2行目と同じ職員です。1行にしてください。"),
        ("職員", 4, "A 職員番号", "半角の英数字と、@ . + - _ だけで入力してください。"),
        ("職員", 4, "D メールアドレス", "「m.aoyagi@example.jp」の形で入力してください。"),
        ("発令", 2, "E 部の記号", "部長・課長・担当の発令には、部を選んでください。"),
        (
            "発令",
            3,
            "C 職",
            "次のどれかを入力してください：部長・担当部長、課長、担当、市長、副市長、教育長、政策経営課、"
            "秘書課、閲覧者、システム管理者",
        ),
        (
            "発令",
            3,
            "E 部の記号",
            "「fukushi」は、登録された部にも、「部」のシートにもありません。"
            "記号を確かめるか、「部」のシートに加えてください。",
        ),
        (
            "発令",
            3,
            "G 発令日",
            "日付として読めません。「令和5年4月1日」「R5.4.1」「2023/4/1」のように入力してください。",
        ),
        ("発令", 4, "I 終わる日", "終わる日は、発令日より前にはできません。"),
        ("発令", 4, "J 終わりの内示日", "終わる日と終わりの内示日は、両方を入力してください。"),
    ]


def test_naming_a_row_that_is_wrong_is_no_second_mistake():
    found = problems_of(whole(department={"名称": ""}))
    assert found == [("部", 2, "B 名称", "名称を入力してください。")]


def test_headings_that_are_missing_unknown_or_twice_there_are_told():
    rows = {"部": [DEPARTMENT]}
    content = workbook(rows)
    tables = read_sheets(content)
    table = tables["部"]
    headings = ("記号", "名称", "名称", "備考", *table.headings[3:])
    tables["部"] = type(table)(headings, table.rows)
    found = [(p.row, p.heading, p.sentence) for p in check_tables(tables, today=TODAY).problems]
    assert found == [
        (1, "ふりがな", "この見出しがありません。ひな形のとおりに書いてください。"),
        (1, "備考", "この見出しは使えません。列を削除するか、ひな形の見出しに直してください。"),
        (1, "名称", "同じ見出しが2つあります。一方を削除してください。"),
    ]


def test_sheet_with_another_name_is_not_passed_over():
    tables = read_sheets(workbook({"部": [DEPARTMENT]}))
    tables["発令 (2)"] = tables["部"]
    (problem,) = check_tables(tables, today=TODAY).problems
    assert (problem.sheet, problem.row) == ("発令 (2)", 0)
    assert problem.sentence.startswith("この名前のシートは読めません。")


def test_file_without_any_of_the_sheets_is_told_so():
    (problem,) = check_tables({}, today=TODAY).problems
    assert problem.sentence == (
        "「部」、「課」、「職員」、「発令」、「担任」のどのシートもありません。ひな形を使ってください。"
    )


def test_row_that_begins_with_an_example_is_not_read():
    plan = plan_of({"部": [DEPARTMENT | {"記号": "例：fukushi"}, DEPARTMENT]})
    assert kinds(plan) == [("部", 3, "new")]


def test_name_beside_a_number_must_be_that_persons(somu):
    UserFactory(username="3001", name="髙栁 美和")
    row = APPOINTMENT | {"部の記号": "somu"}
    assert problems_of({"発令": [row | {"氏名": "髙栁　美和"}]}) == []
    assert problems_of({"発令": [row | {"氏名": "高柳 美和"}]}) == [
        (
            "発令",
            2,
            "B 氏名",
            "職員番号3001は「髙栁 美和」です。職員番号か氏名を直してください。",
        )
    ]


def test_division_of_another_department_is_refused(somu):
    rows = whole(appointment={"部の記号": "somu", "課の記号": "soudan"})
    assert problems_of(rows) == [("発令", 2, "F 課の記号", "選んだ部の課を選んでください。")]


def test_appointment_that_is_stored_twice_cannot_be_chosen(somu):
    user = UserFactory(username="3001")
    for _ in range(2):
        AppointmentFactory(user=user, department=somu, starts_on=D(2023, 4, 1))
    assert problems_of({"発令": [APPOINTMENT | {"部の記号": "somu"}]}) == [
        (
            "発令",
            2,
            "A 職員番号",
            "同じ内容が2件以上登録されています。管理画面で1件にしてください。",
        )
    ]


def test_department_cannot_follow_itself():
    found = problems_of({"部": [DEPARTMENT | {"後継の部の記号": "fukushi"}]})
    assert found == [("部", 2, "G 後継の部の記号", "後継の部に、その部自身は書けません。")]


# Charges: an interviewer who is not announced must not show


CHARGE = {"年度": "令和5年度", "部の記号": "somu", "面談者の職員番号": "3001"}
NOT_ANNOUNCED = (
    "髙栁 美和さんには、内示の済んだ市長・副市長・教育長の発令がありません。"
    "内示日より前は、この行を消して取り込み、内示日の後に加えてください。"
)


@pytest.mark.parametrize(
    ("announced_on", "expected"),
    [
        (D(2023, 3, 28), []),
        (D(2023, 3, 29), [("担任", 2, "D 面談者の職員番号", NOT_ANNOUNCED)]),
    ],
)
def test_charge_waits_for_the_announcement_of_its_interviewer(announced_on, expected, somu):
    deputy = APPOINTMENT | {"職": "副市長", "職名": "副市長", "部の記号": ""}
    rows = {
        "職員": [PERSON],
        "発令": [deputy | {"内示日": announced_on}],
        "担任": [CHARGE],
    }
    assert problems_of(rows) == expected


def test_charge_of_a_division_is_found_by_the_division(somu, kenko):
    deputy = AppointmentFactory(post=Post.DEPUTY_MAYOR, user__username="3001").user
    bosai = DivisionFactory(department=somu, code="bosai")
    ChargeFactory(department=kenko, division=bosai, interviewer=deputy)
    plan = plan_of({"担任": [CHARGE | {"課の記号": "bosai"}]})
    assert kinds(plan) == [("担任", 2, "changed")]
    assert plan.rows[0].differences() == [["部の記号", "健康部", "総務部"]]


def test_charge_of_a_division_elsewhere_is_refused(somu, kenko):
    AppointmentFactory(post=Post.DEPUTY_MAYOR, user__username="3001")
    DivisionFactory(department=kenko, code="bosai")
    assert problems_of({"担任": [CHARGE | {"課の記号": "bosai"}]}) == [
        ("担任", 2, "C 課の記号", "書いた部の課を書いてください。")
    ]


# Who gains and who loses what


def test_move_shows_what_is_left_beside_what_is_taken_up(somu, kenko):
    head = UserFactory(username="3001", name="髙栁 美和", kana="たかやなぎ")
    AppointmentFactory(user=head, department=somu, title="総務部長", starts_on=D(2021, 4, 1))
    move = [
        APPOINTMENT
        | {
            "部の記号": "somu",
            "職名": "総務部長",
            "発令日": "R3.4.1",
            "内示日": "R3.3.24",
            "終わる日": "令和5年3月31日",
            "終わりの内示日": "令和5年3月24日",
        },
        APPOINTMENT | {"部の記号": "kenko", "職名": "健康部長"},
    ]
    found = effects_of(plan_of({"発令": move}), TODAY)
    assert [(e.day, e.kind, e.person, e.text, e.known_on) for e in found] == [
        (
            D(2023, 4, 1),
            "lose",
            "髙栁 美和（3001）",
            "総務部長［部長・担当部長、総務部］（令和5年3月31日まで）",
            D(2023, 3, 24),
        ),
        (
            D(2023, 4, 1),
            "gain",
            "髙栁 美和（3001）",
            "健康部長［部長・担当部長、健康部］",
            D(2023, 3, 24),
        ),
    ]


def test_closing_an_account_shows_as_a_loss_on_the_day_of_the_import():
    UserFactory(username="3001", name="髙栁 美和", kana="たかやなぎ みわ")
    plan = plan_of({"職員": [PERSON | {"利用できる": "いいえ"}]})
    (effect,) = effects_of(plan, TODAY)
    assert (effect.day, effect.kind) == (TODAY, "lose")
    assert kinds(plan) == [("職員", 2, "ended")]


def test_other_changes_of_an_appointment_are_named(somu):
    user = UserFactory(username="3001", name="髙栁 美和")
    AppointmentFactory(
        user=user,
        department=somu,
        title="総務部長",
        starts_on=D(2023, 4, 1),
        announced_on=D(2023, 3, 24),
    )
    plan = plan_of({"発令": [APPOINTMENT | {"部の記号": "somu", "職名": "総務企画部長"}]})
    (effect,) = effects_of(plan, TODAY)
    assert effect.kind == "change"
    assert effect.text.endswith("：職名「総務部長」→「総務企画部長」")


def test_notes_name_a_department_without_head_and_a_second_department(somu, kenko):
    head = UserFactory(username="3001", name="髙栁 美和")
    AppointmentFactory(user=head, department=somu, title="総務部長")
    assert notes_of(plan_of({"発令": [APPOINTMENT | {"部の記号": "kenko"}]}), TODAY) == [
        "髙栁 美和（3001）さんは、令和5年4月1日に総務部長と健康福祉部長を兼ねます。"
        "兼務でなければ、前の発令に終わる日を書いてください。"
    ]
    ended = APPOINTMENT | {
        "部の記号": "somu",
        "職名": "総務部長",
        "発令日": "2022/4/1",
        "内示日": "2022/3/24",
        "終わる日": "2023/3/31",
        "終わりの内示日": "2023/3/24",
    }
    assert notes_of(plan_of({"発令": [ended]}), TODAY) == [
        "総務部には、令和5年4月1日に部長がいません。",
        "健康部には、令和5年4月1日に部長がいません。",
    ]


def test_notes_name_an_appointment_to_a_department_that_is_gone():
    DepartmentFactory(code="fukushi", name="福祉部", last_year=2022)
    UserFactory(username="3001", name="髙栁 美和")
    assert notes_of(plan_of({"発令": [APPOINTMENT]}), TODAY) == [
        "「発令」の2行目：福祉部は令和5年度にはありません（令和元年度から令和4年度まで）。"
    ]


# Who takes over from whom

OLD = DEPARTMENT | {
    "記号": "kenko",
    "名称": "健康部",
    "最初の年度": 2019,
    "後継の部の記号": "fukushi",
}
OLD_DIVISION = DIVISION | {"記号": "kenko-1", "名称": "健康課", "最初の年度": 2019}


def succession(**changes):
    """健康部, as it is stored, and the department that takes over from it."""
    return {"部": [DEPARTMENT, OLD | changes]}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"最後の年度": 2022}, ""),
        ({"最後の年度": ""}, ""),
        (
            {"最後の年度": 2021},
            "「健康福祉部」は、「健康部」が終わった次の令和4年度にはありません"
            "（令和5年度から）。どちらかの年度か、後継を直してください。",
        ),
        (
            {"最初の年度": 2023, "最後の年度": ""},
            "「健康部」は続くので、後継にできるのは、その後に始まるものだけです。"
            "「健康部」が終わるときは、最後の年度を入力してください。",
        ),
        ({"最後の年度": 2022, "後継の部の記号": "kenko"}, "後継の部に、その部自身は書けません。"),
    ],
)
def test_a_successor_stands_when_the_other_has_ended(kenko, changes, sentence):
    told = [("部", 3, "G 後継の部の記号", sentence)] if sentence else []
    assert problems_of(succession(**changes)) == told


def test_two_cannot_take_over_from_each_other(kenko):
    new = DEPARTMENT | {"後継の部の記号": "kenko"}
    told = problems_of({"部": [new, OLD | {"最後の年度": 2022}]})
    assert [(row, place) for _, row, place, _ in told] == [(2, "G 後継の部の記号")]


def test_a_year_that_parts_stored_successors_is_told_at_the_row_that_changes_it(kenko):
    new = DepartmentFactory(code="fukushi", name="健康福祉部", first_year=2023)
    Department.objects.filter(code="kenko").update(last_year=2022)
    kenko.successors.add(new)
    told = problems_of({"部": [DEPARTMENT | {"最初の年度": 2024}]})
    assert [(row, place) for _, row, place, _ in told] == [(2, "E 最初の年度")]
    assert problems_of({"部": [DEPARTMENT]}) == []


def test_divisions_have_successors_by_the_same_rule(kenko):
    new = DIVISION | {"部の記号": "kenko"}
    old = OLD_DIVISION | {"部の記号": "kenko", "後継の課の記号": "soudan"}
    assert problems_of({"課": [new, old | {"最後の年度": 2022}]}) == []
    assert [
        (sheet, row, place)
        for sheet, row, place, _ in problems_of({"課": [new, old | {"最後の年度": 2020}]})
    ] == [("課", 3, "G 後継の課の記号")]
    assert problems_of({"課": [old | {"後継の課の記号": "nai"}]})[0][3] == (
        "「nai」は、登録された課にも、「課」のシートにもありません。"
        "記号を確かめるか、「課」のシートに加えてください。"
    )


def test_a_chief_names_a_division(kenko):
    chief = APPOINTMENT | {"職": "課長", "部の記号": "kenko"}
    UserFactory(username="3001", name="髙栁 美和")
    assert problems_of({"発令": [chief]}) == [
        ("発令", 2, "F 課の記号", "課長の発令には、課を選んでください。")
    ]


def test_notes_tell_what_is_left_in_a_department_that_ends(cast, kenko):
    DivisionFactory(department=kenko, name="健康課")
    DivisionFactory(department=kenko, name="終わる課", last_year=2022)
    OperatingPolicyFactory(department=kenko, edits=3)
    ending = OLD | {"最後の年度": 2022, "後継の部の記号": ""}
    ends = "「健康部」は令和4年度で終わりますが、"
    assert notes_of(plan_of({"部": [ending]}), TODAY)[:4] == [
        f"{ends}後継の部がありません。引き継ぐ部があれば書いてください。",
        f"{ends}健康部長 葛󠄀西の発令が続きます。",
        f"{ends}その課の健康課が続きます。",
        f"{ends}令和5年度の運営方針書が書き始められています。"
        "後継の部が読めますので、要る文は写してください。",
    ]


def test_notes_ask_whether_a_department_with_a_new_successor_ends(kenko):
    assert notes_of(plan_of(succession()), TODAY)[0] == (
        "「健康部」は、これからも続きます。一部を分けるだけでなく"
        "終わるときは、最後の年度を書いてください。"
    )


def test_the_preview_says_who_takes_over_which_papers(kenko):
    rows = succession(**{"最後の年度": 2022}) | {"職員": [PERSON], "発令": [APPOINTMENT]}
    found = effects_of(plan_of(rows), TODAY)
    assert [(e.day, e.kind, e.person, e.text) for e in found] == [
        (
            D(2023, 4, 1),
            "gain",
            "髙栁 美和（3001）",
            "健康福祉部長［部長・担当部長、健康福祉部］",
        ),
        (
            D(2023, 4, 1),
            "inherit",
            "髙栁 美和（3001）",
            "健康部の運営方針書（健康福祉部長として）",
        ),
    ]


# Rules without queries


@pytest.mark.parametrize("rows", [1, 30])
def test_checking_takes_the_same_queries_however_long_the_file(rows):
    content = workbook(
        {
            "部": [DEPARTMENT],
            "職員": [PERSON | {"職員番号": f"3{n:03d}"} for n in range(rows)],
            "発令": [APPOINTMENT | {"職員番号": f"3{n:03d}"} for n in range(rows)],
        }
    )
    tables = read_sheets(content)
    UserFactory.create_batch(rows)
    with CaptureQueriesContext(connection) as queries:
        plan = check_tables(tables, today=TODAY)
    assert (len(plan.rows), plan.problems) == (1 + 2 * rows, [])
    assert len(queries) == 7


def _appointments():
    """Every combination of what the constraints of an appointment ask about."""
    days = (None, D(2023, 3, 31), D(2023, 4, 1), D(2023, 4, 2))
    for post, ends, told, place in itertools.product(
        ("head", "mayor"), days, (None, D(2023, 3, 24)), (None, 7)
    ):
        yield Appointment(
            post=post,
            starts_on=D(2023, 4, 1),
            ends_on=ends,
            end_announced_on=told,
            department_id=place,
        )


def _years():
    for model, last in itertools.product((Department, Division), (None, 2022, 2023, 2024)):
        yield model(first_year=2023, last_year=last)


@pytest.mark.parametrize("row", [*_appointments(), *_years()], ids=lambda row: "")
def test_constraints_say_the_same_in_python_as_in_the_database(row):
    for constraint in row._meta.constraints:
        try:
            constraint.validate(type(row), row)
            is_kept = True
        except ValidationError:
            is_kept = False
        assert (holds(constraint.condition, row) is not False) is is_kept


def test_every_constraint_of_the_five_tables_has_a_column():
    named = {
        constraint.name
        for sheet in SHEETS
        for constraint in sheet.model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert named == set(PLACES)


def test_row_that_full_clean_refuses_is_refused(somu):
    row = AppointmentFactory(department=somu)
    row.division = DivisionFactory()
    row.title = ""
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    ours = errors_of(row, APPOINTMENTS.fields, PLACES)
    assert set(ours) == {"title"}
    row.title = "部長"
    assert set(errors_of(row, APPOINTMENTS.fields, PLACES)) == {"division"}
    assert set(refused.value.message_dict) == {"title", "division"}


def test_charge_model_is_covered_by_its_identity():
    """No query asks for uniqueness: the unique rules are just what tells a row from its like."""
    names = {constraint.name for constraint in Charge._meta.constraints}
    assert names == {"one_charge_each_department", "one_charge_each_division"}
    assert [Department._meta.get_field("code").unique, Division._meta.get_field("code").unique] == [
        True,
        True,
    ]
