"""The tables of the organisation: departments, divisions, people, appointments, charges."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core import audit, clock
from core.admin import ReferenceAdmin, YearFilter, actor_of, day_column, yes_no_column
from core.spreadsheets import TableAdmin
from core.years import first_day, fiscal_year, format_date, format_time, format_year
from departments import factors
from departments.actions import drop_sessions, give_first_password, reset_second_factor
from departments.models import Appointment, Charge, Department, Division, User
from departments.queries import known_interviewers
from departments.resources import (
    AppointmentResource,
    DepartmentResource,
    DivisionResource,
    UserResource,
)
from departments.rules import check_predecessors, check_successors

WORDS_OF = {
    User: lambda person: f"{person.name}（{person.username}）",
    Division: lambda division: f"{division.department.name}　{division.name}",
    Appointment: lambda post: (
        f"{post.title}　{post.user.name}（{format_date(post.starts_on)}から）"
    ),
}
"""What tells a row from its like where one is chosen."""
HOURS = int(settings.FIRST_PASSWORD_LIFE.total_seconds() // 3600)
FIRST_PASSWORD = f"{{}}一度きりのもので、{HOURS}時間のうちに、本人がログインして変えます。"
RESET = (
    "認証アプリの入った端末やセキュリティキーをなくした人の、本人確認をした後にだけ解除してください。"
    "すべての端末でログアウトし、次のログインはパスワードだけになります。"
)
OWN_FACTOR = "ご自分のものは、ここでは解除できません。ほかのシステム管理者に頼んでください。"
ROWS_OF = {
    User: lambda: User.objects.order_by("kana", "username"),
    Division: lambda: Division.objects.select_related("department").order_by(
        "department__order", "order", "pk"
    ),
    Appointment: lambda: Appointment.objects.select_related("user").order_by(
        "user__kana", "-starts_on"
    ),
}


class ValidYearFilter(admin.SimpleListFilter):
    """Rows that are valid in a fiscal year."""

    title = "年度"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        this = fiscal_year(clock.today())
        return [(str(year), format_year(year)) for year in range(this + 1, this - 4, -1)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        year = self.value()
        return queryset.in_year(int(year)) if year and year.isdecimal() else queryset


@admin.display(description="有効な年度", ordering="first_year")
def valid_years(row: Any) -> str:
    """令和元年度から, 平成28年度から令和3年度まで."""
    return str(row.years)


class WordedChoice(forms.ModelChoiceField):
    """Rows of the organisation, in an order and in words by which people find them."""

    def label_from_instance(self, row: Any) -> str:
        return WORDS_OF[type(row)](row)


class WordedChoices(forms.ModelMultipleChoiceField):
    """The same, for several."""

    def label_from_instance(self, row: Any) -> str:
        return WORDS_OF[type(row)](row)


def chosen_among(table: Any) -> dict[str, Any]:
    """How a row of ``table`` is chosen: a plain list, which every browser searches by typing."""
    if table not in WORDS_OF:
        return {}
    return {"form_class": WordedChoice, "queryset": ROWS_OF[table]()}


class OrganisationAdmin(TableAdmin):
    """A table whose rows point to people, divisions and appointments."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        choice = chosen_among(db_field.related_model)
        return super().formfield_for_foreignkey(db_field, request, **choice | kwargs)


def _are_years(row: Any) -> bool:
    """Whether the years of ``row``, as typed, can be years at all."""
    others = {field.name for field in row._meta.fields} - {"first_year", "last_year"}
    try:
        row.clean_fields(exclude=others)
    except ValidationError:
        return False
    return True


