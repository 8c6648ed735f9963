"""From the office's desk to every department: amendments made by the real actions.

Whatever the office does to the text, no answer is lost, nothing that was taken out is counted,
and every department that wrote to what was changed is told until it confirms.
"""

import datetime as dt
import random
from types import SimpleNamespace

import pytest

from core import clock
from core.audit import Actor
from core.workflow import NotNow
from goals.actions import amendments, papers, reviews
from goals.actions import goals as goal_actions
from goals.amendments import notice_on, unconfirmed
from goals.board import board_for
from goals.comparisons import compare
from goals.coverage import coverage_for
from goals.models import OperatingPolicy, Response
from goals.queries import board, owed_sections, sheet
from goals.snapshots import snapshot
from packets.pieces import department
from policies.actions import manuscripts
from policies.actions.publishing import PolicyProblem
from policies.edits import Add, Ask, CannotEdit, Drop, Edit, Join, Renumber, Reword, Split
from policies.models import BasicPolicy, Edition, Manuscript, Section
from policies.parsing import parse
from policies.queries.documents import document
from policies.queries.manuscripts import outline_of_manuscript
from tests.factories import CycleFactory, jst

pytestmark = pytest.mark.django_db
TEXT = """令和5年3月31日
国分寺市長　井澤　邦夫
令和5年度市政運営の基本方針
次のとおり定める。
1　基本姿勢
(1)　市民に説明すること。広く情報を集めること。
(2)　残業を減らすこと。
(3)　脱炭素の視点を取り入れること。
2　進め方
(1)　早く始めること。進み具合を確かめること。
(2)　二重の投資を防ぐこと。
"""
WRITTEN = "第{}の回答です。髙澤"


@pytest.fixture
def office(cast: SimpleNamespace) -> Actor:
    return Actor(user=cast.office)


@pytest.fixture
def issued(office: Actor) -> Manuscript:
    """The text, issued on 27 March."""
    CycleFactory()
    with clock.at(jst(2023, 3, 24, 9)):
        manuscript = manuscripts.take_in(parsed=parse(TEXT), by=office)
        manuscripts.issue(
            manuscript=manuscript, version=1, dated_on=dt.date(2023, 3, 24), by=office
        )
    return Manuscript.objects.get()


def node_at(path: str) -> int:
    outline = outline_of_manuscript(Manuscript.objects.get())
    return next(node.id for node in outline.nodes if node.path == path)


def amend(office: Actor, *edits: Edit, at: dt.datetime = jst(2023, 3, 27, 9)) -> Edition:  # noqa: B008
    """Edit by edit, then issued."""
    with clock.at(at):
        for edit in edits:
            stored = Manuscript.objects.get()
            manuscripts.edit(manuscript=stored, version=stored.version, edit=edit, by=office)
        stored = Manuscript.objects.get()
        return manuscripts.issue(
            manuscript=stored,
            version=stored.version,
            dated_on=dt.date(2023, 4, 10),
            reason="国の計画が変わったため。",
            by=office,
        )


def answer_all(paper: OperatingPolicy, by: Actor) -> None:
    for section in owed_sections(paper.year):
        if not paper.responses.filter(section=section).exists():
            papers.save_response(
                paper=paper,
                section=section,
                version=0,
                body=WRITTEN.format(section.path),
                is_not_applicable=False,
                by=by,
            )


@pytest.fixture
def somu_paper(issued: Manuscript, cast: SimpleNamespace, office: Actor) -> OperatingPolicy:
    """総務部 answers everything on 25 March, and has a goal for 1(3)."""
    with clock.at(jst(2023, 3, 25, 9)):
        papers.open_year(year=2023, by=office)
        paper = OperatingPolicy.objects.for_page().get(department__code="somu")
        by = Actor(user=cast.head)
        answer_all(paper, by)
        goal_actions.save_goal(
            paper=paper,
            goal=None,
            version=0,
            values={
                "title": "公用車を電動にする",
                "sections": [Section.objects.get(path="1-3")],
                "measures": [],
                "sdgs": [],
                "other_divisions": [],
            },
            indicators=[],
            by=by,
        )
    return OperatingPolicy.objects.for_page().get(pk=paper.pk)


def told() -> dict[str, str]:
    return {row.paper.department.code: row.to_do for row in unconfirmed(2023)}


def test_an_amendment_from_the_desk_to_the_confirmation(
    somu_paper: OperatingPolicy, cast: SimpleNamespace, office: Actor
) -> None:
    edition = amend(
        office,
        Reword(node_at("1-1"), "市民に丁寧に説明すること。"),
        Drop(node_at("1-3")),
        Add(node_at("1-2"), "物価高に対応すること。"),
    )
    assert str(edition) == "第1次改正"
    assert told() == {
        "somu": "1(1)、もとの1(3)の回答を確かめる、1(3)に回答する",
        "kenko": "1(3)に回答する",
    }
    paper = OperatingPolicy.objects.for_page().get(pk=somu_paper.pk)
    found = sheet(paper)
    assert [answer.section.path for answer in found.dropped] == ["1-3"]
    assert "目標1　応える項がありません" in [m.label for m in found.missing]
    head = Actor(user=cast.head)
    amendments.confirm(paper=paper, edition=1, by=head)
    assert "somu" not in told()
    with pytest.raises(NotNow):
        reviews.submit(paper=paper, edits=paper.edits, by=head)


