"""The mayor's policy as it reads on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core import clock
from core.permissions import Hidden, Permission
from departments.access import requires
from departments.queries import may
from policies.models import Manuscript
from policies.queries.documents import document, has_speech, policy_years
from policies.queries.editions import amendments_of
from policies.queries.manuscripts import manuscripts_of
from policies.queries.speeches import speech_text


@requires(Permission.READ_POLICY)
def newest(request: HttpRequest) -> HttpResponse:
    """To the newest document."""
    years = policy_years()
    return redirect("policies:detail", years[0]) if years else _missing(request, years)


@requires(Permission.READ_POLICY)
def detail(request: HttpRequest, year: int) -> HttpResponse:
    """The document of a year; each item has an address of its own (#1-4)."""
    found, years = document(year), policy_years()
    if found is None:
        return _missing(request, years)
    is_issued = found.policy.is_issued_on(clock.today())
    context = {"document": found, "is_issued": is_issued, "years": years}
    context["editions"] = amendments_of(found.policy)
    context["has_changes"] = year - 1 in years
    context["has_speech"] = has_speech(year)
    context["can_add_plan"] = may(request.user, Permission.EDIT_REFERENCE)
    context["desk"] = _desk(request, year)
    return render(request, "policies/detail.html", context)


@requires(Permission.READ_POLICY)
def speech(request: HttpRequest, year: int) -> HttpResponse:
    """The 施政方針 of a year with its projects marked; each has an address of its own."""
    found = speech_text(year)
    if found is None:
        raise Hidden("この年度の施政方針は、まだ登録されていません。")
    context = {"text": found, "has_policy": year in policy_years()}
    context["can_add_plan"] = may(request.user, Permission.EDIT_REFERENCE)
    context["desk"] = _desk(request, year)
    return render(request, "policies/speech.html", context)


def _desk(request: HttpRequest, year: int) -> list[Manuscript] | None:
    """The manuscripts of the year for who may write them; None for everybody else."""
    return manuscripts_of(year) if may(request.user, Permission.WRITE_POLICY) else None


def _missing(request: HttpRequest, years: list[int]) -> HttpResponse:
    context = {"years": years, "can_write": may(request.user, Permission.WRITE_POLICY)}
    return render(request, "policies/missing.html", context, status=404)
