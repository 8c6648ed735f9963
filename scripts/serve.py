"""Serve: the web server and the worker, under one parent that ends both.

The parent starts them in process groups of their own, says when the first page answers, and waits.
Asked to stop (Ctrl+C, SIGTERM, a closed terminal) it ends both; when one of them ends by itself it
ends the other too and exits with 1, so that nobody works on half a system without knowing. Only a
worker that was killed, as for want of memory, is started again, a few times: its work is not lost.
"""

import argparse
import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # nohup: the terminal may close
    STOP_SIGNALS.remove(signal.SIGHUP)
WORKER = "ワーカー (worker)"
WATCHED_SIGNALS = STOP_SIGNALS | {signal.SIGCHLD}
SECONDS_TO_START = 60
SECONDS_TO_STOP = 35  # gunicorn itself gives running requests 30
STARTED_AGAIN = 3  # so often, at most, is a worker that was killed
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None)


@dataclass
class Child:
    """One of the two programs; `name` is what the sentences call it."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    lives: int

    @classmethod
    def start(cls, name: str, command: list[str]) -> "Child":
        lives = STARTED_AGAIN if name == WORKER else 0
        return cls(name, command, _started(command), lives)

    def start_again(self) -> bool:
        """Whether it was killed and could be replaced."""
        if self.process.returncode != -signal.SIGKILL or not self.lives:
            return False
        self.kill_group()
        self.lives -= 1
        self.process = _started(self.command)
        return True

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if not self.has_ended:
            self.process.terminate()

    def kill_group(self) -> None:
        """Whatever is left of it: the session that it began carries its process number."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_before_exec,
    )


def _before_exec() -> None:
    """In the child: take signals again, and end should the parent vanish."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    end_with_parent()


def end_with_parent() -> None:
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def commands(host: str, port: int) -> dict[str, list[str]]:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    python = sys.executable
    return {
        "Web サーバー (web server)": [
            *(python, "-m", "gunicorn", "--config", "kokubunji_policy/gunicorn.py"),
            *("--bind", address, "kokubunji_policy.wsgi"),
        ],
        WORKER: [python, "manage.py", "work"],
    }


# --- waiting -----------------------------------------------------------------------------------


def wait_for_signal(seconds: float | None = None) -> int | None:
    """The next signal, or None when the time has passed."""
    if seconds is None:
        return signal.sigwait(WATCHED_SIGNALS)
    caught = signal.sigtimedwait(WATCHED_SIGNALS, seconds)
    return caught.si_signo if caught else None


def first_ended(children: Iterable[Child]) -> Child | None:
    return next((child for child in children if child.has_ended), None)


def answers(host: str, port: int) -> bool:
    """Whether the server says that it is well."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


def wait_until_ready(children: list[Child], host: str, port: int) -> bool | None:
    """True: it answers. False: something ended or took too long. None: asked to stop."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and not first_ended(children):
        if answers(host, port):
            return True
        if wait_for_signal(0.1) in STOP_SIGNALS:
            return None
    return False


def wait_for_the_end(children: list[Child]) -> Child | None:
    """The child that ended for good, or None when somebody asked to stop."""
    while True:
        ended = first_ended(children)
        if ended and not ended.start_again():
            return ended
        if ended:
            say_started_again(ended)
        elif wait_for_signal() in STOP_SIGNALS:
            return None


def stop(children: list[Child]) -> None:
    """Ask all to stop, wait, then end what is left; a second Ctrl+C ends the waiting."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + SECONDS_TO_STOP
    while not all(child.has_ended for child in children):
        left = deadline - time.monotonic()
        if left <= 0 or wait_for_signal(left) in STOP_SIGNALS:
            break
    for child in children:
        child.kill_group()


# --- telling -----------------------------------------------------------------------------------


def say(text: str) -> None:
    print(text, flush=True)


def say_ready(host: str, port: int) -> None:
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    say(f"\n  開く         {url}")
    if elsewhere := os.environ.get("REACHED_AS"):
        say(f"  他の端末から http://{elsewhere}:{port}/")
    if os.environ.get("DEMO") == "true":
        say("  ログイン     開いた画面に、デモの人たちの名前とパスワードが並んでいます")
        english = "names and passwords of the demo are on the sign-in page"
    else:
        say("  ログイン     登録されている職員番号とパスワードを使います")
        english = "sign in with your own account"
    say(f"  止める       Ctrl+C\n\n  Ready at {url} ({english}; Ctrl+C stops)\n")


def say_started_again(child: Child) -> None:
    say(
        f"{child.name} が強制終了されたため、起動し直しました。\n"
        f"  ({child.name} was killed and has been started again.)"
    )


def say_ended(child: Child) -> None:
    status = child.process.returncode
    say(
        f"{child.name} が止まったため、すべてを終わらせました（終了状態 {status}）。\n"
        f"  ({child.name} has ended with status {status}, so everything was stopped.)"
    )


def serve(children: list[Child], host: str, port: int) -> int:
    """Wait for the end, whatever brings it; the exit status."""
    ready = wait_until_ready(children, host, port)
    if ready is None:
        return 0
    if ready:
        say_ready(host, port)
        ended = wait_for_the_end(children)
    else:
        ended = first_ended(children)
    if ended:
        say_ended(ended)
        return 1
    if not ready:
        say(f"{SECONDS_TO_START} 秒待っても /healthz が答えません。(/healthz does not answer.)")
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()

    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED_SIGNALS)
    visible = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host  # noqa: S104
    children: list[Child] = []
    try:
        for name, command in commands(options.host, options.port).items():
            children.append(Child.start(name, command))
        return serve(children, visible, options.port)
    finally:
        stop(children)


if __name__ == "__main__":
    sys.exit(main())
