"""発出 and 改正: a last look at what goes out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.permissions import Permission
from core.workflow import Conflict, NotNow
from departments.access import requires
from policies.actions import manuscripts
from policies.actions.publishing import PolicyProblem
from policies.forms.manuscripts import IssueForm
from policies.models import Edition, Manuscript
from policies.queries.manuscripts import Desk, desk, manuscript_or_hidden
from policies.queries.reading import differences, sheet


@requires(Permission.WRITE_POLICY)
def issue(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """What goes out, with the form; then the document as everybody reads it."""
    found = desk(manuscript_or_hidden(year, kind))
    initial = {"version": found.manuscript.version}
    if not found.is_amendment:
        initial["dated_on"] = found.manuscript.issued_on
    form = IssueForm(request.POST or None, initial=initial, is_amendment=found.is_amendment)
    if request.method != "POST" or not form.is_valid():
        return _show(request, found, form)
    try:
        edition = _issue(request, found, form)
    except PolicyProblem as problem:
        form.add_error(None, str(problem))
        return _show(request, found, form)
    except (NotNow, Conflict) as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form, status=409)
    messages.success(request, f"{edition}を登録しました。" if edition.number else "発出しました。")
    return redirect("policies:detail", year)


def _issue(request: HttpRequest, found: Desk, form: IssueForm) -> Edition:
    return manuscripts.issue(
        manuscript=found.manuscript,
        version=form.cleaned_data["version"],
        dated_on=form.cleaned_data["dated_on"],
        reason=form.cleaned_data.get("reason", ""),
        by=request.actor,
    )


def _show(request: HttpRequest, found: Desk, form: IssueForm, status: int = 200) -> HttpResponse:
    if found.manuscript.kind != Manuscript.Kind.BASIC:
        raise NotNow("施政方針は発出しません。原稿の画面から庁内に見せてください。")
    context = {"sheet": sheet(found), "manuscript": found.manuscript, "form": form}
    context["comparison"] = differences(found)
    return render(request, "policies/manuscripts/issue.html", context, status=status)
