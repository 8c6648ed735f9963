"""Every kind of packet, for everybody: who sees it, who takes it, who stops it, who learns of it."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from core import audit
from core.models import AuditEvent
from core.permissions import Post
from core.workflow import Status
from departments.models import Department, User
from goals.models import OperatingPolicy
from packets.models import PacketFile, PacketPart
from packets.orders import Kind
from tests.factories import (
    AppointmentFactory,
    InterviewFactory,
    OperatingPolicyFactory,
    packet_file,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks_wait")]
SignIn = Callable[[User], Client]
DAY = dt.date(2023, 4, 6)
OF_THE_CITY = {"somu", "kenko", "book", "day", "timetable", "coverage", "form"}
SEEN = {
    "office": {*OF_THE_CITY, "somu-draft", "kenko-draft", "book-draft", "day-draft"},
    "mayor": OF_THE_CITY,
    "deputy": OF_THE_CITY,
    "superintendent": OF_THE_CITY,
    "secretary": OF_THE_CITY,
    "head": {"somu", "somu-draft"},
    "chief": {"somu", "somu-draft"},
    "drafter": {"somu", "somu-draft"},
    "incoming_head": {"kenko", "kenko-draft"},
    "other_head": set(),
    "viewer": None,
    "administrator": None,
    "nobody": None,
}
"""What each may have; None: the house has no packets for this person at all."""


@pytest.fixture
def files(
    paper: OperatingPolicy, kenko: Department, cast: SimpleNamespace
) -> dict[str, PacketFile]:
    """Of two papers that are handed in, what was printed of them since, and as drafts before."""
    InterviewFactory(department=paper.department, interviewers=[cast.mayor])
    handed_in = {"status": Status.SUBMITTED, "submissions": 1}
    OperatingPolicy.objects.filter(pk=paper.pk).update(**handed_in)
    other = OperatingPolicyFactory(department=kenko, **handed_in)
    of_day = {"interviewer": cast.mayor, "day": DAY}
    made = {}
    for name, shown, edition in (("somu", paper, "第1版"), ("kenko", other, "第1版")):
        made[name] = packet_file(shown, edition=edition, digest=f"{name:a<64}")
        made[f"{name}-draft"] = packet_file(shown, edition="案", digest=f"{name:b<64}")
    for kind, fields in ((Kind.BOOK, {}), (Kind.DAY, of_day)):
        made[kind] = packet_file(kind=kind, year=2023, digest=f"{kind:c<64}", **fields)
        draft = packet_file(kind=kind, year=2023, digest=f"{kind:d<64}", edition="案", **fields)
        made[f"{kind}-draft"] = draft
        for number, (shown, edition) in enumerate(((paper, "第1版"), (other, "案")), 1):
            part = {"order": number, "paper": shown, "title": "部"}
            PacketPart.objects.create(file=made[kind], edition="第1版", **part)
            PacketPart.objects.create(file=draft, edition=edition, **part)
    for kind, fields in ((Kind.TIMETABLE, of_day), (Kind.COVERAGE, {}), (Kind.FORM, {})):
        made[kind] = packet_file(kind=kind, year=2023, digest=f"{kind:e<64}", **fields)
    return {str(name): file for name, file in made.items()}


def address(file: PacketFile, rest: str = "") -> str:
    return f"/packets/2023/files/{file.pk}/{rest}"


def status_of(client: Client, method: str, where: str) -> int:
    answer = getattr(client, method)(where)
    if answer.streaming:
        list(answer.streaming_content)
    return answer.status_code


@pytest.mark.parametrize("person", sorted(SEEN))
def test_file_of_every_kind_is_there_for_those_whose_business_it_is(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn, person: str
) -> None:
    client, seen = client_of(getattr(cast, person)), SEEN[person]
    refused = 403 if seen is None else 404
    expected = {
        name: [200, 200, 409, 302] if name in (seen or ()) else [refused] * 4 for name in files
    }
    before = PacketFile.objects.count()
    got = {
        name: [
            status_of(client, "get", address(file)),
            status_of(client, "get", address(file, "download/")),
            status_of(client, "post", address(file, "stop/")),
            status_of(client, "post", address(file, "again/")),
        ]
        for name, file in files.items()
    }
    assert got == expected
    taken = AuditEvent.objects.filter(verb="packet.download").values_list(
        "after__digest", flat=True
    )
    assert sorted(taken) == sorted(files[name].digest for name in seen or ())
    if not seen:
        assert PacketFile.objects.count() == before


@pytest.mark.parametrize("person", ["office", "mayor", "secretary", "head", "incoming_head"])
def test_lists_and_files_name_no_file_of_others(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn, person: str
) -> None:
    client, seen = client_of(getattr(cast, person)), SEEN[person] or set()
    pages = ["", "days/", "book/", "sheets/", *(f"files/{files[n].pk}/" for n in sorted(seen))]
    shown = "".join(client.get(f"/packets/2023/{page}").content.decode() for page in pages)
    named = {name for name, file in files.items() if f"/files/{file.pk}/" in shown}
    assert named <= seen
    others = {file.digest for name, file in files.items() if name not in seen}
    assert [digest for digest in others if digest in shown] == []


def test_file_has_one_year(files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn):
    client = client_of(cast.office)
    places = [address(file).replace("2023", "2022") for file in files.values()]
    assert {client.get(where).status_code for where in places} == {404}


def test_post_that_ended_after_the_wish_takes_nothing_away(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.secretary)
    where = address(files["book"], "download/")
    assert status_of(client, "get", where) == 200
    cast.secretary.appointments.update(
        ends_on=dt.date(2023, 3, 27), end_announced_on=dt.date(2023, 3, 20)
    )
    assert status_of(client, "get", where) == 403


def test_paper_that_was_returned_takes_its_files_from_those_outside(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn
) -> None:
    OperatingPolicy.objects.filter(department__code="kenko").update(status=Status.RETURNED)
    client = client_of(cast.mayor)
    got = {name: client.get(address(file)).status_code for name, file in files.items()}
    assert {name for name, status in got.items() if status == 200} == OF_THE_CITY - {
        *("kenko", "book", "day")
    }


def test_no_line_in_the_trail_no_byte(
    files: dict[str, PacketFile],
    cast: SimpleNamespace,
    client_of: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of(cast.mayor)
    client.raise_request_exception = False

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(audit, "record", full)
    answer = client.get(address(files["book"], "download/"))
    assert (answer.status_code, answer.streaming) == (500, False)


@pytest.mark.parametrize("header", [{"Range": "bytes=0-1"}, {"If-None-Match": "*"}, {}])
def test_download_is_sent_whole_once_kept_by_nobody_and_told_once(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn, header: dict[str, str]
) -> None:
    answer = client_of(cast.mayor).get(address(files["somu"], "download/"), headers=header)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers
    assert AuditEvent.objects.filter(verb="packet.download").count() == 1


@pytest.mark.parametrize("method", ["head", "put", "patch", "delete", "post"])
def test_download_is_taken_by_get_alone(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn, method: str
) -> None:
    answer = getattr(client_of(cast.mayor), method)(address(files["somu"], "download/"))
    told = AuditEvent.objects.filter(verb="packet.download").count()
    assert (answer.status_code, told) == (405, 0)


@pytest.mark.parametrize("name", ["部/../課", '部";x=".exe', "部\u200f一", "部🦆" * 10, "部%0d%0a"])
def test_name_of_a_file_is_one_header_whatever_the_department_is_called(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn, name: str
) -> None:
    Department.objects.filter(code="somu").update(name=name)
    answer = client_of(cast.mayor).get(address(files["somu"], "download/"))
    list(answer.streaming_content)
    head = answer.headers["Content-Disposition"]
    assert head.isascii()
    kind, _, quoted = head.partition("; filename*=utf-8''")
    assert (kind, quoted[-4:]) == ("attachment", ".pdf")
    assert [sign for sign in '/;" ' if sign in quoted] == []


def test_who_stands_in_for_a_deputy_mayor_takes_the_book_in_that_post(
    files: dict[str, PacketFile], cast: SimpleNamespace, client_of: SignIn
) -> None:
    """And as head of 総務部 keeps its drafts; those of 健康部 stay closed."""
    AppointmentFactory(
        user=cast.head,
        post=Post.DEPUTY_MAYOR,
        title="副市長",
        department=None,
        standing_in_for=cast.deputy,
    )
    client = client_of(cast.head)
    got = {name: status_of(client, "get", address(file)) for name, file in files.items()}
    assert {name for name, status in got.items() if status == 200} == OF_THE_CITY | {"somu-draft"}
    status_of(client, "get", address(files["book"], "download/"))
    status_of(client, "get", address(files["somu"], "download/"))
    told = AuditEvent.objects.filter(verb="packet.download").order_by("pk")
    assert [(line.actor, line.standing_in_for) for line in told] == [
        (cast.head, cast.deputy),
        (cast.head, None),
    ]
