"""Addresses of this room."""

app_name = "goals"
urlpatterns: list = []
