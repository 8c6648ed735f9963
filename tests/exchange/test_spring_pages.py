"""The pages of the import: from the upload to the taking back, for the administrator alone."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.audit import Actor
from core.models import AuditEvent
from departments.models import Appointment, Department
from exchange.actions import spring
from exchange.models import SpringImport
from exchange.spring.sheets import SHEETS
from tests.exchange.spring_files import (
    APPOINTMENT,
    DEPARTMENT,
    PERSON,
    cells_of,
    handed_in,
    headings_of,
    taken_in,
    whole,
    workbook,
)

pytestmark = pytest.mark.django_db
INDEX = "/exchange/spring/"
OTHERS = ("head", "chief", "drafter", "incoming_head", "mayor", "deputy", "superintendent")
OTHERS += ("office", "secretary", "viewer", "nobody")


@pytest.fixture
def client(cast, client_of):
    return client_of(cast.administrator)


def upload(client, content, name="春.xlsx"):
    return client.post(INDEX, {"file": SimpleUploadedFile(name, content)}, follow=True)


def text_of(answer):
    return answer.content.decode()


def test_administrator_hands_in_looks_takes_in_and_takes_back(client):
    page = upload(client, workbook(whole()))
    imported = SpringImport.objects.get()
    where = reverse("exchange:spring_import", args=[imported.pk])
    assert page.redirect_chain == [(where, 302)]
    assert "この内容で取り込みますか" in text_of(page)
    assert "健康福祉部長［部長・担当部長、健康福祉部］" in text_of(page)
    assert not Department.objects.filter(code="fukushi").exists()
    page = client.post(f"{where}apply/", {"plan": imported.plan_digest}, follow=True)
    assert "取り込みました" in text_of(page)
    assert Department.objects.filter(code="fukushi").exists()
    page = client.get(f"{where}undo/")
    assert "この取込みを取り消しますか" in text_of(page)
    page = client.post(f"{where}undo/", follow=True)
    assert "取り込む前の内容に戻っています" in text_of(page)
    assert not Department.objects.filter(code="fukushi").exists()


def test_each_list_of_the_preview_has_a_page(client, cast):
    imported = handed_in(whole(), cast.administrator)
    where = reverse("exchange:spring_import", args=[imported.pk])
    names = {
        "departments": "けんこうふくしぶ",
        "divisions": "相談支援課",
        "people": "たかやなぎ みわ",
        "appointments": "令和5年3月24日",
    }
    for key, name in names.items():
        answer = client.get(where, {"part": key, "page": "nonsense"})
        assert answer.context["part"].key == key
        assert name in text_of(answer)


def test_problems_are_shown_with_their_place(client):
    page = upload(client, workbook(whole(department={"名称": ""})))
    assert "誤りが1件あります" in text_of(page)
    assert "名称を入力してください。" in text_of(page)
    assert "この内容で取り込む" not in text_of(page)


def test_file_that_changes_nothing_offers_nothing_to_take_in(client, cast):
    taken_in(whole(), cast.administrator)
    page = upload(client, workbook(whole()))
    assert "変わることはありません" in text_of(page)
    assert "この内容で取り込む" not in text_of(page)


def test_two_presses_of_the_button_take_the_file_in_once(client, cast):
    imported = handed_in(whole(), cast.administrator)
    where = reverse("exchange:spring_apply", args=[imported.pk])
    first = client.post(where, {"plan": imported.plan_digest})
    second = client.post(where, {"plan": imported.plan_digest})
    assert (first.status_code, second.status_code) == (302, 409)
    assert Appointment.objects.filter(user__username="3001").count() == 1


def test_file_can_be_thrown_away(client, cast):
    imported = handed_in(whole(), cast.administrator)
    page = client.post(reverse("exchange:spring_discard", args=[imported.pk]), follow=True)
    assert "「春.xlsx」を破棄しました。何も取り込んでいません。" in text_of(page)
    assert not SpringImport.objects.exists()


def test_what_prevents_taking_back_is_named_on_the_page(client, cast):
    imported = taken_in(whole(), cast.administrator)
    Department.objects.filter(code="fukushi").update(name="福祉部")
    page = client.get(reverse("exchange:spring_undo", args=[imported.pk]))
    assert "この取込みは取り消せません" in text_of(page)
    assert "部「健康福祉部」は、取り込んだ後に変更されました。" in text_of(page)


# While the work goes on, and where no worker runs


def waiting(imported, status="waiting", seconds=0, **values):
    asked = imported.asked_at - dt.timedelta(seconds=seconds)
    SpringImport.objects.filter(pk=imported.pk).update(status=status, asked_at=asked, **values)


def test_page_shows_how_many_rows_are_checked(client, cast):
    imported = handed_in(whole(), cast.administrator)
    waiting(imported, "checking", done=800, total=2160)
    page = text_of(client.get(reverse("exchange:spring_import", args=[imported.pk])))
    assert '<progress value="800" max="2160"' in page
    assert "すぐに進める" not in page


def test_page_reloads_when_the_work_is_done(client, cast):
    imported = handed_in(whole(), cast.administrator)
    where = reverse("exchange:spring_import", args=[imported.pk])
    answer = client.get(where, headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_without_a_worker_the_page_does_the_work_itself(client, cast):
    imported = handed_in(whole(), cast.administrator)
    waiting(imported, seconds=4, counts={})
    where = reverse("exchange:spring_import", args=[imported.pk])
    assert "すぐに進める" in text_of(client.get(where))
    page = client.post(f"{where}run/", follow=True)
    assert "この内容で取り込みますか" in text_of(page)


def test_without_a_worker_the_page_takes_the_file_in(client, cast):
    imported = handed_in(whole(), cast.administrator)
    waiting(imported, "queued", seconds=4, applied_by=cast.administrator)
    answer = client.post(
        reverse("exchange:spring_run", args=[imported.pk]), headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Refresh"] == "true"
    assert Department.objects.filter(code="fukushi").exists()


def test_page_leaves_the_work_to_a_worker_that_has_just_been_asked(client, cast):
    imported = handed_in(whole(), cast.administrator)
    waiting(imported, seconds=1)
    client.post(reverse("exchange:spring_run", args=[imported.pk]))
    imported.refresh_from_db()
    assert imported.status == "waiting"


# Hostile and wrong files


def rewritten(content, changes):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, each in changes.items():
            new.writestr(name, each)
    return out.getvalue()


def hostile():
    honest = workbook(whole())
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    )
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    vast = sheet.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)
    return {
        "bomb": rewritten(honest, {"xl/sharedStrings.xml": b"0" * 15_000_000}),
        "macro": rewritten(honest, {"xl/vbaProject.bin": b"x"}),
        "entity in the workbook": rewritten(honest, {"xl/workbook.xml": entity}),
        "entity in a sheet": rewritten(honest, {"xl/worksheets/sheet1.xml": entity}),
        "cut off": honest[: len(honest) // 2],
        "no workbook": rewritten(honest, {})[:0] + zipped({"a.txt": b"a"}),
        "many entries": rewritten(honest, {f"xl/{n}.xml": b"" for n in range(300)}),
        "a false size": rewritten(honest, {"xl/worksheets/sheet1.xml": vast}),
        "not a zip file": b"code,name",
        "old Excel": b"\xd0\xcf\x11\xe0" + b"0" * 100,
        "too large": b"PK" + b"0" * (5 * 1024 * 1024),
    }


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, each in entries.items():
            archive.writestr(name, each)
    return out.getvalue()


SENTENCES = {
    "bomb": "ファイルの中身が大きすぎます。",
    "macro": "マクロの付いたExcelは読めません。",
    "entity in the workbook": "ファイルが壊れているため開けません。",
    "entity in a sheet": "ファイルが壊れているため開けません。",
    "cut off": "ファイルが壊れているため開けません。",
    "no workbook": "Excelのファイルではありません。",
    "many entries": "ファイルの中身が大きすぎます。",
    "a false size": "この内容で取り込みますか",
    "not a zip file": "Excelのファイルではありません。",
    "old Excel": "古い形式（.xls）か、パスワードの付いたファイルです。",
    "too large": "ファイルが大きすぎます。5MBまでです。",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_hostile_file_gets_one_sentence_and_changes_nothing(name, client):
    page = upload(client, hostile()[name])
    assert page.status_code == 200
    assert SENTENCES[name] in text_of(page)
    assert not Department.objects.filter(code="fukushi").exists()


def test_nothing_chosen_is_told(client):
    assert "ファイルを選んでください。" in text_of(client.post(INDEX))


def test_formula_without_a_result_is_a_problem_and_markup_stays_text(client):
    name = "<script>alert(1)</script>"
    page = upload(client, workbook(whole(department={"名称": name})))
    assert name not in text_of(page)
    assert "&lt;script&gt;" in text_of(page)


# Out of the product


def test_template_holds_headings_examples_and_an_explanation(client):
    answer = client.get(f"{INDEX}template/")
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    for sheet in SHEETS:
        headings, example = cells_of(answer.content, sheet.title)
        assert list(headings) == headings_of(sheet.title)
        assert str(example[0]).startswith("例：")
    told = {row[1] for row in cells_of(answer.content, "説明")[1:] if row[1]}
    assert told == {column.heading for sheet in SHEETS for column in sheet.columns}


def test_template_as_it_is_says_that_nothing_would_change(client):
    page = upload(client, client.get(f"{INDEX}template/").content)
    assert "変わることはありません" in text_of(page)


def test_present_state_leaves_a_line_and_makes_no_formula(client, cast):
    taken_in(whole(person={"氏名": "=1+1"}), cast.administrator)
    answer = client.get(f"{INDEX}present/")
    people = cells_of(answer.content, "職員")
    assert "=1+1" in [row[1] for row in people]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert not any(b"<f>" in archive.read(name) for name in sheets)
    last = AuditEvent.objects.latest("pk")
    assert (last.verb, last.actor, last.after["部"]) == ("spring.export", cast.administrator, 3)


# Secrecy


@pytest.mark.parametrize("person", OTHERS)
def test_nobody_else_reaches_anything_of_the_import(person, cast, client_of):
    imported = handed_in(whole(), cast.administrator)
    stranger = client_of(getattr(cast, person))
    there, not_there = imported.pk, imported.pk + 1000
    ways = ["", "template/", "present/"]
    for way in ways:
        assert stranger.get(f"{INDEX}{way}").status_code == 403
        assert stranger.post(f"{INDEX}{way}").status_code == 403
    for way in ("", "run/", "apply/", "discard/", "undo/"):
        for method in (stranger.get, stranger.post):
            answers = [method(f"{INDEX}{pk}/{way}") for pk in (there, not_there)]
            assert [answer.status_code for answer in answers] == [403, 403]
    imported.refresh_from_db()
    assert imported.status == "checked"


def test_number_that_is_not_there_is_not_found(client):
    assert client.get(f"{INDEX}4711/").status_code == 404


PAGES = ("/", "/papers/2023/", "/interviews/2023/", "/packets/2023/", "/policies/2023/", "/admin/")
PAGES += ("/admin/departments/department/", "/charges/2023/edit/")


@pytest.mark.parametrize("person", ["head", "office", "mayor", "secretary", "viewer"])
def test_unannounced_move_in_a_file_changes_no_page_of_anybody(person, paper, cast, client_of):
    """Not before it is taken in, and not after it: byte for byte but for the token of the form."""
    move = APPOINTMENT | {"部の記号": "somu", "内示日": "2023/3/31"}
    ended = {
        "職員番号": cast.head.username,
        "職": "部長・担当部長",
        "職名": "総務部長",
        "部の記号": "somu",
        "発令日": "2022/4/1",
        "内示日": "2022/3/24",
        "終わる日": "2023/3/31",
        "終わりの内示日": "2023/3/31",
    }
    rows = {"職員": [PERSON], "発令": [ended, move]}

    def seen():
        client = client_of(getattr(cast, person))
        client.cookies["csrftoken"] = "a" * 32
        answers = [client.get(where) for where in PAGES]
        return [(a.status_code, _without_tokens(text_of(a))) for a in answers]

    before = seen()
    imported = handed_in(rows, cast.administrator)
    assert seen() == before
    spring.take_in(
        imported=imported, plan_digest=imported.plan_digest, by=Actor(cast.administrator)
    )
    assert Appointment.objects.filter(user__username="3001").count() == 1
    assert seen() == before


def _without_tokens(page):
    import re

    return re.sub(r"[A-Za-z0-9]{64}", "", page)


def test_department_that_the_office_may_see_shows_its_own_history_only(cast, client_of, client):
    taken_in(whole() | {"部": [DEPARTMENT]}, cast.administrator)
    department = Department.objects.get(code="fukushi")
    where = reverse("admin:departments_department_history", args=[department.pk])
    page = text_of(client_of(cast.office).get(where))
    assert "髙栁" not in page
