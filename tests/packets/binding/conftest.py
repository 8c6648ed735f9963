"""Three small parts, and what they are bound to; ``book`` is each module's own."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from packets.binding import Leaf
from tests.packets.binding.parts import Whole, bound, leaves_in


@pytest.fixture(scope="session")
def leaves(tmp_path_factory: pytest.TempPathFactory) -> list[Leaf]:
    return leaves_in(tmp_path_factory.mktemp("parts"))


@pytest.fixture(scope="module")
def book(leaves: list[Leaf]) -> Whole:
    return bound(leaves)


@pytest.fixture(scope="module")
def path(book: Whole, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of ``book``."""
    path = tmp_path_factory.mktemp("book") / "book.pdf"
    path.write_bytes(book.pdf)
    return path


@pytest.fixture
def pdf(path: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(path) as pdf:
        yield pdf
