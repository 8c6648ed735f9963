"""The mayor's text from a paste to an amendment in real Chromium, by mouse and by keyboard alone.

The policy office pastes the basic policy of the city, breaks an item in two, joins it again, takes
that back, issues and amends; then takes items out of a speech that has no numbers.
"""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from policies.models import BasicPolicy, Edition
from tests.story.test_story import OFFICE, button, enter_as

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
SEED = Path(settings.BASE_DIR) / "exchange" / "demo" / "reiwa5-basic-policy.txt"
DESK = "/policies/2023/manuscripts/basic/"
SPEECH = """令和6年度施政方針

本日ここに、令和6年度の所信を申し上げます。
まず防災です。𠮷田町に備蓄倉庫を新設します。次に子育てです。学童保育を増やします。

終わりに、皆様の御協力をお願い申し上げます。
"""
CUT = "必要な支援策を適時適切に講じること。"


@pytest.fixture
def page(demo_page: Page) -> Page:
    """The policy office, signed in."""
    enter_as(demo_page, OFFICE)
    return demo_page


def numbers(page: Page) -> list[str]:
    return page.locator(".reading__number").all_inner_texts()


def chosen(page: Page) -> Locator:
    return page.locator(".reading__row.is-chosen")


def choose(page: Page, name: str) -> None:
    """Open an item to put it right."""
    page.get_by_role("link", name=f"（{name}）").click()
    expect(chosen(page)).to_have_count(1)


def paste(page: Page, text: str, kind: str, year: str = "") -> None:
    page.goto("/policies/intake/")
    page.get_by_label(kind, exact=True).check()
    page.locator("[name=text]").fill(text)
    page.locator("[name=year]").fill(year)
    button(page, "取り込む").click()


# --- by mouse ------------------------------------------------------------------------------------


def test_the_policy_is_pasted_put_right_issued_and_amended(page):
    paste_the_seed(page)
    before = numbers(page)
    split_by_mouse(page)
    assert numbers(page)[2:4] == ["(2)", "(2)の2"]
    choose(page, "1(2)の2")
    button(page, "前の項とつなぐ").click()
    expect(page.locator(".reading__number")).to_have_text(before)
    expect(page.locator(".manuscript__bar")).to_contain_text("1(2)の2 を 1(2) とつなぐ")
    button(page, "元に戻す").click()
    assert numbers(page)[2:4] == ["(2)", "(2)の2"]
    button(page, "やり直す").click()
    assert numbers(page) == before
    issue(page)
    amend(page)


def paste_the_seed(page: Page) -> None:
    """The year has a manuscript already: nothing is replaced before the office says so."""
    paste(page, SEED.read_text(encoding="utf-8"), "市政運営の基本方針")
    expect(page.locator("main")).to_contain_text("置き換えると、いまの原稿で直したことは消えます")
    button(page, "いまの原稿と置き換える").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("令和5年度 市政運営の基本方針の原稿")
    expect(page.locator(".reading__number")).to_have_count(26)


def split_by_mouse(page: Page) -> None:
    """A line break in the text of the item, and the button."""
    choose(page, "1(2)")
    field = page.get_by_label("分けるところに改行を入れます")
    text = field.input_value()
    field.fill(text.replace(CUT, f"\n{CUT}"))
    button(page, "ここで分ける").click()
    expect(page.locator(".manuscript__bar")).to_contain_text("1(2) を2つに分ける")


def issue(page: Page) -> None:
    page.get_by_role("link", name="確かめて発出へ進む").click()
    expect(page.locator("main")).to_contain_text("発出した後の変更は")
    page.locator("[name=dated_on]").fill("Ｒ５．３．３１")
    button(page, "発出する").click()
    expect(page.locator(".messages")).to_contain_text("発出しました。")
    assert BasicPolicy.objects.get(year=2023).edition == 0


def amend(page: Page) -> None:
    """Other words for one item, with a reason; the difference is shown before it goes out."""
    page.goto(DESK)
    expect(page.locator(".page-head")).to_contain_text("発出済み")
    choose(page, "3(8)")
    page.get_by_text("本文の文字を直す", exact=True).click()
    field = page.get_by_label("本文", exact=True)
    field.fill(field.input_value().replace("早期着手し", "四月中に着手し"))
    button(page, "本文を直す").click()
    page.get_by_role("link", name="確かめて改正へ進む").click()
    expect(page.locator(".amended ins")).to_have_text(["四月中に"])
    page.locator("[name=dated_on]").fill("2023/4/10")
    page.locator("[name=reason]").fill("着手の時期を示すため。")
    button(page, "改正を登録する").click()
    expect(page.locator(".messages")).to_contain_text("第1次改正を登録しました。")
    expect(page.locator("main")).to_contain_text("四月中に着手し")
    assert Edition.objects.get(policy__year=2023, number=1).reason == "着手の時期を示すため。"


