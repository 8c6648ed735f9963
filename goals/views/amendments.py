"""改正: a department confirms; the office sees who has."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments.access import requires
from goals.actions.amendments import confirm as confirm_amendment
from goals.amendments import amendments_for
from goals.forms.amendments import ConfirmForm
from goals.queries import cycle_or_hidden
from goals.views.fetch import fetch_paper


@requires(Permission.WRITE_PAPER)
@require_POST
def confirm(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Somebody of the department has looked at what an amendment changed."""
    paper = fetch_paper(request, year, code)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no such edition")
    label = confirm_amendment(paper=paper, edition=form.cleaned_data["edition"], by=request.actor)
    messages.success(request, f"{label}を確かめたことを記録しました。")
    return redirect("goals:paper", year, code)


@requires(Permission.READ_BOARD)
def amendments(request: HttpRequest, year: int) -> HttpResponse:
    """Which departments an amendment concerns, who has confirmed it and who has not."""
    cycle_or_hidden(year)
    found = amendments_for(request.user, year)
    return render(request, "goals/amendments.html", {"year": year, "amendments": found})
