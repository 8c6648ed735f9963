"""The tags of a book: one tree over the trees of its leaves.

Everything by which a tree refers to itself by number or name is unique in the book: the keys of
the parent tree, and the names of table headers.
"""

import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from packets.binding.pages import Book, Section
from packets.binding.writing import array, dictionary, ref

OWN_NAME = re.compile(rb"/ID \(([^()]*)\)")
NAMES = re.compile(rb"/ID \([^()]*\)|/Headers \[[^\[\]]*\]")
"""How a cell says its name, and its headers: the press names them by numbers."""


class Tags:
    """Hang the tree of each leaf as a part below one document."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._root = book.writer.number()
        self._document = book.writer.number()
        self._parts: list[int] = []
        self._owners: list[bytes] = []
        self._headers: dict[bytes, int] = {}
        self._roles: dict[str, bytes] = {}
        self._following = 0
        self._prefix = b""

    def take(self, section: Section) -> None:
        tree = section.root.get(Name.StructTreeRoot)
        if tree is None:
            return
        self._prefix = b"%d-" % len(self._parts)
        section.transfer.edit(b"/A <<", self._rename)
        _number(section, self._following)
        self._take_owners(tree, section)
        for name, role in tree.get(Name.RoleMap, Dictionary()).items():
            self._roles[name.removeprefix("/")] = role.unparse()
        document = section.transfer.stand_in(self._document)
        for part in _as_parts(tree, document, section.leaf.title):
            self._parts.append(section.transfer.number(part))

    def _take_owners(self, tree: pikepdf.Object, section: Section) -> None:
        """Entries of the parent tree, under the next free numbers."""
        offset = self._following
        own = list(tree.ParentTree.Nums)
        for number, owner in zip(own[::2], own[1::2], strict=True):
            owned = ref(section.transfer.number(owner))
            self._owners.append(b"%d %s" % (int(number) + offset, owned))
            self._following = max(self._following, int(number) + offset + 1)

    def _rename(self, words: bytes, number: int) -> bytes:
        """Give a table header, or a cell that names headers, the new names: they were numbers of
        objects, which repeat from leaf to leaf.
        """
        if (own := OWN_NAME.search(words)) is not None:
            self._headers[self._prefix + own[1]] = number
        return NAMES.sub(self._renamed, words)

    def _renamed(self, names: re.Match[bytes]) -> bytes:
        return names[0].replace(b"(", b"(" + self._prefix)

    def close(self) -> None:
        if not self._parts:
            return
        write = self._book.writer
        document = {
            "Type": b"/StructElem",
            "S": b"/Document",
            "P": ref(self._root),
            "K": array(map(ref, self._parts)),
        }
        write.write(self._document, dictionary(document))
        root = {
            "Type": b"/StructTreeRoot",
            "K": array([ref(self._document)]),
            "ParentTree": ref(write.add(dictionary({"Nums": array(self._owners)}))),
            "ParentTreeNextKey": b"%d" % self._following,
        }
        if self._headers:
            names = array(self._sorted_headers())
            root["IDTree"] = ref(write.add(dictionary({"Names": names})))
        if self._roles:
            root["RoleMap"] = dictionary(self._roles)
        write.write(self._root, dictionary(root))
        self._book.root["StructTreeRoot"] = ref(self._root)
        self._book.root["MarkInfo"] = b"<< /Marked true >>"

    def _sorted_headers(self) -> Iterator[bytes]:
        for name in sorted(self._headers):
            yield b"(%s)" % name
            yield ref(self._headers[name])


def _number(section: Section, offset: int) -> None:
    for page in section.pages:
        if Name.StructParents in page.obj:
            page.obj.StructParents = int(page.obj.StructParents) + offset
    for annotation in section.annotations():
        if Name.StructParent in annotation:
            annotation.StructParent = int(annotation.StructParent) + offset


def _as_parts(
    tree: pikepdf.Object, document: pikepdf.Object, title: str
) -> Iterator[pikepdf.Object]:
    for kid in tree.K if isinstance(tree.K, Array) else [tree.K]:
        kid.P = document
        if kid.S == "/Document":
            kid.S = Name.Part
            kid.T = String(title)
        yield kid
