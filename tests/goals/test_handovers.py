"""引継書: written, handed over, received; read by those whom it concerns, once it is handed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from core import clock
from core.audit import Actor
from core.models import AuditEvent
from core.permissions import Permission, Refused
from core.workflow import Conflict, NotNow
from departments.queries import may
from goals.actions import handovers
from goals.handovers import by_goal, exchanges, exchanges_in, handed_over, own_handover
from goals.models import HandoverReceipt
from goals.queries import history
from tests.factories import (
    AppointmentFactory,
    DepartmentFactory,
    GoalFactory,
    OperatingPolicyFactory,
    jst,
)

pytestmark = pytest.mark.django_db
GOES, COMES = "健康部長", "次の健康部長"


@pytest.fixture
def old_paper(cast, kenko):
    """健康部's paper of this year; its head goes on 31 March and another comes (conftest)."""
    paper = OperatingPolicyFactory(department=kenko, year=2022, filled=True)
    GoalFactory(paper=paper, title="受診率を上げる")
    return paper


@pytest.fixture
def goal(old_paper):
    return old_paper.goals.get()


def write(paper, user, body="未了の件が二つあります。", version=0, notes=None):
    return handovers.save_handover(
        paper=paper, version=version, title=GOES, body=body, notes=notes or {}, by=Actor(user=user)
    )


def hand(paper, user):
    stored = own_handover(paper, user)
    return handovers.hand_over(paper=paper, version=stored.version, title=GOES, by=Actor(user=user))


def receive(handover, user, version=None):
    seen = {handover.pk: handover.handed_version if version is None else version}
    return handovers.receive(paper=handover.paper, seen=seen, title=COMES, by=Actor(user=user))


def succession(paper):
    (exchange,) = exchanges([paper])
    (row,) = exchange.successions
    return row


def test_handover_is_written_by_goal_handed_and_received(old_paper, goal, cast):
    write(old_paper, cast.other_head, notes={goal.pk: "医師会と協議中です。"})
    handed = hand(old_paper, cast.other_head)
    receive(handed, cast.incoming_head)

    (row,) = by_goal(old_paper, handed_over(old_paper))
    assert [(note.handover.giver, note.body) for note in row.notes] == [
        (cast.other_head, "医師会と協議中です。")
    ]
    receipt = HandoverReceipt.objects.get()
    assert (receipt.receiver, receipt.title, receipt.version) == (
        cast.incoming_head,
        COMES,
        handed.handed_version,
    )
    assert succession(old_paper).is_received
    lines = AuditEvent.objects.filter(verb__startswith="handover.").order_by("pk")
    assert [line.verb for line in lines] == ["handover.save", "handover.hand", "handover.receive"]


def test_states_follow_what_has_been_done(old_paper, cast):
    states = [succession(old_paper).state_label]
    write(old_paper, cast.other_head)
    states.append(succession(old_paper).state_label)
    handed = hand(old_paper, cast.other_head)
    states.append(succession(old_paper).state_label)
    receive(handed, cast.incoming_head)
    states.append(succession(old_paper).state_label)
    assert states == ["未着手", "作成中", "受領待ち", "受領済み"]


def test_what_is_added_is_read_after_it_is_handed_again(old_paper, cast):
    write(old_paper, cast.other_head, "はじめの文です。")
    first = hand(old_paper, cast.other_head)
    receive(first, cast.incoming_head)
    write(old_paper, cast.other_head, "書き足した文です。", version=first.version)

    (read,) = handed_over(old_paper)
    assert read.handed["body"] == "はじめの文です。"
    assert succession(old_paper).is_received

    second = hand(old_paper, cast.other_head)
    (asked,) = succession(old_paper).asked
    assert (asked.has_received, asked.is_asked_again) == (False, True)
    receive(second, cast.incoming_head)
    assert succession(old_paper).is_received
    assert HandoverReceipt.objects.count() == 1


