"""What all tables of the admin share, and the audit trail.

Every write leaves one line in the audit trail, in the transaction of the write; the history of a
row is read from there, so Django's own log stays empty.
"""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from core import audit
from core.middleware import address_of
from core.models import AuditEvent
from core.resources import HOW_TO_WRITE_A_CODE, difference, stored_values
from core.text import NumberProblem, normalise, parse_integer
from core.years import DateProblem, format_date, format_year, parse_date

# Fields: typed as people type, stored normalised


class NormalisedField(forms.CharField):
    """Text without control characters, newlines as the database keeps them."""

    def to_python(self, value: Any) -> Any:
        return normalise(super().to_python(value))


class EitherCalendarField(forms.DateField):
    """A date in 和暦 or in the western calendar."""

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or isinstance(value, dt.date):
            return super().to_python(value)
        try:
            return parse_date(str(value))
        except DateProblem as problem:
            raise ValidationError(str(problem)) from None


class CalendarInput(forms.DateInput):
    """A date as people write it: 令和5年4月1日."""

    def format_value(self, value: Any) -> Any:
        return format_date(value) if isinstance(value, dt.date) else value


class MomentField(forms.SplitDateTimeField):
    """A date in either calendar, and an hour."""

    def __init__(self, **kwargs: Any) -> None:
        for unused in ("input_date_formats", "input_time_formats"):
            kwargs.pop(unused, None)
        forms.MultiValueField.__init__(self, (EitherCalendarField(), forms.TimeField()), **kwargs)


class MomentInput(forms.SplitDateTimeWidget):
    """Two boxes, each with a name of its own."""

    def __init__(self) -> None:
        day = CalendarInput(attrs={"class": "vCalendar", "aria-label": "日付"})
        hour = forms.TimeInput(attrs={"aria-label": "時刻"}, format="%H:%M")
        forms.MultiWidget.__init__(self, (day, hour))


class AnyWidthIntegerField(forms.IntegerField):
    """A whole number, full-width or half-width."""

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return parse_integer(str(value))
        except NumberProblem as problem:
            raise ValidationError(str(problem)) from None


def actor_of(request: HttpRequest) -> audit.Actor:
    """Who writes in the admin, and for whom, as the admin's site found when it let them in."""
    return getattr(request, "actor", None) or audit.Actor(
        user=request.user, address=address_of(request)
    )


HOW_TO_WRITE_A_DAY = "令和5年4月1日、R5.4.1、2023-04-01のように書きます。"


