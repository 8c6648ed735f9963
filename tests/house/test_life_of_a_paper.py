"""A paper in the hands of several people at once: nothing forbidden, nothing lost (A-4, A-20)."""

from concurrent.futures import ThreadPoolExecutor
from functools import partialmethod
from itertools import count
from random import Random
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from core import audit
from core.models import AuditEvent
from core.workflow import AT_OFFICE, TRANSITIONS, WRITABLE, Action
from goals.models import Goal, OperatingPolicy, Response, Revision
from goals.queries import sheet
from goals.snapshots import snapshot
from tests.factories import DepartmentFactory, GoalFactory
from tests.world import STATES, World

SOMU = "/papers/2023/somu/"
DEPARTMENT = ("head", "drafter")
EVERYBODY = ("head", "drafter", "office", "other_head", "mayor")
TEXTS = ("文を直しました。", "髙澤\r\n葛󠄀西", "別の文です。")
MOVES = {f"paper.{action}": TRANSITIONS[action] for action in Action}
EVERY_STEP = {f"paper.{step}" for step in Action if step != Action.PUBLISH} | {
    *("basics.save", "response.save", "goal.add", "goal.save", "goal.remove", "goal.move"),
    *("remark.make", "remark.drop", "remark.answer", "remark.settle", "remark.ask-again"),
    *("review.begin", "conflict.keep", "refused"),
}
BY_HEAD = {"paper.submit", "paper.withdraw"}


