"""二段階認証: one's own app, keys and recovery codes."""

import base64
import json
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from core.permissions import Permission
from core.workflow import NotNow
from core.years import format_date
from departments import actions, factors, oidc
from departments.access import requires
from departments.forms import AddKeyForm, ConfirmForm, SetUpAppForm

HERE = "account_second_factor"
View = Callable[[HttpRequest], HttpResponse]


def crumbs(here: str) -> list[tuple[str, str]]:
    return [("二段階認証", reverse(HERE)), (here, "")]


def freshly(view: View) -> View:
    """Ask for the password once more where it was given some time ago."""

    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        if factors.is_fresh(request):
            return view(request)
        query = urlencode({"next": request.get_full_path()}, safe="/")
        return redirect(f"{reverse('account_reauthenticate')}?{query}")

    return asked


@requires(Permission.ENTER)
def overview(request: HttpRequest) -> HttpResponse:
    """What one has, and what one can set up or take away."""
    rows = list(factors.factors_of(request.user))
    context = {
        "factors": [{"row": row, "name": factors.name_of(row)} for row in rows],
        "has_app": any(row.type == factors.APP for row in rows),
        "codes": len(factors.codes_of(request.user)) if rows else 0,
        "must_have": factors.must_have(request.user),
        "is_owed": factors.is_owed(request),
        "can_use_keys": factors.can_use_keys(request),
    }
    return render(request, "account/second_factor.html", context)


@requires(Permission.ENTER)
@freshly
def set_up_app(request: HttpRequest) -> HttpResponse:
    """The secret as a picture and as text; the first code shows that the app knows it."""
    form = SetUpAppForm(request.POST or None, user=request.user)
    if form.is_valid():
        has_codes = bool(factors.codes_of(request.user))
        actions.set_up_app(secret=form.secret, by=request.actor)
        clear_totp_secret(request)
        messages.success(request, "認証アプリを設定しました。")
        return redirect(HERE if has_codes else "account_recovery_codes")
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, form.secret))
    context = {
        "crumbs": crumbs("認証アプリの設定"),
        "form": form,
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}",
        "secret": [form.secret[n : n + 4] for n in range(0, len(form.secret), 4)],
        "has_app": factors.factors_of(request.user).filter(type=factors.APP).exists(),
    }
    return render(request, "account/set_up_app.html", context)


@requires(Permission.ENTER)
@freshly
def add_key(request: HttpRequest) -> HttpResponse:
    """A name, and what the browser says of the key."""
    if not factors.can_use_keys(request):
        raise NotNow("この接続では、セキュリティキーを使えません。認証アプリを使ってください。")
    form = AddKeyForm(data=request.POST or None, user=request.user)
    if form.is_valid():
        has_codes = bool(factors.codes_of(request.user))
        typed = form.cleaned_data
        actions.add_key(name=typed["name"], credential=typed["credential"], by=request.actor)
        messages.success(request, f"セキュリティキー（{typed['name']}）を設定しました。")
        return redirect(HERE if has_codes else "account_recovery_codes")
    options = json.dumps(begin_registration(request.user, False), default=dict)
    context = {"form": form, "options": options, "crumbs": crumbs("セキュリティキーの設定")}
    return render(request, "account/add_key.html", context)


@requires(Permission.ENTER)
@freshly
def remove(request: HttpRequest) -> HttpResponse:
    """Ask once, then take it away."""
    asked = (request.POST or request.GET).get("factor", "")
    rows = factors.factors_of(request.user)
    factor = rows.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    if factor is None:
        messages.info(request, "選んだものは、すでに外されています。")
        return redirect(HERE)
    if request.method == "POST":
        words = factors.name_of(factor)
        actions.remove_factor(factor=factor, by=request.actor)
        messages.success(request, f"{words}を外しました。")
        return redirect(HERE)
    factors.check_removable(factor)
    context = {"factor": factor, "name": factors.name_of(factor), "is_last": rows.count() == 1}
    return render(request, "account/remove_factor.html", context)


@requires(Permission.ENTER)
@freshly
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left; a POST makes ten new ones."""
    if not factors.factors_of(request.user).exists():
        return redirect(HERE)
    if request.method == "POST":
        actions.renew_codes(by=request.actor)
        messages.success(request, "予備コードを作り直しました。いままでのものは使えません。")
        return redirect("account_recovery_codes")
    left = factors.codes_of(request.user)
    context = {"codes": left, "crumbs": crumbs("予備コード")}
    return render(request, "account/recovery_codes.html", context)


@requires(Permission.ENTER)
@freshly
def save_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes as a text file."""
    left = factors.codes_of(request.user)
    if not left:
        return redirect(HERE)
    head = f"予備コード（{request.user.username}）　{format_date(clock.today())}"
    text = "\r\n".join([head, "1つにつき1回だけ使えます。", *left, ""])
    return HttpResponse(
        text.encode("utf-8-sig"),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="recovery-codes.txt"'},
    )


@requires(Permission.ENTER)
def confirm(request: HttpRequest) -> HttpResponse:
    """The password once more; who came by the city's sign-in service goes there once more."""
    where = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(where, allowed_hosts=None):
        where = reverse(HERE)
    by_service = oidc.is_on() and factors.came_by_service(request)
    form = ConfirmForm(request.POST or None, user=request.user)
    if not by_service and form.is_valid():
        reauthenticate_by_password(request)
        return redirect(where)
    service = settings.OIDC["name"] if by_service else ""
    context = {"form": form, "where": where, "asked_service": service}
    return render(request, "account/confirm.html", context)
