"""``manage.py work``: do what waits in the queue, and keep packets ready."""

import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from packets import pressing
from packets.actions import printing
from packets.keeper import Keeper

SECONDS = 0.3
"""Between two looks into an empty queue: a wish begins as soon as it is stored."""


class PacketWorker(Worker):
    """The worker of the queue; asked to stop, it gives back what it is printing."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        printing.leave()
        super().shutdown(signum, frame)


class Command(BaseCommand):
    help = "順番待ちの仕事をします。面談資料を前もって用意し、止まった仕事を引き取ります。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=SECONDS, help="次を見るまでの秒数")
        parser.add_argument("--batch", action="store_true", help="仕事がなくなれば終わる")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = PacketWorker(
            queue_names=["*"],
            interval=options["interval"],
            batch=options["batch"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        stop = threading.Event()
        keeper = threading.Thread(target=Keeper().run, args=[stop], name="keeper", daemon=True)
        keeper.start()
        try:
            worker.run()
        finally:
            stop.set()
            keeper.join(timeout=5)
            pressing.close_rooms()
