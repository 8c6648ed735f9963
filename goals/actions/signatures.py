"""署名 of the version that was handed in."""

from dataclasses import replace

from django.db import transaction

from core import audit, clock
from core.audit import Actor
from core.workflow import Conflict, NotNow, Status
from departments.heads import heads_by_department
from departments.models import Appointment
from goals.models import OperatingPolicy, Revision, Signature
from goals.signatures import SIGNABLE, to_sign

NEWER = "画面を開いた後に、新しい版が提出されました。もう一度確かめてから、署名してください。"
DONE = "この版には、署名が済んでいます。"


@transaction.atomic
def sign(*, paper: OperatingPolicy, number: int, appointment: int, by: Actor) -> Signature:
    """Sign version ``number`` in the post of ``appointment``: a head's own, or a stand-in's.

    Conflict where a newer version was handed in since; NotNow where it is not at the office.
    """
    rows = OperatingPolicy.objects.select_for_update(of=("self",)).select_related("department")
    stored = rows.get(pk=paper.pk)
    if stored.status not in SIGNABLE:
        label = Status(stored.status).label
        raise NotNow(f"この運営方針書は「{label}」のため、いまは署名できません。")
    if stored.submissions != number:
        raise Conflict(NEWER)
    heads = heads_by_department(stored.year).get(stored.department_id, [])
    open_posts = to_sign(by.person, stored, heads)
    head = next((row for row in open_posts if row.pk == appointment), None)
    if head is None:
        raise NotNow(DONE)
    signature = add(revision=stored.revisions.get(number=number), head=head)
    by = replace(by, standing_in_for_id=head.standing_in_for_id)
    audit.record(
        "paper.sign", by=by, label=str(stored), subject=stored, after={"version": f"第{number}版"}
    )
    return signature


def sign_by_submitting(*, revision: Revision, heads: list[Appointment], by: Actor) -> None:
    """To hand in is to sign: for the head who does it, in the post in which he does it."""
    own = [row for row in heads if row.user_id == by.person.pk]
    for head in own:
        if head.standing_in_for_id == by.standing_in_for_id:
            add(revision=revision, head=head)
            return


def add(*, revision: Revision, head: Appointment) -> Signature:
    """A signature with the names of today, which stay."""
    absent = head.standing_in_for
    return Signature.objects.create(
        revision=revision,
        signer=head.user,
        standing_in_for=absent,
        name=head.user.name,
        title=head.title,
        standing_in_for_name=absent.name if absent else "",
        signed_at=clock.now(),
    )
