"""What the pages know of the session, so that its end takes nobody by surprise."""

from django.conf import settings
from django.http import HttpRequest


def session(request: HttpRequest) -> dict[str, object]:
    """``signed_in``: whose page it is and after how many seconds alone it ends; else None, and
    ``service``: the name of the city's own sign-in service, where there is one."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        service = settings.OIDC["name"] if settings.OIDC["issuer"] else ""
        return {"signed_in": None, "service": service}
    idle = int(settings.SESSION_IDLE.total_seconds())
    hours = int(settings.SESSION_LONGEST.total_seconds() // 3600)
    return {"service": "", "signed_in": {"person": user.username, "idle": idle, "hours": hours}}
