"""What the head of every page knows: the person, the rooms open to that person, the year."""

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, object]:
    """``nav``, ``holder``, ``current_year`` and ``year_choices`` for ``templates/base.html``."""
    return {"nav": [], "holder": None, "current_year": None, "year_choices": []}
