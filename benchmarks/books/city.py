"""A city of as many departments as are wanted, laid straight into an empty database.

The mayor's texts are those of the demo city, taken in by the real parser. Departments and people
are invented; what they answer, and their goals, are the demo city's invented texts dealt out anew,
so that no two departments say the same and all say as much as a real one does.
"""

import datetime as dt
import itertools
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

YEAR = 2023
GOALS = (4, 2, 3, 1, 5)
"""How many a department has, this year and last; dealt out in turn."""
JST = dt.timezone(dt.timedelta(hours=9))
NAMES = """
企画 総務 市民 税務 環境 健康 福祉 子ども 文化 産業 都市整備 建設 公園 上下水道 防災 会計 学校教育
生涯学習 議会 監査
"""
PLACES = ("企画課", "管理課", "事業課", "相談課")
SURNAMES = "青柳 磯部 植草 榎本 小笠原 片桐 菊池 楠 毛塚 近衛 榊 篠塚 杉浦 瀬川 相馬 髙梨 千葉 塚本"
GIVEN = "明子 一郎 恵 圭介 さくら 淳 誠 千晴 直樹 望 春香 悠斗 美和 康平 由紀 蓮"
INTERVIEWERS = (("mayor", "市長"), ("deputy_mayor", "副市長"), ("superintendent", "教育長"))


def lay(departments: int) -> None:
    """The city of this year and last, with the mayor's texts, plans, papers and interviews."""
    from exchange.seed import documents, speech
    from exchange.seed.reading import read
    from policies.models import Cycle

    _lay_people(departments)
    _lay_measures()
    settings = read("city.toml")
    Cycle.objects.bulk_create(
        Cycle(year=row["year"], policy_due=row["policy_due"], submission_due=_at(row["policy_due"]))
        for row in settings["cycles"]
    )
    for policy in settings["policies"]:
        documents.lay_policy(policy)
    for row in read("speech.toml")["speeches"]:
        speech.lay_speech(row)
    for year in (YEAR - 1, YEAR):
        _lay_papers(year)
    _lay_interviews()


def _at(day: dt.date, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=JST)


# ---- departments and people ------------------------------------------------------------------


def _name(number: int) -> str:
    """企画部, … and from the twenty-first on 第2企画部."""
    names = NAMES.split()
    round_, place = divmod(number, len(names))
    return f"{f'第{round_ + 1}' if round_ else ''}{names[place]}部"


def _lay_people(count: int) -> None:
    from departments.models import Appointment, Charge, Department, Division, User

    departments = Department.objects.bulk_create(
        Department(code=f"d{n:03}", name=_name(n), kana="ぶ", first_year=2015, order=n)
        for n in range(count)
    )
    Division.objects.bulk_create(
        Division(
            department=one, code=f"{one.code}-{n}", name=f"{one.name[:-1]}{name}", first_year=2015
        )
        for one in departments
        for n, name in enumerate(PLACES)
    )
    names = (f"{one} {other}" for one, other in itertools.product(SURNAMES.split(), GIVEN.split()))
    users = User.objects.bulk_create(
        User(username=f"{n}", name=name, kana="しめい")
        for n, name in zip(range(1000, 1020 + count), names, strict=False)
    )
    Appointment.objects.bulk_create(_appointments(users, departments))
    Charge.objects.bulk_create(
        Charge(year=year, interviewer=users[1 + n % 2], department=one)
        for year in (YEAR - 1, YEAR)
        for n, one in enumerate(departments)
    )


def _appointments(users: Sequence[Any], departments: Sequence[Any]) -> Iterator[Any]:
    """The interviewers come first, the office is the twelfth, heads begin with the twenty-first."""
    from departments.models import Appointment

    held: list[tuple[Any, str, str, Any]] = [
        (users[n], post, title, None) for n, (post, title) in enumerate(INTERVIEWERS)
    ]
    held.append((users[11], "policy_office", "政策経営課長", None))
    held += [
        (user, "head", f"{one.name}長", one)
        for user, one in zip(users[20:], departments, strict=False)
    ]
    for user, post, title, department in held:
        yield Appointment(
            user=user,
            post=post,
            title=title,
            department=department,
            starts_on=dt.date(2021, 4, 1),
            announced_on=dt.date(2021, 3, 24),
        )


