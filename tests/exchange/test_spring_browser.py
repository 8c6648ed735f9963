"""The import in a real browser: no fault on any of its pages, wide or narrow, with many rows."""

import pytest
from playwright.sync_api import Page, expect

from departments.models import Appointment, User
from exchange.models import SpringImport
from scripts.screens import WIDTHS
from tests.exchange.spring_files import APPOINTMENT, DEPARTMENT, DIVISION, PERSON, workbook
from tests.story.test_every_page import faults, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBERS = [str(n) for n in range(6001, 6106)]


def rows(**wrong):
    return {
        "部": [DEPARTMENT | {"記号": "kenkofukushi"} | wrong],
        "課": [DIVISION | {"部の記号": "kenkofukushi"}],
        "職員": [PERSON | {"職員番号": number} for number in NUMBERS],
        "発令": [
            APPOINTMENT | {"職員番号": number, "職": "担当", "部の記号": "kenkofukushi"}
            for number in NUMBERS
        ],
    }


@pytest.fixture
def page(live_server, cast, new_context) -> Page:
    context = new_context(base_url=live_server.url)
    signed_in(context, cast.administrator.username, live_server.url)
    return context.new_page()


def hand_in(page, content):
    page.goto("/exchange/spring/")
    file = {"name": "春.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="内容を確かめる").click()


def faults_here(page):
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url} {width}: {fault}" for fault in faults(page)]
    return found


def test_file_is_handed_in_taken_in_and_taken_back_without_a_fault_on_the_way(page):
    before = Appointment.objects.count(), User.objects.count()
    hand_in(page, workbook(rows()))
    expect(page.get_by_role("heading", level=1)).to_have_text("この内容で取り込みますか")
    problems = faults_here(page)
    page.get_by_role("link", name="発令 105").click()
    expect(page.get_by_text("1／2ページ（全105件）")).to_be_visible()
    problems += faults_here(page)
    page.get_by_role("button", name="この内容で取り込む").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("取り込みました")
    assert Appointment.objects.count() == before[0] + 105
    problems += faults_here(page)
    page.get_by_role("link", name="この取込みを取り消す").click()
    problems += faults_here(page)
    page.get_by_role("button", name="取り消す").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("取り込んだ後に取り消しました")
    assert (Appointment.objects.count(), User.objects.count()) == before
    assert problems == []


def test_errors_and_the_list_of_files_are_without_fault(page):
    hand_in(page, workbook(rows(名称="", ふりがな="")))
    expect(page.get_by_role("heading", level=1)).to_have_text("誤りが2件あります")
    problems = faults_here(page)
    page.goto("/exchange/spring/")
    expect(page.get_by_role("link", name="春.xlsx")).to_be_visible()
    assert problems + faults_here(page) == []


def test_page_that_waits_goes_on_by_itself_where_no_worker_runs(page):
    hand_in(page, workbook(rows()))
    expect(page.get_by_role("heading", level=1)).to_have_text("この内容で取り込みますか")
    where = page.url
    SpringImport.objects.update(status="waiting", counts={}, changes=[])
    page.goto(where)
    expect(page.get_by_role("heading", level=1)).to_have_text("確かめています")
    problems = faults_here(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("この内容で取り込みますか")
    assert problems == []
