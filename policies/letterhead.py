"""What stands above a policy document: date, title, issuer, addressees. Pure Python: no Django."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.years import EARLIEST, LATEST, DateProblem, fiscal_year, parse_date, parse_year
from policies.furniture import notes_at_end
from policies.lines import Line, compact, is_heading_like
from policies.numbering import find_mark, kanji_number

LONGEST_LINE = 60  # characters; what is longer is text
MOST_LINES = 12

_KANJI_NUMBER = re.compile("[一二三四五六七八九十]{1,3}")
_WEEKDAY = re.compile(r"[(（][月火水木金土日](?:曜日)?[)）]\Z")
_ERA_YEAR = re.compile(r"(?:令和|平成|昭和|[RHS])(?:元|\d{1,2})年度")
_WESTERN_YEAR = re.compile(r"(?<!\d)\d{4}年度")
_OFFICES = re.compile("(?:市|町|村|区|教育)長|知事")
_AFTER_OFFICE = "はがをにとのでもや、。・か"
_ADDRESSEE = ("殿", "様", "各位", "宛", "あて")
_REFERENCE = re.compile(r"第[0-9０-９]{1,6}号\Z")
_IN_BRACKETS = re.compile("[(（][^()（）]*[)）]")
_OF_THE_WEB = ("更新日", "公開日", "掲載日", "ページ番号")
_CONTACT = re.compile(
    "[(（【〔]?(?:担当|(?:お)?問い?合わ?せ|連絡先|電話|内線|TEL|ＴＥＬ|FAX|ＦＡＸ)"
    "|.{0,40}(?:内線|電話|℡|TEL|ＴＥＬ)[^0-9０-９]{0,4}[0-9０-９]"
)
MOST_LINES_AT_END = 8
_STAMPS = {"公印省略", "写", "案", "記"}
_TITLE_WORDS = ("方針", "年度", "演説", "所信", "計画", "指針", "要旨", "について", "通達")


@dataclass(slots=True)
class Letterhead:
    """What was read; ``kinds`` says by line number what each of its lines is."""

    title: str = ""
    issued_on: dt.date | None = None
    issuer: str = ""
    kinds: dict[int, str] = field(default_factory=dict)
    doubts: list[tuple[int, str]] = field(default_factory=list)


def read_letterhead(lines: Sequence[Line]) -> Letterhead:
    """Read the short lines at the top; what is none of them stays for the preamble."""
    head = Letterhead()
    top = _top(lines)
    for line in top:
        _read_line(line, head)
    if not head.title:
        _choose_title(top, len(lines), head)
    last = max(head.kinds, default=0)
    for line in top:
        if line.number < last and line.number not in head.kinds:
            head.kinds[line.number] = "furniture"
            head.doubts.append(
                (line.number, f"「{line.text}」は本文に入れていません。よろしいですか。")
            )
    return head


def _top(lines: Sequence[Line]) -> list[Line]:
    """The lines down to the first that is text or an item."""
    top: list[Line] = []
    for line in lines[:MOST_LINES]:
        mark = find_mark(line.text)
        is_text = "。" in line.text and not _IN_BRACKETS.fullmatch(line.text)
        if len(line.text) > LONGEST_LINE or is_text or (mark and mark.value == 1):
            break
        top.append(line)
    return top


def read_tail(lines: Sequence[Line], head: Letterhead) -> None:
    """What stands below the text: date, issuer, 以上, whom to ask, notes."""
    text = _without(notes_at_end(lines), "注", lines, head)
    text = _without(_contact(text), "連絡先", text, head)
    head.kinds |= {line.number: "closing" for line in _supplement(text)}
    after = _after_end(text)
    for line in reversed(after or text[-4:]):
        if line.number in head.kinds:
            return
        if compact(line.text) == "以上":
            head.kinds[line.number] = "closing"
        elif not _read_date(line, head) and not _read_issuer(line, head):
            if not after:
                return
            head.kinds[line.number] = "furniture"
            question = (
                f"「{line.text}」は「以上」の後にあるため、本文に入れていません。よろしいですか。"
            )
            head.doubts.append((line.number, question))


def _after_end(lines: Sequence[Line]) -> Sequence[Line]:
    """The last lines from 以上 on, where nothing that is an item follows."""
    last = lines[-MOST_LINES_AT_END:]
    found = [at for at, line in enumerate(last) if compact(line.text) == "以上"]
    if not found or any(find_mark(line.text) for line in last[found[-1] :]):
        return ()
    return last[found[-1] :]


def _without(
    apart: Sequence[Line], name: str, lines: Sequence[Line], head: Letterhead
) -> Sequence[Line]:
    """``lines`` but for those at their end that are no text."""
    if apart:
        head.kinds |= {line.number: "furniture" for line in apart}
        question = f"ここから下は{name}として、本文に入れていません。よろしいですか。"
        head.doubts.append((apart[0].number, question))
    return lines[: len(lines) - len(apart)]


def _contact(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines at the very end from the first on that says whom to ask; none holds a sentence."""
    found = len(lines)
    for index in range(len(lines) - 1, max(len(lines) - 1 - MOST_LINES_AT_END, 0), -1):
        text = lines[index].text
        if len(text) > LONGEST_LINE or "。" in text or find_mark(text):
            break
        if _CONTACT.match(text):
            found = index
    return lines[found:]


