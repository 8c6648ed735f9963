"""A plan that a document names and that is not registered yet."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.fields import for_column
from core.text import normalise, search_key
from core.years import DateProblem, format_year, parse_year
from departments.models import YEAR_LIMITS
from policies.models import Plan


class YearField(forms.Field):
    """令和5年度 or 2023; shown as 令和5年度."""

    widget = forms.TextInput
    default_error_messages = {"required": "年度を入力してください。"}
    default_validators = YEAR_LIMITS

    def to_python(self, value: Any) -> int | None:
        if value is None or isinstance(value, int):
            return value
        text = normalise(str(value)).strip()
        if not text:
            return None
        try:
            return parse_year(text)
        except (DateProblem, ValueError) as problem:
            raise ValidationError(str(problem), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return format_year(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {"class": "w-12", "autocomplete": "off"}


class PlanForm(forms.ModelForm):
    """The plan as the text names it; its years are the office's to say."""

    first_year = YearField(
        label="最初の年度", help_text="「令和5年度」または「2023」のように書きます。"
    )
    last_year = YearField(
        label="最後の年度", required=False, help_text="決まっていないときは、空にします。"
    )

    class Meta:
        model = Plan
        fields = ("name", "short_name", "first_year", "last_year")
        formfield_callback = for_column
        help_texts = {"name": "文書のとおりの名称を書きます。"}
        error_messages = {"name": {"required": "名称を入力してください。"}}
        widgets = {"name": forms.TextInput(attrs={"class": "w-full"})}

    def clean_name(self) -> str:
        """One name, one plan: also where only the width of characters differs."""
        name: str = self.cleaned_data["name"]
        if search_key(name) in {search_key(n) for n in Plan.objects.values_list("name", flat=True)}:
            raise ValidationError("この名称の計画は、既に登録されています。")
        return name

    def values(self) -> dict[str, Any]:
        """What goes to the action."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}
