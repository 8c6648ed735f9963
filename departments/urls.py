"""Sign-in. The names are those under which allauth finds them."""

from django.urls import path

from departments.views import second_factor, service, sessions, sign_in

urlpatterns = [
    path("signin/", sign_in.sign_in, name="account_login"),
    path("signin/code/", sign_in.code, name="mfa_authenticate"),
    path("signin/service/", service.begin, name="account_service"),
    path("signin/service/callback/", service.finish, name="account_service_callback"),
    path("signout/", sign_in.sign_out, name="account_logout"),
    path("password/", sign_in.change_password, name="account_change_password"),
    path("account/sessions/", sessions.sessions, name="account_sessions"),
    path("account/sessions/end/", sessions.end, name="account_end_session"),
    path("account/session/", sessions.session, name="account_session"),
    path("account/confirm/", second_factor.confirm, name="account_reauthenticate"),
    path("account/second-factor/", second_factor.overview, name="account_second_factor"),
    path("account/second-factor/app/", second_factor.set_up_app, name="account_set_up_app"),
    path("account/second-factor/key/", second_factor.add_key, name="account_add_key"),
    path("account/second-factor/remove/", second_factor.remove, name="account_remove_factor"),
    path("account/second-factor/codes/", second_factor.codes, name="account_recovery_codes"),
    path("account/second-factor/codes/file/", second_factor.save_codes, name="account_save_codes"),
]
