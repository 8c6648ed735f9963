"""提出状況: who sees what of whose paper, in which order, by when."""

import datetime as dt

import pytest
from django.urls import reverse

from core import audit, clock
from core.workflow import Status
from goals.actions import papers, reviews
from goals.board import board_for
from goals.models import OperatingPolicy
from policies.models import Cycle
from tests.factories import (
    AppointmentFactory,
    CycleFactory,
    DepartmentFactory,
    OperatingPolicyFactory,
    UserFactory,
    complete_paper,
    jst,
)
from tests.pages import main_buttons

BOARD = reverse("goals:board", args=(2023,))


@pytest.fixture
def cycle(db):
    return CycleFactory()


def names(board):
    return [row.paper.department.name for row in board.rows]


def test_departments_that_have_not_handed_in_come_first(cast, cycle, somu, kenko):
    OperatingPolicyFactory(department=somu, status=Status.RECEIVED, edits=1)
    OperatingPolicyFactory(department=kenko, status=Status.DRAFT, edits=3)
    late = DepartmentFactory(name="農業委員会事務局", order=9)
    OperatingPolicyFactory(department=late)

    board = board_for(cast.office, cycle, "")

    assert names(board) == ["農業委員会事務局", "健康部", "総務部"]
    assert [row.paper.state_label for row in board.rows] == ["未着手", "作成中", "受理"]


def test_the_filter_counts_all_states_and_shows_one(cast, cycle, somu, kenko, client_of):
    OperatingPolicyFactory(department=somu, status=Status.SUBMITTED, submissions=2, edits=1)
    OperatingPolicyFactory(department=kenko)

    board = board_for(cast.office, cycle, "submitted")
    page = client_of(cast.office).get(BOARD, {"state": "submitted"})

    assert [(f.label, f.count) for f in board.filters] == [
        ("すべて", 2),
        ("未着手", 1),
        ("作成中", 0),
        ("差戻し", 0),
        ("提出済・再提出", 1),
        ("受理", 0),
        ("確定", 0),
    ]
    assert names(board) == ["総務部"]
    assert "再提出" in page.content.decode()


@pytest.mark.parametrize(
    ("now", "label", "note", "is_alert"),
    [
        (jst(2023, 3, 28, 9), "あと7日", "開庁日では5日", False),
        (jst(2023, 4, 4, 9), "今日17時まで", "", True),
        (jst(2023, 4, 4, 17, 1), "過ぎています", "", True),
        (jst(2023, 4, 6, 9), "2日過ぎています", "", True),
    ],
)
def test_the_time_that_is_left_is_told_in_words(
    cast, cycle, somu, settings, now, label, note, is_alert
):
    settings.DEMO_TODAY = None
    OperatingPolicyFactory(department=somu)

    with clock.at(now):
        due = board_for(cast.office, cycle, "").rows[0].due

    assert (due.label, due.note, due.is_alert) == (label, note, is_alert)


@pytest.mark.parametrize(
    ("submitted_at", "label"),
    [(jst(2023, 4, 4, 17), "期限内に提出"), (jst(2023, 4, 4, 17, 1), "期限の後に提出")],
)
def test_a_paper_that_was_handed_in_says_whether_in_time(cast, cycle, somu, submitted_at, label):
    OperatingPolicyFactory(
        department=somu, status=Status.SUBMITTED, submissions=1, submitted_at=submitted_at
    )

    assert board_for(cast.office, cycle, "").rows[0].due.label == label


def test_the_last_change_names_who_moved_the_paper_last(cast, somu, client_of):
    CycleFactory()
    paper = complete_paper(department=somu)
    reviews.submit(paper=paper, edits=paper.edits, by=audit.Actor(cast.head))
    paper.refresh_from_db()
    reviews.receive(paper=paper, by=audit.Actor(cast.office))

    row = board_for(cast.mayor, Cycle.objects.get(pk=2023), "").rows[0]

    assert row.changed_by == cast.office
    assert cast.office.name in client_of(cast.mayor).get(BOARD).content.decode()


def test_answers_goals_and_told_remarks_are_counted(cast, somu):
    cycle = CycleFactory()
    paper = complete_paper(department=somu, status=Status.SUBMITTED, submissions=1)
    by = audit.Actor(cast.office)
    reviews.make_remark(paper=paper, body="時期を書いてください。", by=by)
    untold = board_for(cast.mayor, cycle, "").rows[0].paper.open_remarks
    paper.remarks.update(told_at=clock.now())

    board = board_for(cast.mayor, cycle, "")

    row = board.rows[0].paper
    assert (board.owed, row.given, row.goal_count) == (2, 2, 1)
    assert (untold, row.open_remarks) == (0, 1)


