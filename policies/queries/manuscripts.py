"""Reading the office's desk: a manuscript as it stands after all that was put right."""

from dataclasses import dataclass
from functools import cached_property

from core.permissions import Hidden
from core.years import format_year
from policies.edits import apply, edit_from_json
from policies.models import BasicPolicy, Manuscript, Speech
from policies.outline import Outline, Written, from_json, preamble, written


@dataclass(frozen=True)
class Question:
    """What the parser doubts: ``index`` in the manuscript, line (from 1) of the text as read."""

    index: int
    line: int
    question: str
    is_settled: bool


@dataclass(frozen=True)
class Desk:
    """A manuscript with its tree as it stands now and the document that others see, if any."""

    manuscript: Manuscript
    outline: Outline
    document: BasicPolicy | Speech | None

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """The items in reading order."""
        return written(self.outline)

    @cached_property
    def preamble(self) -> list[str]:
        """The paragraphs that belong to no item."""
        return preamble(self.outline)

    @cached_property
    def questions(self) -> list[Question]:
        return [Question(i, *doubt) for i, doubt in enumerate(self.manuscript.doubts)]

    @property
    def open_questions(self) -> list[Question]:
        """Those that nobody has settled yet."""
        return [question for question in self.questions if not question.is_settled]

    @property
    def undoable(self) -> str:
        """What 元に戻す would take back, in words; empty where there is nothing."""
        edits = self.manuscript.edits
        return edits[-1]["label"] if edits else ""

    @property
    def redoable(self) -> str:
        """What やり直す would do again, in words; empty where there is nothing."""
        undone = self.manuscript.undone
        return undone[-1]["label"] if undone else ""

    @property
    def is_amendment(self) -> bool:
        """Whether what is changed here reaches others by an amendment only."""
        return isinstance(self.document, BasicPolicy) and self.document.is_issued


def outline_of_manuscript(manuscript: Manuscript) -> Outline:
    """The base with every edit applied in order."""
    outline = from_json(manuscript.source_text, manuscript.base)
    for entry in manuscript.edits:
        outline = apply(outline, edit_from_json(entry["edit"]))
    return outline


def manuscript_or_hidden(year: int, kind: str) -> Manuscript:
    """The manuscript of a year; Hidden where there is none."""
    found = manuscript_of(kind, year)
    if found is None:
        raise Hidden(f"{format_year(year)}の原稿は、まだありません。")
    return found


def manuscript_of(kind: str, year: int | None) -> Manuscript | None:
    """The manuscript of that kind and year, if there is one."""
    rows = Manuscript.objects.select_related("updated_by")
    return rows.filter(year=year, kind=kind).first() if year else None


def manuscripts_of(year: int) -> list[Manuscript]:
    """What lies on the office's desk for a year. One query."""
    rows = Manuscript.objects.only("pk", "year", "kind")
    return list(rows.filter(year=year).order_by("kind"))


def desk(manuscript: Manuscript) -> Desk:
    """The manuscript as the reading page shows it. One query."""
    document = document_of(manuscript.kind, manuscript.year)
    return Desk(manuscript, outline_of_manuscript(manuscript), document)


def document_of(kind: str, year: int) -> BasicPolicy | Speech | None:
    """The document of that kind that others see."""
    model: type[BasicPolicy] | type[Speech] = (
        BasicPolicy if kind == Manuscript.Kind.BASIC else Speech
    )
    return model._default_manager.filter(year=year).first()
