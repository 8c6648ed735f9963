"""What is bound: leaves, and on which pages of the book they begin."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from packets.layout import Layout


class BindingError(Exception):
    """A leaf cannot be bound; ``title`` says which."""

    def __init__(self, title: str, reason: str) -> None:
        super().__init__(f"{title}: {reason}")
        self.title = title


@dataclass(frozen=True)
class Leaf:
    """A part that was printed. ``key`` is the name by which other leaves link to it
    (``part:KEY``), ``title`` its entry in the outline, ``tab`` the number of its index tab;
    0 means none.
    """

    key: str
    title: str
    path: Path
    tab: int = 0


@dataclass(frozen=True)
class Bound:
    """A book: ``pages`` are those of the PDF (sheets, where two pages are laid on one);
    ``starts`` is the running number of the page on which each leaf begins, by its key.
    """

    pages: int
    starts: dict[str, int]


def first_pages(pages: Sequence[int], layout: Layout) -> list[int]:
    """The first page of each leaf, from the number of pages of each.

    Odd, so that each begins on a fresh sheet, unless the book is printed on one side.
    """
    firsts = []
    following = 1
    for count in pages:
        if not layout.single and following % 2 == 0:
            following += 1
        firsts.append(following)
        following += count
    return firsts


@contextlib.contextmanager
def opened(leaf: Leaf) -> Iterator[pikepdf.Pdf]:
    """The PDF of ``leaf``. Raises BindingError, also where something in it cannot be read while it
    is open.
    """
    try:
        pdf = pikepdf.open(leaf.path, attempt_recovery=False)
    except (OSError, pikepdf.PdfError) as error:
        raise BindingError(leaf.title, "not a readable PDF") from error
    with pdf:
        try:
            if not len(pdf.pages):
                raise BindingError(leaf.title, "no pages")
            yield pdf
        except (ValueError, pikepdf.PdfError) as error:
            raise BindingError(leaf.title, "its pages cannot be read") from error
