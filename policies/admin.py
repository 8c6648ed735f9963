"""The tables of a year: its dates, the mayor's policy, plans and measures."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.admin import ReferenceAdmin, YearFilter, day_column, yes_no_column
from core.spreadsheets import TableAdmin
from core.years import format_year
from departments.admin import ValidYearFilter, valid_years
from policies.models import BasicPolicy, Cycle, Measure, Plan, Sdg, Section
from policies.resources import MeasureResource, PlanResource, SectionResource


@admin.display(description="年度", ordering="year")
def fiscal_year_of(row: Any) -> str:
    return format_year(row.year)


@admin.register(Cycle)
class CycleAdmin(ReferenceAdmin):
    list_display = (
        fiscal_year_of,
        day_column("policy_due", "基本方針の決定日"),
        day_column("submission_due", "提出期限"),
    )
    fields = ("year", "policy_due", "submission_due")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("year",) if obj else ()


@admin.register(BasicPolicy)
class BasicPolicyAdmin(ReferenceAdmin):
    """The document comes from its file; its text is never changed here."""

    list_display = ("title", fiscal_year_of, day_column("issued_on", "日付"), "issuer")
    search_fields = ("title", "preamble")
    fields = ("year", "title", "issued_on", "issuer", "preamble", "source_text")
    readonly_fields = ("year", "preamble", "source_text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def view_on_site(self, obj: BasicPolicy) -> str:
        return f"/policies/{obj.year}/"


class PolicyYearFilter(YearFilter):
    column = "policy__year"


@admin.register(Section)
class SectionAdmin(TableAdmin):
    resource_classes = [SectionResource]
    list_display = (
        *("number", "name", "short_name"),
        yes_no_column("is_open", "部の回答", "求める", "求めない"),
        "year",
    )
    list_select_related = ("policy",)
    list_filter = (PolicyYearFilter, "is_open")
    search_fields = ("number", "heading", "short_name", "body")
    search_help_text = "番号、見出し、本文の言葉で探します。"
    ordering = ("-policy__year", "place")
    fields = (
        *("policy", "parent", "place", "marker", "number", "path"),
        *("heading", "short_name", "body", "is_open"),
    )

    @admin.display(description="年度", ordering="policy__year")
    def year(self, section: Section) -> str:
        return format_year(section.policy.year)

    @admin.display(description="見出し")
    def name(self, section: Section) -> str:
        return section.name

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("policy", "parent") if obj else ()


@admin.register(Sdg)
class SdgAdmin(ReferenceAdmin):
    """The 17 goals of the United Nations: read only."""

    list_display = ("number", "name")
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Plan)
class PlanAdmin(TableAdmin):
    resource_classes = [PlanResource]
    list_display = ("name", valid_years, "order")
    list_filter = (ValidYearFilter,)
    search_fields = ("name",)
    fields = ("name", "first_year", "last_year", "order")


@admin.register(Measure)
class MeasureAdmin(TableAdmin):
    resource_classes = [MeasureResource]
    list_display = ("name", "code", "plan", "order")
    list_select_related = ("plan",)
    list_filter = ("plan",)
    search_fields = ("name", "code", "plan__name")
    search_help_text = "名称、番号、計画の名称で探します。"
    ordering = ("plan__order", "plan", "order", "pk")
    fields = ("plan", "code", "name", "order", "sdgs")
