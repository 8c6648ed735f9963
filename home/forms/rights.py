"""Whose rights, on which paper, on which day."""

from typing import Any

from django import forms

from core import clock
from core.fields import WarekiDateField
from home.forms.audit import HOW_TO_WRITE_A_DAY, DepartmentField, PersonField, YearField

INVALID_PERSON = "職員を選んでください。"


def day_field() -> WarekiDateField:
    """The chosen day."""
    return WarekiDateField(
        label="日",
        help_text=HOW_TO_WRITE_A_DAY,
        error_messages={"required": "日を入力してください。"},
    )


class PersonForm(forms.Form):
    """A person and a day."""

    person = PersonField(
        empty_label="選んでください",
        error_messages={"required": INVALID_PERSON, "invalid_choice": INVALID_PERSON},
    )
    day = day_field()


class PaperForm(forms.Form):
    """A paper and a day."""

    year = YearField(
        empty="選んでください",
        error_messages={
            "required": "年度を選んでください。",
            "invalid_choice": "年度を選んでください。",
        },
    )
    department = DepartmentField(
        empty_label="選んでください",
        error_messages={
            "required": "部を選んでください。",
            "invalid_choice": "部を選んでください。",
        },
    )
    day = day_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].offer()


def asked(form_class: type[forms.Form], query: Any, name: str) -> forms.Form:
    """The form as it was sent, where it was (``name`` is in the address); else blank, for today."""
    return form_class(query) if name in query else form_class(initial={"day": clock.today()})
