"""Addresses of the mayor's policy."""

from django.urls import path

from policies import views

app_name = "policies"
urlpatterns = [
    path("", views.newest, name="newest"),
    path("<int:year>/", views.detail, name="detail"),
]
