"""A spring: the people of docs/spring.md, four papers with all that hangs on them, and the page."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.urls import reverse

from core.audit import Actor
from core.permissions import Post
from departments.models import Department, User
from goals.actions import handovers
from goals.models import Goal, Handover, KeptText, OperatingPolicy, Remark, Revision
from home.addresses import Address
from packets.models import PacketFile
from policies.actions import manuscripts
from policies.models import BasicPolicy, Section
from policies.parsing import parse
from tests.factories import (
    AppointmentFactory,
    CycleFactory,
    DepartmentFactory,
    DivisionFactory,
    EditionFactory,
    GoalFactory,
    InterviewFactory,
    OperatingPolicyFactory,
    PlanFactory,
    ProjectFactory,
    ResponseFactory,
    SpringImportFactory,
    UserFactory,
    jst,
    packet_file,
    policy_with_items,
)
from tests.world import PLACES

MANUSCRIPT = "令和5年度市政運営の基本方針\n1　基本姿勢\n(1)　市民に説明すること。\n"
YEARS = (2021, 2022, 2023)


def lay_out(year: int) -> None:
    """What the pages of a year need: its settings, the mayor's text, an amendment, a project."""
    CycleFactory(year=year)
    if not BasicPolicy.objects.filter(year=year).exists():
        policy_with_items(year)
    EditionFactory(policy=BasicPolicy.objects.get(year=year), number=1)
    ProjectFactory(speech__year=year, path="1")


def furnish(paper: OperatingPolicy, by: User, office: User) -> dict[str, int]:
    """One of everything on ``paper``; the numbers of the rows, as ``concrete`` takes them."""
    ResponseFactory(paper=paper, section=Section.objects.get(policy__year=paper.year, path="1-1"))
    division = paper.department.divisions.first() or DivisionFactory(department=paper.department)
    goal = GoalFactory(paper=paper, lead_division=division)
    at = jst(2023, 3, 19)
    remark = Remark.objects.create(
        paper=paper, goal=goal, body="時期を", made_by=office, made_at=at, told_at=at
    )
    content = {"year": paper.year, "department": paper.department.name}
    content |= {"heads": [], "basics": {}, "responses": [], "goals": []}
    Revision.objects.create(
        paper=paper, number=1, content=content, submitted_by=by, submitted_at=at
    )
    kept = KeptText.objects.create(
        paper=paper,
        part=f"goal/{goal.pk}",
        label="目標1",
        content={"title": "残った目標"},
        typed={"title": ["残った目標"]},
        written_by=by,
        written_at=at,
        shared_at=at,
    )
    handover = _handover(paper, goal, Actor(user=by))
    numbers = {"goal": goal.pk, "remark": remark.pk, "kept": kept.pk, "handover": handover.pk}
    return numbers | {"file": _file(paper, by).pk}


def _handover(paper: OperatingPolicy, goal: Goal, by: Actor) -> Handover:
    written = handovers.save_handover(
        paper=paper,
        version=0,
        title="部長",
        body="引き継ぎます。",
        notes={goal.pk: "続けてください。"},
        by=by,
    )
    return handovers.hand_over(paper=paper, version=written.version, title="部長", by=by)


def _file(paper: OperatingPolicy, by: User) -> PacketFile:
    return packet_file(paper, asked_by=by, asked_at=jst(2023, 3, 19))


def of_the_city(cast: SimpleNamespace, department: Department) -> dict[str, int]:
    """Rows that hang on no paper."""
    manuscripts.take_in(parsed=parse(MANUSCRIPT), by=Actor(user=cast.office))
    interview = InterviewFactory(department=department, interviewers=[cast.mayor])
    return {
        "interview": interview.pk,
        "spring": SpringImportFactory(uploaded_by=cast.administrator).pk,
        "plan": PlanFactory().pk,
        "mayor": cast.mayor.pk,
    }


KINDS = (
    ("goals:goal", "goal"),
    ("goals:handover", "handover"),
    ("goals:kept", "kept"),
    ("goals:text", "kept"),
    ("goals:late", "kept"),
    ("goals:", "remark"),
    ("packets:", "file"),
    ("interviews:", "interview"),
    ("exchange:", "spring"),
    ("policies:", "plan"),
    ("home:charges", "mayor"),
)
"""Of what an address speaks by ``pk``, by the beginning of its name; the first that fits."""


def concrete(address: Address, keys: dict[str, int], year: int, code: str) -> str:
    """The address with its places filled: a row of ``keys``, a year, a department."""
    values = PLACES | {"year": year, "code": code, "interviewer": keys["mayor"]}
    names = re.findall(r"<\w+:(\w+)>", address.route)
    if "pk" in names:
        values["pk"] = next(keys[kind] for name, kind in KINDS if address.name.startswith(name))
    return reverse(address.name, kwargs={name: values[name] for name in names})


# The people of the page


def _appoint(user: User, post: Post, title: str, **fields: object) -> None:
    AppointmentFactory(user=user, post=post, title=title, **fields)


def _until(month: int, day: int, told: dt.date) -> dict[str, dt.date]:
    return {"ends_on": dt.date(2023, month, day), "end_announced_on": told}


def _from(month: int, day: int, told: dt.date) -> dict[str, dt.date]:
    return {"starts_on": dt.date(2023, month, day), "announced_on": told}


