"""What a packet is made of."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone

from core import clock
from core.permissions import INTERVIEWER_POSTS, Post
from departments.models import Appointment, Department, User
from departments.queries import lineage
from goals.models import Goal, Indicator, OperatingPolicy
from goals.queries import previous_papers, sheet
from goals.sheets import Sheet
from interviews.models import Interview
from packets.charges import Charges, charges_of_paper
from packets.returns import Returned, since_return
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
    ``returned``: what has changed since the paper was last sent back.
    """

    sheet: Sheet
    meeting: Meeting | None
    previous: list[OperatingPolicy]
    previous_goals: list[Goal]
    is_divided: bool
    comparison: Comparison | None
    charges: Charges
    returned: Returned | None


def material(paper: OperatingPolicy) -> Material:
    """The paper, its interview and last year's papers."""
    previous = previous_papers(paper)
    meeting = meeting_of(paper)
    whole = sheet(paper)
    return Material(
        sheet=whole,
        meeting=meeting,
        previous=previous,
        previous_goals=_goals_with_indicators(previous),
        is_divided=_is_divided(paper, previous),
        comparison=comparison(paper.year),
        charges=charges_of_paper(paper, meeting.starts_at.date() if meeting else None),
        returned=since_return(whole),
    )


def _goals_with_indicators(papers: list[OperatingPolicy]) -> list[Goal]:
    place = {paper.pk: number for number, paper in enumerate(papers)}
    indicators = Prefetch("indicators", Indicator.objects.order_by("order", "pk"))
    goals = Goal.objects.filter(paper__in=papers, is_removed=False).prefetch_related(indicators)
    return sorted(goals.order_by("order", "pk"), key=lambda goal: place[goal.paper_id])


def _is_divided(paper: OperatingPolicy, previous: list[OperatingPolicy]) -> bool:
    go_on = lineage(Department).go_on_from
    return any(go_on(old.department_id, paper.year) - {paper.department_id} for old in previous)


def meeting_of(paper: OperatingPolicy) -> Meeting | None:
    """The first standing interview of the paper's department and year."""
    interview = (
        Interview.objects.for_page().filter(year=paper.year, department=paper.department_id).first()
    )
    if interview is None:
        return None
    starts_at = timezone.localtime(interview.starts_at)
    day = starts_at.date()
    return Meeting(
        starts_at=starts_at,
        ends_at=timezone.localtime(interview.ends_at),
        room=interview.room,
        interviewers=people_on(interview.interviewers.all(), day),
        attendees=people_on(interview.attendees.all(), day),
    )


def people_on(users: Iterable[User], day: dt.date) -> list[Person]:
    """People with the titles that they hold on ``day``, as known today; the highest post first."""
    people = list(users)
    held = list(
        Appointment.objects.held_on(day, known_on=clock.today())
        .filter(user__in=people)
        .order_by("pk")
    )
    ranked = []
    for person in people:
        own = [appointment for appointment in held if appointment.user_id == person.pk]
        best = min(own, key=_rank, default=None)
        rank = _rank(best) if best else len(POSTS_IN_ORDER)
        ranked.append((rank, person.username, Person(best.title if best else "", person.name)))
    return [person for _rank, _username, person in sorted(ranked, key=lambda row: row[:2])]


def _rank(appointment: Appointment) -> int:
    post = Post(appointment.post)
    if post in CITY_POSTS_FIRST:
        return CITY_POSTS_FIRST.index(post)
    return len(CITY_POSTS_FIRST) + POSTS_IN_ORDER.index(post)
