"""Addresses of the mayor's policy."""

from django.urls import path

from policies.views import documents

app_name = "policies"
urlpatterns = [
    path("", documents.newest, name="newest"),
    path("<int:year>/", documents.detail, name="detail"),
]
