"""昨年度との対応: for each section of this year one of last year's, or 新規."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string

from policies.models import Section
from policies.queries.alignments import Comparison, Row

NEW = "new"
ALL_SHOWN = 120
"""A longer document shows in each list only the items that stand near, and those left over."""
NEAR = 30

Choices = list[tuple[str, str]]


class _LongList(forms.Select):
    """In one template: one for each option would take half a minute in a long document."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        return render_to_string(
            "policies/alignment/select.html", self.get_context(name, value, attrs)
        )


class _SectionField(forms.ChoiceField):
    """Any section of last year may be chosen (``known``), not only one that the list shows."""

    widget = _LongList

    def __init__(self, *, known: frozenset[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = known

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.known


class AlignmentForm(forms.Form):
    """A list to choose from for each section; ``state`` is the comparison that is shown."""

    state = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: object, comparison: Comparison, **kwargs: object) -> None:
        super().__init__(*args, initial={"state": comparison.state}, **kwargs)
        self.comparison = comparison
        every = _choices(comparison.earlier)
        known = frozenset(value for value, _ in every)
        for place, row in enumerate(comparison.rows):
            self.fields[_name(row)] = _SectionField(
                label=f"{row.section.number}に対応する昨年度の項",
                choices=every if len(every) <= ALL_SHOWN else _near(comparison, row, place),
                initial=str(row.earlier.pk) if row.earlier else NEW,
                known=known,
            )

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
