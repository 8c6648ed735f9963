"""``manage.py sweep_packets``: clear away old files of packets now."""

from typing import Any

from django.core.management.base import BaseCommand

from packets.sweeping import sweep


class Command(BaseCommand):
    help = "古くなった面談資料のファイルを消します（記録は残ります）。"

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep()
        self.stdout.write(f"{swept.files}個のファイル（{swept.bytes:,}バイト）を消しました。")
