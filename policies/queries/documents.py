"""Reading the mayor's policy."""

from dataclasses import dataclass, field

from policies.models import BasicPolicy, Section


@dataclass(frozen=True)
class Node:
    """A section with the items under it, in reading order."""

    section: Section
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """The mayor's policy of one year as it reads: its chapters with all that is under them."""

    policy: BasicPolicy
    chapters: list[Node]


def document(year: int) -> Document | None:
    """The document of ``year``; None where there is none. Two queries."""
    policy = BasicPolicy.objects.defer("source_text").filter(year=year).first()
    if policy is None:
        return None
    nodes = {section.pk: Node(section) for section in policy.sections.standing().in_order()}
    for node in nodes.values():
        if node.section.parent_id in nodes:
            nodes[node.section.parent_id].items.append(node)
    chapters = [node for node in nodes.values() if node.section.parent_id is None]
    return Document(policy, chapters)


def policy_years() -> list[int]:
    """The fiscal years that have a document, the newest first."""
    return list(BasicPolicy.objects.order_by("-year").values_list("year", flat=True))
