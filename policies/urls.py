"""Addresses of the mayor's policy."""

from django.urls import path

from policies.views import alignments, documents, editions, plans

app_name = "policies"
urlpatterns = [
    path("", documents.newest, name="newest"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.new, name="plan_new"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("<int:year>/", documents.detail, name="detail"),
    path("<int:year>/speech/", documents.speech, name="speech"),
    path("<int:year>/changes/", alignments.changes, name="changes"),
    path("<int:year>/alignment/", alignments.alignment, name="alignment"),
    path("<int:year>/editions/", editions.editions, name="editions"),
    path("<int:year>/editions/<int:number>/", editions.edition, name="edition"),
]
