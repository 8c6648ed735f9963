"""One file: how far it has come, stopping it, making it anew, taking it away."""

from contextlib import ExitStack

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.permissions import Permission
from core.workflow import NotNow
from departments.access import actor_of, requires
from departments.queries import authority
from goals.queries import cycle_or_hidden
from packets import lists, store
from packets.actions import packets
from packets.file_page import Shown
from packets.files import Reach
from packets.models import PacketFile
from packets.orders import Order
from packets.views.common import page, reach_of, to_file


def _fetch(request: HttpRequest, year: int, pk: int) -> tuple[Reach, PacketFile]:
    """A file that the person may have; ``request.actor`` becomes the person in the post that
    opens the paper of a department, or the books."""
    cycle_or_hidden(year)
    reach = reach_of(request, year)
    file = reach.file(pk)
    if file.paper is None:
        holding = authority(request.user, Permission.READ_BOOK)
    else:
        holding = authority(request.user, request.permission, file.paper.target, year=year)
    request.actor = actor_of(request, holding)
    return reach, file


@requires(Permission.READ_PACKET)
def file(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """How far the PDF has come. Looks again by itself until it is there."""
    reach, found = _fetch(request, year, pk)
    shown = Shown(found, reach)
    place = {
        PacketFile.Kind.DEPARTMENT: "list",
        PacketFile.Kind.DAY: "days",
        PacketFile.Kind.BOOK: "book",
    }.get(PacketFile.Kind(found.kind), "sheets")
    crumbs = [("面談資料", reverse(f"packets:{place}", args=[year])), (found.title, "")]
    context = {"year": year, "shown": shown, "file": found, "crumbs": crumbs}
    return page(request, "packets/file.html", shown.mark, context)


@requires(Permission.READ_PACKET)
@require_POST
def stop(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """It need not be made any more."""
    _reach, found = _fetch(request, year, pk)
    packets.stop(file=found, by=request.actor)
    return to_file(found)


@requires(Permission.READ_PACKET)
@require_POST
def again(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The same anew, of the record as it is now."""
    reach, found = _fetch(request, year, pk)
    papers = lists.papers_of(reach, Order.of(found))
    return to_file(packets.again(file=found, papers=papers, by=request.actor))


@requires(Permission.READ_PACKET)
@require_GET
def download(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The PDF itself; each download leaves a line in the audit trail before its first byte."""
    _reach, found = _fetch(request, year, pk)
    if found.state != "done":
        raise NotNow("この面談資料は、まだ出来上がっていません。")
    if store.find(found.digest) is None:
        raise NotNow("この面談資料のファイルは片付けられました。もう一度作ってください。")
    with ExitStack() as until_noted:
        pdf = until_noted.enter_context(found.path.open("rb"))
        packets.note_download(file=found, by=request.actor)
        until_noted.pop_all()
    return FileResponse(pdf, as_attachment=True, filename=found.name)
