"""Every page has a query number, the same for one row and for three.

A page without a number fails; so does one whose number grew. Lower a number when a page gets
better; a higher one needs a reason in the commit. Two or three of each belong to the session, the
person's appointments and the navigation.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import audit
from core.audit import Actor
from goals.models import (
    Handover,
    HandoverNote,
    HandoverReceipt,
    KeptText,
    Remark,
    Revision,
)
from home.addresses import addresses
from policies.actions import manuscripts
from policies.models import Alignment
from policies.parsing import parse
from tests.factories import (
    AppointmentFactory,
    ChargeFactory,
    CycleFactory,
    DepartmentFactory,
    DivisionFactory,
    EditionFactory,
    GoalFactory,
    IndicatorFactory,
    InterviewFactory,
    MeasureFactory,
    OperatingPolicyFactory,
    ProjectFactory,
    ResponseFactory,
    SdgFactory,
    SectionFactory,
    SpringImportFactory,
    jst,
    packet_file,
    policy_with_items,
)
from tests.world import PLACES

pytestmark = pytest.mark.django_db
MARCH = jst(2023, 3, 27, 9)
CONTENT = {
    "year": 2023,
    "department": "総務部",
    "heads": [],
    "basics": {},
    "responses": [],
    "goals": [],
}

# page → who looks, in which state the paper is, how many queries
BUDGETS = {
    "home:today": ("head", "draft", 35),
    "account_change_password": ("head", "draft", 4),
    "account_sessions": ("head", "draft", 5),
    "account_second_factor": ("head", "draft", 5),
    "account_reauthenticate": ("head", "draft", 4),
    "home:audit": ("administrator", "draft", 9),
    "home:rights": ("administrator", "draft", 5),
    "home:rights_paper": ("administrator", "draft", 6),
    "home:charges": ("office", "draft", 15),
    "home:charges_edit": ("office", "draft", 10),
    "home:charges_person": ("office", "draft", 12),
    "policies:detail": ("head", "draft", 9),
    "policies:speech": ("head", "draft", 8),
    "policies:plans": ("head", "draft", 5),
    "policies:plan": ("head", "draft", 12),
    "policies:plan_new": ("office", "draft", 5),
    "policies:editions": ("head", "draft", 6),
    "policies:edition": ("head", "draft", 6),
    "policies:changes": ("head", "draft", 7),
    "policies:alignment": ("office", "draft", 8),
    "policies:intake": ("office", "draft", 5),
    "policies:manuscript": ("office", "draft", 8),
    "policies:issue": ("office", "draft", 9),
    "policies:discard": ("office", "draft", 7),
    "goals:board": ("office", "draft", 12),
    "goals:coverage": ("office", "draft", 14),
    "goals:amendments": ("office", "draft", 7),
    "goals:paper": ("head", "draft", 26),
    "goals:basics": ("head", "draft", 5),
    "goals:projects": ("head", "draft", 14),
    "goals:response": ("head", "draft", 25),
    "goals:submit": ("head", "draft", 23),
    "goals:withdraw": ("head", "submitted", 5),
    "goals:history": ("head", "draft", 9),
    "goals:handover": ("head", "draft", 16),
    "goals:handover_note": ("head", "draft", 15),
    "goals:handover_hand": ("head", "draft", 13),
    "goals:handovers": ("office", "draft", 12),
    "goals:conflicts": ("head", "draft", 6),
    "goals:kept_text": ("head", "draft", 26),
    "goals:own_texts": ("head", "draft", 5),
    "goals:revision": ("head", "draft", 7),
    "goals:answer": ("head", "returned", 6),
    "goals:goal_new": ("head", "draft", 12),
    "goals:goal_copy": ("head", "draft", 20),
    "goals:goal_edit": ("head", "draft", 19),
    "goals:goal_remove": ("head", "draft", 13),
    "goals:review": ("office", "submitted", 23),
    "goals:remark": ("office", "submitted", 6),
    "goals:return": ("office", "submitted", 23),
    "goals:reopen": ("office", "received", 23),
    "interviews:list": ("secretary", "draft", 11),
    "interviews:new": ("secretary", "draft", 17),
    "interviews:edit": ("secretary", "draft", 18),
    "interviews:cancel": ("secretary", "draft", 8),
    "packets:list": ("office", "draft", 11),
    "packets:days": ("office", "draft", 12),
    "packets:book": ("office", "draft", 10),
    "packets:sheets": ("office", "draft", 12),
    "packets:sheet": ("office", "draft", 6),
    "packets:timetable": ("office", "draft", 15),
    "packets:preview": ("head", "draft", 31),
    "exchange:spring": ("administrator", "draft", 5),
    "exchange:spring_import": ("administrator", "draft", 7),
    "exchange:spring_undo": ("administrator", "draft", 5),
    "packets:file": ("head", "draft", 36),
}


def fill(paper, cast, number):
    """``number`` rows of everything that a page may list; the row that addresses mean is first."""
    division = DivisionFactory(department=paper.department)
    measure = MeasureFactory()
    measure.sdgs.add(SdgFactory())
    section = paper_sections(paper)[0]
    ResponseFactory(paper=paper, section=section, updated_by=cast.drafter, updated_at=MARCH)
    last_year = OperatingPolicyFactory(year=2022, department=paper.department, filled=True)
    policy_with_items(2022)
    CycleFactory(year=2022)
    items = "".join(f"({n}) 項{n}に取り組むこと。\n" for n in range(1, number + 2))
    parsed = parse(f"令和5年度市政運営の基本方針\n\n1 市民の生活\n{items}")
    manuscripts.take_in(parsed=parsed, by=Actor(user=cast.office))
    ids = {}
    for n in range(2):
        EditionFactory(policy=section.policy, number=n)
    for n in range(number):
        ProjectFactory()
        extra = SectionFactory(
            policy=section.policy,
            parent=section.parent,
            place=10 + n,
            path=f"1-{n + 3}",
            number=f"1({n + 3})",
            marker=f"({n + 3})",
        )
        ResponseFactory(paper=paper, section=extra, updated_by=cast.drafter, updated_at=MARCH)
        earlier = SectionFactory(policy__year=2022, path=f"1-{n + 3}", number=f"1({n + 3})")
        ResponseFactory(paper=last_year, section=earlier)
        Alignment.objects.create(section=extra, earlier=earlier, confirmed_at=MARCH)
        goal = GoalFactory(paper=paper, lead_division=division, sections=[section, extra])
        GoalFactory(paper=last_year, title=f"昨年度の目標{n}", lead_division=division)
        IndicatorFactory(goal=goal)
        hand_over(last_year, n)
        goal.other_divisions.add(DivisionFactory(department=paper.department))
        goal.measures.add(measure, MeasureFactory())
        goal.sdgs.add(SdgFactory(number=n + 1, name=f"目標{n + 1}"))
        remark = Remark.objects.create(
            paper=paper,
            goal=goal,
            body=f"指摘{n}",
            made_by=cast.office,
            made_at=MARCH,
            told_at=MARCH,
            answer="直しました。",
            answered_by=cast.head,
            answered_at=MARCH,
        )
        revision = Revision.objects.create(
            paper=paper, number=n + 1, content=CONTENT, submitted_by=cast.head, submitted_at=MARCH
        )
        kept = KeptText.objects.create(
            paper=paper,
            part="response/1-1",
            label="1(1) 部の方針",
            content={"body": "文"},
            typed={"body": ["文"]},
            written_by=cast.drafter,
            written_at=MARCH,
            shared_at=MARCH,
        )
        KeptText.objects.create(
            paper=paper,
            part=f"goal/{goal.pk}",
            label="目標",
            content={"title": "文"},
            written_by=cast.head,
            written_at=MARCH,
            reason="late",
        )
        audit.record("goal.save", by=Actor(user=cast.head), label="目標", subject=paper)
        file = packet_file(paper, asked_by=cast.head, asked_at=MARCH, digest=str(n) * 64)
        other = DepartmentFactory()
        OperatingPolicyFactory(
            department=other, status="submitted", updated_by=cast.drafter, updated_at=MARCH
        )
        AppointmentFactory(department=other)
        ChargeFactory(department=other, interviewer=cast.deputy)
        interview = InterviewFactory(
            department=other if n else paper.department,
            interviewers=[cast.mayor, cast.deputy],
            starts_at=jst(2023, 4, 6 + n, 10),
            ends_at=jst(2023, 4, 6 + n, 11),
        )
        interview.attendees.add(cast.head)
        rows = {
            "goals:goal": goal,
            "goals:kept": kept,
            "goals:": remark,
            "packets:": file,
            "interviews:": interview,
        }
        rows["policies:"] = measure.plan
        rows["home:charges_person"] = rows["interviewer"] = cast.deputy
        rows["exchange:"] = SpringImportFactory(uploaded_by=cast.administrator)
        ids = ids or {prefix: row.pk for prefix, row in rows.items()}
    assert revision.number == number
    return ids


def hand_over(paper, n):
    """One head more who has gone and handed over, received by one more who came."""
    goal = paper.goals.get(title=f"昨年度の目標{n}")
    IndicatorFactory(goal=goal)
    giver = AppointmentFactory(department=paper.department, ended=True).user
    receiver = AppointmentFactory(department=paper.department, incoming=True).user
    handed = {"body": "懸案", "notes": [{"goal": goal.pk, "title": goal.title, "body": "文"}]}
    handover = Handover.objects.create(
        paper=paper, giver=giver, title="部長", handed_at=MARCH, handed_version=1, handed=handed
    )
    HandoverNote.objects.create(handover=handover, goal=goal, body="文")
    HandoverReceipt.objects.create(
        handover=handover, receiver=receiver, title="部長", version=1, received_at=MARCH
    )
    Remark.objects.create(
        paper=paper, goal=goal, body="指摘", made_by=giver, made_at=MARCH, told_at=MARCH
    )


def paper_sections(paper):
    from policies.models import Section

    return list(Section.objects.filter(policy__year=paper.year, is_open=True, parent__isnull=False))


def address_of(name, ids):
    route = next(a.route for a in addresses() if a.name == name)
    values = PLACES | {"interviewer": ids["interviewer"]}
    if name.startswith("goals:handover"):  # heads hand over the year that runs
        values["year"] = 2022
    names = re.findall(r"<\w+:(\w+)>", route)
    key = next((prefix for prefix in ids if name.startswith(prefix)), "")
    where = reverse(name, kwargs={n: ids[key] if n == "pk" else values[n] for n in names})
    return f"{where}?department=somu" if name == "interviews:new" else where


def queries_of(name, paper, cast, client_of, ids):
    person, status, _ = BUDGETS[name]
    type(paper).objects.filter(pk=paper.pk).update(status=status, submissions=1)
    client = client_of(getattr(cast, person))
    where = address_of(name, ids)
    client.get(where)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(where)
    assert answer.status_code == 200, answer.status_code
    return len(queries)


@pytest.mark.parametrize("name", BUDGETS)
@pytest.mark.parametrize("rows", [1, 3])
def test_page_keeps_its_number_whatever_the_rows(name, rows, paper, cast, client_of):
    ids = fill(paper, cast, rows)
    assert queries_of(name, paper, cast, client_of, ids) == BUDGETS[name][2]


def test_every_page_has_a_number(paper, cast, client_of):
    ids = fill(paper, cast, 1)
    unnumbered = []
    for address in addresses():
        if address.is_admin or address.is_public or address.name in BUDGETS:
            continue
        for person in (cast.head, cast.office):
            answer = client_of(person).get(address_of(address.name, ids))
            if answer.streaming:
                list(answer.streaming_content)  # reading to the end closes the file
            if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
                unnumbered.append(address.name)
    assert " ".join(unnumbered) == ""
