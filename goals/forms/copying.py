"""Last year's goals to be copied, each with the items of this year that it goes on to answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from goals.earlier import DivisionsNow
from goals.models import Goal, OperatingPolicy
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

    def groups(
        self,
        sources: Sequence[OperatingPolicy],
        goals: Sequence[Goal],
        present: set[str],
        now: DivisionsNow,
    ) -> list[dict[str, Any]]:
        """The goals by the paper of last year on which they stand; papers without any left out."""
        rows = {
            source.pk: self._rows([g for g in goals if g.paper_id == source.pk], present, now)
            for source in sources
        }
        return [{"source": s, "rows": rows[s.pk]} for s in sources if rows[s.pk]]

    def _rows(
        self, goals: Iterable[Goal], present: set[str], now: DivisionsNow
    ) -> list[dict[str, Any]]:
        """Each goal with its items and whether it is ticked; ``present`` are here already.

        What another department goes on with is not ticked at first.
        """
        kept = self.sections() if self.is_bound else self.proposed
        chosen = set(self.data.getlist("goals")) if self.is_bound else None
        return [
            {
                "goal": goal,
                "lead": (lead := now.lead(goal)),
                "is_present": goal.title in present,
                "is_ticked": (
                    not lead.is_gone_elsewhere if chosen is None else str(goal.pk) in chosen
                ),
                "sections": [
                    {"section": section, "is_ticked": section in kept[goal.pk]}
                    for section in self.proposed[goal.pk]
                ],
            }
            for goal in goals
        ]
