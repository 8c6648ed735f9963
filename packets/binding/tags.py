"""The tags of a book: one tree over the trees of its leaves.

Everything by which a tree refers to itself by number or name is unique in the book: the keys of
the parent tree, and the names of table headers.
"""

from collections.abc import Iterable

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from packets.binding.pages import Book, Section


def merge(book: Book) -> None:
    """Hang the tree of each leaf as a part below one document."""
    pdf = book.pdf
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    parts = Array()
    numbers = Array()
    named: dict[str, pikepdf.Object] = {}
    roles = Dictionary()
    following = 0
    for section in book.sections:
        tree = section.root.get(Name.StructTreeRoot)
        if tree is None:
            continue
        named |= _renamed_headers(book.things(section), len(parts))
        _number(book, section, following)
        following = _take_numbers(tree, numbers, following)
        _take_roles(tree, roles)
        parts.extend(_as_parts(tree, document, section))
    document.K = parts
    root.K = Array([document])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
    root.ParentTreeNextKey = following
    if named:
        root.IDTree = pdf.make_indirect(Dictionary(Names=_sorted(named)))
    if roles:
        root.RoleMap = roles
    pdf.Root.StructTreeRoot = root


def _renamed_headers(things: Iterable[pikepdf.Object], place: int) -> dict[str, pikepdf.Object]:
    """Table headers by their new names: they were named by numbers of objects, which repeat from
    leaf to leaf.
    """
    prefix = f"{place}-"
    headers: dict[str, pikepdf.Object] = {}
    for thing in things:
        # Only cells have attributes with a name or with headers, and most things have none at all.
        if not isinstance(thing, Dictionary) or (attributes := thing.get("/A")) is None:
            continue
        if (name := thing.get("/ID")) is not None:
            thing.ID = String(prefix + str(name))
            headers[prefix + str(name)] = thing
        if isinstance(attributes, Dictionary) and "/Headers" in attributes:
            attributes.Headers = Array([String(prefix + str(one)) for one in attributes.Headers])
    return headers


def _sorted(named: dict[str, pikepdf.Object]) -> Array:
    names = Array()
    for name in sorted(named):
        names.append(String(name))
        names.append(named[name])
    return names


def _number(book: Book, section: Section, offset: int) -> None:
    for page in section.pages:
        if Name.StructParents in page.obj:
            page.obj.StructParents = int(page.obj.StructParents) + offset
    for annotation in book.annotations(section):
        if Name.StructParent in annotation:
            annotation.StructParent = int(annotation.StructParent) + offset


def _take_numbers(tree: pikepdf.Object, numbers: Array, offset: int) -> int:
    """The next free number."""
    own = list(tree.ParentTree.Nums)
    highest = -1
    for number, owner in zip(own[::2], own[1::2], strict=True):
        highest = max(highest, int(number))
        numbers.append(int(number) + offset)
        numbers.append(owner)
    return offset + highest + 1


def _take_roles(tree: pikepdf.Object, roles: Dictionary) -> None:
    for name, role in tree.get(Name.RoleMap, Dictionary()).items():
        roles[name] = role


def _as_parts(tree: pikepdf.Object, document: pikepdf.Object, section: Section) -> list:
    kids = tree.K if isinstance(tree.K, Array) else [tree.K]
    parts = []
    for kid in kids:
        kid.P = document
        if kid.S == "/Document":
            kid.S = Name.Part
            kid.T = String(section.leaf.title)
        parts.append(kid)
    return parts
