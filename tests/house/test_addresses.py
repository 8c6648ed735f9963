"""Closed by default: no address without a declared permission, no printed page out of date."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError
from django.http import HttpResponse
from django.urls import path

import core
from departments.models import NO_CODES
from home.addresses import addresses
from tests.factories import DepartmentFactory

CORE = {
    "__init__",
    "admin",
    "apps",
    "audit",
    "clock",
    "columns",
    "context",
    "fields",
    "middleware",
    "models",
    "permissions",
    "resources",
    "spreadsheets",
    "tables",
    "text",
    "views",
    "workflow",
    "years",
}


def test_every_address_says_who_may_enter():
    assert [address.route for address in addresses() if not address.asks_for] == []


def test_word_beside_the_code_of_a_department_is_no_code():
    """/papers/2023/board/ and /papers/2023/<code>/ must not be one address."""
    routes = [address.route for address in addresses() if not address.is_admin]
    heads = {route.split("<slug:code>")[0] for route in routes if "<slug:code>" in route}
    words = {
        route[len(head) :].split("/")[0]
        for head in heads
        for route in routes
        if route.startswith(head)
    }
    assert sorted(words - {"", "<slug:code>"}) == sorted(NO_CODES)


def test_department_with_such_a_code_is_refused_by_the_database(db):
    with pytest.raises(IntegrityError, match="department_code_is_no_address"):
        DepartmentFactory(code=NO_CODES[0])


def test_only_sign_in_sign_out_and_health_are_public():
    public = {address.route for address in addresses() if address.is_public}
    steps = {"/signin/", "/signin/code/", "/signin/service/", "/signin/service/callback/"}
    assert public == steps | {"/signout/", "/healthz"}


def test_printed_documents_are_current():
    call_command("print_docs", check=True)


def test_core_stays_a_closed_list_of_files():
    files = {path.stem for path in Path(core.__file__).parent.glob("*.py")}
    assert files <= CORE


def undeclared(request):
    return HttpResponse("secret")


urlpatterns = [path("undeclared/", undeclared)]


@pytest.mark.django_db
@pytest.mark.urls("tests.house.test_addresses")
def test_view_that_says_nothing_stays_closed(cast, client_of):
    with pytest.raises(ImproperlyConfigured, match="declares no access"):
        client_of(cast.administrator).get("/undeclared/")