class LifeOfAPaper(RuleBasedStateMachine):
    """Everybody has a tab, opened at some time; every step is a form sent from such a tab."""

    world: World
    clients: dict
    seen: set

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.frozen = {}
        self.stored = self.everything()
        self.tabs = {name: self.tab() for name in EVERYBODY}

    def teardown(self):
        try:
            assert audit.first_broken_line() is None
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def everything(self):
        """Every row of the paper and of what hangs on it; its state and content."""
        paper = OperatingPolicy.objects.select_related("department").get(pk=self.world.paper.pk)
        tables = [r.related_model for r in paper._meta.related_objects]
        rows = [list(t.objects.filter(paper=paper).order_by("pk").values_list()) for t in tables]
        links = [list(g.sections.values_list("pk")) for g in paper.goals.order_by("pk")]
        own = list(OperatingPolicy.objects.filter(pk=paper.pk).values_list())
        return paper, snapshot(sheet(paper)), (rows, links, own)

    def tab(self):
        """What a page that is opened now carries in its forms."""
        paper = self.stored[0]
        return {
            "paper": paper.version,
            "edits": paper.edits,
            "responses": dict(paper.responses.values_list("section__path", "version")),
            "goals": dict(paper.goals.filter(is_removed=False).values_list("pk", "version")),
            "key": uuid4(),
        }

    def send(self, who, where, **form):
        """Send a form, and look at all that it did."""
        paper, content, rows = self.stored
        last = AuditEvent.objects.latest("pk").pk
        answer = self.clients[who].post(f"{SOMU}{where}", form)
        lines = list(AuditEvent.objects.filter(pk__gt=last).values_list("verb", flat=True))
        self.stored = now, content_now, rows_now = self.everything()
        assert answer.status_code in {200, 302, 400, 403, 404, 409}
        if answer.status_code in {403, 404}:
            assert (lines, rows_now) == (["refused"], rows)
        else:
            assert len(lines) == int(rows_now != rows)
        self.seen.update(lines)
        if content_now != content:
            assert who in DEPARTMENT
            assert paper.status == now.status
            assert now.status in WRITABLE
        if now.status != paper.status:
            assert paper.status in MOVES[lines[0]].sources
            assert (now.status, content_now) == (MOVES[lines[0]].target, content)
            assert who == ("head" if lines[0] in BY_HEAD else "office")
        self.look_at_revisions(now, content_now)
        return answer

    def look_at_revisions(self, paper, content):
        kept = {r.number: r.content for r in paper.revisions.all()}
        assert len(kept) == paper.submissions
        assert {n: kept[n] for n in self.frozen} == self.frozen
        self.frozen = kept
        if paper.status in AT_OFFICE:
            assert kept[paper.submissions] == content

    @initialize(state=st.sampled_from(STATES))
    def lay_out(self, state):
        """Somewhere in the year; all tabs were opened long before."""
        self.world.reach(state)
        self.stored = self.everything()
        self.look_at_revisions(*self.stored[:2])

    @rule(seed=st.integers(0, 2**32))
    def step(self, seed):
        """Mostly what fits the state, by who may; sometimes anything by anybody."""
        self.chance = Random(seed)
        is_writable = self.stored[0].status in WRITABLE
        fitting = self.WRITING if is_writable else self.REVIEWING
        names = fitting if self.chance.random() < 0.7 else self.WRITING + self.REVIEWING
        name = self.chance.choice(names)
        usual = DEPARTMENT if name in self.WRITING or name == "withdraw" else ("office",)
        who = self.chance.choice(usual if self.chance.random() < 0.8 else EVERYBODY)
        if self.chance.random() < 0.6:
            self.tabs[who] = self.tab()
        getattr(self, name)(who)

    WRITING = ("answer_a_section", "write_basics", "add_a_goal", "save_a_goal", "remove_a_goal")
    WRITING += ("move_a_goal", "submit", "submit", "submit", "answer_a_remark", "answer_a_remark")
    REVIEWING = (
        "withdraw",
        "withdraw",
        "remark",
        "remark",
        "begin",
        "return_",
        "return_",
        "receive",
    )
    REVIEWING += ("finalise", "reopen", "judge", "judge", "drop_a_remark")

    def text(self):
        return self.chance.choice(TEXTS)

    def answer_a_section(self, who):
        path = self.chance.choice(["1-1", "1-2"])
        version = self.tabs[who]["responses"][path]
        self.send(who, f"responses/{path}/", version=version, body=self.text())

    def write_basics(self, who):
        form = dict.fromkeys(("mission", "situation", "analysis", "pioneering"), self.text())
        form |= {"staff": 1, "budget": "1,000", "version": self.tabs[who]["paper"]}
        self.send(who, "basics/", **form)

    def add_a_goal(self, who):
        self.send(who, "goals/new/", key=self.tabs[who]["key"], **self.goal_form(0))

    def save_a_goal(self, who):
        for pk, version in self.one_goal(who):
            self.send(who, f"goals/{pk}/", **self.goal_form(version))

    def remove_a_goal(self, who):
        for pk, version in self.one_goal(who)[: len(self.tabs[who]["goals"]) - 1]:
            self.send(who, f"goals/{pk}/remove/", version=version)

    def move_a_goal(self, who):
        for pk, _ in self.one_goal(who):
            self.send(who, f"goals/{pk}/move/", step=self.chance.choice([-1, 1]))

    def one_goal(self, who):
        goals = sorted(self.tabs[who]["goals"].items())
        return [self.chance.choice(goals)] if goals else []

    def goal_form(self, version):
        return {
            "indicators-TOTAL_FORMS": 1,
            "indicators-INITIAL_FORMS": 0,
            "indicators-0-name": "訓練",
            "indicators-0-unit": "回",
            "indicators-0-target": "3",
            "indicators-0-kind": "output",
            "version": version,
            "kind": "new",
            "title": self.text()[:5],
            "standard": self.text(),
            "method": "方策",
            "due_on": "R6.3.31",
            "is_own": "on",
            "lead_division": self.world.goal_division,
        }

    def submit(self, who):
        self.send(who, "submit/", edits=self.tabs[who]["edits"])

    def withdraw(self, who):
        self.send(who, "withdraw/")

    def remark(self, who):
        place = self.chance.choice([{}, {"section": "1-1"}])
        self.send(who, "review/remarks/", body=self.text(), **place)

    def decide(self, who, step):
        reason = self.chance.choice(["理由です。", "理由です。", ""])
        self.send(who, f"review/{step}/", version=self.tabs[who]["paper"], reason=reason)

    begin = partialmethod(decide, step="begin")
    return_ = partialmethod(decide, step="return")
    receive = partialmethod(decide, step="receive")
    finalise = partialmethod(decide, step="finalise")
    reopen = partialmethod(decide, step="reopen")

    def answer_a_remark(self, who):
        for pk in self.one_remark():
            self.send(who, f"remarks/{pk}/", answer=self.text())

    def judge(self, who):
        for pk in self.one_remark():
            is_settled = self.stored[0].remarks.get(pk=pk).settled_at is not None
            fitting = "again" if is_settled else "settled"
            verdict = self.chance.choice([fitting, fitting, "settled", "again"])
            self.send(who, "review/settle/", remark=pk, verdict=verdict)

    def drop_a_remark(self, who):
        for pk in self.one_remark():
            self.send(who, f"review/remarks/{pk}/drop/")

    def one_remark(self):
        numbers = list(self.stored[0].remarks.order_by("pk").values_list("pk", flat=True))
        return [self.chance.choice(numbers)] if numbers else []


