"""Plans: linked from the text that names them, proposed where they are not there, on own pages."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from core.workflow import NotNow
from policies.actions.manuscripts import take_in
from policies.actions.plans import add_plan
from policies.models import Plan, Section
from policies.parsing import parse
from policies.queries.plans import named_in
from tests.factories import (
    BasicPolicyFactory,
    DivisionFactory,
    MeasureFactory,
    PlanFactory,
    ProjectFactory,
    SdgFactory,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
TEXT = "『市環境基本計画』（以下「環境計画」という。）を進め、『人材<b>方針』を踏まえること。"


@pytest.fixture
def reader(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.viewer)


@pytest.fixture
def office(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.office)


@pytest.fixture
def named() -> None:
    """A policy of 2023 whose 1(1) names two plans and whose 1(2) goes on with the short name."""
    policy = policy_with_items()
    policy.sections.filter(path="1-1").update(body=TEXT)
    policy.sections.filter(path="1-2").update(body="環境計画の目標を達成すること。")


def links(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="(/policies/plans/\d+/)">([^<]+)</a>', page)


def body_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_words_that_name_a_plan_lead_to_its_page(reader: Client, named: None) -> None:
    plan = PlanFactory(name="市環境基本計画")
    at = f"/policies/plans/{plan.pk}/"
    page = body_of(reader, "/policies/2023/")
    assert links(page) == [(at, "市環境基本計画"), (at, "環境計画")]
    assert "『人材&lt;b&gt;方針』を踏まえること。" in page


def test_a_plan_is_known_by_its_short_name_and_in_any_width(reader: Client) -> None:
    policy = policy_with_items()
    policy.sections.filter(path="1-1").update(body="『ＤＸ　プラン』と『後期実行計画』。")
    first = PlanFactory(name="DXプラン")
    second = PlanFactory(name="国分寺市ビジョン後期実行計画", short_name="後期実行計画")
    assert links(body_of(reader, "/policies/2023/")) == [
        (f"/policies/plans/{first.pk}/", "ＤＸ　プラン"),
        (f"/policies/plans/{second.pk}/", "後期実行計画"),
    ]


def test_a_plan_of_other_years_is_not_meant(reader: Client, named: None) -> None:
    PlanFactory(name="市環境基本計画", first_year=2015, last_year=2022)
    assert links(body_of(reader, "/policies/2023/")) == []


def test_the_office_is_offered_to_add_what_is_not_registered(
    office: Client, reader: Client, named: None
) -> None:
    PlanFactory(name="市環境基本計画")
    page = body_of(office, "/policies/2023/")
    [at] = re.findall(r'href="(/policies/plans/new/[^"]+)"', page)
    asked = parse_qs(urlsplit(at.replace("&amp;", "&")).query)
    assert asked == {"name": ["人材<b>方針"], "year": ["2023"], "back": ["/policies/2023/"]}
    assert "計画に加える" not in body_of(reader, "/policies/2023/")

    form = body_of(office, at.replace("&amp;", "&"))
    assert 'value="人材&lt;b&gt;方針"' in form
    assert 'value="令和5年度"' in form


def test_what_is_proposed_becomes_a_plan_and_the_text_a_link(
    office: Client, named: None, cast: SimpleNamespace
) -> None:
    values = {"name": "市環境基本計画", "short_name": "環境計画", "first_year": "令和３年度"}
    response = office.post("/policies/plans/new/", values | {"back": "/policies/2023/"})
    assert response["Location"] == "/policies/2023/"
    plan = Plan.objects.get()
    assert (plan.name, plan.short_name, plan.years) == (
        *("市環境基本計画", "環境計画"),
        "令和3年度から",
    )
    [event] = AuditEvent.objects.all()
    assert (event.verb, event.actor, event.label) == ("plan.add", cast.office, f"計画 {plan}")
    assert len(links(body_of(office, "/policies/2023/"))) == 2


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com/", "javascript:x", ""])
def test_nobody_is_led_out_of_the_house(office: Client, back: str) -> None:
    values = {"name": "市環境基本計画", "first_year": "2023", "back": back}
    response = office.post("/policies/plans/new/", values)
    assert response["Location"] == f"/policies/plans/{Plan.objects.get().pk}/"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "名称を入力してください。"),
        ({"name": "市　環境基本計画"}, "この名称の計画は、既に登録されています。"),
        ({"first_year": ""}, "年度を入力してください。"),
        ({"first_year": "来年"}, "年度は「令和5年度」または「2023」のように入力してください。"),
        ({"last_year": "2020"}, "最後の年度は、最初の年度より前にはできません。"),
    ],
)
def test_errors_say_what_to_enter(office: Client, values: dict[str, str], sentence: str) -> None:
    PlanFactory(name="市環境基本計画")
    good = {"name": "別の計画", "first_year": "2023", "last_year": ""}
    response = office.post("/policies/plans/new/", good | values)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Plan.objects.count() == 1


def test_a_plan_is_added_once(cast: SimpleNamespace) -> None:
    values = {"short_name": "", "first_year": 2023, "last_year": None, "by": Actor(cast.office)}
    add_plan(name="市環境基本計画", **values)
    with pytest.raises(NotNow, match="既に登録されています"):
        add_plan(name="市環境基本計画 ", **values)


@pytest.mark.parametrize("name", ["head", "viewer", "mayor", "secretary"])
def test_only_who_keeps_the_tables_adds_a_plan(
    name: str, cast: SimpleNamespace, client_of: ClientOf
) -> None:
    client = client_of(getattr(cast, name))
    values = {"name": "市環境基本計画", "first_year": "2023"}
    assert client.post("/policies/plans/new/", values).status_code == 403
    assert not Plan.objects.exists()


def test_the_page_of_a_plan_tells_measures_and_where_it_is_named(
    reader: Client, named: None
) -> None:
    plan = PlanFactory(name="市環境基本計画", last_year=2024)
    division = DivisionFactory(name="環境課")
    measure = MeasureFactory(plan=plan, code="1-1", name="脱炭素", lead_division=division)
    measure.sdgs.add(SdgFactory(number=13))
    ProjectFactory(body="『市環境基本計画』を改定します。", short_name="計画の改定", path="3")
    old = policy_with_items(2022)
    old.sections.filter(path="1-2").update(body="『市環境基本計画』を進めること。")
    late = BasicPolicyFactory(year=2025)
    Section.objects.filter(policy=late).delete()
    page = body_of(reader, f"/policies/plans/{plan.pk}/")
    assert re.findall(r'href="(/policies/\d+/[^"]*#[^"]+)">([^<]+)<', page) == [
        ("/policies/2023/#1-1", "1(1)　『市環境基本計画』（以下「環境計…"),
        ("/policies/2023/#1-2", "1(2)　環境計画の目標を達成すること。"),
        ("/policies/2023/speech/#3", "(3)　計画の改定"),
        ("/policies/2022/#1-2", "1(2)　『市環境基本計画』を進めること。"),
    ]
    cells = re.findall(r"<t[hd] [^>]*>([^<]+)</t[hd]>", page)
    assert cells[-5:] == [
        *("1-1", "脱炭素", f"{division.department.name} 環境課", "13"),
        "令和3年度から",
    ]


def test_the_list_tells_all_plans(reader: Client) -> None:
    plan = PlanFactory(name="市環境基本計画", short_name="環境計画", last_year=2024)
    MeasureFactory(plan=plan)
    page = body_of(reader, "/policies/plans/")
    assert links(page) == [(f"/policies/plans/{plan.pk}/", "市環境基本計画")]
    assert ">令和3年度から令和6年度まで</td>" in page
    assert ">1件</td>" in page
    assert body_of(reader, "/policies/plans/999/", status=404)


def test_texts_of_a_document_are_read_together() -> None:
    plan = PlanFactory(name="市環境基本計画")
    first, second = named_in([TEXT, "環境計画の目標", "環境"], 2023)
    assert (first.title, first.short_name, first.plan) == ("市環境基本計画", "環境計画", plan)
    assert first.texts == {0, 1}
    assert (second.plan, second.texts) == (None, {0})


def test_the_reading_page_lists_the_plans_that_the_manuscript_names(
    office: Client, cast: SimpleNamespace
) -> None:
    plan = PlanFactory(name="市環境基本計画")
    text = f"令和5年度市政運営の基本方針\n1　計画\n(1)　{TEXT}\n(2)　環境計画の目標。\n"
    take_in(parsed=parse(text), year=2023, by=Actor(cast.office))
    page = body_of(office, "/policies/2023/manuscripts/basic/")
    table = page[page.index('id="plans-title"') :]
    assert f'<a href="/policies/plans/{plan.pk}/">登録あり' in table
    [at] = re.findall(r'href="(/policies/plans/new/[^"]+)"', table)
    asked = parse_qs(urlsplit(at.replace("&amp;", "&")).query)
    assert asked["back"] == ["/policies/2023/manuscripts/basic/#rows"]
