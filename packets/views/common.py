"""What the views of this room share: the layout that is chosen, pages that look again."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render

from departments.access import actor_of
from departments.queries import authority
from goals.models import OperatingPolicy
from packets.actions import packets
from packets.files import Reach
from packets.forms import LayoutForm
from packets.glyphs import spots
from packets.layout import USUAL, Layout
from packets.models import PacketFile
from packets.orders import Order
from packets.pieces import Piece

LAST = "packet_layout"
"""The session keeps the last choice under this name."""


def chosen(request: HttpRequest) -> Layout:
    """The layout that the form or the address says, else the last one; it is kept for later."""
    given = request.POST if request.method == "POST" else request.GET
    last = request.session.get(LAST, "")
    layout = parsed(given.get("layout", last))
    if "sides" in given:
        form = LayoutForm(given)
        layout = form.layout if form.is_valid() else USUAL
    if layout.code != last:
        request.session[LAST] = layout.code
    return layout


def parsed(code: str) -> Layout:
    """The layout of that code; the usual one where there is none of it."""
    try:
        return Layout.parse(code)
    except ValueError:
        return USUAL


def reach_of(request: HttpRequest, year: int) -> Reach:
    """What the person may have of that year."""
    return Reach(request.user, year)


def page(request: HttpRequest, template: str, mark: str, context: dict[str, Any]) -> HttpResponse:
    """The page; to one that looks again, only what has changed since ``mark``, or nothing."""
    if request.htmx and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    context |= {"is_fragment": bool(request.htmx)}
    return render(request, f"{template}#live" if request.htmx else template, context)


def layout_of(layout: Layout) -> dict[str, Any]:
    """What every page with a choice of layouts shows."""
    return {"layout": layout, "layout_form": LayoutForm.of(layout)}


def preview_of(
    request: HttpRequest, piece: Piece, layout: Layout, title: str, *, back: str, action: str
) -> HttpResponse:
    """The paper on the screen, from the HTML that is printed, below a bar of its own."""
    bar = {
        "title": title,
        "back": back,
        "action": action,
        "layout": layout,
        "csrf_token": get_token(request),
        "spots": spots(piece.missing),
    }
    return HttpResponse(piece.html(screen=bar))


def ask(request: HttpRequest, order: Order, papers: Sequence[OperatingPolicy] = ()) -> PacketFile:
    """Order it, in the post by which the paper of a department is the person's to print."""
    actor = request.actor
    if order.paper is not None:
        target, year = order.paper.target, order.year
        actor = actor_of(request, authority(request.user, request.permission, target, year=year))
    return packets.ask(order=order, papers=papers, by=actor)


def to_file(file: PacketFile) -> HttpResponse:
    """On to the page that tells how far it has come."""
    return redirect("packets:file", file.year, file.pk)
