"""Fetching is authorising: nobody holds a paper that they may not use."""

from django.http import HttpRequest

from departments.access import actor_of
from goals.models import OperatingPolicy
from goals.queries import paper_for


def fetch_paper(request: HttpRequest, year: int, code: str) -> OperatingPolicy:
    """The paper, if the person may do on it what the view declared; else Hidden (404).

    ``request.actor`` becomes the person in the post that allowed it.
    """
    paper, holding = paper_for(request.user, request.permission, year, code)
    request.actor = actor_of(request, holding)
    return paper
