"""A book reads all its departments at once: as many queries, and the same pieces, as of one alone."""

import json
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.audit import Actor
from core.workflow import Status
from departments.models import Department
from goals.actions.reviews import make_remark, return_, submit
from goals.models import OperatingPolicy
from packets import pressing, store
from packets.actions import printing
from packets.actions.packets import ask
from packets.composition import Composition, Part
from packets.orders import Kind, Order
from packets.pieces import department, of_material
from packets.queries import materials
from packets.store import Kept
from policies.models import Alignment, Section
from tests.factories import (
    ChargeFactory,
    CycleFactory,
    DepartmentFactory,
    GoalFactory,
    IndicatorFactory,
    InterviewFactory,
    OperatingPolicyFactory,
    ProjectFactory,
    ResponseFactory,
    complete_paper,
    jst,
    policy_with_items,
)

pytestmark = pytest.mark.django_db


def in_order() -> list[OperatingPolicy]:
    return list(OperatingPolicy.objects.for_page().of_year(2023).order_by("department__order"))


def last_year(one: Department, **fields: object) -> OperatingPolicy:
    paper = OperatingPolicyFactory(
        year=2022, department=one, filled=True, status=Status.FINALISED, **fields
    )
    IndicatorFactory(goal=GoalFactory(paper=paper, title=f"{one.name}の昨年度の目標"), actual="3")
    return paper


def returned(one: Department, head: Actor, office: Actor) -> OperatingPolicy:
    """Handed in, sent back, and rewritten since."""
    paper = complete_paper(department=one)
    submit(paper=paper, edits=paper.edits, by=head)
    stored = OperatingPolicy.objects.get(pk=paper.pk)
    make_remark(paper=stored, body="指標が足りません。", by=office)
    return_(paper=stored, reason="数値で示してください。", by=office)
    paper.goals.update(standard="100人とする。")
    return OperatingPolicy.objects.get(pk=paper.pk)


def settled(one: Department) -> OperatingPolicy:
    """Handed in by a head who has not signed."""
    state = {"status": Status.FINALISED, "submissions": 1, "submitted_at": jst(2023, 3, 27)}
    return complete_paper(department=one, **state)


def draft_after_a_merger(code: str, order: int) -> OperatingPolicy:
    """Of a department that two have become, one of which lives on in another too."""
    new, other = (
        DepartmentFactory(code=f"{code}{n}", name=f"{code}{n}部", order=order + n, first_year=2023)
        for n in (1, 2)
    )
    for number in (3, 4):
        old = DepartmentFactory(
            code=f"{code}{number}", name=f"旧{code}{number}部", order=order, last_year=2022
        )
        old.successors.add(new, *([other] if number == 4 else []))
        last_year(old, staff=number * 10)
    paper = OperatingPolicyFactory(department=new, filled=True)
    GoalFactory(paper=paper, complete=True, is_own=True)
    return paper


@pytest.fixture
def three(somu: Department, kenko: Department, cast: SimpleNamespace) -> list[OperatingPolicy]:
    """One sent back, one settled, one drafted by a department that has come of a merger."""
    for year in (2022, 2023):
        CycleFactory(year=year)
        policy_with_items(year)
    now, before = (Section.objects.get(policy__year=year, path="1-1") for year in (2023, 2022))
    Alignment.objects.create(section=now, earlier=before, confirmed_at=jst(2023, 3, 20))
    ChargeFactory(department=somu, interviewer=cast.deputy)
    bosai = somu.divisions.get(code="bosai")
    ChargeFactory(department=somu, division=bosai, interviewer=cast.superintendent)
    papers = [
        returned(somu, Actor(user=cast.head), Actor(user=cast.office)),
        settled(kenko),
        draft_after_a_merger("fuku", 5),
    ]
    last_year(somu)
    for number, paper in enumerate(papers, 1):
        add_more(paper, number, cast)
    return in_order()


