"""施政方針の事業: a department chooses, on one page and with one save, those it carries out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.permissions import Hidden, Permission
from core.workflow import NotNow
from departments.access import requires
from goals.actions import papers
from goals.actions.writing import check_writable
from goals.forms.papers import ProjectsForm
from goals.models import OperatingPolicy
from goals.projects import Undertakings, undertakings
from goals.queries import goals_of
from goals.views.fetch import fetch_paper
from goals.views.papers import place


@requires(Permission.WRITE_PAPER)
def projects(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The projects of the year's speech as a list to tick."""
    paper = fetch_paper(request, year, code)
    rows = undertakings(paper, goals_of(paper))
    if not rows.rows:
        raise Hidden("この年度の施政方針の事業は、まだ登録されていません。")
    if request.method == "POST":
        return _save(request, paper, rows)
    check_writable(paper)
    return show(request, paper, rows, _listed(rows))


def _save(request: HttpRequest, paper: OperatingPolicy, rows: Undertakings) -> HttpResponse:
    form = ProjectsForm(request.POST, rows=rows)
    if not form.is_valid():
        sentence = "一覧が変わりました。もう一度選んでください。"
        return show(request, paper, rows, _listed(rows), sentence, status=409)
    chosen = form.cleaned_data["projects"]
    try:
        papers.save_projects(
            paper=paper, seen=form.seen_keys(), chosen=list(chosen), by=request.actor
        )
    except NotNow as refusal:
        ticked = {project.pk for project in chosen}
        return show(request, paper, rows, ticked, str(refusal), status=409)
    messages.success(request, "施政方針の事業を保存しました。")
    return redirect(place(paper, "projects"))


def _listed(rows: Undertakings) -> set[int]:
    return {row.project.pk for row in rows.rows if row.is_listed}


def show(
    request: HttpRequest,
    paper: OperatingPolicy,
    rows: Undertakings,
    ticked: set[int],
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"paper": paper, "rows": rows, "ticked": ticked, "sentence": sentence}
    return render(request, "goals/projects.html", context, status=status)
