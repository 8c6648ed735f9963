"""Tables in and out: all rows or none, every problem by row and column, one line for an import."""

import datetime as dt
import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from core.models import AuditEvent
from core.permissions import Post
from core.spreadsheets import TableAdmin
from core.tables import write_csv, write_workbook
from departments.models import Appointment, Department, Division, User
from policies.admin import ReadOnly
from policies.models import Measure, Plan
from tests.factories import (
    AppointmentFactory,
    DepartmentFactory,
    DivisionFactory,
    MeasureFactory,
    PlanFactory,
    SdgFactory,
    UserFactory,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
DIVISION = ["部の記号", "記号", "名称", "最初の年度"]


@pytest.fixture
def administrator(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.administrator)


def upload(client: Client, label: str, content: bytes, name: str = "表.xlsx") -> object:
    """The first step: the file is read and shown, nothing is stored."""
    file = SimpleUploadedFile(name, content)
    address = reverse(f"admin:{label}_import")
    return client.post(address, {"import_file": file, "format": "0", "resource": "0"})


def confirm(client: Client, label: str, preview: object) -> object:
    """The second step: what was shown is stored."""
    values = preview.context["confirm_form"].initial  # type: ignore[attr-defined]
    return client.post(reverse(f"admin:{label}_process_import"), values)


def problems(response: object) -> list[tuple[int, str, str, str]]:
    found = response.context["result"].problems  # type: ignore[attr-defined]
    return [(each.row, each.letter, each.heading, each.sentence) for each in found]


def export(client: Client, label: str, choice: int, query: str = "") -> bytes:
    address = reverse(f"admin:{label}_export") + query
    response = client.post(address, {"format": str(choice), "resource": "0"})
    assert "attachment" in response["Content-Disposition"]
    return response.content


def test_good_file_is_shown_first_and_stored_after_the_confirmation(
    administrator: Client,
) -> None:
    rows = [["somu", "somuka", "総務課", "令和5年度"], ["kenko", "bosai", "防災課", 2023]]
    preview = upload(administrator, "departments_division", write_workbook("課", DIVISION, rows))
    page = preview.content.decode()
    assert "追加 <b>1</b>件　変更 <b>1</b>件　変わらない行 <b>0</b>件" in page
    assert "<del>somu</del><ins>kenko</ins>" in page
    assert Division.objects.count() == 1

    response = confirm(administrator, "departments_division", preview)
    assert response["Location"] == "/admin/departments/division/"
    stored = Division.objects.order_by("code").values_list("department__code", "code", "name")
    assert list(stored) == [("kenko", "bosai", "防災課"), ("somu", "somuka", "総務課")]


def test_an_import_leaves_one_line_that_tells_who_and_every_row(
    administrator: Client, cast: SimpleNamespace
) -> None:
    rows = [["somu", "somuka", "総務課", "令和5年度"], ["somu", "bosai", "防災課", "令和元年度"]]
    preview = upload(administrator, "departments_division", write_workbook("課", DIVISION, rows))
    assert AuditEvent.objects.count() == 0
    confirm(administrator, "departments_division", preview)
    event = AuditEvent.objects.get()
    assert (event.verb, event.label) == ("table.import", "課の取込み 2件")
    assert (event.actor, event.address) == (cast.administrator, "127.0.0.1")
    assert (event.after["file"], event.after["new"], event.after["update"]) == ("表.xlsx", 1, 1)
    added, changed = event.after["rows"]
    assert (added["label"], added["before"], added["after"]["code"]) == ("総務課", {}, "somuka")
    assert changed["before"] == {"name": "防災安全課"}
    assert changed["after"] == {"name": "防災課"}

    row = Division.objects.get(code="bosai")
    history = administrator.get(f"/admin/departments/division/{row.pk}/history/").content.decode()
    assert "<del>防災安全課</del> → <ins>防災課</ins>" in history


def test_three_bad_rows_are_all_told_and_nothing_is_stored(administrator: Client) -> None:
    rows = [
        ["somu", "somuka", "総務課", "令和5年度"],
        ["nai", "x y", "第2課", "令和5年度"],
        [None, None, None, None],
        ["somu", "third", "", "来年"],
        ["somu", "somuka", "同じ課", "令和5年度"],
    ]
    response = upload(administrator, "departments_division", write_workbook("課", DIVISION, rows))
    year = "年度は「令和5年度」または「2023」のように入力してください。"
    code = "半角の英数字、ハイフン（-）、下線（_）だけで入力してください。"
    assert problems(response) == [
        (3, "A", "部の記号", "「nai」は、部の表にありません。先に登録してください。"),
        (3, "B", "記号", code),
        (5, "C", "名称", "名称を入力してください。"),
        (5, "D", "最初の年度", year),
        (6, "B", "記号", "2行目と同じ記号です。"),
    ]
    assert "confirm_form" not in response.context
    page = response.content.decode()
    assert "誤りが5件あります" in page
    assert "1行も取り込んでいません。" in page
    assert "<td>D列 最初の年度</td>" in page
    assert Division.objects.count() == 1
    assert AuditEvent.objects.count() == 0


def test_rules_of_the_form_hold_for_a_file_too(administrator: Client) -> None:
    headings = ["記号", "最初の年度", "最後の年度"]
    content = write_csv(headings, [["somu", "令和5年度", "令和4年度"], ["kenko", "1900", ""]])
    response = upload(administrator, "departments_department", content, "部.csv")
    assert problems(response) == [
        (2, "", "行全体", "最後の年度は、最初の年度より前にはできません。"),
        (3, "B", "最初の年度", "この値は 1950 以上でなければなりません。"),
    ]


def test_formulas_and_error_cells_are_told_by_cell(administrator: Client) -> None:
    book = Workbook()
    book.active.append(["記号", "名称", "並び順"])
    book.active.append(["somu", '="総務"&"部"', "#REF!"])
    out = io.BytesIO()
    book.save(out)
    response = upload(administrator, "departments_department", out.getvalue())
    assert [(row, letter) for row, letter, *_ in problems(response)] == [(2, "B"), (2, "C")]
    assert problems(response)[1][3] == "セルがExcelのエラー（#REF!）になっています。"


def test_csv_of_windows_is_read(administrator: Client) -> None:
    content = "記号,名称\r\nsomu,総務部①髙～\r\n".encode("cp932")
    preview = upload(administrator, "departments_department", content, "部.csv")
    confirm(administrator, "departments_department", preview)
    assert Department.objects.get(code="somu").name == "総務部①髙～"


def test_columns_that_are_not_in_the_file_stay(administrator: Client) -> None:
    Department.objects.filter(code="somu").update(last_year=2025)
    content = write_csv(["記号", "名称"], [["somu", "総務管理部"]])
    preview = upload(administrator, "departments_department", content, "部.csv")
    confirm(administrator, "departments_department", preview)
    row = Department.objects.get(code="somu")
    assert (row.name, row.kana, row.last_year) == ("総務管理部", "そうむぶ", 2025)


@pytest.mark.parametrize(
    ("headings", "sentence"),
    [
        (["名称"], "次の見出しがありません：「記号」"),
        (["記号", "名前"], "この表にない見出しがあります：「名前」"),
        (["記号", "名称", "名称"], "同じ見出しが2つあります：「名称」"),
    ],
)
def test_wrong_headings_are_named(
    administrator: Client, headings: list[str], sentence: str
) -> None:
    content = write_csv(headings, [["somu"] * len(headings)])
    response = upload(administrator, "departments_department", content, "部.csv")
    assert sentence in response.content.decode()
    assert problems(response) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 broken", "ファイルが壊れているため開けません。"),
        (b"", "ファイルに何も書かれていません。"),
        ("記号,名称\n".encode(), "見出しと、その下の行があるファイルを選んでください。"),
        (b"x" * (5 * 1024 * 1024 + 1), "ファイルが大きすぎます。5MBまでです。"),
    ],
)
def test_what_is_no_table_is_refused_on_the_page(
    administrator: Client, content: bytes, sentence: str
) -> None:
    response = upload(administrator, "departments_department", content)
    assert response.status_code == 200
    assert sentence in response.content.decode()


