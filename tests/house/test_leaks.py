"""What eight people get in a world with and without an unannounced appointment: the same bytes.

Every address is asked, every form on every page is sent as it stands there, with what is empty
filled in. Compared are status, headers, body, cookies and mails. The machine's clock stands still;
new in each answer, and so left out by name, are the token of a form (``csrfmiddlewaretoken``,
``X-CSRFToken``, ``token`` for a session, the cookie ``csrftoken``) and the key of a new goal (``tests.world.lasting``).
"""

import datetime as dt
import io
import re
import zipfile
from contextlib import contextmanager
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.http import SimpleCookie
from django.test import Client, TestCase
from zeal import zeal_ignore

from core.permissions import Post
from departments.models import Appointment
from tests.factories import AppointmentFactory, ChargeFactory, DivisionFactory, UserFactory
from tests.world import NOON, World, lasting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks_wait")]
TODAY, TOMORROW = NOON.date(), NOON.date() + dt.timedelta(days=1)
APRIL, END = dt.date(2023, 4, 1), dt.date(2023, 3, 31)
NAME, TITLE = "秘匿葛󠄀城 桃", "極秘担当部長"
PEOPLE = (
    *("mover", "head", "colleague", "drafter", "other_head"),
    *("office", "mayor", "secretary"),
)
TELLING = {
    *("home:today", "home:charges", "home:charges_edit", "home:charges_copy"),
    *("home:charges_person", "goals:board", "goals:paper", "goals:history", "goals:handovers"),
    *("goals:handover", "goals:handover_note", "interviews:list", "interviews:new"),
    *("interviews:edit", "packets:list", "packets:preview", "admin:autocomplete"),
    *("packets:days", "packets:book", "packets:sheets"),
    *("admin:departments_charge_changelist", "admin:departments_charge_add"),
}
"""Pages that name people or what is open to them: asked again for each kind in turn."""
SEARCHES = (
    *("/?q=秘匿", "/papers/2023/?q=秘匿", "/interviews/2023/?q=秘匿", "/rights/?q=秘匿"),
    *("/audit/?q=秘匿", "/admin/departments/charge/?q=秘匿", "/admin/departments/user/?q=秘匿"),
)


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: where to, and the fields as they stand."""

    def __init__(self, where):
        super().__init__()
        self.where, self.found, self.here, self.select = where, [], None, None

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            is_post = (at.get("method") or "").lower() == "post"
            self.here = {} if is_post else None
            if is_post:
                action = urljoin(f"http://testserver{self.where}", at.get("action") or self.where)
                self.found.append((action.removeprefix("http://testserver"), self.here))
        elif self.here is None:
            return
        elif tag == "input" and at.get("name"):
            self._input(at)
        elif tag == "textarea" and at.get("name"):
            self.here.setdefault(at["name"], []).append("書きました。")
        elif tag == "select" and at.get("name"):
            self.select = self.here.setdefault(at["name"], [])
        elif tag == "option" and self.select is not None and at.get("value"):
            self.select[:] = [at["value"]]  # the last of them: not what is stored

    def _input(self, at):
        kind, value = at.get("type", "text"), at.get("value") or ""
        if kind in {"file", "submit", "button"} or at["name"] == "csrfmiddlewaretoken":
            return
        if kind == "radio" and at["name"] in self.here:
            return
        kept = kind in {"hidden", "checkbox", "radio"}
        self.here.setdefault(at["name"], []).append(value if kept else value or filled(at["name"]))

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        if tag == "form":
            self.here = None


def filled(name):
    """Something that may stand in an empty field of this name."""
    days = {"date": "令和5年4月7日", "day": "令和5年4月7日", "start": "9:00", "end": "10:00"}
    return next((text for part, text in days.items() if part in name), "1")


@pytest.fixture
def world(cast, somu, kenko):
    with time_machine.travel(NOON, tick=False):
        built = World(cast, somu, kenko)
        yozo = DivisionFactory(department=kenko, name="予防課")
        cast.mover, cast.newcomer = UserFactory(), UserFactory(name=NAME)
        AppointmentFactory(
            user=cast.mover, post=Post.CHIEF, title="予防課長", department=kenko, division=yozo
        )
        cast.colleague = cast.chief
        ChargeFactory(
            department=cast.bosai.department, division=cast.bosai, interviewer=cast.deputy
        )
        built.reach("received")
        yield built


@pytest.fixture
def cast(cast):
    cast.bosai = cast.chief.appointments.get().division
    return cast


# Secrets


def appoint(user, post, *, told=TOMORROW, starts=APRIL, **fields):
    AppointmentFactory(
        user=user, post=post, title=TITLE, starts_on=starts, announced_on=told, **fields
    )


def end(user, told=TOMORROW):
    rows = Appointment.objects.filter(user=user, starts_on__lte=END)
    rows.update(ends_on=END, end_announced_on=told)


def a_head_moves(cast, somu, kenko, told):
    end(cast.head, told)
    end(cast.mover, told)
    appoint(cast.mover, Post.HEAD, department=somu, told=told)


def two_heads(cast, somu, kenko, told):
    appoint(cast.head, Post.HEAD, department=kenko, told=told)
    appoint(cast.mover, Post.HEAD, department=somu, told=told)


def city_posts(cast, somu, kenko, told):
    appoint(cast.mover, Post.POLICY_OFFICE, told=told)
    appoint(cast.colleague, Post.DEPUTY_MAYOR, told=told)
    appoint(cast.secretary, Post.ADMINISTRATOR, told=told)


def city_posts_end(cast, somu, kenko, told):
    for user in (cast.mayor, cast.deputy, cast.secretary):
        end(user, told)


def a_stand_in(cast, somu, kenko, told):
    by = {"department": somu, "standing_in_for": cast.head, "starts": TODAY}
    appoint(cast.mover, Post.HEAD, told=told, **by)


def a_charge(cast, somu, kenko, told):
    appoint(cast.newcomer, Post.DEPUTY_MAYOR, told=told)
    ChargeFactory(department=kenko, interviewer=cast.newcomer)


def a_newcomer(cast, somu, kenko, told):
    appoint(cast.newcomer, Post.HEAD, department=somu, told=told)


KINDS = (a_head_moves, two_heads, city_posts, city_posts_end, a_stand_in, a_charge, a_newcomer)


def make(kind, world, told=TOMORROW):
    """An appointment of this kind, announced on ``told``."""
    kind(world.cast, world.paper.department, world.other.department, told)


@contextmanager
def undone():
    """Whatever happens inside is taken back; the next numbers of rows, too."""
    with transaction.atomic():
        numbers = _numbers()
        yield
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        for name, value, is_called in numbers:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, value or 1, is_called])


def _numbers():
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename), last_value, last_value IS NOT NULL FROM pg_sequences"
        )
        return cursor.fetchall()


# Walks


def asked_by(who, world):
    """All addresses to look at: of the admin for the office alone, others get one refusal each."""
    pages = dict.fromkeys(world.pages(admin=who == "office")) | dict.fromkeys(SEARCHES)
    return [("get", where, {}) for where in pages]


def sent_from(answers):
    """All forms on the pages that were shown, each once, then every open address with nothing."""
    found = {}
    for (_, where, _), answer in answers:
        if answer["status"] == 200 and answer["headers"].get("Content-Type", "").startswith("text"):
            reader = Forms(where)
            reader.feed(answer["body"].decode())
            for action, fields in reader.found:
                found.setdefault((action, frozenset(fields)), ("post", action, fields))
    empty = {where.partition("?")[0] for (_, where, _), a in answers if a["status"] != 403}
    plain = [("post", where, {}) for where in sorted(empty) if not where.startswith("/admin/")]
    return [*found.values(), *plain]


def walk(client, requests):
    """Each request with all that came back; nothing of it stays."""
    at_first = {name: morsel.value for name, morsel in client.cookies.items()}
    cache.clear()
    found = []
    for method, where, data in requests:
        client.cookies = SimpleCookie(at_first)
        with undone(), zeal_ignore():
            mail.outbox = []
            with TestCase.captureOnCommitCallbacks(execute=True):
                answer = getattr(client, method)(where, data)
                found.append(((method, where, data), everything_in(answer)))
    client.cookies = SimpleCookie(at_first)
    return found


def everything_in(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    cookies = {n: m.OutputString() for n, m in answer.cookies.items() if n != "csrftoken"}
    return {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "body": opened(re.sub(rb'"token": "\w{64}"', b"", lasting(body))),
        "cookies": cookies,
        "mails": [message.message().as_bytes() for message in mail.outbox],
    }


def opened(body):
    """A workbook or an archive by its contents; everything else as it is."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"".join(name.encode() + archive.read(name) for name in sorted(archive.namelist()))


