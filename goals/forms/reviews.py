"""What a reviewer types: a remark, a reason, a decision on what was seen."""

from typing import Any

from django import forms

from core.fields import NormalisedCharField, VersionField
from goals.models import MIDDLE, SHORT, OperatingPolicy, Remark
from goals.queries import owed_sections

NOT_HERE = {"invalid_choice": "指摘する箇所が見つかりません。画面を開き直してください。"}


class RemarkForm(forms.Form):
    """A remark on the answer to a section, on a goal, or on the whole paper."""

    section = forms.ModelChoiceField(
        None,
        to_field_name="path",
        required=False,
        widget=forms.HiddenInput,
        error_messages=NOT_HERE,
    )
    goal = forms.ModelChoiceField(
        None, required=False, widget=forms.HiddenInput, error_messages=NOT_HERE
    )
    body = NormalisedCharField(
        label="指摘",
        max_length=SHORT,
        widget=forms.Textarea(attrs={"class": "is-short"}),
        help_text="何を、どう直してほしいかを書きます。差し戻すまで、部には表示されません。",
        error_messages={"required": "指摘を入力してください。"},
    )

    def __init__(self, *args: Any, paper: OperatingPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = owed_sections(paper.year)
        self.fields["goal"].queryset = paper.goals.filter(is_removed=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("section") and cleaned.get("goal"):
            raise forms.ValidationError("指摘する箇所は、1つだけにしてください。")
        return cleaned


class DecisionForm(forms.Form):
    """A decision on the paper as the person saw it."""

    version = VersionField()


class ReasonForm(DecisionForm):
    """A decision that owes a reason."""

    reason = NormalisedCharField(
        label="理由",
        max_length=MIDDLE,
        widget=forms.Textarea(attrs={"class": "is-short"}),
        help_text="部の画面に、そのまま表示されます。",
        error_messages={"required": "理由を入力してください。"},
    )


class VerdictForm(forms.Form):
    """解決した or もう一度求める, on one remark."""

    remark = forms.ModelChoiceField(None, error_messages=NOT_HERE)
    verdict = forms.ChoiceField(choices=[("settled", "解決した"), ("again", "もう一度求める")])

    def __init__(self, *args: Any, paper: OperatingPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].queryset = Remark.objects.filter(paper=paper).select_related("paper")