def test_what_changed_since_the_preview_is_not_overrun(administrator: Client) -> None:
    rows = [["somu", "somuka", "総務課", "令和5年度"], ["kenko", "kenkoka", "健康課", "令和5年度"]]
    preview = upload(administrator, "departments_division", write_workbook("課", DIVISION, rows))
    Department.objects.filter(code="kenko").update(code="hoken")
    response = confirm(administrator, "departments_division", preview)
    assert response["Location"] == "/admin/departments/division/import/"
    assert Division.objects.count() == 1
    page = administrator.get(response["Location"]).content.decode()
    assert "確認の後に表が変わったため、取り込めませんでした。" in page


def test_a_file_is_stored_once_and_then_forgotten(administrator: Client) -> None:
    content = write_workbook("課", DIVISION, [["somu", "somuka", "総務課", "令和5年度"]])
    preview = upload(administrator, "departments_division", content)
    confirm(administrator, "departments_division", preview)
    assert confirm(administrator, "departments_division", preview).status_code == 409


def test_people_come_without_a_password(administrator: Client) -> None:
    headings = ["職員番号", "氏名", "ふりがな", "利用できる"]
    content = write_workbook("職員", headings, [["0071", "葛󠄀城 﨑", "かつらぎ", "はい"]])
    preview = upload(administrator, "departments_user", content)
    confirm(administrator, "departments_user", preview)
    person = User.objects.get(username="0071")
    assert (person.name, person.is_active) == ("葛󠄀城 﨑", True)
    assert not person.has_usable_password()
    assert "password" not in AuditEvent.objects.get().after["rows"][0]["after"]


