"""The papers of a year, written and reviewed day by day as the data tell.

Every step is taken at its own moment by a person who had the right to take it then.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core import clock
from core.audit import Actor
from core.permissions import Permission, Target
from departments.heads import heads_by_department
from departments.models import Department, User
from departments.queries import authority, may
from exchange.seed.city import POLICY_OFFICE, divisions_by_place
from exchange.seed.reading import DEMO, moment, office_moments, read
from goals.actions.goals import save_goal
from goals.actions.papers import open_year, save_basics, save_projects, save_response
from goals.actions.reviews import answer_remark, finalise, make_remark, receive, return_, submit
from goals.actions.signatures import sign
from goals.models import Goal, OperatingPolicy, Remark, Response
from goals.signatures import to_sign
from policies.models import Cycle, Measure, Sdg, Section
from policies.queries.speeches import projects_of

OPENED = dt.time(9, 0)
LAST_LOOK = dt.timedelta(minutes=18)
"""Between the last word written and the paper handed in."""
BASICS = ("mission", "situation", "analysis", "pioneering", "staff", "budget")
INDICATOR = ("name", "kind", "unit", "baseline", "target", "rationale")

Values = Mapping[str, Any]
Step = Callable[[Actor], object]
Part = tuple[Permission, Target]
"""What is written, as the rule of rights asks for it."""


def lay_papers(year: int) -> None:
    """Lay out the papers of ``year`` and tell the story of each department that has one."""
    weeks_before = Cycle.objects.get(pk=year).policy_due - dt.timedelta(days=21)
    office = Actor(user=User.objects.get(username=POLICY_OFFICE))
    with clock.at(moment(dt.datetime.combine(weeks_before, OPENED))):
        open_year(year=year, by=office)
    written = {path.stem for path in (DEMO / str(year)).glob("*.toml")}
    shelf = Shelf(year)
    for department in Department.objects.in_year(year).filter(code__in=written):
        Story(shelf, department, read(f"{year}/{department.code}.toml")).tell()


class Shelf:
    """What every paper of a year refers to, fetched once."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.people = {user.username: user for user in User.objects.all()}
        self.divisions = divisions_by_place()
        self.sdgs = {sdg.number: sdg for sdg in Sdg.objects.all()}
        self.measures = {measure.code: measure for measure in Measure.objects.all()}
        self.sections = {
            section.path: section
            for section in Section.objects.filter(policy__year=year).in_order()
        }
        self.projects = {row.path: row for row in projects_of(year)}


