"""All addresses: one line for each room."""

from django.contrib import admin
from django.urls import include, path

from core.views import healthz
from departments.access import public

# Only where pages are served: a command has no use for the tables of the admin and for what reads
# and writes Excel, which take a third of the time and memory of its start.
admin.autodiscover()

urlpatterns = [
    path("", include("home.urls")),
    path("", include("departments.urls")),
    path("policies/", include("policies.urls")),
    path("papers/", include("goals.urls")),
    path("interviews/", include("interviews.urls")),
    path("packets/", include("packets.urls")),
    path("exchange/", include("exchange.urls")),
    path("admin/", admin.site.urls),
    path("healthz", public(healthz), name="healthz"),
]
