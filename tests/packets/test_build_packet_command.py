"""``manage.py build_packet``: a file, or one clear sentence and exit status 2."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from goals.models import OperatingPolicy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
    return settings.MEDIA_ROOT / "packets"


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
        "output": str(target),
        "pages": len(PdfReader(target).pages),
        "bytes": target.stat().st_size,
        "parts_rendered": 1,
        "parts_reused": 0,
        "missing_glyphs": [],
        "failed": [],
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
        (
            {"layout": "large tiny"},
            "体裁「large tiny」は選べません。選べる体裁：single（片面）、large（大きな字）、"
            "bare（記録欄なし）、sheets（目標シート付き）、two_up（2面付け）、lasting（保存用）",
        ),
        ({"jobs": 0}, "--jobs には1から16までの数を指定してください。"),
        ({"output": "{folder}"}, "{folder} はフォルダーです。ファイル名を指定してください。"),
        ({"output": "{folder}/無い/a.pdf"}, "フォルダー {folder}/無い がありません。"),
    ],
)
def test_what_cannot_be_printed_is_said_in_one_sentence(
    paper: OperatingPolicy, tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    wanted = {"year": "2023", "department": "総務部", "output": "{folder}/a.pdf"} | options
    filled = {
        name: value.format(folder=tmp_path) if isinstance(value, str) else value
        for name, value in wanted.items()
    }
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


def test_kept_part_is_used_again_unless_told_otherwise(
    full_paper: OperatingPolicy, tmp_path: Path, folder: Path
) -> None:
    files = []
    for cached, rendered, kept in ((False, 1, 0), (True, 1, 1), (True, 0, 1), (False, 1, 1)):
        target = tmp_path / "a.pdf"
        line = build(year="2023", department="somu", output=str(target), no_cache=not cached)
        told = json.loads(line)
        assert (told["parts_rendered"], told["parts_reused"]) == (rendered, 1 - rendered)
        assert len(list(folder.glob("*.pdf"))) == kept
        files.append(target.read_bytes())
    assert len(set(files)) == 1
