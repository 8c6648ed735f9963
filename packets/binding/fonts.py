"""One file for each face instead of one for each leaf."""

from packets.binding.pages import Book


def unite(book: Book) -> None:
    """Not yet."""
