"""今日すること: one next step for everybody, news of one's own paper, the year that is shown."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from goals.models import OperatingPolicy
from policies.models import BasicPolicy
from tests.factories import AppointmentFactory, CycleFactory, UserFactory
from tests.pages import main_buttons

pytestmark = pytest.mark.django_db
HOME = reverse("home:today")
BADGE = "件の運営方針書が審査を待っています"


def page(client, address: str = HOME) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("head", "書き始める"),
        ("viewer", "基本方針を読む"),
        ("mayor", "提出状況を見る"),
        ("administrator", "管理画面を開く"),
    ],
)
def test_everybody_has_one_next_step(paper, cast, client_of, who, words):
    assert main_buttons(page(client_of(getattr(cast, who)))) == [words]


def test_changes_since_yesterday_name_who_did_what(paper, cast, client_of):
    client = client_of(cast.head)
    assert "変わったところはありません" in page(client)

    client_of(cast.drafter).post(
        reverse("goals:basics", args=[2023, "somu"]),
        {"version": paper.version, "mission": "備える。"},
    )

    news = page(client_of(cast.head)).split('id="news"')[1].split("</section>")[0]
    assert OperatingPolicy.objects.get(pk=paper.pk).mission == "備える。"
    assert "部の使命・現状を保存" in news
    assert cast.drafter.name in news
    assert "今日 " in news


def test_others_read_no_news_of_a_paper(paper, cast, client_of):
    assert 'id="news"' not in page(client_of(cast.mayor))


def test_reviewers_see_how_many_papers_wait(paper, cast, client_of):
    assert BADGE not in page(client_of(cast.office))

    OperatingPolicy.objects.filter(pk=paper.pk).update(status="submitted")

    assert f'1<span class="visually-hidden">{BADGE}' in page(client_of(cast.office))
    assert BADGE not in page(client_of(cast.mayor))


def test_a_year_that_was_chosen_is_named_and_stays(paper, cast, client_of):
    CycleFactory(year=2022)
    past = page(client_of(cast.head), f"{HOME}?year=2022")

    assert "令和4年度を表示しています" in past
    assert f'href="{HOME}?year=2022" aria-current="page"' in past
    assert "を表示しています" not in page(client_of(cast.head))


def test_two_papers_of_one_person_are_told_apart_in_the_navigation(paper, cast, kenko, client_of):
    AppointmentFactory(
        user=cast.head, department=kenko, title="健康部長職務代理", standing_in_for=cast.other_head
    )
    html = page(client_of(cast.head))
    assert re.findall(r">(運営方針書[^<]*)<", html) == [
        "運営方針書（総務部）",
        "運営方針書（健康部）",
    ]


def test_city_without_a_year_still_opens(cast, client_of):
    assert "令和4年度" in page(client_of(cast.administrator))


def test_the_first_page_tells_a_draft_from_what_is_issued_for_a_later_day(paper, cast, client_of):
    client = client_of(cast.head)
    assert "基本方針は、3月31日（金）付けで発出します" in page(client)
    BasicPolicy.objects.update(edition=None)
    assert "基本方針は、まだ案です" in page(client)


def test_whoever_holds_no_post_is_led_to_the_sign_out_not_round_in_a_circle(client_of):
    answer = client_of(UserFactory()).get(HOME)
    text = answer.content.decode()
    assert (answer.status_code, 'href="/signout/"' in text, 'href="/"' in text) == (
        403,
        True,
        False,
    )
    assert "いまは、利用できる職に就いていません。" in text


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2023-03-31", "3月31日（金）に発出する予定です。"),
        ("2023-04-03", "3月31日（金）に発出する予定でしたが、まだ発出していません。"),
    ],
)
def test_a_day_that_has_passed_is_not_announced(paper, cast, client_of, settings, today, words):
    BasicPolicy.objects.update(edition=None)
    settings.DEMO_TODAY = dt.date.fromisoformat(today)
    assert words in page(client_of(cast.head))
