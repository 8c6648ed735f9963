"""What every template knows: the city."""

from django.conf import settings
from django.http import HttpRequest


def city(request: HttpRequest) -> dict[str, object]:
    """``city.name``, ``city.mayor_title``, ``city.product_name``, ``city.logo_url``; the demo."""
    return {"city": settings.CITY, "is_demo": settings.DEMO}
