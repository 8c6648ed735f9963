"""Who goes, who comes after: read from the posts of a department's heads. Plain Python.

Nothing here knows of an appointment or of an end that is not announced: ``Term`` holds what is
known, and an end that is not known is no end.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.years import fiscal_year

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """One appointment of a head, as far as it is known."""

    person: int
    name: str
    title: str
    department: int
    first: dt.date
    last: dt.date | None = None
    is_standing_in: bool = False

    def covers(self, day: dt.date) -> bool:
        """Whether ``day`` lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Leaver:
    """A head who goes: the last day, and the title held until then."""

    person: int
    name: str
    title: str
    last: dt.date


@dataclass(frozen=True)
class Comer:
    """A head who comes: the first day, and the title."""

    person: int
    name: str
    title: str
    first: dt.date


@dataclass(frozen=True)
class Circle:
    """A department, those that have taken over from it, and those that read on from it.

    ``goes_on``: where somebody who was its head still is its head. ``reads``: whose heads come
    after. The two differ where the department stands and another was split off.
    """

    department: int
    goes_on: frozenset[int] = frozenset()
    reads: frozenset[int] = frozenset()

    @property
    def around(self) -> frozenset[int]:
        """All of them."""
        return self.goes_on | self.reads | {self.department}


def leavers(terms: Iterable[Term], circle: Circle, year: int) -> list[Leaver]:
    """The heads of the department who go in fiscal ``year``, in the order in which they go.

    Who goes on without a day between (another title, the department renamed) does not go.
    """
    staying = circle.goes_on | {circle.department}
    found = []
    for run in _runs(term for term in terms if term.department in staying):
        last = run[-1].last
        own = [term for term in run if term.department == circle.department]
        if last and own and fiscal_year(last) == year:
            end = own[-1]
            found.append(Leaver(end.person, end.name, end.title, last))
    return sorted(found, key=lambda one: (one.last, one.person))


def _runs(terms: Iterable[Term]) -> list[list[Term]]:
    """The terms of each person, those that follow each other without a day between together.

    The last of a run is the one that ends last.
    """
    of_person: dict[int, list[Term]] = defaultdict(list)
    for term in sorted(terms, key=lambda term: (term.first, term.last or dt.date.max)):
        of_person[term.person].append(term)
    found = []
    for held in of_person.values():
        run: list[Term] = []
        for term in held:
            if run and run[-1].last and term.first > run[-1].last + DAY:
                found.append(run)
                run = []
            run = sorted([*run, term], key=lambda one: one.last or dt.date.max)
        found.append(run)
    return found


def successors(leaver: Leaver, terms: Collection[Term], circle: Circle) -> list[Comer]:
    """Who comes after ``leaver``: the first to begin, and those before who only stand in.

    Not who was head of the department already on the last day of ``leaver``.
    """
    there = {
        term.person
        for term in terms
        if term.department == circle.department and term.covers(leaver.last)
    }
    found: dict[int, tuple[Comer, bool]] = {}
    for term in sorted(terms, key=lambda term: (term.first, term.person)):
        is_after = term.last is None or term.last > leaver.last
        is_new = term.person not in there | {leaver.person} and term.person not in found
        if term.department in circle.around and is_after and is_new:
            first = max(term.first, leaver.last + DAY)
            comer = Comer(term.person, term.name, term.title, first)
            found[term.person] = comer, term.is_standing_in
    own_days = [comer.first for comer, is_standing_in in found.values() if not is_standing_in]
    until = min(own_days, default=dt.date.max)
    rows = [comer for comer, _ in found.values() if comer.first <= until]
    return sorted(rows, key=lambda one: (one.first, one.person))


def comers(terms: Iterable[Term], circle: Circle, year: int) -> list[Comer]:
    """The heads who begin in fiscal ``year`` after its first day, or on the first of the next."""
    runs = _runs(term for term in terms if term.department in circle.around)
    firsts = [min(run, key=lambda term: term.first) for run in runs]
    found = [
        Comer(term.person, term.name, term.title, term.first)
        for term in firsts
        if fiscal_year(term.first - DAY) == year
    ]
    return sorted(found, key=lambda one: (one.first, one.person))
