"""Values of styles.

Each of some 250 properties is found the first time that it is asked for, on each of some hundred
styles, by the general rule of cascade, logical names and inheritance. What no rule of a sheet says
is known at once: it is the initial value, or the parent's.
"""

from collections.abc import Collection
from typing import Any

from weasyprint import css
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

GENERAL = {"float", "display", "position", "page"}
GENERAL |= {name for name in INITIAL_VALUES if name.startswith("text_decoration_")}
"""These depend on one another, or on what stands around."""
HANDED_DOWN = INHERITED - GENERAL - PHYSICAL_FUNCTIONS.keys()
AT_FIRST = {
    name: value
    for name, value in INITIAL_VALUES.items()
    if name not in GENERAL | INHERITED | INITIAL_NOT_COMPUTED
}
PHYSICAL = AT_FIRST.keys() & PHYSICAL_FUNCTIONS.keys()
LOGICAL = {
    function(block="ttb", inline=direction)
    for function in PHYSICAL_FUNCTIONS.values()
    for direction in ("ltr", "rtl")
}
"""Names like inline-size, which may say what width or height is."""


def quicken() -> None:
    if css.ComputedStyle.__init__.__module__ != __name__:
        _computed(css.ComputedStyle)
        _anonymous(css.AnonymousStyle)


def _computed(kind: Any) -> None:
    begin, find = kind.__init__, kind.__missing__

    def _begin(self, parent_style, cascaded, *rest):
        begin(self, parent_style, cascaded, *rest)
        self.update(AT_FIRST)
        _forget(self, cascaded)
        if not LOGICAL.isdisjoint(cascaded):
            _forget(self, PHYSICAL)

    def _find(self, name):
        parent = self.parent_style
        if name in HANDED_DOWN and name not in self.cascaded and parent is not None:
            value = self[name] = parent[name]
            return value
        return find(self, name)

    kind.__init__, kind.__missing__ = _begin, _find


def _anonymous(kind: Any) -> None:
    begin, find = kind.__init__, kind.__missing__

    def _begin(self, parent_style):
        self.update(AT_FIRST)
        begin(self, parent_style)

    def _find(self, name):
        if name in HANDED_DOWN:
            value = self[name] = self.parent_style[name]
            return value
        return find(self, name)

    kind.__init__, kind.__missing__ = _begin, _find


def _forget(style: dict[str, Any], names: Collection[str]) -> None:
    for name in names:
        style.pop(name, None)
