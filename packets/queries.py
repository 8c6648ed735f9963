"""What a packet is made of."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from core import clock
from core.permissions import Post
from departments.models import Appointment, User
from goals.models import OperatingPolicy
from goals.queries import Sheet, previous_paper, sheet
from interviews.models import Interview

POSTS_IN_ORDER = list(Post)
CITY_POSTS_FIRST = (Post.MAYOR, Post.DEPUTY_MAYOR, Post.SUPERINTENDENT, Post.HEAD)


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
    """All that one department's packet is made of."""

    sheet: Sheet
    meeting: Meeting | None
    previous: OperatingPolicy | None
    previous_goals: int


def material(paper: OperatingPolicy) -> Material:
    """The paper, its interview and last year's paper."""
    previous = previous_paper(paper)
    return Material(
        sheet=sheet(paper),
        meeting=meeting_of(paper),
        previous=previous,
        previous_goals=previous.goals.filter(is_removed=False).count() if previous else 0,
    )


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
