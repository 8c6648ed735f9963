"""What a command names: a year, a department, a person, a day, a layout. CommandError otherwise."""

import datetime as dt
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Q
from django.utils import timezone

from core.years import DateProblem, format_date, format_year, parse_date, parse_year
from departments.models import User
from goals.models import OperatingPolicy
from interviews.models import Interview
from packets.layout import WORDS, Layout
from packets.orders import Kind, Order


def refuse(sentence: str) -> CommandError:
    """What ends a command that cannot do what it was asked for."""
    return CommandError(sentence, returncode=2)


def find_year(text: str) -> int:
    """令和5年度, R5年度 or 2023."""
    try:
        return parse_year(text)
    except DateProblem as problem:
        raise refuse(str(problem)) from None


def find_day(text: str) -> dt.date:
    """令和5年4月6日, R5.4.6 or 2023-04-06."""
    try:
        return parse_date(text)
    except DateProblem as problem:
        raise refuse(str(problem)) from None


def find_layout(code: str) -> Layout:
    """Names of choices, with spaces between."""
    try:
        return Layout.parse(code)
    except ValueError:
        names = "、".join(f"{name}（{words}）" for name, words in WORDS.items())
        raise refuse(f"体裁「{code}」は選べません。選べる体裁：{names}") from None


def papers_of_year(year: int) -> list[OperatingPolicy]:
    """All papers of a year, in the order of the departments."""
    papers = OperatingPolicy.objects.for_page().of_year(year).order_by("department__order", "pk")
    if not papers:
        raise refuse(f"{format_year(year)}の運営方針はありません。")
    return [
        paper
        for paper in papers
        if paper.state != "untouched" or paper.department.is_valid_in(year)
    ]


def find_paper(year: int, department: str) -> OperatingPolicy:
    """The paper of a department, by its name or code."""
    papers = papers_of_year(year)
    for paper in papers:
        if department in (paper.department.name, paper.department.code):
            return paper
    names = "、".join(paper.department.name for paper in papers)
    raise refuse(f"{format_year(year)}に「{department}」の運営方針はありません。選べる部：{names}")


def find_interviewer(text: str) -> User:
    """By staff number, or by name with or without its space."""
    name = "".join(text.split())
    found = [
        user
        for user in User.objects.filter(interviews_held__isnull=False).distinct()
        if text == user.username or name == "".join(user.name.split())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = "、".join(user.username for user in found)
        raise refuse(f"「{text}」は{len(found)}人います。職員番号で指定してください：{numbers}")
    raise refuse(f"面談者「{text}」は見つかりません。氏名又は職員番号で指定してください。")


def order_of_day(year: int, interviewer: str, day: str, layout: Layout) -> tuple[Order, list[Any]]:
    """The order, and the papers of the interviews of that day, in their order."""
    user, date = find_interviewer(interviewer), find_day(day)
    papers = {paper.department_id: paper for paper in papers_of_year(year)}
    held = Interview.objects.for_page().filter(Q(year=year), interviewers=user)
    departments = [
        interview.department_id
        for interview in held
        if timezone.localdate(interview.starts_at) == date
    ]
    if not departments:
        raise refuse(f"{format_date(date)}に、{user.name}の面談はありません。")
    shown = [papers[pk] for pk in dict.fromkeys(departments) if pk in papers]
    return Order(Kind.DAY, year, interviewer=user, day=date, layout=layout), shown
