"""What a front knows of a part that stands behind it."""

from dataclasses import dataclass

from goals.models import OperatingPolicy


@dataclass(frozen=True)
class Entry:
    """One department's part in a book, and where it begins there."""

    key: str
    title: str
    paper: OperatingPolicy
    edition: str
    first: int  # its first page in the book
    starts: dict[str, int]  # anchor of a section → page in the book
    pages: int
    failure: str = ""  # why there is only a slip of paper in its place
