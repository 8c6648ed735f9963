"""面談日程: the interviews of a year."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.permissions import Permission
from core.workflow import Conflict
from departments.access import requires
from departments.queries import may
from goals.queries import cycle_or_hidden
from interviews import actions
from interviews.forms import CancelForm, InterviewForm
from interviews.models import Interview
from interviews.overlaps import Slot, warnings
from interviews.queries import (
    department_or_hidden,
    interview_or_hidden,
    planned_slot,
    rooms_used,
    slot_of,
    timetable,
    titles_of,
)


@requires(Permission.READ_INTERVIEW)
def list_(request: HttpRequest, year: int) -> HttpResponse:
    """All interviews of the year, by day."""
    cycle_or_hidden(year)
    context = {
        "year": year,
        "timetable": timetable(request.user, year),
        "may_write": may(request.user, Permission.WRITE_INTERVIEW),
    }
    return render(request, "interviews/list.html", context)


@requires(Permission.WRITE_INTERVIEW)
def new(request: HttpRequest, year: int) -> HttpResponse:
    """Enter an interview; without a department in the address, choose one first."""
    cycle_or_hidden(year)
    code = request.GET.get("department", "")
    if not code:
        context = {"timetable": timetable(request.user, year)}
        return _page(request, "interviews/choose.html", year, "部を選ぶ", context)
    department = department_or_hidden(year, code)
    form = InterviewForm(request.POST or None, year=year, department=department)
    if request.method == "POST" and form.is_valid():
        try:
            interview = actions.schedule(
                year=year, department=department, booking=form.booking, by=request.actor
            )
        except actions.Overlapping as overlap:
            form.add_clashes(overlap.clashes)
        else:
            return _saved(request, interview, "入れました")
    return _form_page(request, form)


@requires(Permission.WRITE_INTERVIEW)
def edit(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """Change an interview; where somebody else was quicker, both are shown (409)."""
    interview = interview_or_hidden(year, pk)
    department = interview.department
    form = InterviewForm(
        request.POST or None, year=year, department=department, interview=interview
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            changed = actions.change(
                interview=interview, version=version, booking=form.booking, by=request.actor
            )
        except actions.Overlapping as overlap:
            form.add_clashes(overlap.clashes)
        except Conflict:
            return _form_page(request, form, interview, is_conflict=True)
        else:
            return _saved(request, changed, "変更しました")
    return _form_page(request, form, interview)


@requires(Permission.WRITE_INTERVIEW)
def cancel(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """Ask, then cancel."""
    interview = interview_or_hidden(year, pk)
    form = CancelForm(request.POST or None, initial={"version": interview.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        actions.cancel(interview=interview, version=version, by=request.actor)
        messages.success(request, f"{interview.department.name}の面談を取り消しました。")
        return redirect("interviews:list", year)
    context = {"interview": interview, "slot": _slot(interview), "form": form}
    here = f"{interview.department.name}の面談の取消し"
    return _page(request, "interviews/cancel.html", year, here, context)


def _saved(request: HttpRequest, interview: Interview, done: str) -> HttpResponse:
    slot = planned_slot(interview)
    messages.success(request, f"{slot.department}の面談を{done}。{slot.when}、{slot.room}です。")
    for warning in warnings(slot):
        messages.warning(request, f"{slot.department}の面談：{warning}")
    return redirect("interviews:list", interview.year)


def _slot(interview: Interview) -> Slot:
    return slot_of(interview, titles_of([interview]))


def _form_page(
    request: HttpRequest,
    form: InterviewForm,
    interview: Interview | None = None,
    *,
    is_conflict: bool = False,
) -> HttpResponse:
    if interview and is_conflict:
        form.see_version(interview.version)
    context = {
        "department": form.department,
        "form": form,
        "interview": interview,
        "present": _slot(interview) if interview else None,
        "is_conflict": is_conflict,
        "rooms": rooms_used(),
        "timetable": timetable(request.user, form.year),
    }
    here, status = f"{form.department.name}の面談", 409 if is_conflict else 200
    return _page(request, "interviews/form.html", form.year, here, context, status=status)


def _page(
    request: HttpRequest,
    template: str,
    year: int,
    here: str,
    context: dict[str, object],
    status: int = 200,
) -> HttpResponse:
    """A page below the list; ``here`` names it."""
    crumbs = [("面談日程", reverse("interviews:list", args=(year,))), (here, "")]
    return render(request, template, {**context, "year": year, "crumbs": crumbs}, status=status)