class ReferenceAdmin(admin.ModelAdmin):
    """A table of the admin: normalised input, one audit line for each write, no bulk deletion."""

    formfield_overrides = {
        models.CharField: {"form_class": NormalisedField},
        models.TextField: {"form_class": NormalisedField},
        models.SlugField: {"widget": AdminTextInputWidget},
        models.DateField: {
            "form_class": EitherCalendarField,
            "widget": CalendarInput(attrs={"class": "vCalendar"}),
        },
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
        models.PositiveSmallIntegerField: {
            "form_class": AnyWidthIntegerField,
            "widget": forms.TextInput(attrs={"inputmode": "numeric", "class": "vIntegerField"}),
        },
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
    }
    actions = None
    list_per_page = 100
    save_on_top = False
    show_full_result_count = False
    can_be_deleted = False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        for field in form.base_fields.values():
            if field.label:
                field.error_messages["required"] = f"{field.label}を入力してください。"
            if isinstance(field, forms.SlugField):
                field.error_messages["invalid"] = HOW_TO_WRITE_A_CODE
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("empty_label", "なし" if db_field.blank else "選んでください")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        is_open = db_field.blank or not db_field.has_default()
        blank = [("", "なし" if db_field.blank else "選んでください")]
        kwargs["choices"] = db_field.get_choices(include_blank=is_open, blank_choice=blank)
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, EitherCalendarField | MomentField) and not field.help_text:
            field.help_text = HOW_TO_WRITE_A_DAY
        for way_out in ("can_add_related", "can_change_related", "can_view_related"):
            if field and hasattr(field.widget, way_out):
                setattr(field.widget, way_out, False)
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": self.opts.verbose_name_plural}
        return super().changelist_view(request, title | (extra_context or {}))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        title = {"title": f"{self.opts.verbose_name}の追加"}
        return super().add_view(request, form_url, title | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        title = {"title": f"{self.opts.verbose_name}：{row}"}
        return super().change_view(request, object_id, form_url, title | (extra_context or {}))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """What points to the table from elsewhere is nobody's business here."""
        pointing = {relation.name for relation in self.opts.related_objects}
        is_own = lookup.split("__")[0] not in pointing
        return is_own and super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_be_deleted and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        stored = self.model._default_manager.filter(pk=obj.pk).first() if change else None
        request.values_before = stored_values(stored) if stored else {}
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._record(request, "add", obj, {}, stored_values(obj))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        stored = self.model._default_manager.get(pk=obj.pk)
        before, after = difference(request.values_before, stored_values(stored))
        if before or after:
            self._record(request, "change", obj, before, after)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self._record(request, "delete", row, stored_values(row), {})

    def _record(
        self, request: HttpRequest, verb: str, row: models.Model, before: Any, after: Any
    ) -> None:
        audit.record(
            f"{row._meta.model_name}.{verb}",
            by=actor_of(request),
            label=f"{row._meta.verbose_name} {row}",
            subject=row,
            before=before,
            after=after,
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The lines of the audit trail that tell of this row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{row}の変更の記録",
            "lines": history_of(row),
            "object": row,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def history_of(row: models.Model) -> list[dict[str, Any]]:
    """The writes of one row, newest first: by the form, or by the import of a table."""
    subject, table = audit.subject_of(row), row._meta.label_lower
    lines = []
    for event in AuditEvent.objects.filter(subject__in=(subject, table)).order_by("-pk"):
        imported = [each for each in event.after.get("rows", []) if each.get("id") == row.pk]
        if event.subject == subject:
            lines.append((event, event.before, event.after))
        elif imported:
            lines.append((event, imported[0]["before"], imported[0]["after"]))
    return [
        {
            "event": event,
            "word": audit.words_of(event.verb),
            "changes": _labelled(row, before, after),
        }
        for event, before, after in lines
    ]


def _labelled(row: models.Model, before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    labels = {
        field.name: str(field.verbose_name) for field in row._meta.get_fields() if _is_own(field)
    }
    names = dict.fromkeys([*before, *after])
    return [(labels.get(name, name), before.get(name), after.get(name)) for name in names]


def _is_own(field: Any) -> bool:
    return hasattr(field, "verbose_name")


def day_column(name: str, label: str) -> Any:
    """A column of a list that shows a date in 和暦."""

    @admin.display(description=label, ordering=name)
    def shown(row: models.Model) -> str:
        day = getattr(row, name)
        return (
            format_date(timezone.localtime(day).date() if hasattr(day, "hour") else day)
            if day
            else ""
        )

    return shown


def yes_no_column(name: str, label: str, yes: str, no: str) -> Any:
    """A column of a list that says in words what Django shows as a picture named True."""

    @admin.display(description=label, ordering=name)
    def shown(row: models.Model) -> str:
        return yes if getattr(row, name) else no

    return shown


class YearFilter(admin.SimpleListFilter):
    """Rows of one fiscal year, by a column ``year``."""

    title = "年度"
    parameter_name = "year"
    column = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = model_admin.model._default_manager.order_by(f"-{self.column}")
        years = rows.values_list(self.column, flat=True).distinct()
        return [(str(year), format_year(year)) for year in years]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        year = self.value()
        return queryset.filter(**{self.column: year}) if year and year.isdecimal() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):
    """監査記録: read, never written."""

    list_display = ("moment", "word", "label", "actor", "standing_in_for", "address")
    list_display_links = ("moment",)
    list_select_related = ("actor", "standing_in_for")
    search_fields = ("label", "verb", "subject", "actor__name", "actor__username")
    date_hierarchy = "at"
    ordering = ("-pk",)
    actions = None
    list_per_page = 100
    show_full_result_count = False
    fields = (
        *("moment", "word", "label", "actor", "standing_in_for", "address", "subject"),
        *("before", "after", "digest"),
    )

    @admin.display(description="日時", ordering="pk")
    def moment(self, event: AuditEvent) -> str:
        at = timezone.localtime(event.at)
        return f"{format_date(at.date())} {at:%H:%M:%S}"

    @admin.display(description="操作", ordering="verb")
    def word(self, event: AuditEvent) -> str:
        return audit.words_of(event.verb)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
