"""施政方針の事業 in the packet: which the department carries out, by which goals."""

import pytest

from departments.models import Department
from goals.models import OperatingPolicy
from packets.pieces import department
from tests.factories import CycleFactory, ProjectFactory, complete_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(somu: Department) -> OperatingPolicy:
    CycleFactory()
    return complete_paper(department=somu)


def test_the_projects_of_the_department_stand_after_its_goals(paper: OperatingPolicy) -> None:
    carried = ProjectFactory(path="1", number="1(1)", short_name="避難所の見直し", place=1)
    bare = ProjectFactory(path="2", number="1(2)", short_name="公園の<再整備>", place=2)
    ProjectFactory(path="3", short_name="ほかの部の事業", place=3)
    paper.projects.set([carried, bare])
    goal = paper.goals.get()
    goal.projects.add(carried)
    piece = department(paper)
    content = piece.content
    assert [(row["number"], row["name"], row["goals"]) for row in content["projects"]] == [
        ("1(1)", "避難所の見直し", [{"number": 1, "title": goal.title}]),
        ("1(2)", "公園の<再整備>", []),
    ]
    assert content["goals"][0]["projects"] == ["避難所の見直し"]
    html = piece.html()
    assert "施政方針の事業</h3>" in html
    assert "1(2)　公園の&lt;再整備&gt;" in html
    assert html.count('<p class="note">組織目標なし</p>') == 1
    assert "ほかの部の事業" not in html


def test_without_projects_nothing_is_said(paper: OperatingPolicy) -> None:
    assert "施政方針の事業" not in department(paper).html()
