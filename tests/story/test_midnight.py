"""Midnight of 1 April, with two people signed in on one paper, in two browsers."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from departments.models import Department, User
from goals.models import KeptText, OperatingPolicy, Response
from scripts.screens import WIDTHS
from tests.factories import CycleFactory, OperatingPolicyFactory, policy_with_items
from tests.story.test_every_page import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Window = Callable[..., Page]
EVE, APRIL = dt.date(2023, 3, 31), dt.date(2023, 4, 1)
REASON = "4月1日から健康部長ではなくなったため、保存できませんでした。"
HALF = "健診の受診率を、地区ご"


@pytest.fixture
def paper(kenko: Department, cast: SimpleNamespace) -> OperatingPolicy:
    """健康部's paper of the year that ends."""
    CycleFactory(year=2022)
    policy_with_items(2022)
    return OperatingPolicyFactory(department=kenko, year=2022, filled=True)


@pytest.fixture
def window_of(
    live_server: LiveServer, new_context: Callable, client_of: Callable[[User], Client]
) -> Window:
    """A browser of one's own, signed in, on the paper."""

    def open_for(user: User, **options: object) -> Page:
        context = new_context(base_url=live_server.url, **options)
        value = client_of(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto("/papers/2022/kenko/")
        return page

    return open_for


def wrong_with(page: Page) -> list[str]:
    """What axe and the checks of every page find, wide and narrow."""
    found = []
    for width in WIDTHS[::-1]:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page)
    return found


def test_without_javascript_the_refusal_is_a_page_with_the_text_and_the_button(
    paper: OperatingPolicy, cast: SimpleNamespace, window_of: Window, settings: SimpleNamespace
) -> None:
    settings.DEMO_TODAY = EVE
    outgoing = window_of(cast.other_head, java_script_enabled=False)
    settings.DEMO_TODAY = APRIL
    outgoing.locator("#body-1-1").fill(HALF)
    outgoing.locator("#form-1-1").get_by_role("button", name="保存する").click()
    expect(outgoing.locator("main")).to_contain_text(REASON)
    expect(outgoing.locator("main .written")).to_have_text(HALF)
    outgoing.get_by_role("button", name="後任へ渡す").click()
    expect(outgoing.locator("main")).to_contain_text("健康部の人が読めるようになりました。")
    assert KeptText.objects.get().shared_at is not None


def test_the_half_typed_text_is_refused_kept_handed_over_and_taken_in(
    paper: OperatingPolicy, cast: SimpleNamespace, window_of: Window, settings: SimpleNamespace
) -> None:
    settings.DEMO_TODAY = EVE
    outgoing, successor = window_of(cast.other_head), window_of(cast.incoming_head)
    answer, note = outgoing.locator("#body-1-1"), outgoing.locator("#note-1-1")
    answer.press_sequentially(HALF[:4])
    expect(note).to_contain_text("に保存しました")
    expect(successor.locator("#body-1-1")).to_have_count(0)

    settings.DEMO_TODAY = APRIL
    answer.press_sequentially(HALF[4:])
    expect(note).to_contain_text(REASON)
    expect(answer).to_have_value(HALF)
    assert Response.objects.get().body == HALF[:4]
    assert KeptText.objects.get().content["body"] == HALF

    answer.press_sequentially("とに")
    with outgoing.expect_response("**/responses/1-1/"):
        outgoing.locator("#body-1-2").focus()
    assert KeptText.objects.get().content["body"] == f"{HALF}とに"

    successor.reload()
    expect(successor.locator("#answer-1-1")).to_contain_text(HALF[:4])
    assert "文が残っています" not in successor.content()

    assert wrong_with(outgoing) == []
    note.get_by_role("link", name="残っている文を見て、後任へ渡す").click()
    expect(outgoing.get_by_role("heading", level=1)).to_have_text("残っている文（自分だけ）")
    assert wrong_with(outgoing) == []
    outgoing.get_by_role("button", name="後任へ渡す").click()
    expect(outgoing.locator("main")).to_contain_text("健康部の人が読めるようになりました。")

    successor.reload()
    successor.get_by_role("link", name="残っている文を見る").click()
    expect(successor.locator("main")).to_contain_text(cast.other_head.name)
    assert wrong_with(successor) == []
    successor.get_by_role("link", name="この文を取り込む").click()
    field = successor.get_by_label("部の方針", exact=True)
    expect(field).to_have_value(f"{HALF}とに")
    assert wrong_with(successor) == []
    field.press("Control+End")
    field.press_sequentially("高める。")
    successor.get_by_role("button", name="保存する").click()
    expect(successor.locator("#answer-1-1 .written")).to_have_text(f"{HALF}とに高める。")


def test_the_successors_page_goes_on_working(
    paper: OperatingPolicy, cast: SimpleNamespace, window_of: Window, settings: SimpleNamespace
) -> None:
    """She writes next year's paper since the announcement; midnight changes nothing for her."""
    CycleFactory(year=2023)
    policy_with_items(2023)
    OperatingPolicyFactory(department=paper.department, year=2023)
    settings.DEMO_TODAY = EVE
    successor = window_of(cast.incoming_head)
    successor.goto("/papers/2023/kenko/")
    field, version = successor.locator("#body-1-1"), successor.locator("#version-1-1")
    field.press_sequentially("日付の変わる前と")
    expect(version).to_have_value("1")
    settings.DEMO_TODAY = APRIL
    field.press_sequentially("、変わった後。")
    expect(version).to_have_value("2")
    assert Response.objects.get().body == "日付の変わる前と、変わった後。"
    assert not KeptText.objects.exists()
