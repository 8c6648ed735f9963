"""権限を調べる: a person's rights on a day, and who may do what to a paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.permissions import Permission
from departments.access import requires
from home.forms.rights import PaperForm, PersonForm, asked
from home.rights import ASKED, rights_of, rights_on


@requires(Permission.EDIT_PEOPLE)
def person(request: HttpRequest) -> HttpResponse:
    """Every post that counts on the day, and all that it gives."""
    form = asked(PersonForm, request.GET, "person")
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "chosen": chosen,
        "rights": rights_of(chosen["person"], chosen["day"]) if chosen else None,
        "today": clock.today(),
    }
    return render(request, "home/rights.html", context)


@requires(Permission.EDIT_PEOPLE)
def paper(request: HttpRequest) -> HttpResponse:
    """Who may read, write, submit and review a paper on the day."""
    form = asked(PaperForm, request.GET, "year")
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "chosen": chosen,
        "rights": rights_on(**chosen) if chosen else None,
        "columns": ASKED.values(),
        "today": clock.today(),
    }
    return render(request, "home/rights_paper.html", context)
