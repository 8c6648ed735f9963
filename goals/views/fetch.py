"""Fetching is authorising: nobody holds a paper, or writes a goal, that they may not use."""

from django.http import HttpRequest

from core.permissions import Hidden, Permission, Refused
from departments.access import actor_of
from departments.queries import authority
from goals.models import Goal, OperatingPolicy, Remark
from goals.queries import goal_on, paper_for, told_remark


def fetch_paper(request: HttpRequest, year: int, code: str) -> OperatingPolicy:
    """The paper, if the person may do on it what the view declared; else Hidden (404).

    ``request.actor`` becomes the person in the post that allowed it.
    """
    paper, holding = paper_for(request.user, request.permission, year, code)
    request.actor = actor_of(request, holding)
    return paper


def fetch_goal(request: HttpRequest, paper: OperatingPolicy, pk: int) -> Goal:
    """A goal of ``paper``, if the person may do on it what the view declared.

    Else Hidden: another division's goal is to a chief as one that is not there.
    """
    goal = goal_on(paper, pk)
    try:
        act_on_goal(request, goal)
    except Refused:
        raise Hidden("この目標はありません。") from None
    return goal


def act_on_goal(request: HttpRequest, goal: Goal) -> None:
    """``request.actor`` becomes the person in the post by which ``goal``, as led, is theirs.

    Raises Refused where there is none.
    """
    year = goal.paper.year
    holding = authority(request.user, request.permission, goal.target, year=year)
    request.actor = actor_of(request, holding)


def fetch_remark(request: HttpRequest, paper: OperatingPolicy, pk: int) -> Remark:
    """A remark that the person may answer: on a goal, as the goal is led; else as the paper."""
    remark = told_remark(paper, pk)
    if remark.goal:
        remark.goal.paper = paper
    asked = (
        (Permission.WRITE_GOAL, remark.goal.target)
        if remark.goal
        else (Permission.WRITE_PAPER, paper.target)
    )
    try:
        holding = authority(request.user, *asked, year=paper.year)
    except Refused:
        raise Hidden("この指摘はありません。") from None
    request.actor = actor_of(request, holding)
    return remark
