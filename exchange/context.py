"""What the sign-in page of the demonstration shows."""

from django.conf import settings
from django.http import HttpRequest

from exchange.seed.reading import people_to_show


def demonstration(request: HttpRequest) -> dict[str, object]:
    """``demo_people`` and ``demo_password``: empty unless this is the demonstration."""
    if not settings.DEMO or request.user.is_authenticated:
        return {"demo_people": [], "demo_password": ""}
    return {"demo_people": people_to_show(), "demo_password": settings.DEMO_PASSWORD}