class Spring:
    """総務部, 健康部 and 市民生活部 with the people of docs/spring.md; papers of two years."""

    def __init__(self) -> None:
        names = {"somu": "総務部", "kenko": "健康部", "shimin": "市民生活部"}
        self.departments = {
            code: DepartmentFactory(code=code, name=name) for code, name in names.items()
        }
        self.yobo = DivisionFactory(department=self.departments["kenko"], name="予防課")
        self.other = DivisionFactory(department=self.departments["kenko"], name="健康課")
        self.people = {who: UserFactory(name=f"{who} 葛󠄀西") for who in columns()}
        self._appoint()

    def _appoint(self) -> None:
        somu, kenko, shimin = self.departments.values()
        told, later, stands_in = dt.date(2023, 3, 24), dt.date(2023, 3, 28), dt.date(2023, 3, 30)
        at, head = self.people, Post.HEAD
        _appoint(at["前部長"], head, "総務部長", department=somu, **_until(3, 31, told))
        _appoint(at["新部長"], head, "総務部長", department=somu, **_from(4, 1, told))
        _appoint(at["代理"], Post.CHIEF, "予防課長", department=kenko, division=self.yobo)
        _appoint(
            at["代理"],
            head,
            "総務部長職務代理",
            department=somu,
            standing_in_for=at["新部長"],
            **_from(4, 3, stands_in),
            **_until(4, 14, stands_in),
        )
        _appoint(at["兼務"], head, "健康部長", department=kenko)
        _appoint(at["兼務"], head, "デジタル化担当部長", department=somu, **_until(3, 31, later))
        _appoint(at["担当"], Post.DRAFTER, "総務課担当", department=somu)
        _appoint(at["他部長"], head, "市民生活部長", department=shimin)
        _appoint(at["政策"], Post.POLICY_OFFICE, "政策経営課")
        _appoint(at["新政策"], Post.POLICY_OFFICE, "政策経営課", **_from(4, 1, told))
        _appoint(at["市長"], Post.MAYOR, "市長")
        _appoint(at["管理者"], Post.ADMINISTRATOR, "情報管理課")

    def furnish(self) -> None:
        """Papers of 総務部 and 健康部 with all that hangs on them, for walks through the pages."""
        cast = SimpleNamespace(
            office=self.people["政策"],
            mayor=self.people["市長"],
            administrator=self.people["管理者"],
        )
        for year in YEARS:
            lay_out(year)
        self.city = of_the_city(cast, self.departments["somu"])
        self.keys: dict[tuple[int, str], dict[str, int]] = {}
        for code, giver in (("somu", "前部長"), ("kenko", "兼務")):
            for year in YEARS:
                paper = OperatingPolicyFactory(year=year, department=self.departments[code])
                rows = furnish(paper, self.people[giver], cast.office)
                self.keys[year, code] = self.city | rows


# The page


def page() -> str:
    return (Path(settings.BASE_DIR) / "docs" / "spring.md").read_text()


def tables() -> dict[str, list[list[str]]]:
    """Heading → its rows, the row of names first; headings without a table are left out."""
    found = {}
    for part in page().split("\n## ")[1:]:
        rows = [line for line in part.splitlines() if line.startswith("| ")]
        if rows:
            cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
            found[part.splitlines()[0]] = cells
    return found


@cache
def columns() -> list[str]:
    """The people of the page."""
    return tables()["どこかでできるか（画面の入口）"][0][1:]


ANYWHERE = "どこかでできるか（画面の入口）"
FIRST, LAST = dt.date(2023, 3, 20), dt.date(2023, 4, 30)


def days_of(cell: str) -> set[dt.date]:
    """○, －, ～3/31, 3/24～, 4/3～4/14: the days on which something is allowed."""
    if cell in {"○", "－"}:
        return set(_days(FIRST, LAST)) if cell == "○" else set()
    first, last = re.fullmatch(r"([\d/]*)～([\d/]*)", cell).groups()  # type: ignore[union-attr]
    return set(_days(_day(first) or FIRST, _day(last) or LAST))


def _day(text: str) -> dt.date | None:
    month, _, day = text.partition("/")
    return dt.date(2023, int(month), int(day)) if day else None


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


@dataclass(frozen=True)
class Cell:
    """One cell of the page: a person, what is asked, and when it is allowed."""

    paper: str  # the heading; with the state, where the page gives one
    permission: str  # the words of the row
    person: str
    written: str

    @property
    def days(self) -> set[dt.date]:
        return days_of(self.written)


def cells(where: Callable[[str], bool] = bool) -> list[Cell]:
    """All cells of the tables of rights whose heading fits."""
    found = []
    for heading, (names, *rows) in tables().items():
        if names[-len(columns()) :] != columns() or not where(heading):
            continue
        for row in rows:
            *labels, permission = row[: -len(columns())]
            paper = labels[0] if labels else heading
            for person, written in zip(columns(), row[-len(columns()) :], strict=True):
                found.append(Cell(paper, permission, person, written))
    return found


def borders(days: set[dt.date]) -> set[dt.date]:
    """The days within the walk on which something begins or has just ended."""
    ahead = {day for day in _days(FIRST, LAST) if (day in days) != (day - ONE in days)}
    return ahead - {FIRST}


ONE = dt.timedelta(days=1)
