"""昨年度からの変更: read by everybody, confirmed by the office."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.permissions import Permission
from core.workflow import Conflict, NotNow
from departments.access import requires
from departments.queries import may
from policies.actions.alignments import confirm
from policies.forms.alignments import AlignmentForm
from policies.queries.alignments import Comparison, comparison
from policies.queries.documents import policy_years


@requires(Permission.READ_POLICY)
def changes(request: HttpRequest, year: int) -> HttpResponse:
    """What is the same, reworded, new and gone."""
    found = comparison(year)
    if found is None:
        return _missing(request, year)
    can_confirm = may(request.user, Permission.WRITE_POLICY)
    context = {"comparison": found, "parts": found.parts, "can_confirm": can_confirm}
    return render(request, "policies/alignment/changes.html", context)


@requires(Permission.WRITE_POLICY)
def alignment(request: HttpRequest, year: int) -> HttpResponse:
    """The office chooses for each section which one of last year's it continues."""
    found = comparison(year)
    if found is None:
        return _missing(request, year)
    if request.method != "POST":
        return _show(request, found)
    form = AlignmentForm(request.POST, comparison=found)
    if not form.is_valid():
        raise NotNow("この画面は古くなっています。画面を開き直してください。")
    if "look" in request.POST:
        return _show(request, comparison(year, form.pairs()), is_chosen=True)
    try:
        count = confirm(
            year=year, pairs=form.pairs(), state=form.cleaned_data["state"], by=request.actor
        )
    except Conflict as refusal:
        fresh = comparison(year, form.pairs())
        return _show(request, fresh, status=409, is_chosen=True, sentence=str(refusal))
    messages.success(request, f"昨年度との対応を{count}項について確定しました。")
    return redirect("policies:changes", year)


def _show(
    request: HttpRequest, found: Comparison, status: int = 200, **more: object
) -> HttpResponse:
    context = {"comparison": found, "form": AlignmentForm(comparison=found), **more}
    return render(request, "policies/alignment/confirm.html", context, status=status)


def _missing(request: HttpRequest, year: int) -> HttpResponse:
    context = {"year": year, "years": policy_years()}
    return render(request, "policies/alignment/missing.html", context, status=404)
