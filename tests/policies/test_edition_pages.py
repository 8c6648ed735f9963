"""発出 and 改正 as everybody in the house reads them."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policies.models import BasicPolicy, Section
from policies.queries.editions import amendments_of, editions_of
from tests.factories import (
    BasicPolicyFactory,
    EditionFactory,
    SectionFactory,
    amending,
    jst,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
NEW_WORDS = "脱炭素の視点を全ての施策に取り入れること。"


@pytest.fixture
def reader(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.viewer)


@pytest.fixture
def policy() -> BasicPolicy:
    return policy_with_items()


@pytest.fixture
def amended(policy: BasicPolicy) -> BasicPolicy:
    """1(2) reworded, 1(1) dropped, 1(3) new."""
    with amending(policy, reason="国の計画が変わったため。"):
        rows = policy.sections
        rows.filter(path="1-2").update(body=NEW_WORDS)
        rows.filter(path="1-1").update(is_dropped=True)
        SectionFactory(
            policy=policy,
            parent=rows.get(path="1"),
            place=9,
            marker="(3)",
            number="1(3)",
            path="1-3",
            body="物価高に対応すること。",
        )
    return policy


def body_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def words(page: str) -> str:
    """The page as read aloud."""
    main = page[page.index('id="main"') :] if 'id="main"' in page else page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_a_policy_that_was_never_amended_says_nothing_of_amendments(
    reader: Client, policy: BasicPolicy
) -> None:
    page = body_of(reader, "/policies/2023/")
    assert (page.count("改正"), page.count("/editions/")) == (0, 0)
    with CaptureQueriesContext(connection) as queries:
        assert amendments_of(policy).rows == []
    assert len(queries) == 0


def test_the_document_says_its_amendment_and_marks_what_was_amended(
    reader: Client, amended: BasicPolicy
) -> None:
    page = body_of(reader, "/policies/2023/")
    link = '<a class="link" href="/policies/2023/editions/#edition-1">第1次改正　令和5年4月10日</a>'
    assert page.count(link) == 1
    items = re.findall(r'<li class="document__item" id="([\d-]+)">(.*?)</li>', page, re.DOTALL)
    assert [(path, "改正</span>" in item) for path, item in items] == [("1-2", True), ("1-3", True)]


def test_every_edition_is_listed_with_its_date_its_reason_and_its_differences(
    reader: Client, amended: BasicPolicy
) -> None:
    page = body_of(reader, "/policies/2023/editions/")
    assert re.findall(r'<h2 id="edition-\d-title">(.*?)</h2>', page) == [
        "第1次改正　令和5年4月10日",
        "発出　令和5年3月31日",
    ]
    assert page.count("国の計画が変わったため。") == 1
    assert "<del>強靱なまちづくりを推進すること。</del>" in page
    assert "脱炭素の視点を<ins>全ての施策に</ins>取り入れること。" in page
    assert "<ins>物価高に対応すること。</ins>" in page
    titles = re.findall(r'<span class="support">([^<]*?)</span></h3>', page)
    assert titles == ["削られた項", "文言の変更", "新しい項、回答を求める項になりました"]


def test_differences_have_words_before_they_have_colours(
    reader: Client, amended: BasicPolicy
) -> None:
    page = body_of(reader, "/policies/2023/editions/")
    legend = "<del>取り消し線は削った言葉</del>　<ins>下線は加えた言葉</ins>"
    assert page.count(legend) == 1
    assert page.index(legend) < page.index("<del>強靱な")


def test_each_edition_reads_in_full_as_it_stood(reader: Client, amended: BasicPolicy) -> None:
    first = words(body_of(reader, "/policies/2023/editions/0/"))
    assert ("強靱なまちづくり" in first, "全ての施策に" in first) == (True, False)
    assert "この後に改正されています" in first
    second = words(body_of(reader, "/policies/2023/editions/1/"))
    assert ("強靱なまちづくり" in second, "全ての施策に" in second) == (False, True)
    assert "この後に改正されています" not in second


def test_an_edition_that_was_never_issued_is_not_there(
    reader: Client, amended: BasicPolicy
) -> None:
    assert reader.get("/policies/2023/editions/2/").status_code == 404
    assert reader.get("/policies/2022/editions/").status_code == 404


def test_a_policy_that_is_not_issued_yet_has_no_editions(reader: Client) -> None:
    BasicPolicyFactory(edition=None)
    assert "まだ発出されていません" in body_of(reader, "/policies/2023/editions/")


def test_an_amendment_dated_later_says_from_when_it_was_told(
    reader: Client, policy: BasicPolicy
) -> None:
    with amending(policy, dated_on=dt.date(2023, 4, 10), issued_at=jst(2023, 3, 28, 9)):
        policy.sections.filter(path="1-2").update(body=NEW_WORDS)
    page = words(body_of(reader, "/policies/2023/editions/"))
    told = "日付は令和5年4月10日です。各部には、登録した令和5年3月28日に知らせています。"
    assert page.count(told) == 1


def test_several_amendments_are_one_difference_from_the_last_seen(policy: BasicPolicy) -> None:
    with amending(policy):
        policy.sections.filter(path="1-2").update(body="一度目。")
    with amending(policy):
        policy.sections.filter(path="1-2").update(body="二度目。")
        policy.sections.filter(path="1-1").update(body="改めた。")
    editions = editions_of(policy)

    def since(seen: int) -> list[tuple[str, str, str]]:
        changes = editions.since(seen).changes
        return [(c.path, c.before["body"], c.after["body"]) for c in changes]

    old = "強靱なまちづくりを推進すること。"
    assert since(0) == [
        ("1-1", old, "改めた。"),
        ("1-2", "脱炭素の視点を取り入れること。", "二度目。"),
    ]
    assert since(1) == [("1-1", old, "改めた。"), ("1-2", "一度目。", "二度目。")]
    assert since(2) == []
    assert [str(edition) for edition in editions.after(0)] == ["第1次改正", "第2次改正"]


def test_what_was_changed_and_changed_back_is_not_amended(policy: BasicPolicy) -> None:
    words_before = Section.objects.get(path="1-2").body
    with amending(policy):
        policy.sections.filter(path="1-2").update(body="一度目。")
    with amending(policy):
        policy.sections.filter(path="1-2").update(body=words_before)
    assert dict(editions_of(policy).amended) == {}


def test_the_texts_of_an_edition_are_shown_as_text(reader: Client, policy: BasicPolicy) -> None:
    with amending(policy, reason="<b>太字</b>"):
        policy.sections.filter(path="1-2").update(body="<script>alert(1)</script>")
    page = body_of(reader, "/policies/2023/editions/")
    assert ("<script>alert" in page, "<b>太字" in page) == (False, False)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_list_of_editions_asks_as_often_for_many_as_for_one(
    reader: Client, policy: BasicPolicy
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            reader.get("/policies/2023/editions/")
        return len(found)

    EditionFactory(policy=policy)
    reader.get("/policies/2023/editions/")
    first = queries()
    for words_now in ("一", "二", "三"):
        with amending(policy):
            policy.sections.filter(path="1-2").update(body=words_now)
    assert queries() == first
