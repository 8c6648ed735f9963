"""The document as it was read, and the proof that nothing of it is lost. Pure Python: no Django."""

import datetime as dt
from dataclasses import dataclass

from policies.lines import compact


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the source: what it is, from where to where (character offsets).

    Kinds: date, title, issuer, preamble, bullet, marker, heading, body, closing, furniture.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question about how a line (from 1) was read."""

    line: int
    question: str


@dataclass(frozen=True, slots=True)
class ParsedSection:
    """A node of the document. ``start`` and ``end`` enclose it with all its items."""

    marker: str
    heading: str
    body: str
    items: tuple["ParsedSection", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedPolicy:
    """The document as read. ``source`` is the normalised text that all offsets refer to.

    ``apart``: where lines start that begin a paragraph, as a number out of sequence stands there.
    """

    source: str
    year: int | None
    title: str
    issued_on: dt.date | None
    issuer: str
    preamble: tuple[str, ...]
    sections: tuple[ParsedSection, ...]
    closing: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    spans: tuple[Span, ...]
    apart: tuple[int, ...] = ()

    @property
    def furniture(self) -> tuple[str, ...]:
        """Page numbers, addressees and the like, which belong to no part of the text."""
        return tuple(self.source[s.start : s.end] for s in self.spans if s.kind == "furniture")


# --- nothing lost ------------------------------------------------------------------------------


def is_lossless(policy: ParsedPolicy) -> bool:
    """Whether texts and markers give the source back, up to white space, bullets and furniture."""
    return written_out(policy) == bare_source(policy)


def written_out(policy: ParsedPolicy) -> str:
    """All texts and markers of the tree in the order of the source, without white space."""
    parts: dict[int, str] = {}
    texts = {"title": policy.title, "issuer": policy.issuer, "preamble": "".join(policy.preamble)}
    for span in policy.spans:
        if span.kind in {"date", "closing"}:
            parts[span.start] = policy.source[span.start : span.end]
        elif span.kind in texts:
            parts[span.start] = texts.pop(span.kind)
    parts |= {section.start: section_text(section) for section in policy.sections}
    return compact("".join(parts[start] for start in sorted(parts)))


def section_text(section: ParsedSection) -> str:
    """Marker, heading, body and items of ``section``, one after the other."""
    items = "".join(section_text(item) for item in section.items)
    return f"{section.marker}{section.heading}{section.body}{items}"


def bare_source(policy: ParsedPolicy) -> str:
    """The source without white space, bullets and furniture."""
    kept, at = [], 0
    for span in policy.spans:
        if span.kind in {"bullet", "furniture"}:
            kept.append(policy.source[at : span.start])
            at = span.end
    return compact("".join([*kept, policy.source[at:]]))
