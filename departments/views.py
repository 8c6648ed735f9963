"""Sign-in, sign-out, password, and where one is signed in."""

from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments import held
from departments.access import public, requires
from departments.actions import end_other_sessions, end_session
from departments.forms import EndSessionForm, SignInForm
from departments.machines import machine_of
from departments.queries import sessions_of

SOMEBODY_ELSE = "書きかけの内容は、送りませんでした。書いた人と、いまログインした人が違うためです。"


class SignIn(LoginView):
    """Staff number and password; a form that came too late is carried along."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        carried = {"held": self.request.POST.get("held", ""), "typed": []}
        return super().get_context_data(**kwargs) | carried

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response = super().form_valid(form)
        late = held.release(self.request.POST.get("held", ""))
        if late is None or not self.request.user.is_authenticated:
            return response
        if late.owner_id != self.request.user.pk:
            messages.warning(self.request, SOMEBODY_ELSE)
            return redirect(settings.LOGIN_REDIRECT_URL)
        return render(self.request, "account/held.html", {"late": late})


def ask_to_sign_in(request: HttpRequest, fields: held.Fields) -> HttpResponse:
    """The sign-in page, holding what was typed where it is known who did."""
    owner_id = request.session.owner_id
    context = {
        "form": SignInForm(request=request),
        "redirect_field_name": "next",
        "redirect_field_value": request.get_full_path(),
        "held": held.hold(request, fields, owner_id) if owner_id else "",
        "typed": [] if owner_id else held.written_in(fields),
    }
    return render(request, "account/login.html", context, status=403)


def token_does_not_fit(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of a page that is older than the sign-in: what was typed is shown, to be copied."""
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    typed = held.written_in(held.typed_in(request)) if is_ours else []
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


class ChangePassword(PasswordChangeView):
    success_url = "/"


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
sign_in = public(SignIn.as_view())
sign_out = public(LogoutView.as_view())
change_password = requires(Permission.ENTER)(ChangePassword.as_view())
