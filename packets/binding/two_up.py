"""Two pages side by side on A4 across."""

from packets.binding.pages import Book
from packets.layout import Layout


def lay(book: Book, layout: Layout) -> None:
    """Not yet."""
