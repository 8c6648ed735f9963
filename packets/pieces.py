"""A part of a file before it is printed: its template, its words, its digest."""

import functools
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from goals.models import OperatingPolicy
from packets import glyphs, press
from packets.contexts import packet
from packets.glyphs import Missing
from packets.layout import USUAL, Layout
from packets.places import texts
from packets.queries import Material, material

PACKETS = Path(__file__).parent
FILTERS = PACKETS / "templatetags" / "paper.py"
PRESS = [
    PACKETS / "press.py",
    PACKETS / "structure.py",
    *sorted((PACKETS / "quickening").glob("*.py")),
    *press.SHEETS,
]
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "packets" / "paper"


@dataclass(frozen=True)
class Piece:
    """What one press makes one PDF of.

    ``content`` is plain values (strings, numbers, lists, mappings), so that the same record always
    has the same digest; ``edition`` is of which version of the paper.
    """

    title: str
    template: str
    content: dict[str, Any]
    layout: Layout = USUAL
    paper: OperatingPolicy | None = None
    edition: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides how the part looks."""
        layout = self.layout.of_parts.code
        text = json.dumps(self.content, ensure_ascii=False, sort_keys=True)
        whole = "\n".join((edition_of_the_press(), self.template, layout, text))
        return hashlib.sha256(whole.encode()).hexdigest()

    def html(self, *, screen: dict[str, Any] | None = None) -> str:
        """One HTML document; with ``screen``, as the preview in a browser.

        A character that the press cannot draw stands as 〓 in both.
        """
        drawn = glyphs.printable_content(self.content)
        named = {"packet": drawn, "layout": self.layout, "screen": screen}
        return render_to_string(self.template, named)

    @cached_property
    def missing(self) -> list[Missing]:
        """The characters that are not printed as they were written, by their place."""
        return glyphs.missing(texts(self.content))


def department(paper: OperatingPolicy, layout: Layout = USUAL) -> Piece:
    """The packet of one department, as the record is now."""
    return of_material(material(paper), layout)


def of_material(read: Material, layout: Layout = USUAL) -> Piece:
    """The packet of one department, of which everything has been read."""
    paper = read.sheet.paper
    content = packet(read, city=settings.CITY["name"], layout=layout.of_parts)
    return Piece(
        title=paper.department.name,
        template="packets/paper/packet.html",
        content=content,
        layout=layout.of_parts,
        paper=paper,
        edition=content["edition"],
    )


@functools.cache
def edition_of_the_press() -> str:
    """SHA-256 of templates and their filters, of the press, style sheets, fonts' sizes and version
    of the engine."""
    digest = hashlib.sha256(version("weasyprint").encode())
    for path in [FILTERS, *PRESS, *sorted(TEMPLATES.rglob("*.html"))]:
        digest.update(path.read_bytes())
    for path, _kind in press.ASSETS.values():
        digest.update(str(path.stat().st_size).encode())
    return digest.hexdigest()
