"""昨年度からの変更: what everybody reads, what the office confirms, two people at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client

from core.audit import Actor
from core.models import AuditEvent
from core.workflow import Conflict, NotNow
from policies.actions.alignments import confirm
from policies.models import Alignment, BasicPolicy, Section
from policies.queries.alignments import comparison
from tests.factories import BasicPolicyFactory, SectionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]

CHANGES, CONFIRM = "/policies/2023/changes/", "/policies/2023/alignment/"
BOSAI = "首都直下地震に備え、避難所の資機材を点検し、訓練を重ねること。"
DIGITAL = "行政手続のオンライン化を進め、便利な市役所をつくること。"
CARBON = "あらゆる施策に脱炭素の視点を取り入れること。"
MONEY = "事業の選択と集中に努め、新たな財源を見いだすこと。"


def lay(year: int, *bodies: str) -> dict[str, Section]:
    """A policy of one chapter with these items; by their addresses."""
    policy = BasicPolicyFactory(year=year, title=f"令和{year - 2018}年度市政運営の基本方針")
    fields = {"policy": policy, "place": 1, "marker": "1", "number": "1", "path": "1"}
    chapter = SectionFactory(**fields, heading="施政方針を踏まえた対応", body="")
    for place, body in enumerate(bodies, 1):
        SectionFactory(
            policy=policy,
            parent=chapter,
            place=place + 1,
            marker=f"({place})",
            number=f"1({place})",
            path=f"1-{place}",
            body=body,
        )
    return {section.path: section for section in policy.sections.all()}


@pytest.fixture
def old() -> dict[str, Section]:
    return lay(2022, BOSAI, MONEY, DIGITAL)


@pytest.fixture
def new(old: dict[str, Section]) -> dict[str, Section]:
    return lay(2023, BOSAI, DIGITAL.replace("便利な", "誰にも便利な"), CARBON)


@pytest.fixture
def office(cast: SimpleNamespace, client_of: ClientOf) -> Client:
    return client_of(cast.office)


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def form_of(page: str) -> dict[str, str]:
    """What the browser would send: the state and the chosen one of each list."""
    state = re.search(r'name="state" value="(\w+)"', page)
    assert state
    lists = re.findall(r'<select name="(earlier-\d+)".*?</select>', page, re.S)
    chosen = re.findall(r'<select name="(earlier-\d+)".*?value="(\w+)" selected', page, re.S)
    assert [name for name, _ in chosen] == lists
    return {"state": state[1], **dict(chosen)}


def pairs_of(year: int) -> dict[str, str]:
    rows = Alignment.objects.filter(section__policy__year=year).select_related("earlier")
    return {row.section.path: row.earlier.path if row.earlier else "" for row in rows}


def test_before_the_office_confirms_everybody_reads_the_proposal_as_such(
    new: dict[str, Section], cast: SimpleNamespace, client_of: ClientOf
) -> None:
    page = page_of(client_of(cast.viewer), CHANGES)
    assert "項の対応は、まだ案です" in page
    figures = re.findall(r"<dt>(.+?)</dt><dd><strong>(\d+)</strong>", page)
    assert figures == [
        ("文言変更", "1"),
        ("新規", "1"),
        ("今年度にないもの", "1"),
        ("継続（文言も同じ）", "2"),
    ]
    assert "<ins>誰にも</ins>便利な市役所" in page
    assert f"<del>{MONEY}</del>" in page
    assert CONFIRM not in page


def test_the_office_confirms_what_was_proposed(
    new: dict[str, Section], office: Client, cast: SimpleNamespace
) -> None:
    answer = office.post(CONFIRM, form_of(page_of(office, CONFIRM)))
    assert (answer.status_code, answer.headers["Location"]) == (302, CHANGES)
    assert pairs_of(2023) == {"1": "1", "1-1": "1-1", "1-2": "1-3", "1-3": ""}
    event = AuditEvent.objects.get(verb="policy.align")
    assert (event.actor, event.before, event.after) == (cast.office, {}, pairs_of(2023))
    assert "まだ案です" not in page_of(office, CHANGES)


def test_the_office_chooses_another_item_and_sees_the_difference_before_it_confirms(
    new: dict[str, Section], old: dict[str, Section], office: Client
) -> None:
    typed = form_of(page_of(office, CONFIRM))
    typed[f"earlier-{new['1-3'].pk}"] = str(old["1-2"].pk)
    looked = office.post(CONFIRM, {**typed, "look": "1"}).content.decode()
    assert "まだ確定していません" in looked
    assert "今年度にないもの</h2>" not in looked
    assert Alignment.objects.count() == 0
    office.post(CONFIRM, form_of(looked))
    assert pairs_of(2023)["1-3"] == "1-2"


def test_it_can_be_confirmed_again(
    new: dict[str, Section], old: dict[str, Section], office: Client
) -> None:
    office.post(CONFIRM, form_of(page_of(office, CONFIRM)))
    page = page_of(office, CONFIRM)
    assert "もう一度確定できます" in page
    office.post(CONFIRM, form_of(page) | {f"earlier-{new['1-2'].pk}": "new"})
    assert pairs_of(2023)["1-2"] == ""
    event = AuditEvent.objects.filter(verb="policy.align").latest("pk")
    assert (event.before["1-2"], event.after["1-2"]) == ("1-3", "")


def test_of_two_who_confirm_at_once_the_second_is_told_and_keeps_what_was_chosen(
    new: dict[str, Section], old: dict[str, Section], office: Client
) -> None:
    first = form_of(page_of(office, CONFIRM))
    second = first | {f"earlier-{new['1-3'].pk}": str(old["1-2"].pk)}
    office.post(CONFIRM, first)
    answer = office.post(CONFIRM, second)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "ほかの人が先に対応を確定したか" in page
    assert pairs_of(2023)["1-3"] == ""
    again = form_of(page)
    assert again[f"earlier-{new['1-3'].pk}"] == str(old["1-2"].pk)
    assert office.post(CONFIRM, again).status_code == 302
    assert pairs_of(2023)["1-3"] == "1-2"


def test_a_text_that_changed_meanwhile_is_looked_at_again(
    new: dict[str, Section], office: Client
) -> None:
    typed = form_of(page_of(office, CONFIRM))
    Section.objects.filter(pk=new["1-1"].pk).update(body="改めた。")
    assert office.post(CONFIRM, typed).status_code == 409
    assert Alignment.objects.count() == 0


def test_an_item_that_an_amendment_added_waits_to_be_confirmed(
    new: dict[str, Section], office: Client
) -> None:
    office.post(CONFIRM, form_of(page_of(office, CONFIRM)))
    SectionFactory(
        policy=new["1"].policy, parent=new["1"], place=9, path="1-4", number="1(4)", body=MONEY
    )
    page = page_of(office, CONFIRM)
    assert "確定していない項があります" in page
    assert page.index('id="1-4"') < page.index('id="1-1"')
    office.post(CONFIRM, form_of(page))
    assert pairs_of(2023)["1-4"] == "1-2"


def test_an_item_that_an_amendment_took_out_is_compared_no_more(
    new: dict[str, Section], office: Client
) -> None:
    office.post(CONFIRM, form_of(page_of(office, CONFIRM)))
    Section.objects.filter(pk=new["1-3"].pk).update(is_dropped=True)
    found = comparison(2023)
    assert found
    assert [row.section.path for row in found.rows] == ["1", "1-1", "1-2"]
    assert found.is_confirmed


def test_last_years_item_that_was_taken_out_later_stays_named(
    new: dict[str, Section], old: dict[str, Section], office: Client
) -> None:
    office.post(CONFIRM, form_of(page_of(office, CONFIRM)))
    Section.objects.filter(pk=old["1-3"].pk).update(is_dropped=True)
    assert office.post(CONFIRM, form_of(page_of(office, CONFIRM))).status_code == 302
    assert pairs_of(2023)["1-2"] == "1-3"


def test_only_the_office_confirms(
    new: dict[str, Section], cast: SimpleNamespace, client_of: ClientOf
) -> None:
    assert client_of(cast.head).get(CONFIRM).status_code == 403
    assert client_of(cast.mayor).post(CONFIRM, {}).status_code == 403
    assert client_of(cast.head).get(CHANGES).status_code == 200


@pytest.mark.parametrize("address", [CHANGES, CONFIRM])
def test_without_last_years_document_there_is_nothing_to_compare(
    office: Client, address: str
) -> None:
    lay(2023, BOSAI)
    answer = office.get(address)
    assert answer.status_code == 404
    assert "昨年度と比べられません" in answer.content.decode()


def test_the_document_leads_to_its_changes(new: dict[str, Section], office: Client) -> None:
    assert f'href="{CHANGES}"' in page_of(office, "/policies/2023/")
    assert "/policies/2022/changes/" not in page_of(office, "/policies/2022/")


def test_a_form_that_misses_an_item_stores_nothing(new: dict[str, Section], office: Client) -> None:
    typed = form_of(page_of(office, CONFIRM))
    del typed[f"earlier-{new['1-1'].pk}"]
    assert office.post(CONFIRM, typed).status_code == 409
    assert Alignment.objects.count() == 0


def test_the_action_takes_no_item_of_another_year(
    new: dict[str, Section], cast: SimpleNamespace
) -> None:
    found = comparison(2023)
    assert found
    pairs: dict[int, int | None] = {row.section.pk: new["1-1"].pk for row in found.rows}
    with pytest.raises(NotNow):
        confirm(year=2023, pairs=pairs, state=found.state, by=Actor(user=cast.office))
    with pytest.raises(Conflict):
        confirm(year=2023, pairs=pairs, state="", by=Actor(user=cast.office))
    assert BasicPolicy.objects.count() == 2


def test_a_long_document_offers_what_stands_near_and_what_is_left_over(
    office: Client,
) -> None:
    lay(2022, *(f"{BOSAI}{n:03}地区から始める。" for n in range(150)))
    lay(2023, *(f"{BOSAI}{n:03}地区から始める。" for n in range(149)))
    page = page_of(office, CONFIRM)
    lists = re.findall(r"<select.*?</select>", page, re.S)
    assert len(lists) == 150
    assert max(one.count("<option") for one in lists) < 70
    assert lists[0].count("1(150)") == 1
    assert office.post(CONFIRM, form_of(page)).status_code == 302


def test_items_stand_under_the_chapter_to_which_an_amendment_moved_them(
    cast: SimpleNamespace,
) -> None:
    old, new = lay(2022, "別に定める。", BOSAI), lay(2023, "別に定める。", BOSAI)
    for sections, path in ((old, "1-1"), (new, "1-2")):
        chapter = SectionFactory(
            policy=sections["1"].policy, place=5, path="2", number="2", heading="教育", body=""
        )
        body = {"parent": chapter, "place": 6, "number": "2(1)", "body": "別に定める。"}
        Section.objects.filter(pk=sections[path].pk).update(**body)
    found = comparison(2023)
    assert found
    pairs = {row.section.path: row.earlier.path for row in found.rows if row.earlier}
    assert pairs["1-2"] == "1-1"


def test_the_same_form_sent_twice_is_no_conflict_and_leaves_one_line(
    new: dict[str, Section], office: Client
) -> None:
    typed = form_of(page_of(office, CONFIRM))
    assert [office.post(CONFIRM, typed).status_code for _ in range(2)] == [302, 302]
    assert AuditEvent.objects.filter(verb="policy.align").count() == 1


PEOPLE = 4


@pytest.mark.django_db(transaction=True)
def test_of_several_who_confirm_in_the_same_moment_one_wins_whole(
    new: dict[str, Section], old: dict[str, Section], cast: SimpleNamespace, client_of: ClientOf
) -> None:
    clients = [client_of(cast.office) for _ in range(PEOPLE)]
    typed = form_of(page_of(clients[0], CONFIRM))
    choices = ["new", *(str(old[path].pk) for path in ("1-1", "1-2", "1-3"))]
    at_once = Barrier(PEOPLE)

    def send(client: Client, choice: str) -> int:
        try:
            at_once.wait(timeout=30)
            form = typed | {f"earlier-{new[path].pk}": choice for path in ("1-1", "1-2", "1-3")}
            return client.post(CONFIRM, form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PEOPLE) as pool:
        statuses = list(pool.map(send, clients, choices))
    assert sorted(statuses) == [302] + [409] * (PEOPLE - 1)
    stored = pairs_of(2023)
    assert (stored["1"], len({stored[path] for path in ("1-1", "1-2", "1-3")})) == ("1", 1)
    assert AuditEvent.objects.filter(verb="policy.align").count() == 1
