"""What the pages of a document hold beside its text. Pure Python: no Django.

A page number shows by its form, notes by standing at the very end, each with its number. A
running head shows only by coming back: the same words next to the page numbers, or the words of
the title once more at the edge of a page.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from policies.lines import LONGEST_HEADING, Line, compact, is_heading_like, is_page_number
from policies.numbering import find_mark

LONGEST = 2 * LONGEST_HEADING
SHORTEST_OF_TITLE = 8
"""Fewer characters of the title may well be a heading of the text."""
LONGEST_OTHER = 24
"""What is longer and not the title is rather a wrapped line that happens to come twice."""
LONGEST_NOTE = 10  # lines
_NOTE = re.compile("[(（]?[注註][ \u3000]?([0-9０-９]{1,3})[)）]?")
_NUMBERS = "0123456789-/‐–—ー頁"


def running_heads(lines: Sequence[Line], title: str) -> tuple[set[int], list[Line]]:
    """The numbers of the lines that are running heads or feet, and those that are worth a question.

    The words of the title are certain; of others the first of each is asked about.
    """
    edges = list(_edges(lines))
    count = Counter(_key(line.text) for line in edges)
    whole = _key(title)
    found = _titles_again(lines, whole)
    others: dict[str, Line] = {}
    for line in edges:
        key = _key(line.text)
        is_title = len(key) >= SHORTEST_OF_TITLE and whole.startswith(key)
        if is_title:
            found.add(line.number)
        elif count[key] > 1 and len(key) <= LONGEST_OTHER:
            found.add(line.number)
            others.setdefault(key, line)
    return found, list(others.values())


def _edges(lines: Sequence[Line]) -> Iterator[Line]:
    """Short lines next to a page number."""
    numbers = [index for index, line in enumerate(lines) if _is_page_number(line.text)]
    last = -1
    for number in numbers:
        for index in (number - 1, number + 1):
            if last < index < len(lines) and _is_edge(lines[index]):
                yield lines[index]
            last = max(last, index)


def _is_edge(line: Line) -> bool:
    return not _is_page_number(line.text) and _is_short(line)


def _is_short(line: Line) -> bool:
    return is_heading_like(line.text) and find_mark(line.text) is None


def _is_page_number(text: str) -> bool:
    return (len(text) <= 3 and text.isdecimal()) or is_page_number(text)


def _titles_again(lines: Sequence[Line], title: str) -> set[int]:
    """Lines after a gap that say the title once more, a page number with it or not."""
    if len(title) < SHORTEST_OF_TITLE:
        return set()
    return {
        line.number
        for line in lines
        if line.after_gap and len(line.text) <= LONGEST and _key(line.text).strip(_NUMBERS) == title
    }


def _key(text: str) -> str:
    return compact(unicodedata.normalize("NFKC", text[:LONGEST]))


def notes_at_end(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines from （注1） on, where nothing but notes in their order comes after it."""
    expected = length = 0
    for index in range(len(lines) - 1, -1, -1):
        match = _NOTE.match(lines[index].text)
        length += 1
        if match is None and (lines[index].after_gap or length > LONGEST_NOTE):
            return ()
        if match is None:
            continue
        number = int(match[1])
        if number == 1 and expected in {0, 1}:
            return lines[index:]
        if expected not in {0, number}:
            return ()
        expected, length = number - 1, 0
    return ()
