"""What `make run` and `make test` say when something is in the way."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "scripts"


def run(script: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPTS / script, *arguments],
        env=os.environ | {"PYTHONUTF8": "1"} | environ,
        capture_output=True,
        text=True,
    )


def test_missing_packages_are_named_with_the_command_to_type(tmp_path: Path) -> None:
    done = run("prepare_machine.py", "test", PATH="", VAR_DIR=str(tmp_path))

    assert done.returncode == 1
    assert "ここでは入れられませんでした: chromium poppler-utils qpdf\n" in done.stderr
    assert (
        "apt-get update && apt-get install -y --no-install-recommends chromium poppler-utils qpdf\n"
        in done.stderr
    )


def test_key_of_this_machine_is_its_own_and_closed_to_others(tmp_path: Path) -> None:
    keys = set()
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    command = [sys.executable, ROOT / "manage.py", "shell", "-v0", "-c", show]
    for name in ("one", "another"):
        environ = {k: v for k, v in os.environ.items() if k != "SECRET_KEY"}
        environ |= {"VAR_DIR": str(tmp_path / name), "PYTHONUTF8": "1"}
        twice = [
            subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
            for _ in range(2)
        ]
        path = tmp_path / name / "secret-key"
        assert path.stat().st_mode & 0o777 == 0o600
        assert {line.strip() for line in twice} == {path.read_text()}
        keys.add(path.read_text())

    assert {len(key) for key in keys} == {50}
    assert len(keys) == 2


def test_port_in_use_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = run("run.py", PORT=str(port), HOST="127.0.0.1")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.split("\n")[0] == (
        f"ポート {port} は使われています。別の番号で起動してください: make run PORT={port + 1}"
    )


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "８０００"])
def test_port_that_is_no_port_is_refused(port: str) -> None:
    done = run("run.py", PORT=port)

    assert done.returncode == 1
    assert done.stderr.split("\n")[0] == f"PORT は 1 から 65535 の数です: {port}"


def test_help_lists_every_command_that_people_type() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    done = subprocess.run([shutil.which("make")], cwd=ROOT, capture_output=True, text=True)

    listed = set(re.findall(r"^  make ([a-z-]+)", done.stdout, re.MULTILINE))
    assert listed == {target for target in targets if not target.startswith("ready")}
