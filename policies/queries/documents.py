"""Reading the mayor's policy."""

from dataclasses import dataclass, field

from policies.models import BasicPolicy, Section, Speech
from policies.queries.plans import NamedPlan, Naming, Words, naming, plans_of_year


@dataclass(frozen=True)
class Node:
    """A section with the items under it, in reading order."""

    section: Section
    heading: list[Words]
    paragraphs: list[list[Words]]
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """The mayor's policy of one year as it reads: its chapters with all that is under them.

    ``plans``: those that the text names; in the text the words of registered ones are marked.
    """

    policy: BasicPolicy
    preamble: list[list[Words]]
    chapters: list[Node]
    plans: list[NamedPlan]


def document(year: int) -> Document | None:
    """The document of ``year``; None where there is none. Three queries."""
    policy = BasicPolicy.objects.defer("source_text", "outline").filter(year=year).first()
    if policy is None:
        return None
    sections = list(policy.sections.standing().in_order())
    preamble = policy.preamble.splitlines()
    texts = [*preamble, *(text for section in sections for text in _texts(section))]
    read = naming(texts, plans_of_year(year))
    nodes = _nodes(sections, read, len(preamble))
    for node in nodes.values():
        if node.section.parent_id in nodes:
            nodes[node.section.parent_id].items.append(node)
    chapters = [node for node in nodes.values() if node.section.parent_id is None]
    return Document(policy, read.words[: len(preamble)], chapters, read.named)


def _texts(section: Section) -> list[str]:
    """Heading and paragraphs, in the order in which they are read."""
    return [section.heading, *section.body.splitlines()]


def _nodes(sections: list[Section], read: Naming, at: int) -> dict[int, Node]:
    """The sections with their words, which begin at number ``at`` of the texts that were read."""
    nodes = {}
    for section in sections:
        end = at + len(_texts(section))
        nodes[section.pk] = Node(section, read.words[at], read.words[at + 1 : end])
        at = end
    return nodes


def has_speech(year: int) -> bool:
    """Whether the 施政方針 of ``year`` is stored."""
    return Speech.objects.filter(year=year).exists()


def policy_years() -> list[int]:
    """The fiscal years that have a document, the newest first."""
    return list(BasicPolicy.objects.order_by("-year").values_list("year", flat=True))
