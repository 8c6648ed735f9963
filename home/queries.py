"""What each post has to do today, read over all rooms."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from core import clock
from core.permissions import INTERVIEWER_POSTS, Permission
from core.workflow import Status
from core.years import fiscal_year, format_time, format_year
from departments.models import Department, User
from departments.queries import all_holdings, may, own_departments
from goals.amendments import Pending, unconfirmed
from goals.models import OperatingPolicy
from goals.queries import board, history, sheet
from goals.reach import reach
from goals.trail import Line
from home.chiefs import describe_goals
from home.desk import tasks_of_documents
from home.handing import add_handovers
from home.late import tasks_of_late_texts
from home.signing import tasks_of_signing
from home.tasks import Agenda, Day, Figure, News, Task
from interviews.models import Interview
from policies.models import BasicPolicy, Cycle

NEWS_AT_MOST = 5


def years_at_hand() -> list[int]:
    """The years that have settings, newest first, none later than next year."""
    latest = fiscal_year(clock.today()) + 1
    return list(Cycle.objects.filter(year__lte=latest).values_list("year", flat=True))


def agenda(user: User, year: int) -> Agenda:
    """All that is due for ``user`` in ``year``, and what comes."""
    settings = Cycle.objects.filter(pk=year).first()
    found = Agenda(policy_due=settings.policy_due if settings else None)
    own = [row.department.pk for row in own_departments(user, year, Permission.WRITE_GOAL)]
    interviews = list(Interview.objects.for_page().filter(year=year))
    found.writes_paper = bool(own)
    papers = list(OperatingPolicy.objects.for_page().filter(year=year, department__in=own))
    pending = unconfirmed(year) if papers or may(user, Permission.REVIEW_PAPER) else []
    written = [
        paper for paper in papers if may(user, Permission.WRITE_PAPER, paper.target, year=year)
    ]
    found.tasks += [_amendment(row) for row in pending if row.paper in written]
    for paper in papers:
        _own_paper(found, user, paper, settings)
    found.tasks += tasks_of_signing(user, papers)
    found.news = news_of(papers)
    if may(user, Permission.REVIEW_PAPER):
        _review(found, year, settings, interviews)
        _unconfirmed(found, year, pending)
    if may(user, Permission.WRITE_POLICY):
        found.tasks += tasks_of_documents(year, settings)
    if may(user, Permission.WRITE_INTERVIEW):
        _missing_interviews(found, year, interviews)
    if any(holding.post in INTERVIEWER_POSTS for holding in all_holdings(user)):
        _held_interviews(found, user, year, interviews)
    if may(user, Permission.EDIT_PEOPLE):
        found.tasks.append(_administration())
    add_handovers(found, user)
    found.tasks += tasks_of_late_texts(user)
    if not found.tasks and not found.waiting:
        found.tasks.append(_reading(user, year))
    _calendar(found, user, settings, [i for i in interviews if i.department_id in own])
    return found


def awaiting_review(year: int) -> int:
    """How many papers wait for their review."""
    return OperatingPolicy.objects.filter(year=year, status=Status.SUBMITTED).count()


def news_of(papers: list[OperatingPolicy]) -> list[News]:
    """What happened to ``papers`` since the beginning of yesterday, the newest first."""
    midnight = dt.datetime.combine(clock.today(), dt.time(), timezone.get_current_timezone())
    since = midnight - dt.timedelta(days=1)
    found = []
    for paper in papers:
        events = history(paper, is_insider=True, is_office=False).filter(at__gte=since)
        for event in events[:NEWS_AT_MOST]:
            line = Line(event)
            who = event.actor.name if event.actor else ""
            found.append(News(timezone.localtime(event.at), who, line.words, line.where))
    return sorted(found, key=lambda news: news.at, reverse=True)[:NEWS_AT_MOST]


def _own_paper(found: Agenda, user: User, paper: OperatingPolicy, settings: Cycle | None) -> None:
    name = f"{format_year(paper.year)} {paper.department.name}の運営方針"
    task = Task(
        title=name,
        url=reverse("goals:paper", args=[paper.year, paper.department.code]),
        verb="開く",
        status=paper.state,
        status_label=paper.state_label,
    )
    reached = reach(user, paper)
    if paper.is_writable and reached.can_add:
        due = settings.submission_due if settings else None
        task.due = timezone.localtime(due) if due else None
        if reached.is_any:
            _describe_writing(task, user, paper, name)
        else:
            describe_goals(task, user, paper, reached)
        found.tasks.append(task)
    elif paper.is_writable:
        task.state_note = "部長と担当が書いています"
        found.waiting.append(task)
    elif paper.status == Status.SUBMITTED:
        task.state_note = "政策経営課の審査を待っています"
        task.verb = "様子を見る"
        found.waiting.append(task)
    else:
        task.title = f"{format_year(paper.year)} {paper.department.name}の面談資料"
        task.url = reverse("packets:preview", args=[paper.year, paper.department.code])
        task.verb = "面談資料を見る"
        task.state_note = f"運営方針書は{paper.state_label}になりました"
        found.tasks.append(task)


def _describe_writing(task: Task, user: User, paper: OperatingPolicy, name: str) -> None:
    content = sheet(paper)
    remarks = [r for r in content.remarks if r.told_at and not r.settled_at and not r.answer]
    task.title = f"{name}を書く"
    task.verb = "続きを書く" if paper.edits else "書き始める"
    if paper.status == Status.RETURNED:
        task.title = f"{name}を直して、再提出する"
        task.verb = "指摘を見て直す"
        task.hint = f"返事をしていない指摘が{len(remarks)}件あります" if remarks else ""
    elif content.next_answer:
        section = content.next_answer.section
        task.hint = f"次は {section.number}「{section.name}」の項です"
    elif not content.missing:
        task.hint = "すべて記入済みです。確かめて提出できます"
    if paper.updated_at and paper.updated_by:
        moment = timezone.localtime(paper.updated_at)
        when = f"{moment.month}月{moment.day}日 {format_time(moment)}"
        task.note = f"最後に書いた人：{paper.updated_by.name}（{when}）"
    without_indicator = sum(not goal.indicators.all() for goal in content.goals)
    task.counts = [
        Figure("部の方針", str(content.given), f"／{content.owed}項"),
        Figure("まだ書いていない項", str(content.owed - content.given), "項"),
        Figure("組織目標", str(len(content.goals)), "件"),
        Figure("指標のない目標", str(without_indicator), "件"),
    ]


def _review(found: Agenda, year: int, settings: Cycle | None, interviews: list[Interview]) -> None:
    papers = list(board(year))
    held_at = {i.department_id: timezone.localtime(i.starts_at) for i in reversed(interviews)}
    due = timezone.localtime(settings.submission_due) if settings else None
    for paper in papers:
        if paper.status == Status.SUBMITTED:
            found.tasks.append(
                Task(
                    title=f"{paper.department.name}の運営方針書を審査する",
                    url=reverse("goals:review", args=[year, paper.department.code]),
                    verb="審査する",
                    status=paper.state,
                    status_label=paper.state_label,
                    due=held_at.get(paper.department_id),
                    due_label="面談まで",
                    is_meeting=True,
                )
            )
    late = [paper for paper in papers if paper.is_writable]
    if late:
        found.waiting.append(
            Task(
                title=f"{len(late)}部の提出を待っています",
                url=reverse("goals:board", args=[year]),
                verb="提出状況を見る",
                due=due,
                state_note="、".join(paper.department.name for paper in late[:3])
                + (" ほか" if len(late) > 3 else ""),
            )
        )
    if not papers:
        found.tasks.append(
            Task(
                title=f"{format_year(year)}の運営方針書を用意する",
                url=reverse("goals:board", args=[year]),
                verb="提出状況を開く",
            )
        )


def _amendment(pending: Pending) -> Task:
    """What a department does about an amendment until somebody of it confirms."""
    paper = pending.paper
    task = Task(
        title=f"{pending.news}{pending.to_do}",
        url=reverse("goals:paper", args=[paper.year, paper.department.code]) + "#amendment",
        verb="違いを見て確かめる",
        note=f"{format_year(paper.year)} {paper.department.name}の運営方針",
    )
    if not paper.is_writable:
        task.state_note = f"運営方針書は{paper.state_label}です。直すときは政策経営課へ連絡します"
    return task


def _unconfirmed(found: Agenda, year: int, pending: list[Pending]) -> None:
    """The departments that the office waits for."""
    if pending:
        names = "、".join(row.paper.department.name for row in pending[:3])
        found.waiting.append(
            Task(
                title=f"{len(pending)}部が、基本方針の改正をまだ確かめていません",
                url=reverse("goals:amendments", args=[year]),
                verb="改正の確認を見る",
                state_note=names + (" ほか" if len(pending) > 3 else ""),
            )
        )


def _missing_interviews(found: Agenda, year: int, interviews: list[Interview]) -> None:
    have = {interview.department_id for interview in interviews}
    missing = [d for d in Department.objects.in_year(year) if d.pk not in have]
    if missing:
        names = "、".join(department.name for department in missing[:3])
        more = f" ほか{len(missing) - 3}部" if len(missing) > 3 else ""
        found.tasks.append(
            Task(
                title=f"面談の日時を入力する（{len(missing)}部）",
                url=reverse("interviews:list", args=[year]),
                verb="面談日程を開く",
                note=f"{names}{more}",
            )
        )


def _held_interviews(found: Agenda, user: User, year: int, interviews: list[Interview]) -> None:
    coming = [
        interview
        for interview in interviews
        if user in interview.interviewers.all()
        and timezone.localdate(interview.starts_at) >= clock.today()
    ]
    departments = [interview.department_id for interview in coming]
    papers = OperatingPolicy.objects.for_page().filter(year=year, department__in=departments)
    printable = {
        paper.department_id
        for paper in papers
        if may(user, Permission.READ_PACKET, paper.target, year=year)
    }
    for interview in coming:
        task = Task(
            title=f"{interview.department.name}との面談",
            url=reverse("packets:preview", args=[year, interview.department.code]),
            verb="面談資料を見る",
            due=timezone.localtime(interview.starts_at),
            due_label="面談まで",
            is_meeting=True,
            note=interview.room,
        )
        if interview.department_id not in printable:
            task.url = reverse("home:charges_person", args=[year, user.pk])
            task.verb = "担任を見る"
            task.state_note = "面談資料は、運営方針書が提出されると見られます"
        found.tasks.append(task)
    if coming and may(user, Permission.READ_BOOK):
        found.waiting.append(
            Task(
                title="面談の日ごとに、日程と各部の資料を1冊で見る",
                url=reverse("packets:days", args=[year]),
                verb="面談者の日ごとの資料を開く",
            )
        )


def _reading(user: User, year: int) -> Task:
    """The next step of those who have nothing to write, decide or attend."""
    if may(user, Permission.READ_BOARD):
        return Task(
            title=f"{format_year(year)}の各部の運営方針を見る",
            url=reverse("goals:board", args=[year]),
            verb="提出状況を見る",
        )
    return Task(
        title=f"{format_year(year)}の市政運営の基本方針を読む",
        url=reverse("policies:detail", args=[year]),
        verb="基本方針を読む",
    )


def _administration() -> Task:
    return Task(
        title="職員、発令、組織などの表を確かめる",
        url=reverse("admin:index"),
        verb="管理画面を開く",
    )


def _calendar(
    found: Agenda, user: User, settings: Cycle | None, interviews: list[Interview]
) -> None:
    if settings:
        due = timezone.localtime(settings.submission_due)
        found.days += [
            Day(settings.policy_due, "基本方針の発出"),
            Day(due.date(), "運営方針・組織目標の提出期限", f"{format_time(due)}まで"),
        ]
    for interview in interviews:
        starts, ends = (timezone.localtime(t) for t in (interview.starts_at, interview.ends_at))
        found.days.append(
            Day(
                starts.date(),
                f"面談　{format_time(starts)}から{format_time(ends)}",
                f"{interview.department.name}　{interview.room}",
            )
        )


def settled_papers(user: User, year: int) -> list[OperatingPolicy]:
    """Finalised papers of the year, for those who have no board to find them on."""
    if may(user, Permission.READ_BOARD) or not may(user, Permission.READ_PAPER):
        return []
    done = (Status.FINALISED, Status.PUBLISHED)
    return list(OperatingPolicy.objects.for_page().filter(year=year, status__in=done))


def draft_policy(year: int) -> BasicPolicy | None:
    """The policy of ``year`` while it is not issued yet."""
    policy = BasicPolicy.objects.filter(year=year).first()
    return policy if policy and not policy.is_issued_on(clock.today()) else None
