"""Entering, moving and cancelling interviews. Two people at once cannot both book."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import audit, clock
from core.audit import Actor
from core.workflow import NotNow, update_if_unchanged
from departments.models import Department, User
from interviews.models import Interview
from interviews.overlaps import Clash, Slot, clashes
from interviews.queries import slot_of, titles_of, titles_of_people
from policies.models import Cycle


class Overlapping(NotNow):
    """The time is taken; ``clashes`` tell by what."""

    def __init__(self, found: list[Clash]) -> None:
        self.clashes = found
        super().__init__("".join(clash.sentence for clash in found))


@dataclass(frozen=True)
class Booking:
    """What is entered of an interview."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    room: str
    interviewers: Sequence[User]
    attendees: Sequence[User]

    def record(self) -> dict[str, Any]:
        """As the audit trail and the comparison see it."""
        return {
            "starts_at": timezone.localtime(self.starts_at).isoformat(),
            "ends_at": timezone.localtime(self.ends_at).isoformat(),
            "room": self.room,
            "interviewers": sorted(user.username for user in self.interviewers),
            "attendees": sorted(user.username for user in self.attendees),
        }


@transaction.atomic
def schedule(*, year: int, department: Department, booking: Booking, by: Actor) -> Interview:
    """Enter an interview; Overlapping where department, room or people are taken."""
    _lock_calendar()
    _refuse_overlap(department, booking)
    interview = Interview.objects.create(
        year=year,
        department=department,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        room=booking.room,
    )
    _set_people(interview, booking)
    label = f"{department.name} 面談"
    audit.record(
        "interview.schedule", by=by, label=label, subject=interview, after=booking.record()
    )
    return interview


@transaction.atomic
def change(*, interview: Interview, version: int, booking: Booking, by: Actor) -> Interview:
    """Change an interview; Conflict where somebody else changed it since ``version``."""
    _lock_calendar()
    stored = _stored(interview)
    before = booking_of(stored).record()
    if before == booking.record() and stored.version == version:
        return stored
    stored.version = version
    update_if_unchanged(
        stored, starts_at=booking.starts_at, ends_at=booking.ends_at, room=booking.room
    )
    _refuse_overlap(stored.department, booking, but=stored)
    _set_people(stored, booking)
    audit.record(
        "interview.change",
        by=by,
        label=str(stored),
        subject=stored,
        before=before,
        after=booking.record(),
    )
    return stored


@transaction.atomic
def cancel(*, interview: Interview, version: int, by: Actor) -> None:
    """Cancel an interview: its time is free again."""
    _lock_calendar()
    stored = _stored(interview)
    before = booking_of(stored).record()
    stored.version = version
    update_if_unchanged(stored, cancelled_at=clock.now())
    audit.record("interview.cancel", by=by, label=str(stored), subject=stored, before=before)


def booking_of(interview: Interview) -> Booking:
    """What stands in an interview now."""
    return Booking(
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        room=interview.room,
        interviewers=list(interview.interviewers.all()),
        attendees=list(interview.attendees.all()),
    )


def _lock_calendar() -> None:
    """Until the end of the transaction nobody else enters an interview, in any year.

    The rows of ``Cycle`` stand for the calendar: there is one before there are interviews.
    """
    if not list(Cycle.objects.select_for_update().order_by("pk").values_list("pk", flat=True)):
        raise NotNow("年度が用意されていないため、面談を入力できません。")


def _stored(interview: Interview) -> Interview:
    found = Interview.objects.standing().select_related("department").filter(pk=interview.pk)
    stored = found.first()
    if stored is None:
        raise NotNow("この面談は、ほかの人が先に取り消しました。")
    return stored


def _set_people(interview: Interview, booking: Booking) -> None:
    interview.interviewers.set(booking.interviewers)
    interview.attendees.set(booking.attendees)


def _refuse_overlap(
    department: Department, booking: Booking, *, but: Interview | None = None
) -> None:
    others = Interview.objects.filter(
        starts_at__lt=booking.ends_at, ends_at__gt=booking.starts_at
    ).for_page()
    standing = [row for row in others if but is None or row.pk != but.pk]
    titles = titles_of(standing)
    slots = [slot_of(row, titles) for row in standing]
    found = clashes(candidate_of(department, booking), slots)
    if found:
        raise Overlapping(found)


def candidate_of(department: Department, booking: Booking) -> Slot:
    """The interview that is about to be entered, as the rules of overlapping see it."""
    starts_at = timezone.localtime(booking.starts_at)
    titles = titles_of_people([*booking.interviewers, *booking.attendees])
    return Slot(
        department=department.name,
        starts_at=starts_at,
        ends_at=timezone.localtime(booking.ends_at),
        room=booking.room,
        interviewers=tuple(titles.person(user, starts_at.date()) for user in booking.interviewers),
        attendees=tuple(titles.person(user, starts_at.date()) for user in booking.attendees),
    )