def test_the_end_of_an_appointment_comes_in_with_dates_of_any_kind(
    administrator: Client, cast: SimpleNamespace
) -> None:
    headings = ["職員番号", "職", "部の記号", "課の記号", "発令日", "終わる日", "終わりの内示日"]
    row = [cast.head.username, "部長・担当部長", "somu", "", "R4.4.1"]
    content = write_workbook("発令", headings, [[*row, dt.date(2023, 3, 31), "令和5年3月24日"]])
    preview = upload(administrator, "departments_appointment", content)
    confirm(administrator, "departments_appointment", preview)
    stored = Appointment.objects.get(user=cast.head)
    assert (stored.ends_on, stored.end_announced_on) == (dt.date(2023, 3, 31), dt.date(2023, 3, 24))


def test_an_unknown_post_is_answered_with_those_that_exist(
    administrator: Client, cast: SimpleNamespace
) -> None:
    headings = ["職員番号", "職", "部の記号", "課の記号", "発令日"]
    content = write_csv(headings, [[cast.head.username, "部長", "somu", "", "2022/4/1"]])
    [(_, letter, _, sentence)] = problems(
        upload(administrator, "departments_appointment", content, "発令.csv")
    )
    assert letter == "B"
    assert sentence.startswith("次のどれかを入力してください：部長・担当部長、課長、担当、")


def test_measures_come_with_their_goals(administrator: Client) -> None:
    PlanFactory(name="実行計画")
    SdgFactory(number=11)
    headings = ["計画の名称", "番号", "名称", "SDGsの番号"]
    rows = [["実行計画", "1-1", "防災", "11、13"], ["実行計画", "1-2", "減災", "18"]]
    response = upload(administrator, "policies_measure", write_csv(headings, rows), "施策.csv")
    sentence = "「18」は、SDGsの目標の表にありません。先に登録してください。"
    assert problems(response) == [(3, "D", "SDGsの番号", sentence)]
    preview = upload(administrator, "policies_measure", write_csv(headings, rows[:1]), "施策.csv")
    confirm(administrator, "policies_measure", preview)
    sdgs = Measure.objects.get().sdgs.values_list("number", flat=True)
    assert list(sdgs) == [11, 13]


MEASURE = ["計画の名称", "番号", "名称", "最初の年度", "最後の年度", "主管課"]


def measures(client: Client, *rows: list[str]) -> object:
    content = write_csv(MEASURE, [["実行計画", *row] for row in rows])
    return upload(client, "policies_measure", content, "施策.csv")


@pytest.fixture
def plan(somu: Department) -> Plan:
    """A plan of 2021 to 2024; 総務課 in two departments, 防災課 only until 2020 and from 2022."""
    for code, name, department, years in [
        ("somu-somu", "総務課", somu, {}),
        ("kyoiku-somu", "総務課", DepartmentFactory(name="教育部"), {}),
        ("bosai-1", "防災課", somu, {"last_year": 2020}),
        ("bosai-2", "防災課", somu, {"first_year": 2022}),
    ]:
        DivisionFactory(code=code, name=name, department=department, **years)
    return PlanFactory(name="実行計画", first_year=2021, last_year=2024)


def test_measures_come_with_years_and_lead_division(administrator: Client, plan: Plan) -> None:
    preview = measures(
        administrator,
        ["1", "防災", "", "", "防災課"],
        ["2", "文書", "令和4年度", "2023", "総務部　総務課"],
        ["3", "学校", "", "", "kyoiku-somu"],
    )
    assert problems(preview) == []
    confirm(administrator, "policies_measure", preview)
    stored = Measure.objects.order_by("code").values_list(
        "first_year", "last_year", "lead_division__code"
    )
    assert list(stored) == [
        (2021, None, "bosai-2"),
        (2022, 2023, "somu-somu"),
        (2021, None, "kyoiku-somu"),
    ]


def test_years_and_divisions_that_do_not_fit_are_told_by_row_and_column(
    administrator: Client, plan: Plan
) -> None:
    outside = "計画の年度（令和3年度から令和6年度まで）の中にしてください。"
    response = measures(
        administrator,
        ["1", "防災", "令和2年度", "令和7年度", ""],
        ["2", "文書", "", "", "総務課"],
        ["3", "文書", "", "", "ない課"],
        ["4", "防災", "", "", "bosai-1"],
        ["5", "防災", "令和5年度", "令和4年度", ""],
    )
    both = "総務部 総務課（somu-somu）、教育部 総務課（kyoiku-somu）"
    missing = "課の記号か「総務部 総務課」のように入力してください。"
    assert problems(response) == [
        (2, "D", "最初の年度", outside),
        (2, "E", "最後の年度", outside),
        (3, "F", "主管課", f"「総務課」は2つ以上あります。記号で入力してください：{both}"),
        (4, "F", "主管課", f"「ない課」は、課の表にありません。{missing}"),
        (5, "F", "主管課", "「防災課」は、この施策の年度にはない課です。"),
        (6, "", "行全体", "最後の年度は、最初の年度より前にはできません。"),
    ]
    assert not Measure.objects.exists()


