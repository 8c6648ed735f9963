"""The permanent addresses of items ("1-4"). Pure Python: no Django."""

from collections.abc import Collection
from dataclasses import replace

from policies.alignment import Item, align
from policies.outline import Node, Outline, written


def with_paths(outline: Outline, taken: Collection[str] = ()) -> Outline:
    """``outline`` with an address for every node that has none yet.

    A new one gets the next number under the node above it; what was ever ``taken`` is never
    given again, and what has an address keeps it wherever it goes.
    """
    last = _last_numbers({*taken, *(node.path for node in outline.nodes if node.path)})
    above: list[str] = []
    nodes: list[Node] = []
    for node in outline.nodes:
        parent = above[node.depth - 1] if node.depth else ""
        path = node.path
        if not path:
            last[parent] = last.get(parent, 0) + 1
            path = f"{parent}-{last[parent]}" if parent else str(last[parent])
        above[node.depth :] = [path]
        nodes.append(replace(node, path=path))
    return replace(outline, nodes=tuple(nodes))


def _last_numbers(paths: Collection[str]) -> dict[str, int]:
    """The highest number in use under each address."""
    last: dict[str, int] = {}
    for path in paths:
        parent, _, number = path.rpartition("-")
        last[parent] = max(last.get(parent, 0), int(number))
    return last


def inherit(new: Outline, old: Outline) -> Outline:
    """``new`` with the addresses, short names and openness of the items of ``old`` that it keeps.

    For a text that is read again: which item is which is decided by what is written. Where an
    item was split, its first part keeps the address. Nodes of ``new`` have no address yet.
    """
    before = {node.path: node for node in old.nodes}
    places = with_paths(new)
    kept: dict[str, Node] = {}
    for pair in align(_items(old), _items(places)).pairs:
        if pair.old and pair.old.path in before:
            kept[pair.new.path] = before.pop(pair.old.path)
    nodes = zip(new.nodes, places.nodes, strict=True)
    return replace(new, nodes=tuple(_inheriting(node, kept.get(p.path)) for node, p in nodes))


def _inheriting(node: Node, old: Node | None) -> Node:
    if old is None:
        return node
    return replace(node, path=old.path, short_name=old.short_name, is_open=old.is_open)


def _items(outline: Outline) -> list[Item]:
    return [Item(row.node.path, row.node.marker, row.heading, row.body) for row in written(outline)]
