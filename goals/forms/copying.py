"""Last year's goals to be copied, each with the items of this year that it goes on to answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from goals.models import Goal
from policies.models import Section


class CopyForm(forms.Form):
    """Which of last year's goals are copied; ``proposed`` are this year's items for each."""

    goals = forms.ModelMultipleChoiceField(
        queryset=None,
        label="写す目標",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "写す目標を1件以上選んでください。"},
    )

    def __init__(
        self, *args: Any, queryset: Any, proposed: Mapping[int, Sequence[Section]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goals"].queryset = queryset
        self.proposed = proposed

    def sections(self) -> dict[int, list[Section]]:
        """The items that stayed ticked: goal → items of this year."""
        return {
            goal: [s for s in sections if str(s.pk) in self.data.getlist(f"sections-{goal}")]
            for goal, sections in self.proposed.items()
        }

    def rows(self, goals: Iterable[Goal], present: set[str]) -> list[dict[str, Any]]:
        """Each goal with its items and whether it is ticked; ``present`` are here already."""
        kept = self.sections() if self.is_bound else self.proposed
        chosen = set(self.data.getlist("goals")) if self.is_bound else None
        return [
            {
                "goal": goal,
                "is_present": goal.title in present,
                "is_ticked": chosen is None or str(goal.pk) in chosen,
                "sections": [
                    {"section": section, "is_ticked": section in kept[goal.pk]}
                    for section in self.proposed[goal.pk]
                ],
            }
            for goal in goals
        ]
