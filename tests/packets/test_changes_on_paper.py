"""昨年度からの変更 in the packet: a word beside each item, the differences, only once confirmed."""

import pytest

from goals.models import OperatingPolicy
from packets.pieces import department
from policies.models import Alignment, Section
from tests.factories import jst, policy_with_items
from tests.packets.conftest import html_of, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def aligned(full_paper: OperatingPolicy) -> OperatingPolicy:
    """1 goes on, 1(1) is reworded, 1(2) is new; last year's 1(2) is gone."""
    policy_with_items(2022)
    old = {section.path: section for section in Section.objects.filter(policy__year=2022)}
    Section.objects.filter(pk=old["1-1"].pk).update(body="安全なまちづくりを推進すること。")
    for section in Section.objects.filter(policy__year=2023):
        earlier = None if section.path == "1-2" else old[section.path]
        Alignment.objects.create(section=section, earlier=earlier, confirmed_at=jst(2023, 3, 20, 9))
    return full_paper


def test_each_item_says_whether_it_is_new_reworded_or_goes_on(aligned: OperatingPolicy) -> None:
    content = department(aligned).content
    items = [item for chapter in content["chapters"] for item in chapter["items"]]
    assert [(item["number"], item["since"]["word"]) for item in items] == [
        ("1(1)", "文言変更"),
        ("1(2)", "新規"),
        ("2", "継続"),
    ]


def test_the_differences_follow_the_facing_pages(aligned: OperatingPolicy) -> None:
    html = html_of(aligned)
    assert "<del>安全</del><ins>強靱</ins>なまちづくりを推進すること。" in html
    text = "".join(words(read(html), page) for page in range(1, len(read(html).pages) + 1))
    assert "市長の方針は、令和4年度から継続2項・文言変更1項・新規1項、今年度にないもの1項。" in text
    assert "昨年度からの変更取消し線は令和4年度だけ、下線は令和5年度だけの文言" in text
    assert "新規1(2)脱炭素の視点を取り入れること。" in text
    assert "今年度にないもの1(2)脱炭素の視点を取り入れること。" in text


def test_what_the_office_has_not_confirmed_is_not_printed(full_paper: OperatingPolicy) -> None:
    policy_with_items(2022)
    content = department(full_paper).content
    assert content["since"] is None
    assert {item["since"] for chapter in content["chapters"] for item in chapter["items"]} == {None}
    assert "昨年度からの変更" not in html_of(full_paper)


def test_a_confirmed_alignment_makes_another_packet(aligned: OperatingPolicy) -> None:
    with_changes = department(aligned).digest
    Alignment.objects.all().delete()
    assert department(aligned).digest != with_changes
