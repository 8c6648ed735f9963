"""The same document as Word and as PDF is read to the same tree."""

import io

import pytest
from django.core.management import call_command
from office_files import (
    pdf,
    saved_pdf,
    word,
)
from pypdf import PdfReader, PdfWriter
from reading_of_layouts import NAMES, letterhead, plain_preamble, plain_tree, source

from policies.lines import compact
from policies.models import BasicPolicy
from policies.parsing import ParsedPolicy, ParsedSection, is_lossless, parse
from policies.reading import read_content, read_file

NUMBERED = {
    "seed": [("decimal", "%1"), ("decimal", "(%2)"), ("aiueoFullWidth", "(%3)")],
    "order": [("decimalFullWidth", "%1"), ("decimalFullWidth", "（%2）"), ("aiueoFullWidth", "%3")],
    "wrapped": [("decimal", "第%1"), ("decimal", "（%2）"), ("aiueo", "%3")],
    "spaced": [("decimalFullWidth", "%1"), ("decimal", "( %2 )"), ("lowerLetter", "（%3）")],
    "circled": [("decimal", "%1．"), ("decimalEnclosedCircle", "%2"), ("bullet", "\uf0b7")],
    "kanji": [("japaneseCounting", "第%1"), ("japaneseCounting", "(%2)"), ("decimal", "%3)")],
    "roman": [("upperRoman", "%1."), ("decimalEnclosedParen", "%2"), ("lowerLetter", "%3.")],
}


@pytest.fixture(scope="module")
def plain() -> ParsedPolicy:
    return parse(source("seed"))


def _same(policy: ParsedPolicy, plain: ParsedPolicy) -> None:
    assert plain_tree(policy) == plain_tree(plain)
    assert plain_preamble(policy) == plain_preamble(plain)
    assert letterhead(policy) == letterhead(plain)
    assert is_lossless(policy)


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_is_read_to_the_same_tree_from_word(name, plain):
    _same(parse(read_content(word(source(name).replace("\f", "").splitlines()))), plain)


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_is_read_to_the_same_tree_from_pdf(name, plain):
    _same(parse(read_content(pdf(source(name)))), plain)


def _numbered(sections: tuple[ParsedSection, ...], level: int = 0):
    for section in sections:
        first, *rest = [part for part in (section.heading, *section.body.split("\n")) if part]
        yield level, first
        yield from rest
        yield from _numbered(section.items, level + 1)


@pytest.mark.parametrize("name", NUMBERED)
def test_numbers_that_word_counts_by_itself_are_read(name, plain):
    top = ["令和7年度市政運営の基本方針", "", "令和7年3月28日", plain.issuer, "", *plain.preamble]
    content = word([*top, *_numbered(plain.sections)], NUMBERED[name])
    policy = parse(read_content(content))
    _same(policy, plain)
    assert policy.doubts == ()


@pytest.mark.parametrize("make", [lambda text: word(text.splitlines()), pdf, str.encode])
def test_the_kind_of_a_file_is_told_by_its_bytes_never_by_its_name(make, plain, tmp_path):
    path = tmp_path / "方針.xlsx"
    path.write_bytes(make(source("seed")))
    _same(parse(read_file(path)), plain)


@pytest.mark.django_db
def test_a_word_file_is_stored_with_the_text_that_was_read(plain, tmp_path):
    path = tmp_path / "方針.docx"
    path.write_bytes(word(source("seed").splitlines()))
    call_command("read_policy", str(path), "--save")
    stored = BasicPolicy.objects.get()
    assert (stored.title, stored.sections.count()) == (plain.title, 17)
    assert parse(stored.source_text).sections == parse(read_file(path)).sections


def test_a_paragraph_of_word_is_never_joined_with_the_next():
    """A heading of more than twenty characters would be a wrapped line in a file of text."""
    heading = "将来にわたり持続可能なまちづくりに向けた計画的な取組"
    policy = parse(
        read_content(word(["令和7年度方針", (0, heading), "市は取り組む。"], [("decimal", "%1")]))
    )
    assert [(s.heading, s.body) for s in policy.sections] == [(heading, "市は取り組む。")]


# --- PDF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_only_its_owner_can_change_is_read(algorithm, plain):
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf(source("seed")))))
    writer.encrypt("", "owner", algorithm=algorithm)
    _same(parse(read_content(saved_pdf(writer))), plain)


def test_a_pdf_across_the_page_is_read_to_the_same_tree(plain):
    _same(parse(read_content(pdf(source("seed"), "@page{size:A4 landscape}"))), plain)


def test_a_page_that_is_turned_is_read_to_the_same_tree(plain):
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf(source("seed")))))
    for page in writer.pages:
        page.rotate(90)
    _same(parse(read_content(saved_pdf(writer))), plain)


def test_two_columns_are_read_one_after_the_other(plain):
    policy = parse(read_content(pdf(source("order"), "section{columns:2}")))
    assert [s.heading for s in policy.sections] == [compact(s.heading) for s in plain.sections]
    assert [len(s.items) for s in policy.sections] == [len(s.items) for s in plain.sections]
    assert is_lossless(policy)


def test_radicals_and_ligatures_in_a_pdf_become_the_characters_they_stand_for():
    text = read_content(pdf("⽇⽉⼤⼈⺠⻑⼾ ofﬁce\n"))
    assert text.strip() == "日月大人民長戸 office"
