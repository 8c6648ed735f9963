"""The city around the papers: who works where, the plans, the mayor's policies, the interviews."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from core import clock
from core.audit import Actor
from departments.models import Appointment, Charge, Department, Division, User
from exchange.seed.reading import moment
from interviews.actions import Booking, schedule
from policies.models import Cycle, Measure, Plan

Rows = Sequence[Mapping[str, Any]]

FIRST_DAY = dt.date(2021, 4, 1)
"""On which everybody took up a post, unless the data say otherwise."""
NOTICE = dt.timedelta(days=8)
"""How long before its first day a post is announced, unless the data say otherwise."""
POLICY_OFFICE = "1011"


def lay_departments(rows: Rows) -> None:
    """Departments with their divisions and successors."""
    Department.objects.bulk_create(
        Department(
            code=row["code"],
            name=row["name"],
            kana=row["kana"],
            first_year=row["first_year"],
            last_year=row.get("last_year"),
            order=order,
        )
        for order, row in enumerate(rows, 1)
    )
    departments = {department.code: department for department in Department.objects.all()}
    Division.objects.bulk_create(
        Division(
            department=departments[row["code"]],
            code=f"{row['code']}-{code}",
            name=name,
            first_year=row["first_year"],
            last_year=row.get("last_year"),
            order=order,
        )
        for row in rows
        for order, (code, name) in enumerate(row["divisions"], 1)
    )
    for row in rows:
        successors = [departments[code] for code in row.get("successors", ())]
        departments[row["code"]].successors.set(successors)
        for former in row.get("former", ()):
            _lay_former(former, departments[row["code"]])


def _lay_former(row: Mapping[str, Any], department: Department) -> None:
    """A division that ended before its department did, and those that took over from it."""
    division = Division.objects.create(
        department=department,
        code=f"{department.code}-{row['code']}",
        name=row["name"],
        first_year=department.first_year,
        last_year=row["last_year"],
        order=department.divisions.count() + 1,
    )
    codes = [place.replace("/", "-") for place in row["successors"]]
    division.successors.set(Division.objects.filter(code__in=codes))


def lay_people(rows: Rows) -> None:
    """People and their posts; all share one password, which is hashed once, always alike."""
    password = make_password(settings.DEMO_PASSWORD, salt="kokubunji-demo")
    User.objects.bulk_create(
        User(
            username=row["no"],
            name=row["name"],
            kana=row["kana"],
            email=f"{row['no']}@kokubunji.example",
            password=password,
        )
        for row in rows
    )
    people = {user.username: user for user in User.objects.all()}
    divisions = divisions_by_place()
    departments = {department.code: department for department in Department.objects.all()}
    appointments = []
    for row in rows:
        for post in row["posts"]:
            division = divisions.get(post.get("division", ""))
            code = post.get("department", division.department.code if division else "")
            starts_on = post.get("starts", FIRST_DAY)
            stands_in = people.get(post.get("standing_in_for", ""))
            appointment = Appointment(
                user=people[row["no"]],
                post=post["post"],
                title=post["title"],
                department=departments.get(code),
                division=division,
                starts_on=starts_on,
                announced_on=post.get("announced", starts_on - NOTICE),
                ends_on=post.get("ends"),
                end_announced_on=post.get("end_announced"),
                standing_in_for=stands_in,
            )
            appointment.full_clean(exclude=["user", "department", "division", "standing_in_for"])
            appointments.append(appointment)
    Appointment.objects.bulk_create(appointments)


def divisions_by_place() -> dict[str, Division]:
    """Divisions by what the data call them: ``somu/bosai``."""
    rows = Division.objects.select_related("department")
    return {division.code.replace("-", "/", 1): division for division in rows}


def lay_plans(rows: Rows) -> None:
    """Plans and their measures, each with its lead division."""
    divisions = divisions_by_place()
    for order, row in enumerate(rows, 1):
        plan = Plan.objects.create(
            name=row["name"],
            short_name=row.get("short_name", ""),
            first_year=row["first_year"],
            last_year=row["last_year"],
            order=order,
        )
        for place, (code, name, lead, sdgs) in enumerate(row["measures"], 1):
            measure = Measure.objects.create(
                plan=plan,
                code=code,
                name=name,
                order=place,
                first_year=plan.first_year,
                lead_division=divisions[lead],
            )
            measure.sdgs.set(sdgs)


def lay_cycles(rows: Rows) -> None:
    """The settings of each year."""
    Cycle.objects.bulk_create(
        Cycle(
            year=row["year"],
            policy_due=row["policy_due"],
            submission_due=moment(row["submission_due"]),
        )
        for row in rows
    )


def lay_charges(rows: Rows) -> None:
    """Who answers for which department, and for which division by exception."""
    people = {user.username: user for user in User.objects.all()}
    departments = {department.code: department for department in Department.objects.all()}
    divisions = divisions_by_place()
    for row in rows:
        whole = [(departments[code], None) for code in row["departments"]]
        parts = [(divisions[place].department, divisions[place]) for place in row["divisions"]]
        Charge.objects.bulk_create(
            Charge(
                year=row["year"],
                interviewer=people[row["interviewer"]],
                department=department,
                division=division,
            )
            for department, division in [*whole, *parts]
        )


def lay_interviews(rows: Rows) -> None:
    """The interviews that the secretaries have entered so far."""
    people = {user.username: user for user in User.objects.all()}
    departments = {department.code: department for department in Department.objects.all()}
    for row in rows:
        booking = Booking(
            starts_at=moment(row["starts_at"]),
            ends_at=moment(row["ends_at"]),
            room=row["room"],
            interviewers=[people[number] for number in row["interviewers"]],
            attendees=[people[number] for number in row["attendees"]],
        )
        with clock.at(moment(row["entered_at"])):
            schedule(
                year=row["year"],
                department=departments[row["department"]],
                booking=booking,
                by=Actor(user=people[row["entered_by"]]),
            )
