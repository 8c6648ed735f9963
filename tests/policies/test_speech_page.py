"""施政方針: how it reads, with its projects marked in it."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from core.audit import Actor
from policies.actions import manuscripts
from policies.edits import Mark, Retitle
from policies.models import Manuscript, Project, Speech
from policies.parsing import parse
from policies.queries.manuscripts import outline_of_manuscript
from tests.factories import PlanFactory, policy_with_items

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
TEXT = """令和5年度施政方針

令和5年2月24日
国分寺市長　井澤　邦夫

市民の皆様、こんにちは。

避難所の運営を、地域の皆様と見直します。『市防災計画』を改めます。

次に、子育てです。

公園を新しくします。

おわりに、皆様の御協力をお願いします。
"""
PROJECTS = {"避難所の運営を": "避難所の見直し", "公園を新しく": "公園の再整備"}


@pytest.fixture
def reader(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.viewer)


@pytest.fixture
def speech(cast: SimpleNamespace) -> Speech:
    """The speech as the office marks its projects and shows it."""
    by = Actor(cast.office)
    desk = manuscripts.take_in(parsed=parse(TEXT), kind=Manuscript.Kind.SPEECH, year=2023, by=by)
    for words, name in PROJECTS.items():
        start = TEXT.index(words)
        edit = Mark(start, TEXT.index("\n", start))
        desk = manuscripts.edit(manuscript=desk, version=desk.version, edit=edit, by=by)
        node = outline_of_manuscript(desk).nodes[-1]
        edit = Retitle(node.id, name)
        desk = manuscripts.edit(manuscript=desk, version=desk.version, edit=edit, by=by)
    manuscripts.share(manuscript=desk, version=desk.version, by=by)
    return Speech.objects.get(year=2023)


def body_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_speech_reads_in_its_order_with_the_projects_in_it(
    reader: Client, speech: Speech
) -> None:
    page = body_of(reader, "/policies/2023/speech/")
    article = page[page.index('<div class="policy__preamble">') :]
    lines = re.findall(
        r'<strong>([^<]+)</strong>|<p class="document__paragraph">(.*?)</p>', article
    )
    assert [name or text for name, text in lines] == [
        "市民の皆様、こんにちは。",
        "避難所の見直し",
        "避難所の運営を、地域の皆様と見直します。『市防災計画』を改めます。",
        "次に、子育てです。",
        "公園の再整備",
        "公園を新しくします。",
        "おわりに、皆様の御協力をお願いします。",
    ]


def test_every_project_has_an_address_and_stands_in_the_list(
    reader: Client, speech: Speech
) -> None:
    page = body_of(reader, "/policies/2023/speech/")
    paths = list(Project.objects.order_by("place").values_list("path", flat=True))
    assert re.findall(r'<div class="speech__project" id="([^"]+)">', page) == paths
    nav = page[page.index('<ol class="policy__chapters">') : page.index("</aside>")]
    assert re.findall(r'href="#([^"]+)"', nav) == paths
    assert "事業　2件" in page


def test_plans_that_the_speech_names_are_links(reader: Client, speech: Speech) -> None:
    plan = PlanFactory(name="市防災計画")
    page = body_of(reader, "/policies/2023/speech/")
    assert f'『<a href="/policies/plans/{plan.pk}/">市防災計画</a>』を改めます。' in page


def test_the_two_documents_of_a_year_lead_to_each_other(reader: Client, speech: Speech) -> None:
    policy_with_items()
    assert 'href="/policies/2023/"' in body_of(reader, "/policies/2023/speech/")
    assert 'href="/policies/2023/speech/"' in body_of(reader, "/policies/2023/")
    policy_with_items(2022)
    assert "/policies/2022/speech/" not in body_of(reader, "/policies/2022/")


def test_a_year_without_a_speech_has_no_page(reader: Client) -> None:
    policy_with_items()
    assert reader.get("/policies/2023/speech/").status_code == 404


def test_headings_stand_above_the_projects_with_their_numbers(
    reader: Client, cast: SimpleNamespace
) -> None:
    text = TEXT.replace("市民の皆様、こんにちは。", "1　命を守る\n\n市民の皆様、こんにちは。")
    by = Actor(cast.office)
    desk = manuscripts.take_in(parsed=parse(text), kind=Manuscript.Kind.SPEECH, year=2023, by=by)
    start = text.index("避難所の運営を")
    edit = Mark(start, text.index("\n", start))
    desk = manuscripts.edit(manuscript=desk, version=desk.version, edit=edit, by=by)
    manuscripts.share(manuscript=desk, version=desk.version, by=by)
    page = body_of(reader, "/policies/2023/speech/")
    assert re.findall(r'<h2 class="speech__heading">([^<]+)</h2>', page) == ["1　命を守る"]
    [project] = Project.objects.all()
    assert (project.path, project.number) == ("1-1", "1(1)")
    assert re.findall(r'<div class="speech__project" id="([^"]+)">', page) == ["1-1"]


def test_the_page_of_a_plan_tells_where_the_speech_names_it(reader: Client, speech: Speech) -> None:
    plan = PlanFactory(name="市防災計画")
    page = body_of(reader, f"/policies/plans/{plan.pk}/")
    assert re.findall(r'speech/(#[^"]+)"', page) == [f"#{Project.objects.earliest('place').path}"]
    assert "<p>本文</p>" not in page
