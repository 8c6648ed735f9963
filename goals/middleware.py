"""A form that arrives after its writer's post has ended is kept, not lost (docs/adr/0024)."""

from django.http import HttpRequest, HttpResponse

from core.middleware import GetResponse
from core.permissions import Refused
from goals.views.late import keep_what_was_typed


class LateText:
    """Stands after ``PlainRefusal``, which answers whatever this leaves alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        is_refused = isinstance(error, Refused) and request.method == "POST"
        if not is_refused or match is None or match.namespace != "goals":
            return None
        try:
            return keep_what_was_typed(request) if "code" in match.kwargs else None
        except OverflowError:  # a number by hand that no table can hold (SQLite)
            return None
