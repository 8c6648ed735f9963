"""The parent of the web server and the worker: real processes, an own port and an own database."""

import http.client
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A machine of its own, with an empty database."""
    var = tmp_path_factory.mktemp("var")
    environ = os.environ | {
        "DATABASE_URL": f"sqlite:///{var}/kokubunji.sqlite3",
        "DEMO": "true",
        "PYTHONUTF8": "1",
        "SECRET_KEY": "known to nobody but this test, and gone with it",
        "VAR_DIR": str(var),
        "WEB_WORKERS": "1",
    }
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    for command in (["migrate", "--verbosity=0"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environ, check=True)
    return environ


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for_the_end_of(pid: int) -> None:
    with suppress(ProcessLookupError):
        watched = os.pidfd_open(pid)
        ended, _, _ = select.select([watched], [], [], SECONDS)
        os.close(watched)
        assert ended == [watched], f"process {pid} lives on"


def read_until(process: subprocess.Popen[bytes], words: str) -> str:
    """What it has printed, up to and with these words."""
    read = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while words.encode() not in read:
            assert selector.select(SECONDS), f"silent after: {read.decode()}"
            chunk = os.read(process.stdout.fileno(), 10_000)
            assert chunk, f"ended after: {read.decode()}"
            read += chunk
    return read.decode()


class Served:
    """A parent that is ready, with its two children and the web server's own child."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "scripts/serve.py", "--port", str(self.port)],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.said = read_until(self.process, "Ready at")
            self.server, self.worker = children(self.process.pid)
            self.family = [self.server, self.worker, *children(self.server)]
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=SECONDS)

    def status_of(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def leaves_nobody(self) -> None:
        for pid in self.family:
            wait_for_the_end_of(pid)


@pytest.fixture
def served(environ: dict[str, str]) -> Iterator[Served]:
    served = Served(environ)
    yield served
    served.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_parent_says_where_to_look_and_ends_both_when_asked(
    served: Served, number: signal.Signals
) -> None:
    assert f"http://127.0.0.1:{served.port}/" in served.said
    assert "デモの人たちの名前とパスワード" in served.said
    assert served.status_of("/healthz") == 200

    served.process.send_signal(number)

    assert served.process.wait(SECONDS) == 0
    served.leaves_nobody()


def test_when_one_ends_the_parent_ends_the_other_and_names_it(served: Served) -> None:
    os.kill(served.server, signal.SIGKILL)

    said, _ = served.process.communicate(timeout=SECONDS)

    assert served.process.returncode == 1
    sentence = "Web サーバー (web server) が止まったため、すべてを終わらせました（終了状態 -9）。"
    assert said.decode().split("\n")[-3] == sentence
    served.leaves_nobody()


def test_worker_that_is_killed_is_started_again_but_not_for_ever(served: Served) -> None:
    for _each in range(3):
        os.kill(served.worker, signal.SIGKILL)
        read_until(served.process, "has been started again.)\n")
        assert served.status_of("/healthz") == 200
        (served.worker,) = set(children(served.process.pid)) - {served.server}
        served.family.append(served.worker)
    os.kill(served.worker, signal.SIGKILL)

    said, _ = served.process.communicate(timeout=SECONDS)

    assert served.process.returncode == 1
    sentence = "ワーカー (worker) が止まったため、すべてを終わらせました（終了状態 -9）。"
    assert said.decode().split("\n")[-3] == sentence
    served.leaves_nobody()


def test_both_end_when_the_parent_is_killed(served: Served) -> None:
    served.process.kill()

    served.leaves_nobody()
