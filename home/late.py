"""Texts that came too late, on the home page of whoever wrote them."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from core.permissions import Permission
from departments.models import User
from departments.queries import may
from goals.late import texts_of
from home.tasks import Task


def tasks_of_late_texts(user: User) -> list[Task]:
    """To hand one's own texts over, or to drop them, before the handover is over. One query."""
    rows = texts_of(user) if may(user, Permission.LEAVE_TEXT) else []
    if not rows:
        return []
    last_days = [loss.until for _, loss in rows if loss]
    task = Task(
        title=f"書きかけの文を後任へ渡す（{len(rows)}件）",
        url=reverse("goals:own_texts"),
        verb="残っている文を見る",
        note="職が変わったため、保存できなかった文です",
        due_label="期限まで",
        is_whole_day=True,
    )
    if last_days:
        task.due = timezone.make_aware(dt.datetime.combine(min(last_days), dt.time()))
    return [task]
