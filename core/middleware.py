"""What every request passes: well-formed or 400, declared or closed, refused in plain words."""

import codecs
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    ImproperlyConfigured,
    PermissionDenied,
    RequestDataTooBig,
)
from django.db import OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
)
from django.shortcuts import render
from django.template.loader import render_to_string

from core import audit
from core.permissions import Hidden, Outside, Refused
from core.workflow import Conflict, NotNow

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
PRIVATE = "no-store, private"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

SECRET = ("password", "csrfmiddlewaretoken")
"""Words in the names of fields that are never shown nor carried on."""

logger = logging.getLogger(__name__)
Fields = list[tuple[str, list[str]]]
GetResponse = Callable[[HttpRequest], HttpResponse]


class ClosedHeaders:
    """Every answer, refusals of the other middleware included, is private and stays here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", PRIVATE)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class WellFormedRequest:
    """Refuse what no browser sends (400: NUL, broken encodings, …) and what is too long (413)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        try:
            if is_malformed(request):
                return HttpResponseBadRequest(render_to_string("400.html"))
        except RequestDataTooBig:
            return HttpResponse(render_to_string("413.html"), status=413)
        return self.get_response(request)


def is_malformed(request: HttpRequest) -> bool:
    """Whether path, query or form hold characters that nothing here can store."""
    try:
        codecs.lookup(request.content_params.get("charset", "utf-8"))
        texts = [request.path, *_pairs(request.GET), *_pairs(request.POST)]
        return any("\x00" in text or not _is_unicode(text) for text in texts)
    except (LookupError, UnicodeError, ValueError, BadRequest):
        return True


def _pairs(values) -> list[str]:  # type: ignore[no-untyped-def]
    return [text for name, row in values.lists() for text in (name, *row)]


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


class DeclaredAccess:
    """A view that says neither which permission it needs nor that it is public stays closed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):  # type: ignore[no-untyped-def]
        is_admin = "admin" in request.resolver_match.app_names
        if not (is_admin or hasattr(view, "permission") or getattr(view, "is_public", False)):
            raise ImproperlyConfigured(f"{view.__module__}.{view.__qualname__} declares no access.")


class PlainRefusal:
    """Turn the refusals of the domain into pages: 403, 409, and 503 when nothing can be saved."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return refuse(request, error)
        if isinstance(error, PermissionDenied):  # Django's admin: a table that is not the person's
            return refuse(request, Refused("いまの職では、この画面を使う権限がありません。"))
        if isinstance(error, NotNow | Conflict):
            context = {"sentence": str(error), "typed": written_in(typed_in(request))}
            return render(request, "409.html", context, status=409)
        if isinstance(error, OverflowError):  # a number by hand that no table can hold (SQLite)
            logger.warning("a number too large: %s", request.path)
            return HttpResponseBadRequest(render_to_string("400.html"))
        if isinstance(error, OperationalError):
            logger.exception("database unavailable")
            typed = written_in(typed_in(request))
            return render(request, "503.html", {"typed": typed}, status=503)
        return None


def refuse(request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer a refused attempt, and leave a line of it."""
    if request.user.is_authenticated:
        by = audit.Actor(user=request.user, address=address_of(request))
        audit.record("refused", by=by, label=request.path, after={"sentence": str(error)})
    context = {"typed": written_in(typed_in(request))}
    if isinstance(error, Hidden):
        return render(request, "404.html", context, status=404)
    context |= {"sentence": str(error), "is_outside": isinstance(error, Outside)}
    return render(request, "403.html", context, status=403)


def typed_in(request: HttpRequest) -> Fields:
    """What the form says, without passwords; empty where nothing at all was filled in.

    Of a field that saves itself (htmx) nothing: there the text stays in the field.
    """
    if request.method != "POST" or request.headers.get("HX-Request"):
        return []
    fields = [
        (name, values)
        for name, values in request.POST.lists()
        if not any(word in name for word in SECRET)
    ]
    return fields if any(value for _name, values in fields for value in values) else []


def written_in(fields: Fields) -> list[str]:
    """What somebody wrote, to be shown: neither numbers nor the codes of choices and rows."""
    texts = (value for _name, values in fields for value in values)
    return [text for text in texts if len(text) > 1 and not text.isascii()]


def address_of(request: HttpRequest) -> str:
    """The client's address; behind a proxy that is named in the settings, the one it reports."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and peer in settings.TRUSTED_PROXIES:
        return forwarded.rsplit(",", 1)[-1].strip()[:45]
    return peer
