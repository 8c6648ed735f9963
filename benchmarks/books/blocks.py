"""From the HTML of the book to a plain list of blocks, from which other programs set the same text.

A block is a mapping of plain values:

- ``heading``: ``level`` 1 to 4, ``runs``, ``ids``;
- ``text``: ``runs``, ``ids``;
- ``table``: ``widths`` in per cent, ``head`` (rows of the head), ``rows`` of cells, each with
  ``paragraphs`` (lists of runs), ``span``, ``bold`` and ``ids``;
- ``line``: one to write on; ``page``: a new page begins.

A run is ``[text, is bold, where its link goes, whether the page number stands there]``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]
Run = tuple[str, bool, str, bool]

VOID = {"br", "col", "meta", "link", "img", "hr"}
BOLD = {"b", "strong", "th", "h1", "h2", "h3", "h4"}
INLINE = {"a", "b", "br", "del", "em", "i", "ins", "span", "strong"}
BREAKS = {"cover", "part", "sheet", "front"}
"""Classes of what begins on a new page."""
PAGED = {"jump", "contents"}
"""Classes of what holds links that show the number of the page."""
MEASURE = 46.8
"""Width of the text, in rem."""
SPACE = re.compile(r"[ \t\r\n]+")


@dataclass
class Node:
    """An element; text is an element without a tag."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def everything(self) -> Iterator["Node"]:
        for child in self.children:
            yield child
            yield from child.everything()

    def all(self, tag: str) -> Iterator["Node"]:
        return (node for node in self.everything() if node.tag == tag)


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        names = [node.tag for node in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(Node("", text=data))


def blocks(html: str, styles: str) -> list[Block]:
    """The blocks of the body. ``styles`` say how wide columns are."""
    tree = _Tree()
    tree.feed(html)
    for node in tree.root.everything():
        if node.classes & PAGED:
            for link in node.all("a"):
                link.attributes["class"] = "page"
    body = next(tree.root.all("body"))
    found = list(_Reader(_widths(styles)).blocks(body))
    return _joined(found)


def _widths(styles: str) -> dict[str, float]:
    """Class of a column → per cent."""
    found = {}
    for name, number, unit in re.findall(r"\.(w-[\w-]+) \{\s*width: ([\d.]+)(rem|%)", styles):
        found[name] = float(number) * (100 / MEASURE if unit == "rem" else 1)
    return found


def _joined(found: list[Block]) -> list[Block]:
    """Without links that go nowhere, and without names that nobody links to."""
    here = {one for block in found for holder in _holders(block) for one in holder["ids"]}
    linked = {run[2] for block in found for runs in _runs(block) for run in runs} & here
    for block in found:
        for holder in _holders(block):
            holder["ids"] = [one for one in holder["ids"] if one in linked]
        for runs in _runs(block):
            runs[:] = [
                (text, bold, to if to in linked else "", page) for text, bold, to, page in runs
            ]
    return found


def _holders(block: Block) -> Iterator[Block]:
    if block["kind"] == "table":
        for row in block["rows"]:
            yield from row
    elif "ids" in block:
        yield block


def _runs(block: Block) -> Iterator[list[Run]]:
    for holder in _holders(block):
        yield from holder.get("paragraphs", [holder.get("runs", [])])


class _Reader:
    """Walks the tree. ``ids`` wait for the next block that can carry them."""

    def __init__(self, widths: dict[str, float]) -> None:
        self.widths = widths
        self.ids: list[str] = []

    def blocks(self, node: Node) -> Iterator[Block]:
        self._note(node)
        if "memo__line" in node.classes:
            yield {"kind": "line"}
        elif node.tag == "table":
            yield self._table(node)
        elif re.fullmatch("h[1-4]", node.tag):
            yield self._said({"kind": "heading", "level": int(node.tag[1]), "runs": _inline(node)})
        else:
            if node.classes & BREAKS:
                yield {"kind": "page"}
            yield from self._mixed(node)

    def _mixed(self, node: Node) -> Iterator[Block]:
        """Words between the blocks become blocks of their own."""
        waiting = Node("span")
        for child in node.children:
            if not child.tag or child.tag in INLINE:
                waiting.children.append(child)
                continue
            yield from self._words(waiting)
            waiting = Node("span")
            yield from self.blocks(child)
        yield from self._words(waiting)

    def _words(self, node: Node) -> Iterator[Block]:
        runs = _inline(node)
        if runs:
            yield self._said({"kind": "text", "runs": runs})

    def _note(self, node: Node) -> None:
        if name := node.attributes.get("id"):
            self.ids.append(name)

    def _said(self, block: Block) -> Block:
        block["ids"], self.ids = self.ids, []
        return block

    def _table(self, node: Node) -> Block:
        self._note(Node("", {"id": node.attributes.get("id", "")}))
        heads = [row for head in node.all("thead") for row in head.all("tr")]
        return {
            "kind": "table",
            "widths": self._columns(node),
            "head": len(heads),
            "rows": [self._row(row) for row in node.all("tr")],
        }

    def _columns(self, node: Node) -> list[float]:
        known = [
            next((self.widths[name] for name in column.classes if name in self.widths), 0.0)
            for column in node.all("col")
        ]
        rest = max(100 - sum(known), 5) / max(known.count(0), 1)
        return [round(width or rest, 2) for width in known]

    def _row(self, row: Node) -> list[Block]:
        self._note(row)
        cells = [cell for cell in row.children if cell.tag in ("td", "th")]
        return [self._cell(cell) for cell in cells]

    def _cell(self, cell: Node) -> Block:
        within = _Reader(self.widths)
        said = [block["runs"] for block in within.blocks(cell) if "runs" in block]
        block = {
            "paragraphs": [[(t, True, to, page) for t, _b, to, page in runs] for runs in said]
            if cell.tag == "th"
            else said,
            "span": int(cell.attributes.get("colspan", 1)),
            "down": int(cell.attributes.get("rowspan", 1)),
        }
        self.ids += within.ids
        return self._said(block)


def _inline(node: Node) -> list[Run]:
    """The runs in ``node``; nothing where there are no words."""
    runs = [run for run in _walk(node, False, "") if run[0] or run[3]]
    return runs if any(run[0].strip() or run[3] for run in runs) else []


def _walk(node: Node, bold: bool, to: str) -> Iterator[Run]:
    if node.tag == "br":
        yield "\n", bold, to, False
        return
    if not node.tag:
        yield SPACE.sub(" ", node.text), bold, to, False
        return
    if "unseen" in node.classes:
        return
    bold = bold or node.tag in BOLD
    is_link = node.tag == "a" and node.attributes.get("href", "").startswith("#")
    to = node.attributes["href"][1:] if is_link else to
    for child in node.children:
        yield from _walk(child, bold, to)
    if is_link and any("page" in name for name in node.classes):
        yield "", bold, to, True
