"""署名: which heads stand by the version that was handed in, and who has not signed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from core.workflow import Status
from departments.heads import heads_by_department
from departments.models import Appointment, User
from goals.models import OperatingPolicy, Revision, Signature

SIGNABLE = frozenset({Status.SUBMITTED, Status.RECEIVED})
"""At the office and not settled: who comes later signs no paper that is settled."""


@dataclass(frozen=True)
class Signed:
    """A head beside a version: when he signed, or that he has not."""

    title: str
    name: str
    standing_in_for: str = ""
    at: dt.datetime | None = None

    @property
    def role(self) -> str:
        """（…の職務代理）, of one who stands in."""
        return f"（{self.standing_in_for}の職務代理）" if self.standing_in_for else ""


def signatures_on(paper: OperatingPolicy, heads: Sequence[Appointment]) -> list[Signed]:
    """Who signed the version at the office, and who has not. One query; none while it is written.

    ``heads``: of the paper, as known today. Of a settled paper those count who were its heads when
    it was handed in.
    """
    return signatures_on_all([paper], {paper.department_id: heads})[paper.pk]


def signatures_on_all(
    papers: Iterable[OperatingPolicy], heads: Mapping[int, Sequence[Appointment]]
) -> dict[int, list[Signed]]:
    """``signatures_on`` of each of ``papers``; ``heads`` by department. Three queries at most."""
    signable = [paper for paper in papers if paper.status in SIGNABLE]
    settled = [p for p in papers if not p.is_writable and p.status not in SIGNABLE]
    signed = _signed(signable)
    last = Revision.objects.filter(paper__in=settled, number=F("paper__submissions"))
    found: dict[int, list[Signed]] = {paper.pk: [] for paper in papers}
    for paper in signable:
        found[paper.pk] = present(signed[paper.pk], heads.get(paper.department_id, []))
    for row in last.prefetch_related("signatures"):
        found[row.paper_id] = frozen(row)
    return found


def signatures_of(paper: OperatingPolicy, revision: Revision) -> list[Signed]:
    """The signatures of any version: of the one at the office, with the heads of today."""
    if paper.status in SIGNABLE and revision.number == paper.submissions:
        heads = heads_by_department(paper.year).get(paper.department_id, [])
        return signatures_on(paper, heads)
    return frozen(revision)


def _signed(papers: Sequence[OperatingPolicy]) -> dict[int, list[Signature]]:
    """The signatures on the newest version of each of ``papers``. One query."""
    rows = Signature.objects.filter(
        revision__paper__in=papers, revision__number=F("revision__paper__submissions")
    )
    found: dict[int, list[Signature]] = defaultdict(list)
    for row in rows.select_related("revision").defer("revision__content").order_by("pk"):
        found[row.revision.paper_id].append(row)
    return found


def present(signed: Iterable[Signature], heads: Sequence[Appointment]) -> list[Signed]:
    """The signatures, and the heads of today who have not signed."""
    signed = list(signed)
    return [*map(_line, signed), *map(_open_line, unsigned(signed, heads))]


def unsigned(signed: Iterable[Signature], heads: Sequence[Appointment]) -> list[Appointment]:
    """One appointment for each head for whom nobody has signed: his own before a stand-in's."""
    done = {row.standing_in_for_id or row.signer_id for row in signed}
    found: list[Appointment] = []
    for row in sorted(heads, key=lambda row: row.standing_in_for_id is not None):
        if whose(row) not in done:
            done.add(whose(row))
            found.append(row)
    return found


def whose(head: Appointment) -> int:
    """The person whose signature it is: of a stand-in, that of the head who is absent."""
    return head.standing_in_for_id or head.user_id


def to_sign(user: User, paper: OperatingPolicy, heads: Sequence[Appointment]) -> list[Appointment]:
    """The posts in which ``user`` is asked to sign the version at the office. One query."""
    own = [row for row in heads if row.user_id == user.pk]
    if not own or paper.status not in SIGNABLE:
        return []
    done = {row.standing_in_for_id or row.signer_id for row in _signed([paper])[paper.pk]}
    return list({whose(row): row for row in own if whose(row) not in done}.values())


def frozen(revision: Revision) -> list[Signed]:
    """The signatures of a version of the past, and its heads of that day who have not signed."""
    signed = list(revision.signatures.all())
    names = {name for row in signed for name in (row.name, row.standing_in_for_name)}
    rows: list[Mapping[str, Any]] = revision.content.get("heads", [])
    waiting = [
        Signed(row["title"], row["name"], row.get("standing_in_for", ""))
        for row in rows
        if not names & {row["name"], row.get("standing_in_for") or row["name"]}
    ]
    return [*map(_line, signed), *waiting]


def _line(row: Signature) -> Signed:
    return Signed(row.title, row.name, row.standing_in_for_name, row.signed_at)


def _open_line(head: Appointment) -> Signed:
    absent = head.standing_in_for
    return Signed(head.title, head.user.name, absent.name if absent else "")
