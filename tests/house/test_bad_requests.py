"""What no browser sends, and what a broken one may: an answer in the 400s, never a 500.

The requests of the reliability bar: fact 10 and C-14 to C-17.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from goals.models import OperatingPolicy, Response

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
HUGE = 10**30


@pytest.fixture
def head(cast, paper, client_of):
    client = client_of(cast.head)
    client.raise_request_exception = False
    return client


@pytest.fixture
def address(paper):
    return reverse("goals:response", args=[2023, "somu", "1-1"])


@pytest.mark.parametrize(
    "path",
    [
        "/?q=%00",
        "/?year=%00",
        "/%00/",
        "/papers/2023/%00/",
        "/papers/2023/somu/responses/%00/",
        "/%ff",
        "/papers/2023/somu/responses/%ED%A0%80/",
        "/?year=%ED%A0%80",
        "/?%00=1",
    ],
)
def test_nul_and_broken_encoding_in_the_address(head, path):
    assert head.get(path).status_code in {200, 400, 404}


def post_form(head, address, name, value):
    form = {"version": "0", "body": "文"} | {name: value}
    body = "&".join(f"{key}={_quote(text)}" for key, text in form.items())
    return head.post(address, body, content_type=FORM)


@pytest.mark.parametrize("value", ["\x00", "a\x00b"])
@pytest.mark.parametrize("name", ["body", "version"])
def test_nul_in_a_form(head, address, name, value):
    assert post_form(head, address, name, value).status_code == 400
    assert not Response.objects.exclude(body="").exists()


def test_surrogate_in_a_form_is_never_stored(head, address):
    assert post_form(head, address, "body", "a\ud800b").status_code == 302
    assert Response.objects.get().body.encode() == "a\ufffd\ufffd\ufffdb".encode()


def _quote(text):
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe{",
        b'{"body": "\\u0000"}',
        b'{"body": "\\ud800"}',
        b"[" * 100_000,
        b'{"version": ' + b"9" * 5000 + b"}",
        b"null",
        b'["a"]',
        b"no json at all",
    ],
)
def test_json_where_a_form_is_expected(head, address, body):
    answer = head.post(address, body, content_type="application/json")
    assert 200 <= answer.status_code < 500
    assert not Response.objects.exclude(body="").exists()


@pytest.mark.parametrize(
    "content_type",
    [
        f"{FORM}; charset=foo",
        f"{FORM}; charset=utf-16",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=%ff",
        "text/plain; charset=",
        "/",
        "",
    ],
)
def test_strange_content_types(head, address, content_type):
    answer = head.generic("POST", address, b"version=0&body=a", content_type)
    assert 200 <= answer.status_code < 500


def test_user_name_of_5000_characters(client, db):
    client.raise_request_exception = False
    for password in ("x", "x" * 100_000):
        answer = client.post("/signin/", {"login": "a" * 5000, "password": password})
        assert answer.status_code in {200, 400}
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "build",
    [
        lambda: {f"field{n}": "x" for n in range(2001)},
        lambda: {f"file{n}": SimpleUploadedFile(f"{n}.txt", b"x") for n in range(101)},
        lambda: {"body": "あ" * 1_200_000},
    ],
)
def test_too_much_is_refused_whole(head, address, build):
    answer = head.post(address, {"version": "0", **build()})
    assert answer.status_code in {400, 413}
    assert not Response.objects.exclude(body="").exists()


def test_text_over_the_limit_is_refused_and_shown_again(head, address):
    text = "長い文です。" * 1000
    answer = head.post(address, {"version": "0", "body": text})
    assert answer.status_code == 200
    assert text in answer.content.decode()
    assert not Response.objects.exclude(body="").exists()


def test_unknown_and_repeated_keys_change_nothing_else(head, address, paper):
    head.post(
        address,
        {
            "version": ["0", "0"],
            "body": ["一つ目", "二つ目"],
            "status": "finalised",
            "paper": "999",
            "is_superuser": "1",
            "year": "2030",
        },
    )
    stored = OperatingPolicy.objects.get()
    assert (stored.pk, stored.status, stored.year) == (paper.pk, "draft", 2023)


@pytest.mark.parametrize(
    "form", [{}, {"version": ""}, {"version": "x", "body": "a"}, {"body": "a"}]
)
def test_missing_keys(head, address, form):
    assert head.post(address, form).status_code in {200, 400, 409}
    assert not Response.objects.exclude(body="").exists()


@pytest.mark.parametrize("version", [HUGE, -1, "1.5", "１", "1_0", "٣", "NaN"])
def test_versions_that_are_no_versions(head, address, version):
    answer = head.post(address, {"version": version, "body": "文"})
    assert 200 <= answer.status_code < 500


@pytest.mark.parametrize("method", ["FOO", "TRACE", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/signin/", "/papers/2023/", "/healthz"])
def test_methods_that_nothing_here_knows(head, method, path):
    assert head.generic(method, path).status_code == 405


@pytest.mark.parametrize("number", [HUGE, 0, -1, "１", "%31", "1/../2", "abc", 2**63, 2**31])
@pytest.mark.parametrize(
    "path",
    [
        "/papers/{}/",
        "/papers/{}/somu/",
        "/policies/{}/",
        "/interviews/{}/",
        "/packets/{}/",
        "/packets/2023/files/{}/",
        "/packets/2023/sheets/timetable/{}/2023-04-06/",
        "/papers/2023/somu/goals/{}/",
        "/papers/2023/somu/revisions/{}/",
        "/interviews/2023/{}/edit/",
        "/admin/departments/user/{}/change/",
    ],
)
def test_ids_that_do_not_exist(head, path, number):
    answer = head.get(path.format(number))
    assert answer.status_code in {200, 302, 403, 404}
    if str(number) not in {"%31", "1/../2"}:
        assert answer.status_code != 200 or "/{}/" in path


def test_strange_headers(head, address):
    strange = {
        "HTTP_X_FORWARDED_FOR": "'; drop table departments_user; --",
        "HTTP_COOKIE": "a=" + "x" * 20_000,
        "HTTP_ACCEPT_LANGUAGE": "x" * 5000,
        "HTTP_RANGE": "bytes=0-,0-,0-" * 200,
        "HTTP_HX_REQUEST": "\x00true",
        "HTTP_HX_CURRENT_URL": "http://[",
        "HTTP_REFERER": "http://[::",
    }
    for name, value in strange.items():
        assert head.get("/", **{name: value}).status_code in {200, 302, 400}, name


def test_host_that_is_not_ours(head):
    assert head.get("/", HTTP_HOST="evil.example").status_code == 400


def test_refusals_are_pages_in_japanese(head, address):
    for answer in (
        head.get("/%00/"),
        head.get("/papers/2023/nowhere/"),
        head.generic("POST", address, b"body=a", f"{FORM}; charset=foo"),
    ):
        page = answer.content.decode()
        assert '<html lang="ja">' in page
        assert "Traceback" not in page


def test_a_text_beyond_what_a_form_may_hold_says_so(head, address):
    answer = head.post(address, {"body": "あ" * 1_100_000})
    assert answer.status_code == 413
    assert "ファイルや文章を小さくして" in answer.content.decode()
