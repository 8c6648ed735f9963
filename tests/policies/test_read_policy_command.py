"""``manage.py read_policy``: shows, prints as JSON, stores whole or not at all."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from core.models import AuditEvent
from policies.lines import compact
from policies.models import BasicPolicy, Section
from policies.parsing import ParsedPolicy, parse, section_text

SEED = Path(__file__).parents[2] / "exchange" / "demo" / "reiwa5-basic-policy.txt"


def _refused(capsys, *arguments: str) -> str:
    """The one sentence on stderr; exit status 2 and nothing on stdout."""
    with pytest.raises(SystemExit) as ending:
        call_command("read_policy", *arguments)
    shown = capsys.readouterr()
    assert (ending.value.code, shown.out) == (2, "")
    return shown.err.removesuffix("\n")


def _printed(capsys, *arguments: str) -> dict:
    call_command("read_policy", *arguments, "--json")
    shown = capsys.readouterr()
    assert shown.err == ""
    return json.loads(shown.out)


def _file(tmp_path: Path, content: str | bytes) -> str:
    path = tmp_path / "policy.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


# Without the mark django_db any use of the database fails the test.


def test_json_of_the_seed_is_the_tree_and_needs_no_database(capsys):
    tree = _printed(capsys, str(SEED))
    assert list(tree) == ["year", "title", "issued_on", "issuer", "preamble", "sections"]
    assert [tree[name] for name in ("year", "title", "issued_on", "issuer")] == [
        2023,
        "令和5年度市政運営の基本方針",
        "2023-03-31",
        "国分寺市長 井澤 邦夫",
    ]
    assert len(tree["preamble"]) == 2
    assert [len(section["items"]) for section in tree["sections"]] == [5, 4, 8, 4, 0]
    assert [list(section) for section in tree["sections"]] == [
        ["marker", "heading", "body", "items"]
    ] * 5
    assert tree["sections"][3]["items"][2] == {
        "marker": "(3)",
        "body": "公務の内外を問わず、常に国分寺市職員としての自覚と責任を持って行動すること。",
        "items": [],
    }


def test_json_says_what_only_some_documents_have(capsys, tmp_path):
    text = "令和5年度方針\n\n第1 対応\n1 改革\n次のとおりとすること。\nア 甲\nイ 乙\n- 1 -\n以上"
    tree = _printed(capsys, _file(tmp_path, text))
    assert tree["sections"][0]["items"] == [
        {
            "marker": "1",
            "heading": "改革",
            "body": "次のとおりとすること。",
            "items": [
                {"marker": "ア", "body": "甲", "items": []},
                {"marker": "イ", "body": "乙", "items": []},
            ],
        }
    ]
    assert (tree["closing"], tree["furniture"]) == (["以上"], ["- 1 -"])


@pytest.mark.parametrize("encoding", ["cp932", "euc_jis_2004", "utf-16", "utf-8-sig"])
def test_json_is_the_same_in_every_encoding(capsys, tmp_path, encoding):
    text = SEED.read_text(encoding="utf-8")
    path = _file(tmp_path, text.encode(encoding))
    assert _printed(capsys, path) == _printed(capsys, str(SEED))


def test_year_given_by_hand_counts(capsys):
    assert _printed(capsys, str(SEED), "--year", "令和6年度")["year"] == 2024
    assert _printed(capsys, str(SEED), "--year", "2025")["year"] == 2025


def test_outline_shows_counts_headings_and_opening_words(capsys):
    call_command("read_policy", str(SEED))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:8] == [
        "題名　　令和5年度市政運営の基本方針",
        "年度　　令和5年度",
        "日付　　令和5年3月31日",
        "発出者　国分寺市長 井澤 邦夫",
        "前文　　2段落",
        "章　　　5章、21項",
        "  1 施政方針を踏まえた対応",
        "    (1) 新型コロナウイルス感染拡大から3年が経過し、令和…",
    ]
    assert lines[-1] == "確かめること　0件"


def test_outline_lists_the_questions_with_their_lines(capsys, tmp_path):
    path = _file(tmp_path, "令和5年度方針\n\n1 対応\n(1) 甲とする。\n(3) 乙とする。\n")
    call_command("read_policy", path)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "確かめること　1件",
        "  5行目：「(3)」は前の番号から続かないため、本文として読みました。項の始まりですか。",
    ]


def test_a_speech_without_numbers_is_shown(capsys, tmp_path):
    tree = _printed(capsys, _file(tmp_path, "令和5年度施政方針\n\n所信を申し上げます。\n"))
    assert (tree["preamble"], tree["sections"]) == (["所信を申し上げます。"], [])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルに文字がありません。基本方針の文書を選んでください。"),
        (
            b"\x7fELF\x02\x01\x01\x00\x00",
            "文字のファイルとして読めません。文字だけのファイル（.txt）を選んでください。",
        ),
        (
            "市政".encode() * 1_700_000,
            "ファイルが大きすぎます。5MBまでのファイルを選んでください。",
        ),
    ],
    ids=["empty", "binary", "10 MB"],
)
@pytest.mark.parametrize("options", [(), ("--json",), ("--save",)])
def test_bad_input_ends_in_one_sentence(capsys, tmp_path, content, sentence, options):
    assert _refused(capsys, _file(tmp_path, content), *options) == sentence


def test_a_missing_file_and_a_folder_end_in_one_sentence(capsys, tmp_path):
    missing = str(tmp_path / "ない.txt")
    assert _refused(capsys, missing) == f"ファイルが見つかりません：{missing}"
    folder = f"フォルダーではなく、ファイルを指定してください：{tmp_path}"
    assert _refused(capsys, str(tmp_path)) == folder


# --- --save --------------------------------------------------------------------------------------


def _nothing_is_stored() -> bool:
    tables = (BasicPolicy, Section, AuditEvent)
    return [table.objects.count() for table in tables] == [0, 0, 0]


@pytest.mark.django_db
def test_save_stores_the_document_and_its_sections(capsys):
    call_command("read_policy", str(SEED), "--save")
    policy = BasicPolicy.objects.get()
    assert (policy.year, policy.title, policy.issuer) == (
        2023,
        "令和5年度市政運営の基本方針",
        "国分寺市長 井澤 邦夫",
    )
    assert len(policy.preamble.split("\n")) == 2
    assert policy.source_text == SEED.read_text(encoding="utf-8")
    sections = list(policy.sections.in_order())
    assert [(s.path, s.number, s.is_open) for s in sections[:7]] == [
        ("1", "1", False),
        ("1-1", "1(1)", True),
        ("1-2", "1(2)", True),
        ("1-3", "1(3)", True),
        ("1-4", "1(4)", True),
        ("1-5", "1(5)", True),
        ("2", "2", False),
    ]
    assert [s.place for s in sections] == list(range(1, 27))
    assert [s.path for s in sections if s.is_open and s.parent is None] == ["5"]
    assert capsys.readouterr().out.splitlines()[-1] == "登録しました。"


@pytest.mark.django_db
def test_saved_sections_lead_to_their_place_in_the_stored_source():
    call_command("read_policy", str(SEED), "--save", "--json")
    policy = BasicPolicy.objects.get()
    leaves = Section.objects.filter(items=None)
    assert len(leaves) == 22
    for row in leaves:
        place = policy.source_text[row.source_start : row.source_end]
        assert compact(place) == compact(f"{row.marker}{row.heading}{row.body}")


@pytest.mark.django_db
def test_saved_tree_is_the_parsed_tree():
    call_command("read_policy", str(SEED), "--save")

    def text_of(row: Section) -> str:
        items = "".join(text_of(item) for item in row.items.order_by("place"))
        return f"{row.marker}{row.heading}{row.body}{items}"

    roots = Section.objects.filter(parent=None).order_by("place")
    parsed: ParsedPolicy = parse(SEED.read_text(encoding="utf-8"))
    assert [text_of(row) for row in roots] == [section_text(s) for s in parsed.sections]


@pytest.mark.django_db
def test_save_leaves_its_lines_in_the_audit_trail():
    call_command("read_policy", str(SEED), "--save")
    taken_in, shared = AuditEvent.objects.all()
    policy = BasicPolicy.objects.get()
    assert (taken_in.verb, taken_in.actor) == ("manuscript.take-in", None)
    assert (shared.verb, shared.actor, shared.label) == ("policy.share", None, policy.title)
    assert shared.subject == f"policies.basicpolicy/{policy.pk}"
    assert shared.after == {"items": 26}


@pytest.mark.django_db
def test_save_refuses_a_year_that_has_a_policy_already(capsys):
    call_command("read_policy", str(SEED), "--save")
    capsys.readouterr()
    before = list(Section.objects.values_list("pk", "body"))
    sentence = "令和5年度の市政運営の基本方針の原稿は、既にあります。"
    assert _refused(capsys, str(SEED), "--save") == sentence
    assert list(Section.objects.values_list("pk", "body")) == before
    assert AuditEvent.objects.count() == 2


@pytest.mark.django_db
def test_the_same_document_can_be_saved_for_another_year():
    call_command("read_policy", str(SEED), "--save")
    call_command("read_policy", str(SEED), "--save", "--year", "2024")
    assert list(BasicPolicy.objects.values_list("year", flat=True)) == [2024, 2023]
    assert Section.objects.count() == 52


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 対応\n(1) 甲とする。", "年度が読み取れませんでした。年度を指定してください。"),
        (
            "令和5年度施政方針\n\n所信を申し上げます。",
            "項がありません。項を一つ以上作ってください。",
        ),
        (
            "令和5年4月1日\n1 対応\n(1) 甲とする。",
            "題名がありません。題名を入れてください。",
        ),
        (
            "令和5年度方針\n" + "".join(f"({n}) 甲とする。\n" for n in range(1, 999)) * 2,
            "項が多すぎます。1000件までの文書を登録できます。",
        ),
        (
            "令和5年度方針\n第1章 甲\n第1節 乙\n第1 丙\n1 丁\n(1) 戊\n① 己\n",
            "項の段が深すぎます。5段までの文書を登録できます。",
        ),
        (
            "昭和3年度方針\n\n1 対応\n",
            "年度：この値は 1950 以上でなければなりません。",
        ),
    ],
)
def test_save_refuses_what_is_not_fit_and_stores_nothing(capsys, tmp_path, text, sentence):
    assert _refused(capsys, _file(tmp_path, text), "--save") == sentence
    assert _nothing_is_stored()


@pytest.mark.django_db
def test_nothing_is_stored_where_the_last_step_fails(capsys):
    def refuse_audit(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "core_auditevent"'):
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_audit):
        sentence = _refused(capsys, str(SEED), "--save")
    assert sentence == "データベースに登録できませんでした（disk full）。"
    assert _nothing_is_stored()
