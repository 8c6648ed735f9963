"""What the page of one file tells: how far it has come, what came of it, whether it still holds."""

from dataclasses import dataclass
from functools import cached_property

from core.models import AuditEvent
from packets import files, store
from packets.composition import digest_of
from packets.files import Reach
from packets.glyphs import Spot, spots
from packets.layout import Layout
from packets.lists import mark_of
from packets.models import PacketFile, PacketPart
from packets.orders import BOUND, Order
from packets.pieces import department

Kind = PacketFile.Kind
PAGES_A_SHEET = 2


@dataclass(frozen=True)
class Shown:
    """One file as a person sees it."""

    file: PacketFile
    reach: Reach

    @cached_property
    def state(self) -> str:
        """One of ``files.WORDS``: as of the only one of its order."""
        if self.file.status == PacketFile.Status.DONE:
            return "swept" if self.file.is_swept else "changed" if self.is_outdated else "done"
        return self.file.state

    @property
    def is_coming(self) -> bool:
        return self.state in files.OPEN

    @property
    def is_there(self) -> bool:
        return self.state in {"done", "changed"}

    @cached_property
    def parts(self) -> list[PacketPart]:
        return sorted(self.file.parts.all(), key=lambda part: part.order)

    @property
    def is_bound(self) -> bool:
        return self.file.kind in BOUND

    @property
    def printed(self) -> int:
        """Parts that are through, printed or not."""
        through = {PacketPart.Status.DONE, PacketPart.Status.FAILED}
        return sum(part.status in through for part in self.parts)

    @property
    def failed(self) -> list[PacketPart]:
        return [part for part in self.parts if part.status == PacketPart.Status.FAILED]

    @cached_property
    def is_silent(self) -> bool:
        """Whether the printing program seems to be stopped."""
        return self.is_coming and files.is_silent(self.file)

    @cached_property
    def is_outdated(self) -> bool:
        """Whether the record has changed since. Of a department this is known exactly."""
        file = self.file
        if file.paper is None:
            return file.is_outdated
        piece = department(file.paper, Layout.parse(file.layout).of_parts)
        return digest_of(Order.of(file), piece) != file.digest

    @cached_property
    def spots(self) -> list[Spot]:
        """Characters that are not printed as they were written, by their place."""
        kept = store.find(self.file.digest) if self.is_there else None
        return spots(kept.missing) if kept else []

    @property
    def sheets(self) -> int:
        """Sheets of paper."""
        pages = self.file.pages or 0
        return pages if Layout.parse(self.file.layout).single else -(-pages // PAGES_A_SHEET)

    @property
    def how(self) -> str:
        """On what paper it is printed, in words."""
        layout = Layout.parse(self.file.layout)
        side = "片面" if layout.single else "両面"
        other = "・".join(word for word in layout.label.split("・") if word not in {"", "片面"})
        return f"A4{'横' if layout.two_up else '縦'}、{side}{f'（{other}）' if other else ''}"

    @cached_property
    def earlier(self) -> list[PacketFile]:
        """Other files of the same thing, the newest first."""
        return list(files.same_order(self.reach, self.file)[:10])

    @cached_property
    def record(self) -> list[AuditEvent]:
        """Who had it made and who took it: told to the office."""
        return files.record_of(self.file) if files.is_office(self.reach.user) else []

    @cached_property
    def mark(self) -> str:
        states = [(part.pk, part.status, part.pages) for part in self.parts]
        return mark_of((self.state, self.is_silent, *states))
