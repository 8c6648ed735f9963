"""Addresses of the interviews."""

from django.urls import path

from interviews import views

app_name = "interviews"
urlpatterns = [
    path("<int:year>/", views.list_, name="list"),
    path("<int:year>/new/", views.new, name="new"),
    path("<int:year>/<int:pk>/", views.edit, name="edit"),
    path("<int:year>/<int:pk>/cancel/", views.cancel, name="cancel"),
]
