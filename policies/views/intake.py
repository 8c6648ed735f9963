"""Taking in a document of the mayor: a file or a paste."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.permissions import Permission
from core.workflow import Conflict, NotNow
from departments.access import requires
from policies.actions.manuscripts import take_in
from policies.actions.publishing import PolicyProblem
from policies.forms.manuscripts import IntakeForm
from policies.models import Manuscript
from policies.parsing import parse
from policies.queries.manuscripts import manuscript_of


@requires(Permission.WRITE_POLICY)
def intake(request: HttpRequest) -> HttpResponse:
    """The form; what was read goes to the reading page, or back into the field."""
    if request.method != "POST":
        asked = {name: request.GET[name] for name in ("kind", "year") if name in request.GET}
        return _show(request, IntakeForm(initial=asked))
    form = IntakeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form)
    read = form.cleaned_data
    parsed = parse(read["source"])
    place = {"kind": read["kind"], "year": read["year"] or parsed.year}
    try:
        manuscript = take_in(
            parsed=parsed,
            **place,
            file_name=read["file_name"],
            replacing=read["replacing"],
            by=request.actor,
        )
    except PolicyProblem as problem:
        return _again(request, form, str(problem))
    except (NotNow, Conflict) as refusal:
        return _again(request, form, str(refusal), stored=manuscript_of(**place))
    messages.success(request, f"{manuscript.file_name or '文書'}を取り込みました。")
    return redirect("policies:manuscript", manuscript.year, manuscript.kind)


def _again(
    request: HttpRequest, form: IntakeForm, sentence: str, stored: Manuscript | None = None
) -> HttpResponse:
    """The form with all that was given: the text of a file stands in the field now.

    ``stored``: the manuscript that is there already; the office may put the new text in its place.
    """
    given = request.POST.copy()
    given["text"] = form.cleaned_data["source"]
    given["file_name"] = form.cleaned_data["file_name"]
    given["replacing"] = str(stored.version) if stored else ""
    again = IntakeForm(given)
    again.is_valid()
    again.add_error("year" if "年度" in sentence and not stored else None, sentence)
    return _show(request, again, stored, status=409 if stored else 200)


def _show(
    request: HttpRequest, form: IntakeForm, stored: Manuscript | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "stored": stored}
    return render(request, "policies/manuscripts/intake.html", context, status=status)
