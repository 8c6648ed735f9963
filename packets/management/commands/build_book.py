"""``manage.py build_book --year 2023 --output FILE``: the book, or an interviewer's day."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from goals.models import OperatingPolicy
from packets.management import building, chosen
from packets.orders import Kind, Order


class Command(BaseCommand):
    requires_system_checks = ()
    help = "全部門の面談資料、又は面談者の1日分をPDFで書き出し、結果をJSON1行で示します。"

    def add_arguments(self, parser: CommandParser) -> None:
        building.add_arguments(parser)
        parser.add_argument("--interviewer", default="", help="面談者の氏名又は職員番号")
        parser.add_argument("--day", default="", help="面談の日（2023-04-06、R5.4.6）")

    def handle(self, *args: Any, **options: Any) -> None:
        order, papers = self._chosen(options)
        building.check_target(Path(options["output"]))
        self.stdout.write(building.build(order, papers, options))

    def _chosen(self, options: dict[str, Any]) -> tuple[Order, list[OperatingPolicy]]:
        layout, year = chosen.find_layout(options["layout"]), chosen.find_year(options["year"])
        interviewer, day = options["interviewer"], options["day"]
        if bool(interviewer) != bool(day):
            raise chosen.refuse("--interviewer と --day は、一緒に指定してください。")
        if day:
            return chosen.order_of_day(year, interviewer, day, layout)
        papers = chosen.papers_of_year(year)
        return Order(Kind.BOOK, year, layout=layout), papers
