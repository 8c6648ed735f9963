"""人事・組織の取込み: handing in, looking, taking in, taking back. Only who edits people."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from core import clock
from core.permissions import Permission
from core.spreadsheets import ExcelFile
from departments.access import requires
from exchange import queries
from exchange.actions import spring, spring_jobs
from exchange.forms import SpringFileForm, TakeInForm
from exchange.spring import workbooks

LINES = 100


@requires(Permission.EDIT_PEOPLE)
def index(request: HttpRequest) -> HttpResponse:
    """The file to choose, the template, the present state, what was taken in lately."""
    form = SpringFileForm(request.POST, request.FILES) if request.method == "POST" else None
    if form and form.is_valid():
        given = form.cleaned_data
        imported = spring.hand_in(
            file_name=given["file_name"], content=given["content"], by=request.actor
        )
        return redirect("exchange:spring_import", imported.pk)
    context = {"form": form or SpringFileForm(), "imports": queries.last_imports()}
    return render(request, "exchange/index.html", context)


@requires(Permission.EDIT_PEOPLE)
def template(request: HttpRequest) -> HttpResponse:
    """The empty file."""
    return _workbook(workbooks.template(), workbooks.file_name("ひな形", clock.today()))


@requires(Permission.EDIT_PEOPLE)
def present(request: HttpRequest) -> HttpResponse:
    """All that is stored, in the same form; each download leaves a line in the audit trail."""
    content, counts = workbooks.present_state()
    spring.note_export(counts=counts, by=request.actor)
    return _workbook(content, workbooks.file_name("", clock.today()))


def _workbook(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        content,
        content_type=ExcelFile.CONTENT_TYPE,
        headers={"Content-Disposition": disposition},
    )


@requires(Permission.EDIT_PEOPLE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file has come; what is wrong with it; what it would change, or changed."""
    imported = queries.import_of(pk)
    if request.htmx:
        return _progress(request, imported)
    if imported.is_underway:
        return render(request, "exchange/underway.html", {"imported": imported})
    if not imported.counts:
        page = Paginator(imported.problems, LINES).get_page(request.GET.get("page"))
        return render(request, "exchange/problems.html", {"imported": imported, "page": page})
    parts = queries.parts_of(imported)
    keys = [part.key for part in parts]
    part = next((p for p in parts if p.key == request.GET.get("part")), parts[0] if keys else None)
    lines = queries.lines_of(imported, part.key) if part else []
    context = {
        "imported": imported,
        "totals": queries.totals_of(imported),
        "parts": parts,
        "part": part,
        "page": Paginator(lines, LINES).get_page(request.GET.get("page")),
        "is_last": imported.status == "done" and queries.is_last(imported),
    }
    return render(request, "exchange/preview.html", context)


def _progress(request: HttpRequest, imported: queries.SpringImport) -> HttpResponse:
    """What the page that waits asks for: its own part again, or the whole page when it is done."""
    if not imported.is_underway:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "exchange/underway.html#progress", {"imported": imported})


@requires(Permission.EDIT_PEOPLE)
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Do here what waits for a worker that does not come."""
    imported = queries.import_of(pk)
    if imported.is_unattended:
        spring_jobs.run(pk=pk)
    if request.htmx:
        return _progress(request, queries.import_of(pk))
    return redirect("exchange:spring_import", pk)


@requires(Permission.EDIT_PEOPLE)
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what the preview showed."""
    imported = queries.import_of(pk)
    form = TakeInForm(request.POST)
    plan_digest = form.cleaned_data["plan"] if form.is_valid() else ""
    spring.take_in(imported=imported, plan_digest=plan_digest, by=request.actor)
    return redirect("exchange:spring_import", pk)


@requires(Permission.EDIT_PEOPLE)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file that was not taken in."""
    imported = queries.import_of(pk)
    spring.throw_away(imported=imported, by=request.actor)
    messages.success(request, f"「{imported.file_name}」を破棄しました。何も取り込んでいません。")
    return redirect("exchange:spring")


@requires(Permission.EDIT_PEOPLE)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The question, with what prevents it; then the taking back."""
    imported = queries.import_of(pk)
    if request.method == "POST":
        spring.take_back(imported=imported, by=request.actor)
        messages.success(request, "取込みを取り消しました。取り込む前の内容に戻っています。")
        return redirect("exchange:spring_import", pk)
    context = {"imported": imported, "obstacles": queries.what_prevents_undo(imported)}
    return render(request, "exchange/undo.html", context)
