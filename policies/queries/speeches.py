"""Reading the 施政方針: its text with the projects marked in it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from policies.models import Project, Speech
from policies.outline import Outline, as_it_reads, from_json, outline_of
from policies.parsing import parse
from policies.queries.plans import NamedPlan, Words, naming, plans_of_year


@dataclass(frozen=True)
class Block:
    """Paragraphs that belong together; ``project`` where they are what a project says.

    ``is_start``: the project begins here, so that this is its address.
    """

    kind: str
    marker: str
    paragraphs: list[list[Words]]
    project: Project | None
    is_start: bool

    @property
    def is_heading(self) -> bool:
        """A heading that stands above projects."""
        return self.project is None and self.kind == "heading"


@dataclass(frozen=True)
class SpeechText:
    """The speech of a year as it reads, and its projects."""

    speech: Speech
    blocks: list[Block]
    projects: list[Project]
    plans: list[NamedPlan]


def speech_text(year: int) -> SpeechText | None:
    """The 施政方針 of ``year``; None where there is none. Three queries."""
    speech = Speech.objects.filter(year=year).first()
    if speech is None:
        return None
    projects = list(projects_of(year))
    outline = _outline(speech)
    stretches = as_it_reads(outline)
    by_path = {project.path: project for project in projects}
    nodes = {node.id: by_path[node.path] for node in outline.nodes if node.path in by_path}
    markers = {node.id: node.marker for node in outline.nodes}
    texts = [paragraph for stretch in stretches for paragraph in stretch.paragraphs]
    read = naming(texts, plans_of_year(year))
    blocks, at, seen = [], 0, set()
    for stretch in stretches:
        end = at + len(stretch.paragraphs)
        project = nodes.get(stretch.node or 0)
        is_start = project is not None and project.pk not in seen
        seen |= {project.pk} if project else set()
        marker = markers.get(stretch.node or 0, "")
        blocks.append(Block(stretch.kind, marker, read.words[at:end], project, is_start))
        at = end
    return SpeechText(speech, blocks, projects, read.named)


def _outline(speech: Speech) -> Outline:
    """Where its items stand; as it is read, where nobody has laid it on the desk."""
    if speech.outline:
        return from_json(speech.source_text, speech.outline)
    return outline_of(parse(speech.source_text))


def projects_of(year: int) -> QuerySet[Project]:
    """The projects of the 施政方針 of ``year``, in the order of the text."""
    return Project.objects.filter(speech__year=year, is_dropped=False).order_by("place")
