"""Looking through the audit trail leaves lines in it."""

from core import audit
from core.audit import Actor, Checked
from core.models import AuditEvent
from home.trail import Search


def note_export(*, search: Search, lines: int, last: int, format: str, by: Actor) -> AuditEvent:
    """Leave a line before anything is taken away: what was looked for, and how much was found."""
    after = {"conditions": search.words, "lines": lines, "last": last, "format": format}
    return audit.record("audit.export", by=by, label="監査記録の書出し", after=after)


def note_check(*, checked: Checked, by: Actor) -> AuditEvent:
    """Leave a line of what following the chain has shown."""
    after = {"lines": checked.lines, "broken": checked.broken}
    return audit.record("audit.verify", by=by, label="監査記録の点検", after=after)
