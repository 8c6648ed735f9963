"""対応状況 of all departments: which of them took up which item of the mayor's policy."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from core.workflow import WRITABLE
from core.years import format_year
from goals.coverage import states
from goals.models import Goal, OperatingPolicy
from packets.fronts.days import as_of
from packets.layout import USUAL, Layout
from packets.models import DRAFT
from packets.overview import Plain
from packets.pieces import Piece
from policies.models import BasicPolicy, Section

TEMPLATE = "packets/paper/front/coverage.html"
WIDEST = 14
"""So many departments stand side by side in one table."""
GOAL, ANSWER, DECLINED = "●", "○", "該"
TAKEN_UP = {GOAL, ANSWER}
Chapters = Sequence[tuple[Section, list[Section]]]
Signs = Mapping[tuple[int, int], str]


def coverage(
    year: int, layout: Layout = USUAL, papers: Sequence[OperatingPolicy] | None = None
) -> Piece:
    """The coverage as a single paper, of ``papers``.

    Without them of all papers that were handed in: whoever may print it learns nothing of drafts
    but that they are drafts.
    """
    of_year = _of_year(year) if papers is None else list(papers)
    shown = [p for p in of_year if papers is not None or p.status not in WRITABLE]
    is_draft = any(paper.status in WRITABLE for paper in shown)
    content = {
        "city": settings.CITY["name"],
        "year": format_year(year),
        "is_draft": is_draft,
        "as_of": as_of(shown),
        "left_out": [{"department": p.department.name} for p in of_year if p not in shown],
        "matrix": matrix(year, shown),
    }
    return Piece(
        title="対応状況一覧",
        template=TEMPLATE,
        content=content,
        layout=layout.of_parts,
        edition=DRAFT if is_draft else "",
    )


def _of_year(year: int) -> list[OperatingPolicy]:
    papers = OperatingPolicy.objects.of_year(year).select_related("department")
    return list(papers.order_by("department__order", "pk"))


def matrix(
    year: int, papers: Sequence[OperatingPolicy], keys: Mapping[int, str] | None = None
) -> Plain:
    """Items of the policy × ``papers``; ``keys``: the part of a book, by paper."""
    chapters = _chapters(year)
    owed = [section for _chapter, items in chapters for section in items]
    signs = _signs(year)
    taken = {
        section.pk: sum(signs.get((paper.pk, section.pk)) in TAKEN_UP for paper in papers)
        for section in owed
    }
    unclaimed = [section for section in owed if not taken[section.pk]]
    groups = _side_by_side(papers)
    tables = [_table(chapters, group, signs, keys or {}) for group in groups]
    if tables:
        _count_in(tables[-1], [taken[section.pk] for section in owed])
    return {
        "has_policy": bool(owed),
        "owed": len(owed),
        "claimed": len(owed) - len(unclaimed),
        "unclaimed": [{"number": row.number, "name": row.name} for row in unclaimed],
        "tables": tables,
        "count": len(tables),
    }


def _chapters(year: int) -> Chapters:
    """Chapters with the sections in them to which every department owes an answer."""
    policy = BasicPolicy.objects.filter(year=year).first()
    sections = list(policy.sections.standing().in_order()) if policy else []
    parents = {section.parent_id for section in sections}
    chapters: list[tuple[Section, list[Section]]] = []
    for section in sections:
        if section.parent_id is None:
            chapters.append((section, []))
        if section.is_open and section.pk not in parents:
            chapters[-1][1].append(section)
    return [(chapter, items) for chapter, items in chapters if items]


def _signs(year: int) -> Signs:
    """What stands where a paper meets an item; a goal says more than an answer."""
    written = states(year)
    links = Goal.sections.through.objects.filter(goal__paper__year=year, goal__is_removed=False)
    found = dict.fromkeys(links.values_list("goal__paper_id", "section_id"), GOAL)
    for place, state in written.items():
        if state == "not-applicable":
            found[place] = DECLINED
        else:
            found.setdefault(place, ANSWER)
    return found


def _side_by_side(papers: Sequence[OperatingPolicy]) -> list[list[OperatingPolicy]]:
    """As few tables as do, of about as many departments each."""
    count = -(-len(papers) // WIDEST)
    return [
        list(papers[len(papers) * n // count : len(papers) * (n + 1) // count])
        for n in range(count)
    ]


def _table(
    chapters: Chapters, papers: Sequence[OperatingPolicy], signs: Signs, keys: Mapping[int, str]
) -> Plain:
    owed = [section for _chapter, items in chapters for section in items]
    return {
        "departments": [
            {"department": paper.department.name, "link": _link(keys.get(paper.pk))}
            for paper in papers
        ],
        "width": len(papers) + 2,
        "is_last": False,
        "chapters": [
            {
                "marker": chapter.marker,
                "heading": chapter.heading or chapter.name,
                "items": [_row(section, papers, signs) for section in items],
            }
            for chapter, items in chapters
        ],
        "counts": [
            sum(signs.get((paper.pk, section.pk)) in TAKEN_UP for section in owed)
            for paper in papers
        ],
    }


def _row(section: Section, papers: Sequence[OperatingPolicy], signs: Signs) -> Plain:
    return {
        "marker": section.marker or section.number,
        "name": section.name,
        "signs": [signs.get((paper.pk, section.pk), "") for paper in papers],
    }


def _count_in(table: Plain, taken: Sequence[int]) -> None:
    """The last table tells how many departments of all tables took up each item."""
    counts = iter(taken)
    for chapter in table["chapters"]:
        for row in chapter["items"]:
            row["taken"] = next(counts)
    table["width"] += 1
    table["is_last"] = True


def _link(key: str | None) -> str:
    return f"part:{key}/coverage" if key else ""
