"""`make screens`: photograph every page at 1440 and 375 px, and the packet's pages, into screens/.

    .venv/bin/python scripts/screens.py                     all pages, on a demo city of its own
    .venv/bin/python scripts/screens.py home board          pages whose name begins so
    .venv/bin/python scripts/screens.py --url http://127.0.0.1:8000    on a server that runs

A new page gets a line in PAGES. A page that answers with an error, is wider than the window or
writes to the console of the browser is named at the end, and the exit status is 1.
"""

import argparse
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "screens"
WIDTHS = (1440, 375)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PASSWORD = "kokubunji-demo"  # noqa: S105 - shown on the sign-in page of the demonstration

# The people of the demonstration: those whom the sign-in page shows.
HEAD, DRAFTER, RETURNED, INCOMING, FINALISED = "1201", "1208", "1301", "1401", "1101"
OFFICE, SECRETARY, MAYOR, DEPUTY, VIEWER, ADMINISTRATOR = (
    "1012",
    "1021",
    "1001",
    "1002",
    "1031",
    "1041",
)
DEPARTMENT = "総務部"

# name, staff number ("" for nobody), address
PAGES = [
    ("signin", "", "/signin/"),
    ("home-head", HEAD, "/"),
    ("home-office", OFFICE, "/"),
    ("home-mayor", MAYOR, "/"),
    ("home-secretary", SECRETARY, "/"),
    ("policy", HEAD, "/policies/2023/"),
    ("paper", HEAD, "/papers/2023/somu/"),
    ("board", OFFICE, "/papers/2023/"),
    ("interviews", SECRETARY, "/interviews/2023/"),
    ("packets", OFFICE, "/packets/2023/"),
    ("password", HEAD, "/password/"),
    ("signout", HEAD, "/signout/"),
    ("not-found", HEAD, "/papers/2023/nowhere/"),
    ("admin", ADMINISTRATOR, "/admin/"),
]
ANSWERS = {"not-found": 404}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def demo_environment(folder: str) -> dict[str, str]:
    return os.environ | {
        "DEMO": "true",
        "VAR_DIR": folder,
        "DATABASE_URL": f"sqlite:///{folder}/screens.sqlite3",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PYTHONUTF8": "1",
    }


@contextmanager
def demo_city() -> Iterator[tuple[str, dict[str, str]]]:
    """A server with a demo city of its own; its address and environment."""
    with tempfile.TemporaryDirectory() as folder:
        environment, port = demo_environment(folder), free_port()
        prepare = [sys.executable, "scripts/prepare_database.py"]
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True)
        serve = [sys.executable, "-m", "gunicorn", "--config", "kokubunji_policy/gunicorn.py"]
        bind = ["--bind", f"127.0.0.1:{port}", "kokubunji_policy.wsgi"]
        server = subprocess.Popen([*serve, *bind], cwd=ROOT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/healthz")
            yield address, environment
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own server
            return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/signin/")
    page.locator("input[name=login][type=text]").fill(username)
    page.locator("input[name=password][type=password]").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()
    page.wait_for_load_state("networkidle")


def photograph(page: Page, url: str, file: Path, expected: int) -> list[str]:
    """Take one picture; what is wrong with the page, as sentences."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    response = page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    height = page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size or {"width": WIDTHS[0]}
    page.set_viewport_size({"width": size["width"], "height": max(height, 600)})
    page.screenshot(path=file, full_page=True)
    status = response.status if response else 0
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    expected_noise = [text for text in found if "Failed to load resource" in text]
    problems = [text for text in found if text not in expected_noise or status == expected == 200]
    if status != expected:
        problems.append(f"status {status}")
    if wide > 0:
        problems.append(f"{wide} px too wide")
    return problems


def photograph_all(browser: Browser, address: str, pages: list[tuple[str, str, str]]) -> list[str]:
    problems = []
    for username in sorted({username for _name, username, _url in pages}):
        context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900})
        if username:
            sign_in(context.new_page(), address, username)
        for name, _username, url in (row for row in pages if row[1] == username):
            for width in WIDTHS:
                page = context.new_page()
                page.set_viewport_size({"width": width, "height": 900})
                file = TARGET / f"{name}-{width}.png"
                found = photograph(page, address + url, file, ANSWERS.get(name, 200))
                problems += [f"{name} at {width}: {text}" for text in found]
                page.close()
        context.close()
    return problems


def print_packet(environment: dict[str, str]) -> None:
    """The packet of one department as PDF, and each of its pages as a picture."""
    pdf = TARGET / "packet.pdf"
    build = [sys.executable, "manage.py", "build_packet", "--year", "2023"]
    build += ["--department", DEPARTMENT, "--output", str(pdf)]
    subprocess.run(build, cwd=ROOT, env=environment, check=True)
    if pdftoppm := shutil.which("pdftoppm"):
        command = [pdftoppm, "-r", "80", "-png", str(pdf), str(TARGET / "packet")]
        subprocess.run(command, check=True)


def run(address: str, names: list[str]) -> list[str]:
    pages = [row for row in PAGES if not names or row[0].startswith(tuple(names))]
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            return photograph_all(browser, address, pages)
        finally:
            browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(description="Photograph every page.")
    parser.add_argument("names", nargs="*", help="beginnings of names of pages; all without")
    parser.add_argument("--url", help="a demo server that runs already")
    options = parser.parse_args()
    TARGET.mkdir(exist_ok=True)
    if options.url:
        problems = run(options.url.rstrip("/"), options.names)
    else:
        with demo_city() as (address, environment):
            problems = run(address, options.names)
            if not options.names or "packet" in options.names:
                print_packet(environment)
    sys.stdout.write("".join(f"{line}\n" for line in problems) or f"{TARGET}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
