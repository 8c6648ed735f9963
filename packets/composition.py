"""From an order to one PDF: its parts are composed, pressed where they are not kept, and bound.

The worker and the commands do the same here; a ``Watch`` is told how far it has come.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from core.years import format_year
from goals.models import OperatingPolicy
from packets import binding, fronts, pieces, store
from packets.binding import BindingError, Leaf
from packets.glyphs import Missing
from packets.layout import Layout
from packets.models import DRAFT
from packets.orders import FRONTS, Kind, Order
from packets.pieces import Piece
from packets.pressing import PressFailure, Pressroom
from packets.queries import Material, material, materials
from packets.store import Kept

FRONT = "front"
TRIALS = 4
"""So often the front is pressed anew because its own length moved what it lists."""
USUAL_FRONT = 4
"""Pages of the front of a book of which nothing is known yet."""
UNKNOWN = "思わぬ誤りが起きました。システム管理者へ連絡してください。"
TAKEN_BACK = "提出が取り消されたか差し戻されたため、入っていません。"
logger = logging.getLogger(__name__)


class TakenBack(Exception):
    """The paper was handed in when somebody asked for it, and is a draft again."""


class Watch:
    """Who is told how far the work has come. This one does not care."""

    def look(self) -> None:
        """Called again and again; what it raises ends the work."""

    def begun(self, part: "Part") -> None:
        """The part is composed, and will be pressed."""

    def done(self, part: "Part") -> None:
        """The part lies there."""

    def failed(self, part: "Part") -> None:
        """The part could not be printed; ``failure`` says why."""


@dataclass
class Part:
    """One part on its way: ``number`` is its place, 0 for what stands before the departments."""

    number: int
    key: str
    title: str
    compose: Callable[[], Piece]
    paper: OperatingPolicy | None = None
    piece: Piece | None = None
    kept: Kept | None = None
    is_kept: bool = False
    failure: str = ""

    @property
    def edition(self) -> str:
        return self.piece.edition if self.piece else ""


@dataclass(frozen=True)
class Made:
    """What came of an order. ``rendered`` and ``reused`` are numbers of parts."""

    kept: Kept
    edition: str
    failed: list[Part]
    rendered: int
    reused: int


def _as_it_is(html: str, variant: str) -> tuple[str, str]:
    return html, variant


def digest_of(order: Order, piece: Piece) -> str:
    """The digest of a file of one part."""
    if order.is_plain:
        return piece.digest
    return order.digest(binding.EDITION, [(FRONT, order.title, piece.digest)])


def _digest_of_parts(order: Order, parts: Sequence[Part]) -> str:
    leaves = [(part.key, part.title, part.piece.digest) for part in parts if part.piece]
    return order.digest(binding.EDITION, leaves)


@dataclass
class Composition:
    """One order being made. ``shelf`` is where parts are looked for and kept; the store's folder
    where it is None. ``known`` holds what ``digest`` composed before; drafts of ``handed_in``
    (papers) are not for the one who asked."""

    order: Order
    papers: Sequence[OperatingPolicy]
    room: Pressroom
    watch: Watch = field(default_factory=Watch)
    shelf: Path | None = None
    known: dict[tuple[int, Layout], Piece] = field(default_factory=dict)
    handed_in: Collection[int] = ()

    def make(self) -> Made:
        """The whole file, kept under its digest. Raises PressFailure with a sentence, and OSError.

        A part that lies there and cannot be read, or has just gone, is pressed anew.
        """
        try:
            return self._make()
        except BindingError:
            return self._make()

    def _make(self) -> Made:
        if self.order.is_bound:
            return self._book()
        part = self._single()
        self._print([part])
        if part.kept is None or part.piece is None:
            raise PressFailure(part.failure)
        title = self.order.title
        digest = digest_of(self.order, part.piece)
        whole = part.kept
        if digest != part.kept.digest:
            whole = self._bind(digest, [Leaf(FRONT, title, whole.path)], part.kept.missing)
        return self._made(whole, part.edition, [part])

    def digest(self, front: int) -> str | None:
        """Under which digest ``make`` would keep it, with so many pages of the front; None where
        something must be pressed first."""
        if not self.order.is_bound:
            return digest_of(self.order, self._single().compose())
        parts = [self._department(number, paper) for number, paper in enumerate(self.papers, 1)]
        for part, piece in zip(parts, self._known_pieces(), strict=True):
            part.piece = piece
            part.kept = store.find(piece.digest, self.shelf)
        if not all(part.kept for part in parts):
            return None
        piece = self._front_piece(parts, self._firsts(front, parts))()
        first = Part(0, FRONT, FRONTS[self.order.kind], lambda: piece, piece=piece)
        return _digest_of_parts(self.order, [first, *parts])

    # ---- what it consists of -------------------------------------------------------------

    def _single(self) -> Part:
        order, layout = self.order, self.order.layout.of_parts
        if order.paper is not None:
            return self._department(1, order.paper)
        compose = {
            Kind.TIMETABLE: lambda: fronts.timetable(order.year, *order.whose_day, layout),
            Kind.COVERAGE: lambda: fronts.coverage(order.year, layout),
            Kind.FORM: lambda: fronts.form(order.year, layout),
        }[order.kind]
        return Part(0, FRONT, order.title, compose)

    def _department(self, number: int, paper: OperatingPolicy) -> Part:
        key, name = paper.department.code, paper.department.name
        return Part(number, key, name, lambda: self._piece_of(paper), paper)

    @cached_property
    def _read(self) -> dict[int, Material]:
        """All that the departments' parts are made of, by paper: read at once, as it is now."""
        papers = [self.order.paper] if self.order.paper else self.papers
        now = OperatingPolicy.objects.select_related("department")
        found = materials(list(now.filter(pk__in=[paper.pk for paper in papers])))
        return {one.sheet.paper.pk: one for one in found}

    def _piece_of(self, paper: OperatingPolicy) -> Piece:
        read = self._read[paper.pk]
        if read.sheet.paper.is_writable and paper.pk in self.handed_in:
            raise TakenBack
        return pieces.of_material(read, self.order.layout.of_parts)

    def _is_as_read(self, paper: OperatingPolicy) -> bool:
        """Whether nobody has written to it since it was read; else it is read anew."""
        now = OperatingPolicy.objects.select_related("department").get(pk=paper.pk)
        if _values(now) == _values(self._read[paper.pk].sheet.paper):
            return True
        self._read[paper.pk] = material(now)
        return False

    def _known_pieces(self) -> list[Piece]:
        """Of all papers; those that are not ``known`` are composed."""
        layout = self.order.layout.of_parts
        unknown = [paper for paper in self.papers if (paper.pk, layout) not in self.known]
        for read in materials(unknown):
            self.known[read.sheet.paper.pk, layout] = pieces.of_material(read, layout)
        return [self.known[paper.pk, layout] for paper in self.papers]

    # ---- a book ----------------------------------------------------------------------------

    def _book(self) -> Made:
        parts = [self._department(number, paper) for number, paper in enumerate(self.papers, 1)]
        self._print(parts)
        failed = [part for part in parts if part.failure]
        if parts and len(failed) == len(parts):
            raise PressFailure(failed[0].failure)
        for part in failed:
            self._put_slip(part)
        front = self._front(parts)
        bound = [front, *parts]
        leaves = [self._leaf(part) for part in bound if part.kept]
        whole = self._bind(_digest_of_parts(self.order, bound), leaves, _missing(bound))
        is_draft = any(part.edition == DRAFT for part in parts)
        return self._made(whole, DRAFT if is_draft else "", bound)

    def _made(self, whole: Kept, edition: str, parts: Sequence[Part]) -> Made:
        printed = [part for part in parts if not part.failure]
        reused = sum(part.is_kept for part in printed)
        failed = [part for part in parts if part.failure]
        return Made(whole, edition, failed, len(printed) - reused, reused)

    def _leaf(self, part: Part) -> Leaf:
        assert part.kept is not None
        tab = part.number if self.order.kind == Kind.DAY else 0
        return Leaf(part.key, part.title, part.kept.path, tab)

    def _front(self, parts: Sequence[Part]) -> Part:
        """What stands before the departments, which lists on which pages they begin: pressed until
        its own length is what it reckoned with."""
        title = FRONTS[self.order.kind]
        like = f"{self.order.kind} {self.order.year} {self.order.layout.of_parts.code}"
        pages = store.usual_pages(like, self.shelf) or USUAL_FRONT
        for _trial in range(TRIALS):
            firsts = self._firsts(pages, parts)
            front = Part(0, FRONT, title, self._front_piece(parts, firsts))
            self._print([front])
            if front.kept is None:
                self._put_slip(front)
                return front
            if self._firsts(front.kept.pages, parts) == firsts:
                return front
            pages = front.kept.pages
            store.note_usual_pages(like, pages, self.shelf)
        front.failure = "頁数が定まりませんでした。"
        self.watch.failed(front)
        self._put_slip(front)
        return front

    def _firsts(self, pages: int, parts: Sequence[Part]) -> list[int]:
        counts = [part.kept.pages if part.kept else 1 for part in parts]
        return binding.first_pages([pages, *counts], self.order.layout)[1:]

    def _front_piece(self, parts: Sequence[Part], firsts: Sequence[int]) -> Callable[[], Piece]:
        order, layout = self.order, self.order.layout.of_parts
        now = _as_they_are(parts)
        entries = [_entry(part, first, now) for part, first in zip(parts, firsts, strict=True)]
        if order.kind == Kind.BOOK:
            return lambda: fronts.book(order.year, entries, layout)
        return lambda: fronts.day(order.year, *order.whose_day, entries, layout)

    def _put_slip(self, part: Part) -> None:
        """A page that says why the part is not there. Raises PressFailure."""
        slip = fronts.slip(part.title, part.failure, self.order.year, self.order.layout.of_parts)
        part.piece = replace(slip, edition=part.edition)
        part.kept = self._find(part.piece) or self._press(part.piece)

    # ---- printing --------------------------------------------------------------------------

    def _print(self, parts: Sequence[Part]) -> None:
        """Every part has its file, or its failure."""
        by_number = {part.number: part for part in parts}
        for number, result in self.room.press_all(self._orders(parts), meanwhile=self.watch.look):
            part = by_number[number]
            if isinstance(result, PressFailure):
                self._fail(part, str(result))
                continue
            assert part.piece is not None
            part.kept = self._keep(part.piece, result.pages, result.starts, result.pdf)
            self.watch.done(part)

    def _orders(self, parts: Sequence[Part]) -> Iterator[tuple[int, Callable[[], tuple[str, str]]]]:
        """Those of ``parts`` that must be pressed, composed one by one."""
        for part in parts:
            self.watch.look()
            try:
                piece = self._compose(part)
                html = "" if part.kept else piece.html()
            except TakenBack:
                self._fail(part, TAKEN_BACK)
                continue
            except Exception:
                logger.exception("%s could not be composed", part.title)
                self._fail(part, UNKNOWN)
                continue
            if part.kept:
                part.is_kept = True
                self.watch.done(part)
            else:
                self.watch.begun(part)
                yield part.number, partial(_as_it_is, html, piece.layout.variant)

    def _compose(self, part: Part) -> Piece:
        """Its piece, and its file where that lies there. What must be pressed is looked at once
        more: departments write on while the parts before are pressed."""
        while True:
            piece = part.piece = part.compose()
            part.kept = self._find(piece)
            if part.kept:
                return piece
            self.room.expect()
            if part.paper is None or self._is_as_read(part.paper):
                return piece

    def _fail(self, part: Part, reason: str) -> None:
        part.failure = reason
        self.watch.failed(part)

    def _find(self, piece: Piece) -> Kept | None:
        kept = store.find(piece.digest, self.shelf)
        if kept:
            store.keep_longer(piece.digest, self.shelf)
        return kept

    def _press(self, piece: Piece) -> Kept:
        printed = self.room.press(piece.html(), piece.layout.variant)
        return self._keep(piece, printed.pages, printed.starts, printed.pdf)

    def _keep(self, piece: Piece, pages: int, starts: dict[str, int], pdf: bytes) -> Kept:
        kept = Kept(piece.digest, pages, starts, piece.missing, folder=self.shelf)
        return store.keep(kept, pdf)

    def _bind(self, digest: str, leaves: Sequence[Leaf], missing: list[Missing]) -> Kept:
        """Raises BindingError, and forgets the part that cannot be read."""
        if whole := store.find(digest, self.shelf):
            store.keep_longer(digest, self.shelf)
            return whole
        self.watch.look()
        title = f"{format_year(self.order.year)} {self.order.title}"
        layout, numbered = self.order.layout, self.order.is_bound
        try:
            with store.written(store.place_of(digest, self.shelf)) as file:
                bound = binding.bind(leaves, file, title=title, layout=layout, numbered=numbered)
                self.watch.look()
                kept = Kept(digest, bound.pages, bound.starts, missing, folder=self.shelf)
                store.note(kept, file.tell())
        except BindingError as error:
            for leaf in leaves:
                if leaf.title == error.title:
                    leaf.path.unlink(missing_ok=True)
            raise
        return kept


def _values(paper: OperatingPolicy) -> list[object]:
    """All that is stored in its own row."""
    return [getattr(paper, field.attname) for field in paper._meta.concrete_fields]


def _as_they_are(parts: Sequence[Part]) -> dict[int, OperatingPolicy]:
    """The papers, read anew: one may have been taken back since its part was pressed."""
    papers = OperatingPolicy.objects.select_related("department")
    return papers.in_bulk([part.paper.pk for part in parts if part.paper])


def _entry(part: Part, first: int, papers: Mapping[int, OperatingPolicy]) -> fronts.Entry:
    """What the front is told of one department."""
    assert part.paper is not None
    starts = part.kept.starts if part.kept and not part.failure else {}
    return fronts.Entry(
        key=part.key,
        title=part.title,
        paper=papers[part.paper.pk],
        edition=part.edition,
        first=first,
        starts={anchor: first + page - 1 for anchor, page in starts.items()},
        pages=part.kept.pages if part.kept else 1,
        failure=part.failure,
    )


def _missing(parts: Sequence[Part]) -> list[Missing]:
    """Of all parts, with the department before the place."""
    return [
        replace(one, place=f"{part.title} {one.place}")
        for part in parts
        if part.kept
        for one in part.kept.missing
    ]
