"""How a view says who may enter. Fetching an object is authorising: see ``goals.queries``."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from core.audit import Actor
from core.middleware import address_of
from core.permissions import Holding, Permission
from departments.queries import authority

View = Callable[..., HttpResponse]


def requires(
    permission: Permission, *, to_post: Permission | None = None
) -> Callable[[View], View]:
    """Close a view to all who hold no post with ``permission`` (``to_post`` for a POST).

    Sets ``request.permission``, with which the view fetches its object, and ``request.actor``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            needed = to_post if to_post and request.method == "POST" else permission
            holding = authority(request.user, needed)
            request.permission = needed
            request.actor = actor_of(request, holding)
            return view(request, *args, **kwargs)

        guarded.permission = permission
        guarded.to_post = to_post
        return guarded

    return decorate


def public(view: View) -> View:
    """Open a view to everybody, signed in or not."""

    @wraps(view)
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return view(request, *args, **kwargs)

    opened.is_public = True
    return login_not_required(opened)


def actor_of(request: HttpRequest, holding: Holding | None = None) -> Actor:
    """The person of the request, acting by ``holding`` (which may be for somebody absent)."""
    user = request.user if request.user.is_authenticated else None
    stands_in = holding.standing_in_for_id if holding else None
    return Actor(user=user, standing_in_for_id=stands_in, address=address_of(request))
