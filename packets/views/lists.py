"""What there is: department by department, day by day, the book, single papers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments.access import requires
from goals.queries import cycle_or_hidden
from packets import files, lists
from packets.models import PacketFile
from packets.orders import Order
from packets.views.common import ask, chosen, layout_of, page, reach_of, to_file

Kind = PacketFile.Kind


@requires(Permission.READ_PACKET)
def departments(request: HttpRequest, year: int) -> HttpResponse:
    """The departments whose packet the person may print, in the order of the interviews."""
    cycle_or_hidden(year)
    reach, layout = reach_of(request, year), chosen(request)
    shown = lists.departments(reach, layout)
    record = files.record_of_year(year) if files.is_office(request.user) else []
    context = {"year": year, "shown": shown, "has_books": reach.has_books, "record": record}
    context["is_single"] = len(shown.rows) == 1 and not reach.has_books
    return page(request, "packets/list.html", shown.mark, context | layout_of(layout))


@requires(Permission.READ_BOOK)
@require_POST
def build_left(request: HttpRequest, year: int) -> HttpResponse:
    """Ask for the packets of all departments that are not ready."""
    cycle_or_hidden(year)
    reach, layout = reach_of(request, year), chosen(request)
    request.permission = Permission.READ_PACKET
    left = lists.departments(reach, layout).left
    for row in left:
        ask(request, Order(Kind.DEPARTMENT, year, paper=row.paper, layout=layout))
    told = f"{len(left)}件の面談資料を作っています。" if left else "すべてできています。"
    messages.success(request, told)
    return redirect("packets:list", year)


@requires(Permission.READ_BOOK)
def days(request: HttpRequest, year: int) -> HttpResponse:
    """Every day of every interviewer; one's own first."""
    cycle_or_hidden(year)
    layout = chosen(request)
    shown = lists.days(reach_of(request, year), layout)
    context = {"year": year, "shown": shown, "has_books": True}
    return page(request, "packets/days.html", shown.mark, context | layout_of(layout))


@requires(Permission.READ_BOOK)
def book(request: HttpRequest, year: int) -> HttpResponse:
    """What will be in the book, and the books that there are; a POST asks for a new one."""
    cycle_or_hidden(year)
    reach, layout = reach_of(request, year), chosen(request)
    if request.method == "POST":
        return to_file(ask(request, Order(Kind.BOOK, year, layout=layout), reach.papers))
    shown = lists.book(reach, layout)
    earlier = reach.files.filter(kind=Kind.BOOK)[:10]
    context = {"year": year, "shown": shown, "earlier": earlier, "has_books": True}
    return page(request, "packets/book.html", shown.mark, context | layout_of(layout))


@requires(Permission.READ_BOOK)
def sheets(request: HttpRequest, year: int) -> HttpResponse:
    """Timetables of days, coverage, the blank form."""
    cycle_or_hidden(year)
    layout = chosen(request)
    shown = lists.sheets(reach_of(request, year), layout)
    context = {"year": year, "shown": shown, "has_books": True}
    return page(request, "packets/sheets.html", shown.mark, context | layout_of(layout))
