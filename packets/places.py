"""Where a text stands in a packet, in words: 組織目標2「…」の方策. Plain Python.

Reads the values of ``packets.contexts.packet`` and knows the ones that people write. Of a value
that it does not know it names the nearest that it does, and of none the packet, so that nothing
on the paper goes unnamed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from core.text import opening_words

Plain = Mapping[str, Any]

WHOLE = "面談資料"
REPEATED = {"coverage", "parts", "total", "anchor", "kind", "changes", "counts", "gone"}
REPEATED |= {"size", "declined", "returned", "ended", "now"}
"""What says again what stands elsewhere, or what nobody writes."""
NAMES: dict[str, str] = {
    "department": "部の名称",
    "city": "市の名称",
    "room": "会場",
    "interviewers": "面談者",
    "heads": "部の長",
    "attendees": "説明者",
    "charge": "担任",
    "mission": "部の使命",
    "since": "昨年度からの変更",
}
IN_FRONT = NAMES | {
    "others": "同席する人",
    "chapters": "市長の方針",
    "unclaimed": "市長の方針",
}
OF_POLICY = {"title": "題名", "issuer": "発出者", "preamble": "前文", "dropped": "削られた項"}
OF_GOAL = {
    "title": "題名",
    "lead": "主管課",
    "charge": "担任",
    "others": "関係課",
    "standard": "達成水準・達成基準",
    "methods": "方策",
    "quarters": "工程",
    "partners": "協働関係先",
    "measures": "計画の施策",
    "projects": "施政方針の事業",
    "sdgs": "SDGs",
    "due": "期限",
}
OF_INDICATOR = {
    "name": "名称",
    "unit": "単位",
    "baseline": "現状値",
    "target": "目標値",
    "rationale": "目標値の根拠",
}
OF_ITEM = {"answer": "への部の方針", "lead": "への部の方針", "goals": ""}


def texts(content: Plain) -> list[tuple[str, str]]:
    """(place, text) of every text on the paper, once each, in the order of the pages.

    What is no packet of a department (a front, a single paper) has names of its own for its parts.
    """
    found = _of_packet(content) if "overview" in content else _by_name(WHOLE, content)
    return list(dict.fromkeys(found))


def _of_packet(content: Plain) -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        read = PARTS.get(name)
        if read is not None and value:
            yield from read(value)
        elif name not in REPEATED:
            yield from _all(NAMES.get(name, WHOLE), value)


def _by_name(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text in ``value``, wherever it stands, by the name of the nearest that has one."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in REPEATED:
                yield from _by_name(IN_FRONT.get(name, place), part)
    elif isinstance(value, list):
        for part in value:
            yield from _by_name(place, part)


def _all(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text in ``value``, at one place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in REPEATED:
                yield from _all(place, part)
    elif isinstance(value, list):
        for part in value:
            yield from _all(place, part)


def _named(
    value: Plain, names: Mapping[str, str], place: str, joined: str = "の"
) -> Iterator[tuple[str, str]]:
    """The texts of ``value``, each under the name of its field behind ``place``."""
    for name, part in value.items():
        if name not in REPEATED:
            field = names.get(name)
            yield from _all(f"{place}{joined}{field}" if field else place, part)


def _meeting(meeting: Plain) -> Iterator[tuple[str, str]]:
    for name, part in meeting.items():
        yield from _all(NAMES.get(name, "面談"), part)


def _overview(overview: Plain) -> Iterator[tuple[str, str]]:
    for name, part in overview.items():
        if name not in REPEATED:
            yield from _all(NAMES.get(name, "概要"), part)


def _texts(texts: list[Plain]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield from _all(text["title"], text["paragraphs"])


def _policy(policy: Plain) -> Iterator[tuple[str, str]]:
    yield from _named(policy, OF_POLICY, "基本方針")


def _chapters(chapters: list[Plain]) -> Iterator[tuple[str, str]]:
    for chapter in chapters:
        yield f"市長の方針「{opening_words(chapter['heading'])}」", chapter["heading"]
        for item in chapter["items"]:
            own = {name: part for name, part in item.items() if name != "goals"}
            yield from _named(own, OF_ITEM, f"市長の方針{item['number']}", joined="")


def _goals(goals: list[Plain]) -> Iterator[tuple[str, str]]:
    for goal in goals:
        place = f"組織目標{goal['number']}「{opening_words(goal['title'])}」"
        own = {name: part for name, part in goal.items() if name not in {"indicators", "items"}}
        yield from _named(own, OF_GOAL, place)
        for row in goal["indicators"]:
            yield from _named(row, OF_INDICATOR, f"{place}の指標「{opening_words(row['name'])}」")


def _projects(projects: list[Plain]) -> Iterator[tuple[str, str]]:
    for row in projects:
        place = f"施政方針の事業「{opening_words(row['name'])}」"
        own = {name: part for name, part in row.items() if name != "goals"}
        yield from _all(place, own)


def _previous(previous: Plain) -> Iterator[tuple[str, str]]:
    for paper in previous["papers"]:
        yield from _all("前年度の部の名称", paper["department"])
        for goal in paper["goals"]:
            place = f"前年度の目標{goal['number']}「{opening_words(goal['title'])}」"
            yield f"{place}の題名", goal["title"]
            for row in goal["indicators"]:
                yield from _all(f"{place}の指標「{opening_words(row['name'])}」", row)


Reader = Callable[[Any], Iterator[tuple[str, str]]]
PARTS: Mapping[str, Reader] = {
    "meeting": _meeting,
    "overview": _overview,
    "policy": _policy,
    "texts": _texts,
    "chapters": _chapters,
    "goals": _goals,
    "projects": _projects,
    "previous": _previous,
}
