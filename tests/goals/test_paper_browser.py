"""Autosave in a real browser: what is typed is kept, whatever happens."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.audit import Actor
from departments.models import User
from goals.actions import papers
from goals.models import OperatingPolicy, Response
from goals.queries import sheet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], Client]
ENDED = "ログインが切れたため、保存できませんでした。文はこの画面に残っています。"


def _enter(context: BrowserContext, client: Client, server: LiveServer) -> None:
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": server.url}])


@pytest.fixture
def opened(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    client_of: SignIn,
    cast: SimpleNamespace,
    paper: OperatingPolicy,
) -> Page:
    """The head's page of 総務部's empty paper."""
    _enter(context, client_of(cast.head), live_server)
    page.goto(f"{live_server.url}/papers/2023/somu/")
    return page


def test_a_moment_after_the_last_key_the_answer_is_saved(opened: Page) -> None:
    opened.locator("#body-1-1").press_sequentially("備えを確かめる。")
    expect(opened.locator("#note-1-1")).to_contain_text("に保存しました")
    expect(opened.locator("#next")).to_contain_text("提出まで、あと8件")
    assert Response.objects.get().body == "備えを確かめる。"


def test_leaving_the_field_saves_at_once_and_again(opened: Page) -> None:
    for words in ("備えを", "確かめる。"):
        opened.locator("#body-1-1").press_sequentially(words)
        opened.locator("#body-1-2").focus()
        expect(opened.locator("#note-1-1")).to_contain_text("に保存しました")
    expect(opened.locator("#version-1-1")).to_have_value("2")
    assert Response.objects.get().body == "備えを確かめる。"


def test_autosave_never_overwrites_what_somebody_saved_first(
    opened: Page, cast: SimpleNamespace, paper: OperatingPolicy
) -> None:
    papers.save_response(
        paper=paper,
        section=sheet(paper).answers[0].section,
        version=0,
        body="先の文です。",
        is_not_applicable=False,
        by=Actor(user=cast.drafter),
    )
    opened.locator("#body-1-1").press_sequentially("後の文です。")
    expect(opened.locator("#note-1-1")).to_contain_text("保存が重なりました。")
    expect(opened.locator("#body-1-1")).to_have_value("後の文です。")
    assert Response.objects.get().body == "先の文です。"
    opened.get_by_role("button", name="下の欄の文で保存する").click()
    expect(opened.locator("#note-1-1")).to_contain_text("に保存しました")
    assert Response.objects.get().body == "後の文です。"


def test_when_the_session_ended_the_words_stay_until_one_is_back(
    opened: Page,
    context: BrowserContext,
    live_server: LiveServer,
    client_of: SignIn,
    cast: SimpleNamespace,
) -> None:
    context.clear_cookies(name="sessionid")
    opened.locator("#body-1-1").press_sequentially("切れた後の文")
    expect(opened.locator("#note-1-1")).to_contain_text(ENDED)
    expect(opened.locator("#body-1-1")).to_have_value("切れた後の文")
    assert Response.objects.count() == 0
    _enter(context, client_of(cast.head), live_server)
    opened.locator("#form-1-1").get_by_role("button", name="保存する").click()
    expect(opened.locator("#answer-1-1 .written")).to_have_text("切れた後の文")
    assert Response.objects.get().body == "切れた後の文"