def _lay_measures() -> None:
    from exchange.seed.reading import read
    from policies.models import Measure, Plan

    for row in read("plans.toml")["plans"]:
        plan = Plan.objects.create(
            name=row["name"], first_year=row["first_year"], last_year=row["last_year"]
        )
        Measure.objects.bulk_create(
            Measure(plan=plan, code=code, name=name, first_year=plan.first_year)
            for code, name, _lead, _sdgs in row["measures"]
        )


# ---- what the papers say -----------------------------------------------------------------------


@cache
def _told(year: int) -> list[dict[str, Any]]:
    """The papers of the demo city."""
    folder = Path(__file__).resolve().parents[2] / "exchange" / "demo" / str(year)
    return [tomllib.loads(path.read_text()) for path in sorted(folder.glob("*.toml"))]


@cache
def _answers(year: int) -> dict[str, list[str]]:
    """What the departments of the demo city say to each item."""
    found: dict[str, list[str]] = {}
    for told in _told(year):
        for path, body in told["responses"].items():
            found.setdefault(path, []).append(body.strip())
    return found


@cache
def _goals(year: int) -> list[dict[str, Any]]:
    return [goal for told in _told(year) for goal in told["goals"]]


def _lay_papers(year: int) -> None:
    from departments.models import Department
    from goals.models import OperatingPolicy

    papers = OperatingPolicy.objects.bulk_create(
        _paper(number, department, year)
        for number, department in enumerate(Department.objects.order_by("order"))
    )
    _lay_signatures(papers)
    _lay_responses(papers)
    _lay_goals(papers)


def _paper(number: int, department: Any, year: int) -> Any:
    from goals.models import OperatingPolicy

    pool = _told(year)
    texts = {
        name: pool[(number + shift) % len(pool)].get(name, "").strip()
        for shift, name in enumerate(("mission", "situation", "analysis", "pioneering"))
    }
    return OperatingPolicy(
        year=year,
        department=department,
        status="received",
        staff=20 + 7 * number % 90 + year % 5,
        budget=100_000 + 31_700 * number + 1_900 * (year % 7),
        edits=30,
        submissions=1,
        submitted_at=_at(dt.date(year, 4, 3), 10, number % 60),
        **texts,
    )


def _lay_signatures(papers: Sequence[Any]) -> None:
    from departments.models import Appointment
    from goals.models import Revision, Signature

    heads = {
        row.department_id: row
        for row in Appointment.objects.filter(post="head").select_related("user")
    }
    revisions = Revision.objects.bulk_create(
        Revision(
            paper=paper,
            number=1,
            content={},
            submitted_by=heads[paper.department_id].user,
            submitted_at=paper.submitted_at,
        )
        for paper in papers
    )
    Signature.objects.bulk_create(
        Signature(
            revision=revision,
            signer=revision.submitted_by,
            name=revision.submitted_by.name,
            title=heads[revision.paper.department_id].title,
            signed_at=revision.submitted_at,
        )
        for revision in revisions
    )


def _lay_responses(papers: Sequence[Any]) -> None:
    """Each department answers each item as one of the demo city does, or says why it does not."""
    from goals.models import Response
    from policies.models import Section

    year = papers[0].year
    answers = _answers(year)
    sections = list(Section.objects.filter(policy__year=year).open_for_answers().in_order())
    Response.objects.bulk_create(
        _response(paper, section, answers.get(section.path, []), number + place)
        for number, paper in enumerate(papers)
        for place, section in enumerate(sections)
    )


def _response(paper: Any, section: Any, pool: list[str], number: int) -> Any:
    from goals.models import Response

    if not pool or number % 17 == 0:
        reason = "この部は、この項に当たる事務を所管していないため。"
        return Response(paper=paper, section=section, is_not_applicable=True, body=reason)
    return Response(paper=paper, section=section, body=pool[number % len(pool)])


