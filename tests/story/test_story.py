"""The whole year's work in real Chromium: sign-in to PDF, as the people of the demonstration.

The incoming head of 福祉部 (she holds 健康部 until 31 March) answers the mayor's text and adds a
goal; the policy office sends the paper back, receives and finalises it; the secretary enters the
interview; the packet comes out as a PDF in which the goal faces the item that it answers.
"""

import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from core.audit import first_broken_line
from goals.models import KeptText, OperatingPolicy

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
HEAD, OFFICE, SECRETARY = "1401", "1012", "1021"
GOAL = "成年後見の相談を、翌日までに専門職へつなぐ"
ANSWER = "相談を受けた翌日までに、関係する課へ一枚の票で知らせる。髙齢の方の声は毎週まとめる。"


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def enter_as(page: Page, number: str) -> None:
    """Sign in through the table of demo people."""
    page.context.clear_cookies()
    page.goto("/signin/")
    page.get_by_role("row").filter(has_text=number).get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("今日すること")


def answer_everything(page: Page) -> None:
    """Write into every empty field: the first saves by itself, the others by their button."""
    fields = page.locator("form.answer-form textarea")
    first = fields.first
    note = page.locator(f"#note-{first.get_attribute('id').removeprefix('body-')}")
    first.press_sequentially(ANSWER[:20])
    expect(note).to_contain_text("に保存しました")
    while left := fields.count():
        form = page.locator("form.answer-form").first
        form.locator("textarea").fill(ANSWER)
        form.get_by_role("button", name="保存する").click()
        expect(fields).to_have_count(left - 1)


def add_goal(page: Page) -> None:
    """All that a goal owes, typed as people type it: full-width figures and a date in 和暦."""
    page.get_by_role("link", name="目標を加える", exact=True).first.click()
    page.get_by_label("目標", exact=False).first.fill(GOAL)
    page.locator("[name=standard]").fill("相談の翌日までに専門職へつないだ割合を100％とする。")
    page.get_by_role("group", name="応える項").get_by_label("1(1)", exact=False).check()
    page.locator("[name=lead_division]").select_option(index=1)
    page.locator("[name=due_on]").fill("Ｒ６．３．２９")
    page.locator("[name=method]").fill("相談票を改める\n専門職団体と協定を結ぶ")
    page.locator("[name=q1]").fill("協定の締結")
    page.locator("[name=budget]").fill("１，２００")
    page.locator("[name$='-0-name']").fill("翌日までにつないだ割合")
    page.locator("[name$='-0-unit']").fill("％")
    page.locator("[name$='-0-baseline']").fill("62")
    page.locator("[name$='-0-target']").fill("100")
    page.locator("main form .button--main").click()
    expect(page.get_by_text(GOAL).first).to_be_visible()


def hand_in(page: Page) -> None:
    page.get_by_role("link", name="提出前の確認へ").click()
    button(page, "提出する").click()
    expect(page.locator("main")).to_contain_text("提出しました")


def open_review(page: Page) -> None:
    page.get_by_role("navigation", name="主な画面").get_by_role("link", name="提出状況").click()
    row = page.get_by_role("row").filter(has_text="福祉部")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("福祉部")


def send_back(page: Page) -> None:
    """Without a remark it is refused in words; with one and a reason it goes back."""
    open_review(page)
    page.get_by_role("link", name="差し戻す", exact=True).click()
    expect(page.locator("main")).to_contain_text("伝える指摘がありません")
    page.get_by_role("link", name="審査に戻る", exact=True).click()
    pair = page.locator("article[id='4-2']")
    pair.locator("summary").first.click()
    pair.locator("textarea").fill("いつまでに、どの課と行うかを書いてください。")
    pair.locator("form button").last.click()
    page.get_by_role("link", name="差し戻す", exact=True).click()
    page.locator("[name=reason]").fill("時期と相手が読み取れないため。")
    button(page, "差し戻す").click()
    expect(page.locator("main")).to_contain_text("差戻し")


