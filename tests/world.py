"""A city hall in the middle of its work, and every address of it: for tests that walk all pages."""

import contextlib
import re
from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from core.audit import Actor
from core.workflow import Conflict
from departments.models import Appointment, Department, User
from goals.actions import papers, reviews
from goals.models import Goal, KeptText, OperatingPolicy, Remark
from goals.queries import goal_on
from home.addresses import Address, addresses
from packets.models import PacketFile
from policies.actions import manuscripts
from policies.models import Plan, Section
from policies.parsing import parse
from tests.factories import (
    ChargeFactory,
    CycleFactory,
    GoalFactory,
    InterviewFactory,
    MeasureFactory,
    OperatingPolicyFactory,
    ProjectFactory,
    ResponseFactory,
    SdgFactory,
    SpringImportFactory,
    complete_paper,
    jst,
    packet_file,
)

STATES = ("draft", "submitted", "returned", "resubmitted", "received", "finalised", "reopened")
QUERIES = {
    "goals:review": "view=full",
    "goals:coverage": "item=1-1",
    "goals:board": "state=draft",
    "goals:goal_new": "section=1-1",
    "goals:remark": "section=1-1",
    "goals:history": "page=2",
    "interviews:new": "department=somu",
    "home:today": "year=2022",
    "home:audit": "verb=refused&year=2023&since=R5.3.1",
    "home:rights_paper": "year=2023&department=1&day=R5.4.1",
    "policies:plan_new": "name=市環境基本計画&year=2023",
}
FILES = {"packets:file", "packets:download", "packets:stop", "packets:again"}
"""Addresses of one file: its number alone says of which paper it is."""
PLACES = {
    **{"year": 2023, "kind": "basic", "code": "somu", "path": "1-1", "number": 1},
    **{"sheet": "form", "day": "2023-04-06"},
}
"""What stands in an address, but for numbers of rows."""
MANUSCRIPT = """令和5年度市政運営の基本方針
1　基本姿勢
(1)　『市環境基本計画』を進めること。
"""
AUTOCOMPLETE = "app_label=departments&model_name={}&field_name={}"


def is_of_a_paper(address: Address) -> bool:
    """Whether an address speaks of the paper of one department."""
    return "<slug:code>" in address.route or address.name in FILES


