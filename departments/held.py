"""A form that arrives after the session has ended is held in the browser, not lost (ADR 0018).

What was typed goes into the sign-in page, signed and bound to the person whose session it was.
After signing in that person alone is asked whether to send it. Nothing is stored on the server
or in the browser's storage, so a shared machine keeps nothing once the page is closed.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from core.middleware import Fields, written_in

SALT = "departments.held"


@dataclass(frozen=True)
class Held:
    """A form on its way: where it was sent, what it says, and who wrote it."""

    path: str
    fields: Fields
    owner_id: int

    @property
    def written(self) -> list[str]:
        return written_in(self.fields)


def hold(request: HttpRequest, fields: Fields, owner_id: int) -> str:
    """The form as one signed text."""
    content = {"path": request.get_full_path(), "fields": fields, "owner": owner_id}
    return signing.dumps(content, salt=SALT, compress=True)


def release(text: str) -> Held | None:
    """The form in ``text``; None where it is not ours or too old."""
    try:
        content = signing.loads(text, salt=SALT, max_age=settings.SESSION_LONGEST)
    except signing.BadSignature:
        return None
    return Held(content["path"], [tuple(row) for row in content["fields"]], content["owner"])