def test_an_item_that_was_split_leaves_its_address_to_its_first_part(
    somu_paper: OperatingPolicy, office: Actor
) -> None:
    outline = outline_of_manuscript(Manuscript.objects.get())
    at = outline.source.index("広く情報")
    amend(office, Split(node_at("1-1"), (at,)))
    paper = OperatingPolicy.objects.for_page().get(pk=somu_paper.pk)
    answers = {a.section.path: a.section.body for a in sheet(paper).answers}
    assert answers["1-1"] == "市民に説明すること。"
    assert answers["1-4"] == "広く情報を集めること。"
    response = Response.objects.get(section__path="1-1")
    assert response.body == WRITTEN.format("1-1")


def test_items_that_were_joined_keep_both_answers(
    somu_paper: OperatingPolicy, office: Actor
) -> None:
    amend(office, Join(node_at("1-2")))
    paper = OperatingPolicy.objects.for_page().get(pk=somu_paper.pk)
    found = sheet(paper)
    assert [answer.section.path for answer in found.dropped] == ["1-2"]
    assert told() == {"somu": "1(1)、もとの1(2)の回答を確かめる"}


def test_a_number_alone_is_amended_and_nobody_is_asked(
    somu_paper: OperatingPolicy, office: Actor
) -> None:
    amend(office, Renumber(node_at("1-3"), "(4)"))
    assert told() == {}
    paper = OperatingPolicy.objects.for_page().get(pk=somu_paper.pk)
    goal = sheet(paper).goals[0]
    assert [section.number for section in goal.sections.all()] == ["1(4)"]


# ---- anything at all ----------------------------------------------------------------------------


def some_edit(dice: random.Random) -> Edit:
    outline = outline_of_manuscript(Manuscript.objects.get())
    node = dice.choice(outline.nodes).id
    words = f"改めた文{dice.randrange(1000)}です。続きの文です。"
    return dice.choice(
        [
            Reword(node, words),
            Drop(node),
            Add(node, words),
            Join(node),
            Ask(node, is_open=dice.random() < 0.5),
            Renumber(node, f"({dice.randrange(1, 99)})"),
            Split(node, (dice.randrange(len(outline.source)),)),
            Reword(node, f"別の文{dice.randrange(1000)}です。"),
        ]
    )


def amend_somehow(dice: random.Random, office: Actor, day: dt.datetime) -> None:
    for _ in range(dice.randrange(1, 5)):
        stored = Manuscript.objects.get()
        if len(outline_of_manuscript(stored).nodes) < 4:
            break
        try:
            manuscripts.edit(
                manuscript=stored, version=stored.version, edit=some_edit(dice), by=office
            )
        except CannotEdit:
            continue
    try:
        amend(office, at=day)
    except (NotNow, PolicyProblem):  # nothing changed, or nothing is left
        stored = Manuscript.objects.get()
        manuscripts.discard(manuscript=stored, version=stored.version, by=office)


def check_whole(paper: OperatingPolicy, cast: SimpleNamespace) -> None:
    """What holds after any amendment."""
    standing = list(Section.objects.standing().filter(policy__year=2023).in_order())
    owed = [section.path for section in owed_sections(2023).in_order()]
    found = sheet(paper)
    shown = document(2023)
    assert shown is not None
    assert [a.section.path for a in found.answers] == owed
    assert [a.section.path for c in found.chapters for a in c.answers] == [
        section.path for section in standing
    ]
    # no answer is lost, none counted that is not owed
    kept = {a.section.path for a in found.answers if a.is_given}
    gone = {a.section.path for a in found.gone if a.is_given}
    assert kept | gone == set(paper.responses.values_list("section__path", flat=True))
    assert kept & gone == set()
    row = next(row for row in board(2023) if row.pk == paper.pk)
    assert row.given == found.given == len(kept)
    assert found.given <= found.owed == board_for(cast.office, CycleFactory(), "").owed
    # coverage and packet hold what stands
    assert [item.section.path for item in coverage_for(cast.office, 2023, "").items] == owed
    packet = department(paper).content
    assert packet["coverage"]["sentence"]["owed"] == len(owed)
    for goal in found.goals:
        assert not any(section.is_dropped for section in goal.sections.all())
    # the page and the list tell the same
    notice = notice_on(found)
    listed = {row.paper.pk: row.to_do for row in unconfirmed(2023)}
    assert (notice.pending.to_do if notice else None) == listed.get(paper.pk)
    # an edition is what stands
    newest = Edition.objects.order_by("-number").first()
    assert newest is not None
    assert [row["path"] for row in newest.content["sections"]] == [s.path for s in standing]


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_amended_no_answer_is_lost_and_nothing_gone_is_counted(
    seed: int, somu_paper: OperatingPolicy, cast: SimpleNamespace, office: Actor
) -> None:
    dice = random.Random(seed)  # noqa: S311
    head = Actor(user=cast.head)
    before = snapshot(sheet(somu_paper))
    for number in range(5):
        amend_somehow(dice, office, jst(2023, 3, 27, 9 + number))
        paper = OperatingPolicy.objects.for_page().get(pk=somu_paper.pk)
        check_whole(paper, cast)
        changed = [part.label for part in compare(before, snapshot(sheet(paper)))]
        assert [label for label in changed if label.startswith("目標")] == []  # nobody wrote
        if dice.random() < 0.5:
            answer_all(paper, head)
            check_whole(OperatingPolicy.objects.for_page().get(pk=paper.pk), cast)
        if paper.pk in {row.paper.pk for row in unconfirmed(2023)} and dice.random() < 0.5:
            edition = BasicPolicy.objects.get(year=2023).edition or 0
            amendments.confirm(paper=paper, edition=edition, by=head)
            assert paper.pk not in {row.paper.pk for row in unconfirmed(2023)}
