"""The office's desk as pages: taking in, putting right, showing, issuing, amending."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.audit import Actor
from policies.actions import manuscripts
from policies.contents import content_of
from policies.models import BasicPolicy, Manuscript, Speech
from policies.outline import written
from policies.parsing import parse
from policies.queries.manuscripts import desk
from policies.reading import MAX_CONTAINER_BYTES

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]

POLICY = """令和5年3月31日
令和5年度市政運営の基本方針
国分寺市長 井澤 邦夫

次のとおり取り組むこと。

1 市民の生活
(1) 防災の取組を進めること。備蓄を増やすこと。
(2) 見守りを
広げること。

- 2 -

2 職員の育成
(1) 研修を充実すること。
(4) 飛んだ番号の文である。
"""
SPEECH = """令和5年度施政方針

本日ここに、所信を申し上げます。
防災では、備蓄倉庫を新設します。
次に、𠮷田町の学童保育を増やします。
終わりに、御協力をお願いします。
"""
DESK = "/policies/2023/manuscripts/basic/"
SPEECH_DESK = "/policies/2023/manuscripts/speech/"


@pytest.fixture
def office(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.office)


@pytest.fixture
def policy(cast: SimpleNamespace) -> Manuscript:
    return manuscripts.take_in(parsed=parse(POLICY), by=Actor(user=cast.office))


@pytest.fixture
def speech(cast: SimpleNamespace) -> Manuscript:
    return manuscripts.take_in(parsed=parse(SPEECH), kind="speech", by=Actor(user=cast.office))


def now(manuscript: Manuscript) -> Manuscript:
    return Manuscript.objects.get(pk=manuscript.pk)


def rows(manuscript: Manuscript) -> list[tuple[str, str]]:
    found = written(desk(now(manuscript)).outline)
    return [(row.node.marker, row.heading or row.body) for row in found]


def post(client: Client, manuscript: Manuscript, step: str, **typed: object):
    address = f"/policies/{manuscript.year}/manuscripts/{manuscript.kind}/{step}/"
    return client.post(address, {"version": now(manuscript).version, **typed})


def body_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words(page: str) -> str:
    """What is read on the page, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


# --- taking in -----------------------------------------------------------------------------------


def test_pasted_text_is_taken_in_and_opens_the_reading_page(office: Client) -> None:
    response = office.post("/policies/intake/", {"kind": "basic", "text": POLICY})
    assert (response.status_code, response.url) == (302, DESK)
    manuscript = Manuscript.objects.get()
    assert (manuscript.year, manuscript.title) == (2023, "令和5年度市政運営の基本方針")
    assert BasicPolicy.objects.count() == 0


def test_file_is_taken_in_with_its_name(office: Client) -> None:
    file = SimpleUploadedFile("基本方針.txt", POLICY.encode("cp932"))
    response = office.post("/policies/intake/", {"kind": "basic", "file": file})
    assert response.url == DESK
    assert Manuscript.objects.get().file_name == "基本方針.txt"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 broken", "PDFが壊れているため開けません。作り直してください。"),
        (b"", "ファイルに文字がありません。基本方針の文書を選んでください。"),
        (
            b"\x00\x01" * 400,
            "文字のファイルとして読めません。文字だけのファイル（.txt）を選んでください。",
        ),
    ],
)
def test_unreadable_file_says_why_beside_its_field_and_keeps_the_paste(
    office: Client, content: bytes, sentence: str
) -> None:
    file = SimpleUploadedFile("方針.bin", content)
    given = {"kind": "basic", "file": file, "text": "貼り付けた文。"}
    response = office.post("/policies/intake/", given)
    assert response.status_code == 200
    assert response.context["form"].errors["file"] == [sentence]
    assert "貼り付けた文。</textarea>" in response.content.decode()
    assert Manuscript.objects.count() == 0


def test_file_that_is_too_large_is_refused_unopened(office: Client) -> None:
    file = SimpleUploadedFile("大.pdf", b"%PDF" + b"0" * MAX_CONTAINER_BYTES)
    response = office.post("/policies/intake/", {"kind": "basic", "file": file})
    assert response.context["form"].errors["file"] == [
        "ファイルが大きすぎます。20MBまでのファイルを選んでください。"
    ]


def test_nothing_given_is_asked_for(office: Client) -> None:
    response = office.post("/policies/intake/", {"kind": "basic", "text": " \n"})
    assert response.context["form"].errors["file"] == [
        "ファイルを選ぶか、文書を貼り付けてください。"
    ]


