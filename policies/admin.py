"""The tables of a year: its dates, the mayor's documents, plans and measures.

The documents are read here and never written: their text changes by a manuscript and, once
issued, by an amendment.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.admin import ReferenceAdmin, YearFilter, day_column, yes_no_column
from core.spreadsheets import TableAdmin
from core.years import format_year
from departments.admin import ValidYearFilter, valid_years
from departments.models import Division
from policies.models import (
    Alignment,
    BasicPolicy,
    Cycle,
    Edition,
    Measure,
    Plan,
    Project,
    Sdg,
    Section,
    Speech,
)
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


class ReadOnly:
    """Rows that are looked at here and written elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BasicPolicy)
class BasicPolicyAdmin(ReadOnly, ReferenceAdmin):
    list_display = ("title", fiscal_year_of, day_column("issued_on", "日付"), "issuer")
    search_fields = ("title", "preamble")
    fields = ("year", "title", "issued_on", "issuer", "edition", "preamble", "source_text")

    def view_on_site(self, obj: BasicPolicy) -> str:
        return f"/policies/{obj.year}/"


@admin.register(Speech)
class SpeechAdmin(ReadOnly, ReferenceAdmin):
    list_display = ("title", fiscal_year_of, day_column("issued_on", "日付"), "issuer")
    search_fields = ("title", "source_text")
    fields = ("year", "title", "issued_on", "issuer", "source_text")

    def view_on_site(self, obj: Speech) -> str:
        return f"/policies/{obj.year}/speech/"


class PolicyYearFilter(YearFilter):
    column = "policy__year"


@admin.register(Section)
class SectionAdmin(ReadOnly, TableAdmin):
    """Written out to a spreadsheet, never taken in from one."""

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
        *("heading", "short_name", "body", "is_open", "is_dropped"),
    )

    @admin.display(description="年度", ordering="policy__year")
    def year(self, section: Section) -> str:
        return format_year(section.policy.year)

    @admin.display(description="見出し")
    def name(self, section: Section) -> str:
        return section.name


class SpeechYearFilter(YearFilter):
    column = "speech__year"


@admin.register(Project)
class ProjectAdmin(ReadOnly, ReferenceAdmin):
    list_display = ("name", "number", "year")
    list_select_related = ("speech",)
    list_filter = (SpeechYearFilter,)
    search_fields = ("number", "heading", "short_name", "body")
    search_help_text = "番号、見出し、本文の言葉で探します。"
    ordering = ("-speech__year", "place")
    fields = (
        *("speech", "place", "marker", "number", "path"),
        *("heading", "short_name", "body", "is_dropped"),
    )

    @admin.display(description="年度", ordering="speech__year")
    def year(self, project: Project) -> str:
        return format_year(project.speech.year)

    @admin.display(description="見出し")
    def name(self, project: Project) -> str:
        return project.name


@admin.register(Edition)
class EditionAdmin(ReadOnly, ReferenceAdmin):
    list_display = ("name", "policy", day_column("dated_on", "日付"), "reason")
    list_select_related = ("policy",)
    list_filter = (PolicyYearFilter,)
    ordering = ("-policy__year", "-number")
    fields = ("policy", "name", "dated_on", "reason", "person", "issued_at")
    readonly_fields = ("name", "person")

    @admin.display(description="版", ordering="number")
    def name(self, edition: Edition) -> str:
        return str(edition)

    @admin.display(description="登録した人")
    def person(self, edition: Edition) -> str:
        return str(edition.issued_by or "")


class AlignmentYearFilter(YearFilter):
    column = "section__policy__year"


@admin.register(Alignment)
class AlignmentAdmin(ReadOnly, ReferenceAdmin):
    list_display = ("section", "earlier", "person", day_column("confirmed_at", "確定日"))
    list_select_related = ("section", "earlier", "confirmed_by")
    list_filter = (AlignmentYearFilter,)
    ordering = ("-section__policy__year", "section__place")
    fields = ("section", "earlier", "person", "confirmed_at")
    readonly_fields = ("person",)

    @admin.display(description="確定した人")
    def person(self, alignment: Alignment) -> str:
        return str(alignment.confirmed_by or "")


@admin.register(Sdg)
class SdgAdmin(ReadOnly, ReferenceAdmin):
    """The 17 goals of the United Nations: read only."""

    list_display = ("number", "name")
    search_fields = ("name",)


@admin.register(Plan)
class PlanAdmin(TableAdmin):
    resource_classes = [PlanResource]
    list_display = ("name", "short_name", valid_years, "order")
    list_filter = (ValidYearFilter,)
    search_fields = ("name", "short_name")
    fields = ("name", "short_name", "first_year", "last_year", "order")

    def view_on_site(self, obj: Plan) -> str:
        return f"/policies/plans/{obj.pk}/"


@admin.register(Measure)
class MeasureAdmin(TableAdmin):
    resource_classes = [MeasureResource]
    list_display = ("name", "code", "plan", valid_years, "lead_division")
    list_select_related = ("plan", "lead_division")
    list_filter = ("plan", ValidYearFilter)
    search_fields = ("name", "code", "plan__name")
    search_help_text = "名称、番号、計画の名称で探します。"
    ordering = ("plan__order", "plan", "order", "pk")
    fields = (
        *("plan", "code", "name", "first_year", "last_year", "lead_division"),
        *("order", "sdgs"),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        if "first_year" in form.base_fields:
            form.base_fields["first_year"].required = False
            form.base_fields["first_year"].help_text = "空にすると、計画の最初の年度になります。"
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "lead_division":
            rows = Division.objects.select_related("department")
            field.queryset = rows.order_by("department__order", "order", "pk")
            field.label_from_instance = lambda division: f"{division.department} {division}"
        return field
