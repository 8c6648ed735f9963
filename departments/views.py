"""Sign-in, sign-out, password."""

from allauth.account.views import LoginView, LogoutView, PasswordChangeView

from core.permissions import Permission
from departments.access import public, requires


class ChangePassword(PasswordChangeView):
    success_url = "/"


sign_in = public(LoginView.as_view())
sign_out = public(LogoutView.as_view())
change_password = requires(Permission.ENTER)(ChangePassword.as_view())
