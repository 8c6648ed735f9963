"""今日すること: for each post, what is due, how long is left, one click to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.permissions import Permission
from departments.access import requires


@requires(Permission.ENTER)
def today(request: HttpRequest) -> HttpResponse:
    """The first page after signing in."""
    return render(request, "home/today.html")
