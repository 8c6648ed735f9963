"""What allauth asks of us: nobody signs up, and every sign-in and failure leaves a line."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import audit
from core.middleware import address_of
from departments.access import actor_of
from departments.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Local accounts, made by the administrator."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "職員番号かパスワードが違います。もう一度入力してください。",
        "too_many_login_attempts": "続けて間違えたため、しばらくログインできません。10分たってから、もう一度試してください。"
        "急ぐときは、システム管理者へ連絡してください。",
        "account_inactive": "この職員番号は使えません。システム管理者へ連絡してください。",
    }

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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """One person at one address: nobody locks a colleague out, and no city its own people."""
        person: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{person}:{address_of(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._anywhere.rollback()

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        audit.record("sign-in", by=actor_of(request), label=user.name, subject=user)

    def logout(self, request: HttpRequest) -> None:
        by = actor_of(request)
        if by.user:
            audit.record("sign-out", by=by, label=by.user.name, subject=by.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        audit.record("password", by=audit.Actor(user=user), label=user.name, subject=user)

    def authentication_failed(self, request: HttpRequest, **credentials: str) -> None:
        by = audit.Actor(address=address_of(request))
        audit.record("sign-in.failed", by=by, label=credentials.get("username", "")[:30])

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        context = {"sentence": self.error_messages["account_inactive"]}
        return render(request, "403.html", context, status=403)
