"""Before anybody asks: the usual packet of each paper is made, and files that no longer show the
record say so."""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from core import clock
from core.audit import SYSTEM
from core.years import fiscal_year
from goals.models import OperatingPolicy
from packets import pressing, store
from packets.actions import packets
from packets.composition import Composition, digest_of
from packets.layout import Layout
from packets.models import PacketFile, PacketFileQuerySet, PacketPart
from packets.orders import Order
from packets.pieces import Piece, of_material
from packets.queries import material
from policies.models import Cycle

Kind = PacketFile.Kind
AT_MOST = 200
"""So many files are looked at, the newest."""


def year_in_work() -> int | None:
    """The newest year that is set up and not further than the next."""
    newest = fiscal_year(clock.today()) + 1
    return Cycle.objects.filter(year__lte=newest).values_list("year", flat=True).first()


def papers_in_work() -> list[int]:
    """The papers whose usual packet is kept ready."""
    papers = OperatingPolicy.objects.filter(year=year_in_work() or 0)
    return list(papers.order_by("department__order", "pk").values_list("pk", flat=True))


def prepare(*, pk: int) -> None:
    """Tell of each file of the paper whether it still shows the record, and have the usual one
    made where it is not there; of a paper that nobody has begun there is nothing to print."""
    paper = OperatingPolicy.objects.for_page().filter(pk=pk).first()
    if paper is None:
        return
    read = material(paper)
    piece = of_material(read)
    for file in _lying(PacketFile.objects.filter(paper=paper)):
        order = Order.of(file)
        laid = of_material(read, order.layout) if file.layout else piece
        _tell(file, is_current=digest_of(order, laid) == file.digest)
    is_wanted = paper.year == year_in_work() and paper.state != "untouched"
    if is_wanted and not _is_made(paper, piece):
        packets.ask(order=Order(Kind.DEPARTMENT, paper.year, paper=paper), by=SYSTEM, soon=False)


def _is_made(paper: OperatingPolicy, piece: Piece) -> bool:
    """Or about to be made: whoever takes a wish prints what the record says then."""
    usual = PacketFile.objects.filter(paper=paper, layout="")
    if usual.filter(status=PacketFile.Status.WAITING).exists():
        return True
    return (
        usual.done().filter(digest=piece.digest).exists() and store.find(piece.digest) is not None
    )


def doubt(papers: Iterable[int]) -> None:
    """Something was written into these papers: what shows them may be out of date, and says so
    until ``prepare`` and ``look_over`` have seen that it is not."""
    shown = list(papers)
    of_parts = PacketPart.objects.filter(paper__in=shown).values("file")
    files = PacketFile.objects.done().filter(Q(paper__in=shown) | Q(pk__in=of_parts))
    files.filter(outdated_at=None).update(outdated_at=clock.now())


def look_over(*, year: int) -> None:
    """Tell of books, days and single papers whether they still show the record."""
    known: dict[tuple[int, Layout], Piece] = {}
    digests: dict[object, str | None] = {}
    files = PacketFile.objects.filter(year=year).exclude(kind=Kind.DEPARTMENT)
    for file in _lying(files):
        parts = list(file.parts.select_related("paper__department").order_by("order"))
        papers = [part.paper for part in parts if part.paper]
        front = next((part.pages or 0 for part in parts if part.order == 0), 0)
        order = Order.of(file)
        key = (order, tuple(papers), front)
        if key not in digests:
            composition = Composition(order, papers, pressing.room(), known=known)
            digests[key] = composition.digest(front)
        _tell(file, is_current=digests[key] == file.digest)


def _lying(files: PacketFileQuerySet) -> Iterator[PacketFile]:
    """The newest of the whole files that lie there."""
    newest = files.done().filter(failure="").newest_first()[:AT_MOST]
    return (file for file in newest if file.path.exists())


def _tell(file: PacketFile, *, is_current: bool) -> None:
    rows = PacketFile.objects.filter(pk=file.pk, outdated_at__isnull=not is_current)
    rows.update(outdated_at=None if is_current else clock.now())
