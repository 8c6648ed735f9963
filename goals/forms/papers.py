"""What a department types on its paper, its goals apart."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from core.fields import NormalisedCharField, VersionField, for_column
from goals.earlier import EarlierAnswer, words_of
from goals.models import SHORT, OperatingPolicy, Remark, Response
from goals.projects import Undertakings
from goals.sheets import BASICS
from policies.models import Project


class ResponseForm(forms.Form):
    """部の方針: the answer to one section, or the reason why it does not apply."""

    body = NormalisedCharField(
        label="部の方針",
        required=False,
        max_length=SHORT * 2,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_not_applicable = forms.BooleanField(
        label="該当なしにする（上の欄に理由を書きます）", required=False
    )
    version = VersionField()
    newer = VersionField(required=False)
    began_with: Sequence[EarlierAnswer] = ()

    @classmethod
    def of(cls, response: Response | None, path: str) -> "ResponseForm":
        """The form as it first shows, with what is stored."""
        initial = (
            {name: getattr(response, name) for name in ("body", "is_not_applicable", "version")}
            if response
            else {"version": 0}
        )
        return cls(initial=initial, auto_id=f"answer-{path}-%s")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_not_applicable") and not cleaned.get("body") and not self.errors:
            self.add_error("body", "該当なしにする理由を入力してください。")
        return cleaned

    def begin_with(self, earlier: Sequence[EarlierAnswer]) -> None:
        """Let the fields show last year's answers; nothing is stored before it is saved."""
        self.began_with = earlier
        body, is_not_applicable = words_of(earlier)
        self.initial |= {"body": body, "is_not_applicable": is_not_applicable}

    @property
    def based_on(self) -> int:
        """The version that the person saw: the newer one after both texts were shown."""
        newer: int | None = self.cleaned_data.get("newer")
        version: int = self.cleaned_data["version"]
        return version if newer is None else newer


class BasicsForm(forms.ModelForm):
    """Mission, situation, analysis, pioneering work and resources."""

    version = VersionField()

    class Meta:
        model = OperatingPolicy
        fields = BASICS
        formfield_callback = for_column
        labels = {"staff": "職員数", "budget": "予算額"}
        help_texts = {"staff": "4月1日の見込みを書きます。", "budget": "一般会計の額を書きます。"}
        widgets = {"mission": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.fields["staff"].unit = "人"
        self.fields["budget"].unit = "千円"
        for field in self.fields.values():
            if not isinstance(field, VersionField):
                field.mark = "提出までに必要"

    def sentences(self) -> list[str]:
        """What is wrong, field by field, for the line that answers an autosave."""
        return [
            f"{self.fields[name].label}：{text}" if name in self.fields else str(text)
            for name, texts in self.errors.items()
            for text in texts
        ]

    def values(self) -> dict[str, Any]:
        """What goes to the action."""
        return {name: self.cleaned_data[name] for name in BASICS}


class ProjectsForm(forms.Form):
    """Which projects of the mayor's speech the department carries out.

    ``seen``: those that were ticked when the page was opened.
    """

    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    seen = forms.ModelMultipleChoiceField(
        Project.objects.none(), required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args: Any, rows: Undertakings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Project.objects.filter(pk__in=[row.project.pk for row in rows.rows])
        self.fields["projects"].queryset = self.fields["seen"].queryset = offered

    def seen_keys(self) -> set[int]:
        """The keys of those that were ticked at first."""
        return {project.pk for project in self.cleaned_data["seen"]}


class RemarkAnswerForm(forms.Form):
    """返事: what the department did about a remark."""

    answer = NormalisedCharField(
        label="部の返事",
        max_length=SHORT,
        help_text="どう直したか、または直さない理由を書きます。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "返事を入力してください。"},
    )
    seen = NormalisedCharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, remark: Remark, data: QueryDict | None = None) -> "RemarkAnswerForm":
        """The form with the answer that is stored, or with what is typed now."""
        return cls(data or None, initial={"answer": remark.answer, "seen": remark.answer})

    def beside(self, stored: Remark) -> None:
        """Let the next save be based on ``stored``, which the person is shown."""
        self.data = self.data.copy()
        self.data["seen"] = stored.answer


class SubmitForm(forms.Form):
    """提出: the count of writes when the person looked at the paper."""

    edits = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class MoveForm(forms.Form):
    """One step up or down."""

    step = forms.TypedChoiceField(choices=[("-1", "上へ"), ("1", "下へ")], coerce=int)


class RemoveForm(forms.Form):
    """取消し: the version of the goal that the person saw."""

    version = VersionField()
