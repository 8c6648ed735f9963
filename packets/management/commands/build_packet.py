"""``manage.py build_packet --year 2023 --department 政策部 --output FILE``."""

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from core.years import DateProblem, format_year, parse_year
from goals.models import OperatingPolicy
from packets.pieces import department
from packets.pressing import PressFailure, render_pdf
from packets.store import write_file


class Command(BaseCommand):
    requires_system_checks = ()
    help = "1つの部の面談資料をPDFで書き出し、結果をJSON1行で示します。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", required=True, help="年度（2023、令和5年度）")
        parser.add_argument(
            "--department", required=True, help="部の名称又は記号（政策部、seisaku）"
        )
        parser.add_argument("--output", required=True, help="書き出すファイル")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["output"])
        paper = find_paper(options["year"], options["department"])
        check_target(target)
        started = time.monotonic()
        try:
            piece = department(paper)
            printed = render_pdf(piece.html())
        except PressFailure as failure:
            raise CommandError(
                f"{paper.department.name}の面談資料を作れませんでした。{failure}", returncode=2
            ) from None
        try:
            write_file(target, printed.pdf)
        except OSError as error:
            raise CommandError(unwritable(target, error), returncode=2) from None
        told = {
            "department": paper.department.name,
            "output": str(target),
            "pages": printed.pages,
            "bytes": len(printed.pdf),
            "seconds": round(time.monotonic() - started, 3),
            "missing_glyphs": [one.as_plain() for one in piece.missing],
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False))


def find_paper(year: str, department: str) -> OperatingPolicy:
    """The paper of a department, named by its name or code; CommandError with a sentence."""
    try:
        number = parse_year(year)
    except DateProblem as problem:
        raise CommandError(str(problem), returncode=2) from None
    papers = OperatingPolicy.objects.for_page().of_year(number)
    if not papers.exists():
        raise CommandError(f"{format_year(number)}の運営方針はありません。", returncode=2)
    named = papers.filter(Q(department__name=department) | Q(department__code=department)).first()
    if named is None:
        names = "、".join(
            papers.order_by("department__order").values_list("department__name", flat=True)
        )
        raise CommandError(
            f"{format_year(number)}に「{department}」の運営方針はありません。選べる部：{names}",
            returncode=2,
        )
    return named


def check_target(target: Path) -> None:
    """Refuse early what cannot be written, before a packet is made for nothing."""
    if target.is_dir():
        raise CommandError(
            f"{target} はフォルダーです。ファイル名を指定してください。", returncode=2
        )
    if not target.parent.is_dir():
        raise CommandError(f"フォルダー {target.parent} がありません。", returncode=2)


def unwritable(target: Path, error: OSError) -> str:
    """Why the file could not be written, in a sentence."""
    return f"{target} に書き込めません（{error.strerror or error}）。"
