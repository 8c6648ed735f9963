"""The office's desk: taken in, put right, shown, issued, amended; and who is quicker."""

import datetime as dt

import pytest

from core.audit import Actor
from core.models import AuditEvent
from core.workflow import Conflict, NotNow
from policies.actions import manuscripts
from policies.actions.publishing import PolicyProblem
from policies.edits import Ask, CannotEdit, Edit, Join, Mark, Raise, Retitle, Reword, Split
from policies.models import BasicPolicy, Edition, Manuscript, Section, Speech
from policies.parsing import parse
from policies.queries.manuscripts import Desk, desk

TEXT = """令和5年3月31日
国分寺市長　井澤　邦夫
令和5年度市政運営の基本方針
次のとおり定める。
1　基本姿勢
(1)　市民に説明すること。広く情報を集めること。
(2)　残業を減らすこと。
2　進め方
(1)　早く始めること。
"""
ISSUED = dt.date(2023, 3, 31)
AMENDED = dt.date(2023, 4, 10)


@pytest.fixture
def office(cast) -> Actor:
    return Actor(user=cast.office)


@pytest.fixture
def taken_in(office: Actor) -> Manuscript:
    return manuscripts.take_in(parsed=parse(TEXT), by=office)


def _edit(manuscript: Manuscript, edit: Edit, by: Actor) -> Manuscript:
    return manuscripts.edit(manuscript=manuscript, version=manuscript.version, edit=edit, by=by)


def _share(manuscript: Manuscript, by: Actor) -> Manuscript:
    manuscripts.share(manuscript=manuscript, version=manuscript.version, by=by)
    return _stored(manuscript)


def _issue(manuscript: Manuscript, on: dt.date, by: Actor, reason: str = "") -> Edition:
    return manuscripts.issue(
        manuscript=manuscript, version=manuscript.version, dated_on=on, reason=reason, by=by
    )


def _stored(manuscript: Manuscript) -> Manuscript:
    return Manuscript.objects.get(pk=manuscript.pk)


def _desk(manuscript: Manuscript) -> Desk:
    return desk(_stored(manuscript))


def _node(manuscript: Manuscript, words: str) -> int:
    """The item that begins with ``words``."""
    found = [w for w in _desk(manuscript).written if (w.heading or w.body).startswith(words)]
    assert len(found) == 1
    return found[0].node.id


def _rows(manuscript: Manuscript) -> list[tuple[str, str]]:
    return [(w.node.marker, w.heading or w.body) for w in _desk(manuscript).written]


def _sections() -> list[tuple[str, str, str]]:
    rows = Section.objects.standing().in_order()
    return [(row.path, row.number, row.heading or row.body) for row in rows]


READ = [
    ("1", "基本姿勢"),
    ("(1)", "市民に説明すること。広く情報を集めること。"),
    ("(2)", "残業を減らすこと。"),
    ("2", "進め方"),
    ("(1)", "早く始めること。"),
]
SHOWN = [
    ("1", "1", "基本姿勢"),
    ("1-1", "1(1)", "市民に説明すること。広く情報を集めること。"),
    ("1-2", "1(2)", "残業を減らすこと。"),
    ("2", "2", "進め方"),
    ("2-1", "2(1)", "早く始めること。"),
]


def test_a_document_on_the_desk_is_seen_by_nobody_else(taken_in: Manuscript) -> None:
    assert _rows(taken_in) == READ
    assert (taken_in.year, taken_in.title) == (2023, "令和5年度市政運営の基本方針")
    assert not BasicPolicy.objects.exists()
    assert [event.verb for event in AuditEvent.objects.all()] == ["manuscript.take-in"]


def test_a_second_document_of_the_year_asks_before_it_replaces(
    taken_in: Manuscript, office: Actor
) -> None:
    with pytest.raises(NotNow, match="原稿は、既にあります"):
        manuscripts.take_in(parsed=parse(TEXT), by=office)
    manuscripts.take_in(parsed=parse(TEXT + "(2)　続けること。"), by=office, replacing=1)
    assert _rows(taken_in) == [*READ, ("(2)", "続けること。")]
    with pytest.raises(Conflict):
        manuscripts.take_in(parsed=parse(TEXT), by=office, replacing=1)


def test_a_document_without_a_year_needs_one(office: Actor) -> None:
    speech = parse("市民の皆様、こんにちは。子育てを支えてまいります。")
    with pytest.raises(PolicyProblem, match="年度を指定してください"):
        manuscripts.take_in(parsed=speech, by=office)
    taken = manuscripts.take_in(parsed=speech, kind="speech", year=2023, by=office)
    assert (taken.year, taken.kind) == (2023, "speech")


