"""計画・施策: what departments carry out, and where the mayor's documents name it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core.permissions import Permission
from core.workflow import NotNow
from departments.access import requires
from departments.queries import may
from policies.actions.plans import add_plan
from policies.forms.plans import PlanForm
from policies.queries.plans import named_by, plan_list, plan_with_measures


@requires(Permission.READ_POLICY)
def plans(request: HttpRequest) -> HttpResponse:
    """All plans."""
    can_edit = may(request.user, Permission.EDIT_REFERENCE)
    context = {"plans": plan_list(), "can_edit": can_edit}
    return render(request, "policies/plans/list.html", context)


@requires(Permission.READ_POLICY)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan with its measures and the items of the documents that name it."""
    found = plan_with_measures(pk)
    can_edit = may(request.user, Permission.EDIT_REFERENCE)
    context = {"plan": found, "documents": named_by(found), "can_edit": can_edit}
    return render(request, "policies/plans/detail.html", context)


@requires(Permission.EDIT_REFERENCE)
def new(request: HttpRequest) -> HttpResponse:
    """Register a plan, as a document names it."""
    asked = {name: request.GET.get(name, "") for name in ("name", "short_name")}
    form = PlanForm(request.POST or None, initial=asked | {"first_year": _year(request)})
    if request.method == "POST" and form.is_valid():
        try:
            added = add_plan(**form.values(), by=request.actor)
        except NotNow as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"計画「{added}」を加えました。")
            return redirect(_way_back(request) or reverse("policies:plan", args=(added.pk,)))
    context = {"form": form, "back": _way_back(request)}
    return render(request, "policies/plans/new.html", context)


def _year(request: HttpRequest) -> int | str:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else ""


def _way_back(request: HttpRequest) -> str:
    """The page of this house from which the person came; empty where it is none."""
    asked = request.POST.get("back") or request.GET.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None, require_https=request.is_secure()
    )
    return asked if is_ours and asked.startswith("/") else ""
