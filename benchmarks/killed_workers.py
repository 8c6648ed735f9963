"""Books are made while their workers are killed: does each end once, and is no half file seen?

    python benchmarks/killed_workers.py --books 20 --kills 30 --workers 2

A demo city in a database of its own, real ``manage.py work`` processes, ``kill -9`` at random
moments. Every PDF that appears in the folder of the packets is opened the moment it is there. A
trigger of the database counts each time that a wish ends. One line of JSON tells what came of it;
the exit status is 1 where anything was lost, ended twice or was seen half made.
"""

import argparse
import ctypes
import json
import os
import random
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYOUTS = ["", "single", "bare", "sheets", "two_up", "lasting", "large"]
PR_SET_PDEATHSIG, SIGKILL = 1, 9
TRIGGERS = {
    "sqlite": (
        "CREATE TABLE ended (file INTEGER)",
        "CREATE TRIGGER ended AFTER UPDATE OF status ON packets_packetfile"
        " WHEN NEW.status IN ('done', 'failed', 'stopped')"
        " BEGIN INSERT INTO ended VALUES (NEW.id); END",
    ),
    "postgresql": (
        "CREATE TABLE ended (file BIGINT)",
        "CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO ended VALUES (NEW.id); RETURN NEW; END $$",
        "CREATE TRIGGER ended AFTER UPDATE OF status ON packets_packetfile FOR EACH ROW"
        " WHEN (NEW.status IN ('done', 'failed', 'stopped')) EXECUTE FUNCTION note_end()",
    ),
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--books", type=int, default=20)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--departments", type=int, default=4, help="in each book")
    parser.add_argument("--pause", type=float, default=6, help="longest between two kills, seconds")
    parser.add_argument("--lease", type=int, default=4, help="PACKET_LEASE_SECONDS")
    parser.add_argument("--patience", type=int, default=1800, help="seconds until given up")
    parser.add_argument("--seed", type=int, default=5)
    return parser.parse_args()


# ---- the city and its workers ------------------------------------------------------------------


def set_up(folder: Path, options: argparse.Namespace) -> None:
    """A demo city; this process knows it too."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "kokubunji_policy.settings",
        "DATABASE_URL": os.environ.get("KILLED_DATABASE_URL", f"sqlite:///{folder}/city.sqlite3"),
        "VAR_DIR": str(folder),
        "SECRET_KEY": "of a city that lasts some minutes",
        "DEMO": "true",
        "LOG_LEVEL": "CRITICAL",
        "PACKET_PRESSES": "1",
        "PACKET_LEASE_SECONDS": str(options.lease),
    }
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    for command in ("migrate", "createcachetable", "seed_demo"):
        call_command(command, verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    with connection.cursor() as cursor:
        for statement in TRIGGERS[connection.vendor]:
            cursor.execute(statement)


def ask_for_books(options: argparse.Namespace) -> list[int]:
    """Wishes that differ: other departments, other layouts."""
    from core.audit import Actor
    from departments.models import User
    from goals.models import OperatingPolicy
    from packets.actions.packets import ask
    from packets.layout import Layout
    from packets.orders import Kind, Order

    papers = list(OperatingPolicy.objects.for_page().of_year(2023).order_by("department__order"))
    by, files = Actor(user=User.objects.get(username="1012")), []
    for number in range(options.books):
        layout = Layout.parse(LAYOUTS[number % len(LAYOUTS)])
        first = number * options.departments + number // len(LAYOUTS)
        shown = [papers[(first + n) % len(papers)] for n in range(options.departments)]
        files.append(ask(order=Order(Kind.BOOK, 2023, layout=layout), papers=shown, by=by).pk)
    return files


class Worker:
    """One ``manage.py work``; it ends with us."""

    def __init__(self) -> None:
        libc = ctypes.CDLL(None)
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "work"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, SIGKILL),
        )

    def kill(self) -> bool:
        """kill -9; whether its presses ended too."""
        family = [os.pidfd_open(pid) for pid in _below(self.process.pid)]
        self.process.kill()
        self.process.wait()
        return all(_ends(pidfd) for pidfd in family)


def _below(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield int(child)
            yield from _below(int(child))


def _ends(pidfd: int, seconds: float = 10) -> bool:
    ended, _, _ = select.select([pidfd], [], [], seconds)
    os.close(pidfd)
    return bool(ended)


# ---- what is seen meanwhile ----------------------------------------------------------------------


class Reader(threading.Thread):
    """Opens every PDF of the folder as soon as it is there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.opened: set[tuple[str, int]] = set()
        self.half: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.02):
            self.look()

    def look(self) -> None:
        import pikepdf

        for path in self.folder.glob("*.pdf"):
            with suppress(FileNotFoundError):
                seen = (path.name, path.stat().st_ino)
                if seen in self.opened:
                    continue
                self.opened.add(seen)
                try:
                    with pikepdf.open(path) as pdf:
                        len(pdf.pages)
                except pikepdf.PdfError:
                    self.half.append(path.name)


def all_ended(files: list[int]) -> bool:
    from packets.models import PacketFile

    return not PacketFile.objects.open().filter(pk__in=files).exists()


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Kill until the kills are used up, then let the rest be finished."""
    chance, started = random.Random(options.seed), time.monotonic()  # noqa: S311
    files = ask_for_books(options)
    reader = Reader(folder / "files" / "packets")
    reader.start()
    workers = [Worker() for _ in range(options.workers)]
    kills = orphans = idle = 0
    pause = threading.Event()
    while not all_ended(files) and time.monotonic() < started + options.patience:
        pause.wait(chance.uniform(0.1, options.pause) if kills < options.kills else 0.5)
        if kills < options.kills:
            victim = chance.randrange(len(workers))
            orphans += not workers[victim].kill()
            idle += all_ended(files)
            kills += 1
            workers[victim] = Worker()
    seconds = time.monotonic() - started
    for worker in workers:
        worker.kill()
    reader.stop.set()
    reader.join()
    reader.look()
    return told(files) | {
        "kills": kills,
        "kills_after_the_end": idle,
        "presses_left_behind": orphans,
        "pdfs_opened": len(reader.opened),
        "half_files": len(reader.half),
        "seconds": round(seconds, 1),
    }


def told(files: list[int]) -> dict[str, object]:
    """How the wishes ended, and how often each did."""
    from django.db import connection

    from packets.models import PacketFile
    from packets.store import find

    rows = list(PacketFile.objects.filter(pk__in=files))
    with connection.cursor() as cursor:
        cursor.execute("SELECT file, count(*) FROM ended GROUP BY file")
        ends = dict(cursor.fetchall())
    return {
        "books": len(rows),
        "done": sum(row.status == "done" and not row.failure for row in rows),
        "ended_once": sum(ends.get(row.pk, 0) == 1 for row in rows),
        "whole": sum(find(row.digest) is not None for row in rows),
        "failures": sorted({row.failure for row in rows if row.failure}),
    }


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="killed-workers-") as name:
        set_up(Path(name), options)
        result = run(options, Path(name))
    print(json.dumps(result, ensure_ascii=False))
    good = [result["done"], result["ended_once"], result["whole"]] == [options.books] * 3
    return 0 if good and not result["half_files"] and not result["presses_left_behind"] else 1


if __name__ == "__main__":
    sys.exit(main())
