"""事務引継ぎ: written by heads who go, read and received by those who come, watched by the office."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from core.permissions import Permission
from core.workflow import Conflict, NotNow
from core.years import format_time
from departments.access import actor_of, requires
from goals.actions import handovers
from goals.forms.handovers import HandOverForm, HandoverForm, ReceiveForm, goals_typed
from goals.handovers import exchanges_in, goals_handed_over, notes_of, own_handover
from goals.models import Handover, OperatingPolicy
from goals.queries import cycle_or_hidden, paper_for
from goals.views.handover_page import desk_of, page_of


def _fetch(request: HttpRequest, year: int, code: str) -> tuple[OperatingPolicy, str]:
    """The paper, if the person may do on it what the view declared, and the title held."""
    paper, holding = paper_for(request.user, request.permission, year, code)
    request.actor = actor_of(request, holding)
    return paper, holding.title


@requires(Permission.READ_INSIDE)
def handover(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What was handed over, what is still open; the successor receives it here."""
    paper, _ = _fetch(request, year, code)
    return render(request, "goals/handover.html", {"paper": paper, "page": page_of(request, paper)})


@requires(Permission.RECEIVE_HANDOVER)
@require_POST
def receive(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The successor has read it."""
    paper, title = _fetch(request, year, code)
    page = page_of(request, paper)
    form = ReceiveForm(request.POST, handovers=page.to_receive)
    seen = form.seen() if form.is_valid() else {}
    try:
        handovers.receive(paper=paper, seen=seen, title=title, by=request.actor)
    except Conflict as refusal:
        context = {"paper": paper, "page": page, "sentence": str(refusal)}
        return render(request, "goals/handover.html", context, status=409)
    messages.success(request, "引継ぎを受けました。")
    return redirect("goals:handover", year, code)


@requires(Permission.HAND_OVER)
def note(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What a head leaves, on the whole paper and on each goal."""
    paper, title = _fetch(request, year, code)
    stored = own_handover(paper, request.user)
    kept = {*notes_of(stored), *goals_typed(request.POST)}
    goals = goals_handed_over(paper, also=kept)
    form = HandoverForm(request.POST or None, handover=stored, goals=goals)
    if request.method != "POST":
        return _desk(request, paper, form)
    if not form.is_valid():
        return _problem(request, paper, form, status=422 if request.htmx else 200)
    try:
        saved = _save(request, paper, title, form)
    except Conflict:
        return _both(request, paper, form)
    return _saved(request, paper, saved)


def _save(request: HttpRequest, paper: OperatingPolicy, title: str, form: HandoverForm) -> Handover:
    return handovers.save_handover(
        paper=paper,
        version=form.cleaned_data["version"],
        title=title,
        body=form.cleaned_data["body"],
        notes=form.notes(),
        by=request.actor,
    )


def _saved(request: HttpRequest, paper: OperatingPolicy, saved: Handover) -> HttpResponse:
    if request.htmx:
        at = format_time(localtime(saved.updated_at)) if saved.updated_at else ""
        context = {"stored": saved, "sentence": f"{at}に保存しました" if at else ""}
        return render(request, "goals/_handover_note.html", context)
    if "hand" in request.POST:
        return redirect("goals:handover_hand", paper.year, paper.department.code)
    messages.success(request, "保存しました。渡すまで、ほかの人は読めません。")
    return redirect("goals:handover_note", paper.year, paper.department.code)


def _desk(
    request: HttpRequest, paper: OperatingPolicy, form: HandoverForm, **context: object
) -> HttpResponse:
    status = 409 if context else 200
    context |= {"paper": paper, "form": form, "desk": desk_of(request, paper, form.handover)}
    return render(request, "goals/handover_note.html", context, status=status)


def _problem(
    request: HttpRequest, paper: OperatingPolicy, form: HandoverForm, status: int
) -> HttpResponse:
    if request.htmx:
        context = {"problem": "".join(form.sentences())}
        return render(request, "goals/_handover_note.html", context, status=status)
    return _desk(request, paper, form)


def _both(request: HttpRequest, paper: OperatingPolicy, form: HandoverForm) -> HttpResponse:
    """The same head saved on another machine first: both texts."""
    if request.htmx:
        return render(request, "goals/_handover_note.html", {"is_overtaken": True}, status=409)
    stored = own_handover(paper, request.user)
    fresh = HandoverForm(request.POST, handover=stored, goals=form.goals)
    fresh.is_valid()
    return _desk(request, paper, fresh.rebased(), changes=fresh.differences())


@requires(Permission.HAND_OVER)
def hand(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What is empty, who will read it; then it is handed over."""
    paper, title = _fetch(request, year, code)
    stored = own_handover(paper, request.user)
    context = {"paper": paper, "desk": desk_of(request, paper, stored)}
    if request.method != "POST":
        return render(request, "goals/handover_hand.html", context)
    form = HandOverForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else -1
    try:
        handovers.hand_over(paper=paper, version=version, title=title, by=request.actor)
    except (Conflict, NotNow) as refusal:
        context["sentence"] = str(refusal)
        return render(request, "goals/handover_hand.html", context, status=409)
    messages.success(request, "引継書を渡しました。続けて追記することもできます。")
    return redirect("goals:handover_note", year, code)


@requires(Permission.READ_HANDOVERS)
def handovers_of_year(request: HttpRequest, year: int) -> HttpResponse:
    """引継ぎの状況: where a head goes or comes, and who has yet to do what."""
    cycle_or_hidden(year)
    rows = exchanges_in(year, request.user)
    return render(request, "goals/handovers.html", {"year": year, "exchanges": rows})