def told(one, two):
    """Where two values begin to differ, for the one who reads the failure."""
    one, two = str(one), str(two)
    at = next((n for n, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), 0)
    return one[max(at - 40, 0) : at + 80], two[max(at - 40, 0) : at + 80]


def differing(before, after):
    return [
        (
            method,
            where,
            {part: told(one[part], two[part]) for part in one if one[part] != two[part]},
        )
        for ((method, where, _), one), (_, two) in zip(before, after, strict=True)
        if one != two
    ]


def signed_in(world, who):
    client = Client()
    client.force_login(getattr(world.cast, who))
    return client


def is_telling(where, names):
    return names.get(where) in TELLING


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_can_tell_that_an_unannounced_appointment_exists(who, world):
    """All kinds at once at every address; then each kind alone where people are named."""
    client = signed_in(world, who)
    looks = walk(client, asked_by(who, world))
    sendings = walk(client, sent_from(looks))
    before = looks + sendings
    with undone():
        for kind in KINDS:
            make(kind, world)
        after = walk(client, [request for request, _ in before])
    assert differing(before, after) == []
    assert not [r for r, a in after if NAME.encode() in a["body"] or TITLE.encode() in a["body"]]


@pytest.mark.parametrize("who", ["mover", "head", "office"])
def test_nobody_can_tell_that_one_of_a_kind_exists(who, world):
    """Each kind alone, where people are named: one might hide another."""
    client, names = signed_in(world, who), world.pages()
    before = walk(client, [("get", where, {}) for where in names if is_telling(where, names)])
    before += walk(client, [r for r in sent_from(before) if is_telling(r[1], names)])
    for kind in KINDS:
        with undone():
            make(kind, world)
            after = walk(client, [request for request, _ in before])
        assert (kind.__name__, differing(before, after)) == (kind.__name__, [])


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_appointment_shows_once_it_is_announced(kind, world):
    """What the other test compares could show it: else it would prove nothing."""
    who = "office" if kind in {a_charge, city_posts_end, a_newcomer} else "mover"
    client, names = signed_in(world, who), world.pages()
    requests = [("get", where, {}) for where in names if is_telling(where, names)]
    before = walk(client, requests)
    with undone():
        make(kind, world, told=TODAY)
        after = walk(client, requests)
    assert differing(before, after) != []
