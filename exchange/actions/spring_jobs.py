"""The worker's side of the import: checking a file, and writing it all or not at all."""

import logging
from collections.abc import Callable

from django.db import transaction

from core import audit, clock
from core.audit import Actor, Line
from core.permissions import Permission, Refused
from core.tables import Unfit, read_sheets
from departments.queries import authority
from exchange.models import PATIENCE, SpringImport
from exchange.spring.checking import check_tables
from exchange.spring.effects import effects_of, notes_of
from exchange.spring.plans import Plan
from exchange.spring.sheets import BY_KEY
from exchange.spring.writing import Lines, write

Status = SpringImport.Status
MOST_PROBLEMS = 2000
UNKNOWN = "思わぬ誤りが起きました。何も変わっていません。システム管理者へ連絡してください。"
CHANGED_SINCE = (
    "確かめた後に、登録されている内容が変わりました。まだ何も取り込んでいません。"
    "下の内容をもう一度確かめてください。"
)
logger = logging.getLogger(__name__)


def run(*, pk: int) -> None:
    """Do what was asked for and nobody does: where no worker runs, or it died over it."""
    gone = SpringImport.objects.filter(pk=pk, asked_at__lt=clock.now() - PATIENCE)
    gone.filter(status=Status.CHECKING).update(status=Status.WAITING)
    gone.filter(status=Status.APPLYING).update(status=Status.QUEUED)
    check_file(pk=pk)
    apply_file(pk=pk)


def check_file(*, pk: int) -> None:
    """Read the file and keep the plan or the problems. It never stays in between."""
    if imported := _begin(pk, Status.WAITING, Status.CHECKING):
        try:
            plan = check_tables(
                read_sheets(bytes(imported.content or b"")), today=clock.today(), tell=_teller(pk)
            )
            _keep(pk, plan)
        except Unfit as problem:
            _end(pk, Status.REFUSED, str(problem))
        except Exception:
            logger.exception("spring file %s not checked", pk)
            _end(pk, Status.FAILED, UNKNOWN)


def apply_file(*, pk: int) -> None:
    """Write what the file changes. All of it, or nothing and a sentence that says why."""
    if imported := _begin(pk, Status.QUEUED, Status.APPLYING):
        try:
            _apply(imported)
        except Refused as refusal:
            _end(pk, Status.FAILED, str(refusal))
        except Exception:
            logger.exception("spring file %s not taken in", pk)
            _end(pk, Status.FAILED, UNKNOWN)


def _begin(pk: int, before: str, after: str) -> SpringImport | None:
    """Take the work, if nobody else has."""
    waiting = SpringImport.objects.filter(pk=pk, status=before)
    if not waiting.update(status=after, asked_at=clock.now(), done=0, total=0):
        return None
    return SpringImport.objects.select_related("applied_by", "standing_in_for").get(pk=pk)


def _teller(pk: int) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        SpringImport.objects.filter(pk=pk).update(done=done, total=total)

    return tell


def _keep(pk: int, plan: Plan, sentence: str = "") -> None:
    today = clock.today()
    values: dict[str, object] = {"status": Status.REFUSED}
    values["problems"] = [problem.as_json() for problem in plan.problems[:MOST_PROBLEMS]]
    if not plan.problems:
        values = {
            "status": Status.CHECKED,
            "problems": [],
            "counts": plan.counts(),
            "changes": [row.as_json() for row in plan.rows],
            "effects": [effect.as_json() for effect in effects_of(plan, today)],
            "notes": notes_of(plan, today),
            "plan_digest": plan.digest(),
        }
    SpringImport.objects.filter(pk=pk).update(sentence=sentence, **values)


def _end(pk: int, status: str, sentence: str) -> None:
    SpringImport.objects.filter(pk=pk).update(status=status, sentence=sentence[:300])


def _apply(imported: SpringImport) -> None:
    if imported.applied_by is None:
        raise Refused("取り込む人が分かりません。")
    authority(imported.applied_by, Permission.EDIT_PEOPLE)
    tables = read_sheets(bytes(imported.content or b""))
    _teller(imported.pk)(1, 3)
    with transaction.atomic():
        if not _hold(imported):
            return
        plan = check_tables(tables, today=clock.today())
        if plan.problems or plan.digest() != imported.plan_digest:
            _keep(imported.pk, plan, CHANGED_SINCE)
            return
        changes, lines = write(plan)
        _finish(imported, changes, lines)


def _hold(imported: SpringImport) -> bool:
    """One import at a time; False where this one was taken up by somebody else meanwhile."""
    rows = SpringImport.objects.select_for_update().order_by("pk")
    held = list(rows.values_list("pk", "status", "asked_at"))
    return (imported.pk, Status.APPLYING.value, imported.asked_at) in held


def _finish(imported: SpringImport, changes: list[dict], lines: Lines) -> None:
    by = Actor(imported.applied_by, imported.standing_in_for_id, imported.address)
    whole = Line(
        "spring.import",
        label=imported.file_name,
        subject=imported,
        after={"digest": imported.digest, "counts": imported.counts},
    )
    tables = lines_of_tables("取込み", lines, file_name=imported.file_name)
    *_, event = audit.record_all([*tables, whole], by=by)
    SpringImport.objects.filter(pk=imported.pk).update(
        status=Status.DONE,
        changes=changes,
        content=None,
        applied_at=clock.now(),
        event=event.pk,
        done=3,
        total=3,
    )


def lines_of_tables(word: str, changed: Lines, *, file_name: str) -> list[Line]:
    """One line for each table: the history of each of its rows reads it there."""
    found = []
    for key, rows in changed.items():
        options = BY_KEY[key].model._meta
        found.append(
            Line(
                "table.import",
                label=f"{options.verbose_name}の{word} {len(rows)}件",
                subject=options.label_lower,
                after={"file": file_name, "rows": rows},
            )
        )
    return found
