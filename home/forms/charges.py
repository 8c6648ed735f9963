"""Who answers for what: a row for each department and each exception, and room for more."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from departments.models import Department, Division
from home.actions.charges import Change
from home.charges import DepartmentRow, Interviewer, Sheet, divisions_of
from home.copies import label_of

NEW_ROWS = 3
NOBODY = "まだ決めていません"
NO_EXCEPTION = "例外なし（部の担任と同じ）"
WRONG_PERSON = "市長・副市長・教育長から選んでください。"
QUICKER = "ほかの人が先に「{}」に変えました。もう一度保存すると、あなたの選んだ人に変わります。"


class InterviewerField(forms.TypedChoiceField):
    """Somebody in office, or whoever answers already; sent back with what was shown."""

    def __init__(self, people: dict[int, Interviewer], now: int | None, **kwargs: Any) -> None:
        empty = kwargs.pop("empty")
        offered = [p for pk, p in people.items() if p.is_in_office or pk == now]
        choices = [("", empty), *((p.user.pk, _named(p)) for p in offered)]
        wrong = {"invalid_choice": WRONG_PERSON}
        super().__init__(
            choices=choices,
            coerce=int,
            empty_value=None,
            required=False,
            initial=now,
            error_messages=wrong,
            **kwargs,
        )


def _named(interviewer: Interviewer) -> str:
    gone = "" if interviewer.is_in_office else "（いまは面談者の職にありません）"
    return f"{interviewer.called}{gone}"


class ChargesForm(forms.Form):
    """The whole sheet of a year. Only what was changed is saved."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.places: dict[str, tuple[Department, Division | None]] = {}
        for row in sheet.rows:
            self._add(f"department-{row.department.pk}", row, None, row.interviewer)
            for division, interviewer in row.exceptions:
                self._add(f"division-{division.pk}", row, division, interviewer)
        excepted = {division.pk for row in sheet.rows for division, _ in row.exceptions}
        self.divisions = {d.pk: d for d in divisions_of(sheet.year) if d.pk not in excepted}
        for n in range(1, NEW_ROWS + 1):
            self._add_new(n)

    def _add(
        self,
        name: str,
        row: DepartmentRow,
        division: Division | None,
        interviewer: Interviewer | None,
    ) -> None:
        self.places[name] = (row.department, division)
        self.fields[name] = InterviewerField(
            self.sheet.interviewers,
            interviewer.user.pk if interviewer else None,
            empty=NO_EXCEPTION if division else NOBODY,
            label=label_of(row.department, division),
            show_hidden_initial=True,
        )

    def _add_new(self, n: int) -> None:
        offered = [(d.pk, f"{d.department.name}　{d.name}") for d in self.divisions.values()]
        self.fields[f"new-division-{n}"] = forms.TypedChoiceField(
            label=f"課（{n}）",
            choices=[("", "選んでください"), *offered],
            coerce=int,
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": "課を選び直してください。"},
        )
        self.fields[f"new-interviewer-{n}"] = InterviewerField(
            self.sheet.interviewers, None, empty="選んでください", label=f"担任（{n}）"
        )

    # For the template

    def stored_rows(self) -> Iterator[Any]:
        """The fields of departments and of their exceptions, in order."""
        return (self[name] for name in self.places)

    def new_rows(self) -> list[tuple[Any, Any]]:
        """Division and interviewer of each row for a new exception."""
        pairs = [(f"new-division-{n}", f"new-interviewer-{n}") for n in range(1, NEW_ROWS + 1)]
        return [(self[division], self[interviewer]) for division, interviewer in pairs]

    # What was entered

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in set(self.places) & set(cleaned) & set(self.changed_data):
            stored = self.fields[name].initial
            if self._seen(name) != stored and stored != cleaned[name]:
                self.add_error(name, ValidationError(QUICKER.format(self._called(stored))))
                self._see(name, stored)
        self._clean_new(cleaned)
        return cleaned

    def _clean_new(self, cleaned: dict[str, Any]) -> None:
        taken: set[int] = set()
        for n in range(1, NEW_ROWS + 1):
            division = cleaned.get(f"new-division-{n}")
            interviewer = cleaned.get(f"new-interviewer-{n}")
            if division and not interviewer:
                self.add_error(f"new-interviewer-{n}", "担任を選んでください。")
            elif interviewer and not division:
                self.add_error(f"new-division-{n}", "課を選んでください。")
            elif division in taken:
                self.add_error(f"new-division-{n}", "同じ課を二度選んでいます。")
            if division:
                taken.add(division)

    def _seen(self, name: str) -> int | None:
        """Whom the person saw there."""
        sent = str(self.data.get(self.add_initial_prefix(name), ""))
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else None

    def _see(self, name: str, stored: int | None) -> None:
        """Let the next save be based on what is stored: the person has been told."""
        self.data = self.data.copy()
        self.data[self.add_initial_prefix(name)] = "" if stored is None else str(stored)

    def _called(self, pk: int | None) -> str:
        return self.sheet.interviewers[pk].called if pk else NOBODY

    def changes(self) -> list[Change]:
        """What was changed; of a valid form."""
        changed = set(self.changed_data)
        found = [
            self._change(*place, name, self.fields[name].initial)
            for name, place in self.places.items()
            if name in changed and self.cleaned_data[name] != self.fields[name].initial
        ]
        for n in range(1, NEW_ROWS + 1):
            if pk := self.cleaned_data[f"new-division-{n}"]:
                division = self.divisions[pk]
                name = f"new-interviewer-{n}"
                found.append(self._change(division.department, division, name, None))
        return found

    def _change(
        self, department: Department, division: Division | None, name: str, seen: int | None
    ) -> Change:
        chosen = self.cleaned_data[name]
        user = self.sheet.interviewers[chosen].user if chosen else None
        return Change(department, division, seen, user)
