"""What a 課長 writes: the goals of his divisions, on his home page."""

from core.years import format_year
from departments.models import User
from goals.models import OperatingPolicy
from goals.queries import sheet
from goals.reach import Reach, written_by
from goals.sheets import lacks
from home.tasks import Figure, Task


def describe_goals(task: Task, user: User, paper: OperatingPolicy, reached: Reach) -> None:
    """His goals, what they lack, and the remarks on them that wait for his answer."""
    content = sheet(paper)
    keys = written_by(user, content.goals)
    own = [goal for goal in content.goals if goal.pk in keys]
    owed = sum(len(lacks(goal)) for goal in own)
    told = [r for r in content.remarks if r.told_at and not r.settled_at and not r.answer]
    asked = [remark for remark in told if remark.goal_id in keys]
    task.title = f"{reached.names}の組織目標を{'直す' if asked else '書く'}"
    task.note = f"{format_year(paper.year)} {paper.department.name}の運営方針"
    task.verb = "続きを書く" if own else "書き始める"
    if asked:
        task.verb = "指摘を見て直す"
        task.hint = f"返事をしていない指摘が{len(asked)}件あります"
    elif own and not owed:
        task.title = f"{reached.names}の組織目標を確かめる"
        task.verb = "目標を見る"
        task.hint = "すべて記入済みです"
    task.counts = [
        Figure("組織目標", str(len(own)), "件"),
        Figure("未記入の箇所", str(owed), "か所"),
        Figure("返事のない指摘", str(len(asked)), "件"),
    ]
