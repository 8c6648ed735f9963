"""Which interviews cannot stand beside each other, and why. Plain Python: no Django.

Times are half-open: an interview that ends at 11 leaves 11 free for the next one.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from core.text import search_key
from core.years import format_short_date, format_time, is_business_day

LUNCH = (dt.time(12), dt.time(13))


class Cause(Enum):
    """What cannot be in two interviews at once."""

    DEPARTMENT = "部"
    ROOM = "会場"
    INTERVIEWER = "面談者"
    ATTENDEE = "説明者"


@dataclass(frozen=True)
class Person:
    """Somebody in an interview; ``title`` is what the person is called, 副市長 or 総務部長.

    ``charge``: of an interviewer who answers for divisions alone, 防災安全課の担任.
    """

    key: int
    name: str
    title: str = ""
    charge: str = field(default="", compare=False)

    @property
    def called(self) -> str:
        return f"{self.title} {self.name}さん".strip()


@dataclass(frozen=True)
class Answering:
    """An interviewer in office who answers for the department, or for ``of`` in it: 防災安全課."""

    person: Person
    of: str


@dataclass(frozen=True)
class Slot:
    """One interview as the rules see it. ``starts_at`` and ``ends_at`` are local times."""

    department: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    room: str
    interviewers: tuple[Person, ...] = ()
    attendees: tuple[Person, ...] = ()
    in_charge: tuple[Answering, ...] = ()

    @property
    def people(self) -> tuple[Person, ...]:
        return (*self.interviewers, *self.attendees)

    @property
    def when(self) -> str:
        """4月6日（木）11時から12時まで."""
        day = format_short_date(self.starts_at.date())
        return f"{day}{format_time(self.starts_at)}から{format_time(self.ends_at)}まで"

    def meets(self, other: "Slot") -> bool:
        """Whether both have a moment in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Clash:
    """One reason why an interview cannot be held then; ``sentence`` tells it to a person."""

    cause: Cause
    other: Slot
    sentence: str


def clashes(candidate: Slot, standing: Iterable[Slot]) -> list[Clash]:
    """Every clash of ``candidate`` with the standing interviews, in order of time."""
    met = sorted((s for s in standing if candidate.meets(s)), key=lambda slot: slot.starts_at)
    return [clash for other in met for clash in _clashes_with(candidate, other)]


def _clashes_with(candidate: Slot, other: Slot) -> list[Clash]:
    found = []
    if candidate.department == other.department:
        sentence = f"{other.department}の面談は、{other.when}にも入っています。"
        found.append(Clash(Cause.DEPARTMENT, other, sentence))
    if search_key(candidate.room) == search_key(other.room):
        sentence = f"{other.room}は、{other.when}、{other.department}の面談に使われます。"
        found.append(Clash(Cause.ROOM, other, sentence))
    taken = {person.key for person in other.people}
    asked = {person.key for person in candidate.interviewers}
    for person in dict.fromkeys(candidate.people):
        if person.key in taken:
            cause = Cause.INTERVIEWER if person.key in asked else Cause.ATTENDEE
            sentence = f"{person.called}は、{other.when}、{other.department}の面談に出ます。"
            found.append(Clash(cause, other, sentence))
    return found


def warnings(slot: Slot) -> list[str]:
    """What is unusual about an interview, though nothing forbids it."""
    told = [
        f"{row.of}の担任の{row.person.called}が、面談者に入っていません。" for row in missing(slot)
    ]
    return unusual_times(slot) + told


def unusual_times(slot: Slot) -> list[str]:
    """What is unusual about the time."""
    found = []
    if not is_business_day(slot.starts_at.date()):
        found.append(f"{format_short_date(slot.starts_at.date())}は閉庁日です。")
    if slot.starts_at.time() < LUNCH[1] and slot.ends_at.time() > LUNCH[0]:
        found.append("12時から13時までの昼休みにかかります。")
    return found


def missing(slot: Slot) -> list[Answering]:
    """Who answers for the department, or a part of it, and does not interview it."""
    asked = {person.key for person in slot.interviewers}
    return [row for row in slot.in_charge if row.person.key not in asked]
