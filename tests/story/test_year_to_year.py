"""In real Chromium: the office confirms what goes on from last year, a head goes on with it."""

import re

import pytest
from playwright.sync_api import Page, expect

from goals.models import OperatingPolicy
from policies.models import Alignment
from tests.story.test_story import button, enter_as

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
OFFICE, HEAD = "1012", "1201"


def test_last_years_text_is_aligned_and_its_answers_and_goals_go_on(demo_page: Page) -> None:
    page = demo_page
    Alignment.objects.all().delete()

    enter_as(page, OFFICE)
    page.goto("/policies/2023/")
    page.get_by_role("link", name="昨年度からの変更").click()
    expect(page.get_by_text("項の対応は、まだ案です")).to_be_visible()
    page.get_by_role("link", name="対応を確かめる").click()
    expect(page.get_by_role("heading", name="今年度にないもの")).to_contain_text("昨年度の項のうち")
    split = page.get_by_label("1(5)に対応する昨年度の項", exact=True)
    expect(split).to_have_value("new")
    split.focus()
    page.keyboard.type("1(4)")
    button(page, "選んだ対応で違いを見る").click()
    expect(page.get_by_text("まだ確定していません")).to_be_visible()
    fifth = page.get_by_role("article", name=re.compile(r"^1\(5\)"))
    expect(fifth.locator("ins").first).to_be_visible()
    expect(fifth.locator("del").first).to_be_visible()
    button(page, "この対応で確定する").click()
    expect(page.locator(".messages")).to_contain_text("26項について確定しました")
    assert Alignment.objects.get(section__path="1-5").earlier.path == "1-4"

    enter_as(page, HEAD)
    page.goto("/papers/2023/somu/#1-4")
    item = page.get_by_role("article", name="1(4)", exact=True)
    item.get_by_text("昨年度の回答").click()
    said = "公用車6台を電動車に替え"
    expect(item).to_contain_text(said)
    item.get_by_role("link", name="この文を入力欄に写す").click()
    field = page.get_by_label("部の方針", exact=False).first
    expect(field).to_have_value(re.compile(said))
    field.press("Control+End")
    field.press_sequentially("令和5年度は8台を替える。")
    button(page, "保存する").click()
    expect(page).to_have_url(re.compile("/papers/2023/somu/#1-4"))
    paper = OperatingPolicy.objects.get(year=2023, department__code="somu")
    assert paper.responses.get(section__path="1-4").body.endswith("令和5年度は8台を替える。")

    page.goto("/papers/2023/somu/goals/copy/")
    expect(page.get_by_label("1(3) 強靱なまちづくり")).to_be_checked()
    page.get_by_label("3(5) 現場主義と即応").uncheck()
    button(page, "選んだ目標を写す").click()
    expect(page).to_have_url(re.compile("#goals"))
    copied = paper.goals.get(title="地区防災計画を、新たに4地区で定める", is_removed=False)
    assert [section.path for section in copied.sections.all()] == ["1-3"]
