"""Addresses of this room."""

from django.urls import path

from packets.views import files, lists, papers

app_name = "packets"
urlpatterns = [
    path("<int:year>/", lists.departments, name="list"),
    path("<int:year>/days/", lists.days, name="days"),
    path("<int:year>/days/<int:interviewer>/<str:day>/build/", papers.build_day, name="build_day"),
    path("<int:year>/book/", lists.book, name="book"),
    path("<int:year>/sheets/", lists.sheets, name="sheets"),
    path("<int:year>/sheets/<slug:sheet>/", papers.sheet, name="sheet"),
    path(
        "<int:year>/sheets/timetable/<int:interviewer>/<str:day>/",
        papers.timetable,
        name="timetable",
    ),
    path("<int:year>/files/", lists.build_left, name="build_left"),
    path("<int:year>/files/<int:pk>/", files.file, name="file"),
    path("<int:year>/files/<int:pk>/download/", files.download, name="download"),
    path("<int:year>/files/<int:pk>/stop/", files.stop, name="stop"),
    path("<int:year>/files/<int:pk>/again/", files.again, name="again"),
    path("<int:year>/<slug:code>/", papers.preview, name="preview"),
    path("<int:year>/<slug:code>/build/", papers.build, name="build"),
]
