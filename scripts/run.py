"""`make run`: the defaults of the demonstration, an up-to-date database, then the servers."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

from serve import end_with_parent

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
ANY = ("0.0.0.0", "::")  # noqa: S104 - only compared with
DEFAULTS = {"DEMO": "true", "DEMO_TODAY": "2023-03-28"}


def fail(japanese: str, english: str) -> None:
    print(f"{japanese}\n  ({english})", file=sys.stderr)
    sys.exit(1)


def port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"PORT は 1 から 65535 の数です: {text}", "PORT is a number from 1 to 65535")
    return int(text)


def check_free(host: str, number: int) -> None:
    """Say it before anything else is done, in one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            _refuse(host, number, error)


def _refuse(host: str, number: int, error: OSError) -> None:
    if error.errno == errno.EADDRINUSE:
        other = number + 1 if number < 65535 else 8000
        fail(
            f"ポート {number} は使われています。別の番号で起動してください: make run PORT={other}",
            f"port {number} is in use; choose another one",
        )
    fail(
        f"{host} のポート {number} では待ち受けられません。",
        f"cannot listen there: {error.strerror}",
    )


def open_to_others(host: str) -> None:
    """Answer to the name and address of this machine, too, when it listens beyond itself."""
    if host in LOOPBACK:
        return
    address = own_address() if host in ANY else host
    os.environ["REACHED_AS"] = address
    os.environ.setdefault("ALLOWED_HOSTS", ",".join([*LOOPBACK, address, socket.gethostname()]))


def own_address() -> str:
    """The address from which this machine would speak to others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address kept for examples
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


def prepare() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "prepare_database.py")]
    if subprocess.run(command, cwd=ROOT).returncode:
        fail(
            "データベースを用意できませんでした。上の理由を確かめてください。",
            "the database could not be prepared; see the reason above",
        )


def main() -> None:
    host, number = os.environ.get("HOST") or "127.0.0.1", port()
    os.chdir(ROOT)
    os.environ.update({name: os.environ.get(name) or value for name, value in DEFAULTS.items()})
    check_free(host, number)
    open_to_others(host)
    prepare()
    end_with_parent()
    serve = [sys.executable, "scripts/serve.py", "--host", host, "--port", str(number)]
    os.execv(sys.executable, serve)  # noqa: S606 - the parent of both takes the place of this one


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
