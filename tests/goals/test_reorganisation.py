"""Departments that were merged, split and renamed: the new paper goes on from the old ones."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from departments.models import Department, Division, User
from goals.models import Goal, OperatingPolicy, Response, Revision
from goals.queries import sheet
from goals.snapshots import snapshot
from packets.contexts import packet
from packets.queries import material
from policies.models import Alignment, Section
from tests.factories import (
    AppointmentFactory,
    CycleFactory,
    DepartmentFactory,
    DivisionFactory,
    GoalFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    UserFactory,
    jst,
    policy_with_items,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def department(code: str, name: str, order: int, first: int, last: int | None = None) -> Department:
    return DepartmentFactory(code=code, name=name, order=order, first_year=first, last_year=last)


def head_of(one: Department, **days: object) -> User:
    user = UserFactory(name=f"{one.name}長 髙﨑")
    AppointmentFactory(user=user, title=f"{one.name}長", department=one, **days)
    return user


COMING = {"starts_on": dt.date(2023, 4, 1), "announced_on": dt.date(2023, 3, 24)}
GOING = {"ends_on": dt.date(2023, 3, 31), "end_announced_on": dt.date(2023, 3, 24)}


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    """福祉部 and 子ども家庭部 end with 令和4年度; the papers of both years are laid out."""
    for year in (2022, 2023):
        CycleFactory(year=year)
        policy_with_items(year)
    fukushi = department("fukushi", "福祉部", 5, 2019, 2022)
    kodomo = department("kodomo", "子ども家庭部", 6, 2019, 2022)
    old = {"status": "finalised", "filled": True}
    return SimpleNamespace(
        fukushi=fukushi,
        kodomo=kodomo,
        care=DivisionFactory(department=fukushi, code="care", name="高齢福祉課", last_year=2022),
        play=DivisionFactory(department=kodomo, code="play", name="子育て相談室", last_year=2022),
        of_fukushi=OperatingPolicyFactory(year=2022, department=fukushi, **old | {"staff": 40}),
        of_kodomo=OperatingPolicyFactory(year=2022, department=kodomo, **old | {"staff": 30}),
    )


@pytest.fixture
def merged(city: SimpleNamespace) -> SimpleNamespace:
    """Both become 健康福祉部."""
    city.new = department("kenpuku", "健康福祉部", 5, 2023)
    city.fukushi.successors.add(city.new)
    city.kodomo.successors.add(city.new)
    city.paper = OperatingPolicyFactory(department=city.new, filled=True)
    city.head = head_of(city.new, **COMING)
    return city


@pytest.fixture
def split(city: SimpleNamespace) -> SimpleNamespace:
    """福祉部 becomes 地域福祉部 and 高齢部."""
    city.first = department("chiiki", "地域福祉部", 5, 2023)
    city.second = department("korei", "高齢部", 6, 2023)
    city.fukushi.successors.add(city.first, city.second)
    city.papers = [
        OperatingPolicyFactory(department=one, filled=True) for one in (city.first, city.second)
    ]
    city.heads = [head_of(one, **COMING) for one in (city.first, city.second)]
    return city


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def links_to_last_year(page: str) -> list[tuple[str, str]]:
    return re.findall(r'href="/papers/2022/(\w+)/">(昨年度の運営方針書[^<]*)<', page)


def sections(year: int) -> dict[str, Section]:
    return {one.path: one for one in Section.objects.filter(policy__year=year)}


def said(city: SimpleNamespace, *texts: str, **fields: object) -> None:
    """What the two departments answered to 1(1), which goes on as 1(1)."""
    for paper, body in zip((city.of_fukushi, city.of_kodomo), texts, strict=False):
        ResponseFactory(paper=paper, section=sections(2022)["1-1"], body=body, **fields)
    if not Alignment.objects.exists():
        Alignment.objects.create(
            section=sections(2023)["1-1"],
            earlier=sections(2022)["1-1"],
            confirmed_at=jst(2023, 3, 20),
        )


# The paper


def test_a_merged_department_begins_with_the_papers_of_all_its_predecessors(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    page = text(client_of(merged.head), "/papers/2023/kenpuku/")
    assert links_to_last_year(page) == [
        ("fukushi", "昨年度の運営方針書（福祉部）"),
        ("kodomo", "昨年度の運営方針書（子ども家庭部）"),
    ]


def test_both_parts_of_a_department_begin_with_its_paper(
    split: SimpleNamespace, client_of: SignIn
) -> None:
    for head, code in zip(split.heads, ("chiiki", "korei"), strict=True):
        page = text(client_of(head), f"/papers/2023/{code}/")
        assert links_to_last_year(page) == [("fukushi", "昨年度の運営方針書（福祉部）")]


def test_a_department_that_goes_on_takes_in_what_merged_into_it(
    city: SimpleNamespace, client_of: SignIn
) -> None:
    city.kodomo.last_year = None
    city.kodomo.save()
    city.fukushi.successors.add(city.kodomo)
    OperatingPolicyFactory(department=city.kodomo)
    page = text(client_of(head_of(city.kodomo)), "/papers/2023/kodomo/")
    assert [code for code, _ in links_to_last_year(page)] == ["fukushi", "kodomo"]


def test_in_its_second_year_a_department_goes_on_from_its_own_paper_alone(
    merged: SimpleNamespace, client_of: SignIn, cast: SimpleNamespace
) -> None:
    OperatingPolicyFactory(year=2024, department=merged.new)
    page = text(client_of(cast.office), "/papers/2024/kenpuku/")
    assert re.findall(r'href="/papers/2023/kenpuku/">(昨年度の運営方針書[^<]*)<', page) == [
        "昨年度の運営方針書"
    ]


def test_who_may_not_read_an_old_paper_is_not_led_to_it(
    merged: SimpleNamespace, cast: SimpleNamespace, client_of: SignIn
) -> None:
    OperatingPolicy.objects.filter(pk=merged.paper.pk).update(status="finalised")
    OperatingPolicy.objects.filter(pk=merged.of_kodomo.pk).update(status="draft")
    page = text(client_of(cast.viewer), "/papers/2023/kenpuku/")
    assert [code for code, _ in links_to_last_year(page)] == ["fukushi"]
    assert client_of(cast.viewer).get("/papers/2022/kodomo/").status_code == 404


# Last year's answers


def boxes(page: str) -> list[str]:
    place = page[page.index('id="answer-1-1"') : page.index('id="answer-1-2"')]
    return re.findall(r'<p class="support">(昨年度の[^<]*)</p>', place)


def body_of(page: str) -> str:
    found = re.search(r'<textarea name="body"[^>]*>\s*(.*?)</textarea>', page, re.S)
    assert found
    return found[1]


def test_the_answers_of_all_predecessors_stand_beside_the_item(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    said(merged, "見守りを広げる。", "相談を夜も受ける。")
    page = text(client_of(merged.head), "/papers/2023/kenpuku/")
    assert [box.rpartition("　")[2] for box in boxes(page)] == ["福祉部", "子ども家庭部"]
    assert ("見守りを広げる。" in page, "相談を夜も受ける。" in page) == (True, True)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", "見守りを広げる。\n相談を夜も受ける。"),
        ("&of=fukushi", "見守りを広げる。"),
        ("&of=kodomo", "相談を夜も受ける。"),
        ("&of=somu", ""),
    ],
)
def test_one_answer_or_all_of_them_can_be_begun_with(
    merged: SimpleNamespace, client_of: SignIn, query: str, body: str
) -> None:
    said(merged, "見守りを広げる。", "相談を夜も受ける。")
    where = f"/papers/2023/kenpuku/responses/1-1/?from=last-year{query}"
    assert body_of(text(client_of(merged.head), where)).strip() == body
    assert Response.objects.filter(paper=merged.paper).count() == 0


def test_where_one_had_nothing_to_do_with_it_the_words_of_the_other_begin(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    said(merged, "見守りを広げる。", "所管しない。")
    merged.of_kodomo.responses.update(is_not_applicable=True)
    page = text(client_of(merged.head), "/papers/2023/kenpuku/responses/1-1/?from=last-year")
    assert body_of(page) == "見守りを広げる。"
    assert not re.search(r'name="is_not_applicable"[^>]* checked', page)


# Goals


def copied(city: SimpleNamespace) -> dict[str, str | None]:
    return {
        goal.title: goal.lead_division.name if goal.lead_division else None
        for goal in Goal.objects.filter(paper__year=2023).select_related("lead_division")
    }


def ticked(page: str) -> dict[str, bool]:
    rows = re.findall(r'name="goals" id="goal-\d+" value="(\d+)"([^>]*)>\s*<span>([^<]*)<', page)
    return {title.strip(): "checked" in rest for _, rest, title in rows}


def test_goals_of_all_predecessors_are_offered_by_department(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    elder = GoalFactory(paper=merged.of_fukushi, title="見守り", lead_division=merged.care)
    child = GoalFactory(paper=merged.of_kodomo, title="夜の相談", lead_division=merged.play)
    merged.care.successors.add(
        DivisionFactory(department=merged.new, name="地域包括課", first_year=2023)
    )
    client = client_of(merged.head)
    page = text(client, "/papers/2023/kenpuku/goals/copy/")
    assert re.findall(r"写す目標（([^）]*)）", page) == ["福祉部", "子ども家庭部"]
    assert "高齢福祉課 → 地域包括課" in page
    assert "子育て相談室（今年度に続く課がないため、主管課は空になります）" in page
    client.post("/papers/2023/kenpuku/goals/copy/", {"goals": [elder.pk, child.pk]})
    assert copied(merged) == {"見守り": "地域包括課", "夜の相談": None}


def test_a_division_that_was_divided_leads_nothing_until_somebody_says(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    goal = GoalFactory(paper=merged.of_fukushi, title="見守り", lead_division=merged.care)
    for name in ("地域包括課", "介護課"):
        merged.care.successors.add(
            DivisionFactory(department=merged.new, name=name, first_year=2023)
        )
    client = client_of(merged.head)
    page = text(client, "/papers/2023/kenpuku/goals/copy/")
    assert "今年度は地域包括課と介護課に分かれたため、主管課は空になります" in page
    client.post("/papers/2023/kenpuku/goals/copy/", {"goals": [goal.pk]})
    assert copied(merged) == {"見守り": None}


def test_of_a_split_department_each_part_is_offered_its_own_goals_first(
    split: SimpleNamespace, client_of: SignIn
) -> None:
    for title, one in (("相談", split.first), ("見守り", split.second)):
        old = DivisionFactory(department=split.fukushi, name=f"旧{title}課", last_year=2022)
        old.successors.add(DivisionFactory(department=one, name=f"{title}課", first_year=2023))
        GoalFactory(paper=split.of_fukushi, title=title, lead_division=old)
    first, second = (
        text(client_of(head), f"/papers/2023/{code}/goals/copy/")
        for head, code in zip(split.heads, ("chiiki", "korei"), strict=True)
    )
    assert ticked(first) == {"相談": True, "見守り": False}
    assert ticked(second) == {"相談": False, "見守り": True}
    assert "旧見守り課（今年度は高齢部にあるため、主管課は空になります）" in first


def test_other_divisions_of_a_goal_give_way_to_those_that_took_over(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    goal = GoalFactory(paper=merged.of_fukushi, title="見守り", lead_division=merged.care)
    new = DivisionFactory(department=merged.new, name="相談課", first_year=2023)
    merged.play.successors.add(new)
    standing, gone = DivisionFactory(), DivisionFactory(last_year=2022)
    goal.other_divisions.add(merged.play, standing, gone)
    client_of(merged.head).post("/papers/2023/kenpuku/goals/copy/", {"goals": [goal.pk]})
    assert set(Goal.objects.get(paper=merged.paper).other_divisions.all()) == {new, standing}


def test_goals_of_a_paper_that_one_may_not_read_are_not_copied(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    other = GoalFactory(paper=OperatingPolicyFactory(year=2022), title="よその目標")
    answer = client_of(merged.head).post("/papers/2023/kenpuku/goals/copy/", {"goals": [other.pk]})
    assert answer.status_code == 200
    assert copied(merged) == {}


def test_copying_asks_as_often_for_many_goals_as_for_one(
    merged: SimpleNamespace, client_of: SignIn, django_assert_num_queries: Callable
) -> None:
    client = client_of(merged.head)
    counts = []
    for _ in range(2):
        for number in range(3):
            old = DivisionFactory(department=merged.fukushi, last_year=2022)
            old.successors.add(DivisionFactory(department=merged.new, first_year=2023))
            GoalFactory(paper=merged.of_fukushi, title=f"目標{number}", lead_division=old)
        with django_assert_num_queries(20) as queries:
            text(client, "/papers/2023/kenpuku/goals/copy/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# The packet


def overview(paper: OperatingPolicy) -> dict:
    stored = OperatingPolicy.objects.for_page().get(pk=paper.pk)
    content = packet(material(stored), city="国分寺市")
    return content["overview"]


def staff(paper: OperatingPolicy) -> tuple[str, str, str]:
    row = overview(paper)["resources"][0]
    return row["before"], row["now"], row["difference"]


def test_a_merged_department_is_compared_with_the_sum_of_its_predecessors(
    merged: SimpleNamespace,
) -> None:
    GoalFactory(paper=merged.of_fukushi)
    GoalFactory(paper=merged.of_kodomo)
    assert staff(merged.paper) == ("70", "79", "＋9")
    found = overview(merged.paper)
    assert found["previous_note"] == "令和4年度は、福祉部と子ども家庭部の計"
    assert found["counts"][2]["note"] == "前年度　2件"


def test_a_sum_with_a_blank_in_it_is_not_told(merged: SimpleNamespace) -> None:
    OperatingPolicy.objects.filter(pk=merged.of_kodomo.pk).update(staff=None)
    assert staff(merged.paper) == ("－", "79", "")


def test_a_part_is_not_compared_with_the_whole(split: SimpleNamespace) -> None:
    assert staff(split.papers[0]) == ("40", "79", "")
    assert overview(split.papers[0])["previous_note"] == (
        "令和4年度は、福祉部の全体。組織が分かれたため、増減は示さない"
    )


def test_a_renamed_department_is_compared_with_itself(city: SimpleNamespace) -> None:
    new = department("fukushi-2", "福祉局", 5, 2023)
    city.fukushi.successors.add(new)
    paper = OperatingPolicyFactory(department=new, filled=True)
    assert staff(paper) == ("40", "79", "＋39")
    assert overview(paper)["previous_note"] == "令和4年度は、福祉部"


def test_a_department_that_went_on_alone_says_nothing_of_it(city: SimpleNamespace) -> None:
    city.fukushi.last_year = None
    city.fukushi.save()
    paper = OperatingPolicyFactory(department=city.fukushi, filled=True)
    assert overview(paper)["previous_note"] == ""
    assert staff(paper) == ("40", "79", "＋39")


# Rights over two years


def write(client: Client, code: str, body: str) -> int:
    where = f"/papers/2022/{code}/responses/1-1/"
    version = {"version": str(_version(code))}
    return client.post(where, {"body": body, **version}).status_code


def _version(code: str) -> int:
    found = Response.objects.filter(paper__year=2022, paper__department__code=code).first()
    return found.version if found else 0


def test_what_an_abolished_department_leaves_is_written_by_those_that_took_over(
    merged: SimpleNamespace, cast: SimpleNamespace, client_of: SignIn, settings: SimpleNamespace
) -> None:
    OperatingPolicy.objects.filter(year=2022).update(status="draft")
    old = head_of(merged.fukushi, starts_on=dt.date(2020, 4, 1), **GOING)
    assert write(client_of(old), "fukushi", "年度内に書く。") == 302
    assert write(client_of(merged.head), "fukushi", "まだ書けない。") == 404
    page = text(client_of(merged.head), "/papers/2022/fukushi/")
    assert "年度内に書く。" in page
    settings.DEMO_TODAY = dt.date(2023, 4, 20)
    assert write(client_of(merged.head), "fukushi", "年度末の結果を書く。") == 302
    assert write(client_of(old), "fukushi", "もう職がない。") == 403
    assert write(client_of(cast.head), "fukushi", "よその部。") == 404
    assert Response.objects.get(paper=merged.of_fukushi).body == "年度末の結果を書く。"
    packets = [client_of(who).get("/packets/2022/fukushi/") for who in (merged.head, cast.head)]
    assert [answer.status_code for answer in packets] == [200, 404]
    row = re.search(r"<tr.*?福祉部.*?</tr>", text(client_of(cast.office), "/papers/2022/"), re.S)
    assert row
    assert "健康福祉部長 髙﨑" in row[0]


# The years in the head of a page


def years_in_head(page: str) -> dict[str, str]:
    """Label of a year → where it leads."""
    head = page[: page.index("<h1")]
    return {
        label: address
        for address, label in re.findall(r'href="([^"]*)"[^>]*>\s*(令和\d年度)', head)
    }


def test_the_other_year_shows_what_the_department_was(
    merged: SimpleNamespace, client_of: SignIn, cast: SimpleNamespace
) -> None:
    office = client_of(cast.office)
    years = years_in_head(text(office, "/papers/2023/kenpuku/"))
    assert years["令和4年度"] == "/papers/2022/fukushi/"
    years = years_in_head(text(office, "/papers/2022/kodomo/"))
    assert years["令和5年度"] == "/papers/2023/kenpuku/"
    years = years_in_head(text(office, "/papers/2022/kodomo/history/"))
    assert years["令和5年度"] == "/papers/2023/kenpuku/history/"


def test_of_several_parts_the_other_year_shows_ones_own(
    split: SimpleNamespace, client_of: SignIn
) -> None:
    for head, code in zip(split.heads, ("chiiki", "korei"), strict=True):
        years = years_in_head(text(client_of(head), "/papers/2022/fukushi/"))
        assert years["令和5年度"] == f"/papers/2023/{code}/"


def test_a_department_that_nobody_came_before_leads_to_the_first_page_of_the_year(
    merged: SimpleNamespace, client_of: SignIn, cast: SimpleNamespace
) -> None:
    new = department("digital", "デジタル部", 9, 2023)
    OperatingPolicyFactory(department=new)
    years = years_in_head(text(client_of(cast.office), "/papers/2023/digital/"))
    assert years["令和4年度"] == "/?year=2022"


def test_ones_own_papers_of_a_past_year_are_those_of_its_departments(
    merged: SimpleNamespace, client_of: SignIn
) -> None:
    page = text(client_of(merged.head), "/?year=2022")
    assert re.findall(r'href="/papers/2022/(\w+)/"[^>]*>\s*(運営方針書[^<\s]*)', page)[:2] == [
        ("fukushi", "運営方針書（福祉部）"),
        ("kodomo", "運営方針書（子ども家庭部）"),
    ]


# Lists of a year


def named(page: str, *names: str) -> list[str]:
    """Those of ``names`` that the body of a page holds."""
    body = page[page.index("<main") :]
    return [name for name in names if name in body]


LISTS = ("/papers/{}/", "/papers/{}/coverage/", "/packets/{}/", "/interviews/{}/")


@pytest.mark.parametrize("where", LISTS)
def test_lists_of_a_year_show_the_departments_of_that_year(
    merged: SimpleNamespace, client_of: SignIn, cast: SimpleNamespace, where: str
) -> None:
    office, names = client_of(cast.office), ("健康福祉部", "子ども家庭部")
    assert named(text(office, where.format(2023)), *names) == ["健康福祉部"]
    assert named(text(office, where.format(2022)), *names) == ["子ども家庭部"]


@pytest.mark.parametrize("where", LISTS)
def test_an_empty_paper_of_a_department_that_was_abolished_since_is_not_listed(
    merged: SimpleNamespace, client_of: SignIn, cast: SimpleNamespace, where: str
) -> None:
    laid_out = OperatingPolicyFactory(department=merged.kodomo)
    office = client_of(cast.office)
    assert named(text(office, where.format(2023)), "子ども家庭部") == []
    OperatingPolicy.objects.filter(pk=laid_out.pk).update(edits=1)
    shown = [] if "interviews" in where else ["子ども家庭部"]
    assert named(text(office, where.format(2023)), "子ども家庭部") == shown


def test_papers_are_laid_out_for_the_departments_of_the_year(
    merged: SimpleNamespace, client_of: SignIn, cast: SimpleNamespace
) -> None:
    OperatingPolicy.objects.filter(year=2023).delete()
    client_of(cast.office).post("/papers/2023/open/")
    codes = OperatingPolicy.objects.filter(year=2023).values_list("department__code", flat=True)
    assert set(codes) == {"somu", "kenko", "kenpuku"}


# What was handed in


def test_versions_keep_the_names_of_their_day_through_every_reorganisation(
    merged: SimpleNamespace, client_of: SignIn, cast: SimpleNamespace
) -> None:
    goal = GoalFactory(paper=merged.of_fukushi, lead_division=merged.care, complete=True)
    goal.other_divisions.add(merged.play)
    Goal.objects.filter(pk=goal.pk).update(lead_division=merged.care)
    Revision.objects.create(
        paper=merged.of_fukushi,
        number=1,
        content=snapshot(sheet(merged.of_fukushi)),
        submitted_by=cast.office,
        submitted_at=jst(2022, 4, 4),
    )
    new = DivisionFactory(department=merged.new, name="地域包括課", first_year=2023)
    merged.care.successors.add(new)
    Division.objects.filter(pk=merged.care.pk).update(name="名を直した課")
    Department.objects.filter(pk=merged.fukushi.pk).update(name="名を直した部")
    page = text(client_of(cast.office), "/papers/2022/fukushi/revisions/1/")
    assert ("福祉部の運営方針　第1版" in page, "高齢福祉課" in page, "子育て相談室" in page) == (
        *(True, True, True),
    )
    assert "地域包括課" not in page
