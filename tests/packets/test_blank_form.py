"""記入用紙: every item that asks for an answer, and nobody's words."""

import pytest
from pdfua import Severity, validate

from goals.models import OperatingPolicy
from goals.queries import owed_sections
from packets.fronts import form
from packets.layout import USUAL, Layout
from packets.pieces import Piece
from packets.press import press
from policies.models import Section
from tests.packets.conftest import read, words

pytestmark = pytest.mark.django_db


def said(piece: Piece) -> str:
    reader = read(piece.html())
    return "".join(words(reader, n) for n in range(1, len(reader.pages) + 1))


def test_every_open_item_stands_beside_lines_for_the_answer(full_paper: OperatingPolicy) -> None:
    piece = form(2023, USUAL)
    items = [item for chapter in piece.content["chapters"] for item in chapter["items"]]
    owed = [item["number"] for item in items if item["is_owed"]]
    assert owed == [section.number for section in owed_sections(2023).in_order()]
    assert all(len(item["lines"]) >= 3 for item in items if item["is_owed"])
    page = said(piece)
    for section in owed_sections(2023):
        assert "".join(section.body.split()) in page


def test_item_that_is_closed_has_its_text_and_no_lines(full_paper: OperatingPolicy) -> None:
    Section.objects.filter(policy__year=2023, path="1-2").update(is_open=False)
    chapters = form(2023, USUAL).content["chapters"]
    closed = next(i for c in chapters for i in c["items"] if not i["is_owed"] and i["quote"])
    assert (closed["number"], closed["lines"]) == ("1(2)", [])


def test_words_of_no_department_are_on_it(full_paper: OperatingPolicy) -> None:
    page = said(form(2023, USUAL))
    assert not [word for word in ("総務部", "共助の担い手", "避難所を、地域") if word in page]
    assert "取扱注意" not in page


def test_longer_item_has_more_lines(full_paper: OperatingPolicy) -> None:
    Section.objects.filter(policy__year=2023, path="1-1").update(body="長い文。" * 60)
    lines = [len(i["lines"]) for c in form(2023, USUAL).content["chapters"] for i in c["items"]]
    assert max(lines) == 8


def test_large_print_has_more_lines_and_each_goal_on_one_page(full_paper: OperatingPolicy) -> None:
    Section.objects.filter(policy__year=2023, path="1-1").update(body="長い文。" * 60)
    large = form(2023, Layout(large=True, single=True))
    lines = [len(i["lines"]) for c in large.content["chapters"] for i in c["items"]]
    assert max(lines) == 12
    reader = read(large.html())
    pages = [words(reader, n) for n in range(1, len(reader.pages) + 1)]
    assert [("題名" in page, "協働関係先" in page) for page in pages[-2:]] == [(True, True)] * 2


def test_year_without_a_policy_prints_without_items(full_paper: OperatingPolicy) -> None:
    page = said(form(2022, USUAL))
    assert "部の使命" in page
    assert "市長の方針" not in page


@pytest.mark.parametrize("code", ["", "large single"])
def test_form_is_sound_for_readers_of_a_screen(
    full_paper: OperatingPolicy, code: str, tmp_path: object
) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(press(form(2023, Layout.parse(code)).html())[1])
    report = validate(path)
    assert [one for one in report.findings if one.severity == Severity.ERROR] == []
