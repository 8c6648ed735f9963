"""The office's desk: taking a document in, putting it right, showing it, issuing, amending."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from core import clock
from core.audit import Actor, changes, record
from core.workflow import OVERTAKEN, Conflict, NotNow, update_if_unchanged
from core.years import first_day, format_date, format_year, last_day
from policies.actions.publishing import (
    MOST_SECTIONS,
    PolicyProblem,
    frozen,
    publish,
)
from policies.editions import compare
from policies.edits import DEEPEST, CannotEdit, Edit, apply, edit_to_json, label_of
from policies.models import BasicPolicy, Edition, Manuscript, Speech
from policies.outline import Outline, from_json, outline_of, to_json
from policies.parsing import ParsedPolicy, is_lossless
from policies.paths import inherit
from policies.queries.manuscripts import document_of, outline_of_manuscript
from policies.reading import MOST_CHARACTERS

MOST_EDITS = 500


def take_in(
    *,
    parsed: ParsedPolicy,
    by: Actor,
    kind: str = Manuscript.Kind.BASIC,
    year: int | None = None,
    file_name: str = "",
    replacing: int | None = None,
) -> Manuscript:
    """Lay a document that was read on the desk.

    ``replacing`` is the version of the manuscript of that year that the new text takes the place
    of; items that go on in it keep their addresses. Raises PolicyProblem where the document is
    not fit, NotNow where the year has a manuscript and none is to be replaced, Conflict where it
    was changed meanwhile.
    """
    year = year or parsed.year
    if year is None:
        raise PolicyProblem("年度が読み取れませんでした。年度を指定してください。")
    values = _as_read(parsed) | {"file_name": file_name[:200], **_written(by)}
    if parsed.year is not None and parsed.year != year:
        values["doubts"].insert(0, [1, _other_year(parsed.year, year), False])
    try:
        with transaction.atomic():
            manuscript = _laid(kind, year, values, parsed, replacing)
            _record("take-in", manuscript, by, after={"title": manuscript.title})
    except IntegrityError:  # somebody was quicker
        raise _taken(kind, year) from None
    return manuscript


def _other_year(read: int, told: int) -> str:
    return (
        f"文書には{format_year(read)}とありますが、{format_year(told)}として取り込みました。"
        "よろしいですか。"
    )


def _laid(
    kind: str, year: int, values: dict[str, Any], parsed: ParsedPolicy, replacing: int | None
) -> Manuscript:
    outline = outline_of(parsed)
    if replacing is None:
        if Manuscript.objects.filter(kind=kind, year=year).exists():
            raise _taken(kind, year)
        return Manuscript.objects.create(kind=kind, year=year, base=to_json(outline), **values)
    stored = _locked(kind, year, replacing)
    if document := document_of(kind, year):
        outline = inherit(outline, from_json(document.source_text, document.outline))
    values |= {"base": to_json(outline), "edits": [], "undone": [], "is_shown": False}
    return _update(stored, values)


def _taken(kind: str, year: int) -> NotNow:
    label = Manuscript.Kind(kind).label
    return NotNow(f"{format_year(year)}の{label}の原稿は、既にあります。")


def _as_read(parsed: ParsedPolicy) -> dict[str, Any]:
    """The columns that come from the text; PolicyProblem where it is too much."""
    if len(parsed.source) > MOST_CHARACTERS:
        raise PolicyProblem(f"文書が長すぎます。{MOST_CHARACTERS:,}字までの文書を取り込めます。")
    if not is_lossless(parsed):
        raise PolicyProblem("文書のすべての文字を項に分けられませんでした。保存していません。")
    if _count(parsed.sections) > MOST_SECTIONS:
        raise PolicyProblem(f"項が多すぎます。{MOST_SECTIONS}件までの文書を登録できます。")
    return {
        "title": parsed.title[:200],
        "issued_on": parsed.issued_on,
        "issuer": parsed.issuer[:100],
        "source_text": parsed.source,
        "doubts": [[doubt.line, doubt.question, False] for doubt in parsed.doubts],
    }


def _count(sections: tuple[Any, ...]) -> int:
    return len(sections) + sum(_count(section.items) for section in sections)


def edit(*, manuscript: Manuscript, version: int, edit: Edit, by: Actor) -> Manuscript:
    """Put one thing right. Raises CannotEdit, with nothing changed, where it cannot be done."""
    with transaction.atomic():
        stored = _locked(manuscript.kind, manuscript.year, version)
        if len(stored.edits) >= MOST_EDITS:
            raise CannotEdit(f"直せるのは{MOST_EDITS}回までです。いちど庁内に見せてください。")
        outline = outline_of_manuscript(stored)
        entry = {"label": label_of(outline, edit), "edit": edit_to_json(edit)}
        _check_size(apply(outline, edit))
        stored = _update(stored, {"edits": [*stored.edits, entry], "undone": [], **_written(by)})
        _record("edit", stored, by, after=entry)
    return stored


def _check_size(outline: Outline) -> None:
    if len(outline.source) > MOST_CHARACTERS:
        raise CannotEdit(f"文書が長すぎます。{MOST_CHARACTERS:,}字までにしてください。")
    if len(outline.nodes) > MOST_SECTIONS:
        raise CannotEdit(f"項が多すぎます。{MOST_SECTIONS}件までにしてください。")


def undo(*, manuscript: Manuscript, version: int, by: Actor) -> Manuscript:
    """Take the last edit back. Raises NotNow where there is none."""
    return _shift(manuscript, version, "edits", "undone", by)


def redo(*, manuscript: Manuscript, version: int, by: Actor) -> Manuscript:
    """Do again what was taken back last. Raises NotNow where there is nothing."""
    return _shift(manuscript, version, "undone", "edits", by)


def _shift(manuscript: Manuscript, version: int, source: str, target: str, by: Actor) -> Manuscript:
    """Move the last entry of one list to the end of the other."""
    with transaction.atomic():
        stored = _locked(manuscript.kind, manuscript.year, version)
        entries = getattr(stored, source)
        if not entries:
            verb = "元に戻す" if source == "edits" else "やり直す"
            raise NotNow(f"{verb}ものはありません。")
        values = {source: entries[:-1], target: [*getattr(stored, target), entries[-1]]}
        stored = _update(stored, values | _written(by))
        _record("undo" if source == "edits" else "redo", stored, by, after=entries[-1])
    return stored


def settle_doubt(
    *, manuscript: Manuscript, version: int, index: int, is_settled: bool, by: Actor
) -> Manuscript:
    """Note that somebody has looked at a doubt, or that it is open again."""
    with transaction.atomic():
        stored = _locked(manuscript.kind, manuscript.year, version)
        doubts = [list(doubt) for doubt in stored.doubts]
        if not 0 <= index < len(doubts):
            raise NotNow("この確認事項は、もうありません。")
        doubts[index][2] = is_settled
        stored = _update(stored, {"doubts": doubts, **_written(by)})
        _record("doubt", stored, by, after={"question": doubts[index]})
    return stored


def save_details(
    *, manuscript: Manuscript, version: int, values: Mapping[str, Any], by: Actor
) -> Manuscript:
    """Save title, date, issuer and, until others see the document, its year."""
    try:
        with transaction.atomic():
            stored = _stored(manuscript.kind, manuscript.year)
            before, after = changes(stored, values)
            _check_may_change(stored, after)
            if after:
                stored.version = version
                shown = {"is_shown": False} if stored.is_shown else {}
                stored = _update(stored, {**after, **shown, **_written(by)})
                _record("details", stored, by, before=before, after=after)
    except IntegrityError:  # somebody was quicker to take in that year
        raise _taken(manuscript.kind, values["year"]) from None
    return stored


def _check_may_change(stored: Manuscript, after: Mapping[str, Any]) -> None:
    document = document_of(stored.kind, stored.year)
    if "year" in after and document:
        raise NotNow("庁内に見せた文書の年度は変えられません。")
    if "year" in after and Manuscript.objects.filter(kind=stored.kind, year=after["year"]).exists():
        raise _taken(stored.kind, after["year"])
    if "issued_on" in after and isinstance(document, BasicPolicy) and document.is_issued:
        raise NotNow("発出した日付は変えられません。改正の日付は、改正のときに入力します。")


@transaction.atomic
def share(*, manuscript: Manuscript, version: int, by: Actor) -> BasicPolicy | Speech:
    """Let others read the document: the basic policy as 案, the speech as it was held.

    Raises PolicyProblem where it is not fit to be read, NotNow where it has been issued.
    """
    stored = _locked(manuscript.kind, manuscript.year, version)
    document = _document_for(stored)
    if isinstance(document, BasicPolicy) and document.is_issued:
        raise NotNow("発出した後の変更は、改正として発出してください。")
    outline = _publish(document, stored, by)
    _record("share", stored, by, subject=document, after={"items": len(outline.nodes)})
    return document


@transaction.atomic
def issue(
    *, manuscript: Manuscript, version: int, dated_on: dt.date, by: Actor, reason: str = ""
) -> Edition:
    """発出 the basic policy or, once it is issued, its next 改正.

    Raises PolicyProblem where the document is not fit, NotNow where nothing is changed, the date
    is before the last one or an amendment has no reason.
    """
    stored = _locked(manuscript.kind, manuscript.year, version)
    policy = _document_for(stored)
    if not isinstance(policy, BasicPolicy):
        raise NotNow("施政方針は発出しません。庁内に見せてください。")
    _check_date(policy.year, dated_on)
    last = policy.editions.order_by("-number").first() if policy.pk else None
    if last:
        _check_amendment(last, dated_on, reason)
    stored.issued_on = policy.issued_on if last else dated_on
    _publish(policy, stored, by, issued_on=stored.issued_on)
    content = frozen(policy)
    if last and not compare(last.content, content).is_any:
        raise NotNow("前の版から変わったところがありません。")
    edition = Edition.objects.create(
        policy=policy,
        number=last.number + 1 if last else 0,
        dated_on=dated_on,
        reason=reason if last else "",
        content=content,
        issued_by=by.user,
        issued_at=clock.now(),
    )
    BasicPolicy.objects.filter(pk=policy.pk).update(edition=edition.number)
    after = {"edition": str(edition), "dated_on": dated_on, "reason": reason}
    _record("issue", stored, by, subject=policy, after=after)
    return edition


def _check_date(year: int, dated_on: dt.date) -> None:
    """A slip of the pen (2099 for 2023) would let no amendment follow."""
    first, last = first_day(year - 1), last_day(year)
    if not first <= dated_on <= last:
        days = f"{format_date(first)}から{format_date(last)}まで"
        raise NotNow(f"日付を確かめてください。{days}の日付を入力できます。")


def _check_amendment(last: Edition, dated_on: dt.date, reason: str) -> None:
    if dated_on < last.dated_on:
        day = format_date(last.dated_on)
        raise NotNow(f"改正の日付は、{last}（{day}）より前にはできません。")
    if not reason.strip():
        raise NotNow("改正の理由を入力してください。")


def discard(*, manuscript: Manuscript, version: int, by: Actor) -> Manuscript | None:
    """Back to what others see; the manuscript itself goes where nobody has seen it yet."""
    with transaction.atomic():
        stored = _locked(manuscript.kind, manuscript.year, version)
        document = document_of(stored.kind, stored.year)
        if document is None:
            _record("discard", stored, by, before={"source_text": stored.source_text})
            stored.delete()
            return None
        values: dict[str, Any] = {
            name: getattr(document, name) for name in ("title", "issued_on", "issuer")
        }
        values |= {"source_text": document.source_text, "base": document.outline}
        values |= {"doubts": [], "edits": [], "undone": [], "is_shown": True}
        _record("discard", stored, by, before={"edits": [e["label"] for e in stored.edits]})
        return _update(stored, values | _written(by))


# --- shared ------------------------------------------------------------------------------------


def _locked(kind: str, year: int, version: int) -> Manuscript:
    """The stored manuscript, locked. Conflict, before anything is made of it, where it changed."""
    stored = _stored(kind, year)
    if stored.version != version:
        raise Conflict(OVERTAKEN)
    return stored


def _stored(kind: str, year: int) -> Manuscript:
    """The stored manuscript, locked until the end of the transaction."""
    stored = Manuscript.objects.select_for_update().filter(kind=kind, year=year).first()
    if stored is None:
        raise NotNow("この原稿は、もうありません。")
    return stored


def _update(stored: Manuscript, values: dict[str, Any]) -> Manuscript:
    update_if_unchanged(stored, **values)
    return stored


def _written(by: Actor) -> dict[str, Any]:
    return {"updated_at": clock.now(), "updated_by": by.user}


def _document_for(stored: Manuscript) -> BasicPolicy | Speech:
    found = document_of(stored.kind, stored.year)
    if found is not None:
        return found
    return (
        BasicPolicy(year=stored.year)
        if stored.kind == Manuscript.Kind.BASIC
        else Speech(year=stored.year)
    )


def _publish(
    document: BasicPolicy | Speech,
    stored: Manuscript,
    by: Actor,
    **further: Any,
) -> Outline:
    """Write the document from the manuscript, which begins anew from there."""
    outline = outline_of_manuscript(stored)
    _check_fit(stored, outline)
    outline = publish(document, stored, outline)
    values = {"source_text": outline.source, "base": to_json(outline), "is_shown": True}
    values |= {"edits": [], "undone": [], **further, **_written(by)}
    _update(stored, values)
    return outline


def _check_fit(stored: Manuscript, outline: Outline) -> None:
    if not stored.title:
        raise PolicyProblem("題名がありません。題名を入れてください。")
    if not outline.nodes and stored.kind == Manuscript.Kind.BASIC:
        raise PolicyProblem("項がありません。項を一つ以上作ってください。")
    if any(node.depth >= DEEPEST for node in outline.nodes):
        raise PolicyProblem(f"項の段が深すぎます。{DEEPEST}段までの文書を登録できます。")


def _record(
    what: str,
    manuscript: Manuscript,
    by: Actor,
    *,
    subject: BasicPolicy | Speech | Manuscript | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    verb = f"policy.{what}" if isinstance(subject, BasicPolicy | Speech) else f"manuscript.{what}"
    label = str(subject or manuscript)
    record(verb, by=by, label=label, subject=subject or manuscript, before=before, after=after)