def test_what_is_put_right_can_be_undone_and_done_again(
    taken_in: Manuscript, office: Actor
) -> None:
    item = _node(taken_in, "市民に")
    cut = taken_in.source_text.index("広く")
    edited = _edit(taken_in, Split(item, (cut,)), office)
    split = [
        READ[0],
        ("(1)", "市民に説明すること。"),
        ("(1)の2", "広く情報を集めること。"),
        *READ[2:],
    ]
    assert _rows(taken_in) == split
    undone = manuscripts.undo(manuscript=edited, version=edited.version, by=office)
    assert (_rows(taken_in), _desk(taken_in).undoable) == (READ, "")
    again = manuscripts.redo(manuscript=undone, version=undone.version, by=office)
    assert (_rows(taken_in), _desk(taken_in).redoable) == (split, "")
    with pytest.raises(NotNow, match="やり直すものはありません"):
        manuscripts.redo(manuscript=again, version=again.version, by=office)


def test_a_new_edit_forgets_what_was_undone(taken_in: Manuscript, office: Actor) -> None:
    item = _node(taken_in, "残業")
    edited = _edit(taken_in, Retitle(item, "働き方"), office)
    undone = manuscripts.undo(manuscript=edited, version=edited.version, by=office)
    assert _desk(taken_in).redoable != ""
    _edit(undone, Ask(item, False), office)
    assert (_desk(taken_in).redoable, len(_stored(taken_in).edits)) == ("", 1)


def test_what_cannot_be_put_right_changes_nothing(taken_in: Manuscript, office: Actor) -> None:
    with pytest.raises(CannotEdit):
        _edit(taken_in, Raise(_node(taken_in, "基本姿勢")), office)
    assert (_stored(taken_in).version, _stored(taken_in).edits) == (1, [])


def test_of_two_at_one_manuscript_the_second_hears_of_it(
    taken_in: Manuscript, office: Actor
) -> None:
    first = _node(taken_in, "残業")
    _edit(taken_in, Retitle(first, "働き方"), office)
    with pytest.raises(Conflict):
        _edit(taken_in, Retitle(first, "時間外"), office)
    with pytest.raises(Conflict):
        manuscripts.share(manuscript=taken_in, version=1, by=office)
    assert not BasicPolicy.objects.exists()


def test_a_shared_document_is_a_draft_that_everybody_reads(
    taken_in: Manuscript, office: Actor
) -> None:
    _share(taken_in, office)
    policy = BasicPolicy.objects.get()
    assert (policy.year, policy.edition, policy.is_issued_on(dt.date(2023, 4, 1))) == (
        2023,
        None,
        False,
    )
    assert _sections() == SHOWN
    assert not Edition.objects.exists()


def test_answers_are_asked_for_where_the_office_asks(taken_in: Manuscript, office: Actor) -> None:
    edited = _edit(taken_in, Ask(_node(taken_in, "残業"), False), office)
    _share(edited, office)
    assert [s.path for s in Section.objects.open_for_answers().in_order()] == ["1-1", "2-1"]


def test_items_keep_their_addresses_when_a_draft_changes(
    taken_in: Manuscript, office: Actor
) -> None:
    shared = _share(taken_in, office)
    keys = {row.path: row.pk for row in Section.objects.all()}
    cut = shared.source_text.index("広く")
    edited = _edit(shared, Split(_node(shared, "市民に"), (cut,)), office)
    edited = _edit(edited, Retitle(_node(edited, "残業"), "働き方"), office)
    _share(edited, office)
    assert _sections() == [
        SHOWN[0],
        ("1-1", "1(1)", "市民に説明すること。"),
        ("1-3", "1(1)の2", "広く情報を集めること。"),
        *SHOWN[2:],
    ]
    assert {row.path: row.pk for row in Section.objects.all() if row.path in keys} == keys
    assert Section.objects.get(path="1-2").short_name == "働き方"


def test_an_item_that_goes_is_dropped_and_its_address_is_not_given_again(
    taken_in: Manuscript, office: Actor
) -> None:
    shared = _share(taken_in, office)
    joined = _edit(shared, Join(_node(shared, "残業")), office)
    shared = _share(joined, office)
    assert Section.objects.get(path="1-2").is_dropped
    cut = shared.source_text.index("広く")
    _share(_edit(shared, Split(_node(shared, "市民に"), (cut,)), office), office)
    assert [path for path, _, _ in _sections()] == ["1", "1-1", "1-3", "2", "2-1"]


def test_issuing_freezes_the_text(taken_in: Manuscript, office: Actor) -> None:
    edition = _issue(taken_in, ISSUED, office)
    policy = BasicPolicy.objects.get()
    assert (str(edition), policy.edition, policy.issued_on) == ("発出", 0, ISSUED)
    assert not policy.is_issued_on(dt.date(2023, 3, 30))
    assert policy.is_issued_on(ISSUED)
    told = [(row["path"], row["parent"]) for row in edition.content["sections"]]
    assert told == [("1", ""), ("1-1", "1"), ("1-2", "1"), ("2", ""), ("2-1", "2")]


