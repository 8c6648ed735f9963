"""A PostgreSQL cluster for one run: private, without a port, gone at the end whatever happens."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_USER = "postgres"
ROLE = "kokubunji"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20
PR_SET_PDEATHSIG = 1

# Nothing in it need survive a power cut.
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "200",
}

libc = ctypes.CDLL(None)


class PostgresMissing(Exception):
    """No PostgreSQL here, or it does not start; the text says which."""


def bin_directory() -> Path | None:
    """Where initdb is: Debian keeps one directory for each version, none of them in PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parent.parent.name),
    )
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


def _identity() -> dict[str, object]:
    """initdb refuses root: there the system user of the package does it."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam(SYSTEM_USER)
    except KeyError as error:
        raise PostgresMissing(f"システムの利用者 {SYSTEM_USER} がいません") from error
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _before_exec() -> None:
    """The server ends should this program vanish without a word."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _create(bin_path: Path, directory: Path, identity: dict[str, object]) -> None:
    if identity:
        os.chown(directory, identity["user"], identity["group"])
    done = subprocess.run(
        [
            *(bin_path / "initdb", "--pgdata", directory / "data", "--username", ROLE),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        ],
        cwd=directory,
        capture_output=True,
        text=True,
        **identity,
    )
    if done.returncode:
        raise PostgresMissing(f"initdb: {done.stderr.strip()}")


def _start(bin_path: Path, directory: Path, identity: dict[str, object]) -> subprocess.Popen:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(directory),
        "unix_socket_permissions": "0777",  # the directory itself is closed to others
        **SPEED,
    }
    with (directory / "log").open("wb") as log:
        return subprocess.Popen(
            [bin_path / "postgres", "-D", directory / "data"]
            + [word for name, value in settings.items() for word in ("-c", f"{name}={value}")],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_before_exec,
            **identity,
        )


def _wait_until_ready(bin_path: Path, directory: Path, server: subprocess.Popen) -> None:
    is_ready = [bin_path / "pg_isready", "--quiet", "--host", directory, "--username", ROLE]
    deadline = time.monotonic() + SECONDS_TO_START
    while subprocess.run(is_ready).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise PostgresMissing(f"PostgreSQL: {(directory / 'log').read_text().strip()}")
        time.sleep(0.05)


def _stop(server: subprocess.Popen) -> None:
    server.send_signal(signal.SIGINT)  # "fast": ends open sessions, waits for nobody
    try:
        server.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@contextmanager
def throwaway_cluster() -> Iterator[str]:
    """The DATABASE_URL of a fresh cluster."""
    bin_path = bin_directory()
    if bin_path is None:
        raise PostgresMissing("PostgreSQL がありません（パッケージ postgresql）")
    identity = _identity()
    directory = Path(tempfile.mkdtemp(prefix="kokubunji-postgres-"))
    try:
        _create(bin_path, directory, identity)
        server = _start(bin_path, directory, identity)
        try:
            _wait_until_ready(bin_path, directory, server)
            yield f"postgres://{ROLE}@/{directory}/postgres"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def main(command: list[str]) -> int:
    """`postgres.py COMMAND…` runs a command with DATABASE_URL set to such a cluster."""
    with throwaway_cluster() as url:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
