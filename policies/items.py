"""Where the items of a document begin, and which lines are theirs. Pure Python: no Django.

One pass over the lines. A marker counts where it continues or opens a sequence and where the line
before does not lead on to it; every other line belongs to the last item, or to the preamble.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from policies.candidates import Candidates
from policies.letterhead import Letterhead
from policies.lines import (
    LONGEST_LONE_LINE,
    Line,
    is_cut,
    is_finished,
    is_heading_like,
    is_page_number,
    may_end,
)
from policies.numbering import Levels, Mark
from policies.tree import Doubt, Span

_UNITS = "年月円％%箇ヶ個割歳倍億万千百"  # hardly a heading begins with one
_DATE_UNITS = "年月"
_PARTICLES = "のはがをにでともかへや及又"
_LETTERS = frozenset({"ア", "イ", "a", "A"})  # a letter-spaced word begins like them: ア メ リ カ


@dataclass(slots=True)
class Node:
    """A section while it is being read: its marker and the lines that followed."""

    mark: Mark
    start: int
    end: int
    lines: list[Line]
    children: list["Node"] = field(default_factory=list)
    is_headed: bool = False  # whether its first line looks like a heading


class Reader:
    """Reads the lines into ``roots`` and ``preamble``; ``spans`` are of all but their texts."""

    def __init__(self, lines: Sequence[Line], head: Letterhead) -> None:
        self.lines = lines
        self.kinds = head.kinds
        self.doubts = [Doubt(*doubt) for doubt in head.doubts]
        self.spans: list[Span] = []
        self.preamble: list[Line] = []
        self.roots: list[Node] = []
        self.path: list[Node] = []
        self.levels = Levels()
        self.apart: set[int] = set()  # where lines begin with a number out of sequence
        self.candidates = Candidates(lines)
        self.current = self.preamble  # the lines of the last item
        self.previous = ""  # the last of them

    def read(self) -> None:
        is_after_furniture = False
        for index, line in enumerate(self.lines):
            mark, depth = self.candidates[index], None
            kind = self.kinds.get(line.number) or _kind_of(line.text)
            if mark is not None and kind is None:
                depth = self._depth(mark, index)
                kind = "furniture" if depth is None and _is_number_alone(mark, line) else None
            if kind is not None:
                self.spans.append(Span(kind, line.start, line.end))
                is_after_furniture = True
                continue
            if is_after_furniture:
                line = replace(line, after_gap=True, after_page=True)
                is_after_furniture = False
            if mark is not None and depth is not None:
                self._begin(mark, depth, line)
            else:
                self._go_on(mark, line)

    def _go_on(self, mark: Mark | None, line: Line) -> None:
        if mark is not None and not (mark.style.is_weak or mark.style.is_nested):
            self.apart.add(line.start)
            text = f"「{mark.text}」は前の番号から続かないため、本文として読みました。項の始まりですか。"
            self.doubts.append(Doubt(line.number, text))
        self.current.append(line)
        self.previous = line.text

    def _begin(self, mark: Mark, depth: int, line: Line) -> None:
        if mark.value == 1 and mark.style.is_counted and self.levels.is_open(mark.style.name):
            text = f"「{mark.text}」に番号が戻っています。前に見出しがありますか。"
            self.doubts.append(Doubt(line.number, text))
        self.levels.enter(mark, depth)
        rest = line.part(mark.end)
        lines = [rest] if rest.text else []
        node = Node(mark, line.start + mark.start, line.start + mark.end, lines)
        (self.path[depth - 1].children if depth else self.roots).append(node)
        self.path[depth:] = [node]
        if mark.start:
            self.spans.append(Span("bullet", line.start, line.start + 1))
        self.spans.append(Span("marker", node.start, node.end))
        self.current, self.previous = lines, rest.text

    # --- whether a marker is one -----------------------------------------------------------------

    def _depth(self, mark: Mark, index: int) -> int | None:
        """Where the marker of this line belongs; None where it is no marker."""
        depth = self.levels.place_of(mark)
        if depth is None:
            return None
        text = self.lines[index].text
        if self._is_reference(mark, text):
            return None
        rest = text[mark.end :].lstrip()
        if not mark.style.is_counted:
            return depth if self._is_list_item(mark, rest, index) else None
        if mark.style.is_nested:
            return None if rest and is_quantity(rest, self.previous) else depth
        return None if mark.style.is_weak and self._is_ordinary(mark, rest, index) else depth

    def _is_reference(self, mark: Mark, text: str) -> bool:
        """A number inside a sentence: 前項 / (2)の事項."""
        if text[mark.end : mark.end + 1] not in _PARTICLES or len(text) == mark.end:
            return False
        return self.previous != "" and not is_finished(self.previous)

    def _is_list_item(self, mark: Mark, rest: str, index: int) -> bool:
        """Whether a sign begins an item; ``・`` inside a sentence joins words (香南・野市)."""
        name, previous = mark.style.name, self.previous
        is_expected = name in self.levels.order or index in self.candidates.comes_again
        if not rest or not is_expected or is_cut(previous):
            return False
        if name == "・" and not self.path:
            return not self.candidates.has_numbers
        if not previous or is_finished(previous):
            return True
        if name == "・" and self._joins_words(index):
            return False
        return may_end(previous) and not (name == "・" and "・" in rest[:8])

    def _joins_words(self, index: int) -> bool:
        """Whether ``・`` may well go on with the sentence of a long line above it."""
        if self.levels.is_open("・") or len(self.previous) <= LONGEST_LONE_LINE:
            return False
        return "、" in self.previous or index not in self.candidates.comes_again

    def _is_ordinary(self, mark: Mark, rest: str, index: int) -> bool:
        """Whether a line with a weak marker is rather an ordinary sentence (４ 年 度, a city)."""
        if not rest:
            return not self._is_number_of_heading(index)
        previous, name = self.previous, mark.style.name
        if not may_end(previous):
            return True
        if name == "1" and is_quantity(rest, previous):
            return True
        if name in _LETTERS and rest[1:2].isspace() and self._is_spaced(mark, rest, index):
            return True
        is_first = not (self.levels.is_open(name) or self.candidates.has_second_after(index, name))
        return is_first and not is_heading_like(rest)

    def _is_spaced(self, mark: Mark, rest: str, index: int) -> bool:
        """Whether the same space stands after the letter as between those that follow."""
        text = self.lines[index].text
        return text[mark.end : len(text) - len(rest)] == rest[1:2]

    def _is_number_of_heading(self, index: int) -> bool:
        """A number alone on its line, with the heading on the next."""
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        if following is None or following.after_gap or self.candidates[index + 1]:
            return False
        return is_heading_like(following.text) and not is_cut(self.previous)


def _kind_of(text: str) -> str | None:
    """Page numbers and 記 are furniture wherever they stand."""
    return "furniture" if text == "記" or is_page_number(text) else None


def _is_number_alone(mark: Mark, line: Line) -> bool:
    return mark.text == line.text and mark.style.name == "1"


def is_quantity(rest: str, previous: str) -> bool:
    """Whether a number and the ``rest`` of its line are a date or a count: ４ 年 度, 2 月24日."""
    if rest[0].isdigit():
        return True
    goes_on = previous != "" and not is_finished(previous)
    if rest[0] not in (_UNITS if goes_on else _DATE_UNITS):
        return False
    is_date = goes_on and rest[0] in _DATE_UNITS
    return is_date or rest[1:2].isspace() or not is_heading_like(rest)
