"""Make this machine ready: system packages, the virtual environment, the pinned Python packages.

Run by the python3 of the system, with the standard library alone. What is there already costs
no time: no apt-get and no pip is started for it.

    python3 scripts/prepare_machine.py run|test-sqlite|test
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.txt"
STAMP = VENV / ".installed"
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
OF_THE_SYSTEM = Path("/usr/bin/python3")
NEW_ENOUGH = (3, 11)


def say(japanese: str, english: str) -> None:
    print(f"{japanese}\n  ({english})", file=sys.stderr, flush=True)


# --- what is missing ---------------------------------------------------------------------------


def _can_make_environments() -> bool:
    if PYTHON.exists():
        return True
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_postgres() -> bool:
    return bool(shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


# Debian package → is what it brings there? Looked for itself, so that other systems pass as well.
TO_RUN: dict[str, Callable[[], bool]] = {
    "python3-venv": _can_make_environments,
    "libpango-1.0-0": lambda: _has_library("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": lambda: _has_library("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": lambda: _has_library("libharfbuzz-subset.so.0"),
}
TO_TEST: dict[str, Callable[[], bool]] = {
    "chromium": lambda: shutil.which("chromium") is not None,
    "libatomic1": lambda: _has_library("libatomic.so.1"),  # what drives Chromium needs it
    "postgresql": _has_postgres,
    "poppler-utils": lambda: shutil.which("pdftotext") is not None,
    "qpdf": lambda: shutil.which("qpdf") is not None,
}
WANTED = {
    "run": TO_RUN,
    "test-sqlite": TO_RUN | {name: TO_TEST[name] for name in TO_TEST if name != "postgresql"},
    "test": TO_RUN | TO_TEST,
}


def missing(purpose: str) -> list[str]:
    return [package for package, is_there in WANTED[purpose].items() if not is_there()]


# --- system packages ---------------------------------------------------------------------------


def _apt_get() -> list[str] | None:
    """The command that may install here, or None."""
    if shutil.which("apt-get") is None:
        return None
    apt_get = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    if os.geteuid() == 0:
        return apt_get
    if shutil.which("sudo") is None:
        return None
    ask_nothing = subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL)
    may_sudo = ask_nothing.returncode == 0 or sys.stdin.isatty()
    return ["sudo", *apt_get] if may_sudo else None


def _install(packages: list[str]) -> None:
    apt_get = _apt_get()
    if apt_get is None:
        return
    names = " ".join(packages)
    say(f"システムのパッケージを入れています: {names}", f"installing system packages: {names}")
    subprocess.run([*apt_get, "update", "-qq"], stdout=subprocess.DEVNULL, check=False)
    subprocess.run(
        [*apt_get, "install", "-y", "-qq", "--no-install-recommends", *packages],
        stdout=subprocess.DEVNULL,
        check=False,
    )


def install_system_packages(purpose: str) -> None:
    packages = missing(purpose)
    if not packages:
        return
    _install(packages)
    importlib.invalidate_caches()
    packages = missing(purpose)
    if packages:
        _report(packages)


def _report(packages: list[str]) -> None:
    names = " ".join(packages)
    say(
        f"次のパッケージがなく、ここでは入れられませんでした: {names}",
        f"missing, and could not be installed here: {names}",
    )
    command = f"apt-get update && apt-get install -y --no-install-recommends {names}"
    say(f"管理者 (root) として次を実行してください: {command}", "run that command as root")
    sys.exit(1)


# --- Python packages ---------------------------------------------------------------------------


def _stamp() -> str:
    """What is installed, where and for which Python: a moved environment has wrong paths in its
    scripts."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()}\n{VENV}\n{sys.executable}\n"


def _environment_works() -> bool:
    if not PYTHON.exists():
        return False
    if STAMP.exists() and STAMP.read_text().split("\n")[1:] != _stamp().split("\n")[1:]:
        return False
    return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0


def install_python_packages() -> None:
    if STAMP.exists() and STAMP.read_text() == _stamp() and PYTHON.exists():
        return
    say(
        "Python のパッケージを入れています（初回は数分かかります）",
        "installing the pinned Python packages; the first time takes some minutes",
    )
    if not _environment_works():
        _run([sys.executable, "-m", "venv", "--clear", VENV])
    _run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        + ["--require-hashes", "--requirement", LOCK]
    )
    STAMP.write_text(_stamp())


def _run(command: list[str | Path]) -> None:
    status = subprocess.run(command).returncode
    if status:
        say(
            "Python のパッケージを入れられませんでした。上の理由を確かめ、もう一度実行してください。",
            "the Python packages could not be installed; see the reason above and try again",
        )
        sys.exit(status)


# --- state of this machine -----------------------------------------------------------------------


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    VAR.mkdir(exist_ok=True, parents=True)
    with (VAR / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prefer_python_of_the_system() -> None:
    """Begin again with the distribution's Python where another one stands before it in the PATH.

    It gets its security updates with the rest of the system, and is built with optimisations that
    many a hand-made one lacks: a book is printed in three quarters of the time.
    """
    if not OF_THE_SYSTEM.exists() or OF_THE_SYSTEM.samefile(sys.executable):
        return
    question = f"import sys; sys.exit(sys.version_info < {NEW_ENOUGH})"
    if subprocess.run([OF_THE_SYSTEM, "-c", question]).returncode == 0:
        os.execv(OF_THE_SYSTEM, [OF_THE_SYSTEM, *sys.argv])  # noqa: S606 - the same program


def check_python() -> None:
    if sys.version_info < NEW_ENOUGH:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        say(f"Python 3.11 以上が必要です（今は {version}）", f"Python 3.11 or newer, not {version}")
        sys.exit(1)


def main(purpose: str) -> None:
    prefer_python_of_the_system()
    check_python()
    with only_one_at_a_time():
        install_system_packages(purpose)
        install_python_packages()


if __name__ == "__main__":
    main(sys.argv[1])
