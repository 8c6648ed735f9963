"""A form that arrives after its writer's post has ended: which post it was, and what it says."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.urls import ResolverMatch
from django.utils.timezone import localtime

from core import clock
from core.permissions import Hidden, Holding, Permission, Target, scopes_of
from core.text import normalise
from core.years import fiscal_year
from departments.models import User
from departments.queries import deciding_day, ended, known_appointments, may
from goals.actions.goals import record_of
from goals.actions.writing import LINKS, plain
from goals.forms.goals import GoalForm, typed_indicator_rows
from goals.forms.papers import BasicsForm, ProjectsForm, RemarkAnswerForm, ResponseForm
from goals.models import Goal, KeptText, OperatingPolicy
from goals.projects import undertakings
from goals.queries import goal_on, goals_of, once_owed_section, told_remark
from goals.sheets import BASICS
from goals.trail import changes
from policies.differences import Difference

LONGEST = 60_000
"""Characters of a whole form; the longest legal one has about 15,000."""
TOO_LONG = "送られた内容が長すぎるため、預かれませんでした。"
NOT_TEXT = {"version", "newer", "key", "seen"}
Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Loss:
    """A post by which somebody wrote on a paper until lately, and its last day."""

    last_day: dt.date
    holding: Holding
    paper: OperatingPolicy

    @property
    def reason(self) -> str:
        """4月1日から健康部長ではなくなったため."""
        day = self.last_day + dt.timedelta(days=1)
        verb = "なくなった" if self.holding.is_over else "なくなる"
        return f"{day.month}月{day.day}日から{self.holding.title}では{verb}ため"

    @property
    def until(self) -> dt.date:
        """The last day on which the text can be handed over."""
        return self.last_day + dt.timedelta(days=settings.HANDOVER_DAYS)


@dataclass(frozen=True)
class Typed:
    """What a form says about one part of a paper."""

    part: str
    label: str
    content: dict[str, Any]
    """In words, by field, to be read."""
    fields: Fields
    """As sent, to be put into the form again."""
    problems: tuple[str, ...] = ()
    """What is longer than the form allows: such a form is shown, and not kept."""

    @property
    def is_blank(self) -> bool:
        return not any(self.content.values())


def lost(user: User, year: int) -> list[tuple[dt.date, Holding]]:
    """The posts by which ``user`` wrote papers of ``year`` until lately, the last one first.

    Ended; or, for the year to come, known since the announcement to end before it.
    """
    rows = ended(user, clock.today(), before=deciding_day(year))
    near = [pair for pair in rows if abs(year - fiscal_year(pair[0])) <= 1]
    return sorted(near, key=lambda pair: pair[0], reverse=True)


def loss_of(
    user: User, permission: Permission, paper: OperatingPolicy, target: Target
) -> Loss | None:
    """The lost post that would have allowed ``permission`` on ``target``; None if one does now."""
    if may(user, permission, target, year=paper.year):
        return None
    return _last(user, permission, paper, target)


def _last(
    user: User, permission: Permission, paper: OperatingPolicy, target: Target
) -> Loss | None:
    for last_day, holding in lost(user, paper.year):
        if scopes_of(holding, permission, target):
            return Loss(last_day, holding, paper)
    return None


def loss_behind(user: User, match: ResolverMatch) -> Loss | None:
    """The lost post behind a form that was refused; None where it is refused for another reason."""
    if not user.is_authenticated or not user.is_active:
        return None
    kwargs = match.kwargs
    rows = OperatingPolicy.objects.for_page()
    paper = rows.filter(year=kwargs["year"], department__code=kwargs["code"]).first()
    permission = getattr(match.func, "to_post", None) or getattr(match.func, "permission", None)
    if paper is None or permission is None or not lost(user, paper.year):
        return None
    try:
        loss = loss_of(user, permission, paper, _target(paper, match))
        return loss if loss and _has_seen(user, loss, match) else None
    except Hidden:
        return None


def _has_seen(user: User, loss: Loss, match: ResolverMatch) -> bool:
    """Whether what is answered was told before the post was lost: no later remark shows a word."""
    if match.url_name != "answer":
        return True
    told_at = told_remark(loss.paper, match.kwargs["pk"]).told_at
    return told_at is not None and localtime(told_at).date() <= _last_reading(user, loss)


def _last_reading(user: User, loss: Loss) -> dt.date:
    """The last day on which the lost post read the paper: its own, or the one before it was told
    that it ends, where it ends before the year of the paper."""
    rows = known_appointments(user)
    row = next(row for row in rows if row.pk == loss.holding.appointment_id)
    told = row.end_announced_on or loss.last_day
    before = told - dt.timedelta(days=1)
    is_ahead = loss.paper.year > fiscal_year(loss.last_day)
    return before if is_ahead else max(loss.last_day, before)


def _target(paper: OperatingPolicy, match: ResolverMatch) -> Target:
    """The paper, or the goal that the address names or whose remark it names."""
    pk = match.kwargs.get("pk")
    goal: Goal | None = None
    if pk and str(match.url_name).startswith("goal_"):
        goal = goal_on(paper, pk)
    if pk and match.url_name == "answer":
        goal = told_remark(paper, pk).goal
    if goal is None:
        return paper.target
    goal.paper = paper
    return goal.target


# What was typed


def typed_on(paper: OperatingPolicy, match: ResolverMatch, data: QueryDict) -> Typed | None:
    """What the form says; None for a form in which nothing is typed. Raises Hidden."""
    read = READERS.get(str(match.url_name))
    if read is None:
        return None
    typed = read(paper, match.kwargs, data)
    if len(json.dumps([plain(typed.content), typed.fields], ensure_ascii=False)) > LONGEST:
        return Typed(typed.part, typed.label, typed.content, typed.fields, (TOO_LONG,))
    return typed


def _response(paper: OperatingPolicy, kwargs: Mapping[str, Any], data: QueryDict) -> Typed:
    section = once_owed_section(paper, kwargs["path"])
    form = ResponseForm(data)
    return Typed(
        part=f"response/{section.path}",
        label=f"{section.number} 部の方針",
        content=_content(form, ("body", "is_not_applicable")),
        fields=_sent([form], data),
        problems=_too_long([form]),
    )


def _basics(paper: OperatingPolicy, kwargs: Mapping[str, Any], data: QueryDict) -> Typed:
    form = BasicsForm(data, instance=OperatingPolicy())
    return Typed(
        part="basics",
        label="部の使命・現状・資源",
        content=_content(form, BASICS),
        fields=_sent([form], data),
        problems=_too_long([form]),
    )


def _goal(paper: OperatingPolicy, kwargs: Mapping[str, Any], data: QueryDict) -> Typed:
    goal = goal_on(paper, kwargs["pk"]) if "pk" in kwargs else None
    form = GoalForm(data, paper=paper, instance=goal)
    rows = typed_indicator_rows(data)
    names = [name for name in form.fields if name not in NOT_TEXT]
    indicators = [_content(row, row.fields) for row in rows.forms]
    filled = [row for row in indicators if any(row[name] for name in row if name != "kind")]
    content = record_of(_content(form, names), filled)
    sent = {name: values for name, values in data.lists() if name.startswith("indicators-")}
    return Typed(
        part=f"goal/{goal.pk}" if goal else _new_part(data),
        label=f"目標「{content['title']}」",
        content=content if goal or _is_written(content) else {},
        fields=_sent([form], data) | sent,
        problems=_too_long([form, *rows.forms]),
    )


def _new_part(data: QueryDict) -> str:
    """Two forms of new goals are two texts: each has its own key."""
    try:
        return f"goal/new/{UUID(data.get('key', ''))}"
    except ValueError:
        return "goal/new"


def _is_written(content: Mapping[str, Any]) -> bool:
    """Whether a new goal says more than what an empty form says by itself."""
    return any(value for name, value in content.items() if name not in {"kind", "due_on"})


def _remark(paper: OperatingPolicy, kwargs: Mapping[str, Any], data: QueryDict) -> Typed:
    remark = told_remark(paper, kwargs["pk"])
    form = RemarkAnswerForm.of(remark, data)
    return Typed(
        part=f"remark/{remark.pk}",
        label=f"指摘「{remark}」への返事",
        content=_content(form, ("answer",)),
        fields=_sent([form], data),
        problems=_too_long([form]),
    )


def _projects(paper: OperatingPolicy, kwargs: Mapping[str, Any], data: QueryDict) -> Typed:
    form = ProjectsForm(data, rows=undertakings(paper, goals_of(paper)))
    chosen = form.cleaned_data.get("projects", ()) if form.is_valid() else ()
    return Typed(
        part="projects",
        label="施政方針の事業",
        content={"projects": [project.name for project in chosen]},
        fields=_sent([form], data),
    )


READERS: Mapping[str, Callable[[OperatingPolicy, Mapping[str, Any], QueryDict], Typed]] = {
    "response": _response,
    "basics": _basics,
    "goal_new": _goal,
    "goal_edit": _goal,
    "answer": _remark,
    "projects": _projects,
}
"""The forms in which something is typed, by the name of their address."""


def _content(form: forms.BaseForm, names: Iterable[str]) -> dict[str, Any]:
    """The fields as the form reads them; where it cannot, as they were typed."""
    form.is_valid()
    read = getattr(form, "cleaned_data", {})
    return {
        name: plain_links(name, read[name]) if name in read else _as_typed(form, name)
        for name in names
        if name != "DELETE"
    }


def plain_links(name: str, value: Any) -> Any:
    return list(value) if name in LINKS else value


def _as_typed(form: forms.BaseForm, name: str) -> Any:
    if name in LINKS:
        return []
    value = form[name].data
    return normalise(value) if isinstance(value, str) else value


def _sent(of: Iterable[forms.BaseForm], data: QueryDict) -> Fields:
    names = {name for form in of for name in form.fields}
    return {name: values for name, values in data.lists() if name in names}


def _too_long(of: Iterable[forms.BaseForm]) -> tuple[str, ...]:
    """A sentence for each field that is longer than it may be."""
    return tuple(
        f"{form.fields[name].label}：{''.join(error.messages)}"
        for form in of
        for name, errors in form.errors.as_data().items()
        for error in errors
        if error.code == "max_length"
    )


# What is kept


def words(content: Mapping[str, Any]) -> list[Difference]:
    """What was typed, field by field; a box that was not ticked says nothing."""
    return changes({}, {name: value for name, value in content.items() if value is not False})


def texts_of(user: User) -> list[tuple[KeptText, Loss | None]]:
    """What ``user`` typed too late and has handed to nobody, and why, the newest first.

    Only while the handover goes on: fetching is authorising.
    """
    rows = KeptText.objects.filter(
        written_by=user, reason=KeptText.Reason.LATE, shared_at__isnull=True
    )
    return [
        (row, _last(user, Permission.LEAVE_TEXT, row.paper, row.paper.target))
        for row in rows.select_related("paper__department")
        if may(user, Permission.LEAVE_TEXT, row.paper.target, year=row.paper.year)
    ]


def sent_again(kept: KeptText, **now: object) -> QueryDict:
    """The form of a kept text, based on what is stored ``now``."""
    data = QueryDict(mutable=True)
    for name, values in kept.typed.items():
        data.setlist(name, values)
    data.pop("newer", None)
    data.update({name: str(value) for name, value in now.items()})
    for name, value in now.items():
        data.setlist(name, [str(value)])
    return data
