"""What stands in a book in place of a department that could not be printed."""

from django.conf import settings

from core.years import format_year
from packets.layout import USUAL, Layout
from packets.pieces import Piece

TEMPLATE = "packets/paper/front/slip.html"


def slip(title: str, reason: str, year: int, layout: Layout = USUAL) -> Piece:
    """One page: what is not here, why, and who can help."""
    content = {
        "city": settings.CITY["name"],
        "year": format_year(year),
        "department": title,
        "reason": reason,
        "is_draft": False,
    }
    return Piece(title=title, template=TEMPLATE, content=content, layout=layout.of_parts)
