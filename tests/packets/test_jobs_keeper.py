"""The keeper: what changed is prepared before anybody asks, what died is taken up."""

import datetime as dt
from collections.abc import Callable
from threading import Event
from types import SimpleNamespace

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import audit, clock
from core.audit import Actor
from core.models import AuditEvent
from departments.models import Department
from goals.actions import papers, reviews
from goals.models import OperatingPolicy
from interviews import actions as interviews
from packets.actions import preparing, printing
from packets.actions.packets import ask
from packets.keeper import Keeper, reap
from packets.layout import Layout
from packets.models import PacketFile
from packets.orders import Kind, Order
from packets.pieces import department
from packets.store import Kept, keep
from packets.tasks import print_packet
from tests.factories import InterviewFactory, OperatingPolicyFactory, packet_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


Queue = Callable[[], list[tuple[str, int]]]


@pytest.fixture
def queue(settings: SimpleNamespace) -> Queue:
    """A queue in the database; reads what is in it, in the order in which it will be done."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def read() -> list[tuple[str, int]]:
        rows = DBTaskResult.objects.ready().values_list("task_path", "args_kwargs")
        return [(path.rpartition(".")[2], told["args"][0]) for path, told in rows]

    return read


@pytest.fixture
def paper(paper: OperatingPolicy) -> OperatingPolicy:
    """A paper that somebody has begun."""
    OperatingPolicy.objects.filter(pk=paper.pk).update(edits=1)
    paper.refresh_from_db()
    return paper


@pytest.fixture
def keeper(paper: OperatingPolicy, cast: SimpleNamespace) -> Keeper:
    """One that has seen the beginning, when all was ready."""
    as_printed(paper)
    keeper = Keeper()
    keeper.round()
    return keeper


def as_printed(paper: OperatingPolicy) -> None:
    """The usual packet of the paper lies there: nothing must be pressed."""
    fresh = OperatingPolicy.objects.for_page().get(pk=paper.pk)
    keep(Kept(department(fresh).digest, 1), b"%PDF-")


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(seconds=seconds), tick=False)


def save(paper: OperatingPolicy, words: str, cast: SimpleNamespace) -> None:
    version = OperatingPolicy.objects.get(pk=paper.pk).version
    values = {"mission": words}
    papers.save_basics(paper=paper, version=version, values=values, by=Actor(user=cast.head))
    as_printed(paper)


def states() -> list[tuple[str, bool]]:
    """Of the files, the oldest first: how far, and whether it says that it is out of date."""
    files = PacketFile.objects.order_by("pk")
    return [(file.status, file.outdated_at is not None) for file in files]


# ---- prepared before anybody asks ------------------------------------------------------------


def test_at_the_start_the_packet_of_every_paper_of_the_year_is_prepared(
    paper: OperatingPolicy, queue: Queue
) -> None:
    OperatingPolicyFactory(year=2022, department=paper.department, status="finalised")
    Keeper().round()
    assert queue() == [("prepare", paper.pk), ("look_over", 2023)]


def test_prepared_packet_shows_in_the_lists_and_leaves_no_line(paper: OperatingPolicy) -> None:
    Keeper().round()
    file = PacketFile.objects.get()
    assert (file.status, file.asked_by, file.size) == ("done", None, file.path.stat().st_size)
    assert not AuditEvent.objects.filter(verb__startswith="packet.").exists()


def test_paper_that_nobody_has_begun_is_not_prepared(paper: OperatingPolicy) -> None:
    OperatingPolicy.objects.update(edits=0)
    Keeper().round()
    assert states() == []


def test_prepared_packet_is_there_at_once_for_who_asks(
    keeper: Keeper, paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    order = Order(Kind.DEPARTMENT, 2023, paper=paper)
    assert ask(order=order, by=Actor(user=cast.office)) == PacketFile.objects.get()


def test_save_says_at_once_that_files_are_out_of_date_and_is_printed_when_it_has_settled(
    keeper: Keeper, paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    save(paper, "最初の文です。", cast)
    keeper.round()
    assert states() == [("done", True)]
    with later(20):
        save(paper, "次の文です。", cast)
        keeper.round()
    with later(45):
        keeper.round()
        assert states() == [("done", True)]
    with later(51):
        keeper.round()
        assert states() == [("done", True), ("done", False)]


def test_move_of_a_paper_is_printed_at_once(
    full_paper: OperatingPolicy, cast: SimpleNamespace, queue: Queue
) -> None:
    keeper = Keeper()
    keeper.round()
    DBTaskResult.objects.all().delete()
    reviews.withdraw(paper=full_paper, by=Actor(user=cast.head))
    keeper.round()
    assert queue() == [("prepare", full_paper.pk), ("look_over", 2023)]


def test_interview_concerns_every_paper_and_each_waits_once(
    keeper: Keeper, paper: OperatingPolicy, kenko: Department, cast: SimpleNamespace, queue: Queue
) -> None:
    other = OperatingPolicyFactory(department=kenko)
    for _each in range(2):
        interview = InterviewFactory(department=paper.department)
        interviews.cancel(interview=interview, version=1, by=Actor(user=cast.office))
        keeper.round()
    assert queue() == [("prepare", paper.pk), ("prepare", other.pk), ("look_over", 2023)]


def test_results_of_last_year_concern_every_paper(
    keeper: Keeper, paper: OperatingPolicy, cast: SimpleNamespace, queue: Queue
) -> None:
    last = OperatingPolicyFactory(year=2022, department=paper.department)
    save(last, "昨年度の文です。", cast)
    with later(0):
        keeper.round()
    with later(31):
        keeper.round()
    assert queue() == [("prepare", last.pk), ("prepare", paper.pk), ("look_over", 2023)]


def test_new_day_looks_at_every_paper(
    keeper: Keeper, paper: OperatingPolicy, queue: Queue, settings: SimpleNamespace
) -> None:
    keeper.round()
    assert queue() == []
    settings.DEMO_TODAY = dt.date(2023, 3, 29)
    keeper.round()
    assert queue() == [("prepare", paper.pk), ("look_over", 2023)]


@pytest.mark.parametrize("verb", ["sign-in", "packet.download", "handover.save", "table.export"])
def test_what_shows_on_no_packet_prepares_nothing(keeper: Keeper, queue: Queue, verb: str) -> None:
    audit.record(verb, by=audit.SYSTEM, label="")
    keeper.round()
    assert queue() == []


def test_what_was_doubted_without_need_is_current_again(
    keeper: Keeper, paper: OperatingPolicy
) -> None:
    preparing.doubt([paper.pk])
    assert states() == [("done", True)]
    preparing.prepare(pk=paper.pk)
    assert states() == [("done", False)]


def test_each_layout_is_compared_with_itself(
    paper: OperatingPolicy, cast: SimpleNamespace, tasks_wait: None
) -> None:
    fresh = OperatingPolicy.objects.for_page().get(pk=paper.pk)
    for layout in ("large", "single"):
        laid = department(fresh, Layout.parse(layout))
        packet_file(fresh, digest=laid.digest, layout=layout)
    packet_file(fresh, digest="0" * 64, layout="sheets")
    preparing.prepare(pk=paper.pk)
    assert states() == [("done", False), ("done", False), ("done", True), ("waiting", False)]


def test_packet_that_waits_to_be_prepared_is_not_asked_for_twice(
    paper: OperatingPolicy, cast: SimpleNamespace, tasks_wait: None
) -> None:
    preparing.prepare(pk=paper.pk)
    save(paper, "あとの文です。", cast)
    preparing.prepare(pk=paper.pk)
    assert states() == [("waiting", False)]


# ---- the living and the dead -----------------------------------------------------------------


def wish(paper: OperatingPolicy, **fields: object) -> PacketFile:
    """One without a sign of life for 16 seconds."""
    silent = clock.now() - dt.timedelta(seconds=16)
    return packet_file(paper, digest="", asked_at=silent, **fields)


def test_wish_of_this_process_lives(paper: OperatingPolicy, queue: Queue) -> None:
    file = wish(paper, status="running", worker="mine")
    printing.at_work.add("mine")
    Keeper().round()
    printing.at_work.discard("mine")
    file.refresh_from_db()
    assert (file.status, file.worker) == ("running", "mine")
    assert file.beat_at > file.asked_at


def test_wish_of_a_dead_worker_goes_back_into_the_queue(
    paper: OperatingPolicy, cast: SimpleNamespace, queue: Queue
) -> None:
    asked = wish(paper, status="running", worker="dead", attempts=1, asked_by=cast.office)
    prepared = wish(paper, status="running", worker="dead", attempts=2)
    hopeless = wish(paper, status="running", worker="dead", attempts=5)
    reap()
    reap()
    assert queue() == [("print_packet", asked.pk), ("print_packet", prepared.pk)]
    rows = dict(PacketFile.objects.values_list("pk", "status"))
    assert rows == {asked.pk: "waiting", prepared.pk: "waiting", hopeless.pk: "failed"}


def test_wish_that_lost_its_task_gets_another_and_one_in_the_queue_waits_on(
    paper: OperatingPolicy, queue: Queue
) -> None:
    lost, queued = wish(paper, status="waiting"), wish(paper, status="waiting")
    print_packet.enqueue(queued.pk)
    reap()
    assert sorted(queue()) == [("print_packet", lost.pk), ("print_packet", queued.pk)]
    assert PacketFile.objects.filter(beat_at__gt=lost.asked_at).count() == 2


def test_wish_that_moved_lately_is_left_alone(paper: OperatingPolicy, queue: Queue) -> None:
    for status in ("running", "waiting"):
        packet_file(paper, digest="", asked_at=clock.now(), status=status)
    reap()
    assert queue() == []


def test_keeper_that_stumbles_goes_on(
    paper: OperatingPolicy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = []

    class Stop(Event):
        def wait(self, timeout: float | None = None) -> bool:
            return len(rounds) == 2 and not self.set()

    def stumble(_keeper: Keeper) -> None:
        rounds.append(1)
        raise OperationalError("database is locked")

    monkeypatch.setattr(Keeper, "round", stumble)
    monkeypatch.setattr("packets.keeper.close_old_connections", lambda: None)
    monkeypatch.setattr("packets.keeper.connection", SimpleNamespace(close=lambda: None))
    Keeper().run(Stop())
    assert caplog.messages == ["the keeper of the packets stumbled"] * 2
