"""改正: a department says that it has looked at what an amendment changed."""

from django.db import transaction
from django.utils import timezone

from core import audit, clock
from core.audit import Actor
from core.workflow import Conflict, NotNow
from goals.amendments import pending_among
from goals.models import OperatingPolicy
from policies.queries.editions import Editions, amendments_in


@transaction.atomic
def confirm(*, paper: OperatingPolicy, edition: int, by: Actor) -> str:
    """Note that the department has looked at everything up to ``edition``; says up to which.

    In every state of the paper. Conflict where a later amendment was issued since the person
    looked, or where somebody else was quicker; NotNow where nothing concerns the department.
    """
    rows = OperatingPolicy.objects.select_for_update(of=("self",)).select_related("department")
    stored = rows.get(pk=paper.pk)
    editions = amendments_in(stored.year)
    if editions.newest is None or edition > editions.number:
        raise NotNow("この改正はありません。")
    if edition < editions.number:
        raise Conflict(f"確かめている間に、{editions.newest}が出されました。違いを見てください。")
    if stored.edition_seen >= edition:
        raise Conflict("この改正は、ほかの人が先に確かめました。")
    if not pending_among([stored], editions):
        raise NotNow("この改正には、この部の回答や目標に関わるところがありません。")
    label = str(editions.newest)
    before = f"第{stored.edition_seen}次改正" if stored.edition_seen else ""
    _see(stored, editions)
    audit.record(
        "amendment.confirm",
        by=by,
        label=label,
        subject=stored,
        before={"edition_seen": before},
        after={"edition_seen": label},
    )
    return label


def keep_up(paper: OperatingPolicy) -> None:
    """Who writes and has nothing that an amendment concerns writes on the amended text.

    Otherwise the first answer to an item that was reworded long ago would have to be confirmed.
    Not on the day of the issue: a page that was opened before still shows the old words.
    """
    editions = amendments_in(paper.year)
    newest = editions.newest
    if newest is None or newest.number <= paper.edition_seen:
        return
    issued_on = timezone.localtime(newest.issued_at).date()
    if issued_on < clock.today() and not pending_among([paper], editions):
        _see(paper, editions)


def _see(paper: OperatingPolicy, editions: Editions) -> None:
    """One conditional UPDATE: nothing is confirmed twice, and nothing is taken back."""
    rows = OperatingPolicy.objects.filter(pk=paper.pk, edition_seen=paper.edition_seen)
    if not rows.update(edition_seen=editions.number):
        raise Conflict("この改正は、ほかの人が先に確かめました。")
    paper.edition_seen = editions.number