def test_year_that_is_not_in_the_document_is_asked_for_and_the_text_stays(office: Client) -> None:
    text = "市政運営の基本方針\n\n1 市民\n(1) 一つ目。\n"
    file = SimpleUploadedFile("方針.txt", text.encode())
    response = office.post("/policies/intake/", {"kind": "basic", "file": file})
    form = response.context["form"]
    assert form.errors["year"] == ["年度が読み取れませんでした。年度を指定してください。"]
    assert form["text"].value() == text
    again = {"kind": "basic", "text": text, "file_name": "方針.txt", "year": "令和6年度"}
    assert office.post("/policies/intake/", again).url == "/policies/2024/manuscripts/basic/"
    assert Manuscript.objects.get().file_name == "方針.txt"


def test_second_text_of_a_year_takes_the_place_of_the_first_only_when_told(
    office: Client, policy: Manuscript
) -> None:
    other = POLICY.replace("研修", "実習")
    response = office.post("/policies/intake/", {"kind": "basic", "text": other})
    assert response.status_code == 409
    assert "いまの原稿と置き換える" in response.content.decode()
    assert rows(policy)[-1][1].startswith("研修")
    replacing = response.context["form"]["replacing"].value()
    given = {"kind": "basic", "text": other, "replacing": replacing}
    assert office.post("/policies/intake/", given).url == DESK
    assert rows(policy)[-1][1].startswith("実習")


# --- the reading page ----------------------------------------------------------------------------


def test_source_and_items_stand_row_by_row(office: Client, policy: Manuscript) -> None:
    page = body_of(office, DESK)
    assert re.findall(r'class="reading__row reading__row--(\w+)', page) == [
        *("apart", "apart", "apart", "text", "item", "item", "item", "apart", "item", "item"),
    ]
    assert re.findall(r'<div class="reading__number">(.*?)</div>', page) == [
        *("1", "(1)", "(2)", "2", "(1)"),
    ]
    assert re.findall(r'id="line-(\d+)"', page) == [
        *("1", "2", "3", "5", "7", "8", "9", "10", "12", "14", "15", "16"),
    ]
    assert "見守りを広げること。" in page
    assert re.findall(r'<p class="reading__word">(.*?)</p>', page) == [
        *("日付", "題名", "発出者", "前文", "本文外"),
    ]


def test_state_and_figures_are_said(office: Client, policy: Manuscript) -> None:
    page = words(body_of(office, DESK))
    assert "庁内には、まだ見せていません" in page
    assert "5項（うち回答を求めるもの3項）" in page


def test_doubt_is_asked_first_linked_with_its_line_and_settled(
    office: Client, policy: Manuscript
) -> None:
    page = body_of(office, DESK)
    assert page.index('id="doubts"') < page.index('id="rows"')
    assert "「(4)」は前の番号から続かないため" in page
    assert re.findall(r'href="(\?[^"]*#line-\d+)">(\d+行目)', page) == [
        ("?item=5#line-16", "16行目")
    ]
    response = post(office, policy, "doubt", index=0, is_settled="on")
    assert response.url == f"{DESK}#doubts"
    assert now(policy).doubts[0][2] is True
    assert "すべて確かめました" in body_of(office, DESK)
    post(office, policy, "doubt", index=0)
    assert now(policy).doubts[0][2] is False


def test_chosen_item_shows_what_can_be_done(office: Client, policy: Manuscript) -> None:
    page = body_of(office, f"{DESK}?item=3")
    assert page.count("is-chosen") == 1
    panel = page[page.index('class="panel"') :]
    assert re.findall(r'name="kind" value="(\w+)"', panel) == [
        *("raise", "lower", "join", "unmark", "split", "renumber", "retitle", "reword"),
        *("mark", "set_apart", "ask", "add", "drop"),
        *("mark", "set_apart", "take_in"),
    ]
    first = body_of(office, f"{DESK}?item=1")
    moves = first[first.index("panel__moves") : first.index('data-part="split"')]
    assert re.findall(r'name="kind" value="(\w+)"', moves) == ["unmark"]


@pytest.mark.parametrize("asked", ["item=99", "item=x", "at=9999999", "item=", "at=-1"])
def test_choice_that_is_none_chooses_nothing(
    office: Client, policy: Manuscript, asked: str
) -> None:
    assert "is-chosen" not in body_of(office, f"{DESK}?{asked}")


def test_item_is_split_where_line_breaks_are_put(office: Client, policy: Manuscript) -> None:
    text = "防災の取組を進めること。\r\n備蓄を増やすこと。"
    response = post(office, policy, "edit", kind="split", item=2, text=text)
    assert response.url == f"{DESK}?item=2#item-2"
    assert rows(policy)[1:3] == [
        ("(1)", "防災の取組を進めること。"),
        ("(1)の2", "備蓄を増やすこと。"),
    ]


