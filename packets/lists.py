"""What the lists of the packets show: departments, days of interviewers, the book, single papers."""

import datetime as dt
import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from core.permissions import Hidden
from core.years import format_short_date
from departments.models import Department, User
from goals.models import OperatingPolicy
from interviews.models import Interview
from interviews.queries import Titles, slot_of, titles_of
from packets.files import NOTHING, Made, Reach, made
from packets.layout import Layout
from packets.models import PacketFile
from packets.orders import Order

Kind = PacketFile.Kind
SINGLE = {"coverage": Kind.COVERAGE, "form": Kind.FORM}
"""Single papers that a year has once, by the word of their address."""


def mark_of(parts: Iterable[object]) -> str:
    """A short word that changes with what is shown: a page that looks again sends it along."""
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()[:12]


# ---- department by department ------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One department: its paper, its first interview, what was made of it."""

    paper: OperatingPolicy
    interview: Interview | None
    made: Made

    @property
    def is_awaited(self) -> bool:
        """Whether there is something on the paper to print."""
        return self.paper.state != "untouched"


@dataclass(frozen=True)
class Departments:
    """The packets that a person may print, in the order of the interviews."""

    rows: list[Row]
    unseen: list[OperatingPolicy]
    layout: Layout

    @cached_property
    def awaited(self) -> list[Row]:
        return [row for row in self.rows if row.is_awaited]

    @cached_property
    def ready(self) -> list[Row]:
        return [row for row in self.awaited if row.made.state == "done"]

    @cached_property
    def left(self) -> list[Row]:
        """Those that must be made before anybody can take them."""
        return [row for row in self.awaited if row.made.is_left]

    @property
    def underway(self) -> list[Row]:
        return [row for row in self.rows if row.made.is_open]

    @property
    def tally(self) -> list[tuple[str, int]]:
        """How many are in which other state: 作成中 1, 作れませんでした 1."""
        counts: dict[str, int] = {}
        for row in self.awaited:
            if row.made.state != "done":
                counts[row.made.label] = counts.get(row.made.label, 0) + 1
        return list(counts.items())

    @cached_property
    def mark(self) -> str:
        return mark_of((row.paper.pk, row.paper.state, row.made.mark) for row in self.rows)


def departments(reach: Reach, layout: Layout) -> Departments:
    """Undated ones last."""
    first: dict[int, Interview] = {}
    of_year = Interview.objects.standing().filter(year=reach.year)
    for interview in of_year.order_by("starts_at", "pk"):
        first.setdefault(interview.department_id, interview)
    files = made(reach, layout, Kind.DEPARTMENT)
    rows = [
        Row(paper, first.get(paper.department_id), files.get(paper.pk, NOTHING))
        for paper in reach.papers
    ]
    unseen = reach.unseen if reach.has_books else []
    return Departments(sorted(rows, key=_place), unseen, layout)


def _place(row: Row) -> tuple[bool, float]:
    return row.interview is None, row.interview.starts_at.timestamp() if row.interview else 0


# ---- days ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One interview of a day; the paper is missing where it may not be printed (yet)."""

    interview: Interview
    paper: OperatingPolicy | None


@dataclass
class Day:
    """One interviewer's interviews on one day."""

    interviewer: User
    title: str
    date: dt.date
    is_own: bool
    is_main: bool = False
    items: list[Item] = field(default_factory=list)
    made: Made = NOTHING

    @property
    def papers(self) -> list[OperatingPolicy]:
        """What goes in, in the order of the day; each once."""
        return list({item.paper.pk: item.paper for item in self.items if item.paper}.values())

    @property
    def words(self) -> str:
        """Which day it is, for those who do not see the row: 4月6日（木） 井澤 邦夫."""
        return f"{format_short_date(self.date)}　{self.interviewer.name}"


@dataclass(frozen=True)
class Days:
    """The days of a year; those of the person who looks come first."""

    days: list[Day]
    layout: Layout

    @property
    def underway(self) -> list[Day]:
        return [day for day in self.days if day.made.is_open]

    @cached_property
    def mark(self) -> str:
        return mark_of(
            (day.interviewer.pk, day.date, [item.interview.pk for item in day.items], day.made.mark)
            for day in self.days
        )


def days(reach: Reach, layout: Layout) -> Days:
    """Every day of every interviewer, with the packets that were made of it."""
    found = _days(reach, made(reach, layout, Kind.DAY))
    for day in found[:1]:
        day.is_main = day.is_own
    return Days(found, layout)


