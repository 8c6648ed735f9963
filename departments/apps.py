from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.permissions import Post


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "組織と人"

    def ready(self) -> None:
        """A post that is not one would ask nobody for a second factor, and nobody would notice."""
        if unknown := sorted(settings.SECOND_FACTOR_POSTS - set(Post.values)):
            raise ImproperlyConfigured(
                f"SECOND_FACTOR_POSTS にない職があります: {', '.join(unknown)}"
                f"（使えるのは {', '.join(Post.values)}）"
            )
