"""Addresses of this room."""

from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [
    path("spring/", views.index, name="spring"),
    path("spring/template/", views.template, name="spring_template"),
    path("spring/present/", views.present, name="spring_present"),
    path("spring/<int:pk>/", views.detail, name="spring_import"),
    path("spring/<int:pk>/run/", views.run, name="spring_run"),
    path("spring/<int:pk>/apply/", views.apply, name="spring_apply"),
    path("spring/<int:pk>/discard/", views.discard, name="spring_discard"),
    path("spring/<int:pk>/undo/", views.undo, name="spring_undo"),
]