def add_more(paper: OperatingPolicy, number: int, cast: SimpleNamespace) -> None:
    project = ProjectFactory(path=str(number), short_name=f"事業{number}", place=number)
    paper.projects.add(project)
    paper.goals.order_by("pk")[0].projects.add(project)
    meeting = InterviewFactory(
        department=paper.department,
        interviewers=[cast.mayor, cast.deputy],
        starts_at=jst(2023, 4, 5 + number, 10),
        ends_at=jst(2023, 4, 5 + number, 11),
    )
    meeting.attendees.add(cast.head, cast.incoming_head)


@pytest.fixture
def six(three: list[OperatingPolicy], cast: SimpleNamespace) -> list[OperatingPolicy]:
    more = [
        settled(DepartmentFactory(code="toshi", name="都市部", order=20)),
        draft_after_a_merger("kodo", 30),
        draft_after_a_merger("kyoi", 40),
    ]
    last_year(more[0].department)
    for number, paper in enumerate(more, 11):
        add_more(paper, number, cast)
    return in_order()


def test_each_piece_is_the_same_alone_and_with_the_others(six: list[OperatingPolicy]) -> None:
    together = [of_material(read) for read in materials(six)]
    alone = [department(paper) for paper in six]
    assert [piece.title for piece in together] == [paper.department.name for paper in six]
    assert [json.dumps(one.content) for one in together] == [json.dumps(o.content) for o in alone]
    assert [piece.digest for piece in together] == [piece.digest for piece in alone]
    assert len({piece.digest for piece in together}) == 6
    told = [piece.content for piece in together]
    assert [content["edition"] for content in told].count("案") == 4
    assert [bool(content["overview"]["returned"]) for content in told] == [True] + [False] * 5
    assert [len(content["previous"]["papers"]) for content in told] == [1, 0, 2, 1, 2, 2]


# ---- as many queries ---------------------------------------------------------------------------


def queries_of(papers: list[OperatingPolicy]) -> int:
    """To tell which file a book is of which all parts lie there."""
    for read in materials(papers):
        store.keep(Kept(of_material(read).digest, 11, {}, []), b"%PDF")
    composition = Composition(Order(Kind.BOOK, 2023), papers, pressing.room(1))
    with CaptureQueriesContext(connection) as queries:
        assert composition.digest(4) is not None
    return len(queries)


@pytest.mark.usefixtures("folder")
def test_book_of_six_departments_asks_no_more_than_one_of_three(
    three: list[OperatingPolicy], six: list[OperatingPolicy]
) -> None:
    assert queries_of(six) == queries_of(three) == 39


def test_of_no_paper_nothing_is_read() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert materials([]) == []
    assert len(queries) == 0


# ---- who writes on meanwhile -------------------------------------------------------------------


@pytest.mark.usefixtures("folder", "tasks_wait")
def test_part_shows_what_was_written_while_the_one_before_was_begun(
    paper: OperatingPolicy,
    kenko: Department,
    cast: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    OperatingPolicyFactory(department=kenko)
    file = ask(order=Order(Kind.BOOK, 2023), papers=in_order(), by=Actor(user=cast.office))
    begun = printing.Job.begun

    def write_on(job: printing.Job, part: Part) -> None:
        if part.title == "総務部":
            other = OperatingPolicy.objects.get(department=kenko)
            section = Section.objects.get(policy__year=2023, path="1-1")
            ResponseFactory(paper=other, section=section, body="後から書いた答え。")
            OperatingPolicy.objects.filter(pk=other.pk).update(edits=1, mission="健康を守る。")
        begun(job, part)

    monkeypatch.setattr(printing.Job, "begun", write_on)
    printing.print_file(pk=file.pk)
    file.refresh_from_db()
    assert (file.status, file.failure) == ("done", "")
    digests = [department(one).digest for one in in_order()]
    assert list(file.parts.order_by("order").values_list("digest", flat=True))[1:] == digests