def _supplement(lines: Sequence[Line]) -> Sequence[Line]:
    """附則, which says from when on the document holds."""
    last = lines[-MOST_LINES:]
    found = (place for place, line in enumerate(last) if compact(line.text) == "附則")
    return last[next(found, len(last)) :]


def set_apart(numbers: Iterable[int], uncertain: Iterable[Line], head: Letterhead) -> None:
    """Take the lines ``numbers`` as furniture; ask about those that are ``uncertain``."""
    for number in numbers:
        head.kinds.setdefault(number, "furniture")
    for line in uncertain:
        question = (
            f"「{line.text}」はページごとの見出しとして、本文に入れていません。よろしいですか。"
        )
        head.doubts.append((line.number, question))


def _read_line(line: Line, head: Letterhead) -> None:
    text = compact(line.text)
    if _read_date(line, head) or _read_issuer(line, head):
        return
    is_reference = (
        text.startswith(_OF_THE_WEB) or len(text) <= 24 and _REFERENCE.search(text) is not None
    )
    if is_reference or text.endswith(_ADDRESSEE) or text.strip("（）()") in _STAMPS:
        head.kinds[line.number] = "furniture"
    elif not head.title and "方針" in text and is_heading_like(line.text):
        _set_title(line, head)


def _set_title(line: Line, head: Letterhead) -> None:
    head.title = line.text
    head.kinds[line.number] = "title"


def _choose_title(top: Sequence[Line], total: int, head: Letterhead) -> None:
    """No 方針 in sight: a line with another word of titles, or else a first line set apart."""
    free = [line for line in top if line.number not in head.kinds and is_heading_like(line.text)]
    named = [line for line in free if any(word in compact(line.text) for word in _TITLE_WORDS)]
    if named:
        _set_title(named[0], head)
    elif free and free[0] is top[0] and total > 1 and (len(top) == 1 or top[1].after_gap):
        _set_title(free[0], head)
        head.doubts.append(
            (free[0].number, f"「{free[0].text}」を表題として読みました。よろしいですか。")
        )


def _read_date(line: Line, head: Letterhead) -> bool:
    text = _with_arabic_numbers(compact(line.text[:LONGEST_LINE]))
    text = _WEEKDAY.sub("", text.removesuffix("付け")).removesuffix("付")
    if head.issued_on or len(text) > 20 or not text.endswith("日") or "年" not in text:
        return False
    try:
        head.issued_on = parse_date(text)
    except DateProblem as problem:
        if not re.match(r"\D{0,2}(?:元|\d{1,4})年\d{1,2}月\d{1,2}日\Z", text):
            return False
        head.doubts.append((line.number, f"「{line.text}」：{problem}"))
    head.kinds[line.number] = "date"
    return True


def _with_arabic_numbers(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return _KANJI_NUMBER.sub(lambda match: str(kanji_number(match[0])), folded)


def _read_issuer(line: Line, head: Letterhead) -> bool:
    text = compact(line.text[:LONGEST_LINE])
    office = _OFFICES.search(text)
    if head.issuer or not office or office.start() > 12 or len(text) > 30:
        return False
    after = text[office.end() :]
    if after[:1] in _AFTER_OFFICE and after or "方針" in text or text.endswith(_ADDRESSEE):
        return False
    head.issuer = line.text
    head.kinds[line.number] = "issuer"
    return True


def year_of(title: str, issued_on: dt.date | None) -> int | None:
    """The fiscal year that the document is about: as the title says, or else by its date.

    These papers look ahead: the speech of February and the order of late March are about the
    fiscal year that begins in April.
    """
    text = _with_arabic_numbers(compact(title))
    if match := _ERA_YEAR.search(text) or _WESTERN_YEAR.search(text):
        year = parse_year(match[0])
        return year if EARLIEST.year <= year <= LATEST.year else None
    if issued_on is None:
        return None
    return issued_on.year if issued_on.month in {2, 3} else fiscal_year(issued_on)
