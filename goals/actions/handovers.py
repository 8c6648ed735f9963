"""引継書: written by one who goes, handed over, received by those who come after."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import audit, clock
from core.audit import Actor
from core.permissions import Refused
from core.workflow import Conflict, NotNow, update_if_unchanged
from goals.actions.writing import expect, written
from goals.handovers import content_of, exchanges, goals_handed_over, notes_of
from goals.models import Handover, HandoverNote, HandoverReceipt, OperatingPolicy

NOTHING = "引継事項が書かれていません。引き継ぐことがないときは、そのことを書いてください。"
UNCHANGED = "渡したあとに、変わったところはありません。"
ADDED = "読んでいる間に、追記が渡されました。もう一度読んでから、受けてください。"
NONE_TO_RECEIVE = "受ける引継書は、いまはありません。"
OF_ANOTHER = "この引継ぎを受けるのは、後任の人です。"


def save_handover(
    *,
    paper: OperatingPolicy,
    version: int,
    title: str,
    body: str,
    notes: Mapping[int, str],
    by: Actor,
) -> Handover:
    """Save what ``by`` leaves, by goal in ``notes``; version 0 where nothing was written before.

    Nobody else reads it before it is handed over, so the audit line tells no word of it.
    """
    with transaction.atomic():
        handover, _ = Handover.objects.get_or_create(
            paper=paper, giver=by.person, defaults={"version": 0, "title": title}
        )
        stored = notes_of(handover)
        changed = {pk: text for pk, text in notes.items() if stored.get(pk, "") != text}
        if changed or body != handover.body:
            expect(handover, version)
            update_if_unchanged(handover, title=title, body=body, **written(by))
            for pk, text in changed.items():
                HandoverNote.objects.update_or_create(
                    handover=handover, goal_id=pk, defaults={"body": text}
                )
            audit.record("handover.save", by=by, label=str(handover), subject=handover)
    return handover


@transaction.atomic
def hand_over(*, paper: OperatingPolicy, version: int, title: str, by: Actor) -> Handover:
    """Let the successors read what is written now; they are asked to receive it (again)."""
    rows = Handover.objects.select_for_update(of=("self",))
    handover = rows.filter(paper=paper, giver=by.person).first()
    if handover is None:
        raise NotNow(NOTHING)
    notes = notes_of(handover)
    content = content_of(handover, goals_handed_over(paper, also=notes))
    if not content["body"] and not content["notes"]:
        raise NotNow(NOTHING)
    if handover.handed_at and handover.version == handover.handed_version:
        raise NotNow(UNCHANGED)
    before = handover.handed
    expect(handover, version)
    update_if_unchanged(
        handover,
        title=title,
        handed=content,
        handed_at=clock.now(),
        handed_version=version + 1,
    )
    audit.record(
        "handover.hand",
        by=by,
        label=f"{title} {by.person.name}の引継書",
        subject=paper,
        before=_told(before),
        after=_told(content),
    )
    return handover


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was handed over, for the history of the paper."""
    if not content:
        return {}
    notes = [f"{note['title']}：{note['body']}" for note in content["notes"]]
    return {"handover": content["body"], "handover_notes": notes}


@transaction.atomic
def receive(
    *, paper: OperatingPolicy, seen: Mapping[int, int], title: str, by: Actor
) -> list[HandoverReceipt]:
    """Receive the handovers in ``seen``, each in the version that ``by`` has read.

    Refused to all but successors; Conflict where something was added while it was read.
    """
    if not seen:
        raise NotNow(NONE_TO_RECEIVE)
    rows = Handover.objects.select_for_update(of=("self",)).filter(paper=paper, pk__in=seen)
    versions = {row.pk: row.handed_version for row in rows}
    asked = {
        row.handover.pk: row.handover
        for exchange in exchanges([paper])
        for row in exchange.successions
        if row.handover
        and row.is_handed
        and by.person.pk in {one.comer.person for one in row.asked}
    }
    if set(seen) - set(asked):
        raise Refused(OF_ANOTHER)
    if any(versions[pk] != seen[pk] for pk in seen):
        raise Conflict(ADDED)
    return [_receive(asked[pk], seen[pk], title, by) for pk in sorted(seen)]


def _receive(handover: Handover, version: int, title: str, by: Actor) -> HandoverReceipt:
    receipt = HandoverReceipt.objects.filter(handover=handover, receiver=by.person).first()
    if receipt and receipt.version == version:
        return receipt
    values = {"title": title, "version": version, "received_at": clock.now()}
    receipt, _ = HandoverReceipt.objects.update_or_create(
        handover=handover, receiver=by.person, defaults=values
    )
    label = f"{handover.title} {handover.giver.name}の引継書"
    audit.record("handover.receive", by=by, label=label, subject=handover.paper)
    return receipt