class World:
    """Papers, remarks, versions, files and interviews of 総務部 and 健康部."""

    def __init__(self, cast: SimpleNamespace, somu: Department, kenko: Department) -> None:
        self.cast = cast
        self.office, self.head = Actor(user=cast.office), Actor(user=cast.head)
        for factory in (MeasureFactory, SdgFactory, CycleFactory, ProjectFactory):
            factory()
        CycleFactory(year=2022)
        self.paper = complete_paper(department=somu)
        self.other = OperatingPolicyFactory(department=kenko, filled=True)
        self.last = OperatingPolicyFactory(department=somu, year=2022, status="finalised")
        GoalFactory(paper=self.last, title="昨年度の目標")
        for path in ("1-1", "1-2"):
            ResponseFactory(paper=self.other, section=self.section(path))
        self.foreign = GoalFactory(paper=self.other, complete=True, is_own=True)
        self.interview = InterviewFactory(
            department=somu, interviewers=[cast.mayor, cast.deputy], room="庁議室"
        )
        self.interview.attendees.set([cast.head, cast.chief])
        ChargeFactory(department=somu, interviewer=cast.mayor)
        self.file = self._file(self.paper, "0" * 64)
        self.foreign_file = self._file(self.other, "1" * 64)
        self.spring = SpringImportFactory(uploaded_by=cast.administrator)
        self.keep_a_conflict()
        self.kept = self.keep_a_late_text()
        manuscripts.take_in(parsed=parse(MANUSCRIPT), by=self.office)

    def _file(self, paper: OperatingPolicy, digest: str) -> PacketFile:
        return packet_file(paper, asked_by=self.cast.head, digest=digest)

    def section(self, path: str) -> Section:
        return Section.objects.get(policy__year=2023, path=path)

    @property
    def goal(self) -> Goal:
        return goal_on(self.paper, self.paper.goals.get(is_removed=False).pk)

    def keep_a_conflict(self) -> None:
        """Two people saved the same answer; the second text is kept."""
        with contextlib.suppress(Conflict):
            self.write("1-1", "競合して残った文です。", version=99)

    def keep_a_late_text(self) -> KeptText:
        """What somebody typed after the post had ended, handed over."""
        return KeptText.objects.create(
            paper=self.paper,
            part="response/1-1",
            label="1(1) 部の方針",
            content={"body": "遅れて渡された文です。"},
            typed={"body": ["遅れて渡された文です。"]},
            written_by=self.cast.other_head,
            written_at=jst(2023, 3, 27),
            reason=KeptText.Reason.LATE,
            shared_at=jst(2023, 3, 27),
        )

    def write(self, path: str, body: str, version: int | None = None) -> None:
        section = self.section(path)
        stored = self.paper.responses.get(section=section).version
        papers.save_response(
            paper=self.paper,
            section=section,
            version=stored if version is None else version,
            body=body,
            is_not_applicable=False,
            by=self.head,
        )

    def fresh(self) -> OperatingPolicy:
        self.paper = OperatingPolicy.objects.for_page().get(pk=self.paper.pk)
        return self.paper

    def submit(self) -> None:
        reviews.submit(paper=self.fresh(), edits=self.paper.edits, by=self.head)

    def remark(self, body: str, **place: Any) -> Remark:
        return reviews.make_remark(paper=self.fresh(), body=body, by=self.office, **place)

    def reach(self, state: str) -> "World":
        """Carry 総務部's paper through the year as far as ``state``."""
        for step in STATES[1 : STATES.index(state) + 1]:
            getattr(self, f"_{step}")()
        self.fresh()
        return self

    def _submitted(self) -> None:
        self.submit()

    def _returned(self) -> None:
        self.remark("全体への指摘です。")
        self.remark("方針への指摘です。", section=self.section("1-1"))
        self.remark("目標への指摘です。", goal=self.goal)
        reviews.return_(paper=self.fresh(), reason="直してください。", by=self.office)

    @property
    def told(self) -> Remark:
        return Remark.objects.select_related("paper").get(paper=self.paper, goal=self.goal)

    def _resubmitted(self) -> None:
        self.write("1-1", "直した方針です。")
        reviews.answer_remark(remark=self.told, answer="直しました。", by=self.head)
        self.submit()

    def _received(self) -> None:
        reviews.settle_remarks(remarks=[self.told], by=self.office)
        reviews.receive(paper=self.fresh(), by=self.office)

    def _finalised(self) -> None:
        reviews.finalise(paper=self.fresh(), by=self.office)

    def _reopened(self) -> None:
        reviews.reopen(paper=self.fresh(), reason="面談を受けて直します。", by=self.office)

    # Addresses

    def keys(self) -> dict[str, int]:
        """Number of the row in an address, by the beginning of the address' name."""
        remark = Remark.objects.filter(paper=self.paper, told_at__isnull=False).first()
        return {
            "goals:goal": self.goal.pk,
            "goals:kept": self.kept.pk,
            "goals:": remark.pk if remark else 1,
            "packets:": self.file.pk,
            "interviews:": self.interview.pk,
            "exchange:": self.spring.pk,
            "policies:": Plan.objects.earliest("pk").pk,
            "home:charges_person": self.cast.mayor.pk,
        }

    def pages(self, *, admin: bool = True) -> dict[str, str]:
        """Address → its name, for all of the URLconf; with the queries that show more."""
        found: dict[str, str] = {}
        keys = self.keys()
        for address in addresses():
            if address.is_admin and not admin:
                continue
            for where in self._concrete(address, keys):
                found[where] = address.name
                if query := QUERIES.get(address.name):
                    found[f"{where}?{query}"] = address.name
        return found

    def _concrete(self, address: Address, keys: dict[str, int]) -> list[str]:
        names = re.findall(r"<(?:\w+:)?(\w+)>", address.route)
        if address.is_admin:
            return self._of_admin(address, names)
        values = PLACES | {"interviewer": self.cast.mayor.pk}
        key = next((prefix for prefix in keys if address.name.startswith(prefix)), "")
        given = {n: keys[key] if n == "pk" else values[n] for n in names}
        places = [reverse(address.name, kwargs=given)]
        if address.name.startswith("goals:handover"):  # heads hand over the year that runs
            places.append(reverse(address.name, kwargs=given | {"year": 2022}))
        return places

    def _of_admin(self, address: Address, names: list[str]) -> list[str]:
        if address.name == "admin:autocomplete":
            pairs = [("charge", "department"), ("appointment", "user"), ("division", "department")]
            at = reverse(address.name)
            return [f"{at}?{AUTOCOMPLETE.format(*pair)}&term=" for pair in pairs]
        if address.name == "admin:view_on_site":
            kinds = ContentType.objects.get_for_models(Appointment, OperatingPolicy).values()
            return [reverse(address.name, args=[kind.pk, 1]) for kind in kinds]
        if address.name == "admin:":
            return []  # the catch-all and the old form of a row's address, which redirects
        values = {"object_id": 1, "app_label": "departments"}
        if "object_id" in names:
            return [
                reverse(address.name, args=[pk]) for pk in self._rows_of(address.route.split("/"))
            ]
        kwargs = {name: values[name] for name in names}
        return [reverse(address.name, kwargs=kwargs or None)]

    def _rows_of(self, parts: list[str]) -> list[int]:
        from django.apps import apps

        model = apps.get_model(parts[2], parts[3])
        return list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:1]) or [1]


def people_of(cast: SimpleNamespace, *names: str) -> dict[str, User]:
    """Name in the cast → person; without names, all but the administrator."""
    chosen = names or [name for name in vars(cast) if name != "administrator"]
    return {name: getattr(cast, name) for name in chosen}


def look_at(client: Client, where: str) -> tuple[HttpResponse, bytes]:
    """The answer to a GET and all that it holds, read to its end."""
    with zeal_ignore():  # Django's page of a person reads two people
        answer = client.get(where)
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def lasting(content: bytes) -> bytes:
    """A page without what is new in each: the token of a form, the key of a goal."""
    content = re.sub(rb'((?:csrfmiddlewaretoken" value=|X-CSRFToken": )")[^"]*', rb"\1", content)
    return re.sub(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", b"", content)


NOON = jst(2023, 3, 28, 12)
"""A moment of the demonstration's day, for pages that are compared."""
