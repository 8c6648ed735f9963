"""審査: remarks, verdicts and decisions of the policy office."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.permissions import Hidden, Permission
from core.workflow import Conflict, NotNow
from departments.access import requires
from goals.actions import reviews
from goals.forms.reviews import DecisionForm, ReasonForm, RemarkForm, VerdictForm
from goals.models import OperatingPolicy
from goals.reviewing import review_for, steps_of
from goals.views.fetch import fetch_paper


@requires(Permission.REVIEW_PAPER)
def review(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The paper with its remarks; when it came back, first what changed."""
    paper = fetch_paper(request, year, code)
    found = review_for(request.user, paper)
    is_full = request.GET.get("view") == "full" or found.round is None
    return _page(request, "goals/review.html", paper, "", review=found, is_full=is_full)


@requires(Permission.REVIEW_PAPER)
@require_POST
def begin(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """From now on the department cannot withdraw."""
    paper = fetch_paper(request, year, code)
    return _decide(request, paper, reviews.begin, "審査を始めました。部は引き戻せなくなります。")


@requires(Permission.REVIEW_PAPER)
def remark(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Write a remark; a form with an error is shown on a page of its own."""
    paper = fetch_paper(request, year, code)
    place = {name: request.GET.get(name, "") for name in ("section", "goal")}
    form = RemarkForm(request.POST or None, paper=paper, initial=place)
    if request.method == "POST" and form.is_valid():
        try:
            made = reviews.make_remark(paper=paper, by=request.actor, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "指摘を書きました。差し戻すと、部に届きます。")
            return _to_review(paper, full=True, anchor=f"remark-{made.pk}")
    return _page(request, "goals/review_remark.html", paper, "指摘を書く", form=form)


@requires(Permission.REVIEW_PAPER)
@require_POST
def drop_remark(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """Take back a remark that the department has not seen."""
    paper = fetch_paper(request, year, code)
    dropped = paper.remarks.filter(pk=pk).select_related("paper").first()
    if dropped is None:
        raise Hidden("この指摘はありません。")
    reviews.drop_remark(remark=dropped, by=request.actor)
    messages.success(request, "指摘を取り消しました。")
    return _to_review(paper, full=True)


@requires(Permission.REVIEW_PAPER)
@require_POST
def settle(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Give a verdict on one remark."""
    paper = fetch_paper(request, year, code)
    form = VerdictForm(request.POST, paper=paper)
    if not form.is_valid():
        raise BadRequest("no such remark or verdict")
    judged = form.cleaned_data["remark"]
    if form.cleaned_data["verdict"] == "settled":
        reviews.settle_remarks(remarks=[judged], by=request.actor)
    else:
        reviews.ask_again(remark=judged, by=request.actor)
    is_full = "full" in request.POST
    return _to_review(paper, full=is_full, anchor=f"remark-{judged.pk}")


@requires(Permission.REVIEW_PAPER)
def return_(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """差戻し: with a reason and the remarks that will be told."""
    paper = fetch_paper(request, year, code)
    done = "差し戻しました。部の人に、理由と指摘が表示されます。"
    return _decide_with_reason(request, paper, reviews.return_, "goals/return.html", done)


@requires(Permission.REVIEW_PAPER)
@require_POST
def receive(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """受理."""
    paper = fetch_paper(request, year, code)
    return _decide(request, paper, reviews.receive, "受理しました。")


@requires(Permission.FINALISE_PAPER)
@require_POST
def finalise(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """確定."""
    paper = fetch_paper(request, year, code)
    return _decide(request, paper, reviews.finalise, "確定しました。全庁から読めるようになります。")


@requires(Permission.FINALISE_PAPER)
def reopen(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Open the paper for revision, with a reason."""
    paper = fetch_paper(request, year, code)
    done = "修正のために戻しました。部の人が書けるようになります。"
    return _decide_with_reason(request, paper, reviews.reopen, "goals/reopen.html", done)


def _decide(
    request: HttpRequest, paper: OperatingPolicy, act: Callable[..., None], done: str
) -> HttpResponse:
    form = DecisionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        act(paper=paper, version=version, by=request.actor)
    except (Conflict, NotNow) as refusal:
        return _overtaken(request, paper, refusal)
    messages.success(request, done)
    return _to_review(paper)


def _decide_with_reason(
    request: HttpRequest, paper: OperatingPolicy, act: Callable[..., None], page: str, done: str
) -> HttpResponse:
    form = ReasonForm(request.POST or None, initial={"version": paper.version})
    if request.method == "POST" and form.is_valid():
        try:
            act(paper=paper, by=request.actor, **form.cleaned_data)
        except Conflict as conflict:
            return _overtaken(request, paper, conflict, typed=form.cleaned_data["reason"])
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return _to_review(paper)
    found = review_for(request.user, paper)
    here = "差戻し" if page == "goals/return.html" else "修正のために戻す"
    return _page(request, page, paper, here, review=found, form=form)


def _overtaken(
    request: HttpRequest, paper: OperatingPolicy, refusal: Exception, **typed: Any
) -> HttpResponse:
    """409: what was decided is not done; what has happened meanwhile is shown."""
    context = {"sentence": str(refusal), "steps": steps_of(paper), "typed": "", **typed}
    page = "goals/review_conflict.html"
    return _page(request, page, paper, "先に操作されています", status=409, **context)


def _page(
    request: HttpRequest,
    template: str,
    paper: OperatingPolicy,
    here: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page below the board; ``here`` names it under the review."""
    review_at = reverse("goals:review", args=(paper.year, paper.department.code))
    crumbs = [
        ("提出状況", reverse("goals:board", args=(paper.year,))),
        (f"{paper.department.name}の審査", review_at),
    ]
    context |= {"paper": paper, "crumbs": [*crumbs, (here, "")] if here else crumbs}
    return render(request, template, context, status=status)


def _to_review(paper: OperatingPolicy, *, full: bool = False, anchor: str = "") -> HttpResponse:
    address = reverse("goals:review", args=(paper.year, paper.department.code))
    query, fragment = ("?view=full" if full else ""), (f"#{anchor}" if anchor else "")
    return redirect(f"{address}{query}{fragment}")