def test_short_names_of_plans_come_in(administrator: Client) -> None:
    PlanFactory(name="市環境基本計画")
    content = write_csv(["名称", "短い名前"], [["市環境基本計画", "環境計画"]])
    confirm(administrator, "policies_plan", upload(administrator, "policies_plan", content))
    assert Plan.objects.get().short_name == "環境計画"


def test_items_of_the_policy_are_written_out(administrator: Client) -> None:
    policy_with_items()
    text = export(administrator, "policies_section", 1).decode("utf-8-sig").splitlines()
    assert text[0] == "年度,記号,並び順,上の項の記号,番号,呼び方,見出し,短い名前,本文,回答を求める"
    assert "令和5年度,1-2,3,1,(2),1(2),,,脱炭素の視点を取り入れること。,はい" in text


def labels() -> list[str]:
    sites = admin.site._registry.items()
    return sorted(
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model, site in sites
        if isinstance(site, TableAdmin) and not isinstance(site, ReadOnly)
    )


@pytest.fixture
def full_tables(cast: SimpleNamespace) -> None:
    DepartmentFactory(name="=1+1").successors.add(Department.objects.get(code="somu"))
    division = DivisionFactory(code="somu-1")
    MeasureFactory(name="-5", code="0012", last_year=2030, lead_division=division).sdgs.add(
        SdgFactory()
    )
    AppointmentFactory(
        post=Post.HEAD,
        department=Department.objects.get(code="somu"),
        ended=True,
        standing_in_for=cast.head,
    )
    UserFactory(name="'=引用", username="0001")
    PlanFactory(name='計画、「引用」"二重"', short_name="=短い")


def test_six_tables_go_in_and_out() -> None:
    assert labels() == [
        *("departments_appointment", "departments_department", "departments_division"),
        *("departments_user", "policies_measure", "policies_plan"),
    ]


@pytest.mark.parametrize("choice", [0, 1])
@pytest.mark.parametrize("label", labels())
def test_what_is_exported_comes_in_again_without_a_change(
    label: str, choice: int, administrator: Client, full_tables: None
) -> None:
    content = export(administrator, label, choice)
    response = upload(administrator, label, content)
    assert problems(response) == []
    totals = response.context["result"].totals
    assert (totals["new"], totals["update"], totals["skip"] > 0) == (0, 0, True)
    assert "いまの表と同じ内容です。" in response.content.decode()


def test_export_says_formulas_as_text(administrator: Client) -> None:
    PlanFactory(name="=1+1")
    sheet = load_workbook(io.BytesIO(export(administrator, "policies_plan", 0))).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    lines = export(administrator, "policies_plan", 1).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("'=1+1,,令和3年度,")


def test_export_holds_what_the_list_shows_and_leaves_a_line(administrator: Client) -> None:
    PlanFactory(name="前の計画", first_year=2015, last_year=2018)
    PlanFactory(name="いまの計画", first_year=2021)
    text = export(administrator, "policies_plan", 1, "?year=2023").decode("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["名称", "いまの計画"]
    event = AuditEvent.objects.get()
    assert (event.verb, event.after) == ("table.export", {"rows": 1, "format": "csv"})


def test_policy_office_takes_in_its_tables_and_no_others(
    cast: SimpleNamespace, client_of: ClientOf
) -> None:
    client = client_of(cast.office)
    content = write_csv(["名称", "最初の年度"], [["新しい計画", "R5年度"]])
    confirm(client, "policies_plan", upload(client, "policies_plan", content, "計画.csv"))
    assert Plan.objects.get().first_year == 2023
    people = write_csv(["職員番号"], [["1"]])
    assert upload(client, "departments_user", people).status_code == 403
    assert client.post("/admin/departments/user/process_import/", {}).status_code == 403
    assert client.post("/admin/departments/appointment/export/", {}).status_code == 403


@pytest.mark.parametrize("values", [{}, {"format": "x", "import_file_name": "../../etc/passwd"}])
def test_a_forged_confirmation_stores_nothing(
    administrator: Client, values: dict[str, str]
) -> None:
    response = administrator.post("/admin/departments/department/process_import/", values)
    assert response.status_code == 200
    assert AuditEvent.objects.count() == 0
