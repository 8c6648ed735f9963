"""`make test`: the whole suite on SQLite, then on PostgreSQL; the closing lines of both at the end.

run_tests.py [sqlite] [postgres] -- ARGUMENTS OF PYTEST
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from postgres import PostgresMissing, throwaway_cluster

ROOT = Path(__file__).resolve().parent.parent
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
# The tests choose these themselves; what a person has set for `make run` must not leak in.
SETTINGS = ("ALLOWED_HOSTS", "DEBUG", "DEMO", "DEMO_TODAY", "HTTPS", "OIDC_ISSUER", "SECRET_KEY")
SETTINGS += ("SECOND_FACTOR_POSTS",)
MOST_PROCESSES = 4  # each has a database and perhaps a Chromium of its own


def processes() -> int:
    return min(len(os.sched_getaffinity(0)), MOST_PROCESSES)


@contextmanager
def sqlite_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="kokubunji-sqlite-") as directory:
        yield f"sqlite:///{directory}/kokubunji.sqlite3"


DATABASES = {"sqlite": sqlite_file, "postgres": throwaway_cluster}


@contextmanager
def environment(database: str) -> Iterator[dict[str, str]]:
    """A database and a var/ that are gone afterwards."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    with (
        DATABASES[database]() as database_url,
        tempfile.TemporaryDirectory(prefix="kokubunji-var-") as directory,
    ):
        yield kept | {"DATABASE_URL": database_url, "VAR_DIR": directory}


def pytest(environ: dict[str, str], arguments: list[str]) -> tuple[int, str]:
    """Run it, pass on what it prints; its exit status and its closing line."""
    command = [sys.executable, "-m", "pytest", "-n", str(processes()), "--dist", "loadscope"]
    if sys.stdout.isatty():
        command.append("--color=yes")
    process = subprocess.Popen(
        command + arguments,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
    )
    try:
        closing = _pass_on(process)
        return process.wait(), closing
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _pass_on(process: subprocess.Popen) -> str:
    tail = b""
    while chunk := process.stdout.read1():
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        tail = (tail + chunk)[-2000:]
    lines = tail.decode(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "")


def run_on(database: str, arguments: list[str]) -> tuple[bool, str]:
    """Whether it went well, and the line to close with."""
    print(f"\n=== {TITLES[database]} ===", flush=True)
    try:
        with environment(database) as environ:
            status, closing = pytest(environ, arguments)
            return status == 0, closing
    except PostgresMissing as missing:
        return False, f"行えませんでした (not run): {missing}"


def _end(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)


def main(words: list[str]) -> int:
    split = words.index("--")
    databases, arguments = words[:split], words[split + 1 :]
    signal.signal(signal.SIGTERM, _end)
    try:
        results = {database: run_on(database, arguments) for database in databases}
    except KeyboardInterrupt:
        return 130
    print("\n=== まとめ (summary) ===")
    for database, (_, closing) in results.items():
        print(f"{TITLES[database]}: {closing}")
    return 0 if all(is_well for is_well, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
