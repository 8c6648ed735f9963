"""Rows for tests, with traits. Names hold the characters that break careless systems."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import factory
from factory.django import DjangoModelFactory

from core.permissions import Post
from departments.models import Appointment, Charge, Department, Division, User
from exchange.models import SpringImport
from goals.models import Goal, Indicator, OperatingPolicy, Response
from interviews.models import Interview
from packets import store
from packets.models import PacketFile
from packets.store import Kept
from policies.actions.publishing import frozen
from policies.models import (
    BasicPolicy,
    Cycle,
    Edition,
    Measure,
    Plan,
    Project,
    Sdg,
    Section,
    Speech,
)

JST = dt.timezone(dt.timedelta(hours=9))
PASSWORD = "正しい長いパスワード"


def jst(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    """A moment in Japan."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=JST)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"9{n:05d}")
    name = factory.Sequence(lambda n: f"髙澤 {n}郎")
    kana = "たかざわ"
    password = factory.django.Password(PASSWORD)


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"dept{n}")
    name = factory.Sequence(lambda n: f"第{n}部")
    kana = "だいぶ"
    order = factory.Sequence(lambda n: n)
    first_year = 2019


class DivisionFactory(DjangoModelFactory):
    class Meta:
        model = Division

    department = factory.SubFactory(DepartmentFactory)
    code = factory.Sequence(lambda n: f"div{n}")
    name = factory.Sequence(lambda n: f"第{n}課")
    first_year = 2019


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    post = Post.HEAD
    title = "部長"
    starts_on = dt.date(2022, 4, 1)
    announced_on = factory.LazyAttribute(lambda row: row.starts_on - dt.timedelta(days=8))

    class Params:
        ended = factory.Trait(ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 24))
        incoming = factory.Trait(starts_on=dt.date(2023, 4, 1), announced_on=dt.date(2023, 3, 24))
        unannounced = factory.Trait(
            starts_on=dt.date(2023, 4, 1), announced_on=dt.date(2023, 3, 31)
        )


class ChargeFactory(DjangoModelFactory):
    class Meta:
        model = Charge

    year = 2023
    interviewer = factory.SubFactory(UserFactory)
    department = factory.SubFactory(DepartmentFactory)


class CycleFactory(DjangoModelFactory):
    class Meta:
        model = Cycle
        django_get_or_create = ("year",)

    year = 2023
    policy_due = dt.date(2023, 3, 31)
    submission_due = jst(2023, 4, 4, 17)


class BasicPolicyFactory(DjangoModelFactory):
    class Meta:
        model = BasicPolicy
        django_get_or_create = ("year",)

    year = 2023
    title = "令和5年度市政運営の基本方針"
    issued_on = dt.date(2023, 3, 31)
    edition = 0
    issuer = "国分寺市長 井澤 邦夫"
    preamble = "令和5年度の主な取組を着実に推進すること。"
    source_text = "令和5年3月31日\n"


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section
        django_get_or_create = ("policy", "path")

    policy = factory.SubFactory(BasicPolicyFactory)
    place = factory.Sequence(lambda n: n)
    marker = "(1)"
    number = "1(1)"
    path = "1-1"
    body = "脱炭素の視点を取り入れること。"


class SpeechFactory(DjangoModelFactory):
    class Meta:
        model = Speech
        django_get_or_create = ("year",)

    year = 2023
    title = "令和5年度施政方針"
    issued_on = dt.date(2023, 2, 24)
    issuer = "国分寺市長 井澤 邦夫"
    source_text = "避難所の運営を見直します。"


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project
        django_get_or_create = ("speech", "path")

    speech = factory.SubFactory(SpeechFactory)
    place = factory.Sequence(lambda n: n + 1)
    marker = factory.LazyAttribute(lambda row: f"（{row.path}）")
    number = factory.LazyAttribute(lambda row: f"({row.path})")
    path = factory.Sequence(lambda n: str(n + 1))
    short_name = factory.Sequence(lambda n: f"避難所の運営{n + 1}")
    body = "避難所の運営を、地域の皆様と見直します。"


class OperatingPolicyFactory(DjangoModelFactory):
    class Meta:
        model = OperatingPolicy

    year = 2023
    department = factory.SubFactory(DepartmentFactory)

    class Params:
        filled = factory.Trait(
            mission="市民の安全を守ります。",
            situation="地震への備えが課題です。",
            analysis="地区防災計画を2地区で定めました。",
            pioneering="夜間の避難所開設訓練を行います。",
            staff=79,
            budget=2_599_615,
            edits=1,
        )


class ResponseFactory(DjangoModelFactory):
    class Meta:
        model = Response

    paper = factory.SubFactory(OperatingPolicyFactory)
    section = factory.SubFactory(SectionFactory)
    body = "公用車の電動化を進めます。電気使用量を毎月公表します。"


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = Goal
        skip_postgeneration_save = True

    paper = factory.SubFactory(OperatingPolicyFactory)
    order = factory.Sequence(lambda n: n + 1)
    title = "避難所を、地域の人だけで開けられるようにする"
    standard = "22か所で運営マニュアルを見直す。"
    due_on = dt.date(2024, 3, 31)
    method = "課題を聞き取る\n訓練で検証する"
    q1 = "課題の聞き取り"
    budget = 4820

    class Params:
        complete = factory.Trait(
            lead_division=factory.SubFactory(
                DivisionFactory, department=factory.SelfAttribute("..paper.department")
            ),
            indicator=factory.RelatedFactory(
                "tests.factories.IndicatorFactory", factory_related_name="goal"
            ),
        )

    @factory.post_generation
    def sections(self, create: bool, sections: object) -> None:
        if create and sections:
            self.sections.set(sections)


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator

    goal = factory.SubFactory(GoalFactory)
    name = "運営マニュアルを見直した避難所"
    unit = "か所"
    baseline = "6"
    target = "22"


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    name = factory.Sequence(lambda n: f"実行計画{n}")
    first_year = 2021


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    plan = factory.SubFactory(PlanFactory)
    code = factory.Sequence(lambda n: f"{n}")
    name = "防災・減災"
    first_year = 2021