def mend(page: Page) -> None:
    """The head sees reason and remark, rewrites, answers the remark and hands in again."""
    page.get_by_role("link", name="指摘を見て直す").click()
    expect(page.locator("main")).to_contain_text("時期と相手が読み取れないため。")
    pair = page.locator("article[id='4-2']")
    expect(pair).to_contain_text("いつまでに、どの課と行うかを書いてください。")
    pair.get_by_role("link", name="編集する").click()
    pair.locator("textarea").fill(f"{ANSWER}6月までに、健康部と手順を定める。")
    pair.get_by_role("button", name="保存する").click()
    expect(pair.locator("textarea")).to_have_count(0)
    pair.get_by_role("link", name="返事を書く").click()
    page.locator("main textarea").fill("時期と相手を加えました。")
    button(page, "返事を保存する").click()
    hand_in(page)


def receive(page: Page) -> None:
    """The second review shows what changed beside the remark."""
    open_review(page)
    expect(page.locator("ins").filter(has_text="6月までに、健康部と手順")).to_be_visible()
    button(page, "解決した").first.click()
    button(page, "受理する").click()
    expect(page.locator("main")).to_contain_text("受理")


def enter_interview(page: Page) -> None:
    """An overlap is refused with its reason, and what was typed is still there."""
    page.get_by_role("link", name="面談日程", exact=True).click()
    missing = page.get_by_role("listitem").filter(has_text="福祉部")
    missing.get_by_role("link", name=re.compile("入力する")).click()
    page.locator("[name=date]").fill("R5.4.6")
    page.locator("[name=start]").fill("９：３０")
    page.locator("[name=end]").fill("10時30分")
    page.locator("[name=room]").fill("庁議室")
    button(page, "保存する").click()
    expect(page.locator("main")).to_contain_text("政策部")
    expect(page.locator("[name=room]")).to_have_value("庁議室")
    page.locator("[name=date]").fill("令和5年4月10日")
    button(page, "保存する").click()
    expect(page.get_by_role("row").filter(has_text="福祉部")).to_contain_text("庁議室")


def finalise(page: Page) -> None:
    open_review(page)
    button(page, "確定する").click()
    expect(page.locator("main")).to_contain_text("確定")


def download_packet(page: Page, folder) -> PdfReader:
    page.get_by_role("link", name="面談資料", exact=True).click()
    build = page.get_by_role("button", name=re.compile("PDFを作る|作り直す"))
    build.click(timeout=60_000)  # here the press runs inside of the request
    expect(page.locator("main")).to_contain_text("できました")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDFを保存する").click()
    assert waiting.value.suggested_filename == "令和5年度_福祉部_面談資料.pdf"
    waiting.value.save_as(folder / "packet.pdf")
    return PdfReader(folder / "packet.pdf")


def test_from_the_mayors_text_to_the_packet(demo_city, demo_page: Page, tmp_path):
    page = demo_page
    enter_as(page, HEAD)
    page.get_by_role("link", name="基本方針", exact=True).click()
    expect(page.locator("[id='1-4']")).to_contain_text("ゼロカーボンシティ")
    page.get_by_role("link", name="今日すること", exact=True).click()
    page.get_by_role("link", name="続きを書く").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("福祉部")
    answer_everything(page)
    add_goal(page)
    hand_in(page)

    enter_as(page, OFFICE)
    send_back(page)
    enter_as(page, HEAD)
    mend(page)
    enter_as(page, OFFICE)
    receive(page)
    enter_as(page, SECRETARY)
    enter_interview(page)
    enter_as(page, OFFICE)
    finalise(page)

    enter_as(page, HEAD)
    pdf = download_packet(page, tmp_path)
    texts = ["".join(sheet.extract_text().split()) for sheet in pdf.pages]
    item = "新型コロナウイルス感染拡大から3年が経過し、"
    assert [n for n, text in enumerate(texts) if GOAL in text and item in text] != []
    assert "﨑山" in texts[0]
    assert "髙齢" in "".join(texts)

    paper = OperatingPolicy.objects.get(year=2023, department__code="fukushi")
    assert (paper.status, paper.submissions) == ("finalised", 2)
    assert [revision.number for revision in paper.revisions.all()] == [1, 2]
    assert not KeptText.objects.exists()
    assert first_broken_line() is None
