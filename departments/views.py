"""Sign-in, sign-out, password."""

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.conf import settings

from core.permissions import Permission
from departments.access import public, requires


class SignIn(LoginView):
    """The demonstration shows its people and their password here."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        people = settings.DEMO_PEOPLE if settings.DEMO else []
        password = settings.DEMO_PASSWORD if settings.DEMO else ""
        return super().get_context_data(demo_people=people, demo_password=password, **kwargs)


class ChangePassword(PasswordChangeView):
    success_url = "/"


sign_in = public(SignIn.as_view())
sign_out = public(LogoutView.as_view())
change_password = requires(Permission.ENTER)(ChangePassword.as_view())
