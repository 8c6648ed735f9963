"""Read the mayor's basic policy from a file: show it, print it as JSON, or store it."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from core.audit import SYSTEM
from core.text import opening_words
from core.workflow import NotNow
from core.years import EARLIEST, LATEST, DateProblem, format_date, format_year, parse_year
from policies.actions.documents import PolicyProblem, save_basic_policy
from policies.parsing import ParsedPolicy, ParsedSection, parse
from policies.reading import Unreadable, read_file

REFUSED = 2
"""The exit status for a file or a document that is refused."""


class Command(BaseCommand):
    help = "市政運営の基本方針をファイルから読み取り、項に分けて表示します。"
    requires_system_checks: list[str] = []  # it has to work where there is no database at all

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="基本方針のファイル（.docx、.pdf、.txt）"
        )
        parser.add_argument("--json", action="store_true", help="読み取った内容をJSONで出します")
        parser.add_argument("--save", action="store_true", help="データベースに登録します")
        parser.add_argument("--year", type=_year, metavar="N", help="年度（2023、令和5年度）")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = read_file(options["file"])
            policy = parse(text)
            if options["year"] is not None:
                policy = replace(policy, year=options["year"])
            if options["save"]:
                save_basic_policy(parsed=policy, source_text=text, by=SYSTEM)
        except (Unreadable, PolicyProblem, NotNow) as refusal:
            self._refuse(str(refusal))
        except DatabaseError as error:
            cause = str(error).partition("\n")[0]
            self._refuse(f"データベースに登録できませんでした（{cause}）。")
        if options["json"]:
            self.stdout.write(json.dumps(as_tree(policy), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(outline(policy)))
            if options["save"]:
                self.stdout.write("登録しました。")

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(REFUSED)


def _year(text: str) -> int:
    try:
        year = parse_year(text)
    except DateProblem as problem:
        raise ArgumentTypeError(str(problem)) from None
    if not EARLIEST.year <= year <= LATEST.year:
        raise ArgumentTypeError(f"{EARLIEST.year}年度から{LATEST.year}年度までを指定してください。")
    return year


def as_tree(policy: ParsedPolicy) -> dict[str, Any]:
    """The document as JSON says it; what only some documents have is there only where it is."""
    tree: dict[str, Any] = {
        "year": policy.year,
        "title": policy.title,
        "issued_on": policy.issued_on.isoformat() if policy.issued_on else None,
        "issuer": policy.issuer,
        "preamble": list(policy.preamble),
        "sections": [
            {"marker": s.marker, "heading": s.heading, "body": s.body, "items": _items(s)}
            for s in policy.sections
        ],
    }
    further = {"closing": list(policy.closing), "furniture": list(policy.furniture)}
    return tree | {name: texts for name, texts in further.items() if texts}


def _items(section: ParsedSection) -> list[dict[str, Any]]:
    return [
        {"marker": item.marker}
        | ({"heading": item.heading} if item.heading else {})
        | {"body": item.body, "items": _items(item)}
        for item in section.items
    ]


def outline(policy: ParsedPolicy) -> list[str]:
    """The document on a few lines for a person."""
    items = sum(_count(section) for section in policy.sections)
    return [
        f"題名　　{policy.title or '（読み取れません）'}",
        f"年度　　{format_year(policy.year) if policy.year else '（読み取れません）'}",
        f"日付　　{format_date(policy.issued_on) if policy.issued_on else '（読み取れません）'}",
        f"発出者　{policy.issuer or '（読み取れません）'}",
        f"前文　　{len(policy.preamble)}段落",
        f"章　　　{len(policy.sections)}章、{items}項",
        *(line for section in policy.sections for line in _outline_of(section, 0)),
        f"確かめること　{len(policy.doubts)}件",
        *(f"  {doubt.line}行目：{doubt.question}" for doubt in policy.doubts),
    ]


def _count(section: ParsedSection) -> int:
    return len(section.items) + sum(_count(item) for item in section.items)


def _outline_of(section: ParsedSection, depth: int) -> list[str]:
    words = section.heading or opening_words(section.body)
    own = f"{'  ' * (depth + 1)}{section.marker} {words}"
    return [own, *(line for item in section.items for line in _outline_of(item, depth + 1))]