def _days(reach: Reach, files: Mapping[Hashable, Made]) -> list[Day]:
    interviews = list(Interview.objects.for_page().filter(year=reach.year))
    titles = titles_of(interviews)
    papers = {paper.department_id: paper for paper in reach.papers}
    found: dict[tuple[int, dt.date], Day] = {}
    for interview in interviews:
        date = timezone.localdate(interview.starts_at)
        asked = {user.pk: user for user in interview.interviewers.all()}
        for person in slot_of(interview, titles).interviewers:
            user = asked[person.key]
            day = found.setdefault((user.pk, date), _day(user, date, titles, reach))
            day.items.append(Item(interview, papers.get(interview.department_id)))
    for key, day in found.items():
        day.made = files.get(key, NOTHING)
    return sorted(found.values(), key=lambda day: (not day.is_own, day.date))


def _day(user: User, date: dt.date, titles: Titles, reach: Reach) -> Day:
    return Day(user, titles.interviewer(user, date).title, date, user.pk == reach.user.pk)


def day_or_hidden(reach: Reach, interviewer: int, date: str) -> Day:
    """The interviews of somebody on a day; else Hidden."""
    for day in _days(reach, {}):
        if day.interviewer.pk == interviewer and day.date.isoformat() == date:
            return day
    raise Hidden("この日の面談はありません。")


# ---- the book -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Book:
    """What goes into the book of a year, what does not, and what was made of it."""

    papers: list[OperatingPolicy]
    unseen: list[OperatingPolicy]
    without: list[Department]
    made: Made
    layout: Layout

    @property
    def drafts(self) -> list[OperatingPolicy]:
        """Papers that go in as drafts, with 案 on each page."""
        return [paper for paper in self.papers if paper.is_writable]

    @property
    def underway(self) -> bool:
        return self.made.is_open

    @cached_property
    def mark(self) -> str:
        return mark_of((*[(paper.pk, paper.state) for paper in self.papers], self.made.mark))


def book(reach: Reach, layout: Layout) -> Book:
    """The book as the person would get it now."""
    known = {paper.department_id for paper in [*reach.papers, *reach.unseen]}
    without = [one for one in Department.objects.in_year(reach.year) if one.pk not in known]
    files = made(reach, layout, Kind.BOOK)
    return Book(reach.papers, reach.unseen, without, files.get(Kind.BOOK, NOTHING), layout)


# ---- single papers -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Single:
    """A paper that a year has once."""

    word: str
    title: str
    about: str
    made: Made


@dataclass(frozen=True)
class Sheets:
    """The single papers, and the timetables of the days."""

    singles: list[Single]
    days: list[Day]
    layout: Layout

    @property
    def underway(self) -> bool:
        return any(made.is_open for made in self._made)

    @property
    def _made(self) -> list[Made]:
        return [*(one.made for one in self.singles), *(day.made for day in self.days)]

    @cached_property
    def mark(self) -> str:
        keys = [(day.interviewer.pk, day.date) for day in self.days]
        return mark_of([*keys, *[made.mark for made in self._made]])


ABOUT = {
    "coverage": "市長の方針の項ごとに、どの部が取り上げたかを1枚の表にしたものです。",
    "form": "運営方針と組織目標を手書きで書くための、空欄の用紙です。",
}


def sheets(reach: Reach, layout: Layout) -> Sheets:
    """All single papers that can be printed."""
    files = made(reach, layout, Kind.TIMETABLE, *SINGLE.values())
    singles = [
        Single(word, kind.label, ABOUT[word], files.get(kind, NOTHING))
        for word, kind in SINGLE.items()
    ]
    return Sheets(singles, _days(reach, files), layout)


def kind_or_hidden(word: str) -> PacketFile.Kind:
    """The single paper of that address; else Hidden."""
    if word not in SINGLE:
        raise Hidden("この用紙はありません。")
    return SINGLE[word]


# ---- what an order holds ------------------------------------------------------------------------


def papers_of(reach: Reach, order: Order) -> Sequence[OperatingPolicy]:
    """The papers that a day or a book shows to this person, in their order. Raises Hidden where
    the day is none any more."""
    if order.kind == Kind.BOOK:
        return reach.papers
    if order.kind != Kind.DAY or order.interviewer is None or order.day is None:
        return ()
    return day_or_hidden(reach, order.interviewer.pk, order.day.isoformat()).papers
