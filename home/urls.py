"""Pages over all rooms."""

from django.urls import path

from home.views import audit, charges, rights, today

app_name = "home"
urlpatterns = [
    path("", today.today, name="today"),
    path("audit/", audit.lines, name="audit"),
    path("audit/check/", audit.check, name="audit_check"),
    path("audit/export/", audit.export, name="audit_export"),
    path("rights/", rights.person, name="rights"),
    path("rights/papers/", rights.paper, name="rights_paper"),
    path("charges/<int:year>/", charges.page, name="charges"),
    path("charges/<int:year>/edit/", charges.edit, name="charges_edit"),
    path("charges/<int:year>/copy/", charges.copy, name="charges_copy"),
    path("charges/<int:year>/people/<int:pk>/", charges.person, name="charges_person"),
]
