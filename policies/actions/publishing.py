"""What others read: the rows of a document, laid out anew from its outline."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError

from policies.models import BasicPolicy, Manuscript, Passage, Project, Section, Speech
from policies.numbering import in_half_width
from policies.outline import Outline, Written, preamble, to_json, written
from policies.paths import with_paths

MOST_SECTIONS = 1000
TOLD = ("marker", "number", "heading", "short_name", "body", "is_open")
"""What an edition freezes of a section, beside where it stands."""


class PolicyProblem(ValueError):
    """A document that cannot be stored as it is; the message is a sentence for the person."""


def publish(document: BasicPolicy | Speech, manuscript: Manuscript, outline: Outline) -> Outline:
    """Write the document and its items as ``outline`` has them; returns it with all addresses.

    Items keep their rows by their address; what is not there any more is dropped, never deleted,
    because answers and goals point to it. Raises PolicyProblem where something does not fit.
    """
    rows = document.sections if isinstance(document, BasicPolicy) else document.projects
    stored: dict[str, Any] = {row.path: row for row in rows.all()} if document.pk else {}
    outline = with_paths(outline, stored)
    _fill(document, manuscript, outline)
    document.save()
    texts = written(outline)
    if isinstance(document, BasicPolicy):
        _lay_sections(document, texts, stored)
    else:
        _lay_projects(document, texts, stored)
    return outline


def _fill(document: BasicPolicy | Speech, manuscript: Manuscript, outline: Outline) -> None:
    document.title = manuscript.title
    document.issued_on = manuscript.issued_on
    document.issuer = manuscript.issuer
    document.preamble = "\n".join(preamble(outline))
    document.source_text = outline.source
    document.outline = to_json(outline)
    try:
        document.clean_fields()
    except ValidationError as error:
        raise PolicyProblem(" ".join(_sentences(document, error))) from None


def _sentences(row: Any, error: ValidationError) -> Iterable[str]:
    return (
        f"{row._meta.get_field(name).verbose_name}：{sentence}"
        for name, found in error.message_dict.items()
        for sentence in found
    )


def _lay_sections(
    policy: BasicPolicy, texts: Sequence[Written], stored: dict[str, Section]
) -> None:
    by_node: dict[int, Section] = {}
    for place, text in enumerate(texts, 1):
        row = stored.get(text.node.path) or Section(policy=policy, path=text.node.path)
        parent = by_node.get(text.parent_id) if text.parent_id is not None else None
        row.parent = parent
        _lay(row, text, place, parent.number if parent else "")
        row.is_open = text.is_leaf and text.node.is_open is not False
        by_node[text.node.id] = row
    _check(by_node.values())
    by_depth = sorted(texts, key=lambda text: text.node.depth)
    for _, level in groupby(by_depth, key=lambda text: text.node.depth):
        Section.objects.bulk_create(  # outermost first, so that a parent is there for its items
            row for text in level if (row := by_node[text.node.id]).pk is None
        )
    _store(Section, by_node.values(), stored, ("parent", "is_open"))


def _lay_projects(speech: Speech, texts: Sequence[Written], stored: dict[str, Project]) -> None:
    """The items without items of their own are the projects; headings stand above them."""
    rows: list[Project] = []
    numbers: dict[int | None, str] = {None: ""}
    for text in texts:
        above = numbers[text.parent_id]
        numbers[text.node.id] = above + in_half_width(text.node.marker)
        if text.is_leaf:
            row = stored.get(text.node.path) or Project(speech=speech, path=text.node.path)
            _lay(row, text, len(rows) + 1, above)
            rows.append(row)
    _check(rows)
    Project.objects.bulk_create(row for row in rows if row.pk is None)
    _store(Project, rows, stored, ())


def _lay(row: Passage, text: Written, place: int, above: str) -> None:
    row.place = place
    row.marker = text.node.marker
    row.number = above + in_half_width(text.node.marker)
    row.heading = text.heading
    row.short_name = text.node.short_name
    row.body = text.body
    row.is_dropped = False
    row.source_start, row.source_end = text.start, text.end


def _check(rows: Iterable[Passage]) -> None:
    """PolicyProblem for the first item that does not fit its columns."""
    for count, row in enumerate(rows, 1):
        if count > MOST_SECTIONS:
            raise PolicyProblem(f"項が多すぎます。{MOST_SECTIONS}件までの文書を登録できます。")
        try:
            row.clean_fields(exclude=["policy", "parent", "speech"])
        except ValidationError as error:
            raise PolicyProblem(f"「{row}」の{' '.join(_sentences(row, error))}") from None


def _store(
    model: type[Passage],
    rows: Iterable[Any],
    stored: dict[str, Any],
    further: Sequence[str],
) -> None:
    """Update the rows that were there before; drop those that are there no more."""
    standing = {row.path for row in rows}
    for path, row in stored.items():
        row.is_dropped = path not in standing
    columns = ["place", "marker", "number", "heading", "short_name", "body", "is_dropped"]
    columns += ["source_start", "source_end", *further]
    manager: Any = model._default_manager
    manager.bulk_create(  # bulk_update needs 15 s for 1,000 items
        stored.values(), update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def frozen(policy: BasicPolicy) -> dict[str, Any]:
    """The content of an Edition: the text as it stands now."""
    sections = policy.sections.standing().in_order().select_related("parent")
    return {
        "title": policy.title,
        "preamble": policy.preamble,
        "sections": [
            {"path": row.path, "parent": row.parent.path if row.parent else ""}
            | {"place": row.place}
            | {name: getattr(row, name) for name in TOLD}
            for row in sections
        ],
    }
