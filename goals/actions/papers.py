"""The paper itself: laying it out, its own fields, the answers to the mayor's text."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from core import audit
from core.audit import Actor
from core.workflow import Conflict, NotNow, update_if_unchanged
from departments.models import Department
from goals.actions.writing import expect, keeping, lock, touch, written
from goals.models import OperatingPolicy, Response
from goals.queries import departments_without_paper, goals_of, is_owed
from policies.models import Cycle, Project, Section
from policies.queries.editions import amendments_in


@transaction.atomic
def open_year(*, year: int, by: Actor) -> list[Department]:
    """Lay out an empty paper for each department of ``year`` that has none."""
    list(Cycle.objects.select_for_update().filter(pk=year))  # one person at a time
    missing = list(departments_without_paper(year))
    seen = amendments_in(year).number
    OperatingPolicy.objects.bulk_create(
        [
            OperatingPolicy(year=year, department=department, edition_seen=seen)
            for department in missing
        ],
        ignore_conflicts=True,
    )
    if missing:
        names = [department.name for department in missing]
        audit.record("year.open", by=by, label=f"{year}年度", after={"departments": names})
    return missing


def save_basics(
    *, paper: OperatingPolicy, version: int, values: Mapping[str, Any], by: Actor
) -> OperatingPolicy:
    """Save mission, situation, analysis, pioneering work and resources."""
    with keeping(paper, "basics", "部の使命・現状・資源", values, by):
        stored = lock(paper)
        before, after = audit.changes(stored, values)
        if after:
            expect(stored, version)
            update_if_unchanged(stored, **values, **written(by))
            touch(stored, by)
            audit.record(
                "basics.save", by=by, label=str(stored), subject=stored, before=before, after=after
            )
    return stored


def save_response(
    *,
    paper: OperatingPolicy,
    section: Section,
    version: int,
    body: str,
    is_not_applicable: bool,
    by: Actor,
) -> Response:
    """Save what the department says to ``section``; version 0 where nothing was written before.

    Conflict, too, where the section asks for no answer any more.
    """
    values = {"body": body, "is_not_applicable": is_not_applicable}
    label = f"{section.number} 部の方針"
    with keeping(paper, f"response/{section.path}", label, values, by):
        stored = lock(paper)
        _check_asked(section)
        response, _ = Response.objects.get_or_create(
            paper=stored, section=section, defaults={"version": 0}
        )
        before, after = audit.changes(response, values)
        if after:
            expect(response, version)
            update_if_unchanged(response, **values, **written(by))
            touch(stored, by)
            audit.record(
                "response.save", by=by, label=label, subject=stored, before=before, after=after
            )
    return response


def save_projects(
    *,
    paper: OperatingPolicy,
    seen: Collection[int],
    chosen: Collection[Project],
    by: Actor,
) -> OperatingPolicy:
    """Save which projects of the mayor's speech the department carries out.

    ``seen`` are the keys of those that were ticked when the person opened the page: what is
    ticked and unticked since then is done to what is stored, so that two people who choose at
    once both have their way. NotNow where a goal carries what is unticked.
    """
    with transaction.atomic():
        stored = lock(paper)
        before = {project.pk: project for project in stored.projects.all()}
        ticked = {project.pk: project for project in chosen if project.pk not in seen}
        unticked = set(seen) - {project.pk for project in chosen}
        _check_carried(stored, unticked & set(before))
        after = {pk: row for pk, row in {**before, **ticked}.items() if pk not in unticked}
        if set(after) != set(before):
            stored.projects.set(after.values())
            touch(stored, by)
            audit.record(
                "projects.save",
                by=by,
                label=str(stored),
                subject=stored,
                before={"projects": _names(before.values())},
                after={"projects": _names(after.values())},
            )
    return stored


def _names(projects: Iterable[Project]) -> list[str]:
    return [row.name for row in sorted(projects, key=lambda row: row.place)]


def _check_carried(paper: OperatingPolicy, pks: set[int]) -> None:
    rows = goals_of(paper).filter(projects__in=pks).values_list("title", flat=True)
    if title := rows.first():
        raise NotNow(
            f"目標「{title}」が担う事業は外せません。先に、目標から事業の結び付きを外してください。"
        )


def _check_asked(section: Section) -> None:
    """Conflict, so that what was typed is kept, where an amendment has taken the item away."""
    if not is_owed(section):
        raise Conflict(
            f"{section.number}は、基本方針が変わったため、回答を求めない項になりました。"
            "書いた文は「残っている文」に残してあります。"
        )