def test_receipt_of_a_version_that_moved_is_a_conflict(old_paper, cast):
    write(old_paper, cast.other_head, "はじめの文です。")
    first = hand(old_paper, cast.other_head)
    write(old_paper, cast.other_head, "書き足した文です。", version=first.version)
    second = hand(old_paper, cast.other_head)
    with pytest.raises(Conflict):
        receive(second, cast.incoming_head, version=first.handed_version)
    assert not HandoverReceipt.objects.exists()


def test_receiving_twice_leaves_one_line(old_paper, cast):
    write(old_paper, cast.other_head)
    handed = hand(old_paper, cast.other_head)
    receive(handed, cast.incoming_head)
    receive(handed, cast.incoming_head)
    assert AuditEvent.objects.filter(verb="handover.receive").count() == 1


@pytest.mark.parametrize("who", ["other_head", "head", "office", "chief"])
def test_only_the_successor_receives(old_paper, cast, who):
    write(old_paper, cast.other_head)
    handed = hand(old_paper, cast.other_head)
    with pytest.raises(Refused):
        receive(handed, getattr(cast, who))
    assert not HandoverReceipt.objects.exists()


@pytest.mark.parametrize("version", [0, 1])
def test_what_is_not_handed_cannot_be_received(old_paper, cast, version):
    draft = write(old_paper, cast.other_head)
    with pytest.raises(Refused):
        receive(draft, cast.incoming_head, version=version)
    assert not HandoverReceipt.objects.exists()


def test_two_windows_of_one_head_do_not_overwrite_each_other(old_paper, goal, cast):
    write(old_paper, cast.other_head, "はじめ")
    write(old_paper, cast.other_head, "別の窓", version=1, notes={goal.pk: "窓から"})
    with pytest.raises(Conflict):
        write(old_paper, cast.other_head, "遅れた窓", version=1, notes={goal.pk: "消える"})
    stored = own_handover(old_paper, cast.other_head)
    assert (stored.body, [note.body for note in stored.notes.all()]) == ("別の窓", ["窓から"])


def test_saving_the_same_words_changes_nothing(old_paper, cast):
    first = write(old_paper, cast.other_head, "文")
    second = write(old_paper, cast.other_head, "文", version=first.version)
    assert second.version == first.version
    assert AuditEvent.objects.filter(verb="handover.save").count() == 1


def test_nothing_cannot_be_handed_over(old_paper, cast):
    with pytest.raises(NotNow):
        hand(old_paper, cast.other_head)
    write(old_paper, cast.other_head, "文")
    write(old_paper, cast.other_head, "", version=1)
    with pytest.raises(NotNow):
        hand(old_paper, cast.other_head)


def test_what_is_handed_already_is_not_handed_again(old_paper, cast):
    write(old_paper, cast.other_head)
    hand(old_paper, cast.other_head)
    with pytest.raises(NotNow):
        hand(old_paper, cast.other_head)


def test_draft_leaves_no_word_in_the_trail_and_no_line_in_the_history(old_paper, goal, cast):
    write(old_paper, cast.other_head, "書きかけの秘密", notes={goal.pk: "目標の秘密"})
    (line,) = AuditEvent.objects.filter(verb="handover.save")
    assert (line.before, line.after) == ({}, {})
    assert list(history(old_paper, is_insider=True, is_office=True)) == []

    hand(old_paper, cast.other_head)
    (shown,) = history(old_paper, is_insider=True, is_office=False)
    assert (shown.verb, shown.after["handover"]) == ("handover.hand", "書きかけの秘密")
    assert list(history(old_paper, is_insider=False, is_office=False)) == []


def test_note_on_a_goal_that_was_removed_since_is_still_read(old_paper, goal, cast):
    write(old_paper, cast.other_head, notes={goal.pk: "残る文"})
    hand(old_paper, cast.other_head)
    old_paper.goals.update(is_removed=True)
    (row,) = by_goal(old_paper, handed_over(old_paper))
    assert (row.goal, row.title, row.notes[0].body) == (None, "受診率を上げる", "残る文")


