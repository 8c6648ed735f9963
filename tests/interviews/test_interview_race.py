"""Two people who book the same time at once: one gets it, the other is told why not."""

import threading

import pytest
from django.db import connection

from core.audit import Actor
from interviews import actions
from interviews.models import Interview
from tests.factories import CycleFactory, DepartmentFactory, UserFactory, jst


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_of_many_who_book_one_room_at_once_one_wins(attempt):
    CycleFactory()
    by = Actor(UserFactory())
    interviewers = [UserFactory() for _ in range(4)]
    departments = [DepartmentFactory() for _ in range(4)]
    start, outcomes = threading.Barrier(4), []

    def book(department, interviewer):
        booking = actions.Booking(
            starts_at=jst(2023, 4, 6, 10),
            ends_at=jst(2023, 4, 6, 11),
            room="市長室",
            interviewers=[interviewer],
            attendees=[],
        )
        start.wait()
        try:
            actions.schedule(year=2023, department=department, booking=booking, by=by)
            outcomes.append("booked")
        except actions.Overlapping as overlap:
            outcomes.append(overlap.clashes[0].cause.value)
        finally:
            connection.close()

    pairs = zip(departments, interviewers, strict=True)
    threads = [threading.Thread(target=book, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["booked", "会場", "会場", "会場"]
    assert Interview.objects.count() == 1
