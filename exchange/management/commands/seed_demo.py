"""Lay the demo city into an empty database."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.workflow import NotNow
from exchange.seed import build_demo_city, is_empty

REFUSED = 2
"""The exit status for a database that is in use."""


class Command(BaseCommand):
    help = "空のデータベースに、デモの市（組織、職員、基本方針、運営方針書）を入れます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="既に登録があるときは、何もせずに終わります"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not is_empty():
            return
        try:
            build_demo_city()
        except NotNow as refusal:
            self.stderr.write(str(refusal))
            sys.exit(REFUSED)
        self.stdout.write("デモの市を入れました。")
