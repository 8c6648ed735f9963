"""監査記録: searched, checked and taken away by administrators alone."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from core import clock
from core.audit import check_chain
from core.permissions import Permission
from core.spreadsheets import CsvFile, ExcelFile
from departments.access import requires
from home.actions import trail as actions
from home.forms.audit import SearchForm
from home.trail import MOST_IN_EXCEL, Search, lines_of, write_csv_in_parts, write_excel

LINES = 50
HERE = "<!-- here -->"
"""Where the page of the check grows."""


@requires(Permission.READ_AUDIT)
def lines(request: HttpRequest) -> HttpResponse:
    """The lines that were found, newest first."""
    form = SearchForm(request.GET)
    return _page(request, form)


@requires(Permission.READ_AUDIT)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """All that was found as a file. The line that tells of it is written first."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    found = form.search.lines()
    counted = found.aggregate(lines=Count("pk"), last=Max("pk"))
    is_excel = request.POST.get("format") == "xlsx"
    if is_excel and counted["lines"] > MOST_IN_EXCEL:
        sentence = f"Excelに書き出せるのは{MOST_IN_EXCEL:,}件までです。"
        form.add_error(None, f"{sentence}期間などで絞り込むか、CSVで書き出してください。")
        return _page(request, form, status=400)
    found = found.filter(pk__lte=counted["last"] or 0)
    file = ExcelFile() if is_excel else CsvFile()
    content = write_excel(found) if is_excel else write_csv_in_parts(found)
    actions.note_export(
        search=form.search,
        lines=counted["lines"],
        last=counted["last"] or 0,
        format=file.get_extension(),
        by=request.actor,
    )
    answer = HttpResponse if is_excel else StreamingHttpResponse
    name = f"audit-{clock.today():%Y%m%d}.{file.get_extension()}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return answer(content, content_type=file.get_content_type(), headers=disposition)


@requires(Permission.READ_AUDIT)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Follow the chain to its end; the page grows while it is followed."""
    page = render_to_string("home/audit_check.html", {}, request)
    return StreamingHttpResponse(_checking(request, *page.split(HERE)))


def _checking(request: HttpRequest, head: str, foot: str) -> Iterator[str]:
    yield head
    for checked in check_chain():
        yield render_to_string("home/_audit_checked.html", {"checked": checked})
    actions.note_check(checked=checked, by=request.actor)
    yield foot


def _page(request: HttpRequest, form: SearchForm, status: int = 200) -> HttpResponse:
    search = form.search if form.is_valid() else None
    numbers = (search or Search()).lines().order_by("-pk").values_list("pk", flat=True)
    page = Paginator(numbers if search else numbers.none(), LINES).get_page(request.GET.get("page"))
    asked = (request.POST or request.GET).copy()
    for name in ("page", "format", "csrfmiddlewaretoken"):
        asked.pop(name, None)
    context = {
        "form": form,
        "search": search,
        "page": page,
        "lines": lines_of(page.object_list),
        "query": f"{asked.urlencode()}&" if asked else "",
        "most_in_excel": MOST_IN_EXCEL,
    }
    return render(request, "home/audit.html", context, status=status)
