"""Addresses of this room."""

app_name = "policies"
urlpatterns: list = []
