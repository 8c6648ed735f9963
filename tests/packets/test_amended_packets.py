"""The packet of a paper whose mayor's text was amended."""

import datetime as dt
from typing import Any

import pytest

from departments.models import Department
from goals.models import OperatingPolicy
from packets.contexts import issued
from packets.pieces import department
from policies.models import BasicPolicy, Edition
from tests.factories import CycleFactory, amending, complete_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(somu: Department) -> OperatingPolicy:
    CycleFactory()
    return complete_paper(department=somu)


def plain(paper: OperatingPolicy) -> dict[str, Any]:
    return department(paper).content


def amend(drop: str = "", reword: str = "") -> BasicPolicy:
    policy = BasicPolicy.objects.get(year=2023)
    with amending(policy):
        policy.sections.filter(path=reword).update(body="全ての施策に取り入れること。")
        policy.sections.filter(path=drop).update(is_dropped=True)
    return policy


def items(of: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(item["number"], item["is_amended"]) for c in of["chapters"] for item in c["items"]]


def test_a_text_that_was_never_amended_bears_its_one_date(paper: OperatingPolicy) -> None:
    found = plain(paper)
    assert found["policy"]["issued"] == "令和5年3月31日"
    assert {is_amended for _, is_amended in items(found)} == {False}


def test_the_text_bears_the_dates_of_its_amendments_and_marks_what_was_amended(
    paper: OperatingPolicy,
) -> None:
    amend(reword="1-2")
    found = plain(paper)
    assert found["policy"]["issued"] == "令和5年3月31日、第1次改正 4月10日"
    assert items(found) == [("1(1)", False), ("1(2)", True), ("2", False)]


def test_the_answer_to_a_dropped_item_is_named_and_not_printed(paper: OperatingPolicy) -> None:
    paper.responses.filter(section__path="1-1").update(body="雨水の貯留槽を設けます。")
    amend(drop="1-1")
    found = plain(paper)
    assert items(found) == [("1(2)", False), ("2", False)]
    assert found["policy"]["dropped"] == ["1(1)　強靱なまちづくりを推進すること。"]
    assert "貯留槽" not in str(found)
    assert found["coverage"]["sentence"]["owed"] == 1
    assert [row["number"] for t in found["coverage"]["tables"] for c in t["chapters"]
            for row in c["rows"]] == ["1(2)"]  # fmt: skip
    assert (found["goals"][0]["items"], found["goals"][0]["gone"]) == ([], ["1(1)"])


def test_the_page_says_it_on_the_cover_and_beside_the_items(paper: OperatingPolicy) -> None:
    before = department(paper).html()
    assert "改正" not in before
    amend(reword="1-2", drop="1-1")
    after = department(paper).html()
    assert after.count("令和5年3月31日、第1次改正 4月10日") == 2
    assert after.count('<span class="label">改正</span>') == 1
    assert after.count("改正で削られた項への回答は載せていない：1(1)") == 1


def test_the_year_is_said_where_it_is_another_one() -> None:
    rows = [
        Edition(number=1, dated_on=dt.date(2023, 4, 10)),
        Edition(number=2, dated_on=dt.date(2024, 1, 9)),
        Edition(number=3, dated_on=dt.date(2024, 2, 1)),
    ]
    assert issued(dt.date(2023, 3, 31), rows) == (
        "令和5年3月31日、第1次改正 4月10日、第2次改正 令和6年1月9日、第3次改正 2月1日"
    )
    assert issued(None, rows[:1]) == "第1次改正 令和5年4月10日"
    assert issued(None, []) == ""
