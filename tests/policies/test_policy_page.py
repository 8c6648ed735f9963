"""The mayor's policy as a page: how it reads, which addresses it has, who sees what when."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policies.models import BasicPolicy
from tests.factories import BasicPolicyFactory, SectionFactory, policy_with_items

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


def body_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def reader(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.viewer)


def test_the_document_reads_in_its_order(reader: Client) -> None:
    policy_with_items()
    page = body_of(reader, "/policies/2023/")
    order = [
        "令和5年3月31日</p>",
        '<h1 class="document__title">令和5年度市政運営の基本方針</h1>',
        "国分寺市長 井澤 邦夫",
        "主な取組を着実に推進すること。",
        "<span>施政方針を踏まえた対応</span>",
        "強靱なまちづくりを推進すること。",
        "脱炭素の視点を取り入れること。",
        "<span>各部の運営方針等の取扱い</span>",
        "面談時に提出すること。",
    ]
    assert [text for text in order if text in page] == order
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_every_chapter_and_item_has_an_address_of_its_own(reader: Client) -> None:
    policy_with_items()
    page = body_of(reader, "/policies/2023/")
    assert re.findall(r'id="(\d[\d-]*)"', page) == ["1", "1-1", "1-2", "2"]
    assert re.findall(r'<a class="policy__sign" href="#([\d-]+)"', page) == ["1", "1-1", "1-2", "2"]


def test_an_item_under_an_item_stands_inside_it(reader: Client) -> None:
    policy = policy_with_items()
    item = policy.sections.get(path="1-1")
    SectionFactory(
        policy=policy, parent=item, place=9, marker="ア", number="1(1)ア", path="1-1-1", body="訓練"
    )
    page = body_of(reader, "/policies/2023/")
    inside = page[page.index('id="1-1"') : page.index('id="1-2"')]
    assert inside.count("<ol") == 1
    assert 'id="1-1-1"' in inside


def test_until_it_is_issued_it_says_that_it_is_a_draft(
    reader: Client, settings: SimpleNamespace
) -> None:
    policy_with_items()
    BasicPolicy.objects.update(edition=None)
    banner = "基本方針は、まだ案です"
    before = body_of(reader, "/policies/2023/")
    assert banner in before
    assert "発出する日は令和5年3月31日（金）です。" in before
    settings.DEMO_TODAY = dt.date(2023, 3, 31)
    assert banner in body_of(reader, "/policies/2023/")


def test_what_is_issued_for_a_later_day_says_so_until_then(
    reader: Client, settings: SimpleNamespace
) -> None:
    policy_with_items()
    banner = "令和5年3月31日（金）付けで発出します"
    assert banner in body_of(reader, "/policies/2023/")
    settings.DEMO_TODAY = dt.date(2023, 3, 31)
    assert banner not in body_of(reader, "/policies/2023/")


def test_without_a_date_it_is_a_draft(reader: Client) -> None:
    BasicPolicyFactory(issued_on=None)
    assert "発出する日は、まだ決まっていません。" in body_of(reader, "/policies/2023/")


def test_other_years_are_one_link_away(reader: Client) -> None:
    policy_with_items()
    BasicPolicyFactory(year=2022, title="令和4年度市政運営の基本方針")
    page = body_of(reader, "/policies/2023/")
    assert '<a href="/policies/2022/">令和4年度</a>' in page
    assert '<a href="/policies/2023/" aria-current="page">令和5年度</a>' in page


def test_the_address_without_a_year_leads_to_the_newest(reader: Client) -> None:
    BasicPolicyFactory(year=2022)
    BasicPolicyFactory(year=2023)
    assert reader.get("/policies/")["Location"] == "/policies/2023/"


@pytest.mark.parametrize("address", ["/policies/2031/", "/policies/99999999999999999999/"])
def test_a_year_without_a_document_says_so_and_names_those_with_one(
    reader: Client, address: str
) -> None:
    BasicPolicyFactory()
    page = body_of(reader, address, status=404)
    assert "この年度の基本方針は、まだ登録されていません" in page
    assert '<a href="/policies/2023/">令和5年度</a>' in page


def test_without_any_document_the_page_asks_to_wait(reader: Client) -> None:
    assert "登録されるまで、お待ちください。" in body_of(reader, "/policies/", status=404)


def test_words_of_the_document_are_text_and_never_markup(reader: Client) -> None:
    policy = policy_with_items()
    policy.sections.filter(path="1-1").update(body="<script>alert(1)</script>")
    page = body_of(reader, "/policies/2023/")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_every_post_reads_it_and_nobody_without_a_post(
    cast: SimpleNamespace, client_of: ClientOf
) -> None:
    policy_with_items()
    answers = {
        name: client_of(user).get("/policies/2023/").status_code
        for name, user in vars(cast).items()
    }
    assert answers == dict.fromkeys(vars(cast), 200) | {"nobody": 403}


def test_who_is_not_signed_in_is_asked_to(client: Client, db: None) -> None:
    assert client.get("/policies/2023/")["Location"] == "/signin/?next=/policies/2023/"


def test_a_document_of_many_items_takes_as_many_queries_as_one(reader: Client) -> None:
    policy = policy_with_items()
    chapter = policy.sections.get(path="1")
    reader.get("/policies/2023/")
    with CaptureQueriesContext(connection) as few:
        reader.get("/policies/2023/")
    for number in range(3, 9):
        SectionFactory(policy=policy, parent=chapter, place=number, path=f"1-{number}")
    with CaptureQueriesContext(connection) as many:
        reader.get("/policies/2023/")
    assert len(many) == len(few)
