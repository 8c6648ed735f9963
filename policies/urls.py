"""Addresses of the mayor's policy."""

from django.urls import path

from policies.views import (
    alignments,
    documents,
    editions,
    intake,
    issuing,
    manuscripts,
    plans,
)

app_name = "policies"
urlpatterns = [
    path("", documents.newest, name="newest"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.new, name="plan_new"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("intake/", intake.intake, name="intake"),
    path("<int:year>/manuscripts/<str:kind>/", manuscripts.manuscript, name="manuscript"),
    path("<int:year>/manuscripts/<str:kind>/edit/", manuscripts.edit, name="edit"),
    path("<int:year>/manuscripts/<str:kind>/undo/", manuscripts.undo, name="undo"),
    path("<int:year>/manuscripts/<str:kind>/redo/", manuscripts.redo, name="redo"),
    path("<int:year>/manuscripts/<str:kind>/doubt/", manuscripts.doubt, name="doubt"),
    path("<int:year>/manuscripts/<str:kind>/details/", manuscripts.details, name="details"),
    path("<int:year>/manuscripts/<str:kind>/share/", manuscripts.share, name="share"),
    path("<int:year>/manuscripts/<str:kind>/issue/", issuing.issue, name="issue"),
    path("<int:year>/manuscripts/<str:kind>/discard/", manuscripts.discard, name="discard"),
    path("<int:year>/", documents.detail, name="detail"),
    path("<int:year>/speech/", documents.speech, name="speech"),
    path("<int:year>/changes/", alignments.changes, name="changes"),
    path("<int:year>/alignment/", alignments.alignment, name="alignment"),
    path("<int:year>/editions/", editions.editions, name="editions"),
    path("<int:year>/editions/<int:number>/", editions.edition, name="edition"),
]
