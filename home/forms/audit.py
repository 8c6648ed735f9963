"""What is looked for in the audit trail."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from core.audit import OF_TABLES, WORDS, words_of
from core.fields import WarekiDateField
from core.years import format_year
from departments.backends import TABLES
from departments.models import Department, User
from goals.models import OperatingPolicy
from home.trail import Search

HOW_TO_WRITE_A_DAY = "例：令和5年4月1日、R5.4.1"


class PersonField(forms.ModelChoiceField):
    """One of all people, by name."""

    def __init__(self, **kwargs: Any) -> None:
        people = User.objects.order_by("kana", "username")
        super().__init__(queryset=people, label="職員", **kwargs)

    def label_from_instance(self, user: models.Model) -> str:
        return f"{user.name}（{user.username}）"


class DepartmentField(forms.ModelChoiceField):
    """One of all departments; those that are gone say until when they stood."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Department.objects.order_by("order", "pk"), label="部", **kwargs)

    def label_from_instance(self, department: models.Model) -> str:
        gone = f"（{department.years}）" if department.last_year else ""
        return f"{department.name}{gone}"


class YearField(forms.TypedChoiceField):
    """One of the years that have papers; newest first."""

    def __init__(self, *, empty: str, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, label="年度", **kwargs)
        self.empty = empty

    def offer(self) -> list[int]:
        rows = OperatingPolicy.objects.order_by("-year").values_list("year", flat=True)
        years = list(rows.distinct())
        self.choices = [("", self.empty), *((year, format_year(year)) for year in years)]
        return years


class SearchForm(forms.Form):
    """Person, paper, action, period: each may be left open."""

    person = PersonField(
        required=False,
        empty_label="すべての職員",
        error_messages={"invalid_choice": "職員を選び直してください。"},
    )
    year = YearField(
        required=False,
        empty="すべての年度",
        error_messages={"invalid_choice": "年度を選び直してください。"},
    )
    department = DepartmentField(
        required=False,
        empty_label="すべての部",
        error_messages={"invalid_choice": "部を選び直してください。"},
    )
    verb = forms.ChoiceField(
        label="操作",
        required=False,
        error_messages={"invalid_choice": "操作を選び直してください。"},
    )
    since = WarekiDateField(label="この日から", required=False, help_text=HOW_TO_WRITE_A_DAY)
    until = WarekiDateField(label="この日まで", required=False, help_text=HOW_TO_WRITE_A_DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].offer()
        self.fields["verb"].choices = verb_choices()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            raise ValidationError("期間の終わりの日は、始めの日より後にしてください。")
        return cleaned

    @property
    def search(self) -> Search:
        """What is looked for; of a valid form."""
        return Search(**self.cleaned_data)


def verb_choices() -> list[tuple[str, Any]]:
    """Every verb in words, in groups; the writes of the tables of the admin last."""
    groups = [(group, list(words.items())) for group, words in WORDS.items()]
    verbs = [f"{table.split('.')[1]}.{ending}" for table in TABLES for ending in OF_TABLES]
    known = {verb for words in WORDS.values() for verb in words}
    tables = [(verb, words_of(verb)) for verb in verbs if verb not in known]
    return [("", "すべての操作"), *groups, ("管理画面の表", tables)]