# --- by keyboard alone ---------------------------------------------------------------------------


def focused(page: Page) -> str:
    """What the focused element says."""
    return page.evaluate(
        """() => {
            const now = document.activeElement;
            const label = now.labels && now.labels.length ? now.labels[0].innerText : '';
            return (label || now.textContent).trim();
        }"""
    )


def tab_to(page: Page, name: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    pytest.fail(f"no way by keyboard to: {name}")


def test_an_item_is_split_joined_and_taken_back_by_keyboard_alone(page):
    page.goto(DESK)
    before = numbers(page)
    tab_to(page, "直す（1(2)）")
    page.keyboard.press("Enter")
    expect(chosen(page)).to_be_focused()
    tab_to(page, "分けるところに改行を入れます")
    page.keyboard.press("Control+Home")
    for _ in range(len("ウクライナ情勢等を起因とする物価高騰が、")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    tab_to(page, "ここで分ける")
    page.keyboard.press("Enter")
    expect(page.locator(".reading__number")).to_have_count(len(before) + 1)
    expect(chosen(page)).to_be_focused()
    tab_to(page, "直す（1(2)の2）")
    page.keyboard.press("Enter")
    expect(chosen(page)).to_contain_text("市民生活や地域経済に")
    tab_to(page, "前の項とつなぐ")
    page.keyboard.press("Enter")
    expect(page.locator(".reading__number")).to_have_text(before)
    page.keyboard.press("Control+z")
    expect(page.locator(".reading__number")).to_have_count(len(before) + 1)
    page.keyboard.press("Control+z")
    expect(page.locator(".reading__number")).to_have_text(before)
    page.keyboard.press("Control+y")
    expect(page.locator(".reading__number")).to_have_count(len(before) + 1)


def test_items_are_taken_out_of_a_speech_by_keyboard_and_by_mouse(page):
    paste(page, SPEECH, "施政方針")
    expect(page.get_by_role("heading", level=1)).to_have_text("令和6年度 施政方針の原稿")
    tab_to(page, "項を取り出す（4行目の前文）")
    page.keyboard.press("Enter")
    expect(chosen(page)).to_be_focused()
    tab_to(page, "ここからの原文")
    page.keyboard.press("Control+Home")
    for _ in range(len("まず防災です。")):
        page.keyboard.press("ArrowRight")
    for _ in range(len("𠮷田町に備蓄倉庫を新設します。")):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#passage-chosen")).to_have_text(
        "選んだ文　「𠮷田町に備蓄倉庫を新設します。」"
    )
    tab_to(page, "選んだ部分を項にする")
    page.keyboard.press("Enter")
    item = page.locator("#item-1")
    expect(item.locator(".reading__body")).to_have_text("𠮷田町に備蓄倉庫を新設します。")
    expect(page.locator(".reading__word")).to_have_text(["題名", "前文", "項に入っていない文"])
    select_with_the_mouse(page, "学童保育を増やします。")
    button(page, "項にする").click()
    expect(page.locator(".reading__number")).to_have_text(["（1）", "（2）"])
    expect(page.locator("#item-2 .reading__body")).to_have_text("学童保育を増やします。")


def select_with_the_mouse(page: Page, words: str) -> None:
    """Drag over ``words`` in the source."""
    box = page.evaluate(
        """(words) => {
            for (const part of document.querySelectorAll('[data-at]')) {
                const at = part.textContent.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(part.firstChild, at);
                range.setEnd(part.firstChild, at + words.length);
                part.scrollIntoView({ block: 'center' });
                const box = range.getBoundingClientRect();
                return [box.left, box.right, box.top + box.height / 2];
            }
        }""",
        words,
    )
    left, right, middle = box
    page.mouse.move(left + 1, middle)
    page.mouse.down()
    page.mouse.move(right - 1, middle, steps=8)
    page.mouse.up()
    expect(page.locator("[data-selected]")).to_have_text(f"「{words}」")


# --- without a script ----------------------------------------------------------------------------


def test_items_are_taken_out_of_a_speech_without_a_script(demo_city, new_context):
    page = new_context(base_url=demo_city.url, java_script_enabled=False).new_page()
    enter_as(page, OFFICE)
    paste(page, SPEECH, "施政方針")
    page.get_by_role("link", name="（4行目の前文）").click()
    page.get_by_label("ここから", exact=True).fill("𠮷田町に")
    page.get_by_label("ここまで", exact=True).fill("新設します。")
    button(page, "選んだ部分を項にする").click()
    expect(page.locator("#item-1 .reading__body")).to_have_text("𠮷田町に備蓄倉庫を新設します。")
    button(page, "元に戻す").click()
    expect(page.locator(".reading__number")).to_have_count(0)
    page.get_by_role("link", name="（4行目の前文）").click()
    button(page, "この段落を項にする").click()
    expect(page.locator("#item-1 .reading__body")).to_contain_text("まず防災です。")
