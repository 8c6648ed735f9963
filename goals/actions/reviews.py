"""The way of a paper: handed in, looked at, sent back, received, settled."""

from collections.abc import Sequence

from django.db import transaction

from core import audit, clock, workflow
from core.audit import Actor
from core.workflow import Action, Conflict, NotNow, Status
from core.years import format_short_date, format_time
from goals.actions.signatures import sign_by_submitting
from goals.models import Goal, OperatingPolicy, Remark, Revision
from goals.queries import sheet
from goals.snapshots import snapshot
from policies.models import Section


@transaction.atomic
def submit(*, paper: OperatingPolicy, edits: int, by: Actor) -> Revision:
    """Hand the paper in, freeze it as a Revision and sign it.

    ``edits`` is the count of writes when the person looked at it: what was written since then by
    somebody else must be looked at first (Conflict). NotNow while something is missing.
    """
    stored = _stored(paper)
    workflow.check(Action.SUBMIT, stored.status)
    if stored.edits != edits:
        raise Conflict("確認している間に、内容が書き換えられました。もう一度確認してください。")
    content = sheet(stored)
    if content.missing:
        raise NotNow(f"未記入の箇所が{len(content.missing)}件あるため、提出できません。")
    now = clock.now()
    _move(
        stored,
        Action.SUBMIT,
        by,
        submitted_at=now,
        submissions=stored.submissions + 1,
        review_began_at=None,
    )
    revision = Revision.objects.create(
        paper=stored,
        number=stored.submissions,
        content=snapshot(content),
        submitted_by=by.person,
        submitted_at=now,
    )
    sign_by_submitting(revision=revision, heads=content.heads, by=by)
    return revision


@transaction.atomic
def withdraw(*, paper: OperatingPolicy, by: Actor) -> None:
    """Take a submitted paper back, as long as nobody has begun to review it."""
    stored = _stored(paper)
    workflow.check(Action.WITHDRAW, stored.status)
    if stored.review_began_at:
        raise NotNow("審査が始まったため、引き戻せません。政策経営課へ連絡してください。")
    _move(stored, Action.WITHDRAW, by)


@transaction.atomic
def begin(*, paper: OperatingPolicy, by: Actor, version: int | None = None) -> None:
    """Begin to review: from now on the department cannot withdraw."""
    stored = _seen(paper, version)
    if _begin(stored):
        audit.record("review.begin", by=by, label=str(stored), subject=stored)


def _begin(stored: OperatingPolicy) -> bool:
    """Whether the review begins now: the paper waits and nobody has begun."""
    if stored.status != Status.SUBMITTED or stored.review_began_at:
        return False
    workflow.update_if_unchanged(stored, review_began_at=clock.now())
    return True


@transaction.atomic
def return_(*, paper: OperatingPolicy, reason: str, by: Actor, version: int | None = None) -> None:
    """差戻し: send the paper back with a reason and at least one remark."""
    stored = _seen(paper, version)
    workflow.check(Action.RETURN, stored.status)
    _owe_reason(reason, Action.RETURN)
    told = stored.remarks.filter(settled_at__isnull=True)
    if not told.exists():
        raise NotNow("差し戻すには、直してほしい箇所への指摘を1件以上書いてください。")
    told.filter(told_at__isnull=True).update(told_at=clock.now())
    _move(stored, Action.RETURN, by, reason=reason)


@transaction.atomic
def receive(*, paper: OperatingPolicy, by: Actor, version: int | None = None) -> None:
    """受理: the paper goes to the interview. Remarks that are left open stay with the office."""
    _move(_seen(paper, version), Action.RECEIVE, by, reason="")


@transaction.atomic
def finalise(*, paper: OperatingPolicy, by: Actor, version: int | None = None) -> None:
    """確定: the paper is settled for the year and open to the whole city hall."""
    _move(_seen(paper, version), Action.FINALISE, by, reason="")


@transaction.atomic
def reopen(*, paper: OperatingPolicy, reason: str, by: Actor, version: int | None = None) -> None:
    """Open the paper for revision, after the interview say, with a reason."""
    stored = _seen(paper, version)
    workflow.check(Action.REOPEN, stored.status)
    _owe_reason(reason, Action.REOPEN)
    _move(stored, Action.REOPEN, by, reason=reason)


