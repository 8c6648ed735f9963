"""監査記録: searched, read, checked and taken away by administrators alone."""

import ast
import csv
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core import audit, clock
from core.audit import Actor, words_of
from core.models import AuditEvent
from core.workflow import Action
from home.trail import Search
from home.views import audit as views
from tests.factories import OperatingPolicyFactory, jst
from tests.world import NOON, World

pytestmark = pytest.mark.django_db
AUDIT, CHECK, EXPORT = (reverse(f"home:{n}") for n in ("audit", "audit_check", "audit_export"))
ROOMS = ["core", "departments", "policies", "goals", "interviews", "packets", "exchange", "home"]


@pytest.fixture
def client(cast, client_of):
    return client_of(cast.administrator)


def line(verb="goal.save", *, by=None, at=NOON, label="目標", **fields):
    with clock.at(at):
        return audit.record(verb, by=Actor(user=by), label=label, **fields)


def found(**conditions):
    """The numbers of the lines that a search finds."""
    return set(Search(**conditions).lines().values_list("pk", flat=True))


def text_of(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def rows_of(answer):
    return list(csv.reader(io.StringIO(text_of(answer), newline="")))


# Searching


def test_person_is_found_as_actor_as_absent_one_as_account_and_as_who_failed_to_sign_in(cast):
    mine = line(by=cast.head)
    audit.record(
        "paper.submit",
        by=Actor(user=cast.chief, standing_in_for_id=cast.head.pk),
        label="総務部",
    )
    line("password", by=cast.administrator, subject=cast.head)
    line("sign-in.failed", label=cast.head.username)
    line(by=cast.other_head)
    line("sign-in.failed", label=cast.other_head.username)
    assert found(person=cast.head) == set(range(mine.pk, mine.pk + 4))


def test_paper_is_found_by_year_and_department_with_vain_attempts(somu, kenko):
    paper = OperatingPolicyFactory(department=somu)
    last = OperatingPolicyFactory(department=somu, year=2022)
    other = OperatingPolicyFactory(department=kenko)
    wanted = {
        line(subject=paper).pk,
        line("refused", label="/papers/2023/somu/review/").pk,
        line("refused", label="/packets/2023/somu/").pk,
    }
    old, foreign = line(subject=last).pk, line(subject=other).pk
    elsewhere = line("refused", label="/papers/2023/somu2/").pk
    line("goal.save", label="/papers/2023/somu/")
    assert found(year=2023, department=somu) == wanted
    assert found(department=somu) == wanted | {old}
    assert found(year=2023) == wanted | {foreign, elsewhere}


def test_year_without_papers_finds_nothing(somu):
    line(subject=OperatingPolicyFactory(department=somu))
    assert found(year=1999) == set()


def test_period_takes_in_both_its_days_as_japan_counts_them():
    line(at=jst(2023, 3, 26, 23, 59))
    first = line(at=jst(2023, 3, 27))
    last = line(at=jst(2023, 3, 28, 23, 59))
    line(at=jst(2023, 3, 29))
    days = {"since": jst(2023, 3, 27).date(), "until": jst(2023, 3, 28).date()}
    assert found(**days) == {first.pk, last.pk}


def test_conditions_narrow_each_other(cast, somu):
    paper = OperatingPolicyFactory(department=somu)
    wanted = line("goal.add", by=cast.head, subject=paper)
    line("goal.save", by=cast.head, subject=paper)
    line("goal.add", by=cast.chief, subject=paper)
    line("goal.add", by=cast.head)
    assert found(person=cast.head, department=somu, verb="goal.add") == {wanted.pk}


# The page


def test_newest_comes_first_fifty_to_a_page(client, cast):
    for n in range(60):
        line(label=f"{n}番目の行", by=cast.head)
    first = client.get(AUDIT).content.decode()
    second = client.get(AUDIT, {"page": 2, "verb": "goal.save"}).content.decode()
    assert first.index("59番目の行") < first.index("58番目の行")
    assert "9番目の行</span>" in second
    assert "10番目の行</span>" not in second
    assert "全60件" in second
    assert 'href="?verb=goal.save&amp;page=1"' in second


def test_line_tells_who_for_whom_when_from_where_what_before_and_after(client, cast):
    by = Actor(user=cast.chief, standing_in_for_id=cast.head.pk, address="10.1.2.3")
    with clock.at(jst(2023, 3, 28, 9, 5)):
        audit.record(
            "department.change",
            by=by,
            label="部 総務部",
            subject="departments.department/1",
            before={"name": "総務課", "last_year": None},
            after={"name": "総務部", "last_year": 2024},
        )
    page = " ".join(client.get(AUDIT).content.decode().split())
    for words in (
        cast.chief.name,
        f"{cast.head.name}の代理",
        '令和5年3月28日</span> <span class="nowrap">9:05:00',
        "10.1.2.3",
        "<strong>部を変更</strong>",
        '名称</p> <p class="written"><span class="support">前</span> <del>総務課</del></p>'
        ' <p class="written"><span class="support">後</span> <ins>総務部</ins></p>',
        "最後の年度",
    ):
        assert words in page


def test_what_people_typed_is_text_and_a_whole_document_is_cut(client, cast):
    line(label="<script>x()</script>", after={"<b>": "<img src=x>", "body": "あ" * 5000})
    page = client.get(AUDIT).content.decode()
    assert "<script>x()" not in page
    assert "<img src=x>" not in page
    assert "あ" * 2000 in page
    assert "あ" * 2001 not in page


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"person": "999999"}, "職員を選び直してください。"),
        ({"person": "x"}, "職員を選び直してください。"),
        ({"verb": "drop table"}, "操作を選び直してください。"),
        ({"since": "きのう"}, "この日から："),
        ({"since": "R5.4.2", "until": "R5.4.1"}, "始めの日より後"),
    ],
)
def test_wrong_condition_is_told_and_finds_nothing(client, cast, asked, sentence):
    line(label="見えない行")
    page = client.get(AUDIT, asked).content.decode()
    assert sentence in page
    assert "見えない行" not in page


