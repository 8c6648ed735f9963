"""What the policy office has to do about the mayor's texts of a year."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from core.years import format_year
from home.tasks import Task
from policies.models import Cycle, Manuscript
from policies.queries.alignments import unconfirmed
from policies.queries.manuscripts import document_of

BASIC = Manuscript.Kind.BASIC


def tasks_of_documents(year: int, settings: Cycle | None) -> list[Task]:
    """Taking in, showing, issuing, amending; then laying this year's items beside last year's."""
    manuscripts = list(Manuscript.objects.filter(year=year).defer("source_text", "base"))
    tasks = [_unfinished(manuscript) for manuscript in manuscripts if manuscript.is_changed]
    policy = document_of(BASIC, year)
    has_basic = any(manuscript.kind == BASIC for manuscript in manuscripts)
    if policy is None and not has_basic:
        tasks.append(_to_take_in(year))
    elif policy is not None and not policy.is_issued and not tasks:
        tasks.append(_to_issue(year))
    if settings:
        for task in tasks:
            _until(task, settings.policy_due)
    if policy is not None and (count := unconfirmed(year)):
        tasks.append(_to_align(year, count))
    return tasks


def _unfinished(manuscript: Manuscript) -> Task:
    return Task(
        title=f"{manuscript}を確かめる",
        url=reverse("policies:manuscript", args=[manuscript.year, manuscript.kind]),
        verb="原稿を開く",
        state_note=f"{len(manuscript.edits)}か所を直し、庁内にはまだ見せていません",
    )


def _to_take_in(year: int) -> Task:
    return Task(
        title=f"{format_year(year)}の市政運営の基本方針を取り込む",
        url=reverse("policies:intake"),
        verb="取り込む",
    )


def _to_issue(year: int) -> Task:
    return Task(
        title=f"{format_year(year)}の市政運営の基本方針を発出する",
        url=reverse("policies:issue", args=[year, BASIC]),
        verb="確かめて発出へ進む",
        state_note="庁内には案として見せています",
    )


def _to_align(year: int, count: int) -> Task:
    return Task(
        title="基本方針の項と昨年度の項との対応を確かめる",
        url=reverse("policies:alignment", args=[year]),
        verb="対応を見る",
        state_note=f"確かめていない項が{count}項あります",
    )


def _until(task: Task, day: dt.date) -> None:
    midnight = dt.datetime.combine(day, dt.time())
    task.due = timezone.make_aware(midnight)
    task.due_label = "発出の日まで"
    task.is_whole_day = True
