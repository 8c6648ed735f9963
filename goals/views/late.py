"""A text that came too late: refused with the reason, kept, handed over, taken in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.audit import Actor
from core.permissions import Hidden, Permission
from core.workflow import NotNow
from departments.access import actor_of, requires
from goals import late, trail
from goals.actions import goals as goal_actions
from goals.actions import late as actions
from goals.actions.writing import check_writable
from goals.forms.goals import typed_indicator_rows
from goals.forms.late import KeptTextForm
from goals.forms.papers import BasicsForm, RemarkAnswerForm, ResponseForm
from goals.late import Loss, Typed
from goals.models import Goal, KeptText, OperatingPolicy, Response
from goals.projects import undertakings
from goals.queries import goals_of, owed_section
from goals.reach import texts_for
from goals.sheets import BASICS
from goals.views import goals as goal_views
from goals.views import papers as paper_views
from goals.views import projects as project_views
from goals.views.fetch import fetch_goal, fetch_paper, fetch_remark


def keep_what_was_typed(request: HttpRequest) -> HttpResponse | None:
    """403 with the reason and the text, for one whose post has ended; None for everybody else."""
    match = request.resolver_match
    loss = late.loss_behind(request.user, match)
    if loss is None:
        return None
    try:
        typed = late.typed_on(loss.paper, match, request.POST)
    except Hidden:
        return None
    by = actor_of(request, loss.holding)
    sentence = f"{loss.reason}、{'保存' if typed else 'この操作は'}できませんでした。"
    refusal = actions.Refusal(request.path, sentence)
    context = {
        "loss": loss,
        "paper": loss.paper,
        "sentence": sentence,
        "typed": typed,
        "texts": late.words(typed.content) if typed else [],
        "kept": _kept(loss, typed, refusal, by),
        "note": f"note-{match.kwargs.get('path', match.url_name)}",
    }
    page = "goals/_late_note.html" if request.htmx else "goals/late.html"
    return render(request, page, context, status=403)


def _kept(loss: Loss, typed: Typed | None, refusal: actions.Refusal, by: Actor) -> KeptText | None:
    """The text on the server; None where there is none or it is too long."""
    if typed is None or typed.is_blank or typed.problems:
        actions.refuse(refusal=refusal, part="", by=by)
        return None
    return actions.keep(
        paper=loss.paper,
        part=typed.part,
        label=typed.label,
        content=typed.content,
        typed=typed.fields,
        refusal=refusal,
        by=by,
    )


@requires(Permission.LEAVE_TEXT)
def own_texts(request: HttpRequest) -> HttpResponse:
    """残っている文（自分だけ）: to hand over, or to drop."""
    rows = late.texts_of(request.user)
    if request.method == "POST":
        return _decide(request, [kept for kept, _ in rows])
    texts = [{"kept": kept, "loss": loss, "texts": late.words(kept.content)} for kept, loss in rows]
    return render(request, "goals/own_texts.html", {"rows": texts})


def _decide(request: HttpRequest, own: list[KeptText]) -> HttpResponse:
    form = KeptTextForm(request.POST, own=own)
    if not form.is_valid():
        messages.warning(request, actions.GONE)
        return redirect("goals:own_texts")
    kept, act = form.cleaned_data["kept"], form.cleaned_data["act"]
    try:
        (actions.share if act == "share" else actions.discard)(kept=kept, by=request.actor)
    except NotNow as refusal:
        messages.warning(request, str(refusal))
    else:
        to = f"{kept.paper.department.name}の人が読めるようになりました。"
        done = f"後任へ渡しました。{to}" if act == "share" else "捨てました。"
        messages.success(request, f"「{kept.label}」を{done}")
    return redirect("goals:own_texts")


# Taking a text in


@requires(Permission.WRITE_GOAL)
def kept_text(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """The form of its place with a kept text in it, beside what is stored; saves nothing."""
    paper = fetch_paper(request, year, code)
    kept = next((row for row in texts_for(request.user, paper) if row.pk == pk), None)
    if kept is None:
        raise Hidden("この文はありません。")
    kind, _, name = kept.part.partition("/")
    if not kept.typed or kind not in PLACES:  # of a conflict: to be copied from the list
        return redirect("goals:conflicts", year, code)
    check_writable(paper)
    try:
        return PLACES[kind](request, paper, kept, name)
    except Hidden:
        raise NotNow("この文を書いた箇所は、いまは書けません。文は写して使えます。") from None


def _to_response(
    request: HttpRequest, paper: OperatingPolicy, kept: KeptText, name: str
) -> HttpResponse:
    section = owed_section(paper, name)
    context = paper_views.place_of(request, paper, section)
    stored = context["response"] or Response(version=0)
    theirs = {field: getattr(stored, field) for field in ("body", "is_not_applicable")}
    data = late.sent_again(kept, version=stored.version)
    context |= _beside(kept, stored, theirs)
    context["form"] = ResponseForm(data, auto_id=f"answer-{section.path}-%s")
    return render(request, "goals/response.html", context)


def _to_basics(
    request: HttpRequest, paper: OperatingPolicy, kept: KeptText, name: str
) -> HttpResponse:
    theirs = {field: getattr(paper, field) for field in BASICS}
    form = BasicsForm(late.sent_again(kept, version=paper.version), instance=OperatingPolicy())
    context = {"paper": paper, "form": form, **_beside(kept, paper, theirs)}
    return render(request, "goals/basics.html", context)


def _to_goal(
    request: HttpRequest, paper: OperatingPolicy, kept: KeptText, name: str
) -> HttpResponse:
    goal = _goal_of(request, paper, kept, name)
    data = late.sent_again(kept, version=goal.version if goal else 0)
    form = goal_views.form_of(request, paper, data, instance=goal)
    theirs = goal_actions.goal_record(goal) if goal else {}
    more = _beside(kept, goal or Goal(paper=paper), theirs)
    return goal_views.show(request, paper, goal, form, typed_indicator_rows(data), **more)


def _goal_of(
    request: HttpRequest, paper: OperatingPolicy, kept: KeptText, name: str
) -> Goal | None:
    """The goal that the text is about; None for a new one that nobody has added yet."""
    kind, _, key = name.partition("/")
    if kind != "new":
        return fetch_goal(request, paper, int(kind))
    added = goals_of(paper).filter(key=key).first() if key else None
    return fetch_goal(request, paper, added.pk) if added else None


def _to_remark(
    request: HttpRequest, paper: OperatingPolicy, kept: KeptText, name: str
) -> HttpResponse:
    remark = fetch_remark(request, paper, int(name))
    form = RemarkAnswerForm.of(remark, late.sent_again(kept, seen=remark.answer))
    context = {"paper": paper, "remark": remark, "form": form, "kept": kept, "stored": remark}
    return render(request, "goals/remark_answer.html", context)


def _to_projects(
    request: HttpRequest, paper: OperatingPolicy, kept: KeptText, name: str
) -> HttpResponse:
    """What was ticked and unticked then, done to what is ticked now."""
    rows = undertakings(paper, goals_of(paper))
    sent = {field: {int(pk) for pk in kept.typed.get(field, ())} for field in ("projects", "seen")}
    listed = {row.project.pk for row in rows.rows if row.is_listed}
    ticked = listed - (sent["seen"] - sent["projects"]) | sent["projects"] - sent["seen"]
    who = f"{kept.written_by.name}さんが選んだ内容です。確かめて保存してください。"
    return project_views.show(request, paper, rows, ticked, who)


def _beside(kept: KeptText, stored: Any, theirs: dict[str, Any]) -> dict[str, Any]:
    """What the page shows above the form: the two texts, and whose they are."""
    return {"kept": kept, "stored": stored, "changes": trail.changes(theirs, kept.content)}


Place = Callable[[HttpRequest, OperatingPolicy, KeptText, str], HttpResponse]
PLACES: dict[str, Place] = {
    "response": _to_response,
    "basics": _to_basics,
    "goal": _to_goal,
    "remark": _to_remark,
    "projects": _to_projects,
}
"""Which form takes a text in, by the beginning of its part."""
