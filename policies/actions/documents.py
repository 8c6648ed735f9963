"""Writing the mayor's policy."""

from collections.abc import Iterator
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit import Actor, record
from core.text import normalise
from core.workflow import NotNow
from core.years import format_year
from policies.models import BasicPolicy, Section
from policies.numbering import in_half_width
from policies.parsing import ParsedPolicy, ParsedSection, is_lossless

MOST_SECTIONS = 1000
DEEPEST = 5


class PolicyProblem(ValueError):
    """A document that cannot be stored as it is; the message is a sentence for the person."""


def save_basic_policy(*, parsed: ParsedPolicy, source_text: str, by: Actor) -> BasicPolicy:
    """Store the document of a year with all its sections, or nothing at all.

    ``source_text`` is the text that was parsed; places in it are those of its normalised form,
    which is what is stored. Raises PolicyProblem where the document is not fit, NotNow where the
    year already has one.
    """
    policy = _policy_of(parsed, _check(parsed, source_text))
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
            count = _save_sections(policy, parsed)
            record(
                "policy.save",
                by=by,
                label=policy.title,
                subject=policy,
                after={"year": policy.year, "title": policy.title, "sections": count},
            )
    except IntegrityError:  # somebody was quicker
        _check_year_is_free(policy.year)
        raise
    return policy


def _check(parsed: ParsedPolicy, source_text: str) -> int:
    """The year that the document is stored for; PolicyProblem or NotNow where it cannot be."""
    if normalise(source_text) != parsed.source:
        raise ValueError("source_text is not the text that was parsed")
    if parsed.year is None:
        raise PolicyProblem("年度が読み取れませんでした。年度を指定してください。")
    if not parsed.title:
        raise PolicyProblem("表題が読み取れませんでした。文書の始めに表題を入れてください。")
    if not parsed.sections:
        raise PolicyProblem("番号の付いた項目が見つかりませんでした。文書を確かめてください。")
    if not is_lossless(parsed):
        raise PolicyProblem("文書のすべての文字を項目に分けられませんでした。保存していません。")
    _check_year_is_free(parsed.year)
    return parsed.year


def _check_year_is_free(year: int) -> None:
    if BasicPolicy.objects.filter(year=year).exists():
        raise NotNow(f"{format_year(year)}の基本方針は、既に登録されています。")


def _policy_of(parsed: ParsedPolicy, year: int) -> BasicPolicy:
    policy = BasicPolicy(
        year=year,
        title=parsed.title,
        issued_on=parsed.issued_on,
        issuer=parsed.issuer,
        preamble="\n".join(parsed.preamble),
        source_text=parsed.source,
    )
    try:
        policy.clean_fields()
    except ValidationError as error:
        sentences = [
            f"{BasicPolicy._meta.get_field(name).verbose_name}：{sentence}"  # type: ignore[union-attr]
            for name, found in error.message_dict.items()
            for sentence in found
        ]
        raise PolicyProblem(" ".join(sentences)) from None
    return policy


def _save_sections(policy: BasicPolicy, parsed: ParsedPolicy) -> int:
    """One statement for each level, outermost first, so that a parent is there before its items."""
    rows = list(_rows(policy, parsed.sections, parent=None))
    if len(rows) > MOST_SECTIONS:
        raise PolicyProblem(f"項目が多すぎます。{MOST_SECTIONS}件までの文書を登録できます。")
    for place, row in enumerate(rows, 1):
        row.place = place
    by_level = sorted(rows, key=_level)
    if _level(by_level[-1]) >= DEEPEST:
        raise PolicyProblem(f"項目の段が深すぎます。{DEEPEST}段までの文書を登録できます。")
    for _, level in groupby(by_level, key=_level):
        Section.objects.bulk_create(level)
    return len(rows)


def _level(row: Section) -> int:
    return row.path.count("-")


def _rows(
    policy: BasicPolicy, sections: tuple[ParsedSection, ...], parent: Section | None
) -> Iterator[Section]:
    """The sections in reading order. What has no items of its own is open for answers."""
    for order, section in enumerate(sections, 1):
        row = Section(
            policy=policy,
            parent=parent,
            marker=section.marker,
            number=(parent.number if parent else "") + in_half_width(section.marker),
            path=f"{parent.path}-{order}" if parent else str(order),
            heading=section.heading,
            body=section.body,
            is_open=not section.items,
            source_start=section.start,
            source_end=section.end,
        )
        yield row
        yield from _rows(policy, section.items, row)
