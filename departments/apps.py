from collections.abc import Mapping
from urllib.parse import urlsplit

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
        check_service(settings.OIDC)


def check_service(service: Mapping[str, str]) -> None:
    """The sign-in service has a name for us, and nobody on the way reads along."""
    issuer = urlsplit(service["issuer"])
    if not service["issuer"]:
        return
    is_here = issuer.hostname in {"localhost", "127.0.0.1", "::1"}
    if not (issuer.scheme == "https" or (issuer.scheme == "http" and is_here)):
        raise ImproperlyConfigured("OIDC_ISSUER は https:// で始まるアドレスを設定してください。")
    if not service["client_id"]:
        raise ImproperlyConfigured("OIDC_ISSUER を使うには、OIDC_CLIENT_ID も設定してください。")