def test_an_unannounced_head_is_nowhere_on_the_board(cast, cycle, somu, client_of):
    OperatingPolicyFactory(department=somu)
    secret = UserFactory(name="未発表 花子")
    AppointmentFactory(user=secret, department=somu, title="総務部長", unannounced=True)

    page = client_of(cast.office).get(BOARD).content.decode()

    assert "未発表" not in page
    assert cast.head.name in page


def test_the_announced_head_of_next_year_stands_on_next_years_board(cast, cycle, kenko, client_of):
    OperatingPolicyFactory(department=kenko)

    heads = board_for(cast.office, cycle, "").rows[0].heads

    assert [head.user for head in heads] == [cast.incoming_head]


def test_only_those_who_may_read_a_draft_get_a_link_to_it(cast, cycle, somu):
    OperatingPolicyFactory(department=somu)

    def of(user):
        row = board_for(user, cycle, "").rows[0]
        return (row.may_read, row.may_review)

    assert of(cast.office) == (True, True)
    assert of(cast.mayor) == (False, False)


def test_the_office_is_led_to_the_first_paper_that_waits(cast, cycle, somu, kenko, client_of):
    OperatingPolicyFactory(department=kenko)
    OperatingPolicyFactory(
        department=somu, status=Status.SUBMITTED, submissions=1, submitted_at=jst(2023, 3, 28)
    )

    office = client_of(cast.office).get(BOARD).content.decode()
    mayor = client_of(cast.mayor).get(BOARD).content.decode()

    assert "総務部を審査する" in office
    assert len(main_buttons(office)) == 1
    assert main_buttons(mayor) == []


def test_the_office_lays_out_the_papers_of_a_year_once(cast, cycle, somu, kenko, client_of):
    office = client_of(cast.office)
    before = office.get(BOARD).content.decode()

    office.post(reverse("goals:open_year", args=(2023,)))
    again = office.post(reverse("goals:open_year", args=(2023,)), follow=True)

    assert "運営方針書を用意する" in before
    assert OperatingPolicy.objects.filter(year=2023).count() == 2
    assert "すべての部の分が用意してあります" in again.content.decode()


def test_the_mayor_cannot_lay_out_papers(cast, cycle, somu, client_of):
    mayor = client_of(cast.mayor)

    assert "運営方針書を用意する" not in mayor.get(BOARD).content.decode()
    assert mayor.post(reverse("goals:open_year", args=(2023,))).status_code == 403
    assert OperatingPolicy.objects.count() == 0


@pytest.mark.parametrize("name", ["goals:board", "goals:coverage"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("office", 200),
        ("mayor", 200),
        ("deputy", 200),
        ("superintendent", 200),
        ("secretary", 200),
        ("head", 403),
        ("drafter", 403),
        ("viewer", 403),
        ("administrator", 403),
    ],
)
def test_who_may_look_over_all_departments(cast, paper, client_of, name, who, status):
    page = client_of(getattr(cast, who)).get(reverse(name, args=(2023,)))

    assert page.status_code == status


@pytest.mark.parametrize("year", [2031, 99999, 10**30])
def test_a_year_that_is_not_laid_out_is_not_there(cast, paper, client_of, year):
    office = client_of(cast.office)

    assert office.get(f"/papers/{year}/").status_code == 404
    assert office.get(f"/papers/{year}/coverage/").status_code == 404
    assert office.get(f"/interviews/{year}/").status_code == 404


def test_the_board_asks_as_often_for_five_papers_as_for_one(
    cast, cycle, somu, client_of, django_assert_num_queries
):
    office = client_of(cast.office)
    OperatingPolicyFactory(department=somu, updated_by=cast.head, updated_at=jst(2023, 3, 28))
    office.get(BOARD)
    with django_assert_num_queries(BOARD_QUERIES):
        office.get(BOARD)
    for n in range(4):
        department = DepartmentFactory()
        AppointmentFactory(department=department, starts_on=dt.date(2022, 4, 1))
        row = OperatingPolicyFactory(department=department, status=Status.RECEIVED)
        papers.audit.record("paper.receive", by=audit.Actor(cast.office), label=f"{n}", subject=row)
    with django_assert_num_queries(BOARD_QUERIES):
        office.get(BOARD)


BOARD_QUERIES = 12
