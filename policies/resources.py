"""Items of the policy, plans and measures as spreadsheets."""

from collections.abc import Iterable
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
from core.tables import as_text
from core.text import search_key
from core.years import format_year
from departments.models import Division
from departments.resources import order_column
from policies.models import BasicPolicy, Measure, Plan, Sdg, Section


class PolicyColumn(RowColumn):
    """The policy, by its fiscal year."""

    def write(self, value: BasicPolicy) -> str:
        return format_year(value.year)


class SectionResource(TableResource):
    """Written out only: the text changes by the manuscript and its amendments alone."""

    policy = column("policy", "年度", PolicyColumn(BasicPolicy, "year"))
    path = column("path", "記号")
    place = column("place", "並び順", IntegerColumn())
    parent = column("parent", "上の項の記号", RowColumn(Section, "path"))
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
    short_name = column("short_name", "短い名前")
    first_year = column("first_year", "最初の年度", YearColumn())
    last_year = column("last_year", "最後の年度", YearColumn())
    order = order_column()

    class Meta:
        model = Plan
        import_id_fields = ("name",)
        fields = ("name", "short_name", "first_year", "last_year", "order")


class DivisionColumn(RowColumn):
    """主管課: by its code, or by its name, with its department where several have that name."""

    def find(self, text: str, row: Any) -> Division:
        if not self.known:
            rows = Division.objects.select_related("department").order_by("pk")
            self.known = {division.code: division for division in rows}
            self.plans = by_key(Plan, "name")
        if text in self.known:
            return self.known[text]
        found = [division for division in self.known.values() if _is_called(division, text)]
        valid = [division for division in found if division.meets(*self._years_of(row))]
        if len(valid or found) == 1:
            return (valid or found)[0]
        raise ValueError(_several(text, valid or found))

    def _years_of(self, row: Any) -> tuple[int, int | None]:
        """The years of a row as they stand in the file; where none or nonsense stands, its plan's."""
        plan = self.plans.get(as_text(row.get("計画の名称")))
        first, last = (plan.first_year, plan.last_year) if plan else (0, None)
        return _year(row.get("最初の年度")) or first, _year(row.get("最後の年度")) or last


def _is_called(division: Division, text: str) -> bool:
    whole = f"{division.department.name}{division.name}"
    return search_key(text) in {search_key(division.name), search_key(whole)}


def _year(cell: Any) -> int | None:
    try:
        year: int | None = YearColumn().clean(cell or "")
    except ValueError:
        return None
    return year


def _several(text: str, found: Iterable[Division]) -> str:
    codes = "、".join(f"{each.department.name} {each.name}（{each.code}）" for each in found)
    if not codes:
        return f"「{text}」は、課の表にありません。課の記号か「総務部 総務課」のように入力してください。"
    return f"「{text}」は2つ以上あります。記号で入力してください：{codes}"


class MeasureResource(TableResource):
    """An empty first year is the plan's."""

    plan = column("plan", "計画の名称", RowColumn(Plan, "name"))
    code = column("code", "番号")
    name = column("name", "名称")
    first_year = column("first_year", "最初の年度", YearColumn())
    last_year = column("last_year", "最後の年度", YearColumn())
    lead_division = column("lead_division", "主管課", DivisionColumn(Division, "code"))
    order = order_column()
    sdgs = column("sdgs", "SDGsの番号", RowsColumn(Sdg, field="number"))

    class Meta:
        model = Measure
        import_id_fields = ("plan", "code")
        fields = (
            *("plan", "code", "name", "first_year", "last_year", "lead_division"),
            *("order", "sdgs"),
        )

    def import_instance(self, instance: Measure, row: Any, **kwargs: Any) -> None:
        try:
            super().import_instance(instance, row, **kwargs)
        finally:
            if instance.plan_id is not None:
                instance.first_year = instance.first_year or instance.plan.first_year
