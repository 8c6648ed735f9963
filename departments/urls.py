"""Sign-in. The names are those under which allauth finds them."""

from django.urls import path

from departments import views

urlpatterns = [
    path("signin/", views.sign_in, name="account_login"),
    path("signout/", views.sign_out, name="account_logout"),
    path("password/", views.change_password, name="account_change_password"),
    path("account/sessions/", views.sessions, name="account_sessions"),
    path("account/sessions/end/", views.end, name="account_end_session"),
    path("account/session/", views.session, name="account_session"),
]
