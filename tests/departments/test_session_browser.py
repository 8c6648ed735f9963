"""The end of a session in a real browser: warned of, gone on with by one key, and nothing lost."""

import datetime as dt
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from departments.models import Session
from goals.models import Response
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW_GOAL = "/papers/2023/somu/goals/new/"
TEXT = "避難所の備えを、二つの課で確かめ直す。\n葛󠄀西の分も含む。"


@pytest.fixture
def world_page(paper, cast, live_server, new_context) -> Page:
    return new_context(base_url=live_server.url).new_page()


def enter(page: Page, user, where: str) -> None:
    page.goto(f"/signin/?next={where}")
    fill_in(page, user)
    page.wait_for_url(re.compile(f"{where}$"))


def fill_in(page: Page, user) -> None:
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()


def warning(page: Page):
    return page.get_by_role("alertdialog", name="まもなくログアウトします")


@pytest.mark.parametrize("key", ["Enter", "Space", "Escape"])
def test_warning_comes_before_the_end_and_one_key_goes_on(world_page, cast, settings, key):
    settings.SESSION_IDLE = dt.timedelta(seconds=9)
    enter(world_page, cast.head, NEW_GOAL)
    expect(warning(world_page)).to_be_visible()
    expect(warning(world_page)).to_contain_text("操作がないため、")
    expect(warning(world_page).get_by_role("button")).to_have_text(["続ける"])
    expect(world_page.get_by_role("button", name="続ける")).to_be_focused()
    assert Axe().run(world_page).response["violations"] == []
    settings.SESSION_IDLE = dt.timedelta(minutes=30)
    before = Session.objects.get().expire_date
    with world_page.expect_response("**/account/session/") as answer:
        world_page.keyboard.press(key)
    assert answer.value.json()["idle"] > 1700
    expect(warning(world_page)).to_be_hidden()
    assert Session.objects.get().expire_date > before


def test_whoever_is_typing_is_not_interrupted(world_page, cast, settings):
    settings.SESSION_IDLE = dt.timedelta(seconds=6)
    enter(world_page, cast.head, NEW_GOAL)
    settings.SESSION_IDLE = dt.timedelta(minutes=30)
    with world_page.expect_response(
        lambda answer: answer.url.endswith("/account/session/") and answer.request.method == "POST"
    ):
        world_page.locator("[name=method]").press_sequentially(TEXT, delay=150)
    expect(warning(world_page)).to_be_hidden()
    expect(world_page.locator("[name=method]")).to_have_value(TEXT)


def test_before_the_absolute_end_people_are_told_to_save(world_page, cast, settings):
    settings.SESSION_LONGEST = dt.timedelta(minutes=4)
    enter(world_page, cast.head, NEW_GOAL)
    expect(warning(world_page)).to_be_visible()
    expect(warning(world_page)).to_contain_text("あと約4分でログアウトします。")
    expect(warning(world_page).get_by_role("button")).to_have_text(["閉じる"])


def ended(page: Page) -> None:
    """Let the session die on the server, and the page hear of it."""
    Session.objects.update(expire_date=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_form_sent_too_late_is_sent_after_signing_in_on_the_same_page(world_page, cast, paper):
    enter(world_page, cast.head, NEW_GOAL)
    world_page.locator("[name=title]").fill("備えの確認")
    world_page.locator("[name=method]").fill(TEXT)
    ended(world_page)
    world_page.locator("main form .button--main").click()
    expect(world_page.locator("main")).to_contain_text("書いた内容は、この画面が預かっています。")
    fill_in(world_page, cast.head)
    expect(world_page.get_by_role("heading", level=1)).to_have_text("書きかけの内容を送れます")
    assert Axe().run(world_page).response["violations"] == []
    world_page.get_by_role("button", name="送る", exact=True).click()
    expect(world_page.locator("main")).to_contain_text("備えの確認")
    assert paper.goals.get().method.replace("\r\n", "\n") == TEXT


@pytest.mark.parametrize("who", ["head", "drafter"])
def test_form_is_sent_after_signing_in_in_another_tab_by_the_same_person_alone(
    world_page, cast, paper, settings, who
):
    settings.SESSION_IDLE = dt.timedelta(seconds=6)
    enter(world_page, cast.head, NEW_GOAL)
    world_page.locator("[name=title]").fill("備えの確認")
    Session.objects.update(expire_date=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    strip = world_page.locator("[data-state=ended]")
    expect(strip).to_be_visible()
    settings.SESSION_IDLE = dt.timedelta(minutes=30)
    with world_page.context.expect_page() as opened:
        strip.get_by_role("link", name="ログインの画面を開く").click()
    fill_in(opened.value, getattr(cast, who))
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("今日すること")
    world_page.evaluate("window.dispatchEvent(new Event('focus'))")
    if who == "head":
        expect(strip).to_be_hidden()
        world_page.locator("main form .button--main").click()
        expect(world_page.locator("main")).to_contain_text("備えの確認")
        assert [goal.title for goal in paper.goals.all()] == ["備えの確認"]
    else:
        expect(world_page.locator("[data-state=other]")).to_be_visible()
        world_page.locator("main form .button--main").click()
        expect(world_page.get_by_role("heading", level=1)).to_have_text("画面を開き直してください")
        expect(world_page.locator("main")).to_contain_text("備えの確認")
        assert paper.goals.count() == 0


def test_autosave_saves_nothing_in_the_name_of_somebody_else(world_page, cast, paper):
    where = "/papers/2023/somu/"
    enter(world_page, cast.head, where)
    world_page.context.clear_cookies(name="sessionid")
    other = world_page.context.new_page()
    enter(other, cast.drafter, where)
    world_page.locator("#body-1-1").press_sequentially("部長の文です。")
    expect(world_page.locator("#note-1-1")).to_contain_text("別の人がログインしたため、")
    expect(world_page.locator("#body-1-1")).to_have_value("部長の文です。")
    assert Response.objects.count() == 0


def test_nothing_typed_lies_in_the_storage_of_the_browser(world_page, cast, paper):
    enter(world_page, cast.head, NEW_GOAL)
    world_page.locator("[name=title]").fill("備えの確認")
    ended(world_page)
    world_page.locator("main form .button--main").click()
    expect(world_page.locator("main")).to_contain_text("預かっています")
    stored = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert "備え" not in world_page.evaluate(stored)
