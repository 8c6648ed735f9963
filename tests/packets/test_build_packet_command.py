"""``manage.py build_packet``: a file, or one clear sentence and exit status 2."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from goals.models import OperatingPolicy

pytestmark = pytest.mark.django_db


def build(**options: object) -> str:
    out = StringIO()
    call_command("build_packet", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("year", "department"), [("2023", "総務部"), ("令和5年度", "somu"), ("R5年度", "総務部")]
)
def test_packet_is_written_for_a_department_by_name_or_code(
    full_paper: OperatingPolicy, tmp_path: Path, year: str, department: str
) -> None:
    target = tmp_path / "総務部.pdf"
    line = build(year=year, department=department, output=str(target))
    told = json.loads(line)
    assert line.count("\n") == 1
    assert told.pop("seconds") > 0
    assert told == {
        "department": "総務部",
        "output": str(target),
        "pages": len(PdfReader(target).pages),
        "bytes": target.stat().st_size,
        "missing_glyphs": [],
    }
    assert PdfReader(target).metadata.title == "令和5年度 総務部 運営方針・組織目標 面談資料"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"year": "来年"}, "年度は「令和5年度」または「2023」のように入力してください。"),
        ({"year": "2031"}, "令和13年度の運営方針はありません。"),
        (
            {"department": "宇宙部"},
            "令和5年度に「宇宙部」の運営方針はありません。選べる部：総務部",
        ),
        ({"output": "{folder}"}, "{folder} はフォルダーです。ファイル名を指定してください。"),
        ({"output": "{folder}/無い/a.pdf"}, "フォルダー {folder}/無い がありません。"),
    ],
)
def test_what_cannot_be_printed_is_said_in_one_sentence(
    paper: OperatingPolicy, tmp_path: Path, options: dict[str, str], sentence: str
) -> None:
    wanted = {"year": "2023", "department": "総務部", "output": "{folder}/a.pdf"} | options
    filled = {name: value.format(folder=tmp_path) for name, value in wanted.items()}
    with pytest.raises(CommandError) as refusal:
        build(**filled)
    assert str(refusal.value) == sentence.format(folder=tmp_path)
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_place_that_refuses_to_be_written_is_named(paper: OperatingPolicy) -> None:
    with pytest.raises(CommandError) as refusal:
        build(year="2023", department="総務部", output="/proc/a.pdf")
    assert str(refusal.value).startswith("/proc/a.pdf に書き込めません（")
    assert refusal.value.returncode == 2
