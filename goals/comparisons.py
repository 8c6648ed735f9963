"""What changed between two versions (Revision.content) of a paper. Knows no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.text import format_integer
from policies.differences import Piece, pieces

Content = Mapping[str, Any]

BASICS = {
    "mission": "部の使命",
    "situation": "現状と課題",
    "analysis": "現在までの対応状況の検証・分析",
    "pioneering": "先駆的な取組",
    "staff": "職員数",
    "budget": "予算額",
}
GOAL = {
    "title": "目標",
    "kind_label": "区分",
    "standard": "達成水準・達成基準",
    "lead_division": "主管課",
    "other_divisions": "関係課",
    "due_on": "期限",
    "method": "方策",
    "q1": "4～6月",
    "q2": "7～9月",
    "q3": "10～12月",
    "q4": "1～3月",
    "budget": "予算額",
    "partners": "協働関係先",
    "is_own": "部独自の目標",
    "sections": "応える項",
    "projects": "施政方針の事業",
    "measures": "計画の施策",
    "sdgs": "SDGs",
}
LONG = {"mission", "situation", "analysis", "pioneering", "title", "standard", "method", "body"}
LONG |= {"q1", "q2", "q3", "q4", "partners"}
UNITS = {"staff": "人", "budget": "千円"}


@dataclass(frozen=True)
class Change:
    """One field that was rewritten: its name, what stood there, what stands there now."""

    label: str
    before: str
    after: str
    is_long: bool = False
    note: str = ""

    @property
    def pieces(self) -> list[Piece]:
        """What stayed, what went and what came; short values as a whole."""
        if self.is_long and self.before and self.after:
            return pieces(self.before, self.after)
        both = (Piece("removed", self.before), Piece("added", self.after))
        return [piece for piece in both if piece.text]


@dataclass(frozen=True)
class ChangedPart:
    """A part of the paper in which something changed; ``place`` is its anchor on the page."""

    place: str
    label: str
    changes: list[Change] = field(default_factory=list)


def compare(old: Content, new: Content) -> list[ChangedPart]:
    """The parts that changed from ``old`` to ``new``, in the order of the paper."""
    parts = [_basics(old, new), *_responses(old, new), _projects(old, new), *_goals(old, new)]
    return [part for part in parts if part.changes]


def _basics(old: Content, new: Content) -> ChangedPart:
    changes = _fields(BASICS, old.get("basics", {}), new.get("basics", {}))
    return ChangedPart("basics", "部の使命・現状・資源", changes)


def _responses(old: Content, new: Content) -> list[ChangedPart]:
    before = {row["path"]: row for row in old.get("responses", [])}
    return [
        ChangedPart(
            row["path"], f"{row['number']} 部の方針", _response(before.get(row["path"], {}), row)
        )
        for row in new.get("responses", [])
    ]


def _response(before: Content, after: Content) -> list[Change]:
    kinds = [_answer_kind(row) for row in (before, after)]
    texts = [str(row.get("body") or "") for row in (before, after)]
    if kinds == [kinds[0]] * 2 and texts[0] == texts[1]:
        return []
    label = "" if kinds[0] == kinds[1] else f"{kinds[0]} → {kinds[1]}"
    return [Change(label, texts[0], texts[1], is_long=True)]


def _answer_kind(row: Content) -> str:
    if not row.get("body"):
        return "未記入"
    return "該当なし" if row.get("is_not_applicable") else "回答"


def _projects(old: Content, new: Content) -> ChangedPart:
    before, after = (
        {row["path"]: row["name"] for row in content.get("projects", [])} for content in (old, new)
    )
    changes = [Change("事業の追加", "", name) for path, name in after.items() if path not in before]
    changes += [
        Change("事業の取消し", name, "") for path, name in before.items() if path not in after
    ]
    return ChangedPart("projects", "施政方針の事業", changes)


def _goals(old: Content, new: Content) -> list[ChangedPart]:
    numbers = _numbers(new)
    after = {row["id"]: row for row in new.get("goals", [])}
    before = {
        row["id"]: _as_numbered_now(row, after.get(row["id"], {}), numbers)
        for row in old.get("goals", [])
    }
    kept = [_goal(before.get(key), row) for key, row in after.items()]
    removed = [
        ChangedPart(
            f"goal-{key}", f"前の目標{row['number']}", [Change("目標の取消し", row["title"], "")]
        )
        for key, row in before.items()
        if key not in after
    ]
    return [*kept, *removed]


def _goal(before: Content | None, after: Content) -> ChangedPart:
    place, label = f"goal-{after['id']}", f"目標{after['number']}"
    if before is None:
        return ChangedPart(place, label, [Change("目標の追加", "", after["title"])])
    moved = (
        [Change("重みの順", str(before["number"]), str(after["number"]))]
        if before["number"] != after["number"]
        else []
    )
    changes = [*moved, *_fields(GOAL, before, after), *_indicators(before, after)]
    return ChangedPart(place, label, changes)


def _as_numbered_now(before: Content, after: Content, numbers: Mapping[str, str]) -> Content:
    """``before`` with the present numbers of the items to which its goal is linked.

    An amendment renumbers, moves and drops items; their addresses stay. Old versions hold none.
    """
    if "section_paths" not in before:
        return before
    if "sections" in after and {*before["section_paths"]} == {*after.get("section_paths", ())}:
        return {**before, "sections": after["sections"]}
    named = zip(before["section_paths"], before["sections"], strict=True)
    sections = [numbers.get(path, f"{number}（改正の前）") for path, number in named]
    return {**before, "sections": sections}


def _numbers(content: Content) -> dict[str, str]:
    """What the items are called in ``content``, by address."""
    numbers = {row["path"]: row["number"] for row in content.get("responses", [])}
    for goal in content.get("goals", []):
        numbers |= zip(goal.get("section_paths", ()), goal["sections"], strict=False)
    return numbers


def _fields(names: Mapping[str, str], before: Content, after: Content) -> list[Change]:
    return [
        Change(
            label,
            _text(name, before.get(name)),
            _text(name, after.get(name)),
            is_long=name in LONG,
            note=_gap(name, before.get(name), after.get(name)),
        )
        for name, label in names.items()
        if _text(name, before.get(name)) != _text(name, after.get(name))
    ]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, int):
        return f"{format_integer(value)}{UNITS.get(name, '')}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(str(item) for item in value)
    return value or ""


def _gap(name: str, before: Any, after: Any) -> str:
    if name in UNITS and isinstance(before, int) and isinstance(after, int):
        return f"差 {format_integer(after - before)}{UNITS[name]}"
    return ""


def _indicators(before: Content, after: Content) -> list[Change]:
    old, new = _by_name(before), _by_name(after)
    added = [_whole("指標の追加", row, as_new=True) for name, row in new.items() if name not in old]
    gone = [
        _whole("指標の取消し", row, as_new=False) for name, row in old.items() if name not in new
    ]
    both = [name for name in new if name in old]
    return [
        *(change for name in both for change in _indicator(old[name], new[name])),
        *added,
        *gone,
    ]


def _by_name(goal: Content) -> dict[str, Content]:
    return {row["name"]: row for row in goal.get("indicators", [])}


def _whole(label: str, row: Content, *, as_new: bool) -> Change:
    text = f"{row['name']}　{_figure(row, 'baseline')} → {_figure(row, 'target')}"
    return Change(label, "" if as_new else text, text if as_new else "")


def _indicator(before: Content, after: Content) -> list[Change]:
    name = after["name"]
    reads: Iterable[tuple[str, Callable[[Content], str]]] = (
        ("種別", lambda row: str(row.get("kind") or "")),
        ("現状値", lambda row: _figure(row, "baseline")),
        ("目標値", lambda row: _figure(row, "target")),
        ("根拠", lambda row: str(row.get("rationale") or "")),
    )
    return [
        Change(f"指標「{name}」{label}", read(before), read(after))
        for label, read in reads
        if read(before) != read(after)
    ]


def _figure(row: Content, name: str) -> str:
    return f"{row[name]}{row.get('unit', '')}" if row.get(name) else ""
