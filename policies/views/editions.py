"""発出 and 改正: what was changed when, and how the document stood."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.permissions import Hidden, Permission
from departments.access import requires
from policies.models import BasicPolicy
from policies.queries.editions import Editions, as_it_stood, editions_of, story_of


@requires(Permission.READ_POLICY)
def editions(request: HttpRequest, year: int) -> HttpResponse:
    """Every edition with its date, its reason and what it changed, the newest first."""
    policy = _policy(year)
    context = {"policy": policy, "story": story_of(editions_of(policy))}
    return render(request, "policies/editions.html", context)


@requires(Permission.READ_POLICY)
def edition(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """The whole document as it stood."""
    policy = _policy(year)
    found: Editions = editions_of(policy)
    row, items = as_it_stood(found, number)
    context = {"policy": policy, "edition": row, "items": items, "newest": found.newest}
    return render(request, "policies/edition.html", context)


def _policy(year: int) -> BasicPolicy:
    policy = BasicPolicy.objects.defer("source_text").filter(year=year).first()
    if policy is None:
        raise Hidden("この年度の基本方針はありません。")
    return policy
