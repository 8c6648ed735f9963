"""Health of the server."""

from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers: no database, no data."""
    return HttpResponse("ok\n", content_type="text/plain")
