"""What an edition will say, before it is issued. Pure Python: no Django."""

from collections.abc import Collection
from typing import Any

from policies.outline import Outline, names_of, preamble, written
from policies.paths import with_paths


def content_of(title: str, outline: Outline, taken: Collection[str] = ()) -> dict[str, Any]:
    """The document as ``Edition.content`` freezes it; new items get addresses not ``taken``."""
    outline = with_paths(outline, taken)
    names = names_of(outline)
    paths = {node.id: node.path for node in outline.nodes}
    return {
        "title": title,
        "preamble": "\n".join(preamble(outline)),
        "sections": [
            {
                "path": item.node.path,
                "parent": paths[item.parent_id] if item.parent_id else "",
                "place": place,
                "marker": item.node.marker,
                "number": names[item.node.id],
                "heading": item.heading,
                "short_name": item.node.short_name,
                "body": item.body,
                "is_open": item.is_leaf and item.node.is_open is not False,
            }
            for place, item in enumerate(written(outline), 1)
        ],
    }
