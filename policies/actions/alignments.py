"""Confirming which of last year's sections each section of this year continues."""

from collections.abc import Mapping

from django.db import transaction

from core import clock
from core.audit import Actor, record
from core.permissions import Hidden
from core.workflow import Conflict, NotNow
from policies.models import Alignment, BasicPolicy
from policies.queries.alignments import Comparison, comparison


@transaction.atomic
def confirm(*, year: int, pairs: Mapping[int, int | None], state: str, by: Actor) -> int:
    """Store a pair for every standing section of ``year``; returns how many.

    ``pairs``: section → last year's section, None for 新規. ``state`` is that of the comparison
    that the person saw: Conflict where somebody else has confirmed other pairs, or a text has
    changed, since.
    """
    policy = BasicPolicy.objects.select_for_update().filter(year=year).first()
    seen = comparison(year)
    if policy is None or seen is None:
        raise Hidden("昨年度か今年度の基本方針がありません。")
    if seen.is_confirmed and pairs == {r.section.pk: r.earlier and r.earlier.pk for r in seen.rows}:
        return len(pairs)  # sent twice
    if seen.state != state:
        raise Conflict(
            "ほかの人が先に対応を確定したか、基本方針が改められました。"
            "画面を開き直して、いまの対応を確かめてください。"
        )
    _check(seen, pairs)
    standing = [row.section for row in seen.rows]
    before = {row.section.path: _path(row.earlier) for row in seen.rows if row.is_confirmed}
    paths = {section.pk: section.path for section in seen.earlier}
    Alignment.objects.filter(section__in=standing).delete()
    now = clock.now()
    Alignment.objects.bulk_create(
        Alignment(
            section=section, earlier_id=pairs[section.pk], confirmed_by=by.user, confirmed_at=now
        )
        for section in standing
    )
    record(
        "policy.align",
        by=by,
        label=policy.title,
        subject=policy,
        before=before,
        after={section.path: paths.get(pairs[section.pk] or 0, "") for section in standing},
    )
    return len(standing)


def _check(seen: Comparison, pairs: Mapping[int, int | None]) -> None:
    known = {None, *(section.pk for section in seen.earlier)}
    if set(pairs) != {row.section.pk for row in seen.rows} or not set(pairs.values()) <= known:
        raise NotNow("この画面は古くなっています。画面を開き直してください。")


def _path(section: object) -> str:
    return getattr(section, "path", "")
