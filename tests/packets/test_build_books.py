"""``manage.py build_book``: the year or a day in one file, or one clear sentence."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from departments.models import Department
from goals.models import OperatingPolicy
from packets.models import PacketFile
from packets.pieces import Piece
from tests.factories import InterviewFactory, OperatingPolicyFactory, jst

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
    return settings.MEDIA_ROOT / "packets"


@pytest.fixture
def city(paper: OperatingPolicy, kenko: Department, cast: SimpleNamespace) -> list[OperatingPolicy]:
    """Two departments; the mayor hears the second one on 6 April."""
    other = OperatingPolicyFactory(department=kenko)
    cast.mayor.name = "井澤 邦夫"
    cast.mayor.save()
    InterviewFactory(department=kenko, interviewers=[cast.mayor])
    return [paper, other]


def build(**options: object) -> dict[str, Any]:
    out = StringIO()
    call_command("build_book", stdout=out, year="R5年度", jobs=1, **options)
    assert out.getvalue().count("\n") == 1
    told = json.loads(out.getvalue())
    assert told.pop("seconds") > 0
    return told


def test_book_of_the_year_and_what_of_it_was_there(
    city: list[OperatingPolicy], tmp_path: Path
) -> None:
    target = tmp_path / "全部門.pdf"
    cold = build(output=str(target))
    assert cold == {
        "output": str(target),
        "pages": len(PdfReader(target).pages),
        "bytes": target.stat().st_size,
        "parts_rendered": 3,
        "parts_reused": 0,
        "missing_glyphs": [],
        "failed": [],
    }
    first = target.read_bytes()
    warm = build(output=str(target))
    assert (warm["parts_rendered"], warm["parts_reused"]) == (0, 3)
    OperatingPolicy.objects.filter(pk=city[1].pk).update(
        mission="健康を守る。", updated_at=jst(2023, 3, 28, 9)
    )
    changed = build(output=str(target))
    assert 1 <= changed["parts_rendered"] == 3 - changed["parts_reused"] <= 2
    assert first != target.read_bytes()
    assert not PacketFile.objects.exists()


def test_same_city_gives_the_same_bytes_and_nothing_is_kept_where_that_is_asked(
    city: list[OperatingPolicy], tmp_path: Path, folder: Path
) -> None:
    for name in "ab":
        assert build(output=str(tmp_path / name), no_cache=True)["parts_reused"] == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not folder.exists()


def test_day_of_an_interviewer_by_name_or_number(
    city: list[OperatingPolicy], cast: SimpleNamespace, tmp_path: Path
) -> None:
    for who in ("井澤 邦夫", "井澤邦夫", cast.mayor.username):
        told = build(output=str(tmp_path / "a.pdf"), interviewer=who, day="R5.4.6")
    outline = PdfReader(tmp_path / "a.pdf").outline
    parts = [entry.title for entry in outline if not isinstance(entry, list)]
    assert parts == ["日程", "健康部"]
    assert told["failed"] == []


def test_part_that_fails_is_named(
    city: list[OperatingPolicy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = Piece.html
    monkeypatch.setattr(
        Piece,
        "html",
        lambda piece: 1 / 0 if piece.title == "総務部" and piece.paper else html(piece),
    )
    told = build(output=str(tmp_path / "a.pdf"))
    reason = "思わぬ誤りが起きました。システム管理者へ連絡してください。"
    assert told["failed"] == [{"part": "総務部", "reason": reason}]
    assert told["pages"] == len(PdfReader(tmp_path / "a.pdf").pages)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"interviewer": "井澤 邦夫"}, "--interviewer と --day は、一緒に指定してください。"),
        (
            {"interviewer": "山田", "day": "R5.4.6"},
            "面談者「山田」は見つかりません。氏名又は職員番号で指定してください。",
        ),
        (
            {"interviewer": "井澤 邦夫", "day": "R5.4.7"},
            "令和5年4月7日に、井澤 邦夫の面談はありません。",
        ),
    ],
)
def test_what_cannot_be_printed_is_said_in_one_sentence(
    city: list[OperatingPolicy], tmp_path: Path, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        build(output=str(tmp_path / "a.pdf"), **options)
    assert str(refusal.value) == sentence
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []
