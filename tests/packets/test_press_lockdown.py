"""The process in which a part is printed can do nothing but print."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ATTEMPTS = {
    "connect": "socket.create_connection(('127.0.0.1', 9))",
    "resolve": "socket.getaddrinfo('localhost', 80)",
    "listen": "socket.socket().bind(('127.0.0.1', 0))",
    "local socket": "socket.socket(socket.AF_UNIX)",
    "program": "subprocess.run(['/bin/true'])",
    "shell": "os.system('true')",
    "replace": "os.execv('/bin/true', ['true'])",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "fork": "os.fork()",
    "kill": "os.kill(os.getpid(), 0)",
    "read": "open('/etc/passwd').read()",
    "read by number": "os.open('/etc/passwd', os.O_RDONLY)",
    "settings": "open('kokubunji_policy/settings.py').read()",
    "over a link": "open('LINK').read()",
    "up and out": "open('static/../manage.py').read()",
    "neighbour": "open('static-other').read()",
    "list": "os.listdir('/')",
    "walk": "list(os.scandir('var'))",
    "write": "open('/dev/null', 'w')",
    "write a style": "open('static/css/packet.css', 'a')",
    "write by number": "os.open('static/css/new.css', os.O_WRONLY | os.O_CREAT)",
    "temporary file": "tempfile.mkstemp(dir='static')",
    "remove": "os.remove('static/css/none.css')",
    "rename": "os.rename('a', 'b')",
    "folder": "os.mkdir('folder')",
    "library": "ctypes.CDLL('libc.so.6')",
    "database": "sqlite3.connect(':memory:')",
}
TRY_ALL = """
import ctypes, json, os, socket, sqlite3, subprocess, sys, tempfile
from packets import lockdown, press
attempts = json.load(sys.stdin)
lockdown.seal(press.READABLE)
found = {}
for name, attempt in attempts.items():
    try:
        exec(attempt)
        found[name] = "done"
    except BaseException as error:
        found[name] = type(error).__name__
allowed = [
    len(press.FONTS.joinpath("NotoSans-Bold.ttf").read_bytes()) > 0,
    len(press.STATIC.joinpath("css", "packet.css").read_text()) > 0,
    __import__("wsgiref.headers").headers is not None,
]
print(json.dumps([found, allowed]))
"""
LEAVE = """
import os
from packets import lockdown
before = os.readlink("/proc/self/ns/net")
left = lockdown.leave_network()
there = open("/proc/self/net/dev").read().count(":")
print([left, os.readlink("/proc/self/ns/net") != before, not left or there == 1])
"""
STARTER = """
import os, select, signal, subprocess, sys
press = subprocess.Popen([sys.executable, "-m", "packets.press"], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, bufsize=0)
press.stdout.read(1)
if sys.argv[1] == "printing":
    from packets import frames
    html = "<table style='table-layout:auto'><tr><td>" + "字" * 20_000
    limits = {"processor": 60, "memory": 2**30, "pages": 1000}
    press.stdin.write(frames.framed({"variant": "pdf/ua-1", "limits": limits}, html.encode()))
    children = f"/proc/{press.pid}/task/{press.pid}/children"
    while not (child := open(children).read().split()) and press.poll() is None:
        select.select([press.stdout], [], [], 0.01)
    print(press.pid, *child, flush=True)
else:
    print(press.pid, flush=True)
signal.pause()
"""


def run(code: str, given: str = "") -> str:
    """What another Python says to it."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code],
        input=given.encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        check=True,
    )
    return done.stdout.decode()


def test_sealed_process_reads_fonts_styles_and_library_and_does_nothing_else(
    tmp_path: Path,
) -> None:
    link = tmp_path / "link"
    link.symlink_to("/etc/passwd")
    attempts = {name: code.replace("LINK", str(link)) for name, code in ATTEMPTS.items()}
    found, allowed = json.loads(run(TRY_ALL, json.dumps(attempts)))
    assert found == dict.fromkeys(ATTEMPTS, "Refused")
    assert allowed == [True, True, True]


def test_press_is_alone_in_its_network_wherever_the_system_allows_it() -> None:
    left, is_another, is_empty = json.loads(run(LEAVE).lower())
    assert left == is_another
    assert is_empty


@pytest.mark.parametrize("state", ["waiting", "printing"])
def test_press_and_what_it_prints_end_with_their_starter(state: str) -> None:
    starter = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", STARTER, state],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
    )
    with starter:
        assert starter.stdout
        left = [os.pidfd_open(int(one)) for one in starter.stdout.readline().split()]
        os.kill(starter.pid, signal.SIGKILL)
    assert len(left) == {"waiting": 1, "printing": 2}[state]
    for process in left:
        ended, _, _ = select.select([process], [], [], 60)
        os.close(process)
        assert ended, "it outlives its starter"


def test_press_knows_no_django() -> None:
    code = "import sys; from packets import press; press._warm_up(); print('django' in sys.modules)"
    assert run(code).strip() == "False"
