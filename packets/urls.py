"""Addresses of this room."""

from django.urls import path

from packets import views

app_name = "packets"
urlpatterns = [
    path("<int:year>/", views.list_, name="list"),
    path("<int:year>/<slug:code>/", views.preview, name="preview"),
    path("<int:year>/<slug:code>/build/", views.build, name="build"),
    path("<int:year>/<slug:code>/files/<int:pk>/", views.file, name="file"),
    path("<int:year>/<slug:code>/files/<int:pk>/download/", views.download, name="download"),
]