def test_split_join_undo_and_redo(office: Client, policy: Manuscript) -> None:
    before = rows(policy)
    text = "防災の取組を進めること。\n備蓄を増やすこと。"
    post(office, policy, "edit", kind="split", item=2, text=text)
    response = post(office, policy, "edit", kind="join", item=6)
    assert response.url == f"{DESK}?item=2#item-2"
    assert rows(policy) == before
    assert "1(1)の2 を 1(1) とつなぐ" in body_of(office, DESK)
    post(office, policy, "undo")
    assert len(rows(policy)) == 6
    assert post(office, policy, "undo", item=6).url == f"{DESK}#rows"
    assert rows(policy) == before
    assert post(office, policy, "redo", item=2).url == f"{DESK}?item=2#item-2"
    assert len(rows(policy)) == 6


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"kind": "raise", "item": 3}, ("(2)", "見守りを広げること。")),
        ({"kind": "renumber", "item": 3, "marker": "（３）"}, ("（３）", "見守りを広げること。")),
        ({"kind": "reword", "item": 3, "text": "見守る。"}, ("(2)", "見守る。")),
        ({"kind": "retitle", "item": 3, "heading": "見守り"}, ("(2)", "見守りを広げること。")),
        ({"kind": "ask", "item": 3}, ("(2)", "見守りを広げること。")),
    ],
)
def test_each_way_of_putting_right(office: Client, policy: Manuscript, typed, expected) -> None:
    assert post(office, policy, "edit", **typed).status_code == 302
    assert rows(policy)[2] == expected
    assert len(now(policy).edits) == 1


def test_item_is_added_and_dropped(office: Client, policy: Manuscript) -> None:
    response = post(office, policy, "edit", kind="add", item=3, text="広報を行うこと。")
    assert response.url == f"{DESK}?item=6#item-6"
    assert rows(policy)[3] == ("(3)", "広報を行うこと。")
    assert post(office, policy, "edit", kind="drop", item=6).url == f"{DESK}?item=3#item-3"
    assert len(rows(policy)) == 5


def test_what_cannot_be_done_is_said_in_its_place_with_what_was_typed(
    office: Client, policy: Manuscript
) -> None:
    response = post(office, policy, "edit", kind="split", item=2, text="別の文。\n別。")
    page = response.content.decode()
    assert response.status_code == 422
    sentence = "文字が変わっています。分けるところに改行だけを入れてください。"
    assert (
        page.index('class="panel"') < page.index(sentence) < page.index("別の文。\n別。</textarea>")
    )
    assert now(policy).edits == []


