"""提出状況 and 対応状況: all departments of a year."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments.access import requires
from goals.actions import papers
from goals.board import board_for
from goals.coverage import coverage_for
from goals.projects import project_coverage
from goals.queries import cycle_or_hidden


@requires(Permission.READ_BOARD)
def board(request: HttpRequest, year: int) -> HttpResponse:
    """How far each department's paper has come."""
    cycle = cycle_or_hidden(year)
    found = board_for(request.user, cycle, request.GET.get("state", ""))
    return render(request, "goals/board.html", {"year": year, "board": found})


@requires(Permission.REVIEW_PAPER)
@require_POST
def open_year(request: HttpRequest, year: int) -> HttpResponse:
    """Lay out a paper for each department that has none."""
    cycle_or_hidden(year)
    opened = papers.open_year(year=year, by=request.actor)
    if opened:
        messages.success(request, f"{len(opened)}部の運営方針書を用意しました。")
    else:
        messages.info(request, "運営方針書は、すべての部の分が用意してあります。")
    return redirect("goals:board", year)


@requires(Permission.READ_BOARD)
def coverage(request: HttpRequest, year: int) -> HttpResponse:
    """Which department took up which item of the policy."""
    cycle_or_hidden(year)
    found = coverage_for(request.user, year, request.GET.get("item", ""))
    context = {"year": year, "coverage": found, "projects": project_coverage(year)}
    return render(request, "goals/coverage.html", context)
