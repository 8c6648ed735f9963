"""What a head who goes types for the one who comes."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict

from core.fields import NormalisedCharField, VersionField
from goals.handovers import notes_of
from goals.models import LONG, MIDDLE, Goal, Handover
from policies.differences import Difference

NOTE, SEEN = "note-", "seen-"


def goals_typed(data: QueryDict) -> set[int]:
    """The goals of which something is typed, those among them that were removed since."""
    keys = [name.removeprefix(NOTE) for name in data if name.startswith(NOTE)]
    return {int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 10}


class HandoverForm(forms.Form):
    """引継書: on the whole paper, and on each goal."""

    body = NormalisedCharField(
        label="部全体の引継事項",
        required=False,
        max_length=LONG,
        help_text="懸案、約束していること、注意することを書きます。",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    version = VersionField()

    def __init__(
        self, data: QueryDict | None = None, *, handover: Handover, goals: Iterable[Goal]
    ) -> None:
        super().__init__(data)
        self.handover = handover
        self.goals = list(goals)
        self.initial = {"body": handover.body, "version": handover.version}
        stored = notes_of(handover)
        for goal in self.goals:
            name = f"{NOTE}{goal.pk}"
            self.fields[name] = NormalisedCharField(
                label=f"「{goal.title}」の引継事項",
                required=False,
                max_length=MIDDLE,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
            self.initial[name] = stored.get(goal.pk, "")

    @property
    def rows(self) -> list[tuple[Goal, forms.BoundField]]:
        """Each goal with its field."""
        return [(goal, self[f"{NOTE}{goal.pk}"]) for goal in self.goals]

    def notes(self) -> dict[int, str]:
        """Goal → what is typed, for the action."""
        return {goal.pk: self.cleaned_data[f"{NOTE}{goal.pk}"] for goal in self.goals}

    def differences(self) -> list[Difference]:
        """What is stored against what is typed, where they differ."""
        names = ["body", *(f"{NOTE}{goal.pk}" for goal in self.goals)]
        rows = [
            Difference(
                str(self.fields[name].label), self.initial[name], self.cleaned_data.get(name, "")
            )
            for name in names
        ]
        return [row for row in rows if row.before != row.after]

    def rebased(self) -> "HandoverForm":
        """The same words, now based on what is stored."""
        typed = self.data.copy()
        typed["version"] = str(self.handover.version)
        return HandoverForm(typed, handover=self.handover, goals=self.goals)

    def sentences(self) -> list[str]:
        """What is wrong, field by field, for the line that answers an autosave."""
        return [
            f"{self.fields[name].label}：{text}" if name in self.fields else str(text)
            for name, texts in self.errors.items()
            for text in texts
        ]


class HandOverForm(forms.Form):
    """渡す: the version that the person saw."""

    version = VersionField()


class ReceiveForm(forms.Form):
    """受ける: of each handover that was read, the version of it."""

    def __init__(self, data: QueryDict | None = None, *, handovers: Iterable[Handover]) -> None:
        super().__init__(data)
        self.handovers = list(handovers)
        for handover in self.handovers:
            name = f"{SEEN}{handover.pk}"
            self.fields[name] = VersionField(required=False)
            self.initial[name] = handover.handed_version

    def seen(self) -> dict[int, int]:
        """Handover → version."""
        versions = {row.pk: self.cleaned_data[f"{SEEN}{row.pk}"] for row in self.handovers}
        return {pk: version for pk, version in versions.items() if version is not None}
