"""What every answer carries, and what every form carries (D-16, D-17)."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from core import clock
from departments.models import Appointment
from goals.models import OperatingPolicy
from tests.factories import PASSWORD
from tests.world import NOON, World, look_at

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@pytest.fixture
def world(cast, somu, kenko):
    with clock.at(NOON):
        yield World(cast, somu, kenko)


def lacking(answer):
    """What is wrong with the headers of a private answer."""
    wrong = [f"{n}: {answer.get(n)}" for n, v in HEADERS.items() if answer.get(n) != v]
    given = answer.get("Content-Security-Policy", "")
    if {part.strip() for part in given.split(";")} != POLICY:
        wrong.append(f"Content-Security-Policy: {given}")
    if "no-store" not in answer.get("Cache-Control", ""):
        wrong.append(f"Cache-Control: {answer.get('Cache-Control')}")
    for name, cookie in answer.cookies.items():
        if cookie["max-age"] == 0:  # taken back
            continue
        if not cookie["httponly"] or cookie["samesite"] != "Lax":
            wrong.append(f"cookie {name}")
    return wrong


class Page(HTMLParser):
    """The forms of a page that write, and what the Content-Security-Policy would refuse."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.refused, self.inside = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.refused += [n for n in values if n == "style" or re.match(r"on[a-z]+\Z", n)]
        self.refused += [v for v in values.values() if v and v.startswith("javascript:")]
        if tag == "style" or (tag == "script" and "src" not in values and "type" not in values):
            self.refused.append(tag)
        if tag == "form":
            self.inside = values.get("method", "get").lower() == "post"
            if self.inside:
                self.forms.append({"action": values.get("action", ""), "token": ""})
        if self.inside and values.get("name") == "csrfmiddlewaretoken":
            self.forms[-1]["token"] = values.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("draft", ("head", "administrator")),
        ("submitted", ("office",)),
        ("returned", ("drafter",)),
        ("resubmitted", ("office",)),
        ("received", ("head", "secretary")),
        ("finalised", ("office",)),
    ],
)
def test_every_answer_is_closed_and_every_form_carries_its_token(world, client_of, state, names):
    world.reach(state)
    wrong, forms = [], 0
    for name in names:
        client = client_of(getattr(world.cast, name))
        is_admin = name == "administrator" or (name, state) == ("office", "submitted")
        for where in world.pages(admin=is_admin):
            answer, content = look_at(client, where)
            wrong += [(name, where, what) for what in lacking(answer)]
            if answer.get("Content-Type", "").startswith("text/html"):
                page = Page(content.decode())
                forms += len(page.forms)
                wrong += [(name, where, f) for f in page.forms if len(f["token"]) != 64]
                wrong += [(name, where, what) for what in page.refused]
    assert wrong == []
    assert forms >= len(names)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/signin/", 200),
        ("get", "/papers/2023/", 302),
        ("get", "/nowhere/", 404),
        ("get", "/%00/", 400),
        ("get", "/?q=%00", 400),
        ("trace", "/", 405),
        ("get", "/healthz", 200),
    ],
)
def test_answers_to_strangers_carry_the_headers(db, method, path, status):
    answer = getattr(Client(), method)(path)
    assert (answer.status_code, lacking(answer)) == (status, [])


def test_answers_that_never_reach_a_view_carry_the_headers(cast, client_of):
    client = client_of(cast.head)
    answers = {
        400: client.get("/", HTTP_HOST="evil.example"),
        404: client.get("/nowhere/"),
        403: client.get("/admin/"),
    }
    many = client.post("/password/", {f"field{n}": "x" for n in range(2001)})
    for status, answer in [*answers.items(), (400, many)]:
        assert (answer.status_code, lacking(answer)) == (status, [])


def test_refused_and_overtaken_answers_carry_the_headers(world, client_of):
    head = client_of(world.cast.head)
    for answer, status in (
        (head.post("/papers/2023/somu/review/begin/"), 403),
        (head.post("/papers/2023/kenko/submit/", {"edits": 1}), 404),
        (head.post("/papers/2023/somu/withdraw/"), 409),
        (head.get("/papers/2023/somu/goals/1/move/"), 405),
    ):
        assert (answer.status_code, lacking(answer)) == (status, [])


def test_a_server_error_carries_the_headers(world, client_of):
    client = client_of(world.cast.head)
    client.raise_request_exception = False
    OperatingPolicy.objects.filter(pk=world.paper.pk).update(status="draft")
    world.paper.revisions.create(
        number=1, content=[], submitted_by=world.cast.head, submitted_at=NOON
    )
    answer = client.get("/papers/2023/somu/revisions/1/")
    assert (answer.status_code, lacking(answer)) == (500, [])


def test_static_files_are_kept_by_browsers_and_never_guessed(db):
    answer = Client().get("/static/css/base.css")
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in answer.get("Cache-Control", "")
    list(answer.streaming_content)


def test_every_address_refuses_a_post_without_a_token(world, client_of):
    world.reach("submitted")
    accepted = {}
    for person in ("head", "office", "administrator"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(getattr(world.cast, person))
        for where, name in world.pages(admin=person == "administrator").items():
            if name == "healthz":
                continue
            status = client.post(where, {"version": 1, "edits": 1}).status_code
            if status not in {403, 404, 405}:
                accepted[person, where] = status
    assert accepted == {}


def test_post_from_a_foreign_page_is_refused_though_it_carries_a_token(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast.head)
    page = client.get("/papers/2023/somu/submit/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)[1]
    form = {"csrfmiddlewaretoken": token, "edits": world.fresh().edits}
    for origin in ("http://evil.example", "null"):
        answer = client.post("/papers/2023/somu/submit/", form, HTTP_ORIGIN=origin)
        assert answer.status_code == 403
    assert client.post("/papers/2023/somu/submit/", form).status_code == 302


def test_signing_in_needs_a_token(cast):
    client = Client(enforce_csrf_checks=True)
    form = {"login": cast.head.username, "password": PASSWORD}
    assert client.post("/signin/", form).status_code == 403
    assert "_auth_user_id" not in client.session


def test_looking_changes_nothing(world, client_of):
    """A GET of every address leaves papers, remarks, versions, files and appointments as they are."""
    world.reach("submitted")
    tables = [
        OperatingPolicy,
        Appointment,
        *(r.related_model for r in OperatingPolicy._meta.related_objects),
    ]

    def stored():
        return [list(table.objects.order_by("pk").values_list()) for table in tables]

    before = stored()
    for person in ("head", "office", "administrator"):
        client = client_of(getattr(world.cast, person))
        for where in world.pages(admin=person == "administrator"):
            look_at(client, where)
    assert stored() == before