def test_each_head_leaves_a_handover_of_his_own(old_paper, kenko, cast):
    second = AppointmentFactory(department=kenko, title="担当部長", ended=True).user
    write(old_paper, cast.other_head, "部長から")
    write(old_paper, second, "担当部長から")
    hand(old_paper, cast.other_head)
    hand(old_paper, second)
    assert [row.handed["body"] for row in handed_over(old_paper)] == ["部長から", "担当部長から"]
    (exchange,) = exchanges([old_paper])
    assert [row.leaver.person for row in exchange.successions] == [cast.other_head.pk, second.pk]


def test_head_who_stands_in_leaves_one_too(old_paper, kenko, cast):
    stand_in = AppointmentFactory(
        department=kenko, title="職務代理", standing_in_for=cast.other_head, ended=True
    ).user
    assert may(stand_in, Permission.HAND_OVER, old_paper.target, year=2022)
    people = [row.leaver.person for row in exchanges([old_paper])[0].successions]
    assert people == [cast.other_head.pk, stand_in.pk]


def test_unannounced_end_and_start_are_nowhere(old_paper, cast, somu):
    paper = OperatingPolicyFactory(department=somu, year=2022)
    before = exchanges_in(2022)
    cast.head.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    AppointmentFactory(department=somu, unannounced=True)
    assert exchanges_in(2022) == before
    with clock.at(jst(2023, 3, 31, 9)):
        assert [row.paper for row in exchanges_in(2022)] == [paper, old_paper]


def test_announced_successor_of_an_unannounced_end_waits(old_paper, cast, somu):
    paper = OperatingPolicyFactory(department=somu, year=2022)
    cast.head.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    comer = AppointmentFactory(department=somu, incoming=True).user
    write(paper, cast.head)
    handed = hand(paper, cast.head)
    with pytest.raises(Refused):
        receive(handed, comer)
    with clock.at(jst(2023, 3, 31, 9)):
        receive(handed, comer)


@pytest.mark.parametrize(
    ("day", "expected"), [(jst(2023, 4, 10, 23), True), (jst(2023, 4, 11), False)]
)
def test_leaver_writes_until_the_days_for_it_are_over(old_paper, cast, day, expected):
    with clock.at(day):
        assert may(cast.other_head, Permission.HAND_OVER, old_paper.target, year=2022) is expected
        row = succession(old_paper)
        assert (row.is_over, row.is_owed) == (not expected, expected)


def test_successor_who_receives_in_may_is_asked_until_then(old_paper, cast):
    write(old_paper, cast.other_head)
    handed = hand(old_paper, cast.other_head)
    with clock.at(jst(2023, 5, 8, 9)):
        assert succession(old_paper).is_owed
        receive(handed, cast.incoming_head)
        assert not succession(old_paper).is_owed


def test_head_of_the_department_that_took_over_receives(cast, kenko):
    paper = OperatingPolicyFactory(department=kenko, year=2022)
    kenko.last_year = 2022
    kenko.save()
    new = DepartmentFactory(name="健康福祉部", first_year=2023)
    kenko.successors.add(new)
    cast.incoming_head.appointments.update(department=new)
    write(paper, cast.other_head)
    receive(hand(paper, cast.other_head), cast.incoming_head)
    assert succession(paper).is_received


def test_board_lists_a_department_into_which_somebody_comes_in_addition(cast, somu):
    paper = OperatingPolicyFactory(department=somu, year=2022)
    comer = AppointmentFactory(department=somu, title="担当部長", incoming=True).user
    (exchange,) = exchanges_in(2022)
    assert (exchange.paper, exchange.successions) == (paper, [])
    assert [one.person for one in exchange.comers] == [comer.pk]


def test_texts_have_limits(old_paper, goal, cast):
    handover = write(old_paper, cast.other_head, notes={goal.pk: "文"})
    handover.body = "あ" * 4001
    with pytest.raises(ValidationError):
        handover.clean_fields()
