"""Addresses of this room."""

app_name = "packets"
urlpatterns: list = []
