"""施政方針の事業: a department chooses those it carries out, goals carry them, all pages tell it."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from goals import trail
from goals.actions.goals import save_goal
from goals.actions.papers import save_projects
from goals.comparisons import compare
from goals.models import Goal, OperatingPolicy
from goals.projects import project_coverage, undertakings
from goals.queries import goals_of, sheet
from goals.snapshots import snapshot
from policies.models import Project
from tests.factories import (
    GoalFactory,
    MeasureFactory,
    OperatingPolicyFactory,
    PlanFactory,
    ProjectFactory,
    SpeechFactory,
    complete_paper,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
LIST = "/papers/2023/somu/projects/"
PAPER = "/papers/2023/somu/"
NAMES = ("避難所の見直し", "公園の再整備", "窓口のデジタル化")


@pytest.fixture
def projects(paper: OperatingPolicy) -> list[Project]:
    return [
        ProjectFactory(
            path=str(n), place=n, marker="", number="", short_name=name, body=f"{name}。"
        )
        for n, name in enumerate(NAMES, 1)
    ]


@pytest.fixture
def head(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.head)


@pytest.fixture
def by(cast: SimpleNamespace) -> Actor:
    return Actor(user=cast.head)


def body_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def listed(paper: OperatingPolicy) -> list[str]:
    return [project.short_name for project in paper.projects.order_by("place")]


def post(client: Client, seen: list[Project], chosen: list[Project]) -> object:
    keys = {"seen": [row.pk for row in seen], "projects": [row.pk for row in chosen]}
    return client.post(LIST, keys)


def test_the_list_is_ticked_and_saved_at_once(
    head: Client, paper: OperatingPolicy, projects: list[Project], cast: SimpleNamespace
) -> None:
    page = body_of(head, LIST)
    boxes = re.findall(r'type="checkbox" name="projects".*?<span>([^<]+)</span>', page)
    assert boxes == list(NAMES)
    assert post(head, [], projects[:2])["Location"] == f"{PAPER}#projects"
    assert listed(paper) == list(NAMES[:2])
    event = AuditEvent.objects.get(verb="projects.save")
    assert (event.actor, event.before) == (cast.head, {"projects": []})
    assert event.after == {"projects": list(NAMES[:2])}
    line = trail.Line(event)
    assert (line.words, line.changes[0].label) == ("施政方針の事業を選択", "施政方針の事業")
    paper.refresh_from_db()
    assert (paper.edits, paper.updated_by) == (1, cast.head)


def test_saving_the_same_again_leaves_no_line(
    paper: OperatingPolicy, projects: list[Project], by: Actor
) -> None:
    save_projects(paper=paper, seen=[], chosen=projects[:1], by=by)
    save_projects(paper=paper, seen=[projects[0].pk], chosen=projects[:1], by=by)
    assert AuditEvent.objects.filter(verb="projects.save").count() == 1


def test_two_people_who_choose_at_once_both_have_their_way(
    paper: OperatingPolicy, projects: list[Project], by: Actor
) -> None:
    first, second, third = projects
    save_projects(paper=paper, seen=[], chosen=[first], by=by)
    save_projects(paper=paper, seen=[first.pk], chosen=[second], by=by)
    save_projects(paper=paper, seen=[first.pk], chosen=[first, third], by=by)
    assert listed(paper) == list(NAMES[1:])


def test_choosing_does_not_disturb_who_writes_the_other_parts(
    paper: OperatingPolicy, projects: list[Project], by: Actor
) -> None:
    save_projects(paper=paper, seen=[], chosen=projects, by=by)
    stored = OperatingPolicy.objects.get()
    assert stored.version == paper.version


def test_a_submitted_paper_takes_no_choice(
    head: Client, paper: OperatingPolicy, projects: list[Project]
) -> None:
    OperatingPolicy.objects.filter(pk=paper.pk).update(status="submitted")
    response = post(head, [], projects)
    assert response.status_code == 409
    assert "「提出済」のため、いまは書けません。" in response.content.decode()
    assert body_of(head, LIST, status=409)
    assert listed(paper) == []


@pytest.mark.parametrize("name", ["other_head", "office", "viewer", "mayor"])
def test_nobody_else_chooses(
    name: str,
    cast: SimpleNamespace,
    client_of: ClientOf,
    paper: OperatingPolicy,
    projects: list[Project],
) -> None:
    client = client_of(getattr(cast, name))
    assert client.get(LIST).status_code in {403, 404}
    assert post(client, [], projects).status_code in {403, 404}
    assert listed(paper) == []


def test_projects_of_other_years_cannot_be_chosen(
    head: Client, paper: OperatingPolicy, projects: list[Project]
) -> None:
    old = ProjectFactory(speech=SpeechFactory(year=2022), path="1")
    assert post(head, [], [old]).status_code == 409
    assert listed(paper) == []


def test_a_year_without_a_speech_asks_for_nothing(head: Client, paper: OperatingPolicy) -> None:
    assert body_of(head, LIST, status=404)
    assert "施政方針の事業" not in body_of(head, PAPER)
    assert "施政方針の事業" not in body_of(head, f"{PAPER}goals/new/")


def part(page: str) -> str:
    begin = page.index('<section class="part" id="projects"')
    return page[begin : page.index("</section>", begin)]


def test_the_paper_tells_each_project_with_its_goals_and_points_out_what_has_none(
    head: Client, paper: OperatingPolicy, projects: list[Project]
) -> None:
    paper.projects.set(projects[:2])
    goal = GoalFactory(paper=paper, title="避難所を開ける")
    goal.projects.add(projects[0])
    page = body_of(head, PAPER)
    rows = re.findall(r'href="/policies/2023/speech/#(\d)">([^<]+)</a>', part(page))
    assert rows == [("1", NAMES[0]), ("2", NAMES[1])]
    assert f'<a href="#goal-{goal.pk}">目標1 避難所を開ける</a>' in part(page)
    assert re.findall(r'goals/new/\?project=(\d)"', part(page)) == ["2"]
    assert "担う目標のない事業　1件" in page
    assert f"<dt>施政方針の事業</dt><dd>{NAMES[0]}</dd>" in page


def test_a_project_without_a_goal_blocks_nothing(somu: object, cast: object, by: Actor) -> None:
    paper = complete_paper(department=somu)
    paper.projects.add(ProjectFactory())
    assert sheet(paper).missing == []
    assert len(sheet(paper).projects.without_goal) == 1


def test_a_goal_carries_projects_and_what_it_carries_is_listed(
    head: Client, paper: OperatingPolicy, projects: list[Project]
) -> None:
    paper.projects.add(projects[1])
    page = body_of(head, f"{PAPER}goals/new/?project=3")
    boxes = re.findall(r'name="projects" value="(\d+)"[^>]*?( checked)?>\s*([^<]+)<', page)
    assert [(name.strip(), bool(checked)) for _, checked, name in boxes] == [
        *((NAMES[1], False), (NAMES[0], False), (NAMES[2], True)),
    ]
    form = {
        **{"title": "窓口を改める", "kind": "new", "version": "0", "projects": [projects[2].pk]},
        **{"indicators-TOTAL_FORMS": "0", "indicators-INITIAL_FORMS": "0"},
    }
    assert head.post(f"{PAPER}goals/new/", form).status_code == 302
    assert list(Goal.objects.get().projects.all()) == [projects[2]]
    assert listed(paper) == list(NAMES[1:])
    assert AuditEvent.objects.get(verb="goal.add").after["projects"] == [str(projects[2])]


def test_what_a_goal_carries_is_not_taken_off_the_list(
    head: Client, paper: OperatingPolicy, projects: list[Project]
) -> None:
    paper.projects.set(projects[:1])
    GoalFactory(paper=paper, title="避難所を開ける").projects.add(projects[0])
    response = post(head, projects[:1], [])
    assert response.status_code == 409
    assert "目標「避難所を開ける」が担う事業は外せません。" in response.content.decode()
    assert listed(paper) == [NAMES[0]]


def test_a_goal_saved_without_a_word_on_projects_keeps_them(
    paper: OperatingPolicy, projects: list[Project], by: Actor
) -> None:
    values = {"title": "避難所を開ける", "projects": projects[:1]}
    goal = save_goal(paper=paper, goal=None, version=0, values=values, indicators=[], by=by)
    values = {"title": "避難所を開ける"}
    save_goal(paper=paper, goal=goal, version=1, values=values, indicators=[], by=by)
    assert list(goal.projects.all()) == projects[:1]


def test_a_dropped_project_stays_where_it_was_chosen(
    head: Client, paper: OperatingPolicy, projects: list[Project]
) -> None:
    paper.projects.add(projects[0])
    Project.objects.filter(pk__in=[projects[0].pk, projects[1].pk]).update(is_dropped=True)
    found = undertakings(paper, goals_of(paper))
    assert [row.project.short_name for row in found.rows] == [NAMES[0], NAMES[2]]
    assert "（施政方針から削られました）" in part(body_of(head, PAPER))


def test_versions_keep_the_choice_and_tell_how_it_changed(
    paper: OperatingPolicy, projects: list[Project]
) -> None:
    paper.projects.set(projects[:2])
    before = snapshot(sheet(paper))
    goal = GoalFactory(paper=paper)
    goal.projects.add(projects[1])
    paper.projects.set(projects[1:])
    after = snapshot(sheet(paper))
    assert after["projects"] == [
        {"path": "2", "name": NAMES[1], "goals": [1]},
        {"path": "3", "name": NAMES[2], "goals": []},
    ]
    changed = next(row for row in compare(before, after) if row.place == "projects")
    assert [(row.label, row.before, row.after) for row in changed.changes] == [
        ("事業の追加", "", NAMES[2]),
        ("事業の取消し", NAMES[0], ""),
    ]
    assert compare({"goals": []}, {"goals": []}) == []


def test_the_reviewer_and_the_version_show_the_projects(
    cast: SimpleNamespace, client_of: ClientOf, somu: object, by: Actor
) -> None:
    paper = complete_paper(department=somu)
    paper.projects.add(ProjectFactory(short_name=NAMES[0]))
    client_of(cast.head).post(f"{PAPER}submit/", {"edits": paper.edits})
    office = client_of(cast.office)
    assert NAMES[0] in part(body_of(office, f"{PAPER}review/?view=full"))
    assert f'<th scope="row">{NAMES[0]}</th>' in body_of(office, f"{PAPER}revisions/1/")


def test_the_office_sees_which_projects_nobody_takes_up(
    cast: SimpleNamespace, client_of: ClientOf, paper: OperatingPolicy, projects: list[Project]
) -> None:
    paper.projects.set(projects[:2])
    GoalFactory(paper=paper).projects.add(projects[0])
    GoalFactory(paper=paper, is_removed=True).projects.add(projects[1])
    other = OperatingPolicyFactory()
    other.projects.add(projects[0])
    found = project_coverage(2023)
    assert [([d.name for d in row.departments], row.goal_count) for row in found.rows] == [
        (["総務部", other.department.name], 1),
        (["総務部"], 0),
        ([], 0),
    ]
    assert [row.project.short_name for row in found.unclaimed] == [NAMES[2]]
    assert [row.project.short_name for row in found.without_goal] == [NAMES[1]]
    page = body_of(client_of(cast.office), "/papers/2023/coverage/")
    assert "どの部も選んでいない事業 1件" in page
    assert page.count("どの部も選んでいません") == 1


def test_only_measures_of_the_papers_year_are_offered(head: Client, paper: OperatingPolicy) -> None:
    plan = PlanFactory(first_year=2021, last_year=2024)
    old = PlanFactory(first_year=2018, last_year=2022)
    MeasureFactory(plan=plan, name="いまの施策", last_year=2023)
    MeasureFactory(plan=plan, name="これからの施策", first_year=2024)
    MeasureFactory(plan=plan, name="終わった施策", last_year=2022)
    MeasureFactory(plan=old, name="前の計画の施策", first_year=2018)
    chosen = MeasureFactory(plan=old, name="選んである施策", first_year=2018)
    goal = GoalFactory(paper=paper)
    goal.measures.add(chosen)
    for address, names in [
        (f"{PAPER}goals/new/", ["いまの施策"]),
        (f"{PAPER}goals/{goal.pk}/", ["いまの施策", "選んである施策"]),
    ]:
        page = body_of(head, address)
        found = re.findall(r'name="measures"[^>]*>\s*\S+ ([^<]+?)\s*<', page)
        assert sorted(found) == sorted(names)
