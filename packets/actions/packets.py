"""Asking for a packet and taking it away."""

from django.db import transaction

from core import audit, clock
from core.audit import Actor
from goals.models import OperatingPolicy
from packets import store
from packets.layout import USUAL, Layout
from packets.models import PacketFile
from packets.pieces import department
from packets.queries import file_of_record
from packets.tasks import print_packet


@transaction.atomic
def ask(*, paper: OperatingPolicy, by: Actor, layout: Layout = USUAL) -> PacketFile:
    """A PDF of the paper as it is now: the one that is there or underway, else a new one.

    The wish and its place in the queue are stored together, so that neither is lost alone.
    """
    OperatingPolicy.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    piece = department(paper, layout)
    if file := file_of_record(paper, piece.digest):
        store.keep_longer(file.digest)
        return file
    now = clock.now()
    file = PacketFile.objects.create(
        year=paper.year,
        paper=paper,
        layout=layout.code,
        digest=piece.digest,
        edition=piece.edition,
        asked_by=by.user,
        asked_at=now,
        beat_at=now,
    )
    audit.record(
        "packet.build", by=by, label=file.name, subject=paper, after={"edition": file.edition}
    )
    print_packet.enqueue(file.pk)
    return file


def note_download(*, file: PacketFile, by: Actor) -> None:
    """Leave a line for a packet that leaves the system."""
    audit.record(
        "packet.download",
        by=by,
        label=file.name,
        subject=file.paper or file,
        after={"edition": file.edition, "digest": file.digest},
    )
