"""人事・組織の取込み: handing in a file, taking it in, throwing it away, taking it back."""

import hashlib

from django.db import transaction
from django.db.models import ProtectedError

from core import audit, clock
from core.audit import Actor, Line
from core.workflow import Conflict, NotNow
from exchange.actions.spring_jobs import lines_of_tables
from exchange.models import SpringImport
from exchange.queries import is_last
from exchange.spring.undoing import obstacles
from exchange.spring.writing import restore
from exchange.tasks import apply_spring_file, check_spring_file

Status = SpringImport.Status
GONE = "ほかの人が先に操作しました。画面を開き直して、いまの様子を確かめてください。"


@transaction.atomic
def hand_in(*, file_name: str, content: bytes, by: Actor) -> SpringImport:
    """Keep a file and have it checked. Nothing of the organisation changes."""
    now = clock.now()
    imported = SpringImport.objects.create(
        file_name=file_name[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by=by.person,
        uploaded_at=now,
        asked_at=now,
    )
    audit.record(
        "spring.upload",
        by=by,
        label=imported.file_name,
        subject=imported,
        after={"digest": imported.digest, "size": len(content)},
    )
    check_spring_file.enqueue(imported.pk)
    return imported


@transaction.atomic
def take_in(*, imported: SpringImport, plan_digest: str, by: Actor) -> None:
    """Have the checked file taken in: just what the person saw (``plan_digest``), or nothing."""
    changed = SpringImport.objects.filter(
        pk=imported.pk, status=Status.CHECKED, plan_digest=plan_digest
    ).update(
        status=Status.QUEUED,
        asked_at=clock.now(),
        applied_by=by.user,
        standing_in_for=by.standing_in_for_id,
        address=by.address[:45],
        done=0,
        total=0,
        sentence="",
    )
    if not changed:
        raise Conflict(GONE)
    apply_spring_file.enqueue(imported.pk)


@transaction.atomic
def throw_away(*, imported: SpringImport, by: Actor) -> None:
    """Forget a file that was not taken in; the audit trail keeps its name."""
    open_ones = SpringImport.objects.filter(
        pk=imported.pk, status__in=(Status.REFUSED, Status.CHECKED, Status.FAILED)
    )
    subject = audit.subject_of(imported)
    if not open_ones.delete()[0]:
        raise Conflict(GONE)
    audit.record("spring.delete", by=by, label=imported.file_name, subject=subject)


@transaction.atomic
def take_back(*, imported: SpringImport, by: Actor) -> None:
    """Put everything back as it was before the last import. Raises NotNow with what prevents it."""
    list(SpringImport.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    imported.refresh_from_db(fields=["status", "event", "changes"])
    if imported.status != Status.DONE or imported.event is None or not is_last(imported):
        raise NotNow("取り消せるのは、最後に取り込んだファイルだけです。")
    changes = imported.changes
    found, rows = obstacles(changes, imported.event)
    if found:
        raise NotNow(f"取り消せません。{''.join(found[:3])}")
    try:
        lines = restore(changes, rows)
    except ProtectedError:
        raise NotNow("取り込んだ職員や部が使われているため、取り消せません。") from None
    SpringImport.objects.filter(pk=imported.pk).update(
        status=Status.UNDONE, undone_by=by.user, undone_at=clock.now()
    )
    tables = lines_of_tables("取消し", lines, file_name=imported.file_name)
    whole = Line("spring.undo", label=imported.file_name, subject=imported)
    audit.record_all([*tables, whole], by=by)


def note_export(*, counts: dict[str, int], by: Actor) -> None:
    """Leave a line for the present state that leaves the system."""
    audit.record("spring.export", by=by, label="人事・組織の書出し", after=counts)
