"""Second factors in a real browser: a key by Chromium's own authenticator, the app without a
script, and the city's sign-in service with a form that waits."""

import contextlib
import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, TimeoutError, expect

from core.models import AuditEvent
from departments.models import Session
from tests.departments.providers import SERVICE, knows, real_provider
from tests.departments.second_factors import code_of, set_up
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW_GOAL = "/papers/2023/somu/goals/new/"
HOME = "/account/second-factor/"
TEXT = "避難所の備えを、二つの課で確かめ直す。"


@pytest.fixture
def house(paper, cast, live_server) -> str:
    """The address by name: no browser gives keys to a number."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(house, new_context) -> Page:
    return new_context(base_url=house).new_page()


def plug_in(page: Page) -> None:
    """A security key in this browser, on which somebody always lays a finger."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def password(page: Page, user, where: str = "/") -> None:
    page.goto(f"/signin/?next={where}")
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()


def is_sound(page: Page) -> None:
    """Accessible, and no wider than the window at 375 px."""
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 1440, "height": 900})


def test_key_is_set_up_and_signs_in_and_is_taken_away(page, cast):
    told = []
    page.on("console", lambda message: told.append(message.text))
    plug_in(page)
    password(page, cast.head, HOME)
    page.get_by_role("link", name="セキュリティキーを加える").click()
    page.get_by_role("button", name="設定する").click()
    expect(page.locator("main")).to_contain_text("キーの名前を入力してください。")
    page.get_by_label("キーの名前").fill("机の鍵 葛󠄀西")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("予備コード")
    is_sound(page)
    page.get_by_role("link", name="控えました").click()
    expect(page.locator("tbody th")).to_have_text(["セキュリティキー（机の鍵 葛󠄀西）"])
    is_sound(page)
    page.get_by_role("button", name="ログアウト").click()
    password(page, cast.head, "/account/sessions/")
    expect(page.get_by_role("heading", level=1)).to_have_text("本人の確認")
    is_sound(page)
    page.get_by_role("button", name="セキュリティキーで確認する").click()
    page.wait_for_url(re.compile("/account/sessions/$"))
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None
    page.goto(HOME)
    page.get_by_role("link", name="外す").click()
    is_sound(page)
    page.get_by_role("button", name="外す").click()
    expect(page.locator("main")).to_contain_text("セキュリティキー（机の鍵 葛󠄀西）を外しました。")
    assert Authenticator.objects.count() == 0
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "sign-in",
        "second-factor.set-up",
        "sign-out",
        "sign-in",
        "second-factor.remove",
    ]
    assert told == []


def test_key_that_is_not_there_is_told_in_words_and_the_app_goes_on(page, cast, new_context, house):
    plug_in(page)
    password(page, cast.head, HOME)
    page.get_by_role("link", name="セキュリティキーを加える").click()
    page.get_by_label("キーの名前").fill("机の鍵")
    page.get_by_role("button", name="設定する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("予備コード")
    codes = [code.replace(" ", "") for code in page.locator(".codes li").all_inner_texts()]
    other = new_context(base_url=house).new_page()
    devices = other.context.new_cdp_session(other)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    password(other, cast.head)
    other.get_by_role("button", name="セキュリティキーで確認する").click()
    expect(other.get_by_role("alert").filter(has_text="もう一度")).to_be_visible()
    other.get_by_label("確認コード").fill(codes[0])
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading", level=1)).to_have_text("今日すること")


def test_button_pressed_before_the_script_has_come_asks_for_the_key(page, cast):
    """On a slow line: the script comes only after somebody has tried for a while to press."""

    def press(script: Route) -> None:
        with contextlib.suppress(TimeoutError):
            page.get_by_label("キーの名前").fill("机の鍵", timeout=1_000)
            page.get_by_role("button", name="設定する").click(timeout=1_000)
        script.continue_()

    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.post_data else None)
    plug_in(page)
    password(page, cast.head, HOME)
    sent.clear()
    page.route("**/keys*.js", press, times=1)
    page.get_by_role("link", name="セキュリティキーを加える").click()
    page.get_by_label("キーの名前").fill("机の鍵")
    page.get_by_role("button", name="設定する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("予備コード")
    assert len(sent) == 1


def test_app_works_without_a_script_and_by_the_keyboard(house, new_context, cast):
    page = new_context(base_url=house, java_script_enabled=False).new_page()
    password(page, cast.head, f"{HOME}app/")
    secret = page.locator(".secret").inner_text().replace("\n", "").replace(" ", "")
    page.get_by_label("確認コード").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("予備コード")
    page.get_by_role("button", name="ログアウト").click()
    password(page, cast.head)
    page.get_by_label("確認コード").fill(code_of(secret, steps=1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("今日すること")


def test_pages_of_setting_up_are_sound(page, cast):
    plug_in(page)
    password(page, cast.head, f"{HOME}app/")
    expect(page.locator("img.qr")).to_be_visible()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    is_sound(page)
    page.goto(f"{HOME}key/")
    is_sound(page)


def late_form(page: Page, user) -> None:
    """A form that is sent after the session has ended."""
    password(page, user, NEW_GOAL)
    page.locator("[name=title]").fill("備えの確認")
    page.locator("[name=method]").fill(TEXT)
    Session.objects.update(expire_date=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator("main form .button--main").click()
    expect(page.locator("main")).to_contain_text("書いた内容は、この画面が預かっています。")


def test_form_that_came_late_passes_through_the_code(page, cast, paper):
    late_form(page, cast.head)
    secret = set_up(cast.head)
    page.locator("input[name=login]").fill(cast.head.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()
    expect(page.locator("main")).to_contain_text("書いた内容は、この画面が預かっています。")
    is_sound(page)
    page.get_by_label("確認コード").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("確認コードが違います。")
    page.get_by_label("確認コード").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("書きかけの内容を送れます")
    page.get_by_role("button", name="送る", exact=True).click()
    expect(page.locator("main")).to_contain_text("備えの確認")
    assert paper.goals.get().method == TEXT


def test_form_that_came_late_waits_for_the_sign_in_service_in_another_tab(
    page, cast, paper, settings
):
    with real_provider() as provider:
        settings.OIDC = SERVICE | {"issuer": provider}
        knows(provider, "head", preferred_username=cast.head.username)
        late_form(page, cast.head)
        is_sound(page)
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="職員認証でログイン").click()
        opened.value.locator("input[name=sub]").fill("head")
        opened.value.keyboard.press("Enter")
        opened.value.wait_for_url(re.compile("localhost.*/$|/papers/"))
        page.get_by_role("button", name="ログインできたので、書いた内容へ進む").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("書きかけの内容を送れます")
        page.get_by_role("button", name="送る", exact=True).click()
        expect(page.locator("main")).to_contain_text("備えの確認")
    assert paper.goals.get().method == TEXT
