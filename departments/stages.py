"""Between the password and the session: the code."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse

from departments.factors import factors_of, was_asked_by_service


class CodeStage(AuthenticateStage):
    """Asks whoever has a second factor for it, but where the city's sign-in service just did.

    What was known of the account at the password is remembered: a password that was changed, an
    account that was closed or a second factor that was taken away meanwhile ends the stage.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        answer: tuple[HttpResponse | None, bool] = super().handle()
        if self.state.get("authentication_required"):
            self.state["known"] = self.login.user.get_session_auth_hash()
        return answer

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        return not was_asked_by_service(request, user) and super()._should_handle(request)

    def is_still_good(self) -> bool:
        user = self.login.user
        if user is None or not user.is_active or user.is_first_password_over:
            return False
        known = self.state.get("known") == user.get_session_auth_hash()
        return known and factors_of(user).exists()