def _lay_goals(papers: Sequence[Any]) -> None:
    from goals.models import Goal

    year = papers[0].year
    pool = _goals(year)
    places = [
        (paper, order)
        for number, paper in enumerate(papers)
        for order in range(GOALS[number % len(GOALS)])
    ]
    rows = [(*place, pool[number % len(pool)]) for number, place in enumerate(places)]
    goals = Goal.objects.bulk_create(_goal(paper, order, told) for paper, order, told in rows)
    _lay_indicators(goals, [told for *_, told in rows])
    _lay_links(goals, [told for *_, told in rows], year)


def _goal(paper: Any, order: int, told: dict[str, Any]) -> Any:
    from goals.models import Goal

    plain = {name: told[name] for name in ("title", "kind", "standard", "budget", "partners")}
    quarters = dict(zip(("q1", "q2", "q3", "q4"), told["quarters"], strict=True))
    return Goal(
        paper=paper,
        order=order + 1,
        lead_division=_divisions()[paper.department_id][order % len(PLACES)],
        due_on=dt.date(paper.year + 1, 3, 31),
        method=told["method"].strip(),
        **plain,
        **quarters,
    )


@cache
def _divisions() -> dict[int, list[Any]]:
    from departments.models import Division

    found: dict[int, list[Any]] = {}
    for division in Division.objects.order_by("pk"):
        found.setdefault(division.department_id, []).append(division)
    return found


def _lay_indicators(goals: Sequence[Any], tales: Sequence[dict[str, Any]]) -> None:
    from goals.models import Indicator

    names = ("name", "kind", "unit", "baseline", "target", "rationale")
    Indicator.objects.bulk_create(
        Indicator(goal=goal, order=order, **dict(zip(names, row, strict=True)))
        for goal, told in zip(goals, tales, strict=True)
        for order, row in enumerate(told.get("indicators", ()), 1)
    )


def _lay_links(goals: Sequence[Any], tales: Sequence[dict[str, Any]], year: int) -> None:
    """The items, measures and SDGs that the goals answer."""
    from goals.models import Goal
    from policies.models import Measure, Section

    sections = {one.path: one.pk for one in Section.objects.filter(policy__year=year)}
    measures = {one.code: one.pk for one in Measure.objects.all()}
    ends = {
        "sections": ("section_id", sections),
        "measures": ("measure_id", measures),
        "sdgs": ("sdg_id", {n: n for n in range(1, 18)}),
    }
    for name, (column, keys) in ends.items():
        through = getattr(Goal, name).through
        through.objects.bulk_create(
            through(goal_id=goal.pk, **{column: keys[key]})
            for goal, told in zip(goals, tales, strict=True)
            for key in told[name]
            if key in keys
        )


# ---- interviews --------------------------------------------------------------------------------


def _lay_interviews() -> None:
    """Six a day from 6 April on, each by the mayor and a deputy."""
    from departments.models import Appointment, Department, User
    from interviews.models import Interview

    departments = list(Department.objects.order_by("order"))
    heads = dict(Appointment.objects.filter(post="head").values_list("department_id", "user_id"))
    interviews = Interview.objects.bulk_create(
        _interview(number, department) for number, department in enumerate(departments)
    )
    asking = list(User.objects.order_by("pk").values_list("pk", flat=True)[:3])
    hold, attend = Interview.interviewers.through, Interview.attendees.through
    hold.objects.bulk_create(
        hold(interview_id=one.pk, user_id=asking[who])
        for number, one in enumerate(interviews)
        for who in (0, 1 + number % 2)
    )
    attend.objects.bulk_create(
        attend(interview_id=one.pk, user_id=heads[one.department_id]) for one in interviews
    )


def _interview(number: int, department: Any) -> Any:
    from interviews.models import Interview

    days, hour = divmod(number, 6)
    starts_at = _at(dt.date(YEAR, 4, 6) + dt.timedelta(days=days), 9 + hour)
    return Interview(
        year=YEAR,
        department=department,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=50),
        room="庁議室",
    )
