"""What the policy office can put right in an outline. Pure Python: no Django.

Each kind of edit is a frozen dataclass; ``apply`` gives a new outline or raises ``CannotEdit``
with a sentence. Only ``Reword``, ``Add`` and ``Drop`` change the source; all others only say
differently what its stretches are.
"""

from dataclasses import MISSING, asdict, fields
from typing import Any

from policies.edits.items import (
    Ask,
    Join,
    Lower,
    Raise,
    Renumber,
    Split,
    Unmark,
    split_points,
    text_to_split,
)
from policies.edits.passages import Mark, SetApart, TakeIn, passage_between
from policies.edits.stretches import DEEPEST, CannotEdit, Edit, reconsidered
from policies.edits.words import Add, Drop, Retitle, Reword
from policies.outline import Outline, is_tree, is_whole

__all__ = [
    "DEEPEST",
    "KINDS",
    "Add",
    "Ask",
    "CannotEdit",
    "Drop",
    "Edit",
    "Join",
    "Lower",
    "Mark",
    "Raise",
    "Renumber",
    "Retitle",
    "Reword",
    "SetApart",
    "Split",
    "TakeIn",
    "Unmark",
    "apply",
    "edit_from_json",
    "edit_to_json",
    "label_of",
    "passage_between",
    "split_points",
    "text_to_split",
]

KINDS: dict[str, type[Edit]] = {
    kind.kind: kind
    for kind in (
        *(Split, Join, Raise, Lower, Renumber, Retitle, Mark, Unmark),
        *(TakeIn, SetApart, Reword, Add, Drop, Ask),
    )
}


def apply(outline: Outline, edit: Edit) -> Outline:
    """The outline after ``edit``, whole again; raises CannotEdit where it cannot be."""
    found = reconsidered(outline, edit.apply_to(outline))
    if found == outline:
        raise CannotEdit("変わるところがありません。")
    if not is_tree(found.nodes):
        raise CannotEdit(
            "この直しをすると、下の項の段がつながりません。先に下の項を移してください。"
        )
    if not is_whole(found):
        raise CannotEdit("この直しはできません。選ぶところを変えてください。")
    return found


def label_of(outline: Outline, edit: Edit) -> str:
    """``edit`` in words, for the outline before it; raises CannotEdit where it cannot be made."""
    node = getattr(edit, "node", None)
    if node is not None and node not in {found.id for found in outline.nodes}:
        raise CannotEdit("この項はもうありません。画面を開き直してください。")
    return edit.label(outline)


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """``{"kind": "split", "node": 3, "at": [120]}``."""
    values = asdict(edit)  # type: ignore[call-overload]  # every kind is a dataclass
    return {"kind": edit.kind} | {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_ACCEPTS = {
    "node": _is_integer,
    "start": _is_integer,
    "end": _is_integer,
    "depth": lambda value: value is None or _is_integer(value),
    "at": lambda value: isinstance(value, list | tuple) and all(map(_is_integer, value)),
    "marker": _is_text,
    "heading": _is_text,
    "text": _is_text,
    "is_open": lambda value: value is None or isinstance(value, bool),
}


def edit_from_json(stored: object) -> Edit:
    """The edit that ``edit_to_json`` wrote down; raises CannotEdit for anything else."""
    values = dict(stored) if isinstance(stored, dict) else {}
    kind = values.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise CannotEdit("この直し方はありません。")
    expected = fields(KINDS[kind])  # type: ignore[arg-type]  # every kind is a dataclass
    needed = {field.name for field in expected if field.default is MISSING}
    known = {field.name for field in expected}
    if not needed <= set(values) <= known:
        raise CannotEdit("直し方の指定が足りません。")
    if not all(_ACCEPTS[name](value) for name, value in values.items()):
        raise CannotEdit("直し方の指定が正しくありません。")
    if "at" in values:
        values["at"] = tuple(values["at"])
    return KINDS[kind](**values)
