"""Who answers for the department and, by exception, for divisions of it (担任), on paper."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from interviews.charges import InCharge
from interviews.queries import Titles


@dataclass(frozen=True)
class Charges:
    """``line`` is what the cover says; ``of_divisions`` who has a division that is an exception."""

    line: str
    of_divisions: dict[int, str]


def charges(rows: Iterable[InCharge], titles: Titles, day: dt.date) -> Charges:
    """Of one department, as those in charge are called on ``day``."""
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
