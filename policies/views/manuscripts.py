"""The reading page: how a document was read, and putting it right."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_POST

from core.permissions import Permission
from core.workflow import Conflict, NotNow
from departments.access import requires
from policies.actions import manuscripts
from policies.actions.publishing import PolicyProblem
from policies.edits import CannotEdit, Edit
from policies.forms.manuscripts import DetailsForm, DoubtForm, EditForm, VersionForm
from policies.models import Manuscript
from policies.queries.manuscripts import Desk, desk, manuscript_or_hidden
from policies.queries.plans import named_on
from policies.queries.reading import Trouble, item_after, sheet

STALE = "この画面は古くなっています。画面を開き直してください。"


@requires(Permission.WRITE_POLICY)
def manuscript(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Source and tree side by side; ``?item=`` or ``?at=`` chooses a row to put right."""
    return show(request, desk(manuscript_or_hidden(year, kind)))


def show(
    request: HttpRequest,
    found: Desk,
    *,
    trouble: Trouble | None = None,
    details: DetailsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The reading page, with what could not be done."""
    asked = request.POST if trouble else request.GET
    item, at = _number(asked, "item"), _number(asked, "within_start" if trouble else "at")
    page = sheet(found, item=item, at=at, trouble=trouble)
    details = details or DetailsForm(manuscript=found.manuscript, document=found.document)
    context = {"sheet": page, "manuscript": found.manuscript, "details": details}
    context |= {"plans": named_on(found), "here": place(found.manuscript)}
    return render(request, "policies/manuscripts/reading.html", context, status=status)


def _number(values: QueryDict | MultiValueDict[str, str], name: str) -> int | None:
    text = values.get(name) or ""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def place(manuscript: Manuscript, item: int | None = None) -> str:
    """The address of the reading page, at ``item``."""
    address = reverse("policies:manuscript", args=[manuscript.year, manuscript.kind])
    return f"{address}?item={item}#item-{item}" if item else f"{address}#rows"


@requires(Permission.WRITE_POLICY)
@require_POST
def edit(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Put one thing right and go on where it was; what cannot be done is said in its place."""
    before = desk(manuscript_or_hidden(year, kind))
    form = EditForm(request.POST)
    if form.is_too_long:
        return _refuse(request, before, "入力が長すぎます。短くしてください。", 422)
    if not form.is_valid():
        raise NotNow(STALE)
    try:
        made, stored = _put_right(request, before, form)
    except CannotEdit as refusal:
        return _refuse(request, before, str(refusal), 422)
    except Conflict:
        return _refuse(request, desk(manuscript_or_hidden(year, kind)), CLASH, 409)
    after = desk(stored).outline
    chosen = item_after(before.outline, after, made.kind, form.cleaned_data["item"])
    return redirect(place(stored, chosen))


def _put_right(request: HttpRequest, before: Desk, form: EditForm) -> tuple[Edit, Manuscript]:
    version = form.cleaned_data["version"]
    if version != before.manuscript.version:
        raise Conflict
    made = form.edit(before.outline)
    stored = manuscripts.edit(
        manuscript=before.manuscript, version=version, edit=made, by=request.actor
    )
    return made, stored


CLASH = (
    "ほかの人が先に直しました。いまの内容を示しています。"
    "入力した文は残っています。確かめて、もう一度押してください。"
)


def _refuse(request: HttpRequest, found: Desk, sentence: str, status: int) -> HttpResponse:
    trouble = Trouble(sentence, request.POST["kind"], request.POST.dict())
    return show(request, found, trouble=trouble, status=status)


@requires(Permission.WRITE_POLICY)
@require_POST
def undo(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Take the last correction back."""
    return _step(request, year, kind, manuscripts.undo)


@requires(Permission.WRITE_POLICY)
@require_POST
def redo(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Make again what was taken back last."""
    return _step(request, year, kind, manuscripts.redo)


def _step(
    request: HttpRequest, year: int, kind: str, action: Callable[..., Manuscript]
) -> HttpResponse:
    found = manuscript_or_hidden(year, kind)
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise NotNow(STALE)
    stored = action(manuscript=found, version=form.cleaned_data["version"], by=request.actor)
    known = {node.id for node in desk(stored).outline.nodes}
    item = form.cleaned_data["item"]
    return redirect(place(stored, item if item in known else None))


@requires(Permission.WRITE_POLICY)
@require_POST
def doubt(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """A question is settled, or open again."""
    found = manuscript_or_hidden(year, kind)
    form = DoubtForm(request.POST)
    if not form.is_valid():
        raise NotNow(STALE)
    typed = form.cleaned_data
    manuscripts.settle_doubt(
        manuscript=found,
        version=typed["version"],
        index=typed["index"],
        is_settled=typed["is_settled"],
        by=request.actor,
    )
    return redirect(f"{reverse('policies:manuscript', args=[year, kind])}#doubts")


@requires(Permission.WRITE_POLICY)
@require_POST
def details(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Title, date, issuer and year."""
    found = desk(manuscript_or_hidden(year, kind))
    form = DetailsForm(request.POST, manuscript=found.manuscript, document=found.document)
    if not form.is_valid():
        return show(request, found, details=form)
    try:
        stored = manuscripts.save_details(
            manuscript=found.manuscript,
            version=form.cleaned_data["version"],
            values=form.values(),
            by=request.actor,
        )
    except (NotNow, Conflict) as refusal:
        form.add_error(None, str(refusal))
        return show(request, found, details=form, status=409)
    messages.success(request, "題名・日付・発出者を保存しました。")
    return redirect("policies:manuscript", stored.year, stored.kind)


@requires(Permission.WRITE_POLICY)
@require_POST
def share(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Let the house read it: the policy as 案, the speech as it was held."""
    found = manuscript_or_hidden(year, kind)
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise NotNow(STALE)
    try:
        manuscripts.share(manuscript=found, version=form.cleaned_data["version"], by=request.actor)
    except PolicyProblem as problem:
        messages.error(request, str(problem))
        return redirect("policies:manuscript", year, kind)
    messages.success(request, "庁内に見せました。各部が読めます。")
    return redirect("policies:manuscript", year, kind)


@requires(Permission.WRITE_POLICY)
def discard(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """Back to what the house sees, after a question."""
    found = desk(manuscript_or_hidden(year, kind))
    form = VersionForm(request.POST or None, initial={"version": found.manuscript.version})
    if request.method == "POST" and form.is_valid():
        left = manuscripts.discard(
            manuscript=found.manuscript, version=form.cleaned_data["version"], by=request.actor
        )
        messages.success(request, "直したところを捨てました。" if left else "原稿を捨てました。")
        return redirect(place(left) if left else reverse("policies:newest"))
    context = {"desk": found, "manuscript": found.manuscript, "form": form}
    return render(request, "policies/manuscripts/discard.html", context)