@pytest.mark.django_db
def test_a_paper_lives_by_its_table_of_transitions(cast, somu, kenko, client_of):
    LifeOfAPaper.seen = set()
    LifeOfAPaper.world = world = World(cast, somu, kenko)
    world.goal_division = world.goal.lead_division_id
    LifeOfAPaper.clients = {name: client_of(getattr(cast, name)) for name in EVERYBODY}
    run_state_machine_as_test(
        LifeOfAPaper,
        settings=settings(
            max_examples=10,
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(EVERY_STEP - LifeOfAPaper.seen) <= 4, EVERY_STEP - LifeOfAPaper.seen


# At the same moment: on both databases, with real transactions


def at_once(*calls):
    """The status of each answer, all sent at the same moment."""
    barrier = Barrier(len(calls))

    def send(call):
        client, where, form = call
        try:
            barrier.wait(timeout=30)
            return client.post(where, form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))


@pytest.fixture
def live(transactional_db, cast, somu, kenko):
    return World(cast, somu, kenko)


ROUNDS = 4


def verbs(since):
    events = AuditEvent.objects.filter(pk__gt=since).exclude(verb="refused")
    return list(events.order_by("pk").values_list("verb", flat=True))


def last_line():
    return AuditEvent.objects.latest("pk").pk


def test_two_clicks_on_submit_hand_in_once(live, client_of):
    clients = [client_of(live.cast.head) for _ in range(4)]
    form = {"edits": live.fresh().edits}
    since = last_line()
    statuses = at_once(*[(client, f"{SOMU}submit/", form) for client in clients])
    assert sorted(statuses) == [302, 409, 409, 409]
    assert Revision.objects.count() == live.fresh().submissions == 1
    assert verbs(since) == ["paper.submit"]


def test_withdrawing_and_beginning_to_review_exclude_each_other(live, client_of):
    head, office = client_of(live.cast.head), client_of(live.cast.office)
    for _ in range(ROUNDS):
        live.submit()
        since, form = last_line(), {"version": live.fresh().version}
        statuses = at_once((head, f"{SOMU}withdraw/", {}), (office, f"{SOMU}review/begin/", form))
        assert sorted(statuses) == [302, 409]
        won = statuses[0] == 302
        assert verbs(since) == ["paper.withdraw" if won else "review.begin"]
        assert live.fresh().status == ("draft" if won else "submitted")
        OperatingPolicy.objects.filter(pk=live.paper.pk).update(status="draft")


def test_two_who_receive_and_one_who_returns_decide_once(live, client_of):
    office = [client_of(live.cast.office) for _ in range(3)]
    for _ in range(ROUNDS):
        live.submit()
        live.remark("直してください。")
        since, form = last_line(), {"version": live.fresh().version, "reason": "理由です。"}
        statuses = at_once(
            (office[0], f"{SOMU}review/receive/", form),
            (office[1], f"{SOMU}review/receive/", form),
            (office[2], f"{SOMU}review/return/", form),
        )
        assert sorted(statuses) == [302, 409, 409]
        assert len(verbs(since)) == 1
        OperatingPolicy.objects.filter(pk=live.paper.pk).update(status="draft")


def test_two_people_who_answer_a_section_first_at_once_lose_nothing(live, client_of):
    clients = [client_of(live.cast.head), client_of(live.cast.drafter)]
    texts = ["部長の文です。", "担当の文です。"]
    for _ in range(ROUNDS):
        Response.objects.filter(paper=live.paper).delete()
        live.paper.kept_texts.all().delete()
        statuses = at_once(
            *[
                (client, f"{SOMU}responses/1-1/", {"version": 0, "body": text})
                for client, text in zip(clients, texts, strict=True)
            ]
        )
        assert sorted(statuses) == [302, 409]
        stored = Response.objects.get(paper=live.paper).body
        kept = live.paper.kept_texts.get().content["body"]
        assert sorted([stored, kept]) == sorted(texts)


def test_a_new_goal_sent_several_times_at_once_is_added_once(live, client_of):
    clients = [client_of(live.cast.head) for _ in range(4)]
    for number in count(1):
        form = {
            "indicators-TOTAL_FORMS": 0,
            "indicators-INITIAL_FORMS": 0,
            "key": uuid4(),
            "version": 0,
            "kind": "new",
            "title": f"二度押した目標{number}",
        }
        since = last_line()
        statuses = at_once(*[(client, f"{SOMU}goals/new/", form) for client in clients])
        assert statuses == [302] * 4
        assert Goal.objects.filter(title=form["title"]).count() == 1
        assert verbs(since) == ["goal.add"]
        if number == ROUNDS:
            break


def test_writing_and_handing_in_at_once_freeze_what_stands_on_the_paper(live, client_of):
    """Either the text came first, and the paper is looked at again; or it comes too late."""
    head, drafter = client_of(live.cast.head), client_of(live.cast.drafter)
    for number in range(ROUNDS):
        version = live.paper.responses.get(section__path="1-1").version
        text = {"version": version, "body": f"{number}回目の文です。"}
        statuses = at_once(
            (head, f"{SOMU}submit/", {"edits": live.fresh().edits}),
            (drafter, f"{SOMU}responses/1-1/", text),
        )
        assert sorted(statuses) == [302, 409]
        paper = live.fresh()
        if paper.status in AT_OFFICE:
            assert paper.revisions.latest("number").content == snapshot(sheet(paper))
        OperatingPolicy.objects.filter(pk=paper.pk).update(status="draft")


def test_a_remark_sent_twice_is_made_once(live, client_of):
    live.submit()
    clients = [client_of(live.cast.office) for _ in range(3)]
    form = {"body": "二度押した指摘です。", "section": "1-1"}
    since = last_line()
    statuses = at_once(*[(client, f"{SOMU}review/remarks/", form) for client in clients])
    assert statuses == [302] * 3
    assert live.paper.remarks.count() == 1
    assert verbs(since) == ["remark.make"]


def test_papers_of_a_year_are_laid_out_once(live, client_of):
    DepartmentFactory(name="新しい部")
    clients = [client_of(live.cast.office) for _ in range(3)]
    since = last_line()
    statuses = at_once(*[(client, "/papers/2023/open/", {}) for client in clients])
    assert statuses == [302] * 3
    assert verbs(since) == ["year.open"]


def test_goal_saved_from_two_tabs_keeps_both_texts(live, client_of):
    goal = GoalFactory(paper=live.paper, title="二つの画面", is_own=True)
    clients = [client_of(live.cast.head), client_of(live.cast.drafter)]
    form = {
        "indicators-TOTAL_FORMS": 0,
        "indicators-INITIAL_FORMS": 0,
        "version": goal.version,
        "kind": "new",
        "is_own": "on",
    }
    statuses = at_once(
        *[
            (client, f"{SOMU}goals/{goal.pk}/", form | {"title": f"{n}人目の題"})
            for n, client in enumerate(clients)
        ]
    )
    assert sorted(statuses) == [302, 409]
    goal.refresh_from_db()
    kept = live.paper.kept_texts.latest("pk").content["title"]
    assert sorted([goal.title, kept]) == ["0人目の題", "1人目の題"]
