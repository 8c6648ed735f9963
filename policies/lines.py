"""The lines of a document, and how they read on from one to the next. Pure Python: no Django.

Japanese has no spaces and many of these papers are wrapped by hand or cut by a page break, so
whether two lines are one sentence has to be told from how the first ends and the second begins.
Every test here looks at a line once, so the whole stays linear.
"""

import re
from dataclasses import dataclass

from policies.margins import Ending, endings

OPENERS = "「『（(【〔［[《〈"
CLOSERS = "」』）)】〕］]》〉"
LONGEST_HEADING = 45  # characters without spaces
LONGEST_LONE_LINE = 20  # an unfinished line of at most so many stands alone
_BRACKET = re.compile("[" + re.escape(OPENERS + CLOSERS) + "]")
_CLOSERS = frozenset(CLOSERS)
_FULL_STOPS = frozenset("。．.！？!?：:")
_PAUSES = frozenset("、，,・")
_HANGING = frozenset("はがをにへのもとでやしなくっ")  # a heading does not end in these
_VERBS = ("比べ", "加え", "踏まえ", "伴い")
_NOUNS = (  # and headings, of which the last letter is no particle
    *("はじめに", "初めに", "おわりに", "終わりに", "むすびに", "結びに"),
    *("くらし", "暮らし", "しごと", "こども", "子ども", "ひと", "ふるさと", "きずな", "みんな"),
    *("こと", "もの", "見直し", "後押し", "掘り起こし", "橋渡し", "見通し", "貸出し", "繰越し"),
)
_NO_END_OF_HEADING = _FULL_STOPS | _PAUSES
_OPENING_WORDS = re.compile("また|なお|さらに|この|その|しかし|そこで|加えて|一方|次に|特に|以上")
_SIGNS_OF_HEADINGS = frozenset("【■◆●▼※＜〈")
_DASH = "[-‐–—―−－─~〜～]"
_NUMBER = "[0-9０-９]{1,4}"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}\s?{_NUMBER}\s?{_DASH}|{_NUMBER}\s?[/／]\s?{_NUMBER}"
    rf"|[PpＰｐ][.．]?\s?{_NUMBER}|{_NUMBER}\s?(?:ページ|頁)"
)
_LONGEST_PAGE_NUMBER = 14
_BEGINS_PAGE_NUMBER = frozenset("-‐–—―−－─~〜～0123456789０１２３４５６７８９PpＰｐ")
_ENDS_PAGE_NUMBER = frozenset("-‐–—―−－─~〜～0123456789０１２３４５６７８９ジ頁")


@dataclass(slots=True)  # frozen would cost as much as all that is done with a short line
class Line:
    """A line that holds text: its number (from 1), its offset in the source, without margins.

    ``after_gap``: a blank line or a page number stands before it; ``after_page``: the latter.
    ``before``: how the line right before it ends; None where that cannot be told.
    """

    number: int
    start: int
    text: str
    after_gap: bool = False
    after_page: bool = False
    before: Ending | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def part(self, column: int) -> "Line":
        """What stands from ``column`` on, without the space before it."""
        rest = self.text[column:]
        text = rest.lstrip()
        start = self.end - len(text)
        return Line(self.number, start, text, self.after_gap, self.after_page, self.before)


def split_lines(source: str) -> list[Line]:
    """The lines of ``source`` that hold text."""
    lines: list[Line] = []
    start, gap = 0, False
    written = source.split("\n")
    before = [None, *endings(written)]
    for number, raw in enumerate(written, 1):
        text = raw.strip()
        if text:
            margin = 0 if raw[0] == text[0] else len(raw) - len(raw.lstrip())
            lines.append(Line(number, start + margin, text, gap, False, before[number - 1]))
        gap = not text
        start += len(raw) + 1
    return lines


def compact(text: str) -> str:
    """``text`` without any white space."""
    return "".join(text.split())


def is_page_number(text: str) -> bool:
    """``- 3 -``, ``3/12``, ``P.3``, ``3ページ`` alone on a line."""
    if len(text) > _LONGEST_PAGE_NUMBER or text[:1] not in _BEGINS_PAGE_NUMBER:
        return False
    return text[-1] in _ENDS_PAGE_NUMBER and _PAGE_NUMBER.fullmatch(text) is not None


def is_finished(text: str) -> bool:
    """Whether a sentence ends where ``text`` ends (closing brackets may follow)."""
    last = text[-1:]
    return (text.rstrip(CLOSERS)[-1:] if last in _CLOSERS else last) in _FULL_STOPS


def is_cut(text: str) -> bool:
    """Whether ``text`` certainly breaks off inside a sentence."""
    return text[-1:] in _PAUSES or (not is_finished(text) and _depth(text) > 0)


def _depth(text: str) -> int:
    """How many brackets are still open at the end of ``text``."""
    if not _BRACKET.search(text):
        return 0
    return sum(map(text.count, OPENERS)) - sum(map(text.count, CLOSERS))


def is_heading_like(text: str) -> bool:
    """A short line without an end of sentence that may well stand alone."""
    if text[-1:] in _NO_END_OF_HEADING or "。" in text or not _is_short(text):
        return False
    return not is_hanging(text) and not is_finished(text) and _depth(text) <= 0


def _is_short(text: str) -> bool:
    length = len(text)
    return length <= LONGEST_HEADING or (
        length <= 2 * LONGEST_HEADING and len(compact(text)) <= LONGEST_HEADING
    )


def is_hanging(text: str) -> bool:
    """Whether ``text`` ends in a particle that leads on to something."""
    if text.endswith(_VERBS):
        return True
    return text[-1:] in _HANGING and not compact(text[-LONGEST_LONE_LINE:]).endswith(_NOUNS)


def may_end(text: str) -> bool:
    """Whether an item may end where ``text`` ends: many papers do without full stops."""
    return not text or is_finished(text) or text.endswith("こと") or is_heading_like(text)


def is_going_on(first: str, second: Line, *, is_whole: bool) -> bool:
    """Whether ``second`` goes on with the sentence that ``first`` began.

    ``is_whole``: ``first`` is all of its paragraph so far, so that it may be a line of its own.
    """
    if is_finished(first):
        return False
    if is_cut(first):
        return True
    before = None if second.after_gap else second.before
    if before is Ending.CLOSED or _opens(second):
        return False
    if not (is_whole and is_heading_like(first)):
        return True
    if second.after_gap and not second.after_page:
        return False
    return len(first) > LONGEST_LONE_LINE if before is None else before is Ending.FULL


def _opens(line: Line) -> bool:
    """Whether a paragraph seems to begin with ``line``."""
    if line.text[:1] in _SIGNS_OF_HEADINGS:
        return True
    return line.after_gap and _OPENING_WORDS.match(line.text) is not None


def is_surely_one_sentence(first: str, second: str) -> bool:
    """Whether a sentence over a gap shows as one: a pause before, or hiragana at the seam."""
    return is_cut(first) or is_hanging(first) or "ぁ" <= second[:1] <= "ん"


def seam(first: str, second: str) -> str:
    """What joins two lines of one sentence: a space between Latin words, otherwise nothing."""
    before, after = first[-1:], second[:1]
    if not (before.isascii() and after.isascii()) or (before.isdigit() and after.isdigit()):
        return ""
    return (
        " "
        if (before.isalnum() or before in ",.;:!?)") and (after.isalnum() or after == "(")
        else ""
    )
