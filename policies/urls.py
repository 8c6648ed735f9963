"""Addresses of the mayor's policy."""

from django.urls import path

from policies.views import documents, editions

app_name = "policies"
urlpatterns = [
    path("", documents.newest, name="newest"),
    path("<int:year>/", documents.detail, name="detail"),
    path("<int:year>/editions/", editions.editions, name="editions"),
    path("<int:year>/editions/<int:number>/", editions.edition, name="edition"),
]
