"""What an amendment of the mayor's text looks like to the departments and to the office."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.workflow import Status
from departments.models import Department, User
from goals.models import Goal, OperatingPolicy
from policies.models import BasicPolicy
from tests.amendments import CONFIRM, at, reword, text_of, told
from tests.factories import (
    AppointmentFactory,
    DepartmentFactory,
    GoalFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    amending,
    jst,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


# ---- who sees it where --------------------------------------------------------------------------

TASK = "基本方針が改正されました（第1次改正）。1(2)の回答を確かめる"


@pytest.mark.parametrize("person", ["head", "drafter"])
def test_the_department_finds_it_among_what_is_to_do_today(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, person: str
) -> None:
    client = client_of(getattr(cast, person))
    page = text_of(client.get("/"))
    assert page.count(f"（{TASK}）</span>") + page.count(f">{TASK}<") == 1
    assert "/papers/2023/somu/#amendment" in page
    client.post(CONFIRM, {"edition": 1})
    assert "改正されました" not in text_of(client.get("/"))


@pytest.mark.parametrize(
    "person", ["other_head", "mayor", "deputy", "superintendent", "secretary", "viewer"]
)
def test_who_has_nothing_to_do_with_the_paper_is_told_nothing(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, person: str
) -> None:
    assert "改正" not in text_of(client_of(getattr(cast, person)).get("/"))


def test_a_paper_at_the_office_is_told_too_and_says_that_it_can_be_returned(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.head)
    for status in (Status.SUBMITTED, Status.RECEIVED, Status.FINALISED):
        OperatingPolicy.objects.filter(pk=amended.pk).update(status=status)
        assert TASK in text_of(client.get("/"))
        page = text_of(client.get("/papers/2023/somu/"))
        assert "いまは書けません。直すときは、政策経営課へ連絡すると、部に戻せます。" in page
        assert page.count(f'action="{CONFIRM}"') == 1


def test_rights_on_the_amendment_move_with_the_post(
    policy: BasicPolicy, linking: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    """健康部's present head goes on 31 March; the incoming one, announced, writes 2023's paper."""
    with amending(policy):
        reword("1-2")
    told_to = {
        person: "1(2)に応える目標を確かめる" in text_of(client_of(getattr(cast, person)).get("/"))
        for person in ("other_head", "incoming_head")
    }
    assert told_to == {"other_head": False, "incoming_head": True}
    where = "/papers/2023/kenko/amendment/"
    assert client_of(cast.other_head).post(where, {"edition": 1}).status_code in {403, 404}
    assert client_of(cast.incoming_head).post(where, {"edition": 1}).status_code == 302


def test_an_unannounced_head_neither_sees_nor_confirms(
    policy: BasicPolicy, linking: OperatingPolicy, kenko: Department, client_of: SignIn
) -> None:
    secret = AppointmentFactory(department=kenko, title="健康部長", unannounced=True).user
    with amending(policy):
        reword("1-2")
    client = client_of(secret)
    assert "改正" not in text_of(client.get("/"))
    assert client.post("/papers/2023/kenko/amendment/", {"edition": 1}).status_code == 403


def test_the_paper_shows_the_difference_with_links_and_marks_the_answer(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    goal = GoalFactory(paper=amended, sections=[at("1-2")])
    page = text_of(client_of(cast.head).get("/papers/2023/somu/"))
    notice = page[page.index('id="amendment"') : page.index(f'action="{CONFIRM}"')]
    assert "脱炭素の視点を<ins>全ての施策に</ins>取り入れること。" in notice
    assert "国の計画が変わったため。" in notice
    assert re.findall(r'href="(#[^"]+)"', notice) == ["#1-2", f"#goal-{goal.pk}"]
    answers = re.findall(r'id="answer-([\d-]+)">(.*?)</div>\s*</article>', page, re.DOTALL)
    marked = [path for path, body in answers if "改正の前に書いた回答です。" in body]
    assert marked == ["1-2"]


def test_after_confirming_the_mark_on_the_answer_goes_and_that_on_the_item_stays(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.head)
    client.post(CONFIRM, {"edition": 1})
    page = text_of(client.get("/papers/2023/somu/"))
    assert ('id="amendment"' in page, "改正の前に書いた" in page) == (False, False)
    assert page.count('<span class="chip">改正</span>') == 1


def test_the_office_reads_the_notice_without_a_button(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    page = text_of(client_of(cast.office).get("/papers/2023/somu/"))
    assert ("部は、この改正をまだ確かめていません。" in page, CONFIRM in page) == (True, False)


def test_who_only_reads_a_finalised_paper_is_not_told_what_the_department_owes(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    OperatingPolicy.objects.filter(pk=amended.pk).update(status=Status.FINALISED)
    page = text_of(client_of(cast.viewer).get("/papers/2023/somu/"))
    assert ('id="amendment"' in page, "改正の前に書いた" in page) == (False, False)


def test_an_amendment_dated_later_counts_from_its_issue_and_says_so(
    policy: BasicPolicy, answering: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    with amending(policy, dated_on=dt.date(2023, 4, 10), issued_at=jst(2023, 3, 28, 9)):
        reword("1-2")
    page = text_of(client_of(cast.head).get("/papers/2023/somu/"))
    assert page.count("第1次改正　令和5年4月10日") == 1
    assert page.count("日付はまだ先ですが、いまから確かめられます。") == 1
    assert told() == [("総務部", "1(2)の回答を確かめる")]


# ---- the office's list --------------------------------------------------------------------------


def rows_of(page: str) -> list[list[str]]:
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)[:4]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_the_office_sees_who_has_confirmed_and_who_has_not(
    amended: OperatingPolicy,
    aside: OperatingPolicy,
    linking: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: SignIn,
) -> None:
    client_of(cast.drafter).post(CONFIRM, {"edition": 1})
    client = client_of(cast.office)
    page = text_of(client.get("/papers/2023/amendments/"))
    rows = [[cell.split("　")[0] for cell in row] for row in rows_of(page)]
    assert rows == [
        ["健康部", "未確認 第1次改正", "1(2)", "―"],
        ["総務部", "確認済み", "―", "第1次改正"],
        ["農業委員会", "関わる項なし", "―", "―"],
    ]
    assert cast.drafter.name in page
    assert page.count('href="/papers/2023/kenko/"') == 1
    home = text_of(client.get("/"))
    assert "1部が、基本方針の改正をまだ確かめていません" in home
    assert text_of(client.get("/papers/2023/")).count("改正の確認を見る") == 1


def test_the_list_links_only_papers_that_the_reader_may_open(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    page = text_of(client_of(cast.mayor).get("/papers/2023/amendments/"))
    assert ("総務部" in page, 'href="/papers/2023/somu/"' in page) == (True, False)


def test_the_office_s_task_goes_when_everybody_has_confirmed(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client_of(cast.head).post(CONFIRM, {"edition": 1})
    client = client_of(cast.office)
    assert "まだ確かめていません" not in text_of(client.get("/"))
    assert "すべて確かめています" in text_of(client.get("/papers/2023/amendments/"))


def test_a_year_without_amendment_says_so(
    answering: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.office)
    assert "改正されていません" in text_of(client.get("/papers/2023/amendments/"))
    assert client.get("/papers/2031/amendments/").status_code == 404


# ---- how often the database is asked -------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "where"),
    [
        ("office", "/papers/2023/amendments/"),
        ("office", "/"),
        ("head", "/"),
        ("head", "/papers/2023/somu/"),
        ("viewer", "/policies/2023/"),
    ],
)
def test_an_amended_year_is_read_as_often_for_many_departments_as_for_one(
    amended: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, person: str, where: str
) -> None:
    client = client_of(getattr(cast, person))

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(where).status_code == 200
        return len(found)

    client.get(where)
    first = queries()
    for number in range(3):
        paper = OperatingPolicyFactory(department=DepartmentFactory(order=20 + number))
        ResponseFactory(paper=paper, section=at("1-2"))
        GoalFactory(paper=paper, sections=[at("1-2"), at("1-1")])
    assert Goal.objects.count() == 3
    assert queries() == first
