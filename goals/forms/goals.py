"""What a department types about one goal."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.fields import VersionField, for_column
from core.years import last_day
from departments.models import Division
from goals.actions.goals import INDICATOR
from goals.models import Goal, Indicator, OperatingPolicy
from goals.projects import projects_to_choose
from goals.queries import owed_sections
from goals.sheets import gone_sections
from policies.models import Measure, Plan, Project, Section

MOST_INDICATORS = 20
BLANK_ROWS = 3
OWED_IN_A_ROW = {
    "name": "指標の名前を入力してください。",
    "unit": "単位を入力してください。例：人、％、か所",
    "target": "目標値を入力してください。",
}


class SectionChoices(forms.ModelMultipleChoiceField):
    """Items of the mayor's policy, by number and name."""

    default_error_messages = {
        "invalid_choice": "選んだ項は、いまの基本方針にありません。選び直してください。"
    }

    def label_from_instance(self, obj: Section) -> str:
        gone = "（削られました）" if obj.is_dropped else ""
        return f"{obj.number}　{obj.name}{gone}"


class ProjectChoices(forms.ModelMultipleChoiceField):
    """Projects of the mayor's speech; those that the department lists come first."""

    def label_from_instance(self, obj: Project) -> str:
        gone = "（削られました）" if obj.is_dropped else ""
        return f"{obj.number}　{obj.name}{gone}".strip()


