"""署名 on the home page: what another head of the department has handed in."""

from collections.abc import Iterable

from django.urls import reverse

from core.permissions import Permission
from core.years import format_year
from departments.heads import heads_by_department
from departments.models import User
from departments.queries import may
from goals.models import OperatingPolicy
from goals.signatures import SIGNABLE, to_sign
from home.tasks import Task


def tasks_of_signing(user: User, papers: Iterable[OperatingPolicy]) -> list[Task]:
    """A task for each of ``papers`` at the office that ``user`` has yet to sign."""
    waiting = [
        paper
        for paper in papers
        if paper.status in SIGNABLE
        and may(user, Permission.SIGN_PAPER, paper.target, year=paper.year)
    ]
    heads = heads_by_department(waiting[0].year) if waiting else {}
    return [
        Task(
            title=f"{paper.department.name}の運営方針書を確かめて署名する",
            url=reverse("goals:paper", args=[paper.year, paper.department.code])
            + f"#sign-{head.pk}",
            verb="確かめて署名する",
            status=paper.state,
            status_label=paper.state_label,
            note=f"{format_year(paper.year)}　第{paper.submissions}版　{head.title}として",
        )
        for paper in waiting
        for head in to_sign(user, paper, heads.get(paper.department_id, []))
    ]
