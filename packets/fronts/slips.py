"""A page in place of a department that could not be printed."""

from django.conf import settings

from core.years import format_year
from packets.layout import Layout
from packets.pieces import Piece


def slip(title: str, reason: str, year: int, layout: Layout) -> Piece:
    """Names the department, says why, and what to do; the rest of the book is not held up."""
    return Piece(
        title=title,
        template="packets/paper/front/slip.html",
        content={
            "city": settings.CITY["name"],
            "year": format_year(year),
            "department": title,
            "reason": reason,
        },
        layout=layout.of_parts,
    )
