"""昨年度からの変更 in the packet: a word beside each item, the new words underlined, once confirmed."""

import pytest

from goals.models import OperatingPolicy
from packets import changes
from packets.pieces import department
from policies.differences import Difference
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


def test_new_words_are_underlined_where_they_stand(aligned: OperatingPolicy) -> None:
    html = html_of(aligned)
    assert "<ins>強靱</ins>なまちづくりを推進する" in html
    assert "市長の方針の<ins>下線</ins>は、令和4年度になかった文言" in html
    overview = words(read(html), 2)
    assert (
        "市長の方針は、令和4年度から継続2項・文言変更1項・新規1項（1(2)）、"
        "今年度にないもの1項（1(2)脱炭素の視点を取り入れること。）である。" in overview
    )


def test_item_that_is_mostly_new_is_named_and_not_underlined(aligned: OperatingPolicy) -> None:
    Section.objects.filter(policy__year=2022, path="1-1").update(body="防犯に努めよ。")
    html = html_of(aligned)
    assert "文言変更" in html
    assert "<ins>" not in html


def test_selector_of_a_variant_stays_with_its_character() -> None:
    old, new = "葛の里を守ることに努める。", "葛\U000e0100の里を守ることに努める。"
    pieces = changes._whole_characters(Difference("本文", old, new).new_side)
    assert "".join(piece.text for piece in pieces) == new
    assert [piece.text for piece in pieces if piece.text.startswith("\U000e0100")] == []


def test_what_the_office_has_not_confirmed_is_not_printed(full_paper: OperatingPolicy) -> None:
    policy_with_items(2022)
    content = department(full_paper).content
    assert content["since"] is None
    assert {item["since"] for chapter in content["chapters"] for item in chapter["items"]} == {None}
    html = html_of(full_paper)
    assert ("<ins>" in html, "令和4年度から" in html) == (False, False)


def test_a_confirmed_alignment_makes_another_packet(aligned: OperatingPolicy) -> None:
    with_changes = department(aligned).digest
    Alignment.objects.all().delete()
    assert department(aligned).digest != with_changes
