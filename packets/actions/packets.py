"""Asking for a packet, stopping it, taking it away."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core import audit, clock
from core.audit import Actor
from core.workflow import NotNow
from goals.models import OperatingPolicy
from packets import store
from packets.composition import digest_of
from packets.models import DRAFT, PacketFile, PacketPart
from packets.orders import FRONTS, Order
from packets.pieces import Piece, department
from packets.store import Kept
from packets.tasks import LATER, SOON, print_packet

Kind = PacketFile.Kind
Status = PacketFile.Status
ATTEMPTS = 5
"""So many workers may die in turn over a wish, without one more part that is done."""
DIED = "作っている途中で5回止まりました。システム管理者へ連絡してください。"


@transaction.atomic
def ask(
    *, order: Order, papers: Sequence[OperatingPolicy] = (), by: Actor, soon: bool = True
) -> PacketFile:
    """A PDF of the record as it is now: the one that is there or underway, else a new wish.

    ``papers`` are those that a day or a book shows, in their order. The wish and its place in the
    queue are stored together, so that neither is lost alone; without ``soon`` it lets others pass.
    """
    if order.kind == Kind.DEPARTMENT:
        return _ask_for_department(order, by, soon)
    same = PacketFile.objects.underway().filter(asked_by=by.user, **order.fields)
    for file in same.prefetch_related("parts").newest_first():
        if [part.paper_id for part in file.parts.all() if part.paper_id] == [p.pk for p in papers]:
            return file
    file = _new(order, by, edition=_edition(papers))
    PacketPart.objects.bulk_create(_parts(file, papers))
    return _wait(file, by, soon)


def _ask_for_department(order: Order, by: Actor, soon: bool) -> PacketFile:
    """At once where it is kept; one file serves all who want the same."""
    paper = order.paper
    assert paper is not None
    OperatingPolicy.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    piece = department(paper, order.layout)
    digest = digest_of(order, piece)
    same = PacketFile.objects.newest_first().filter(digest=digest, **order.fields)
    if kept := store.find(digest):
        store.keep_longer(digest)
        newest = PacketFile.objects.newest_first().filter(**order.fields).first()
        if newest and newest.digest == digest and newest.state == "done" and not newest.is_outdated:
            return newest
        return _done(order, piece, kept, by)
    if underway := same.underway().first():
        if soon and underway.asked_by_id is None:
            _enqueue(underway, soon)
        return underway
    file = _new(order, by, digest=digest, edition=piece.edition)
    PacketPart.objects.create(
        file=file, order=1, paper=paper, title=piece.title, edition=piece.edition
    )
    return _wait(file, by, soon)


def _new(order: Order, by: Actor, **fields: Any) -> PacketFile:
    now = clock.now()
    return PacketFile.objects.create(
        **order.fields, asked_by=by.user, asked_at=now, beat_at=now, **fields
    )


def _parts(file: PacketFile, papers: Sequence[OperatingPolicy]) -> list[PacketPart]:
    """The front, or the single paper, has number 0; the departments follow."""
    front = PacketPart(file=file, order=0, title=FRONTS.get(Kind(file.kind), file.title))
    return [
        front,
        *(
            PacketPart(
                file=file,
                order=number,
                paper=paper,
                title=paper.department.name,
                edition=_edition([paper]),
            )
            for number, paper in enumerate(papers, 1)
        ),
    ]


def _edition(papers: Sequence[OperatingPolicy]) -> str:
    return DRAFT if any(paper.is_writable for paper in papers) else ""


def _wait(file: PacketFile, by: Actor, soon: bool) -> PacketFile:
    _record("packet.build", file, by)
    _enqueue(file, soon)
    return file


def _enqueue(file: PacketFile, soon: bool) -> None:
    print_packet.using(priority=SOON if soon else LATER).enqueue(file.pk)


def _done(order: Order, piece: Piece, kept: Kept, by: Actor) -> PacketFile:
    """A row for what lies there already: nobody has to print it."""
    now = clock.now()
    file = _new(
        order,
        by,
        digest=kept.digest,
        edition=piece.edition,
        status=Status.DONE,
        pages=kept.pages,
        size=kept.size,
        started_at=now,
        finished_at=now,
    )
    PacketPart.objects.create(
        file=file,
        order=1,
        paper=piece.paper,
        title=piece.title,
        digest=piece.digest,
        edition=piece.edition,
        status=PacketPart.Status.DONE,
        is_kept=True,
        pages=kept.pages,
    )
    _record("packet.build", file, by)
    return file


@transaction.atomic
def stop(*, file: PacketFile, by: Actor) -> None:
    """Nobody needs it any more: the worker ends between two parts. Raises NotNow."""
    now = clock.now()
    open_ = PacketFile.objects.open().filter(pk=file.pk)
    if not open_.update(status=Status.STOPPED, finished_at=now, beat_at=now):
        raise NotNow("この面談資料の作成は、もう終わっています。")
    _record("packet.stop", file, by)


def again(*, file: PacketFile, papers: Sequence[OperatingPolicy] = (), by: Actor) -> PacketFile:
    """The same order anew, of the record as it is now."""
    return ask(order=Order.of(file), papers=papers, by=by)


def note_download(*, file: PacketFile, by: Actor) -> None:
    """Leave a line for a packet that leaves the system; call it before the first byte does."""
    _record("packet.download", file, by, digest=file.digest)


def _record(verb: str, file: PacketFile, by: Actor, **after: str) -> None:
    """What people do is told; what is made before anybody asks is not."""
    if by.user is not None:
        after = {"edition": file.edition, **after}
        audit.record(verb, by=by, label=file.name, subject=file.paper or file, after=after)


# ---- the keeper's side -----------------------------------------------------------------------


@transaction.atomic
def take_up(*, file: PacketFile) -> None:
    """Its worker has died: it goes back into the queue, at most so many times."""
    now = clock.now()
    as_it_was = PacketFile.objects.filter(
        pk=file.pk, status=Status.RUNNING, worker=file.worker, beat_at=file.beat_at
    )
    if file.attempts >= ATTEMPTS:
        sentence = f"{file.title}を作れませんでした。{DIED}"
        as_it_was.update(status=Status.FAILED, failure=sentence[:300], finished_at=now)
    elif as_it_was.update(status=Status.WAITING, worker="", beat_at=now):
        _enqueue(file, soon=file.asked_by_id is not None)


@transaction.atomic
def keep_waiting(*, file: PacketFile, is_queued: bool) -> None:
    """Somebody will come to it: a task that was lost with its worker is replaced."""
    as_it_was = PacketFile.objects.filter(pk=file.pk, status=Status.WAITING, beat_at=file.beat_at)
    if as_it_was.update(beat_at=clock.now()) and not is_queued:
        _enqueue(file, soon=file.asked_by_id is not None)
