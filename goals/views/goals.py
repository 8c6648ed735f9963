"""The goals (組織目標) of a paper: add, edit, order, take off, copy from last year."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.permissions import Hidden, Permission
from core.workflow import Conflict, NotNow
from departments.access import requires
from departments.queries import authority
from goals import trail
from goals.actions import goals
from goals.actions.writing import check_writable
from goals.earlier import DivisionsNow, continued_sections
from goals.forms.copying import CopyForm
from goals.forms.goals import GoalForm, indicator_rows, one_more_row, typed_indicator_rows
from goals.forms.papers import MoveForm, RemoveForm
from goals.models import Goal, OperatingPolicy
from goals.projects import projects_to_choose
from goals.queries import goal_on, goals_of, goals_of_all, owed_sections
from goals.reach import reach, writes
from goals.views.fetch import act_on_goal, fetch_goal, fetch_paper
from goals.views.page import last_year
from goals.views.papers import place


@requires(Permission.WRITE_GOAL)
def new(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """An empty goal, tied to the item from which the person came."""
    paper = fetch_paper(request, year, code)
    if request.method == "POST":
        return _save(request, paper, None)
    check_writable(paper)
    holding = authority(request.user, request.permission, paper.target, year=year)
    asked = owed_sections(year).filter(path=request.GET.get("section", ""))
    initial = {"lead_division": holding.division_id, "sections": list(asked)}
    named = request.GET.get("project", "")
    initial["projects"] = list(projects_to_choose(paper).filter(path=named)) if named else []
    return show(request, paper, None, form_of(request, paper, initial=initial), indicator_rows())


@requires(Permission.WRITE_GOAL)
def edit(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """A goal with its indicators and links."""
    paper = fetch_paper(request, year, code)
    goal = fetch_goal(request, paper, pk)
    if request.method == "POST":
        return _save(request, paper, goal)
    check_writable(paper)
    return show(request, paper, goal, form_of(request, paper, instance=goal), indicator_rows(goal))


def form_of(request: HttpRequest, paper: OperatingPolicy, *typed: Any, **more: Any) -> GoalForm:
    """The form; a chief chooses among the divisions that are his."""
    return GoalForm(*typed, paper=paper, led_by=reach(request.user, paper).divisions, **more)


def show(
    request: HttpRequest,
    paper: OperatingPolicy,
    goal: Goal | None,
    form: GoalForm,
    rows: Any,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = {"paper": paper, "goal": goal, "form": form, "rows": rows, **more}
    return render(request, "goals/goal_form.html", context, status=status)


def _save(request: HttpRequest, paper: OperatingPolicy, goal: Goal | None) -> HttpResponse:
    if "add_row" in request.POST:
        form = form_of(request, paper, request.POST, instance=goal)
        return show(request, paper, goal, form, typed_indicator_rows(one_more_row(request.POST)))
    form = form_of(request, paper, request.POST, instance=goal)
    rows = typed_indicator_rows(request.POST)
    if not (form.is_valid() & rows.is_valid()):
        return show(request, paper, goal, form, rows)
    act_on_goal(request, Goal(paper=paper, lead_division=form.cleaned_data["lead_division"]))
    try:
        saved = goals.save_goal(
            paper=paper,
            goal=goal,
            version=form.cleaned_data["version"],
            values=form.values(),
            indicators=rows.values(),
            key=None if goal else form.cleaned_data["key"],
            by=request.actor,
        )
    except Conflict:
        return _both(request, paper, goal, form, rows)
    except NotNow as refusal:
        form.add_error(None, str(refusal))
        return show(request, paper, goal, form, rows, status=409)
    return redirect(place(paper, f"goal-{saved.pk}"))


def _both(
    request: HttpRequest, paper: OperatingPolicy, goal: Goal | None, form: GoalForm, rows: Any
) -> HttpResponse:
    """Somebody saved first: what differs, above the form with what was typed."""
    key = form.cleaned_data["key"]
    stored = goal_on(paper, goal.pk) if goal else goals_of(paper).get(key=key)
    if not writes(request.user, stored):
        raise NotNow(
            "この目標は、ほかの課の目標になりました。書いた文は「残っている文」にあります。"
        )
    theirs = goals.goal_record(stored)
    mine = goals.record_of(form.values(), rows.values())
    typed = request.POST.copy()
    typed["version"] = str(stored.version)
    return show(
        request,
        paper,
        stored,
        form_of(request, paper, typed, instance=stored),
        rows,
        status=409,
        stored=stored,
        changes=trail.changes(theirs, mine),
    )


@requires(Permission.WRITE_GOAL)
def remove(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """Take a goal off the paper, after a question."""
    paper = fetch_paper(request, year, code)
    goal = fetch_goal(request, paper, pk)
    form = RemoveForm(request.POST or None, initial={"version": goal.version})
    if request.method == "POST" and form.is_valid():
        goals.remove_goal(goal=goal, version=form.cleaned_data["version"], by=request.actor)
        messages.success(request, f"目標「{goal.title}」を取り消しました。")
        return redirect(place(paper, "goals"))
    check_writable(paper)
    return render(request, "goals/goal_remove.html", {"paper": paper, "goal": goal, "form": form})


@requires(Permission.WRITE_PAPER)
@require_POST
def move(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """Up or down in the order of weight."""
    paper = fetch_paper(request, year, code)
    goal = goal_on(paper, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        goals.move_goal(goal=goal, step=form.cleaned_data["step"], by=request.actor)
    return redirect(place(paper, f"goal-{pk}"))


@requires(Permission.WRITE_GOAL)
def copy(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Choose among last year's goals and copy them."""
    paper = fetch_paper(request, year, code)
    sources = last_year(request, paper)
    if not sources:
        raise Hidden("昨年度の運営方針書はありません。")
    reached = reach(request.user, paper)
    now = DivisionsNow(paper, led_by=reached.divisions)
    old = [goal for goal in goals_of_all(sources) if now.may_copy(goal)]
    offered = Goal.objects.filter(pk__in=[goal.pk for goal in old])
    proposed = continued_sections(owed_sections(year), year, old)
    form = CopyForm(request.POST or None, queryset=offered, proposed=proposed)
    if request.method == "POST" and form.is_valid():
        count = goals.copy_goals(
            paper=paper,
            sources=sources,
            chosen=list(form.cleaned_data["goals"]),
            sections=form.sections(),
            led_by=now.led_by,
            by=request.actor,
        )
        messages.success(
            request, f"昨年度の目標を{count}件写しました。今年度の内容に直してください。"
        )
        return redirect(place(paper, "goals"))
    check_writable(paper)
    present = set(paper.goals.filter(is_removed=False).values_list("title", flat=True))
    groups = form.groups(sources, old, present, now)
    context = {"paper": paper, "sources": sources, "form": form, "groups": groups}
    context["names"] = reached.names
    return render(request, "goals/goal_copy.html", context)
