"""Check that no line of the audit trail was changed or taken away."""

from django.core.management.base import BaseCommand

from core.audit import first_broken_line
from core.models import AuditEvent


class Command(BaseCommand):
    help = "監査記録の鎖を確かめます。壊れていれば終了コード1で知らせます。"

    def handle(self, *args: object, **options: object) -> None:
        broken = first_broken_line()
        if broken is None:
            self.stdout.write(
                f"監査記録 {AuditEvent.objects.count()}件に、変更も欠けもありません。"
            )
            return
        place = f"{broken}行目" if broken else "最後の行の後"
        self.stderr.write(f"監査記録は、{place}で途切れています。")
        raise SystemExit(1)
