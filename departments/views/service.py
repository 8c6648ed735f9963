"""Sign-in by the city's own sign-in service; 404 where none is configured."""

from functools import wraps

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import perform_login
from allauth.core.internal.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core import audit
from core.audit import Actor
from core.middleware import address_of
from departments import factors, oidc
from departments.access import View, public


def served(view: View) -> View:
    """Only where a service is configured, not too often, and each failure in one sentence."""

    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        if not oidc.is_on():
            raise Http404
        limit = {"app": "allauth.account", "action": "sign_in_service"}
        if too_often := consume_or_429(request, limit_get=True, **limit):
            return too_often
        try:
            return view(request)
        except oidc.Failed as error:
            return refuse(request, error)

    return asked


def refuse(request: HttpRequest, error: oidc.Failed) -> HttpResponse:
    """Back to the sign-in page with the reason, and one line of it."""
    name = settings.OIDC["name"]
    audit.record(
        "sign-in.failed",
        by=Actor(address=address_of(request)),
        label=(error.number or name)[:30],
        after={"way": name, "sentence": str(error)},
    )
    messages.error(request, str(error))
    return redirect("account_login")


@public
@served
def begin(request: HttpRequest) -> HttpResponse:
    """Away to the service."""
    where = request.GET.get("next", "")
    is_here = url_has_allowed_host_and_scheme(where, allowed_hosts=None)
    return redirect(oidc.begin(request, where if is_here else ""))


@public
@served
def finish(request: HttpRequest) -> HttpResponse:
    """Back from the service: the steps that follow are those after a password."""
    answer = oidc.finish(request)
    clear_login(request)
    record_authentication(request, answer.user, factors.SERVICE, is_mfa=answer.is_mfa)
    return perform_login(request, answer.user, redirect_url=answer.where or None)
