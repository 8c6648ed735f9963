"""What is due for a post: plain records that the home page shows."""

import datetime as dt
from dataclasses import dataclass, field

from core import clock, years


@dataclass(frozen=True)
class Figure:
    """One number beside the lead task, with its unit."""

    label: str
    figure: str
    unit: str


@dataclass
class Task:
    """One thing to do: what, until when, and the one click that leads to it."""

    title: str
    url: str
    verb: str
    due: dt.datetime | None = None
    note: str = ""
    status: str = ""
    status_label: str = ""
    state_note: str = ""
    hint: str = ""
    due_label: str = "提出期限まで"
    is_meeting: bool = False
    is_whole_day: bool = False
    counts: list[Figure] = field(default_factory=list)

    @property
    def days_left(self) -> int | None:
        """Days from today to the due date; None where there is none, negative when late."""
        return (self.due.date() - clock.today()).days if self.due else None

    @property
    def days_late(self) -> int:
        return -(self.days_left or 0)

    @property
    def is_urgent(self) -> bool:
        """Two days or less."""
        return self.days_left is not None and self.days_left <= 2

    @property
    def business_days_left(self) -> int | None:
        return years.business_days_until(clock.today(), self.due.date()) if self.due else None


@dataclass
class Day:
    """One line of the calendar beside the tasks."""

    day: dt.date
    text: str
    note: str = ""


@dataclass(frozen=True)
class News:
    """One thing that somebody did since yesterday."""

    at: dt.datetime
    who: str
    words: str
    where: str

    @property
    def when(self) -> str:
        """今日 9時42分, 昨日 17時10分."""
        day = "今日" if self.at.date() == clock.today() else "昨日"
        return f"{day} {years.format_time(self.at)}"


@dataclass
class Agenda:
    """The home page of a person: tasks to do, what waits for others, the days to come."""

    tasks: list[Task] = field(default_factory=list)
    waiting: list[Task] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    policy_due: dt.date | None = None
    writes_paper: bool = False

    @property
    def lead(self) -> Task | None:
        """The one next step."""
        return self.in_order[0] if self.tasks else None

    @property
    def rest(self) -> list[Task]:
        return self.in_order[1:]

    @property
    def in_order(self) -> list[Task]:
        """By due date; what has none comes last; else as they were found."""
        return sorted(self.tasks, key=lambda task: (task.due is None, task.due or 0))

    @property
    def calendar(self) -> list[Day]:
        """From today on, today always among them."""
        today = clock.today()
        days = [day for day in self.days if day.day >= today]
        return sorted([Day(today, "今日"), *days], key=lambda day: day.day)