class Story:
    """One paper, from the first draft to where it stands."""

    def __init__(self, shelf: Shelf, department: Department, told: Values) -> None:
        self.shelf = shelf
        self.department = department
        self.told = told
        self.events = told.get("history", [])
        self.paper = self._stored()

    def _stored(self) -> OperatingPolicy:
        papers = OperatingPolicy.objects.for_page()
        return papers.get(year=self.shelf.year, department=self.department)

    def tell(self) -> None:
        """Draft, then each event in turn."""
        self._draft()
        takes = {
            "submit": (Permission.SUBMIT_PAPER, self._submit),
            "resubmit": (Permission.SUBMIT_PAPER, self._submit),
            "sign": (Permission.SIGN_PAPER, self._sign),
            "edit": (Permission.WRITE_PAPER, self._edit),
            "return": (Permission.REVIEW_PAPER, self._return),
            "receive": (Permission.REVIEW_PAPER, self._receive),
            "finalise": (Permission.FINALISE_PAPER, self._finalise),
        }
        for event in self.events:
            permission, step = takes[event["action"]]
            self._at(moment(event["at"]), event["by"], permission, partial(step, event))

    def _at(
        self,
        at: dt.datetime,
        number: str,
        permission: Permission,
        step: Step,
        target: Target | None = None,
    ) -> None:
        """Take ``step`` at that moment, by a person who may; who may not is an error in the data."""
        with clock.at(at):
            user = self.shelf.people[number]
            holding = authority(user, permission, target or self.paper.target, year=self.shelf.year)
            step(Actor(user=user, standing_in_for_id=holding.standing_in_for_id))
        self.paper = self._stored()

    # ---- the draft ------------------------------------------------------------------------

    def _draft(self) -> None:
        """Write everything in order, in office hours, the people taking turns.

        A chief takes his turn at the goals of his division; the rest of it is the first one's.
        """
        drafting = self.told["drafting"]
        until = drafting.get("until") or self.events[0]["at"] - LAST_LOOK
        steps = self._writing()
        times = office_moments(drafting["from"], until, len(steps))
        writers = drafting["by"]
        for number, (at, (part, step)) in enumerate(zip(times, steps, strict=True)):
            writer = writers[number * len(writers) // len(steps)]
            with clock.at(at):
                may_write = may(self.shelf.people[writer], *part, year=self.shelf.year)
            self._at(at, writer if may_write else writers[0], part[0], step, part[1])

    def _writing(self) -> list[tuple[Part, Step]]:
        goals = list(enumerate(self.told["goals"], 1))
        answers = [path for path in self.shelf.sections if self._said_to(path)]
        whole: list[Step] = [
            self._write_basics,
            *(partial(self._write_answer, path) for path in answers),
            *([self._choose_projects] if "projects" in self.told else []),
        ]
        return [
            *(((Permission.WRITE_PAPER, self.paper.target), step) for step in whole),
            *((self._goal_part(goal), partial(self._write_goal, n, goal)) for n, goal in goals),
        ]

    def _goal_part(self, goal: Values) -> Part:
        led = Goal(paper=self.paper, lead_division=self._division(goal["lead"]))
        return Permission.WRITE_GOAL, led.target

    def _write_basics(self, by: Actor) -> None:
        values = {name: self.told.get(name, "") for name in BASICS}
        stripped = {n: v.strip() if isinstance(v, str) else v for n, v in values.items()}
        save_basics(paper=self.paper, version=self.paper.version, values=stripped, by=by)

    def _choose_projects(self, by: Actor) -> None:
        chosen = [self.shelf.projects[path] for path in self.told["projects"]]
        save_projects(paper=self.paper, seen=(), chosen=chosen, by=by)

    def _said_to(self, path: str) -> tuple[str, bool] | None:
        if reason := self.told.get("not_applicable", {}).get(path):
            return reason, True
        body = self.told["responses"].get(path)
        return (body.strip(), False) if body else None

    def _write_answer(self, path: str, by: Actor) -> None:
        said = self._said_to(path)
        if said:
            self._save_answer(path, *said, by=by)

    def _save_answer(self, path: str, body: str, is_not_applicable: bool, *, by: Actor) -> None:
        section = self.shelf.sections[path]
        stored = Response.objects.filter(paper=self.paper, section=section).first()
        save_response(
            paper=self.paper,
            section=section,
            version=stored.version if stored else 0,
            body=body,
            is_not_applicable=is_not_applicable,
            by=by,
        )

    def _write_goal(self, number: int, goal: Values, by: Actor) -> None:
        stored = Goal.objects.filter(paper=self.paper, order=number).first()
        save_goal(
            paper=self.paper,
            goal=stored,
            version=stored.version if stored else 0,
            values=self._goal_values(goal),
            indicators=[
                dict(zip(INDICATOR, row, strict=True)) for row in goal.get("indicators", ())
            ],
            by=by,
        )

    def _goal_values(self, goal: Values) -> dict[str, Any]:
        plain = ("title", "kind", "standard", "budget", "partners")
        quarters = dict(zip(("q1", "q2", "q3", "q4"), goal["quarters"], strict=True))
        return {
            **{name: goal[name] for name in plain},
            **quarters,
            "method": goal["method"].strip(),
            "due_on": goal["due"],
            "is_own": goal.get("own", False),
            "lead_division": self._division(goal["lead"]),
            "other_divisions": [self._division(code) for code in goal.get("others", ())],
            "sections": [self.shelf.sections[path] for path in goal["sections"]],
            "projects": [self.shelf.projects[path] for path in goal.get("projects", ())],
            "measures": [self.shelf.measures[code] for code in goal["measures"]],
            "sdgs": [self.shelf.sdgs[number] for number in goal["sdgs"]],
        }

    def _division(self, code: str) -> Any:
        return self.shelf.divisions[f"{self.department.code}/{code}"]

    # ---- the review -----------------------------------------------------------------------

    def _submit(self, _event: Values, by: Actor) -> None:
        submit(paper=self.paper, edits=self.paper.edits, by=by)

    def _sign(self, _event: Values, by: Actor) -> None:
        heads = heads_by_department(self.shelf.year)[self.department.pk]
        for head in to_sign(by.person, self.paper, heads):
            number = self.paper.submissions
            sign(paper=self.paper, number=number, appointment=head.pk, by=by)

    def _receive(self, _event: Values, by: Actor) -> None:
        receive(paper=self.paper, by=by)

    def _finalise(self, _event: Values, by: Actor) -> None:
        finalise(paper=self.paper, by=by)

    def _return(self, event: Values, by: Actor) -> None:
        for remark in event["remarks"]:
            path, number = remark.get("section"), remark.get("goal")
            make_remark(
                paper=self.paper,
                body=remark["text"],
                by=by,
                section=self.shelf.sections[path] if path else None,
                goal=Goal.objects.get(paper=self.paper, order=number) if number else None,
            )
        return_(paper=self._stored(), reason=event["reason"], by=by)

    def _edit(self, event: Values, by: Actor) -> None:
        """What the department changed after the return, and its answers to the remarks."""
        for path, body in event.get("responses", {}).items():
            self._save_answer(path, body, False, by=by)
        for number, change in event.get("goals", {}).items():
            goal = self.told["goals"][int(number) - 1]
            self._write_goal(int(number), {**goal, **change}, by)
        said = {
            remark["text"]: remark["answer"]
            for earlier in self.events
            for remark in earlier.get("remarks", ())
            if "answer" in remark
        }
        for remark in Remark.objects.filter(paper=self.paper, body__in=said):
            answer_remark(remark=remark, answer=said[remark.body], by=by)