def test_other_person_was_quicker_and_nothing_is_lost(office: Client, policy: Manuscript) -> None:
    old = now(policy).version
    post(office, policy, "edit", kind="raise", item=3)
    typed = {"version": old, "kind": "reword", "item": 2, "text": "備蓄を三倍にすること。"}
    response = office.post(f"{DESK}edit/", typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "ほかの人が先に直しました。" in page
    assert "備蓄を三倍にすること。</textarea>" in page
    assert f'name="version" value="{now(policy).version}"' in page
    assert len(now(policy).edits) == 1


def test_words_for_an_item_that_is_gone_are_shown(office: Client, policy: Manuscript) -> None:
    old = now(policy).version
    post(office, policy, "edit", kind="drop", item=3)
    typed = {"version": old, "kind": "reword", "item": 3, "text": "見守りを倍にすること。"}
    response = office.post(f"{DESK}edit/", typed)
    assert response.status_code == 409
    assert "見守りを倍にすること。" in response.content.decode()


def test_words_without_end_are_refused_and_shown(office: Client, policy: Manuscript) -> None:
    response = post(office, policy, "edit", kind="renumber", item=2, marker="9" * 101)
    assert response.status_code == 422
    page = response.content.decode()
    assert "入力が長すぎます。短くしてください。" in page
    assert f'value="{"9" * 101}"' in page


@pytest.mark.parametrize("typed", [{}, {"kind": "erase"}, {"kind": "raise", "item": "x"}])
def test_form_that_no_page_shows_is_refused(office: Client, policy: Manuscript, typed) -> None:
    assert post(office, policy, "edit", **typed).status_code == 409
    assert now(policy).edits == []


# --- passages of a speech ------------------------------------------------------------------------


def test_passage_is_chosen_by_its_first_and_last_words(office: Client, speech: Manuscript) -> None:
    source = now(speech).source_text
    within = {"within_start": source.index("本日"), "within_end": len(source.rstrip())}
    typed = {"kind": "mark", "first": "備蓄倉庫", "last": "新設します。", **within}
    response = post(office, speech, "edit", **typed)
    assert response.url == f"{SPEECH_DESK}?item=1#item-1"
    assert rows(speech) == [("（1）", "備蓄倉庫を新設します。")]
    page = body_of(office, SPEECH_DESK)
    assert re.findall(r'<p class="reading__word">(.*?)</p>', page) == [
        *("題名", "前文", "項に入っていない文"),
    ]


def test_passage_is_chosen_by_its_characters(office: Client, speech: Manuscript) -> None:
    start = now(speech).source_text.index("𠮷田町")
    end = start + len("𠮷田町の学童保育を増やします。")
    post(office, speech, "edit", kind="mark", start=start, end=end)
    assert rows(speech) == [("（1）", "𠮷田町の学童保育を増やします。")]


def test_paragraph_becomes_an_item_as_a_whole(office: Client, speech: Manuscript) -> None:
    start = now(speech).source_text.index("防災")
    page = body_of(office, f"{SPEECH_DESK}?at={start}")
    assert 'value="mark">この段落を項にする' in page
    end = re.search(r'name="end" value="(\d+)"', page[page.index("panel__moves") :])
    assert end is not None
    post(office, speech, "edit", kind="mark", start=start, end=end[1])
    assert rows(speech) == [("（1）", "防災では、備蓄倉庫を新設します。")]


def test_words_that_are_not_there_are_named(office: Client, speech: Manuscript) -> None:
    at = now(speech).source_text.index("本日")
    typed = {"kind": "mark", "first": "道路", "within_start": at, "within_end": at + 40}
    response = post(office, speech, "edit", **typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert "「ここから」の言葉が、この部分の文に見つかりません。" in page
    assert 'name="first" value="道路"' in page


def test_page_number_is_taken_in_and_set_apart(office: Client, policy: Manuscript) -> None:
    start = now(policy).source_text.index("- 2 -")
    page = body_of(office, f"{DESK}?at={start}")
    assert 'name="kind" value="take_in">本文に入れる' in page
    post(office, policy, "edit", kind="take_in", start=start, end=start + 5)
    assert rows(policy)[2] == ("(2)", "見守りを広げること。\n- 2 -")
    post(office, policy, "edit", kind="set_apart", start=start, end=start + 5)
    assert rows(policy)[2] == ("(2)", "見守りを広げること。")


def test_speech_is_shown_and_not_issued(office: Client, speech: Manuscript) -> None:
    assert post(office, speech, "share").url == SPEECH_DESK
    assert Speech.objects.get().title == "令和5年度施政方針"
    assert "庁内に見せています" in body_of(office, SPEECH_DESK)
    assert office.get(f"{SPEECH_DESK}issue/").status_code == 409


# --- title, showing, issuing, amending -----------------------------------------------------------


def test_details_are_saved_in_either_calendar(office: Client, policy: Manuscript) -> None:
    typed = {"year": "2023", "title": "方針", "issued_on": "R5.3.30", "issuer": "市長"}
    assert post(office, policy, "details", **typed).url == DESK
    stored = now(policy)
    assert (stored.title, stored.issued_on) == ("方針", dt.date(2023, 3, 30))


def test_details_with_a_mistake_keep_what_was_typed(office: Client, policy: Manuscript) -> None:
    typed = {"year": "2023", "title": "", "issued_on": "三月", "issuer": "市長の名"}
    response = post(office, policy, "details", **typed)
    assert response.status_code == 200
    assert sorted(response.context["details"].errors) == ["issued_on", "title"]
    assert 'value="市長の名"' in response.content.decode()


def test_draft_is_shown_to_the_house_and_goes_on_being_put_right(
    office: Client, policy: Manuscript
) -> None:
    post(office, policy, "share")
    assert BasicPolicy.objects.get().edition is None
    assert "案として庁内に見せています" in body_of(office, DESK)
    post(office, policy, "edit", kind="raise", item=3)
    page = words(body_of(office, DESK))
    assert "案として庁内に見せています 直したところは、まだ見せていません" in page


def issue(client: Client, manuscript: Manuscript, **typed: object):
    return post(client, manuscript, "issue", **typed)


def test_issuing_shows_what_goes_out_and_issues_it(office: Client, policy: Manuscript) -> None:
    page = words(body_of(office, f"{DESK}issue/"))
    assert "まだ確かめていないことが1件あります" in page
    assert "回答を求める項 3" in page
    response = issue(office, policy, dated_on="令和5年3月31日")
    assert response.url == "/policies/2023/"
    assert BasicPolicy.objects.get().edition == 0
    assert "発出済み" in body_of(office, DESK)


@pytest.mark.parametrize("day", ["", "三月末"])
def test_issuing_needs_a_date(office: Client, policy: Manuscript, day: str) -> None:
    response = issue(office, policy, dated_on=day)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["dated_on"]
    assert BasicPolicy.objects.count() == 0


def test_amendment_shows_what_changes_and_needs_a_reason(
    office: Client, policy: Manuscript
) -> None:
    issue(office, policy, dated_on="R5.3.31")
    post(office, policy, "edit", kind="reword", item=3, text="見守りを倍にすること。")
    assert "確かめて改正へ進む" in body_of(office, DESK)
    page = body_of(office, f"{DESK}issue/")
    assert "<ins>倍にす</ins>" in page
    refused = issue(office, policy, dated_on="R5.4.10", reason="")
    assert refused.context["form"].errors["reason"] == ["改正の理由を入力してください。"]
    early = issue(office, policy, dated_on="R5.3.1", reason="見直し。")
    assert early.status_code == 409
    assert "より前にはできません。" in early.content.decode()
    assert issue(office, policy, dated_on="R5.4.10", reason="見直し。").url == "/policies/2023/"
    assert BasicPolicy.objects.get().edition == 1
    assert "第1次改正まで発出済み" in body_of(office, DESK)


def test_preview_of_an_amendment_says_what_the_edition_will_say(
    office: Client, policy: Manuscript
) -> None:
    issue(office, policy, dated_on="R5.3.31")
    post(office, policy, "edit", kind="add", item=2, text="(9) 広報を行うこと。")
    post(office, policy, "edit", kind="drop", item=3)
    found = desk(now(policy))
    paths = found.document.sections.values_list("path", flat=True)
    preview = content_of(found.manuscript.title, found.outline, paths)
    issue(office, policy, dated_on="R5.4.10", reason="見直し。")
    assert BasicPolicy.objects.get().editions.get(number=1).content == preview


def test_other_person_was_quicker_to_issue(office: Client, policy: Manuscript) -> None:
    old = now(policy).version
    post(office, policy, "edit", kind="raise", item=3)
    response = office.post(f"{DESK}issue/", {"version": old, "dated_on": "R5.3.31"})
    assert response.status_code == 409
    assert 'value="R5.3.31"' in response.content.decode()
    assert BasicPolicy.objects.count() == 0


def test_manuscript_is_discarded_after_a_question(office: Client, policy: Manuscript) -> None:
    assert "取り込んだ文書" in body_of(office, f"{DESK}discard/")
    assert post(office, policy, "discard").url == "/policies/"
    assert Manuscript.objects.count() == 0


def test_corrections_are_discarded_and_the_shown_text_comes_back(
    office: Client, policy: Manuscript
) -> None:
    post(office, policy, "share")
    before = rows(policy)
    post(office, policy, "edit", kind="drop", item=3)
    assert post(office, policy, "discard").url == f"{DESK}#rows"
    assert rows(policy) == before


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["head", "mayor", "secretary", "viewer", "administrator"])
def test_only_the_office_sees_the_desk(
    cast: SimpleNamespace, client_of: ClientOf, policy: Manuscript, person: str
) -> None:
    client = client_of(getattr(cast, person))
    for address in (DESK, f"{DESK}issue/", "/policies/intake/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "防災の取組" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/policies/2024/manuscripts/basic/", f"{DESK[:-6]}other/"])
def test_manuscript_that_is_not_there_is_not_found(
    office: Client, policy: Manuscript, address: str
) -> None:
    assert office.get(address).status_code == 404


def test_document_shows_the_office_the_way_to_its_desk(
    office: Client, cast: SimpleNamespace, client_of: ClientOf, policy: Manuscript
) -> None:
    post(office, policy, "share")
    way = '<a class="link" href="/policies/2023/manuscripts/basic/">市政運営の基本方針の原稿</a>'
    assert way in body_of(office, "/policies/2023/")
    assert "原稿" not in body_of(client_of(cast.viewer), "/policies/2023/")


def test_year_without_a_document_is_taken_in_by_the_office(
    office: Client, cast: SimpleNamespace, client_of: ClientOf
) -> None:
    assert "市長の文書を取り込む" in office.get("/policies/").content.decode()
    waiting = client_of(cast.viewer).get("/policies/").content.decode()
    assert "取り込む" not in waiting
    assert "登録されるまで、お待ちください。" in waiting
