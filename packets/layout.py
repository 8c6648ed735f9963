"""How a packet is laid out on paper: what the person who prints it may choose. Plain Python."""

from dataclasses import dataclass, fields
from typing import Self

WORDS = {
    "single": "片面",
    "large": "大きな字",
    "bare": "記録欄なし",
    "sheets": "目標シート付き",
    "two_up": "2面付け",
    "lasting": "保存用",
}
"""What departs from the usual packet, as the lists call it."""


@dataclass(frozen=True)
class Layout:
    """The choices. The usual packet has none of them: both sides, 10.5 pt, room for notes.

    ``single``: printed on one side, the binding margin always at the left, no blank pages;
    ``large``: 14 pt; ``bare``: without ruled space for notes; ``sheets``: with a sheet for each goal;
    ``two_up``: two pages side by side on A4 across; ``lasting``: PDF/A-3a for keeping instead of
    PDF/UA-1.
    """

    single: bool = False
    large: bool = False
    bare: bool = False
    sheets: bool = False
    two_up: bool = False
    lasting: bool = False

    @classmethod
    def parse(cls, code: str) -> Self:
        """From ``code``: names of choices with spaces between. Raises ValueError on others."""
        chosen = code.split()
        if unknown := set(chosen) - set(WORDS):
            raise ValueError(f"no such layout: {', '.join(sorted(unknown))}")
        return cls(**dict.fromkeys(chosen, True))

    @property
    def code(self) -> str:
        """The names of what is chosen, always in the same order; empty for the usual packet."""
        return " ".join(field.name for field in fields(self) if getattr(self, field.name))

    @property
    def label(self) -> str:
        """片面・大きな字; empty for the usual packet."""
        return "・".join(WORDS[name] for name in self.code.split())

    @property
    def of_parts(self) -> "Layout":
        """What of it the parts of a file must know; two pages are laid on one when it is bound."""
        return Layout(
            single=self.single,
            large=self.large,
            bare=self.bare,
            sheets=self.sheets,
            lasting=self.lasting,
        )

    @property
    def variant(self) -> str:
        """The kind of PDF, as the press calls it."""
        return "pdf/a-3a" if self.lasting else "pdf/ua-1"


USUAL = Layout()
