"""Sign-in in its steps, sign-out, password. A form that came too late is carried all along."""

import json
from typing import Any

from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.account.stages import LoginStage
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.audit import Actor
from core.middleware import Fields, address_of, typed_in, written_in
from core.permissions import Permission
from core.workflow import NotNow
from departments import factors, held
from departments.access import public, requires
from departments.actions import tell_of_wrong_code
from departments.forms import CodeForm, KeyForm, SignInForm
from departments.owed import owed, show_held

SOMEBODY_ELSE = "書きかけの内容は、送りませんでした。書いた人と、いまログインした人が違うためです。"
BEGIN_AGAIN = "時間がたったため、職員番号とパスワードから、もう一度入力してください。"


class SignIn(LoginView):
    """Staff number and password; a form that came too late is carried along."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who sends it a second time is led on, with what is carried."""
        if request.method == "POST" and request.POST.get("held"):
            if request.user.is_authenticated:
                return arrive(request, redirect(settings.LOGIN_REDIRECT_URL))
            if stage := waiting(request):
                return show_code(request, stage)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        carried = {"held": self.request.POST.get("held", ""), "typed": []}
        return super().get_context_data(**kwargs) | carried

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response = super().form_valid(form)
        stage = waiting(self.request)
        if stage and self.request.POST.get("held"):
            return show_code(self.request, stage)
        return arrive(self.request, response)


def arrive(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where signing in leads: ``response``, or to the form that was carried, for its owner."""
    late = held.release(request.POST.get("held", ""))
    if late is None or not request.user.is_authenticated:
        return response
    if late.owner_id != request.user.pk:
        messages.warning(request, SOMEBODY_ELSE)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return show_held(request, late, owed(request))


# The code, between the password and the session


def waiting(request: HttpRequest) -> LoginStage | None:
    """The stage that waits for a code, where the password was right a short time ago."""
    stage = get_pending_stage(request)
    if stage is None or stage.is_still_good():
        return stage
    clear_login(request)
    return None


def code(request: HttpRequest) -> HttpResponse:
    """A code of the app, a recovery code, or what a key answers."""
    stage = waiting(request)
    if stage is None or "again" in request.POST:
        return begin_again(request, "" if stage else BEGIN_AGAIN)
    user = stage.login.user
    form = CodeForm(user=user, data=request.POST if "code" in request.POST else None)
    key = KeyForm(user=user, data=request.POST if "credential" in request.POST else None)
    sent = next((each for each in (form, key) if each.is_bound), None)
    if sent is None:
        return show_code(request, stage)
    if not sent.is_valid():
        tell_of_wrong_code(user, by=Actor(address=address_of(request)))
        return show_code(request, stage, form=form, key=key)
    sent.save()
    return arrive(request, stage.exit())


def show_code(request: HttpRequest, stage: LoginStage, **sent: Any) -> HttpResponse:
    """The page that asks for the code, with what is carried."""
    user = stage.login.user
    kinds = set(factors.factors_of(user).values_list("type", flat=True))
    has_key = factors.KEY in kinds and factors.can_use_keys(request)
    options = begin_authentication(user) if has_key else {}
    context = {
        "form": sent.get("form") or CodeForm(user=user),
        "key": sent.get("key") or KeyForm(user=user),
        "has_app": factors.APP in kinds,
        "has_key": has_key,
        "options": json.dumps(options, default=dict),
        "held": request.POST.get("held", ""),
    }
    return render(request, "account/code.html", context)


def begin_again(request: HttpRequest, sentence: str) -> HttpResponse:
    """Back to the staff number, with what is carried."""
    if request.user.is_authenticated:
        return arrive(request, redirect(settings.LOGIN_REDIRECT_URL))
    clear_login(request)
    if sentence:
        messages.warning(request, sentence)
    if not request.POST.get("held"):
        return redirect("account_login")
    return show_sign_in(request, held=request.POST["held"])


# The page of the first step


def show_sign_in(request: HttpRequest, *, status: int = 200, **carried: Any) -> HttpResponse:
    context = {
        "form": SignInForm(request=request),
        "redirect_field_name": "next",
        "redirect_field_value": "",
        "held": "",
        "typed": [],
    }
    return render(request, "account/login.html", context | carried, status=status)


def ask_to_sign_in(request: HttpRequest, fields: Fields) -> HttpResponse:
    """The sign-in page, holding what was typed where it is known who did."""
    owner_id = request.session.owner_id
    return show_sign_in(
        request,
        status=403,
        redirect_field_value=request.get_full_path(),
        held=held.hold(request, fields, owner_id) if owner_id else "",
        typed=[] if owner_id else written_in(fields),
    )


def token_does_not_fit(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of a page that is older than the sign-in: what was typed is shown, to be copied.

    What the sign-in page carries goes to its owner, who has signed in elsewhere by now; showing
    it changes nothing.
    """
    late = held.release(request.POST.get("held", ""))
    if late and late.owner_id == request.user.pk:
        return show_held(request, late, owed(request))
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    typed = written_in(typed_in(request)) if is_ours else []
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


class ChangePassword(PasswordChangeView):
    success_url = "/"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who came by the city's sign-in service may have none to change."""
        if not request.user.has_usable_password():
            raise NotNow(
                "パスワードは設定されていません。要るときは、システム管理者に頼んでください。"
            )
        return super().dispatch(request, *args, **kwargs)


sign_in = public(SignIn.as_view())
code = public(code)
sign_out = public(LogoutView.as_view())
change_password = requires(Permission.ENTER)(ChangePassword.as_view())
