"""The mayor's policy document: text in, tree out. Pure Python: no Django.

``parse`` never fails on text. Every character of the source, white space apart, lies in exactly
one ``Span``; ``is_lossless`` checks that the tree gives the source back. It works in time linear
in the text: each line is looked at a fixed number of times and no pattern can backtrack far.

The numbering styles are in ``numbering``, the joining of lines in ``lines``, date, title and
issuer in ``letterhead``. What is uncertain becomes a ``Doubt``, a question for the reader.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from core.text import normalise
from policies import letterhead
from policies.furniture import running_heads
from policies.joining import Paragraph, joined, paragraphs
from policies.lines import (
    LONGEST_LONE_LINE,
    Line,
    compact,
    is_cut,
    is_finished,
    is_going_on,
    is_heading_like,
    is_page_number,
    is_surely_one_sentence,
    split_lines,
)
from policies.numbering import Levels, Mark, find_mark
from policies.tree import Doubt, ParsedPolicy, ParsedSection, Span, is_lossless, section_text

__all__ = [
    "Doubt",
    "ParsedPolicy",
    "ParsedSection",
    "Span",
    "is_lossless",
    "parse",
    "section_text",
]

_UNITS = "年月円％%箇ヶ個割歳倍億万千百"  # hardly a heading begins with one
_DATE_UNITS = "年月"
_PARTICLES = "のはがをにでともかへや及又"


def parse(text: str) -> ParsedPolicy:
    """Read a policy document of any layout; an unnumbered one gives its paragraphs as preamble."""
    source = normalise(text)
    lines = split_lines(source)
    head = letterhead.read_letterhead(lines)
    letterhead.read_tail(lines, head)
    letterhead.set_apart(*running_heads(lines, head.title), head)
    reader = _Reader(lines, head)
    reader.read()
    sections = reader.sections()
    preamble = reader.paragraphs(reader.preamble, "preamble")
    year = letterhead.year_of(head.title, head.issued_on)
    reader.doubt_whole(year, head, has_sections=bool(sections))
    return ParsedPolicy(
        source=source,
        year=year,
        title=head.title,
        issued_on=head.issued_on,
        issuer=head.issuer,
        preamble=tuple(preamble),
        sections=sections,
        closing=tuple(line.text for line in lines if head.kinds.get(line.number) == "closing"),
        doubts=tuple(Doubt(*doubt) for doubt in sorted(reader.doubts)),
        spans=tuple(sorted(reader.spans, key=lambda span: span.start)),
        apart=tuple(sorted(reader.apart)),
    )


@dataclass(slots=True)
class _Node:
    """A section while it is being read: its marker and the lines that followed."""

    mark: Mark
    start: int
    end: int
    lines: list[Line] = field(default_factory=list)
    children: list["_Node"] = field(default_factory=list)


class _Reader:
    """One pass over the lines; then the nodes become sections."""

    def __init__(self, lines: Sequence[Line], head: letterhead.Letterhead) -> None:
        self.lines = lines
        self.kinds = head.kinds
        self.doubts = list(head.doubts)
        self.spans: list[Span] = []
        self.preamble: list[Line] = []
        self.roots: list[_Node] = []
        self.path: list[_Node] = []
        self.levels = Levels()
        self.apart: set[int] = set()  # where lines begin with a number out of sequence
        self.marks = [find_mark(line.text) for line in lines]
        self.last_second = {  # where a second number stands for the last time, by style
            mark.style.name: index
            for index, mark in enumerate(self.marks)
            if mark and mark.value == 2
        }
        self.goes_on = _goes_on(self.marks)
        self.has_numbers = any(mark and mark.style.is_counted for mark in self.marks)

    def read(self) -> None:
        after_furniture = False
        for index, line in enumerate(self.lines):
            kind = self.kinds.get(line.number) or self._furniture(index)
            if kind:
                self.spans.append(Span(kind, line.start, line.end))
                after_furniture = True
                continue
            if after_furniture:
                line = replace(line, after_gap=True, after_page=True)
            after_furniture = False
            self._take(index, line)

    def _furniture(self, index: int) -> str | None:
        """Page numbers and 記; a number alone counts where it is not the number of a heading."""
        text = self.lines[index].text
        if is_page_number(text) or compact(text) == "記":
            return "furniture"
        mark = self.marks[index]
        if mark and mark.style.name == "1" and mark.text == text and self._depth(index) is None:
            return "furniture"
        return None

    def _take(self, index: int, line: Line) -> None:
        mark, depth = self.marks[index], self._depth(index)
        if mark is None or depth is None:
            self._doubt_number(mark, line)
            self._current().append(line)
            return
        if mark.value == 1 and mark.style.is_counted and self.levels.is_open(mark.style.name):
            self._doubt(line, f"「{mark.text}」に番号が戻っています。前に見出しがありますか。")
        self.levels.enter(mark, depth)
        node = _Node(mark, line.start + mark.start, line.start + mark.end)
        (self.path[depth - 1].children if depth else self.roots).append(node)
        self.path[depth:] = [node]
        if mark.start:
            self.spans.append(Span("bullet", line.start, line.start + 1))
        self.spans.append(Span("marker", node.start, node.end))
        rest = line.part(mark.end)
        if rest.text:
            node.lines.append(rest)

    def _current(self) -> list[Line]:
        return self.path[-1].lines if self.path else self.preamble

    def _depth(self, index: int) -> int | None:
        """Where the marker of this line belongs; None where it is no marker."""
        mark, line = self.marks[index], self.lines[index]
        if mark is None:
            return None
        depth = self.levels.place_of(mark)
        if depth is None or self._is_reference(mark, line):
            return None
        if not mark.style.is_counted:
            return depth if self._is_list_item(mark, index) else None
        return None if mark.style.is_weak and self._is_ordinary(mark, index) else depth

    def _previous(self) -> str:
        current = self._current()
        return current[-1].text if current else ""

    def _is_reference(self, mark: Mark, line: Line) -> bool:
        """A number inside a sentence: 前項 / (2)の事項, or inside brackets that are still open."""
        previous = self._previous()
        if not previous or is_finished(previous):
            return False
        return line.text[mark.end : mark.end + 1] in _PARTICLES and len(line.text) > mark.end

    def _is_list_item(self, mark: Mark, index: int) -> bool:
        """Whether a sign begins an item; ``・`` inside a sentence joins words (香南・野市)."""
        name, previous = mark.style.name, self._previous()
        rest = self.lines[index].part(mark.end).text
        is_expected = name in self.levels.order or index in self.goes_on
        if not rest or not is_expected or is_cut(previous):
            return False
        if name == "・" and not self.path:
            return not self.has_numbers
        if is_finished(previous) or not previous:
            return True
        if name == "・" and (not self.levels.is_open(name) and len(previous) > LONGEST_LONE_LINE):
            return False
        return is_heading_like(previous) and not (name == "・" and "・" in rest[:8])

    def _is_ordinary(self, mark: Mark, index: int) -> bool:
        """Whether a line with a weak marker is rather an ordinary sentence (４ 年 度, a city)."""
        rest = self.lines[index].part(mark.end).text
        if not rest:
            return not self._is_number_of_heading(index)
        previous = self._previous()
        if previous and not (is_finished(previous) or is_heading_like(previous)):
            return True
        name = mark.style.name
        if (
            name == "1"
            and is_quantity(rest, previous)
            or name in {"ア", "a"}
            and rest[1:2].isspace()
        ):
            return True
        is_first = not self.levels.is_open(name) and self.last_second.get(name, -1) <= index
        return is_first and not is_heading_like(rest)

    def _is_number_of_heading(self, index: int) -> bool:
        """A number alone on its line, with the heading on the next."""
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        if following is None or following.after_gap or self.marks[index + 1]:
            return False
        return is_heading_like(following.text) and not is_cut(self._previous())

    def _doubt(self, line: Line, question: str) -> None:
        self.doubts.append((line.number, question))

    def _doubt_number(self, mark: Mark | None, line: Line) -> None:
        if mark and not mark.style.is_weak:
            self.apart.add(line.start)
            text = f"「{mark.text}」は前の番号から続かないため、本文として読みました。項目の始まりですか。"
            self._doubt(line, text)

    def doubt_whole(
        self, year: int | None, head: letterhead.Letterhead, *, has_sections: bool
    ) -> None:
        """Questions about the document as a whole stand at its first line."""
        if year is None:
            self.doubts.append((1, "年度が読み取れませんでした。何年度の文書ですか。"))
        elif head.issued_on and not year - 1 <= head.issued_on.year <= year + 1:
            self.doubts.append((1, "表題の年度と日付が離れています。どちらが正しいですか。"))
        if not head.title:
            self.doubts.append((1, "表題が読み取れませんでした。"))
        if not has_sections:
            self.doubts.append((1, "番号の付いた項目が見つかりませんでした。"))

    # --- from nodes to sections ------------------------------------------------------------------

    def sections(self) -> tuple[ParsedSection, ...]:
        nodes = list(_walk(self.roots))
        count = Counter(node.mark.style.name for node in nodes)
        headed = Counter(node.mark.style.name for node in nodes if _begins_like_heading(node))
        titled = {name for name in count if headed[name] * 2 > count[name]}
        return tuple(self._section(node, titled, depth=0) for node in self.roots)

    def _section(self, node: _Node, titled: set[str], depth: int) -> ParsedSection:
        has_heading = node.mark.style.name in titled and _has_heading(node, depth)
        length = _heading_length(node.lines) if has_heading else 0
        heading = "".join(self.paragraphs(node.lines[:length], "heading"))
        body = self.paragraphs(node.lines[length:], "body", begins_with_text=not length)
        items = tuple(self._section(child, titled, depth + 1) for child in node.children)
        ends = [node.end, *(line.end for line in node.lines[-1:]), *(i.end for i in items[-1:])]
        return ParsedSection(node.mark.text, heading, "\n".join(body), items, node.start, max(ends))

    def paragraphs(
        self, lines: Sequence[Line], kind: str, *, begins_with_text: bool = False
    ) -> list[str]:
        """The paragraphs of ``lines``, which become spans of ``kind``."""
        self.spans += [Span(kind, line.start, line.end) for line in lines]
        found = paragraphs(lines, apart=self.apart, begins_with_text=begins_with_text)
        for paragraph in found:
            self._doubt_seams(paragraph)
        return [joined(paragraph) for paragraph in found]

    def _doubt_seams(self, paragraph: Paragraph) -> None:
        for last, line in zip(paragraph, paragraph[1:], strict=False):
            if line.after_gap and not is_surely_one_sentence(last.text, line.text):
                self._doubt(line, "空いた行をまたいで一つの文としてつなぎました。別の段落ですか。")


def _goes_on(marks: Sequence[Mark | None]) -> set[int]:
    """Where a sign stands that comes again before the next certain number."""
    found: set[int] = set()
    ahead: set[str] = set()
    for index in range(len(marks) - 1, -1, -1):
        mark = marks[index]
        if mark is None:
            continue
        if not mark.style.is_weak:
            ahead.clear()
        elif not mark.style.is_counted:
            if mark.style.name in ahead:
                found.add(index)
            ahead.add(mark.style.name)
    return found


def is_quantity(rest: str, previous: str) -> bool:
    """Whether a number and the ``rest`` of its line are a date or a count: ４ 年 度, 2 月24日."""
    if rest[0].isdigit():
        return True
    goes_on = previous != "" and not is_finished(previous)
    if rest[0] not in (_UNITS if goes_on else _DATE_UNITS):
        return False
    is_date = goes_on and rest[0] in _DATE_UNITS
    return is_date or rest[1:2].isspace() or not is_heading_like(rest)


def _walk(nodes: Iterable[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _begins_like_heading(node: _Node) -> bool:
    return bool(node.lines) and is_heading_like(node.lines[0].text)


def _heading_length(lines: Sequence[Line]) -> int:
    """Over how many lines the heading runs: a second one only where nothing ends there."""
    if len(lines) == 1 or lines[1].after_gap or not is_heading_like(lines[1].text):
        return 1
    return 2 if is_going_on(lines[0].text, lines[1], is_whole=True) else 1


def _has_heading(node: _Node, depth: int) -> bool:
    """A section has a heading; an item only where something that is its text follows."""
    if not _begins_like_heading(node):
        return False
    if depth == 0:
        return True
    first, rest = node.lines[0].text, node.lines[1:]
    if node.children:
        return not _is_sentence(node.lines)
    is_whole = bool(rest) and not is_going_on(first, rest[0], is_whole=True)
    return is_whole and any(is_finished(line.text) for line in rest)


def _is_sentence(lines: Sequence[Line]) -> bool:
    """Whether the first line goes on over the next ones to the end of a sentence."""
    last = lines[0].text
    for number, line in enumerate(lines[1:]):
        if not is_going_on(last, line, is_whole=not number):
            break
        last = line.text
    return is_finished(last)
