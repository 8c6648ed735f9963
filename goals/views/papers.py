"""The paper of a department: one page to read it, fill it in and hand it in."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django_htmx.http import reswap, retarget

from core import workflow
from core.permissions import Hidden, Permission
from core.workflow import Action, Conflict, NotNow
from core.years import format_time
from departments.access import requires
from goals import trail
from goals.actions import papers, reviews
from goals.actions.writing import check_writable
from goals.forms.papers import BasicsForm, RemarkAnswerForm, ResponseForm, SubmitForm
from goals.late import words
from goals.models import KeptText, OperatingPolicy, Response, Versioned
from goals.queries import history as history_of
from goals.queries import (
    is_owed,
    once_owed_section,
    owed_section,
    told_remark,
)
from goals.reach import texts_for
from goals.sheets import BASICS, Answer
from goals.signatures import signatures_of
from goals.views.fetch import fetch_paper, fetch_remark
from goals.views.page import last_year, page_of, reader_of, revisions_for, show_earlier, whole
from policies.models import Section

LINES = 50


def place(paper: OperatingPolicy, anchor: str) -> str:
    """The address of a place on the page of the paper."""
    return reverse("goals:paper", args=(paper.year, paper.department.code)) + f"#{anchor}"


@requires(Permission.READ_PAPER)
def paper(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The mayor's text and the department's answers, the goals, what is missing."""
    context = whole(request, fetch_paper(request, year, code))
    show_earlier(context["page"], context["last_year"])
    return render(request, "goals/paper.html", context)


