"""The office's desk against careless people and forms made by hand."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from policies.actions import manuscripts
from policies.actions.manuscripts import MOST_EDITS
from policies.actions.publishing import MOST_SECTIONS
from policies.edits import Edit, Retitle, Reword
from policies.models import Alignment, BasicPolicy, Edition, Manuscript, Section
from policies.outline import written
from policies.parsing import parse
from policies.queries.manuscripts import desk
from policies.reading import MOST_CHARACTERS

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


@pytest.mark.parametrize("typed", ["2099/3/31", "R4.3.31", "R6.4.1"])
@pytest.mark.parametrize("step", ["発出", "改正"])
def test_date_far_from_the_year_of_the_document_is_a_slip_of_the_pen(
    office: Client, by: Actor, laid: Manuscript, step: str, typed: str
) -> None:
    if step == "改正":
        issue(ISSUED, by)
        put_right(Reword(2, "改めた文。"), by)
    before = Edition.objects.count()
    answer = post(office, "issue", dated_on=typed, reason="改めるため。")
    assert (answer.status_code, Edition.objects.count()) == (409, before)
    assert answer.context["form"].non_field_errors() == [
        "日付を確かめてください。令和4年4月1日から令和6年3月31日までの日付を入力できます。"
    ]


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


# --- long documents --------------------------------------------------------------------------------


def chapters(count: int, year: str = "令和5年度") -> str:
    """A basic policy of ``count`` items, every twentieth a chapter."""
    lines = [
        f"({n % 20}) 項目{n}の文を進めること。" if n % 20 else f"{n // 20 + 1} 章{n}"
        for n in range(count)
    ]
    return "\n".join([f"{year}市政運営の基本方針", *lines, ""])


def test_longest_document_is_laid_beside_last_years_and_confirmed(
    office: Client, by: Actor
) -> None:
    for year in ("令和4年度", "令和5年度"):
        taken = manuscripts.take_in(parsed=parse(chapters(MOST_SECTIONS, year)), by=by)
        manuscripts.share(manuscript=taken, version=taken.version, by=by)
    form = office.get("/policies/2023/alignment/").context["form"]
    given = {name: form[name].value() for name in form.fields} | {"csrfmiddlewaretoken": "x"}
    assert office.post("/policies/2023/alignment/", given).status_code == 302
    assert Alignment.objects.count() == MOST_SECTIONS


def test_longest_document_is_amended_with_few_queries(
    by: Actor, django_assert_max_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    manuscripts.take_in(parsed=parse(chapters(MOST_SECTIONS)), by=by)
    issue(ISSUED, by)
    put_right(Reword(2, "改めた文。"), by)
    with django_assert_max_num_queries(40):
        issue(AMENDED, by, "改めるため。")
    assert Section.objects.standing().count() == MOST_SECTIONS
    assert Section.objects.get(path="1-1").body == "改めた文。"


def test_document_that_is_too_long_is_refused_before_it_is_read(
    office: Client,
) -> None:
    text = "令和5年度市政運営の基本方針\n" + "あ\n" * (MOST_CHARACTERS // 2)
    answer = office.post("/policies/intake/", {"kind": "basic", "text": text})
    assert answer.context["form"].errors["text"] == [
        "行が多すぎます。20万行までの文書にしてください。"
    ]
    answer = office.post("/policies/intake/", {"kind": "basic", "text": text.replace("\n", "い")})
    assert answer.context["form"].errors["text"] == [
        "文書が長すぎます。500,000字までの文書を取り込めます。"
    ]


def test_correction_beyond_the_last_one_is_told_in_its_place_and_kept(
    office: Client, by: Actor, laid: Manuscript
) -> None:
    put_right(Reword(2, "一つ目の直し。"), by)
    put_right(Reword(2, "二つ目の直し。"), by)
    Manuscript.objects.update(edits=now().edits * (MOST_EDITS // 2))
    answer = post(office, "edit", kind="reword", item=2, text="書いておいた文。")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "直せるのは500回までです。" in page
    assert "書いておいた文。</textarea>" in page


def test_words_added_again_and_again_end_at_the_longest_document(
    office: Client, by: Actor, laid: Manuscript
) -> None:
    text = chapters(40) + "あ" * (MOST_CHARACTERS - 1000)
    given = {"kind": "basic", "text": text, "replacing": now().version}
    assert office.post("/policies/intake/", given).status_code == 302
    answer = post(office, "edit", kind="add", item=2, text="い" * 2000)
    assert (answer.status_code, now().edits) == (422, [])
    assert "文書が長すぎます。" in answer.content.decode()


def test_name_of_a_file_holds_no_signs_that_turn_it_round(office: Client) -> None:
    given = {"kind": "basic", "text": TEXT, "file_name": "方針\u202ecod.exe\u0007"}
    assert office.post("/policies/intake/", given).status_code == 302
    assert now().file_name == "方針cod.exe"
