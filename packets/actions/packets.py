"""Asking for a packet and taking it away."""

from django.db import transaction

from core import audit, clock
from core.audit import Actor
from goals.models import OperatingPolicy
from packets.models import PacketFile
from packets.queries import file_of_record
from packets.rendering import content_of, digest_of
from packets.sweeping import keep_longer
from packets.tasks import print_packet


@transaction.atomic
def ask(*, paper: OperatingPolicy, by: Actor) -> PacketFile:
    """A PDF of the paper as it is now: the one that is there or underway, else a new one.

    The wish and its place in the queue are stored together, so that neither is lost alone.
    """
    OperatingPolicy.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    today = clock.today()
    content = content_of(paper, printed_on=today)
    digest = digest_of(content)
    if file := file_of_record(paper, digest):
        keep_longer(file)
        return file
    file = PacketFile.objects.create(
        paper=paper,
        digest=digest,
        edition=content["edition"],
        printed_on=today,
        asked_by=by.user,
        asked_at=clock.now(),
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
        subject=file.paper,
        after={"edition": file.edition, "digest": file.digest},
    )
