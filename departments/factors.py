"""二段階認証: which second factors a person has, and who must have one (ADR 0021)."""

import time
from typing import cast

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from core.workflow import NotNow
from departments.models import User
from departments.queries import all_holdings

APP, KEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
CODES = Authenticator.Type.RECOVERY_CODES
WORDS = {APP: "認証アプリ", KEY: "セキュリティキー", CODES: "予備コード"}
SERVICE = "service"
"""The way of a sign-in through the city's own sign-in service (OpenID Connect)."""
LAST = (
    "いまの職では二段階認証が要るため、最後の一つは外せません。"
    "先に、ほかの認証アプリかセキュリティキーを設定してください。"
)


def factors_of(user: User) -> QuerySet[Authenticator]:
    """The app and the keys of ``user``; recovery codes alone are no second factor."""
    rows = Authenticator.objects.filter(user=user, type__in=(APP, KEY))
    return rows.order_by("-type", "created_at", "pk")


def name_of(factor: Authenticator) -> str:
    """セキュリティキー（机の中の鍵）; 認証アプリ."""
    word = WORDS[Authenticator.Type(factor.type)]
    return f"{word}（{factor.data['name']}）" if factor.type == KEY else word


def codes_of(user: User) -> list[str]:
    """The recovery codes of ``user`` that are not used yet."""
    row = Authenticator.objects.filter(user=user, type=CODES).first()
    return row.wrap().get_unused_codes() if row else []


def must_have(user: User) -> bool:
    """Whether a post that ``user`` holds, as known today, asks for a second factor."""
    asking = settings.SECOND_FACTOR_POSTS
    return bool(asking) and any(holding.post in asking for holding in all_holdings(user))


def is_owed(request: HttpRequest) -> bool:
    """Whether the person of the request must set one up before anything else."""
    user = cast(User, request.user)
    if not must_have(user) or was_asked_by_service(request, user):
        return False
    return not factors_of(user).exists()


def check_removable(factor: Authenticator) -> None:
    """Raises NotNow where ``factor`` is the last one of somebody who must have one."""
    others = factors_of(factor.user).exclude(pk=factor.pk)
    if must_have(factor.user) and not others.exists():
        raise NotNow(LAST)


# How the session began


def came_by_service(request: HttpRequest) -> bool:
    """Whether the city's own sign-in service told who this is."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == SERVICE for record in records)


def was_asked_by_service(request: HttpRequest, user: User) -> bool:
    """Whether that service has asked for a second factor itself (``amr`` of its answer)."""
    records = get_authentication_records(request, user)
    return any(record["method"] == SERVICE and record.get("is_mfa") for record in records)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has shown within the last minutes who sits there."""
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0)
    return time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT


def can_use_keys(request: HttpRequest) -> bool:
    """Whether browsers let this address use keys: https, or the machine itself by its name."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    is_name = not host.replace(".", "").isdigit() and "[" not in host
    return is_name and (request.is_secure() or host == "localhost")