class SdgFactory(DjangoModelFactory):
    class Meta:
        model = Sdg
        django_get_or_create = ("number",)

    number = 11
    name = "住み続けられるまちづくりを"


class InterviewFactory(DjangoModelFactory):
    class Meta:
        model = Interview
        skip_postgeneration_save = True

    year = 2023
    department = factory.SubFactory(DepartmentFactory)
    starts_at = jst(2023, 4, 6, 10)
    ends_at = jst(2023, 4, 6, 11)
    room = "庁議室"

    @factory.post_generation
    def interviewers(self, create: bool, people: object) -> None:
        if create and people:
            self.interviewers.set(people)


class SpringImportFactory(DjangoModelFactory):
    """A file of the spring that was checked: one new department, one person who heads it."""

    class Meta:
        model = SpringImport

    file_name = "春.xlsx"
    digest = "0" * 64
    status = "checked"
    plan_digest = "0" * 64
    uploaded_by = factory.SubFactory(UserFactory)
    uploaded_at = asked_at = jst(2023, 3, 27, 9)
    counts = {"departments": {"new": 1, "changed": 0, "ended": 0, "same": 0}}
    changes = [
        {
            "table": "departments",
            "number": 2,
            "kind": "new",
            "pk": -1,
            "label": "健康福祉部",
            "shown": [["名称", "", "健康福祉部"]],
            "before": {},
            "after": {"code": "fukushi", "successors": []},
        }
    ]
    effects = [
        {
            "day": "2023-04-01",
            "kind": "gain",
            "word": "就く",
            "person": "髙栁 美和（3001）",
            "text": "健康福祉部長",
            "known_on": "2023-03-24",
            "number": 2,
        }
    ]
    notes = ["総務部には、令和5年4月1日に部長がいません。"]


def policy_with_items(year: int = 2023) -> BasicPolicy:
    """A policy of two chapters: 1 with two items open for answers, 2 closed, with a body."""
    policy = BasicPolicyFactory(year=year)
    first = SectionFactory(
        policy=policy,
        place=1,
        marker="1",
        number="1",
        path="1",
        heading="施政方針を踏まえた対応",
        body="",
    )
    for item, body in (
        (1, "強靱なまちづくりを推進すること。"),
        (2, "脱炭素の視点を取り入れること。"),
    ):
        SectionFactory(
            policy=policy,
            parent=first,
            place=item + 1,
            marker=f"({item})",
            number=f"1({item})",
            path=f"1-{item}",
            body=body,
        )
    SectionFactory(
        policy=policy,
        place=4,
        marker="2",
        number="2",
        path="2",
        heading="各部の運営方針等の取扱い",
        body="面談時に提出すること。",
        is_open=False,
    )
    return policy


def complete_paper(**fields: object) -> OperatingPolicy:
    """A paper on which nothing is missing: every open item answered, one whole goal."""
    policy = policy_with_items(fields.get("year", 2023))
    paper = OperatingPolicyFactory(filled=True, **fields)
    sections = list(Section.objects.filter(policy=policy, is_open=True, items__isnull=True))
    for section in sections:
        ResponseFactory(paper=paper, section=section)
    GoalFactory(paper=paper, complete=True, sections=sections[:1])
    return paper


class EditionFactory(DjangoModelFactory):
    """発出 (number 0) or an amendment, with the policy as it stands now."""

    class Meta:
        model = Edition

    policy = factory.SubFactory(BasicPolicyFactory)
    number = 0
    dated_on = factory.LazyAttribute(
        lambda row: dt.date(2023, 4, 10) if row.number else row.policy.issued_on
    )
    reason = factory.LazyAttribute(lambda row: "国の方針が変わったため。" if row.number else "")
    content = factory.LazyAttribute(lambda row: frozen(row.policy))
    issued_at = jst(2023, 3, 27, 9)


@contextmanager
def amending(policy: BasicPolicy, **fields: object) -> Iterator[BasicPolicy]:
    """What is done to the sections inside becomes the next amendment of ``policy``."""
    last = policy.editions.order_by("number").last() or EditionFactory(policy=policy)
    yield policy
    EditionFactory(policy=policy, number=last.number + 1, **fields)
    policy.edition = last.number + 1
    policy.save(update_fields=["edition"])


def packet_file(paper: OperatingPolicy | None = None, **fields: Any) -> PacketFile:
    """A packet that is there, four bytes long; other fields as given."""
    asked_at = fields.pop("asked_at", jst(2023, 3, 27))
    kept = {"status": PacketFile.Status.DONE, "digest": f"{paper.pk if paper else 0:064}"}
    kept |= {"size": 4, "pages": 1, "beat_at": asked_at} | fields
    if paper is not None:
        kept |= {"year": paper.year}
    file = PacketFile.objects.create(paper=paper, asked_at=asked_at, **kept)
    if file.status == PacketFile.Status.DONE:
        store.keep(Kept(file.digest, file.pages), b"%PDF")
    return file
