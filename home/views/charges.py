"""事務分担: who answers for which department in a year, and what one interviewer answers for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments.access import requires
from departments.queries import may
from goals.queries import cycle_or_hidden
from home.actions import charges as actions
from home.answering import answered_by
from home.charges import sheet
from home.copies import copies
from home.forms.charges import ChargesForm


@requires(Permission.READ_CHARGES)
def page(request: HttpRequest, year: int) -> HttpResponse:
    """The charges of a year, by department and by person."""
    cycle_or_hidden(year)
    found = sheet(year)
    may_write = may(request.user, Permission.EDIT_REFERENCE)
    context = {
        "year": year,
        "sheet": found,
        "may_write": may_write,
        "copies": copies(found) if may_write and found.without else None,
        "may_open": may(request.user, Permission.READ_BOARD),
    }
    return render(request, "home/charges.html", context)


@requires(Permission.READ_BOARD)
def person(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """What one interviewer answers for: the papers, the interviews, the packets."""
    cycle_or_hidden(year)
    found = answered_by(pk, year, reader=request.user)
    is_own = pk == request.user.pk
    crumbs = [("事務分担", reverse("home:charges", args=(year,))), (found.interviewer.called, "")]
    context = {"year": year, "found": found, "is_own": is_own, "crumbs": crumbs}
    return render(request, "home/charges_person.html", context)


@requires(Permission.EDIT_REFERENCE)
def edit(request: HttpRequest, year: int) -> HttpResponse:
    """Choose who answers, row by row."""
    cycle_or_hidden(year)
    form = ChargesForm(request.POST or None, sheet=sheet(year))
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        actions.save(year=year, changes=changes, by=request.actor)
        done = f"担任を{len(changes)}か所変えました。" if changes else "担任は変わっていません。"
        messages.success(request, done)
        return redirect("home:charges", year)
    crumbs = [("事務分担", reverse("home:charges", args=(year,))), ("担任を直す", "")]
    context = {"year": year, "form": form, "crumbs": crumbs}
    return render(request, "home/charges_edit.html", context)


@requires(Permission.EDIT_REFERENCE)
@require_POST
def copy(request: HttpRequest, year: int) -> HttpResponse:
    """Take over what is missing from the year before."""
    cycle_or_hidden(year)
    copied = actions.copy(year=year, by=request.actor)
    if copied.taken:
        messages.success(request, f"昨年度から{len(copied.taken)}件を写しました。")
    else:
        messages.info(request, "昨年度から写せるものはありません。")
    if copied.left_out:
        messages.warning(request, f"写さなかった担任：{'、'.join(copied.left_out)}。")
    if copied.undecided:
        messages.warning(request, f"決める必要があります：{'、'.join(copied.undecided)}。")
    return redirect("home:charges", year)
