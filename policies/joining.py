"""Which lines are one paragraph, and its text. Pure Python: no Django.

The parser and the outline, which the policy office corrects, join lines by this one rule.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from policies.lines import Line, is_cut, is_going_on, seam

Paragraph = list[Line]
NOTHING: Mapping[int, bool] = MappingProxyType({})


def paragraphs(
    lines: Iterable[Line],
    *,
    apart: Collection[int] = (),
    decided: Mapping[int, bool] = NOTHING,
    begins_with_text: bool = False,
) -> list[Paragraph]:
    """The lines of one text, put together into paragraphs.

    ``apart``: where lines start that begin a paragraph unless the one before breaks off.
    ``decided``: where lines start of which it is known whether they begin a paragraph.
    ``begins_with_text``: the first line is the text of an item, never a heading of its own.
    """
    found: list[Paragraph] = []
    for line in lines:
        begins = decided.get(line.start)
        if begins is None:
            begins = not (found and _goes_on(found, line, apart, begins_with_text))
        if found and not begins:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _goes_on(
    found: Sequence[Paragraph], line: Line, apart: Collection[int], begins_with_text: bool
) -> bool:
    last = found[-1][-1].text
    if line.start in apart and not is_cut(last):
        return False
    is_whole = len(found[-1]) == 1 and not (begins_with_text and len(found) == 1)
    return is_going_on(last, line, is_whole=is_whole)


def joined(paragraph: Paragraph) -> str:
    """The text of ``paragraph``: nothing between Japanese lines, a space between Latin words."""
    parts = [paragraph[0].text]
    for last, line in zip(paragraph, paragraph[1:], strict=False):
        parts += [seam(last.text, line.text), line.text]
    return "".join(parts)