def test_page_asks_the_same_number_of_queries_for_any_search(client, cast, somu):
    paper = OperatingPolicyFactory(department=somu)
    asked = {"person": cast.head.pk, "year": 2023, "department": somu.pk, "verb": "goal.save"}
    asked |= {"since": "R5.3.1", "until": "R5.3.31"}
    numbers = []
    for _ in range(2):
        for person in (cast.head, cast.chief, cast.drafter):
            line(by=person, subject=paper)
        client.get(AUDIT, asked)
        with CaptureQueriesContext(connection) as queries:
            assert "この条件の記録はありません" not in client.get(AUDIT, asked).content.decode()
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


# Nobody else


def test_only_administrators_reach_any_of_it(cast, client_of):
    line(label="漏れない言葉", by=cast.head)
    people = [user for name, user in vars(cast).items() if name != "administrator"]
    for user in people:
        client = client_of(user)
        answers = [client.get(AUDIT), client.post(EXPORT), client.post(CHECK), client.get(CHECK)]
        assert [answer.status_code for answer in answers] == [403] * 4
        assert not any("漏れない言葉" in answer.content.decode() for answer in answers)
    assert AuditEvent.objects.filter(verb="refused").count() == 4 * len(people)
    assert not AuditEvent.objects.filter(verb__in=["audit.export", "audit.verify"]).exists()


def test_only_administrators_see_the_way_to_it(cast, client_of):
    link = f'href="{AUDIT}"'
    shown = {
        name
        for name, user in vars(cast).items()
        if link in client_of(user).get("/policies/").content.decode()
        or link in client_of(user).get("/password/").content.decode()
    }
    assert shown == {"administrator"}


# Taking away


def test_export_holds_what_was_found_and_no_formula(client, cast):
    line(label="=HYPERLINK(1)", by=cast.head, after={"本文": "髙澤"})
    line("goal.add", label="ほか")
    header, row = rows_of(client.post(EXPORT, {"verb": "goal.save", "format": "csv"}))
    told = dict(zip(header, row, strict=True))
    assert told["対象"] == "'=HYPERLINK(1)"
    assert told["操作"] == "目標を保存"
    assert told["氏名"] == cast.head.name
    assert told["日時"] == "2023-03-28 12:00:00"
    assert told["変更後"] == '{"本文": "髙澤"}'


