"""Where one is signed in, and for how long."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments.access import requires
from departments.actions import end_other_sessions, end_session
from departments.forms import EndSessionForm
from departments.machines import machine_of
from departments.open_sessions import sessions_of


@requires(Permission.ENTER)
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    rows = sessions_of(request.user, request.session.session_key)
    here = next((row for row in rows if row.is_here), None)
    return render(request, "account/sessions.html", {"sessions": rows, "here": here})


@requires(Permission.ENTER)
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Sign one of the other machines out, or all of them."""
    key = request.session.session_key
    form = EndSessionForm(request.POST, rows=sessions_of(request.user, key))
    if not form.is_valid():
        messages.info(request, "選んだログインは、すでに終わっています。")
    elif row := form.cleaned_data["session"]:
        end_session(session=row.session, by=request.actor)
        messages.success(request, f"{row.session.machine}をログアウトしました。")
    else:
        number = end_other_sessions(user=request.user, kept=key, by=request.actor)
        messages.success(request, f"ほかの端末をログアウトしました（{number}台）。")
    return redirect("account_sessions")


def session(request: HttpRequest) -> HttpResponse:
    """How long the session lasts, for the warning; asking does not prolong it, sending does."""
    if request.method == "POST":
        agent = request.headers.get("User-Agent", "")
        request.session.touch(machine=machine_of(agent), address=request.actor.address)
    idle, longest = request.session.seconds_left()
    return JsonResponse(
        {
            "person": request.user.username,
            "idle": idle,
            "longest": longest,
            "token": get_token(request),
        }
    )


session.is_quiet = True
session = requires(Permission.ENTER)(session)
