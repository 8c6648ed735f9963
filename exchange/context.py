"""What the sign-in page of the demonstration shows."""

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

PEOPLE = Path(__file__).parent / "demo" / "people.toml"


@cache
def _people() -> list[tuple[str, str, str, str]]:
    """Title, name, staff number and what can be seen, of the people to try."""
    content = tomllib.loads(PEOPLE.read_text())
    names = {person["no"]: person["name"] for person in content["people"]}
    return [(title, names[no], no, purpose) for no, title, purpose in content["signin"]]


def demonstration(request: HttpRequest) -> dict[str, object]:
    """``demo_people`` and ``demo_password``: empty unless this is the demonstration."""
    if not settings.DEMO or request.user.is_authenticated:
        return {"demo_people": [], "demo_password": ""}
    return {"demo_people": _people(), "demo_password": settings.DEMO_PASSWORD}
