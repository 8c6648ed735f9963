"""An amendment of the mayor's text: whom it concerns, who is told, who confirms."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from core.permissions import Post
from core.workflow import Conflict, NotNow, Status
from departments.models import Department, User
from goals.actions import amendments, papers
from goals.amendments import notice_on, unconfirmed
from goals.models import OperatingPolicy
from goals.queries import sheet
from policies.models import BasicPolicy, Section
from tests.amendments import CONFIRM, NEW_WORDS, add, at, drop, reword, text_of, told
from tests.factories import (
    AppointmentFactory,
    CycleFactory,
    GoalFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    SectionFactory,
    amending,
    jst,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


# ---- whom it concerns ---------------------------------------------------------------------------


def test_who_answered_or_has_a_goal_is_told_and_nobody_else(
    policy: BasicPolicy,
    answering: OperatingPolicy,
    linking: OperatingPolicy,
    aside: OperatingPolicy,
) -> None:
    with amending(policy):
        reword("1-2")
    assert told() == [
        ("総務部", "1(2)の回答を確かめる"),
        ("健康部", "1(2)に応える目標を確かめる"),
    ]


def test_a_dropped_item_concerns_who_wrote_to_it(
    policy: BasicPolicy, answering: OperatingPolicy, aside: OperatingPolicy
) -> None:
    with amending(policy):
        drop("1-2")
    assert told() == [("総務部", "もとの1(2)の回答を確かめる")]


def test_a_new_item_that_asks_for_an_answer_concerns_everybody(
    policy: BasicPolicy, answering: OperatingPolicy, aside: OperatingPolicy
) -> None:
    with amending(policy):
        add("1-3")
    assert told() == [("総務部", "1(3)に回答する"), ("農業委員会", "1(3)に回答する")]


def test_a_new_item_that_asks_for_none_concerns_nobody(
    policy: BasicPolicy, answering: OperatingPolicy
) -> None:
    with amending(policy):
        add("1-3", is_open=False)
    assert told() == []


def test_an_item_that_is_opened_concerns_everybody(
    policy: BasicPolicy, answering: OperatingPolicy, aside: OperatingPolicy
) -> None:
    with amending(policy):
        Section.objects.filter(path="2").update(is_open=True)
    assert told() == [("総務部", "2に回答する"), ("農業委員会", "2に回答する")]


def test_an_item_that_is_closed_concerns_who_answered(
    policy: BasicPolicy, answering: OperatingPolicy, aside: OperatingPolicy
) -> None:
    with amending(policy):
        Section.objects.filter(path="1-2").update(is_open=False)
    assert told() == [("総務部", "1(2)の回答を確かめる")]


def test_a_mere_number_or_short_name_concerns_nobody(
    policy: BasicPolicy, answering: OperatingPolicy
) -> None:
    with amending(policy):
        Section.objects.filter(path="1-2").update(number="1(9)", short_name="脱炭素")
    assert told() == []


def test_an_empty_answer_is_no_answer_and_a_removed_goal_no_goal(
    policy: BasicPolicy, somu: Department
) -> None:
    paper = OperatingPolicyFactory(department=somu)
    ResponseFactory(paper=paper, section=at("1-2"), body="  ")
    GoalFactory(paper=paper, sections=[at("1-2")], is_removed=True)
    with amending(policy):
        reword("1-2")
    assert told() == []


def test_every_state_of_a_paper_is_told(policy: BasicPolicy, answering: OperatingPolicy) -> None:
    with amending(policy):
        reword("1-2")
    for status in Status:
        OperatingPolicy.objects.filter(pk=answering.pk).update(status=status)
        assert told() == [("総務部", "1(2)の回答を確かめる")]


def test_many_items_are_named_by_two_and_counted(
    policy: BasicPolicy, answering: OperatingPolicy
) -> None:
    for number in range(4, 8):
        section = SectionFactory(
            policy=policy, parent=at("1"), place=10 + number, number=f"1({number})",
            path=f"1-{number}",
        )  # fmt: skip
        ResponseFactory(paper=answering, section=section)
    with amending(policy):
        Section.objects.filter(path__startswith="1-").update(body="改める。")
    (row,) = unconfirmed(2023)
    assert row.to_do == "1(2)、1(4)ほか3項の回答を確かめる"


def test_an_amendment_of_another_year_concerns_nobody(
    policy: BasicPolicy, answering: OperatingPolicy
) -> None:
    other = policy_with_items(2022)
    with amending(other):
        other.sections.filter(path="1-2").update(body=NEW_WORDS)
    assert told() == []
    assert unconfirmed(2022) == []


def test_what_the_page_and_the_list_say_is_the_same(
    policy: BasicPolicy,
    answering: OperatingPolicy,
    linking: OperatingPolicy,
    aside: OperatingPolicy,
) -> None:
    with amending(policy):
        reword("1-2")
        drop("1-1")
        add("1-3")
    listed = {row.paper.pk: (row.to_do, row.numbers) for row in unconfirmed(2023)}
    for paper in (answering, linking, aside):
        notice = notice_on(sheet(paper))
        assert notice is not None
        assert (notice.pending.to_do, notice.pending.numbers) == listed[paper.pk]


# ---- confirming ---------------------------------------------------------------------------------


def seen(paper: OperatingPolicy) -> int:
    return OperatingPolicy.objects.values_list("edition_seen", flat=True).get(pk=paper.pk)


@pytest.mark.parametrize("person", ["head", "drafter"])
@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.FINALISED])
def test_whoever_may_write_the_paper_confirms_it_in_every_state(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, person: str, status: str
) -> None:
    OperatingPolicy.objects.filter(pk=amended.pk).update(status=status)
    answer = client_of(getattr(cast, person)).post(CONFIRM, {"edition": 1})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/papers/2023/somu/")
    assert (seen(amended), told()) == (1, [])


@pytest.mark.parametrize(
    "person", ["chief", "other_head", "incoming_head", "office", "mayor", "viewer"]
)
def test_nobody_else_confirms(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, person: str
) -> None:
    answer = client_of(getattr(cast, person)).post(CONFIRM, {"edition": 1})
    assert answer.status_code in {403, 404}
    assert seen(amended) == 0


def test_a_confirmation_leaves_one_line_in_the_trail(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.drafter)
    client.post(CONFIRM, {"edition": 1})
    events = AuditEvent.objects.filter(verb="amendment.confirm")
    assert [(e.actor, e.label, e.before, e.after) for e in events] == [
        (cast.drafter, "第1次改正", {"edition_seen": ""}, {"edition_seen": "第1次改正"})
    ]
    page = text_of(client.get("/papers/2023/somu/history/"))
    assert page.count("基本方針の改正を確認") == 1


def test_confirming_changes_neither_the_version_nor_the_count_of_writes(
    amended: OperatingPolicy, cast: SimpleNamespace
) -> None:
    amendments.confirm(paper=amended, edition=1, by=Actor(user=cast.head))
    stored = OperatingPolicy.objects.get(pk=amended.pk)
    assert (stored.version, stored.edits) == (amended.version, amended.edits)


def test_a_second_confirmation_is_told_that_somebody_was_quicker(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client_of(cast.head).post(CONFIRM, {"edition": 1})
    answer = client_of(cast.drafter).post(CONFIRM, {"edition": 1})
    assert answer.status_code == 409
    assert "ほかの人が先に確かめました" in text_of(answer)
    assert AuditEvent.objects.filter(verb="amendment.confirm").count() == 1


def test_an_amendment_issued_meanwhile_is_not_confirmed_unseen(
    amended: OperatingPolicy, policy: BasicPolicy, cast: SimpleNamespace
) -> None:
    with amending(policy):
        reword("1-2", "もう一度改めた文。")
    with pytest.raises(Conflict, match="第2次改正が出されました"):
        amendments.confirm(paper=amended, edition=1, by=Actor(user=cast.head))
    assert seen(amended) == 0
    amendments.confirm(paper=amended, edition=2, by=Actor(user=cast.head))
    assert seen(amended) == 2


def test_what_was_never_issued_cannot_be_confirmed(
    amended: OperatingPolicy, cast: SimpleNamespace
) -> None:
    with pytest.raises(NotNow):
        amendments.confirm(paper=amended, edition=2, by=Actor(user=cast.head))
    assert seen(amended) == 0


def test_who_is_not_concerned_confirms_nothing(
    amended: OperatingPolicy, aside: OperatingPolicy, cast: SimpleNamespace
) -> None:
    with pytest.raises(NotNow):
        amendments.confirm(paper=aside, edition=1, by=Actor(user=cast.head))
    assert AuditEvent.objects.filter(verb="amendment.confirm").count() == 0


@pytest.mark.parametrize("edition", ["", "0", "-1", "x", "１０００００", "99999999999999999999"])
def test_a_form_by_hand_is_refused(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, edition: str
) -> None:
    assert client_of(cast.head).post(CONFIRM, {"edition": edition}).status_code == 400
    assert seen(amended) == 0


def test_the_next_amendment_is_told_again_and_two_unseen_are_one_difference(
    amended: OperatingPolicy, policy: BasicPolicy, cast: SimpleNamespace
) -> None:
    with amending(policy):
        reword("1-2", "三度目の文。")
    (row,) = unconfirmed(2023)
    assert (row.label, row.number, len(row.concerns)) == ("第1次改正・第2次改正", 2, 1)
    assert row.concerns[0].change.before["body"] == "脱炭素の視点を取り入れること。"
    amendments.confirm(paper=amended, edition=2, by=Actor(user=cast.head))
    with amending(policy):
        reword("1-2", "四度目の文。")
    (row,) = unconfirmed(2023)
    assert (row.label, row.concerns[0].change.before["body"]) == ("第3次改正", "三度目の文。")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_confirm_at_once_one_is_recorded(client_of: SignIn, somu: Department) -> None:
    CycleFactory()
    policy = policy_with_items()
    paper = OperatingPolicyFactory(department=somu)
    ResponseFactory(paper=paper, section=at("1-2"))
    with amending(policy):
        reword("1-2")
    people = [
        client_of(AppointmentFactory(post=Post.DRAFTER, title="主任", department=somu).user)
        for _ in range(6)
    ]
    barrier = Barrier(len(people))

    def confirm(client: Client) -> int:
        try:
            barrier.wait(timeout=30)
            return client.post(CONFIRM, {"edition": 1}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        statuses = list(pool.map(confirm, people))
    assert sorted(statuses) == [302, 409, 409, 409, 409, 409]
    assert AuditEvent.objects.filter(verb="amendment.confirm").count() == 1
    assert seen(paper) == 1


# ---- writing after an amendment -----------------------------------------------------------------


def answer(paper: OperatingPolicy, path: str, by: User, version: int = 0) -> None:
    papers.save_response(
        paper=paper,
        section=at(path),
        version=version,
        body="改正の後に書いた回答です。",
        is_not_applicable=False,
        by=Actor(user=by),
    )


def test_a_first_answer_written_after_the_day_of_the_amendment_is_not_asked_about(
    policy: BasicPolicy, aside: OperatingPolicy, cast: SimpleNamespace
) -> None:
    with amending(policy, issued_at=jst(2023, 3, 27, 9)):
        reword("1-2")
    answer(aside, "1-2", cast.head)
    assert (told(), seen(aside)) == ([], 1)


def test_on_the_day_of_the_amendment_an_open_page_may_show_the_old_words(
    policy: BasicPolicy, aside: OperatingPolicy, cast: SimpleNamespace
) -> None:
    with amending(policy, issued_at=jst(2023, 3, 28, 9)):
        reword("1-2")
    answer(aside, "1-2", cast.head)
    assert told() == [("農業委員会", "1(2)の回答を確かめる")]


def test_writing_elsewhere_does_not_confirm_what_concerns_the_paper(
    amended: OperatingPolicy, cast: SimpleNamespace
) -> None:
    answer(amended, "1-1", cast.head)
    answer(amended, "1-2", cast.head, version=1)
    assert (told(), seen(amended)) == ([("総務部", "1(2)の回答を確かめる")], 0)


def test_a_paper_laid_out_after_an_amendment_has_seen_it(
    policy: BasicPolicy, somu: Department, cast: SimpleNamespace
) -> None:
    with amending(policy):
        add("1-3")
    papers.open_year(year=2023, by=Actor(user=cast.office))
    assert set(OperatingPolicy.objects.values_list("edition_seen", flat=True)) == {1}
    assert told() == []
