"""Django's admin, in the words of the city and open to posts instead of flags."""

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import SimpleAdminConfig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core.permissions import Permission, Refused

ORDER = [
    *("Department", "Division", "User", "Appointment", "Charge"),
    *("Cycle", "BasicPolicy", "Section", "Edition", "Alignment", "Speech", "Project"),
    *("Plan", "Measure", "Sdg", "AuditEvent"),
]
"""The tables as they follow on the first page of the admin."""


class CityAdminConfig(SimpleAdminConfig):
    default_site = "kokubunji_policy.admin.CityAdminSite"


class CityAdminSite(AdminSite):
    """管理: whoever holds a post with 「管理画面を使う」 may enter."""

    site_title = site_header = "管理"
    index_title = "管理"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether a post opens the admin; ``request.actor`` names whom it is held for."""
        from departments.access import actor_of
        from departments.queries import authority

        try:
            request.actor = actor_of(request, authority(request.user, Permission.USE_ADMIN))
        except Refused:
            return False
        return True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """The tables of ``ORDER`` alone: what other packages bring stays out of the admin."""
        several = isinstance(model_or_iterable, list | tuple)
        models = model_or_iterable if several else [model_or_iterable]
        ours = [model for model in models if model.__name__ in ORDER]
        super().register(ours, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The rooms and their tables in the order of ``ORDER``, not of the alphabet."""
        rooms = list(self._build_app_dict(request, app_label).values())
        for room in rooms:
            room["models"].sort(key=lambda table: ORDER.index(table["object_name"]))
        return sorted(rooms, key=lambda room: ORDER.index(room["models"][0]["object_name"]))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Whoever has no post for the admin is told so at once."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            self._check(request)
            return inner(request, *args, **kwargs)

        return guarded

    def _check(self, request: HttpRequest) -> None:
        if request.user.is_authenticated and not self.has_permission(request):
            raise Refused("いまの職では、管理画面は使えません。")

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Nobody signs in here."""
        self._check(request)
        query = urlencode({"next": request.GET.get("next", reverse("admin:index"))}, safe="/")
        return HttpResponseRedirect(f"{reverse('account_login')}?{query}")

    def logout(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))
