"""Papers in the manner of other cities, made up, each read as a person would read it.

Beside each ``cities/NAME.txt`` stands ``NAME.read``: how it is to be read, looked through by hand.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from office_files import pdf, word
from reading_of_layouts import every_character_has_one_place

from policies.lines import compact
from policies.parsing import ParsedPolicy, ParsedSection, is_lossless, parse
from policies.reading import read_content

FOLDER = Path(__file__).parent / "cities"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def source(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def reading(policy: ParsedPolicy) -> str:
    """All that was read, a line for each paragraph."""
    head = f"{policy.year}｜{policy.title}｜{policy.issued_on or ''}｜{policy.issuer}"
    apart = [("結び", policy.closing), ("外", policy.furniture)]
    lines = [head, *(f"前文　{text}" for text in policy.preamble), *_sections(policy.sections)]
    lines += [f"{name}　{text}" for name, texts in apart for text in texts]
    lines += [f"{doubt.line}行目？{doubt.question}" for doubt in policy.doubts]
    return "".join(f"{line}\n" for line in lines)


def _sections(sections: tuple[ParsedSection, ...], margin: str = "") -> Iterator[str]:
    for section in sections:
        heading = f"［{section.heading}］" if section.heading else ""
        texts = section.body.split("\n") if section.body else []
        yield f"{margin}{section.marker}│{heading}{'¶'.join(texts)}"
        yield from _sections(section.items, f"{margin}　")


def without_lines(text: str) -> list[str]:
    """A reading without the numbers of lines and the width of spaces, which files differ in."""
    return [compact(line.partition("行目？")[2] or line) for line in text.splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_papers_of_other_cities_are_read_as_a_person_reads_them(name):
    policy = parse(source(name))
    assert reading(policy) == (FOLDER / f"{name}.read").read_text(encoding="utf-8")
    assert is_lossless(policy)
    assert every_character_has_one_place(policy)


@pytest.mark.parametrize("make", [lambda text: word(text.split("\n")), pdf], ids=["word", "pdf"])
@pytest.mark.parametrize("name", NAMES)
def test_papers_of_other_cities_are_read_the_same_from_word_and_pdf(name, make):
    expected = (FOLDER / f"{name}.read").read_text(encoding="utf-8")
    read = reading(parse(read_content(make(source(name)))))
    assert without_lines(read) == without_lines(expected)
