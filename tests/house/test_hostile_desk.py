"""The office's desk against careless people and forms made by hand."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from policies.actions import manuscripts
from policies.edits import Edit, Retitle, Reword
from policies.models import BasicPolicy, Edition, Manuscript
from policies.outline import written
from policies.parsing import parse
from policies.queries.manuscripts import desk

pytestmark = pytest.mark.django_db
TEXT = """令和5年3月31日
国分寺市長　井澤　邦夫
令和5年度市政運営の基本方針
次のとおり定める。
1　基本姿勢
(1)　葛󠄀西市民に説明すること。広く情報を集めること。
(2)　残業を減らすこと。
2　進め方
(1)　早く始めること。
"""
DESK = "/policies/2023/manuscripts/basic/"
ISSUED, AMENDED = dt.date(2023, 3, 31), dt.date(2023, 4, 10)


@pytest.fixture
def by(cast: SimpleNamespace) -> Actor:
    return Actor(user=cast.office)


@pytest.fixture
def office(cast: SimpleNamespace, client_of: Callable[..., Client]) -> Client:
    return client_of(cast.office)


@pytest.fixture
def laid(by: Actor) -> Manuscript:
    return manuscripts.take_in(parsed=parse(TEXT), by=by)


def now() -> Manuscript:
    return Manuscript.objects.get()


def post(client: Client, step: str, **typed: object) -> HttpResponse:
    return client.post(f"{DESK}{step}/", {"version": now().version, **typed})


def put_right(edit: Edit, by: Actor) -> None:
    manuscripts.edit(manuscript=now(), version=now().version, edit=edit, by=by)


def issue(on: dt.date, by: Actor, reason: str = "") -> Edition:
    found = now()
    return manuscripts.issue(
        manuscript=found, version=found.version, dated_on=on, reason=reason, by=by
    )


def bodies() -> list[str]:
    return [row.body for row in written(desk(now()).outline) if row.body]


# --- two people at once ----------------------------------------------------------------------------


def test_who_throws_a_manuscript_away_does_not_throw_away_what_was_put_right_since(
    office: Client, by: Actor, laid: Manuscript
) -> None:
    put_right(Reword(2, "大事な直し。"), by)
    answer = office.post(f"{DESK}discard/", {"version": laid.version - 1})
    assert (answer.status_code, len(now().edits)) == (409, 1)
    assert not AuditEvent.objects.filter(verb="manuscript.discard").exists()


# --- years and dates -------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["1800", "1949", "2101", "9999", "明治元年度"])
def test_year_that_no_document_can_have_is_refused_beside_its_field(
    office: Client, year: str
) -> None:
    answer = office.post("/policies/intake/", {"kind": "basic", "text": TEXT, "year": year})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["year"])
    assert not Manuscript.objects.exists()


@pytest.mark.parametrize("date", ["", "令和5年4月10日\n"])
def test_new_text_for_an_amendment_does_not_change_the_day_of_issue(
    office: Client, by: Actor, laid: Manuscript, date: str
) -> None:
    issue(ISSUED, by)
    text = TEXT.replace("令和5年3月31日\n", date).replace("残業", "時間外勤務")
    given = {"kind": "basic", "text": text, "replacing": now().version}
    assert office.post("/policies/intake/", given).status_code == 302
    issue(AMENDED, by, "働き方を改めるため。")
    policy = BasicPolicy.objects.get()
    assert (policy.edition, policy.issued_on, policy.is_issued_on(AMENDED)) == (1, ISSUED, True)
    assert now().issued_on == ISSUED


def test_amendment_in_which_nothing_that_is_read_changes_is_refused(
    office: Client, by: Actor, laid: Manuscript
) -> None:
    issue(ISSUED, by)
    put_right(Retitle(2, "説明"), by)
    answer = post(office, "issue", dated_on="R5.4.10", reason="短い名前のため。")
    assert (answer.status_code, Edition.objects.count()) == (409, 1)
    assert answer.context["form"].non_field_errors() == ["前の版から変わったところがありません。"]


# --- characters that belong together ---------------------------------------------------------------


def test_passage_that_ends_inside_a_character_takes_all_of_it(
    office: Client, laid: Manuscript
) -> None:
    start = laid.source_text.index("葛")
    assert post(office, "edit", kind="mark", start=start, end=start + 1).status_code == 302
    assert "葛󠄀" in bodies()
    assert "西市民に説明すること。広く情報を集めること。" in bodies()


def test_passage_that_begins_inside_a_character_begins_behind_it(
    office: Client, laid: Manuscript
) -> None:
    start = laid.source_text.index("葛") + 1
    end = laid.source_text.index("に説明")
    assert post(office, "edit", kind="mark", start=start, end=end).status_code == 302
    assert "西市民" in bodies()


def test_item_is_not_cut_inside_a_character(office: Client, laid: Manuscript) -> None:
    text = laid.source_text[laid.source_text.index("葛") : laid.source_text.index("\n(2)")]
    answer = post(office, "edit", kind="split", item=2, text=f"{text[0]}\n{text[1:]}")
    assert answer.status_code == 302
    assert bodies()[:2] == ["葛󠄀", text[2:]]
