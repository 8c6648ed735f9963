"""今日すること: for each post, what is due, how long is left, one click to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.permissions import INTERVIEWER_POSTS, Permission
from departments.access import requires
from departments.queries import holdings
from home.context import current_year
from home.queries import agenda, draft_policy, settled_papers, years_at_hand


@requires(Permission.ENTER)
def today(request: HttpRequest) -> HttpResponse:
    """The first page after signing in."""
    years = years_at_hand()
    year = current_year(request, years)
    context = {
        "today": clock.today(),
        "year": year,
        "newest_year": years[0] if years else year,
        "agenda": agenda(request.user, year),
        "draft_policy": draft_policy(year),
        "settled_papers": settled_papers(request.user, year),
        "is_interviewer": any(
            held.post in INTERVIEWER_POSTS for held in holdings(request.user, clock.today())
        ),
    }
    return render(request, "home/today.html", context)
