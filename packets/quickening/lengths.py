"""Lengths.

Per cents of fourteen properties and four borders are resolved on every box, mostly where there is
none. What came out for a style without per cents holds for all boxes of that style.
"""

import sys
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import percent

SIDES = ("top", "right", "bottom", "left")
SIZES = [f"{least}{axis}" for axis in ("width", "height") for least in ("", "min_", "max_")]
LENGTHS = [*SIZES, *(f"{kind}_{side}" for kind in ("margin", "padding") for side in SIDES)]
RESOLVED = [*LENGTHS, *(f"border_{side}_width" for side in SIDES)]


PARTS_OF_TABLES = (
    boxes.TableBox,
    boxes.TableCellBox,
    boxes.TableRowBox,
    boxes.TableRowGroupBox,
    boxes.TableColumnBox,
    boxes.TableColumnGroupBox,
)
"""Their borders may collapse, each with those of its own neighbours."""


def quicken() -> None:
    resolve: Any = vars(percent)["resolve_percentages"]
    if resolve.__module__ == __name__:
        return

    def _resolve(box, containing_block):
        style = box.style
        known = style.__dict__.get("resolved_lengths")
        if known is None:
            known = style.resolved_lengths = {}
            resolve(box, containing_block)
            if not isinstance(box, PARTS_OF_TABLES) and _is_fixed(style):
                known.update({name: getattr(box, name) for name in RESOLVED})
        elif known:
            box.__dict__.update(known)
        else:
            resolve(box, containing_block)

    for name, module in list(sys.modules.items()):
        if name.startswith("weasyprint.layout.") and "resolve_percentages" in vars(module):
            vars(module)["resolve_percentages"] = _resolve


def _is_fixed(style: Any) -> bool:
    """Whether every length is px or auto."""
    values = (style[name] for name in LENGTHS)
    return all(value == "auto" or getattr(value, "unit", "%") != "%" for value in values)
