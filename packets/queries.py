"""What packets are made of: read for all that go into one book at once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone

from core.permissions import INTERVIEWER_POSTS, Post
from core.years import last_day
from departments.lineage import Lineage
from departments.models import Appointment, Department, User
from departments.queries import deciding_day, lineage
from goals.models import Goal, Indicator, OperatingPolicy
from goals.queries import previous_papers_of_all, sheets
from goals.sheets import Sheet
from interviews.charges import in_charge_of_all
from interviews.models import Interview
from interviews.queries import Titles, titles_of
from packets.charges import Charges, charges
from packets.returns import Returned, SentBack, sent_back, since_return
from policies.queries.alignments import Comparison, comparison

POSTS_IN_ORDER = list(Post)
CITY_POSTS_FIRST = (*INTERVIEWER_POSTS, Post.HEAD)


@dataclass(frozen=True)
class Person:
    """A name with the title held on the day of the interview."""

    title: str
    name: str


@dataclass(frozen=True)
class Meeting:
    """The interview: when (Asia/Tokyo), where, who asks, who explains."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    room: str
    interviewers: list[Person]
    attendees: list[Person]


@dataclass(frozen=True)
class Material:
    """All that one department's packet is made of.

    ``previous``: last year's papers from which it goes on, ``previous_goals`` theirs, paper by
    paper, with their indicators; ``is_divided``: another department goes on from one of them too;
    ``sent_back``: the version that was sent back last.
    """

    sheet: Sheet
    meeting: Meeting | None
    previous: list[OperatingPolicy]
    previous_goals: list[Goal]
    is_divided: bool
    comparison: Comparison | None
    charges: Charges
    sent_back: SentBack | None

    @cached_property
    def returned(self) -> Returned | None:
        """What has changed since the paper was last sent back."""
        return since_return(self.sheet, self.sent_back) if self.sent_back else None


def material(paper: OperatingPolicy) -> Material:
    """The paper, its interview and last year's papers."""
    return materials([paper])[0]


def materials(papers: Sequence[OperatingPolicy]) -> list[Material]:
    """``material`` of each of ``papers``, which are of one year. As many queries as for one."""
    if not papers:
        return []
    (year,) = {paper.year for paper in papers}
    compared = comparison(year)
    known = lineage(Department)
    previous = previous_papers_of_all(papers, known)
    old_goals = _goals_with_indicators({old for olds in previous.values() for old in olds})
    interviews = _first_interviews(year, papers)
    in_charge = in_charge_of_all(year)
    titles = titles_of(
        interviews.values(), [row.user for rows in in_charge.values() for row in rows]
    )
    returned = sent_back(papers)
    usual_day = min(deciding_day(year), last_day(year))
    found = []
    for sheet in sheets(papers):
        paper = sheet.paper
        interview = interviews.get(paper.department_id)
        meeting = _meeting(interview, titles) if interview else None
        day = meeting.starts_at.date() if meeting else usual_day
        olds = previous[paper.pk]
        found.append(
            Material(
                sheet=sheet,
                meeting=meeting,
                previous=olds,
                previous_goals=[
                    goal for old in olds for goal in old_goals if goal.paper_id == old.pk
                ],
                is_divided=_is_divided(paper, olds, known),
                comparison=compared,
                charges=charges(in_charge.get(paper.department_id, []), titles, day),
                sent_back=returned.get(paper.pk),
            )
        )
    return found


def _goals_with_indicators(papers: Iterable[OperatingPolicy]) -> list[Goal]:
    indicators = Prefetch("indicators", Indicator.objects.order_by("order", "pk"))
    goals = Goal.objects.filter(paper__in=papers, is_removed=False).prefetch_related(indicators)
    return list(goals.order_by("order", "pk"))


def _is_divided(paper: OperatingPolicy, previous: list[OperatingPolicy], known: Lineage) -> bool:
    go_on = known.go_on_from
    return any(go_on(old.department_id, paper.year) - {paper.department_id} for old in previous)


def _first_interviews(year: int, papers: Iterable[OperatingPolicy]) -> dict[int, Interview]:
    """The first standing interview of each department of ``papers``."""
    departments = {paper.department_id for paper in papers}
    rows = Interview.objects.for_page().filter(year=year, department__in=departments)
    found: dict[int, Interview] = {}
    for row in rows:
        found.setdefault(row.department_id, row)
    return found


def _meeting(interview: Interview, titles: Titles) -> Meeting:
    starts_at = timezone.localtime(interview.starts_at)
    day = starts_at.date()
    return Meeting(
        starts_at=starts_at,
        ends_at=timezone.localtime(interview.ends_at),
        room=interview.room,
        interviewers=people_on(interview.interviewers.all(), day, titles),
        attendees=people_on(interview.attendees.all(), day, titles),
    )


def people_on(people: Iterable[User], day: dt.date, titles: Titles) -> list[Person]:
    """People with the titles that they hold on ``day``, as known today; the highest post first."""
    ranked = []
    for person in people:
        best = min(titles.held(person, day), key=_rank, default=None)
        place = _rank(best) if best else (len(POSTS_IN_ORDER), 0)
        ranked.append((place[0], person.username, Person(best.title if best else "", person.name)))
    return [person for _place, _username, person in sorted(ranked, key=lambda row: row[:2])]


def _rank(appointment: Appointment) -> tuple[int, int]:
    post = Post(appointment.post)
    if post in CITY_POSTS_FIRST:
        return CITY_POSTS_FIRST.index(post), appointment.pk
    return len(CITY_POSTS_FIRST) + POSTS_IN_ORDER.index(post), appointment.pk
