"""署名 of the version that was handed in."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments.access import requires
from goals.actions import signatures
from goals.forms.signatures import SignForm
from goals.views.fetch import fetch_paper
from goals.views.papers import place


@requires(Permission.SIGN_PAPER)
@require_POST
def sign(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Another head of the department signs what was handed in."""
    paper = fetch_paper(request, year, code)
    form = SignForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no version")
    signatures.sign(paper=paper, by=request.actor, **form.cleaned_data)
    messages.success(request, f"第{form.cleaned_data['number']}版に署名しました。")
    return redirect(place(paper, "signatures"))
