"""Items of the policy, plans and measures as spreadsheets."""

from typing import Any

from core.columns import (
    IntegerColumn,
    RowColumn,
    RowsColumn,
    YearColumn,
    YesNoColumn,
    by_key,
    column,
)
from core.resources import TableResource
from core.years import format_year, parse_year
from departments.resources import order_column
from policies.models import BasicPolicy, Measure, Plan, Sdg, Section


class PolicyColumn(RowColumn):
    """The policy, by its fiscal year."""

    def find(self, text: str, row: Any) -> BasicPolicy:
        year = parse_year(text)
        self.known = self.known or by_key(BasicPolicy, "year")
        if str(year) not in self.known:
            raise ValueError(f"{format_year(year)}の基本方針は、まだ登録されていません。")
        return self.known[str(year)]

    def write(self, value: BasicPolicy) -> str:
        return format_year(value.year)


class ParentColumn(RowColumn):
    """The item above, by its path in the policy of the same row; it may stand in the same file."""

    def find(self, text: str, row: Any) -> Section:
        year = parse_year(str(row.get("年度") or ""))
        place = f"{year}/{text}"
        if place not in self.known:
            rows = Section.objects.filter(policy__year=year)
            self.known |= {f"{year}/{section.path}": section for section in rows}
        if place not in self.known:
            raise ValueError(f"{format_year(year)}の基本方針に、記号「{text}」の項はありません。")
        return self.known[place]


class SectionResource(TableResource):
    policy = column("policy", "年度", PolicyColumn(BasicPolicy, "year"))
    path = column("path", "記号")
    place = column("place", "並び順", IntegerColumn())
    parent = column("parent", "上の項の記号", ParentColumn(Section, "path"))
    marker = column("marker", "番号")
    number = column("number", "呼び方")
    heading = column("heading", "見出し")
    short_name = column("short_name", "短い名前")
    body = column("body", "本文")
    is_open = column("is_open", "回答を求める", YesNoColumn(), default=True)

    class Meta:
        model = Section
        import_id_fields = ("policy", "path")
        fields = (
            *("policy", "path", "place", "parent", "marker", "number"),
            *("heading", "short_name", "body", "is_open"),
        )


class PlanResource(TableResource):
    name = column("name", "名称")
    first_year = column("first_year", "最初の年度", YearColumn())
    last_year = column("last_year", "最後の年度", YearColumn())
    order = order_column()

    class Meta:
        model = Plan
        import_id_fields = ("name",)
        fields = ("name", "first_year", "last_year", "order")


class MeasureResource(TableResource):
    plan = column("plan", "計画の名称", RowColumn(Plan, "name"))
    code = column("code", "番号")
    name = column("name", "名称")
    order = order_column()
    sdgs = column("sdgs", "SDGsの番号", RowsColumn(Sdg, field="number"))

    class Meta:
        model = Measure
        import_id_fields = ("plan", "code")
        fields = ("plan", "code", "name", "order", "sdgs")