def test_after_issuing_a_change_is_an_amendment_with_a_date_and_a_reason(
    taken_in: Manuscript, office: Actor
) -> None:
    _issue(taken_in, ISSUED, office)
    issued = _stored(taken_in)
    with pytest.raises(NotNow, match="変わったところがありません"):
        _issue(issued, AMENDED, office, "誤字の訂正")
    edited = _edit(issued, Reword(_node(issued, "残業"), "時間外勤務を減らすこと。"), office)
    with pytest.raises(NotNow, match="改正として"):
        manuscripts.share(manuscript=edited, version=edited.version, by=office)
    with pytest.raises(NotNow, match="改正の理由"):
        _issue(edited, AMENDED, office)
    with pytest.raises(NotNow, match="より前にはできません"):
        _issue(edited, dt.date(2023, 3, 30), office, "言葉をそろえる")
    assert _sections() == SHOWN
    edition = _issue(edited, AMENDED, office, "言葉をそろえる")
    policy = BasicPolicy.objects.get()
    assert (str(edition), policy.edition, policy.issued_on) == ("第1次改正", 1, ISSUED)
    assert _sections()[2] == ("1-2", "1(2)", "時間外勤務を減らすこと。")
    assert Edition.objects.get(number=0).content["sections"][2]["body"] == "残業を減らすこと。"


def test_an_amended_text_read_again_keeps_the_addresses(
    taken_in: Manuscript, office: Actor
) -> None:
    _issue(taken_in, ISSUED, office)
    amended = TEXT.replace("(2)　残業", "(2)　職員を育てること。\n(3)　残業")
    issued = _stored(taken_in)
    again = manuscripts.take_in(parsed=parse(amended), by=office, replacing=issued.version)
    _issue(again, AMENDED, office, "項の追加")
    assert _sections() == [
        *SHOWN[:2],
        ("1-3", "1(2)", "職員を育てること。"),
        ("1-2", "1(3)", "残業を減らすこと。"),
        *SHOWN[3:],
    ]


def test_the_date_of_issue_stays(taken_in: Manuscript, office: Actor) -> None:
    _issue(taken_in, ISSUED, office)
    issued = _stored(taken_in)
    with pytest.raises(NotNow, match="発出した日付は変えられません"):
        manuscripts.save_details(
            manuscript=issued, version=issued.version, values={"issued_on": AMENDED}, by=office
        )


def test_discarding_goes_back_to_what_others_see(taken_in: Manuscript, office: Actor) -> None:
    shared = _share(taken_in, office)
    edited = _edit(shared, Join(_node(shared, "残業")), office)
    back = manuscripts.discard(manuscript=edited, version=edited.version, by=office)
    assert back is not None
    assert (_rows(back), back.is_changed) == (READ, False)


def test_discarding_what_nobody_has_seen_clears_the_desk(
    taken_in: Manuscript, office: Actor
) -> None:
    assert manuscripts.discard(manuscript=taken_in, version=1, by=office) is None
    assert not Manuscript.objects.exists()
    assert AuditEvent.objects.last().before["source_text"] == taken_in.source_text


def test_a_year_may_change_until_the_document_is_seen(taken_in: Manuscript, office: Actor) -> None:
    moved = manuscripts.save_details(
        manuscript=taken_in, version=1, values={"year": 2024}, by=office
    )
    shared = _share(moved, office)
    with pytest.raises(NotNow, match="年度は変えられません"):
        manuscripts.save_details(
            manuscript=shared, version=shared.version, values={"year": 2025}, by=office
        )


def test_a_speech_gives_projects_from_marked_passages(office: Actor) -> None:
    text = "施政方針演説\n\n子育てを支えます。給食費を無償にします。公園を直します。\n"
    speech = manuscripts.take_in(parsed=parse(text), kind="speech", year=2023, by=office)
    start = speech.source_text.index("給食費")
    marked = _edit(speech, Mark(start, start + len("給食費を無償にします。")), office)
    _share(marked, office)
    document = Speech.objects.get()
    assert [project.body for project in document.projects.all()] == ["給食費を無償にします。"]
    assert document.preamble.replace("\n", "") == "子育てを支えます。公園を直します。"
    with pytest.raises(NotNow, match="施政方針は発出しません"):
        _issue(_stored(speech), ISSUED, office)


def test_settled_doubts_are_remembered(office: Actor) -> None:
    text = TEXT.replace("2　進め方", "(7)　飛んだ番号です。\n2　進め方")
    taken = manuscripts.take_in(parsed=parse(text), by=office)
    assert [q.is_settled for q in _desk(taken).questions] == [False]
    manuscripts.settle_doubt(manuscript=taken, version=1, index=0, is_settled=True, by=office)
    assert _desk(taken).open_questions == []
    with pytest.raises(NotNow):
        manuscripts.settle_doubt(manuscript=taken, version=2, index=9, is_settled=True, by=office)


def test_a_year_that_the_document_does_not_say_is_asked_about(office: Actor) -> None:
    taken = manuscripts.take_in(parsed=parse(TEXT), year=2024, by=office)
    question = "文書には令和5年度とありますが、令和6年度として取り込みました。よろしいですか。"
    assert [q.question for q in _desk(taken).open_questions] == [question]
    assert (taken.year, taken.title) == (2024, "令和5年度市政運営の基本方針")
