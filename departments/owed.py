"""What a person must do after signing in, before any other page opens: one thing at a time."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from departments import factors
from departments.held import Held
from departments.models import User

PASSWORD, FACTOR = "account_change_password", "account_second_factor"
OPEN_WITH = {
    PASSWORD: {PASSWORD},
    FACTOR: {
        *(FACTOR, "account_set_up_app", "account_add_key", "account_reauthenticate"),
        *("account_recovery_codes", "account_save_codes"),
    },
}
"""The pages that open meanwhile."""


def owed(request: HttpRequest) -> str:
    """The name of the page that comes first: a password of one's own, then a second factor.

    Whoever came by the city's sign-in service needs no password here.
    """
    if cast(User, request.user).has_first_password and not factors.came_by_service(request):
        return PASSWORD
    return FACTOR if factors.is_owed(request) else ""


def show_held(request: HttpRequest, late: Held, first: str, status: int = 200) -> HttpResponse:
    """A form that waits: to be sent, or until ``first`` is done in another tab."""
    return render(request, "account/held.html", {"late": late, "first": first}, status=status)
