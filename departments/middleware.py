"""Nothing without signing in, and nothing before what is owed: a password of one's own, a second
factor."""

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.middleware import address_of, typed_in, written_in
from departments import held
from departments.access import View
from departments.machines import machine_of
from departments.owed import OPEN_WITH, PASSWORD, owed, show_held

OVER = "最初のパスワードの期限が切れました。システム管理者に、もう一度設定してもらってください。"


class SignedIn(LoginRequiredMiddleware):
    """Ask to sign in, keeping what was typed; note that the session is used."""

    def process_view(self, request, view_func, view_args, view_kwargs):  # type: ignore[no-untyped-def]
        if not request.user.is_authenticated:
            if SESSION_KEY in request.session:  # of an account that is closed by now
                request.session.flush()
            return super().process_view(request, view_func, view_args, view_kwargs)
        if not getattr(view_func, "is_quiet", False):
            agent = request.headers.get("User-Agent", "")
            request.session.touch(machine=machine_of(agent), address=address_of(request))
        if getattr(view_func, "is_public", False) or getattr(view_func, "is_quiet", False):
            return None
        return self.lead(request, owed(request))

    def lead(self, request: HttpRequest, first: str) -> HttpResponse | None:
        """Every page leads to what is owed; a first password not changed in time is void."""
        if not first:
            return None
        if first == PASSWORD and request.user.is_first_password_over:
            logout(request)
            messages.error(request, OVER)
            return redirect("account_login")
        if request.resolver_match.url_name in OPEN_WITH[first]:
            return None
        fields = typed_in(request)
        if written_in(fields):
            late = held.Held(request.get_full_path(), fields, request.user.pk)
            return show_held(request, late, first, status=403)
        return redirect(first)

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponse:
        from departments.views.sign_in import ask_to_sign_in

        fields = typed_in(request)
        if fields and (request.session.owner_id or written_in(fields)):
            return ask_to_sign_in(request, fields)
        return super().handle_no_permission(request, view_func)
