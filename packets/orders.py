"""What somebody wants to have printed."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from departments.models import User
from goals.models import OperatingPolicy
from packets.layout import USUAL, Layout
from packets.models import PacketFile

Kind = PacketFile.Kind
BOUND = frozenset({Kind.DAY, Kind.BOOK})
"""Kinds that hold a front and the packets of departments."""
FRONTS = {Kind.DAY: "日程", Kind.BOOK: "表紙・目次"}
"""What the front of a bound file is called in lists."""


@dataclass(frozen=True)
class Order:
    """One kind of paper: ``paper`` for a department, ``interviewer`` and ``day`` for a day."""

    kind: PacketFile.Kind
    year: int
    paper: OperatingPolicy | None = None
    interviewer: User | None = None
    day: dt.date | None = None
    layout: Layout = USUAL

    @classmethod
    def of(cls, file: PacketFile) -> Self:
        """The order that ``file`` came from."""
        return cls(
            kind=PacketFile.Kind(file.kind),
            year=file.year,
            paper=file.paper,
            interviewer=file.interviewer,
            day=file.day,
            layout=Layout.parse(file.layout),
        )

    @property
    def fields(self) -> dict[str, Any]:
        """What tells a row of this order from others."""
        return {
            "kind": self.kind,
            "year": self.year,
            "paper": self.paper,
            "interviewer": self.interviewer,
            "day": self.day,
            "layout": self.layout.code,
        }

    @property
    def whose_day(self) -> tuple[User, dt.date]:
        """The interviewer and the day. Raises ValueError where the order is not for a day."""
        if self.interviewer is None or self.day is None:
            raise ValueError("not an order for a day")
        return self.interviewer, self.day

    @property
    def is_bound(self) -> bool:
        """Whether it holds a front and the packets of departments."""
        return self.kind in BOUND

    @property
    def is_plain(self) -> bool:
        """Whether its one part is the file itself, byte for byte."""
        return not self.is_bound and not self.layout.two_up

    @property
    def title(self) -> str:
        """As ``PacketFile.title``: 総務部の面談資料."""
        return PacketFile(**self.fields).title

    def digest(self, edition: str, leaves: Sequence[Sequence[str]]) -> str:
        """SHA-256 of all that decides the bytes of what is bound; ``edition`` is that of the
        binding, a leaf its key, title and digest."""
        words = [edition, self.kind, self.title, self.layout.code, *map("\t".join, leaves)]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()
