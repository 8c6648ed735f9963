"""What the demo city holds: everything that can be seen and shown, and every step of it allowed."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import transaction

from core import audit, clock
from core.permissions import Permission, Post, Refused, Target
from core.text import normalise
from departments.models import Appointment, Department, User
from departments.queries import authority, heads, may
from exchange.seed import build_demo_city
from exchange.seed.reading import office_moments, people_to_show
from goals.handovers import exchanges_in
from goals.models import Goal, OperatingPolicy, Response, Revision
from goals.projects import project_coverage
from goals.queries import board, sheet
from interviews.models import Interview
from policies.models import BasicPolicy, Measure, Section, Speech
from policies.queries.alignments import comparison
from policies.queries.documents import document
from tests.factories import jst


@pytest.fixture(scope="module")
def laid_in(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The city, laid in once for the tests of this file and taken out after them."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        build_demo_city()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def city(laid_in: None, db: None) -> None:
    """The city; what a test changes in it is undone."""


def _paper(code: str, year: int = 2023) -> OperatingPolicy:
    return OperatingPolicy.objects.for_page().get(year=year, department__code=code)


def _states(year: int) -> dict[str, str]:
    return {paper.department.code: paper.state_label for paper in board(year)}


def test_the_papers_of_2023_stand_in_every_state(city: None) -> None:
    assert _states(2023) == {
        "seisaku": "確定",
        "somu": "作成中",
        "shimin": "差戻し",
        "kenko": "作成中",
        "fukushi": "作成中",
        "kodomo": "提出済",
        "machi": "受理",
        "kensetsu": "再提出",
        "kyoiku": "受理",
        "kaikei": "確定",
        "gikai": "作成中",
        "senkyo": "未着手",
        "kansa": "受理",
        "nogyo": "提出済",
    }


def test_all_papers_of_2022_are_settled_and_complete(city: None) -> None:
    assert set(_states(2022).values()) == {"確定"}
    assert len(_states(2022)) == 14
    assert [paper for paper in board(2022) if sheet(paper).missing] == []


def test_handed_in_papers_of_2023_owe_nothing(city: None) -> None:
    handed_in = [paper for paper in board(2023) if paper.submissions]

    assert len(handed_in) == 9
    assert [str(paper) for paper in handed_in if sheet(paper).missing] == []


def test_the_policies_come_from_the_parser(city: None) -> None:
    counts = Counter(Section.objects.filter(is_open=True).values_list("policy__year", flat=True))

    assert list(BasicPolicy.objects.values_list("year", "issuer")) == [
        (2023, "国分寺市長 井澤 邦夫"),
        (2022, "国分寺市長 井澤 邦夫"),
    ]
    assert counts == {2022: 16, 2023: 21}
    assert not Section.objects.filter(is_open=True, short_name="").exists()


def test_the_office_has_confirmed_what_continues_what(city: None) -> None:
    found = comparison(2023)

    assert found is not None
    assert found.is_confirmed
    assert found.counts == {"same": 6, "reworded": 15, "new": 5, "dropped": 1}
    assert [
        row.section.path for row in found.rows if row.earlier and row.earlier.path == "1-4"
    ] == [
        "1-4",
        "1-5",
    ]


def test_the_speech_names_sixteen_projects_and_one_is_taken_up_by_nobody(city: None) -> None:
    speech = Speech.objects.get()
    found = project_coverage(2023)

    assert "デモ用に作成したものです。" in speech.preamble
    assert len(found.rows) == 16
    assert [str(row.project) for row in found.unclaimed] == ["4(4) 湧水と崖線の緑の保全"]
    assert [row.project.name for row in sheet(_paper("somu")).projects.without_goal] == [
        "個別避難計画の作成"
    ]


def test_the_plans_that_the_documents_name_are_known_by_their_short_names(city: None) -> None:
    text = document(2023)

    assert text is not None
    assert [(row.title, row.plan.short_name) for row in text.plans if row.plan] == [
        ("国分寺市行政デジタル化推進計画", "デジタル化推進計画"),
        ("国分寺市ビジョン後期実行計画", "後期実行計画"),
        ("第Ⅰ期 国分寺市業務改革プロジェクト", "業務改革プロジェクト"),
        ("国分寺市人材育成基本方針（第3期）", "人材育成基本方針"),
    ]
    assert not Measure.objects.filter(lead_division=None).exists()
    for measure in Measure.objects.select_related("plan", "lead_division"):
        measure.full_clean()


def test_every_department_of_the_day_has_a_head_and_a_drafter(city: None) -> None:
    today = clock.today()
    departments = set(Department.objects.in_year(2023))
    drafters = Appointment.objects.held_on(today, known_on=today).filter(post=Post.DRAFTER)

    assert {head.department for head in heads(2023)} == departments
    assert {drafter.department for drafter in drafters} == departments
    assert [d.code for d in Department.objects.all() if d not in departments] == ["toshi"]


def test_two_departments_have_a_second_head(city: None) -> None:
    own = [head.department.code for head in heads(2023) if not head.standing_in_for_id]

    assert [code for code, count in Counter(own).items() if count > 1] == ["seisaku", "somu"]


def test_every_post_is_held_on_the_day_of_the_demo(city: None) -> None:
    today = clock.today()
    held = Appointment.objects.held_on(today, known_on=today)
    counts = Counter(held.values_list("post", flat=True))

    assert set(counts) == set(Post.values)
    assert [counts[post] for post in (Post.MAYOR, Post.DEPUTY_MAYOR, Post.SUPERINTENDENT)] == [
        1,
        2,
        1,
    ]
    assert [counts[post] for post in (Post.POLICY_OFFICE, Post.SECRETARY)] == [3, 2]
    assert [counts[post] for post in (Post.VIEWER, Post.ADMINISTRATOR)] == [1, 1]


def test_the_head_of_kenko_writes_next_years_paper_of_fukushi(city: None) -> None:
    mover = User.objects.get(username="1401")
    fukushi, kenko = _paper("fukushi").target, _paper("kenko").target

    assert may(mover, Permission.WRITE_PAPER, fukushi, year=2023)
    assert not may(mover, Permission.WRITE_PAPER, kenko, year=2023)
    assert may(mover, Permission.WRITE_PAPER, kenko, year=2022)


def test_nobody_learns_of_the_unannounced_move_before_31_march(city: None) -> None:
    successor = User.objects.get(username="1314")
    gikai = Target(department_id=Department.objects.get(code="gikai").pk)

    with clock.at(jst(2023, 3, 30, 9)):
        assert not may(successor, Permission.WRITE_PAPER, gikai, year=2023)
        assert [h.user.name for h in heads(2023) if h.department.code == "gikai"] == ["古澤 正"]
    with clock.at(jst(2023, 3, 31, 9)):
        assert may(successor, Permission.WRITE_PAPER, gikai, year=2023)
        assert [h.user.name for h in heads(2023) if h.department.code == "gikai"] == ["大槻 亮"]


def test_handovers_of_2022_stand_in_every_state(city: None) -> None:
    rows = [row for exchange in exchanges_in(2022) for row in exchange.successions]
    states = [(row.leaver.name, row.state_label) for row in rows]

    assert states == [
        ("﨑山 健一", "作成中"),
        ("鳥海 弘", "未着手"),
        ("宮地 里美", "受領待ち"),
        ("須田 恒雄", "受領済み"),
    ]
    assert [[asked.comer.name for asked in row.asked] for row in rows] == [
        ["青野 敏行"],
        ["青野 敏行"],
        ["﨑山 健一"],
        ["矢島 典子"],
    ]


def test_the_stand_in_hands_in_for_the_absent_head(city: None) -> None:
    event = audit.AuditEvent.objects.get(verb="paper.submit", actor__username="2411")

    assert event.standing_in_for.name == "田畑 茂"
    assert event.at == jst(2023, 3, 27, 13, 20)


def test_the_returned_paper_tells_why_in_three_remarks(city: None) -> None:
    paper = _paper("shimin")

    assert paper.remarks.filter(told_at__isnull=False, answer="").count() == 3
    assert "4月4日まで" in paper.reason


def test_the_second_revision_shows_what_the_remarks_changed(city: None) -> None:
    first, second = Revision.objects.filter(paper=_paper("kensetsu")).order_by("number")
    before, after = (
        {row["path"]: row["body"] for row in revision.content["responses"]}
        for revision in (first, second)
    )

    assert [path for path in before if before[path] != after[path]] == ["1-4", "3-7"]
    assert [
        goal["number"]
        for goal, changed in zip(first.content["goals"], second.content["goals"], strict=True)
        if goal != changed
    ] == [2, 5]
    assert not _paper("kensetsu").remarks.filter(answer="").exists()


def test_the_audit_chain_of_the_city_is_whole(city: None) -> None:
    assert audit.first_broken_line() is None


def test_interviews_do_not_meet_in_a_room_or_in_a_person(city: None) -> None:
    rows = list(Interview.objects.for_page())
    clashes = [
        (str(one), str(other))
        for number, one in enumerate(rows)
        for other in rows[number + 1 :]
        if one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
        and (
            one.room == other.room
            or {*one.interviewers.all(), *one.attendees.all()}
            & {*other.interviewers.all(), *other.attendees.all()}
        )
    ]

    assert len(rows) == 7
    assert clashes == []


def test_every_row_is_one_that_the_forms_would_take(city: None) -> None:
    for room in ("departments", "policies", "goals", "interviews"):
        for model in apps.get_app_config(room).get_models():
            for row in model._default_manager.all():
                row.clean_fields()
                row.validate_constraints()


def test_texts_are_stored_as_the_product_normalises_them(city: None) -> None:
    texts = [response.body for response in Response.objects.all()]
    texts += [value for goal in Goal.objects.all() for value in (goal.title, goal.method)]

    assert texts == [normalise(text).strip() for text in texts]


def test_names_are_stored_as_they_are_written(city: None) -> None:
    names = {"葛\U000e0100西 奈緒", "髙木 正樹", "﨑山 健一", "𠮷田 誠一", "小澤 敬三"}

    assert set(User.objects.filter(name__in=names).values_list("name", flat=True)) == names


def test_everybody_on_the_sign_in_page_may_enter_with_the_demos_password(
    city: None, settings
) -> None:
    for title, name, number, purpose in people_to_show():
        person = User.objects.get(username=number)

        assert person.name == name
        assert person.check_password(settings.DEMO_PASSWORD)
        assert may(person, Permission.ENTER)
        assert title
        assert purpose.endswith("。")


def test_a_step_by_somebody_without_the_right_is_an_error_in_the_data(city: None) -> None:
    viewer = User.objects.get(username="1031")

    with pytest.raises(Refused):
        authority(viewer, Permission.SUBMIT_PAPER, _paper("somu").target, year=2023)


def test_office_moments_keep_to_office_hours_and_end_at_the_end() -> None:
    start, end = dt.datetime(2023, 3, 24, 17, 30), dt.datetime(2023, 3, 27, 9, 0)  # noqa: DTZ001

    moments = office_moments(start, end, 6)

    assert moments[0] == jst(2023, 3, 24, 17, 30)
    assert moments[-1] == jst(2023, 3, 27, 9)
    assert moments == sorted(moments)
    assert {moment.date() for moment in moments} == {start.date(), end.date()}
