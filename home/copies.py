"""Last year's charges in the year after: what goes on by itself, and what must be decided."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.years import format_year
from departments.lineage import Lineage
from departments.models import Department, Division, User
from departments.queries import lineage
from home.charges import Sheet, divisions_of
from interviews.charges import charges_of

Place = Department | Division


@dataclass(frozen=True)
class Taken:
    """A charge that goes on; ``department`` is the one in which the division is now."""

    department: Department
    division: Division | None
    interviewer: User

    @property
    def label(self) -> str:
        """総務部, 総務部 防災安全課."""
        return label_of(self.department, self.division)


def label_of(department: Department, division: Division | None) -> str:
    """What is answered for, in words."""
    return f"{department.name} {division.name}" if division else department.name


@dataclass
class Copies:
    """What goes on; what does not, with the reason; what its predecessors leave open."""

    taken: list[Taken] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)


class Past:
    """The year before: what stood, and who answered for it, as known today."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.stood: dict[type[Place], dict[int, Place]] = {
            model: {row.pk: row for row in model.objects.in_year(year)}
            for model in (Department, Division)
        }
        self.lines: dict[type[Place], Lineage] = {model: lineage(model) for model in self.stood}
        self.answering: dict[Place, User] = {}
        self.labels: dict[Place, str] = {}
        for charge in (row for rows in charges_of(year).values() for row in rows):
            place = charge.division or charge.department
            self.answering[place] = charge.interviewer
            self.labels[place] = label_of(charge.department, charge.division)

    def of(self, place: Place) -> list[Place]:
        """What ``place`` goes on with: itself, and whatever ended in it; its predecessors."""
        stood, line = self.stood[type(place)], self.lines[type(place)]
        itself = [place] if place.is_valid_in(self.year) else []
        before = [stood[pk] for pk in line.forebears(place.pk, self.year) if pk in stood]
        ended = [one for one in before if not itself or not one.is_valid_in(self.year + 1)]
        return itself + sorted(ended, key=lambda one: (one.order, one.pk))

    def told(self, before: list[Place]) -> str:
        """健康部は榎戸 俊彦さん、福祉部はなし."""
        users = [(one, self.answering.get(one)) for one in before]
        return "、".join(f"{one}は{f'{user.name}さん' if user else 'なし'}" for one, user in users)


def copies(now: Sheet) -> Copies:
    """What a year would take from the year before: only what it does not have yet.

    A new department or division takes its predecessors' interviewer where all of them agree.
    """
    past, found = Past(now.year - 1), Copies()
    answering = dict(_present(now))
    goes_on: set[Place] = set()
    for department, division in _places(now):
        place = division or department
        before = past.of(place)
        goes_on.update(before)
        if place in answering:
            continue
        user = _agreed(label_of(department, division), before, past, now, found)
        if user and not (division and answering.get(department) == user):
            answering[place] = user
            found.taken.append(Taken(department, division, user))
    found.left_out += [
        f"{label}（{format_year(now.year)}にはありません）"
        for place, label in past.labels.items()
        if place not in goes_on and not place.is_valid_in(now.year)
    ]
    return found


def _places(now: Sheet) -> Iterator[tuple[Department, Division | None]]:
    """Each department of the year, followed by its divisions."""
    divisions: dict[int, list[Division]] = defaultdict(list)
    for division in divisions_of(now.year):
        divisions[division.department_id].append(division)
    for row in now.rows:
        yield row.department, None
        yield from ((row.department, division) for division in divisions[row.department.pk])


def _present(now: Sheet) -> Iterator[tuple[Place, User]]:
    """Who answers already."""
    for row in now.rows:
        if row.interviewer:
            yield row.department, row.interviewer.user
        yield from ((division, held.user) for division, held in row.exceptions)


def _agreed(label: str, before: list[Place], past: Past, now: Sheet, found: Copies) -> User | None:
    """Whom all of ``before`` had; where that does not settle it, ``found`` is told why."""
    users = {past.answering.get(one) for one in before}
    if len(users) > 1:
        found.undecided.append(f"{label}（{past.told(before)}）")
    user = users.pop() if len(users) == 1 else None
    if user and not now.interviewers[user.pk].is_in_office:
        found.left_out.append(f"{label}（{user.name}さんは、面談者の職にありません）")
        return None
    return user
