"""記入用紙: the paper of a department, blank, to be written by hand beside the mayor's items."""

from typing import Any

from django.conf import settings

from core.years import format_year
from goals.models import Goal, OperatingPolicy
from packets.layout import Layout
from packets.overview import LONG_ROW, paragraphs
from packets.pieces import Piece
from policies.models import BasicPolicy, Section

Plain = dict[str, Any]
TEMPLATE = "packets/paper/front/form.html"
TEXTS = ("mission", "situation", "analysis", "pioneering")
LINES = {"mission": 3, "situation": 4, "analysis": 4, "pioneering": 4}
GOALS = 2
"""So many blank goals; who has more copies the page."""
CHARACTERS, LARGE_CHARACTERS = 28, 19
"""Characters of the mayor's text beside each line for the pen, as usual and in large print."""


def form(year: int, layout: Layout) -> Piece:
    """The blank form of ``year``: every item of the mayor's text that asks for an answer."""
    policy = BasicPolicy.objects.filter(year=year).first()
    beside = LARGE_CHARACTERS if layout.large else CHARACTERS
    content = {
        "city": settings.CITY["name"],
        "year": format_year(year),
        "policy": policy.title if policy else "",
        "texts": [_text(name) for name in TEXTS],
        "chapters": _chapters(policy, beside) if policy else [],
        "goals": list(range(1, GOALS + 1)),
        "kinds": [str(label) for label in Goal.Kind.labels],
        "is_draft": False,
    }
    return Piece(title="記入用紙", template=TEMPLATE, content=content, layout=layout.of_parts)


def _text(name: str) -> Plain:
    """A field of the paper by its name, and its empty lines."""
    field = OperatingPolicy._meta.get_field(name)
    return {"title": str(field.verbose_name), "lines": list(range(LINES[name]))}  # type: ignore[union-attr]


def _chapters(policy: BasicPolicy, beside: int) -> list[Plain]:
    """The mayor's text by chapter; an item that asks for no answer stands without lines."""
    sections = list(policy.sections.standing().in_order())
    parents = {section.parent_id for section in sections}
    chapters: list[Plain] = []
    for section in sections:
        if section.parent_id is None:
            chapters.append(
                {"marker": section.marker, "heading": section.heading or section.name, "items": []}
            )
        if section.parent_id is not None or section.body.strip() or section.pk not in parents:
            is_owed = section.is_open and section.pk not in parents
            chapters[-1]["items"].append(_item(section, beside, is_owed=is_owed))
    return [chapter for chapter in chapters if chapter["items"]]


def _item(section: Section, beside: int, *, is_owed: bool) -> Plain:
    is_chapter = section.parent_id is None
    return {
        "number": section.number,
        "heading": "" if is_chapter else section.heading,
        "quote": paragraphs(section.body),
        "is_owed": is_owed,
        "is_long": len(section.body) > LONG_ROW,
        "lines": list(range(max(3, len(section.body) // beside))) if is_owed else [],
    }
