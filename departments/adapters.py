"""What allauth asks of us: nobody signs up, and every sign-in and failure leaves a line."""

import base64
import datetime as dt
import hashlib
import logging
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import audit, clock
from core.middleware import address_of
from core.years import format_date, format_time
from departments import factors
from departments.access import actor_of
from departments.actions import drop_sessions
from departments.machines import machine_of
from departments.middleware import OVER
from departments.models import Session, User
from departments.sessions import SessionStore

logger = logging.getLogger(__name__)
FORGOTTEN = dt.timedelta(days=1)
"""After so long a session that ended by itself is swept away."""


class AccountAdapter(DefaultAccountAdapter):
    """Local accounts, made by the administrator."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "職員番号かパスワードが違います。もう一度入力してください。",
        "too_many_login_attempts": "続けて間違えたため、しばらくログインできません。10分たってから、もう一度試してください。"
        "急ぐときは、システム管理者へ連絡してください。",
        "account_inactive": "この職員番号は使えません。システム管理者へ連絡してください。",
        "first_password_over": OVER,
        "incorrect_password": "パスワードが違います。もう一度入力してください。",
        "rate_limited": "続けて間違えたため、しばらく確かめられません。10分たってから、もう一度試してください。",
    }

    def get_login_stages(self) -> list[str]:
        """After the password: the code, and nothing by mail or telephone."""
        return ["departments.stages.CodeStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """No message of allauth's: the page that follows says enough."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Refuse to look at a password after too many wrong ones: here, or from everywhere."""
        try:
            super().pre_authenticate(request, **credentials)
            self._anywhere = ratelimit.consume(
                request,
                app="allauth.account",
                action="login_failed_anywhere",
                key=credentials.get("username", "").lower(),
            )
            if not self._anywhere:
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            self.authentication_failed(request, **credentials)
            raise

    def authenticate(self, request: HttpRequest, **credentials: str) -> User | None:
        """Whom the password names; a first password that was not changed in time names nobody."""
        user: User | None = super().authenticate(request, **credentials)
        if user and user.is_active and user.is_first_password_over:
            self.authentication_failed(request, **credentials)
            raise self.validation_error("first_password_over")
        return user

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """One person at one address: nobody locks a colleague out, and no city its own people."""
        person: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{person}:{address_of(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._anywhere.rollback()

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session that knows the last one; tell the person of it once."""
        Session.objects.filter(expire_date__lt=timezone.now() - FORGOTTEN).delete()
        before = User.objects.get(pk=user.pk)
        super().login(request, user)
        machine = machine_of(request.headers.get("User-Agent", ""))
        store = cast(SessionStore, request.session)
        store.arrive(before, machine=machine, address=address_of(request))
        User.objects.filter(pk=user.pk).update(last_login=clock.now(), failed_sign_ins=0)
        last = (get_authentication_records(request, user) or [{"method": "password"}])[-1]
        Authenticator.objects.filter(pk=last.get("id")).update(last_used_at=clock.now())
        audit.record_all(lines_of_sign_in(user, last), by=actor_of(request))
        tell_of_last_time(request, before)

    def logout(self, request: HttpRequest) -> None:
        by = actor_of(request)
        if by.user:
            audit.record("sign-out", by=by, label=by.user.name, subject=by.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """A password of the person's own: no longer a first one, and no other machine stays in."""
        user.first_password_until = None
        super().set_password(user, password)
        drop_sessions(user, kept=self.request.session.session_key)
        audit.record("password", by=audit.Actor(user=user), label=user.name, subject=user)

    def authentication_failed(self, request: HttpRequest, **credentials: str) -> None:
        name = credentials.get("username", "")
        by = audit.Actor(address=address_of(request))
        User.objects.filter(username__iexact=name).update(failed_sign_ins=F("failed_sign_ins") + 1)
        audit.record("sign-in.failed", by=by, label=name[:30])

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        context = {"sentence": self.error_messages["account_inactive"]}
        return render(request, "403.html", context, status=403)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: in our words, and their secrets not in the clear in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "確認コードが違います。認証アプリのいまの数字を入力してください。",
    }

    def get_totp_issuer(self) -> str:
        return f"{settings.CITY['name']} {settings.CITY['product_name']}"

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        key = str(user.pk).encode()
        return {"id": key, "display_name": user.name, "name": user.username}

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; where the machine's own key is another one by now, one that nobody knows."""
        try:
            return _box().decrypt(encrypted_text).decode()
        except InvalidToken:
            logger.warning("a second factor was stored under another SECRET_KEY")
            return generate_totp_secret()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"departments.factors:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def lines_of_sign_in(user: User, last: dict[str, Any]) -> list[audit.Line]:
    """The sign-in, by which way if not by password; before it the recovery code that was used.

    ``last``: the last thing by which the person has shown who it is.
    """
    is_by_service = last["method"] == factors.SERVICE
    way = {"way": settings.OIDC["name"]} if is_by_service else None
    lines = [audit.Line("sign-in", user.name, user, after=way)]
    if last.get("type") == factors.CODES:
        left = {"left": len(factors.codes_of(user))}
        lines.insert(0, audit.Line("second-factor.recover", user.name, user, after=left))
    return lines


def tell_of_last_time(request: HttpRequest, before: User) -> None:
    """When the person signed in last, and how often somebody failed since."""
    if before.last_login:
        at = timezone.localtime(before.last_login)
        messages.info(request, f"前回のログインは、{format_date(at.date())}{format_time(at)}です。")
    if before.failed_sign_ins:
        messages.warning(
            request,
            f"その後、あなたの職員番号でログインに失敗した操作が{before.failed_sign_ins}回あります。"
            "心当たりがないときは、システム管理者へ連絡してください。",
        )
