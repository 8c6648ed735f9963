"""What the head of every page knows: the person, the rooms open to that person, the year."""

from django.http import HttpRequest
from django.urls import reverse

from core import clock
from core.permissions import Permission
from core.years import fiscal_year, format_year
from departments.queries import authority, may, own_departments
from departments.years import codes_over_years
from home.queries import awaiting_review, years_at_hand

NOTHING: dict[str, object] = {"nav": [], "holder": None, "current_year": None, "year_choices": []}
IN_EVERY_YEAR = {
    *("goals:board", "goals:coverage", "goals:paper", "goals:history"),
    *("interviews:list", "policies:detail"),
    *("packets:list", "packets:days", "packets:book", "packets:sheets"),
    *("home:charges", "home:charges_person"),
}
ROOMS = (
    ("提出状況", Permission.READ_BOARD, "goals:board"),
    ("対応状況", Permission.READ_BOARD, "goals:coverage"),
    ("面談日程", Permission.READ_INTERVIEW, "interviews:list"),
    ("面談資料", Permission.READ_PACKET, "packets:list"),
    ("基本方針", Permission.READ_POLICY, "policies:detail"),
    ("事務分担", Permission.EDIT_REFERENCE, "home:charges"),
)
ROOMS_OF_ADMINISTRATORS = (
    ("人事・組織の取込み", Permission.EDIT_PEOPLE, "exchange:spring"),
    ("権限を調べる", Permission.EDIT_PEOPLE, "home:rights"),
    ("監査記録", Permission.READ_AUDIT, "home:audit"),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """``nav``, ``holder``, ``current_year`` and ``year_choices`` for ``templates/base.html``."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not may(user, Permission.ENTER):
        return NOTHING
    years = years_at_hand()
    year = current_year(request, years)
    codes = _codes(request, years)
    choices = [
        {"label": format_year(y), "url": _same_page(request, y, codes), "is_current": y == year}
        for y in years
    ]
    return {
        "nav": _rooms(request, year, years),
        "holder": _holder(request),
        "current_year": {"label": format_year(year)},
        "year_choices": choices,
    }


def current_year(request: HttpRequest, years: list[int]) -> int:
    """The year that the address names; else the newest of ``years``; else the present one."""
    match = request.resolver_match
    named = match.kwargs.get("year") if match else None
    if named is None:
        asked = request.GET.get("year", "")
        named = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
    if named in years:
        return int(named)
    return years[0] if years else fiscal_year(clock.today())


def _codes(request: HttpRequest, years: list[int]) -> dict[int, str]:
    """Year → 記号 of the department of this page in that year, where the page has one."""
    match = request.resolver_match
    code = match.kwargs.get("code") if match and match.view_name in IN_EVERY_YEAR else None
    return codes_over_years(request.user, code, years) if code else {}


def _same_page(request: HttpRequest, year: int, codes: dict[int, str]) -> str:
    """This page in another year, where it has one; else the home page of that year.

    A page of a department leads to that of the one from which it came, or which it became.
    """
    match = request.resolver_match
    if match and match.view_name in IN_EVERY_YEAR:
        there = match.kwargs | {"year": year}
        if "code" not in there:
            return reverse(match.view_name, kwargs=there)
        if year in codes:
            return reverse(match.view_name, kwargs=there | {"code": codes[year]})
    return f"{reverse('home:today')}?year={year}"


def _home(year: int, years: list[int]) -> str:
    """The first page; it stays in a year that somebody has chosen."""
    address = reverse("home:today")
    return address if not years or year == years[0] else f"{address}?year={year}"


def _holder(request: HttpRequest) -> dict[str, object]:
    holding = authority(request.user, Permission.ENTER)
    return {
        "title": f"前 {holding.title}" if holding.is_over else holding.title,
        "name": request.user.name,
        "is_over": holding.is_over,
    }


def _rooms(request: HttpRequest, year: int, years: list[int]) -> list[dict[str, object]]:
    user = request.user
    rooms = [_room(request, "今日すること", _home(year, years), "home:today")]
    own = own_departments(user, year, Permission.READ_INSIDE)
    for row in own:
        code = row.department.code
        url = reverse("goals:paper", args=[year, code])
        label = f"運営方針書（{row.department.name}）" if len(own) > 1 else "運営方針書"
        rooms.append(_room(request, label, url, "goals:paper", code))
    for label, permission, name in ROOMS:
        if may(user, permission):
            rooms.append(_room(request, label, reverse(name, args=[year]), name))
        if name == "goals:board" and may(user, Permission.REVIEW_PAPER):
            rooms[-1]["badge"] = awaiting_review(year)
    for label, permission, name in ROOMS_OF_ADMINISTRATORS:
        if may(user, permission):
            rooms.append(_room(request, label, reverse(name), name))
    if may(user, Permission.USE_ADMIN):
        rooms.append(_room(request, "管理", reverse("admin:index"), "admin"))
    return rooms


def _room(
    request: HttpRequest, label: str, url: str, name: str, code: str = ""
) -> dict[str, object]:
    match = request.resolver_match
    is_first = bool(match) and match.view_name == name and match.kwargs.get("code", code) == code
    is_here = is_first or (bool(match) and _is_below(match, name, code))
    return {"label": label, "url": url, "is_current": is_here, "badge": None}


def _is_below(match, name: str, code: str) -> bool:  # type: ignore[no-untyped-def]
    """Whether the page belongs to the room although it is not its first page."""
    if name == "goals:paper":
        return match.namespace == "goals" and match.kwargs.get("code") == code
    if name.startswith("home:"):
        return match.view_name.startswith(f"{name}_")
    return match.namespace == name.split(":")[0] and name not in {"goals:board", "goals:coverage"}
