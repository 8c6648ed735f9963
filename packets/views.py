"""面談資料: the list, the preview, the wish for a PDF, its progress, the download."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.permissions import Permission
from core.workflow import NotNow
from departments.access import requires
from goals.models import OperatingPolicy
from goals.queries import cycle_or_hidden
from goals.views.fetch import fetch_paper
from packets import queries
from packets.actions import packets
from packets.glyphs import spots
from packets.models import PacketFile
from packets.pieces import department


@requires(Permission.READ_PACKET)
def list_(request: HttpRequest, year: int) -> HttpResponse:
    """The departments whose packet the person may print, in the order of the interviews."""
    cycle_or_hidden(year)
    rows = queries.rows(request.user, year)
    return render(request, "packets/list.html", {"year": year, "rows": rows})


@requires(Permission.READ_PACKET)
def preview(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The packet on the screen, from the HTML that is printed."""
    paper = fetch_paper(request, year, code)
    piece = department(paper)
    found = spots(piece.missing)
    bar = {"paper": paper, "csrf_token": get_token(request), "spots": found}
    return HttpResponse(piece.html(screen=bar))


@requires(Permission.READ_PACKET)
@require_POST
def build(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Ask for the PDF."""
    file = packets.ask(paper=fetch_paper(request, year, code), by=request.actor)
    return redirect("packets:file", year, code, file.pk)


@requires(Permission.READ_PACKET)
def file(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """How far the PDF has come. Looks again by itself until it is there."""
    paper = fetch_paper(request, year, code)
    shown = queries.file_for(request.user, paper, pk)
    if request.htmx and request.GET.get("state") == shown.state:
        return HttpResponse(status=204)
    name = "packets/file.html#progress" if request.htmx else "packets/file.html"
    return render(request, name, _file_page(request, paper, shown))


def _file_page(
    request: HttpRequest, paper: OperatingPolicy, shown: PacketFile
) -> dict[str, object]:
    return {
        "paper": paper,
        "file": shown,
        "is_coming": shown.is_open and not shown.is_given_up,
        "spots": spots(queries.missing_glyphs(shown)),
        "earlier": [f for f in queries.history(request.user, paper) if f.pk != shown.pk],
        "crumbs": [
            ("面談資料", reverse("packets:list", args=[paper.year])),
            (paper.department.name, ""),
        ],
    }


@requires(Permission.READ_PACKET)
def download(request: HttpRequest, year: int, code: str, pk: int) -> HttpResponse:
    """The PDF itself; each download leaves a line in the audit trail."""
    file = queries.file_for(request.user, fetch_paper(request, year, code), pk)
    if file.state != "done":
        raise NotNow("この面談資料は、まだ出来上がっていません。")
    if not file.path.exists():
        raise NotNow("この面談資料のファイルは片付けられました。もう一度作ってください。")
    packets.note_download(file=file, by=request.actor)
    return FileResponse(file.path.open("rb"), as_attachment=True, filename=file.name)
