"""When a paper may move: the table of transitions. ``docs/workflow.md`` is printed from here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model, TextChoices

from core.permissions import Permission


class Status(TextChoices):
    """状態 of a paper."""

    DRAFT = "draft", "作成中"
    SUBMITTED = "submitted", "提出済"
    RETURNED = "returned", "差戻し"
    RECEIVED = "received", "受理"
    FINALISED = "finalised", "確定"
    PUBLISHED = "published", "公表"


WRITABLE = frozenset({Status.DRAFT, Status.RETURNED})
"""The department writes."""
AT_OFFICE = frozenset(set(Status) - WRITABLE)
"""Handed in: the department does not write."""
SETTLED = frozenset({Status.FINALISED, Status.PUBLISHED})
"""Open to the whole city hall."""


class Action(TextChoices):
    """操作: what moves a paper."""

    SUBMIT = "submit", "提出する"
    WITHDRAW = "withdraw", "引き戻す"
    RETURN = "return", "差し戻す"
    RECEIVE = "receive", "受理する"
    FINALISE = "finalise", "確定する"
    REOPEN = "reopen", "修正のために戻す"
    PUBLISH = "publish", "公表する"


@dataclass(frozen=True)
class Transition:
    """One arrow: from which states, to which, who may, whether a reason is owed."""

    sources: frozenset[Status]
    target: Status
    permission: Permission
    needs_reason: bool = False


TRANSITIONS: Mapping[Action, Transition] = {
    Action.SUBMIT: Transition(WRITABLE, Status.SUBMITTED, Permission.SUBMIT_PAPER),
    Action.WITHDRAW: Transition(
        frozenset({Status.SUBMITTED}), Status.DRAFT, Permission.SUBMIT_PAPER
    ),
    Action.RETURN: Transition(
        frozenset({Status.SUBMITTED, Status.RECEIVED}),
        Status.RETURNED,
        Permission.REVIEW_PAPER,
        needs_reason=True,
    ),
    Action.RECEIVE: Transition(
        frozenset({Status.SUBMITTED}), Status.RECEIVED, Permission.REVIEW_PAPER
    ),
    Action.FINALISE: Transition(
        frozenset({Status.RECEIVED}), Status.FINALISED, Permission.FINALISE_PAPER
    ),
    Action.REOPEN: Transition(
        frozenset({Status.RECEIVED, Status.FINALISED}),
        Status.DRAFT,
        Permission.FINALISE_PAPER,
        needs_reason=True,
    ),
    Action.PUBLISH: Transition(
        frozenset({Status.FINALISED}), Status.PUBLISHED, Permission.FINALISE_PAPER
    ),
}


class NotNow(Exception):
    """The state does not allow the action; the message is a sentence for the person."""


OVERTAKEN = "ほかの人が先に変更しました。画面を開き直して、いまの内容を確かめてください。"


class Conflict(Exception):
    """Somebody else was quicker: the stored row is no longer what the person saw."""


def check(action: Action, status: str) -> Transition:
    """The transition of ``action`` from ``status``; NotNow with a sentence where there is none."""
    transition = TRANSITIONS[action]
    if status not in transition.sources:
        raise NotNow(
            f"いまの状態は「{Status(status).label}」のため、{action.label}ことはできません。"
        )
    return transition


def move(row: Model, action: Action, **values: object) -> None:
    """Move ``row`` (with ``status`` and ``version``) by one conditional UPDATE.

    ``values`` are further columns set with it. Raises NotNow where the state that the person saw
    does not allow it, and Conflict where the stored row is no longer that one.
    """
    transition = check(action, row.status)  # type: ignore[attr-defined]
    update_if_unchanged(row, status=str(transition.target), **values)


def update_if_unchanged(row: Model, **values: object) -> None:
    """UPDATE ``row`` where its stored version is still the one in hand; else Conflict.

    The only way in which a versioned row is written (a check in Python loses texts on
    PostgreSQL, where two transactions read the same version).
    """
    version: int = row.version  # type: ignore[attr-defined]
    changed = (
        type(row)
        ._default_manager.filter(pk=row.pk, version=version)
        .update(version=version + 1, **values)
    )
    if not changed:
        raise Conflict(OVERTAKEN)
    for name, value in {**values, "version": version + 1}.items():
        setattr(row, name, value)