class GoalForm(forms.ModelForm):
    """組織目標. Only the title is owed for a draft."""

    version = VersionField()
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    sections = SectionChoices(
        queryset=Section.objects.none(),
        label="応える項",
        required=False,
        help_text="この目標が応える、市長の基本方針の項を選びます。",
        widget=forms.CheckboxSelectMultiple,
    )
    projects = ProjectChoices(
        queryset=Project.objects.none(),
        label="施政方針の事業",
        required=False,
        help_text="この目標が担う、市長の施政方針の事業を選びます。",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Goal
        fields = (
            "title",
            "kind",
            "standard",
            "sections",
            "is_own",
            "projects",
            "lead_division",
            "other_divisions",
            "due_on",
            "method",
            "q1",
            "q2",
            "q3",
            "q4",
            "budget",
            "partners",
            "measures",
            "sdgs",
        )
        formfield_callback = for_column
        labels = {"budget": "予算額"}
        help_texts = {
            "title": "何をどうするかを、一文で書きます。",
            "due_on": "「令和6年3月31日」「R6.3.31」「2024/3/31」のどれでも書けます。",
            "partners": "市民団体、事業者、ほかの自治体などを書きます。",
        }
        error_messages = {"title": {"required": "目標を入力してください。"}}
        widgets = {
            "title": forms.TextInput(attrs={"class": "w-full"}),
            "kind": forms.RadioSelect,
            "standard": forms.Textarea(attrs={"rows": 3}),
            "method": forms.Textarea(attrs={"rows": 4}),
            **{
                f"q{n}": forms.Textarea(attrs={"rows": 2, "class": "is-short"}) for n in range(1, 5)
            },
            "partners": forms.Textarea(attrs={"rows": 2, "class": "is-short"}),
            "other_divisions": forms.CheckboxSelectMultiple,
            "measures": forms.CheckboxSelectMultiple,
            "sdgs": forms.CheckboxSelectMultiple,
        }

    def __init__(
        self,
        *args: Any,
        paper: OperatingPolicy,
        led_by: list[Division] | None = None,
        **kwargs: Any,
    ) -> None:
        """``led_by``: the divisions among which a chief chooses; None: all, and none yet."""
        super().__init__(*args, **kwargs)
        self.paper = paper
        self.led_by = led_by
        self.initial["version"] = self.instance.version if self.instance.pk else 0
        if self.instance.pk:  # what was dropped stays linked until somebody takes it off
            self.initial["sections"] += gone_sections(self.instance)
        if not self.instance.pk:
            self.initial.setdefault("key", uuid4())
            self.initial.setdefault("due_on", last_day(paper.year))
        self._offer_divisions()
        self._offer_links()
        for name in ("standard", "lead_division", "due_on", "method"):
            self.fields[name].mark = "提出までに必要"
        self.fields["kind"].layout = "row"
        self.fields["sdgs"].layout = self.fields["other_divisions"].layout = "grid"
        self.fields["budget"].unit = "千円"

    def _offer_divisions(self) -> None:
        """The department's own divisions, then those of the others; and what is chosen already."""
        chosen = [self.instance.lead_division_id] if self.instance.pk else []
        own = Division.objects.in_year(self.paper.year).filter(department=self.paper.department_id)
        lead = self.fields["lead_division"]
        lead.queryset = own | Division.objects.filter(pk__in=chosen)
        lead.empty_label = "選んでください"
        if self.led_by is not None:
            self._offer_led_by(lead, {row.pk for row in self.led_by}.union(chosen))
        everybody = Division.objects.in_year(self.paper.year)
        if self.instance.pk:
            everybody = everybody | Division.objects.filter(shared_goals=self.instance)
        rows = list(
            everybody.distinct()
            .select_related("department")
            .order_by("department__order", "order", "pk")
        )
        mine = [row for row in rows if row.department_id == self.paper.department_id]
        others = [row for row in rows if row.department_id != self.paper.department_id]
        field = self.fields["other_divisions"]
        field.queryset = everybody.distinct()
        field.choices = [(row.pk, row.name) for row in mine] + [
            (row.pk, f"{row.department.name} {row.name}") for row in others
        ]
        self.own_division_count = len(mine)

    def _offer_led_by(self, lead: Any, keys: set[int | None]) -> None:
        """A chief's goals are led by a division of his own."""
        lead.queryset = lead.queryset.filter(pk__in=keys)
        lead.required = True
        lead.error_messages["required"] = "主管課を選んでください。"
        if len(keys) == 1:
            lead.empty_label = None

    def _offer_links(self) -> None:
        chosen = Q(goals=self.instance) if self.instance.pk else Q(pk__in=[])
        year = self.paper.year
        owed = owed_sections(year).values("pk")
        self.fields["sections"].queryset = (
            Section.objects.filter(Q(pk__in=owed) | chosen).distinct().in_order()
        )
        valid = Measure.objects.in_year(year).filter(plan__in=Plan.objects.in_year(year))
        self.fields["measures"].queryset = (
            Measure.objects.filter(Q(pk__in=valid.values("pk")) | chosen)
            .distinct()
            .select_related("plan")
        )
        self._offer_projects()

    def _offer_projects(self) -> None:
        """Nothing is asked where the year has no speech."""
        rows = projects_to_choose(self.paper, self.instance if self.instance.pk else None)
        field = self.fields["projects"]
        field.queryset = rows
        field.choices = [(row.pk, field.label_from_instance(row)) for row in rows]
        if not field.choices:
            del self.fields["projects"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_own") and cleaned.get("sections"):
            self.add_error("is_own", "部独自の目標にするときは、応える項の選択を外してください。")
        return cleaned

    @property
    def own_divisions(self) -> list[Any]:
        """The check boxes of 関係課 for the department's own divisions."""
        return list(self["other_divisions"])[: self.own_division_count]

    @property
    def foreign_divisions(self) -> list[Any]:
        """The check boxes of 関係課 for other departments' divisions."""
        return list(self["other_divisions"])[self.own_division_count :]

    @property
    def added_key(self) -> UUID | None:
        """The key of an empty form: sent twice, it adds one goal."""
        key: UUID | None = self.cleaned_data.get("key")
        return key

    def values(self) -> dict[str, Any]:
        """What goes to the action; links as lists of rows."""
        return {
            name: list(value) if isinstance(value, QuerySet) else value
            for name, value in self.cleaned_data.items()
            if name in self._meta.fields
        }


class IndicatorForm(forms.ModelForm):
    """指標: a row; a row in which nothing is typed does not count."""

    class Meta:
        model = Indicator
        fields = INDICATOR
        formfield_callback = for_column

    kind = forms.ChoiceField(
        label="種別", choices=Indicator.Kind.choices, initial=Indicator.Kind.OUTCOME
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False  # owed only in a row that is used: see clean

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, sentence in OWED_IN_A_ROW.items():
            if not cleaned.get(name) and name not in self.errors and not cleaned.get("DELETE"):
                self.add_error(name, sentence)
        cleaned["kind"] = cleaned.get("kind") or Indicator.Kind.OUTCOME
        return cleaned

    def has_changed(self) -> bool:
        """Whether anything is written in the row: the choice of 種別 alone is nothing."""
        return bool(set(self.changed_data) - {"kind", "DELETE"})


class IndicatorRows(forms.BaseFormSet):
    """The indicators of one goal. Bound, it takes no initial rows: an emptied row goes."""

    def _construct_form(self, i: int, **kwargs: Any) -> forms.BaseForm:
        return super()._construct_form(i, **{**kwargs, "empty_permitted": True})

    def values(self) -> list[dict[str, Any]]:
        """The rows that are filled and not struck out."""
        rows = [form.cleaned_data for form in self.forms]
        return [
            {name: row[name] for name in INDICATOR}
            for row in rows
            if row.get("name") and not row.get("DELETE")
        ]


def indicator_rows(goal: Goal | None = None) -> forms.BaseFormSet:
    """The rows of a goal as stored, with blank ones to write in."""
    rows = goal.indicators.all() if goal else ()
    initial = [{name: getattr(row, name) for name in INDICATOR} for row in rows]
    return _factory(1 if initial else BLANK_ROWS)(prefix="indicators", initial=initial)


def typed_indicator_rows(data: QueryDict) -> forms.BaseFormSet:
    """The rows as somebody typed them."""
    return _factory(BLANK_ROWS)(data, prefix="indicators")


def one_more_row(data: QueryDict) -> QueryDict:
    """What was typed, with one more blank row of indicators."""
    copy = data.copy()
    name = "indicators-TOTAL_FORMS"
    typed = copy.get(name, "")
    count = int(typed) if typed.isdecimal() and len(typed) < 4 else BLANK_ROWS
    copy[name] = str(min(count + 1, MOST_INDICATORS))
    return copy


def _factory(extra: int) -> type[forms.BaseFormSet]:
    return forms.formset_factory(
        IndicatorForm,
        formset=IndicatorRows,
        extra=extra,
        can_delete=True,
        max_num=MOST_INDICATORS,
        validate_max=True,
        absolute_max=MOST_INDICATORS + 1,
    )