def test_line_of_the_export_stands_before_the_first_byte_and_not_in_the_file(client, cast):
    last = line(by=cast.head)
    answer = client.post(EXPORT, {"person": cast.head.pk, "until": "R5.3.28"})
    told = AuditEvent.objects.latest("pk")
    assert told.verb == "audit.export"
    assert told.actor == cast.administrator
    assert told.after == {
        "conditions": {
            "職員": f"{cast.head.name}（{cast.head.username}）",
            "期間の終わり": "令和5年3月28日",
        },
        "lines": 1,
        "last": last.pk,
        "format": "csv",
    }
    line(by=cast.head)
    assert [row[0] for row in rows_of(answer)[1:]] == [str(last.pk)]


def test_excel_holds_text_alone(client, cast):
    line(label="+1+1", by=cast.head, after={"本文": "_x0041_" * 6000})
    answer = client.post(EXPORT, {"format": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 2
    assert {cell.data_type for cell in sheet[2]} == {"inlineStr", "n", "s"}  # no "f"
    assert sheet["I2"].value == "+1+1"
    assert sheet["I2"].quotePrefix
    assert sheet["L2"].value.endswith("全文はCSVの書出しにあります）")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_too_much_for_excel_is_told_before_anything_is_taken(client, cast, monkeypatch):
    monkeypatch.setattr(views, "MOST_IN_EXCEL", 2)
    for _ in range(3):
        line()
    answer = client.post(EXPORT, {"format": "xlsx"})
    assert answer.status_code == 400
    assert "Excelに書き出せるのは2件までです。" in answer.content.decode()
    assert AuditEvent.objects.count() == 3


def test_wrong_condition_exports_nothing(client, cast):
    line(label="見えない行")
    answer = client.post(EXPORT, {"person": "x"})
    assert answer.status_code == 400
    assert "見えない行" not in answer.content.decode()
    assert AuditEvent.objects.count() == 1


# Checking


def test_whole_chain_is_told_and_the_check_leaves_a_line(client, cast):
    for _ in range(3):
        line()
    page = text_of(client.post(CHECK))
    assert "監査記録 3件に、変更も欠けもありません" in page
    assert page.rstrip().endswith("</html>")
    told = AuditEvent.objects.latest("pk")
    assert (told.verb, told.after) == ("audit.verify", {"lines": 3, "broken": None})
    assert audit.first_broken_line() is None


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE core_auditevent SET label='別の話' WHERE id=%s", "番で途切れています"),
        ("DELETE FROM core_auditevent WHERE id>%s", "監査記録の終わりが欠けています"),
    ],
)
def test_broken_chain_is_told(client, cast, statement, sentence):
    second = [line() for _ in range(3)][1]
    with connection.cursor() as cursor:
        cursor.execute(statement, [second.pk])
    assert sentence in text_of(client.post(CHECK))


def test_chain_is_followed_over_the_border_of_a_batch(monkeypatch):
    monkeypatch.setattr(audit, "BATCH", 2)
    for _ in range(5):
        line()
    steps = [(step.lines, step.is_done) for step in audit.check_chain()]
    assert steps == [(2, False), (4, False), (5, False), (5, True)]


def test_check_is_asked_for_and_not_followed_by_a_link(client, cast):
    assert client.get(CHECK).status_code == 405


# Words


def verbs_in_use():
    """Every verb that stands in the code where a line is recorded."""
    for room in ROOMS:
        for path in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                name = isinstance(call, ast.Call) and getattr(
                    call.func, "attr", getattr(call.func, "id", "")
                )
                if name in {"record", "Line"} and call.args:
                    yield from (
                        node.value
                        for node in ast.walk(call.args[0])
                        if isinstance(node, ast.Constant)
                    )


def test_every_verb_in_use_has_words():
    verbs = {verb for verb in verbs_in_use() if "." in verb.strip(".")}
    verbs |= {f"paper.{action}" for action in Action} | {"refused", "password", "sign-in"}
    assert len(verbs) > 30
    assert sorted(verb for verb in verbs if words_of(verb) == verb) == []


def test_everything_that_happens_in_a_year_has_words(cast, somu, kenko, client):
    World(cast, somu, kenko).reach("reopened")
    client.post(CHECK)
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert len(verbs) > 9
    assert sorted(verb for verb in verbs if words_of(verb) == verb) == []
    assert client.get(AUDIT).status_code == 200
