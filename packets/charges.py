"""Who answers for the department and, by exception, for divisions of it (担任), on paper."""

import datetime as dt
from dataclasses import dataclass

from core.years import last_day
from departments.queries import deciding_day
from goals.models import OperatingPolicy
from interviews.charges import in_charge_of
from interviews.queries import titles_of_people


@dataclass(frozen=True)
class Charges:
    """``line`` is what the cover says; ``of_divisions`` who has a division that is an exception."""

    line: str
    of_divisions: dict[int, str]


def charges_of_paper(paper: OperatingPolicy, day: dt.date | None) -> Charges:
    """As they are called on ``day``, the day of the interview; else on the day that decides."""
    rows = in_charge_of(paper.department, paper.year)
    titles = titles_of_people(row.user for row in rows)
    day = day or min(deciding_day(paper.year), last_day(paper.year))
    whole = ""
    parts: list[str] = []
    of_divisions: dict[int, str] = {}
    for row in rows:
        person = titles.interviewer(row.user, day)
        called = f"{person.title} {person.name}".strip()
        if row.divisions:
            parts.append(f"{row.of}は{called}")
            of_divisions |= {division.pk: called for division in row.divisions}
        else:
            whole = called
    exceptions = "、".join(parts)
    return Charges(
        f"{whole}（{exceptions}）" if whole and parts else whole or exceptions, of_divisions
    )