@requires(Permission.WRITE_PAPER)
def basics(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Mission, situation, analysis, pioneering work and resources."""
    paper = fetch_paper(request, year, code)
    if request.method == "POST":
        return _save_basics(request, paper)
    check_writable(paper)
    form = BasicsForm(instance=paper)
    return render(request, "goals/basics.html", {"paper": paper, "form": form})


def _save_basics(request: HttpRequest, paper: OperatingPolicy) -> HttpResponse:
    fresh = fetch_paper(request, paper.year, paper.department.code)
    form = BasicsForm(request.POST, instance=fresh)
    if not form.is_valid():
        return _basics_problem(request, paper, form, status=422 if request.htmx else 200)
    version = form.cleaned_data["version"]
    try:
        stored = papers.save_basics(
            paper=paper, version=version, values=form.values(), by=request.actor
        )
    except Conflict:
        return _both_basics(request, paper, form)
    except NotNow as refusal:
        form.add_error(None, str(refusal))
        return _basics_problem(request, paper, form, status=409)
    if request.htmx:
        context = {"stored": stored, "sentence": _saved_at(stored)}
        return render(request, "goals/_basics_note.html", context)
    return redirect(place(paper, "basics"))


def _saved_at(row: Versioned) -> str:
    return f"{format_time(localtime(row.updated_at))}に保存しました" if row.updated_at else ""


def _basics_problem(
    request: HttpRequest, paper: OperatingPolicy, form: BasicsForm, status: int
) -> HttpResponse:
    if request.htmx:
        problem = "".join(form.sentences())
        return render(request, "goals/_basics_note.html", {"problem": problem}, status=status)
    return render(request, "goals/basics.html", {"paper": paper, "form": form}, status=status)


def _both_basics(request: HttpRequest, paper: OperatingPolicy, form: BasicsForm) -> HttpResponse:
    stored = fetch_paper(request, paper.year, paper.department.code)
    if request.htmx:
        return render(request, "goals/_basics_note.html", {"first": stored}, status=409)
    theirs = {name: getattr(stored, name) for name in BASICS}
    context = {
        "paper": stored,
        "form": BasicsForm(_rebased(request, stored.version), instance=paper),
        "stored": stored,
        "changes": trail.changes(theirs, form.values()),
    }
    return render(request, "goals/basics.html", context, status=409)


def _rebased(request: HttpRequest, version: int) -> dict:
    """What was typed, now based on the version that is stored."""
    typed = request.POST.copy()
    typed["version"] = str(version)
    typed.pop("newer", None)
    return typed


@requires(Permission.WRITE_PAPER)
def response(request: HttpRequest, year: int, code: str, path: str) -> HttpResponse:
    """The answer to one section: a page of its own, or a fragment of the paper's page."""
    paper = fetch_paper(request, year, code)
    if request.method == "POST":
        return _save_response(request, paper, once_owed_section(paper, path))
    section = owed_section(paper, path)
    check_writable(paper)
    context = place_of(request, paper, section)
    if request.htmx:
        return render(request, "goals/_answer.html", {**context, "editing": True})
    form = _response_form(request, context["answer"])
    return render(request, "goals/response.html", {**context, "form": form})


def _response_form(request: HttpRequest, answer: Answer) -> ResponseForm:
    """What is stored; or last year's words, where the person wants to begin with them.

    ``of``: those of one department, where several have become this one.
    """
    form = ResponseForm.of(answer.response, answer.section.path)
    code = request.GET.get("of", "")
    earlier = [one for one in answer.earlier if code in {"", one.code}]
    if earlier and request.GET.get("from") == "last-year":
        form.begin_with(earlier)
    return form


def place_of(request: HttpRequest, paper: OperatingPolicy, section: Section) -> dict:
    """The context of one facing pair."""
    page = page_of(request, paper)
    show_earlier(page, last_year(request, paper))
    answer = next(a for a in page.sheet.answers if a.section.pk == section.pk)
    return {
        "paper": paper,
        "page": page,
        "reader": page.reader,
        "section": section,
        "answer": answer,
        "response": answer.response,
    }


def _save_response(request: HttpRequest, paper: OperatingPolicy, section: Section) -> HttpResponse:
    form = ResponseForm(request.POST, auto_id=f"answer-{section.path}-%s")
    if not form.is_valid():
        return _problem(request, paper, section, form, status=422 if request.htmx else 200)
    try:
        papers.save_response(
            paper=paper,
            section=section,
            version=form.based_on,
            body=form.cleaned_data["body"],
            is_not_applicable=form.cleaned_data["is_not_applicable"],
            by=request.actor,
        )
    except Conflict as conflict:
        if not is_owed(section):
            return _taken_away(request, section, conflict)
        return _both_responses(request, paper, section, form)
    except NotNow as refusal:
        form.add_error(None, str(refusal))
        return _problem(request, paper, section, form, status=409)
    if request.htmx:
        return _saved_response(request, paper, section)
    return redirect(place(paper, section.path))


def _problem(
    request: HttpRequest, paper: OperatingPolicy, section: Section, form: ResponseForm, status: int
) -> HttpResponse:
    """Nothing was saved: say why; the text stays where it was typed."""
    context = {**place_of(request, paper, section), "form": form}
    if request.htmx:
        context["problem"] = "".join(text for row in form.errors.values() for text in row)
        return render(request, "goals/_note.html", context, status=status)
    return render(request, "goals/response.html", context, status=status)


def _taken_away(request: HttpRequest, section: Section, conflict: Conflict) -> HttpResponse:
    """The item is not there any more: what was typed is kept elsewhere."""
    if not request.htmx:
        raise conflict
    context = {"section": section, "response": None, "problem": str(conflict)}
    return render(request, "goals/_note.html", context, status=409)


def _saved_response(request: HttpRequest, paper: OperatingPolicy, section: Section) -> HttpResponse:
    """The state of the pair, and what changed elsewhere on the page."""
    stored = fetch_paper(request, paper.year, paper.department.code)
    context = place_of(request, stored, section)
    is_done = "done" in request.POST
    context["sentence"] = _saved_at(context["response"])
    context["is_done"] = is_done
    answer = render(request, "goals/_response_saved.html", context)
    if not is_done:
        return answer
    return reswap(retarget(answer, f"#answer-{section.path}"), "outerHTML show:none")


def _both_responses(
    request: HttpRequest, paper: OperatingPolicy, section: Section, form: ResponseForm
) -> HttpResponse:
    """Somebody saved first: both texts."""
    context = place_of(request, paper, section)
    stored = context["response"] or Response(version=0)
    names = ("body", "is_not_applicable")
    theirs = {name: getattr(stored, name) for name in names}
    context["stored"] = stored
    context["changes"] = trail.changes(theirs, {n: form.cleaned_data[n] for n in names})
    if request.htmx:
        return render(request, "goals/_response_conflict.html", context, status=409)
    context["form"] = ResponseForm(
        _rebased(request, stored.version), auto_id=f"answer-{section.path}-%s"
    )
    return render(request, "goals/response.html", context, status=409)


@requires(Permission.WRITE_PAPER, to_post=Permission.SUBMIT_PAPER)
def submit(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What is missing, or what will be handed in; a head hands it in."""
    paper = fetch_paper(request, year, code)
    if request.method == "POST":
        return _submit(request, paper)
    workflow.check(Action.SUBMIT, paper.status)
    return render(request, "goals/submit.html", whole(request, paper))


def _submit(request: HttpRequest, paper: OperatingPolicy) -> HttpResponse:
    form = SubmitForm(request.POST)
    edits = form.cleaned_data["edits"] if form.is_valid() else -1
    try:
        reviews.submit(paper=paper, edits=edits, by=request.actor)
    except (Conflict, NotNow) as refusal:
        stored = fetch_paper(request, paper.year, paper.department.code)
        context = {**whole(request, stored), "sentence": str(refusal)}
        return render(request, "goals/submit.html", context, status=409)
    messages.success(request, f"{paper.department.name}の運営方針書を提出しました。")
    return redirect("goals:paper", paper.year, paper.department.code)


@requires(Permission.SUBMIT_PAPER)
def withdraw(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Take back what nobody has begun to review."""
    paper = fetch_paper(request, year, code)
    if request.method == "POST":
        reviews.withdraw(paper=paper, by=request.actor)
        messages.success(request, "引き戻しました。直したあとで、もう一度提出してください。")
        return redirect("goals:paper", year, code)
    workflow.check(Action.WITHDRAW, paper.status)
    return render(request, "goals/withdraw.html", {"paper": paper})


@requires(Permission.READ_PAPER)
def history(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Who did what when, in words; the versions that were handed in."""
    paper = fetch_paper(request, year, code)
    reader = reader_of(request, paper)
    events = history_of(paper, is_insider=reader.is_insider, is_office=reader.can_review)
    page = Paginator(events, LINES).get_page(request.GET.get("page"))
    context = {
        "paper": paper,
        "reader": reader,
        "page": page,
        "lines": [trail.Line(event) for event in page],
        "revisions": revisions_for(paper, reader),
    }
    return render(request, "goals/history.html", context)


@requires(Permission.WRITE_GOAL)
def conflicts(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What people wrote while somebody else saved first."""
    paper = fetch_paper(request, year, code)
    drafts = [
        {"draft": draft, "texts": words(draft.content), "anchor": anchor_of(draft)}
        for draft in texts_for(request.user, paper)
    ]
    return render(request, "goals/conflicts.html", {"paper": paper, "drafts": drafts})


def anchor_of(draft: KeptText) -> str:
    """The place on the page of the paper to which a kept text belongs."""
    kind, _, name = draft.part.partition("/")
    goal = "goals" if name.startswith("new") else f"goal-{name}"
    return {"response": name, "goal": goal, "remark": f"remark-{name}"}.get(kind, kind)


@requires(Permission.READ_PAPER)
def revision(request: HttpRequest, year: int, code: str, number: int) -> HttpResponse:
    """A version as it was handed in, with the names of that day."""
    paper = fetch_paper(request, year, code)
    reader = reader_of(request, paper)
    found = next((r for r in revisions_for(paper, reader) if r.number == number), None)
    if found is None:
        raise Hidden("この版はありません。")
    basics = [
        (trail.label_of(name), trail.described(name, found.content["basics"].get(name)))
        for name in BASICS
    ]
    context = {"paper": paper, "revision": found, "content": found.content, "basics": basics}
    context["signatures"] = signatures_of(paper, found)
    return render(request, "goals/revision.html", context)


@requires(Permission.WRITE_GOAL)
def answer(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """The department's answer to a remark."""
    paper = fetch_paper(request, year, code)
    remark = fetch_remark(request, paper, pk)
    form = RemarkAnswerForm.of(remark, request.POST)
    context = {"paper": paper, "remark": remark, "form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            reviews.answer_remark(remark=remark, by=request.actor, **form.cleaned_data)
            return redirect(place(paper, f"remark-{pk}"))
        except (Conflict, NotNow) as refusal:
            form.add_error(None, str(refusal))
            context["stored"] = stored = told_remark(paper, pk)
            form.beside(stored)
            status = 409
    return render(request, "goals/remark_answer.html", context, status=status)
