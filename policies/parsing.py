"""The mayor's policy document: text in, tree out. Pure Python: no Django.

``parse`` never fails on text. Every character of the source, white space apart, lies in exactly
one ``Span``; ``is_lossless`` checks that the tree gives the source back. It works in time linear
in the text: each line is looked at a fixed number of times and no pattern can backtrack far.

The numbering styles are in ``numbering``, where items begin in ``items``, the joining of lines in
``lines`` and ``joining``, date, title and issuer in ``letterhead``. What is uncertain becomes a
``Doubt``, a question for the reader.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from core.text import normalise
from policies import letterhead
from policies.furniture import running_heads
from policies.items import Node, Reader
from policies.joining import Paragraph, joined, paragraphs
from policies.lines import (
    Line,
    is_finished,
    is_going_on,
    is_heading_like,
    is_surely_one_sentence,
    split_lines,
)
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


def parse(text: str) -> ParsedPolicy:
    """Read a policy document of any layout; an unnumbered one gives its paragraphs as preamble."""
    source = normalise(text)
    lines = split_lines(source)
    head = letterhead.read_letterhead(lines)
    letterhead.read_tail(lines, head)
    letterhead.set_apart(*running_heads(lines, head.title), head)
    reader = Reader(lines, head)
    reader.read()
    writer = _Writer(reader)
    sections = writer.sections(reader.roots)
    preamble = writer.paragraphs(reader.preamble, "preamble")
    year = letterhead.year_of(head.title, head.issued_on)
    doubts = [*reader.doubts, *_whole_in_doubt(year, head, has_sections=bool(sections))]
    return ParsedPolicy(
        source=source,
        year=year,
        title=head.title,
        issued_on=head.issued_on,
        issuer=head.issuer,
        preamble=tuple(preamble),
        sections=sections,
        closing=tuple(line.text for line in lines if head.kinds.get(line.number) == "closing"),
        doubts=tuple(sorted(doubts, key=attrgetter("line", "question"))),
        spans=tuple(sorted(reader.spans, key=attrgetter("start"))),
        apart=tuple(sorted(reader.apart)),
    )


def _whole_in_doubt(
    year: int | None, head: letterhead.Letterhead, *, has_sections: bool
) -> Iterator[Doubt]:
    """Questions about the document as a whole stand at its first line."""
    if year is None:
        yield Doubt(1, "年度が読み取れませんでした。何年度の文書ですか。")
    elif head.issued_on and not year - 1 <= head.issued_on.year <= year + 1:
        yield Doubt(1, "表題の年度と日付が離れています。どちらが正しいですか。")
    if not head.title:
        yield Doubt(1, "表題が読み取れませんでした。")
    if not has_sections:
        yield Doubt(1, "番号の付いた項が見つかりませんでした。")


class _Writer:
    """Makes sections and paragraphs of what was read, with their spans and doubts."""

    def __init__(self, reader: Reader) -> None:
        self.apart = reader.apart
        self.spans = reader.spans
        self.doubts = reader.doubts
        self.titled: set[str] = set()  # styles of which most items begin like a heading

    def sections(self, roots: Sequence[Node]) -> tuple[ParsedSection, ...]:
        count: Counter[str] = Counter()
        headed: Counter[str] = Counter()
        for node in _walk(roots):
            node.is_headed = bool(node.lines) and is_heading_like(node.lines[0].text)
            count[node.mark.style.name] += 1
            headed[node.mark.style.name] += node.is_headed
        self.titled = {name for name in count if headed[name] * 2 > count[name]}
        return tuple([self._section(node, depth=0) for node in roots])

    def _section(self, node: Node, depth: int) -> ParsedSection:
        has_heading = (
            node.is_headed and node.mark.style.name in self.titled and _has_heading(node, depth)
        )
        length = _heading_length(node.lines) if has_heading else 0
        heading = "".join(self.paragraphs(node.lines[:length], "heading"))
        body = self.paragraphs(node.lines[length:], "body", begins_with_text=not length)
        items = tuple([self._section(child, depth + 1) for child in node.children])
        end = items[-1].end if items else node.lines[-1].end if node.lines else node.end
        return ParsedSection(node.mark.text, heading, "\n".join(body), items, node.start, end)

    def paragraphs(
        self, lines: Sequence[Line], kind: str, *, begins_with_text: bool = False
    ) -> list[str]:
        """The paragraphs of ``lines``, which become spans of ``kind``."""
        self.spans += [Span(kind, line.start, line.end) for line in lines]
        if len(lines) < 2:
            return [line.text for line in lines]
        found = paragraphs(lines, apart=self.apart, begins_with_text=begins_with_text)
        for paragraph in found:
            self._doubt_seams(paragraph)
        return [joined(paragraph) for paragraph in found]

    def _doubt_seams(self, paragraph: Paragraph) -> None:
        for last, line in zip(paragraph, paragraph[1:], strict=False):
            if line.after_gap and not is_surely_one_sentence(last.text, line.text):
                question = "空いた行をまたいで一つの文としてつなぎました。別の段落ですか。"
                self.doubts.append(Doubt(line.number, question))


def _walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if node.children:
            yield from _walk(node.children)


def _heading_length(lines: Sequence[Line]) -> int:
    """Over how many lines the heading runs: a second one only where nothing ends there."""
    if len(lines) == 1 or lines[1].after_gap or not is_heading_like(lines[1].text):
        return 1
    return 2 if is_going_on(lines[0].text, lines[1], is_whole=True) else 1


def _has_heading(node: Node, depth: int) -> bool:
    """A section has a heading; an item only where something that is its text follows."""
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