@transaction.atomic
def make_remark(
    *,
    paper: OperatingPolicy,
    body: str,
    by: Actor,
    section: Section | None = None,
    goal: Goal | None = None,
) -> Remark:
    """Write a remark on the paper, on the answer to ``section`` or on ``goal``.

    The department sees it when the paper is returned, not before. The first one begins the review.
    The same remark sent twice is one.
    """
    stored = _stored(paper)
    if stored.status not in {Status.SUBMITTED, Status.RECEIVED}:
        raise NotNow("提出された運営方針書にだけ指摘を書けます。")
    remark, is_new = Remark.objects.get_or_create(
        paper=stored,
        response_to=section,
        goal=goal,
        body=body,
        made_by=by.person,
        told_at=None,
        settled_at=None,
        defaults={"made_at": clock.now()},
    )
    if not is_new:
        return remark
    begins = _begin(stored)
    now = clock.now()
    began = {"review_began_at": f"{format_short_date(now)}{format_time(now)}"} if begins else {}
    after = {"body": body, **began}
    audit.record("remark.make", by=by, label=str(remark), subject=stored, after=after)
    return remark


@transaction.atomic
def drop_remark(*, remark: Remark, by: Actor) -> None:
    """Take back a remark that the department has not seen yet."""
    dropped, _ = Remark.objects.filter(pk=remark.pk, told_at__isnull=True).delete()
    if not dropped:
        raise NotNow("この指摘は部に届いているため、取り消せません。")
    audit.record(
        "remark.drop", by=by, label=str(remark), subject=remark.paper, before={"body": remark.body}
    )


@transaction.atomic
def answer_remark(*, remark: Remark, answer: str, by: Actor, seen: str | None = None) -> None:
    """Write what the department did about a remark; Conflict where ``seen`` stands no longer."""
    stored = _stored(remark.paper)
    if not stored.is_writable:
        raise NotNow("いまは返事を書けません。")
    before = Remark.objects.values_list("answer", flat=True).get(pk=remark.pk)
    if answer == before:
        return
    if seen is not None and seen != before:
        raise Conflict("ほかの人が先に返事を書きました。両方を見て、保存し直してください。")
    Remark.objects.filter(pk=remark.pk).update(
        answer=answer, answered_by=by.user, answered_at=clock.now()
    )
    audit.record(
        "remark.answer",
        by=by,
        label=str(remark),
        subject=stored,
        before={"answer": before},
        after={"answer": answer},
    )


@transaction.atomic
def settle_remarks(*, remarks: Sequence[Remark], by: Actor) -> None:
    """The office is content with what was done about these remarks."""
    for remark in remarks:
        _refuse_while_written(remark)
        settled = Remark.objects.unsettled().filter(pk=remark.pk)
        if settled.update(settled_by=by.user, settled_at=clock.now()):
            audit.record("remark.settle", by=by, label=str(remark), subject=remark.paper)


@transaction.atomic
def ask_again(*, remark: Remark, by: Actor) -> None:
    """Take back that a remark is settled: the next return tells it again."""
    _refuse_while_written(remark)
    opened = Remark.objects.filter(pk=remark.pk, settled_at__isnull=False)
    if opened.update(settled_by=None, settled_at=None):
        audit.record("remark.ask-again", by=by, label=str(remark), subject=remark.paper)


def _refuse_while_written(remark: Remark) -> None:
    if _stored(remark.paper).is_writable:
        raise NotNow("部が直している間は、判定できません。提出された後に判定してください。")


def _seen(paper: OperatingPolicy, version: int | None) -> OperatingPolicy:
    """The locked row, if it is still the one that the person looked at (``version``)."""
    stored = _stored(paper)
    if version is not None and stored.version != version:
        raise Conflict("画面を開いた後に、ほかの人が先に操作しました。")
    return stored


def _stored(paper: OperatingPolicy) -> OperatingPolicy:
    """The row as it is now, locked; it carries the version that the person saw."""
    rows = OperatingPolicy.objects.select_for_update(of=("self",)).select_related("department")
    stored = rows.get(pk=paper.pk)
    if stored.status != paper.status:
        raise Conflict(
            f"ほかの人が先に操作しました。いまの状態は「{Status(stored.status).label}」です。"
        )
    return stored


def _move(paper: OperatingPolicy, action: Action, by: Actor, **values: object) -> None:
    before = {"status": paper.status}
    workflow.move(paper, action, **values)
    audit.record(
        f"paper.{action}",
        by=by,
        label=str(paper),
        subject=paper,
        before=before,
        after={"status": paper.status, "reason": values.get("reason", "")},
    )


def _owe_reason(reason: str, action: Action) -> None:
    if not reason.strip():
        raise NotNow(f"{action.label}理由を入力してください。")
