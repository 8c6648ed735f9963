"""The structure of a tagged PDF, without the elements that mean nothing. Plain Python.

The engine puts an element without meaning around each line of text, each anonymous box and each
piece of inline markup: two of three elements of a packet. What such an element holds can stand in
the paragraph, cell or heading around it (ISO 32000-1, 14.7.4: content items are kids of any
element), and is read aloud just the same; the file, and the book that is bound from it, get lighter.
"""

from typing import Any

WITHOUT_MEANING = frozenset({"/NonStruct", "/Span"})
PLAIN = frozenset({"Type", "S", "K", "Pg", "P"})
"""What such an element has, if it has no attributes, name or language of its own."""
HOLDS_TEXT = WITHOUT_MEANING | {"/P", "/TD", "/TH", "/LBody", "/Lbl", "/Link", "/Caption"}
HOLDS_TEXT |= {f"/H{level}" for level in range(1, 7)}
"""Others group elements, and hold no text themselves."""


def fold(pdf: Any) -> None:
    """Take such elements out of a ``pydyf.PDF`` that is ready to be written."""
    elements = {one.reference: one for one in pdf.objects if _is_element(one)}
    root = next((one for one in pdf.objects if _is(one, "/StructTreeRoot")), None)
    if root is None:
        return
    moved: dict[bytes, bytes] = {}
    for reference in root["K"]:
        _fold(elements[reference], elements, moved)
    tree = next(one for one in pdf.objects if one.reference == root["ParentTree"])
    for entry in tree["Nums"]:
        if isinstance(entry, list):
            entry[:] = [_now(reference, moved) for reference in entry]


def _is_element(thing: Any) -> bool:
    return _is(thing, "/StructElem")


def _is(thing: Any, kind: str) -> bool:
    return isinstance(thing, dict) and thing.get("Type") == kind


def _fold(element: Any, elements: dict[bytes, Any], moved: dict[bytes, bytes]) -> None:
    """Fold what is below; then take in what the kids without meaning hold."""
    kids: list[Any] = []
    for kid in element["K"]:
        below = elements.get(kid) if isinstance(kid, bytes) else None
        if below is not None:
            _fold(below, elements, moved)
        if below is None or not _may_go(below, element, elements):
            kids.append(kid)
            continue
        for thing in below["K"]:
            if thing in elements:
                elements[thing]["P"] = element.reference
            kids.append(thing)
        moved[below.reference] = element.reference
        _free(below)
    element["K"][:] = kids


def _may_go(kid: Any, around: Any, elements: dict[bytes, Any]) -> bool:
    """Not where it also holds a link."""
    return (
        kid["S"] in WITHOUT_MEANING
        and kid.keys() <= PLAIN
        and around["S"] in HOLDS_TEXT
        and kid["Pg"] == around.get("Pg")
        and all(isinstance(thing, int) or thing in elements for thing in kid["K"])
    )


def _free(thing: Any) -> None:
    """Not written: 0 is the number of what is free, and what has a generation is not put into the
    stream of objects, in which pydyf would count it."""
    thing.free, thing.number, thing.generation = "f", 0, 1


def _now(reference: bytes, moved: dict[bytes, bytes]) -> bytes:
    """The element that holds what ``reference`` held."""
    while reference in moved:
        reference = moved[reference]
    return reference