class SuccessionForm(forms.ModelForm):
    """A row that may name those that take over from it."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        years = ("first_year", "last_year", "name")
        if not self.errors and all(name in cleaned for name in years):
            row = self._meta.model(pk=self.instance.pk, **{name: cleaned[name] for name in years})
            if not _are_years(row):  # the fields themselves say so
                return cleaned
            check_successors(row, cleaned["successors"])
            check_predecessors(row)
        return cleaned


SUCCESSION = (
    "後継",
    {
        "fields": ("successors",),
        "description": "名前が変わる、分かれる、合わさるときは、この行を書き換えずに、"
        "最後の年度を入力し、新しい行を加えて、ここで選びます。"
        "前の年度の運営方針書と資料には、前の名前が残ります。",
    },
)


@admin.register(Department)
class DepartmentAdmin(TableAdmin):
    resource_classes = [DepartmentResource]
    form = SuccessionForm
    list_display = ("name", "kana", "code", valid_years, "order")
    list_filter = (ValidYearFilter,)
    search_fields = ("name", "kana", "code")
    search_help_text = "名称、ふりがな、記号で探します。"
    fieldsets = (
        (None, {"fields": ("name", "kana", "code", "first_year", "last_year", "order")}),
        SUCCESSION,
    )


@admin.register(Division)
class DivisionAdmin(TableAdmin):
    resource_classes = [DivisionResource]
    form = SuccessionForm
    list_display = ("name", "department", "code", valid_years, "order")
    list_select_related = ("department",)
    list_filter = (ValidYearFilter, "department")
    search_fields = ("name", "code", "department__name")
    search_help_text = "名称、記号、部の名称で探します。"
    ordering = ("department__order", "order", "pk")
    fieldsets = (
        (None, {"fields": ("department", "name", "code", "first_year", "last_year", "order")}),
        SUCCESSION,
    )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        choice = {"queryset": ROWS_OF[Division](), "form_class": WordedChoices}
        return super().formfield_for_manytomany(db_field, request, **choice | kwargs)


class PersonForm(SetPasswordMixin, forms.ModelForm):
    """A person, with a first or a new password typed twice; a stored one is never shown."""

    password1, password2 = SetPasswordMixin.create_password_fields(
        label1="パスワード", label2="パスワード（もう一度）"
    )
    resets_second_factor = forms.BooleanField(label="二段階認証を解除する", required=False)

    class Meta:
        model = User
        fields = ("username", "name", "kana", "email", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance.pk is None
        for name in ("password1", "password2"):
            field = self.fields[name]
            field.required = is_new
            field.error_messages["required"] = f"{field.label}を入力してください。"
        self.fields["password2"].help_text = ""

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        return super().clean()

    def clean_resets_second_factor(self) -> bool:
        """Nobody gets round asking for a code by resetting it for oneself."""
        wanted: bool = self.cleaned_data["resets_second_factor"]
        if wanted and self.instance == self.by:
            raise forms.ValidationError(OWN_FACTOR)
        return wanted

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("password1"):
            self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> User:
        if password := self.cleaned_data.get("password1"):
            give_first_password(self.instance, password)
        return super().save(commit=commit)


@admin.register(User)
class UserAdmin(TableAdmin):
    resource_classes = [UserResource]
    form = PersonForm
    list_display = (
        *("name", "kana", "username", "email"),
        yes_no_column("is_active", "利用できる", "はい", "いいえ"),
    )
    list_filter = ("is_active",)
    search_fields = ("name", "kana", "username", "email")
    search_help_text = "氏名、ふりがな、職員番号で探します。"
    readonly_fields = ("signed_in", "first_password", "second_factor")
    person_fields = ("username", "name", "kana", "email", "is_active")
    add_fieldsets = (
        (None, {"fields": person_fields}),
        (
            "最初のパスワード",
            {
                "fields": ("password1", "password2"),
                "description": FIRST_PASSWORD.format("本人に伝えてください。"),
            },
        ),
    )
    fieldsets = (
        (None, {"fields": (*person_fields, "signed_in", "first_password", "second_factor")}),
        (
            "パスワードの再設定",
            {
                "fields": ("password1", "password2"),
                "description": FIRST_PASSWORD.format(
                    "忘れた人にだけ設定し、本人に伝えてください。空欄のままなら変わりません。"
                ),
            },
        ),
        (
            "二段階認証の解除",
            {"fields": ("resets_second_factor",), "description": RESET},
        ),
    )

    @admin.display(description="最後のログイン")
    def signed_in(self, person: User) -> str:
        if not person.last_login:
            return "まだありません"
        at = timezone.localtime(person.last_login)
        return f"{format_date(at.date())}{format_time(at)}"

    @admin.display(description="パスワード")
    def first_password(self, person: User) -> str:
        if not person.has_usable_password():
            return "まだ設定していません"
        if not person.first_password_until:
            return "本人が決めたもの"
        until = timezone.localtime(person.first_password_until)
        return f"最初のもの（{format_date(until.date())}{format_time(until)}まで）"

    @admin.display(description="二段階認証")
    def second_factor(self, person: User) -> str:
        names = [factors.name_of(factor) for factor in factors.factors_of(person)]
        return "、".join(names) or "設定していません"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        return self.fieldsets if factors.factors_of(obj).exists() else self.fieldsets[:-1]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("resets_second_factor"):
            reset_second_factor(obj, by=actor_of(request))
        is_reset = change and form.cleaned_data.get("password1")
        if is_reset or not obj.is_active:
            drop_sessions(obj)
        if is_reset:
            audit.record("password", by=actor_of(request), label=obj.name, subject=obj)


class InForceFilter(admin.SimpleListFilter):
    """Appointments by their days."""

    title = "時期"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        coming = first_day(fiscal_year(clock.today()) + 1)
        return [
            ("today", "今日"),
            ("coming", f"{format_date(coming)}"),
            ("unannounced", "内示の前"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = clock.today()
        if self.value() == "unannounced":
            return queryset.filter(announced_on__gt=today)
        days = {"today": today, "coming": first_day(fiscal_year(today) + 1)}
        day = days.get(self.value())
        return queryset.held_on(day, known_on=day) if day else queryset


@admin.register(Appointment)
class AppointmentAdmin(OrganisationAdmin):
    """発令, unannounced ones too: open to those alone who enter them."""

    resource_classes = [AppointmentResource]
    list_display = (
        *("user", "title", "post", "department", "division"),
        day_column("starts_on", "発令日"),
        day_column("ends_on", "終わる日"),
        day_column("announced_on", "内示日"),
        "standing_in_for",
    )
    list_select_related = ("user", "department", "division", "standing_in_for")
    list_filter = (InForceFilter, "post", "department")
    search_fields = ("user__name", "user__kana", "user__username", "title")
    search_help_text = "氏名、ふりがな、職員番号、職名で探します。"
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "department__order", "pk")
    can_be_deleted = True
    fieldsets = (
        (None, {"fields": ("user", "post", "title", "department", "division")}),
        ("始まり", {"fields": ("starts_on", "announced_on")}),
        ("終わり", {"fields": ("ends_on", "end_announced_on")}),
        ("代理", {"fields": ("standing_in_for",)}),
    )


@admin.register(Charge)
class ChargeAdmin(ReferenceAdmin):
    """担任, of everybody: looked at here, written on the page of the year alone (ADR 0022)."""

    list_display = (
        *("department", "division", "interviewer", "fiscal_year"),
        yes_no_column("is_known", "備考", "", "内示の前のため、画面に出ない"),
    )
    list_select_related = ("department", "division", "interviewer")
    list_filter = (YearFilter,)
    search_fields = ("department__name", "division__name", "interviewer__name")
    search_help_text = "部、課、面談者の名前で探します。直すときは「事務分担」の画面を使います。"
    ordering = ("-year", "department__order", "pk")
    can_be_deleted = True
    fields = ("year", "department", "division", "interviewer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Charge]:
        known = known_interviewers().filter(pk=OuterRef("interviewer"))
        return super().get_queryset(request).annotate(is_known=Exists(known))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of what no page shows yet: there is no other way to take it back."""
        is_hidden = obj is None or not getattr(obj, "is_known", True)
        return is_hidden and super().has_delete_permission(request, obj)

    @admin.display(description="年度", ordering="year")
    def fiscal_year(self, charge: Charge) -> str:
        return format_year(charge.year)
