"""One paper: its preview, and the wish for a PDF of it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.permissions import Permission
from departments.access import requires
from goals.queries import cycle_or_hidden
from goals.views.fetch import fetch_paper
from packets import fronts, lists
from packets.models import PacketFile
from packets.orders import Order
from packets.pieces import department
from packets.views.common import ask, chosen, preview_of, reach_of, to_file

Kind = PacketFile.Kind


@requires(Permission.READ_PACKET)
def preview(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The packet of a department on the screen."""
    paper, layout = fetch_paper(request, year, code), chosen(request)
    return preview_of(
        request,
        department(paper, layout),
        layout,
        f"{paper.department.name}の面談資料",
        back=reverse("packets:list", args=[year]),
        action=reverse("packets:build", args=[year, code]),
    )


@requires(Permission.READ_PACKET)
@require_POST
def build(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Ask for the PDF of a department."""
    paper = fetch_paper(request, year, code)
    return to_file(ask(request, Order(Kind.DEPARTMENT, year, paper=paper, layout=chosen(request))))


@requires(Permission.READ_BOOK)
@require_POST
def build_day(request: HttpRequest, year: int, interviewer: int, day: str) -> HttpResponse:
    """Ask for the PDF of a day."""
    cycle_or_hidden(year)
    found = lists.day_or_hidden(reach_of(request, year), interviewer, day)
    order = Order(Kind.DAY, year, None, found.interviewer, found.date, chosen(request))
    return to_file(ask(request, order, found.papers))


@requires(Permission.READ_BOOK)
def timetable(request: HttpRequest, year: int, interviewer: int, day: str) -> HttpResponse:
    """The timetable of a day on the screen; a POST asks for its PDF."""
    cycle_or_hidden(year)
    layout = chosen(request)
    found = lists.day_or_hidden(reach_of(request, year), interviewer, day)
    order = Order(Kind.TIMETABLE, year, None, found.interviewer, found.date, layout)
    if request.method == "POST":
        return to_file(ask(request, order))
    piece = fronts.timetable(year, found.interviewer, found.date, layout.of_parts)
    back = reverse("packets:sheets", args=[year])
    return preview_of(request, piece, layout, order.title, back=back, action=request.path)


@requires(Permission.READ_BOOK)
def sheet(request: HttpRequest, year: int, sheet: str) -> HttpResponse:
    """The coverage or the blank form on the screen; a POST asks for its PDF."""
    cycle_or_hidden(year)
    kind, layout = lists.kind_or_hidden(sheet), chosen(request)
    order = Order(kind, year, layout=layout)
    if request.method == "POST":
        return to_file(ask(request, order))
    compose = fronts.coverage if kind == Kind.COVERAGE else fronts.form
    back = reverse("packets:sheets", args=[year])
    piece = compose(year, layout.of_parts)
    return preview_of(request, piece, layout, order.title, back=back, action=request.path)
