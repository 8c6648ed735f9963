"""``manage.py build_packet --year 2023 --department 政策部 --output FILE``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from packets.management import building, chosen
from packets.orders import Kind, Order


class Command(BaseCommand):
    requires_system_checks = ()
    help = "1つの部の面談資料をPDFで書き出し、結果をJSON1行で示します。"

    def add_arguments(self, parser: CommandParser) -> None:
        building.add_arguments(parser)
        parser.add_argument(
            "--department", required=True, help="部の名称又は記号（政策部、seisaku）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        layout, year = chosen.find_layout(options["layout"]), chosen.find_year(options["year"])
        paper = chosen.find_paper(year, options["department"])
        building.check_target(Path(options["output"]))
        order = Order(Kind.DEPARTMENT, year, paper=paper, layout=layout)
        self.stdout.write(building.build(order, [], options))
