"""Every address of the product and what it asks for, read from the URLconf itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from core.permissions import Permission
from departments.backends import TABLES


@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf."""

    route: str
    name: str
    permission: Permission | None
    to_post: Permission | None
    is_public: bool
    is_admin: bool

    @property
    def asks_for(self) -> str:
        """The permission in words; 公開 where none is needed; empty where nothing is declared."""
        if self.permission and self.to_post:
            return f"{self.permission.label}／送信は、{self.to_post.label}"
        if self.permission:
            return self.permission.label
        return "公開" if self.is_public else ""


def addresses() -> list[Address]:
    """All of them, in the order of the URLconf."""
    return list(_walk(get_resolver(), "", "", is_admin=False))


def _walk(
    resolver: URLResolver, route: str, namespace: str, *, is_admin: bool
) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = f"{route}{entry.pattern}".replace("^", "").replace("\\Z", "").rstrip("$")
        if isinstance(entry, URLResolver):
            below = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, here, below, is_admin=is_admin or entry.app_name == "admin")
        else:
            yield _address(entry, here, namespace, is_admin=is_admin)


def _address(entry: URLPattern, route: str, namespace: str, *, is_admin: bool) -> Address:
    view = entry.callback
    permission = getattr(view, "permission", None)
    if is_admin and permission is None:
        permission = _admin_permission(route)
    return Address(
        route=f"/{route}",
        name=f"{namespace}{entry.name or ''}",
        permission=permission,
        to_post=getattr(view, "to_post", None),
        is_public=getattr(view, "is_public", False),
        is_admin=is_admin,
    )


def _admin_permission(route: str) -> Permission:
    parts = route.split("/")
    table = ".".join(parts[1:3])
    return TABLES.get(table, Permission.USE_ADMIN)
