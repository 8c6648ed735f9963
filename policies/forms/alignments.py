"""昨年度との対応: for each section of this year one of last year's, or 新規."""

from collections.abc import Iterable

from django import forms
from django.forms.boundfield import BoundField

from policies.models import Section
from policies.queries.alignments import Comparison, Row

NEW = "new"
ALL_SHOWN = 120
"""A longer document shows in each list only the items that stand near, and those left over."""
NEAR = 30

Choices = list[tuple[str, str]]


class AlignmentForm(forms.Form):
    """A list to choose from for each section; ``state`` is the comparison that is shown."""

    state = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: object, comparison: Comparison, **kwargs: object) -> None:
        super().__init__(*args, initial={"state": comparison.state}, **kwargs)
        self.comparison = comparison
        every = _choices(comparison.earlier)
        for place, row in enumerate(comparison.rows):
            field = forms.ChoiceField(
                label=f"{row.section.number}に対応する昨年度の項",
                choices=every,
                initial=str(row.earlier.pk) if row.earlier else NEW,
            )
            if len(every) > ALL_SHOWN:
                field.widget.choices = _near(comparison, row, place)
            self.fields[_name(row)] = field

    def pairs(self) -> dict[int, int | None]:
        """What was chosen: section → last year's section, None for 新規."""
        chosen = {row.section.pk: self.cleaned_data[_name(row)] for row in self.comparison.rows}
        return {key: None if value == NEW else int(value) for key, value in chosen.items()}

    @property
    def to_look_at(self) -> list[tuple[Row, BoundField]]:
        """Doubtful rows, each with its list."""
        return [(row, self[_name(row)]) for row in self.comparison.to_look_at]

    @property
    def others(self) -> list[tuple[Row, BoundField]]:
        """The other rows, each with its list."""
        return [(row, self[_name(row)]) for row in self.comparison.others]


def _name(row: Row) -> str:
    return f"earlier-{row.section.pk}"


def _choices(sections: Iterable[Section]) -> Choices:
    options = ((str(section.pk), f"{section.number}　{section.name}") for section in sections)
    return [(NEW, "新規（昨年度にはない）"), *options]


def _near(comparison: Comparison, row: Row, place: int) -> Choices:
    sections = comparison.earlier
    middle = sections.index(row.earlier) if row.earlier else place
    shown = set(range(middle - NEAR, middle + NEAR + 1)) | set(range(place - NEAR, place + NEAR))
    gone = {one.section.pk for one in comparison.gone}
    return _choices(
        section for at, section in enumerate(sections) if at in shown or section.pk in gone
    )
