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
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NothingFound

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
STAND_IN = "2411"
DEPARTMENT = "総務部"

# name, staff number ("" for nobody), address; after " > " the link or button to follow from there
PAGES = [
    ("signin", "", "/signin/"),
    ("home-head", HEAD, "/"),
    ("home-drafter", DRAFTER, "/"),
    ("home-returned", RETURNED, "/"),
    ("home-incoming", INCOMING, "/"),
    ("home-office", OFFICE, "/"),
    ("home-mayor", MAYOR, "/"),
    ("home-deputy", DEPUTY, "/"),
    ("home-secretary", SECRETARY, "/"),
    ("home-viewer", VIEWER, "/"),
    ("home-administrator", ADMINISTRATOR, "/"),
    ("home-last-year", HEAD, "/?year=2022"),
    ("policy", HEAD, "/policies/2023/"),
    ("policy-amended", HEAD, "/policies/2022/"),
    ("policy-editions", HEAD, "/policies/2022/editions/"),
    ("policy-edition", HEAD, "/policies/2022/editions/0/"),
    ("amendments", OFFICE, "/papers/2022/amendments/"),
    ("paper-amended", STAND_IN, "/papers/2022/nogyo/"),
    ("home-amended", STAND_IN, "/?year=2022"),
    ("policy-intake", OFFICE, "/policies/intake/"),
    ("policy-intake-errors", OFFICE, "/policies/intake/ > 取り込む"),
    ("policy-desk", OFFICE, "/policies/2023/manuscripts/basic/"),
    ("policy-desk-item", OFFICE, "/policies/2023/manuscripts/basic/?item=5#item-5"),
    ("policy-desk-text", OFFICE, "/policies/2023/manuscripts/basic/?at=42#at-42"),
    ("policy-issue", OFFICE, "/policies/2023/manuscripts/basic/issue/"),
    ("policy-discard", OFFICE, "/policies/2023/manuscripts/basic/discard/"),
    ("policy-changes", HEAD, "/policies/2023/changes/"),
    ("policy-alignment", OFFICE, "/policies/2023/alignment/"),
    ("policy-speech", HEAD, "/policies/2023/speech/"),
    ("plans", OFFICE, "/policies/plans/"),
    ("plan", HEAD, "/policies/plans/1/"),
    ("plan-new", OFFICE, "/policies/plans/new/?name=市環境基本計画&short_name=環境計画&year=2023"),
    ("paper", HEAD, "/papers/2023/somu/"),
    ("paper-returned", RETURNED, "/papers/2023/shimin/"),
    ("paper-finalised", FINALISED, "/papers/2023/seisaku/"),
    ("paper-basics", HEAD, "/papers/2023/somu/basics/"),
    ("paper-response", HEAD, "/papers/2023/somu/responses/1-4/"),
    ("paper-projects", HEAD, "/papers/2023/somu/projects/"),
    ("paper-submit", HEAD, "/papers/2023/somu/submit/"),
    ("paper-history", RETURNED, "/papers/2023/shimin/history/"),
    ("paper-revision", RETURNED, "/papers/2023/shimin/revisions/1/"),
    ("goal-new", HEAD, "/papers/2023/somu/goals/new/"),
    ("goal-errors", HEAD, "/papers/2023/somu/goals/new/ > 保存する"),
    ("goal-edit", HEAD, "/papers/2023/somu/ > 編集する （目標1）"),
    ("goal-copy", HEAD, "/papers/2023/somu/goals/copy/"),
    ("goal-remove", HEAD, "/papers/2023/somu/ > 取り消す （目標1）"),
    ("own-texts", INCOMING, "/papers/kept/"),
    ("handover", INCOMING, "/papers/2022/fukushi/handover/"),
    ("handover-note", INCOMING, "/papers/2022/kenko/handover/note/"),
    ("handover-hand", INCOMING, "/papers/2022/kenko/handover/hand/"),
    ("handovers", OFFICE, "/papers/2022/handovers/"),
    ("board", OFFICE, "/papers/2023/"),
    ("coverage", OFFICE, "/papers/2023/coverage/"),
    ("review", OFFICE, "/papers/2023/kensetsu/review/"),
    ("review-return", OFFICE, "/papers/2023/kodomo/review/return/"),
    ("interviews", SECRETARY, "/interviews/2023/"),
    ("interview-new", SECRETARY, "/interviews/2023/new/"),
    ("packets", OFFICE, "/packets/2023/"),
    ("packets-own", HEAD, "/packets/2023/"),
    ("packets-layout", OFFICE, "/packets/2023/?sides=single&size=large&notes=on&sheets=on"),
    ("packets-days", MAYOR, "/packets/2023/days/"),
    ("packets-book", SECRETARY, "/packets/2023/book/"),
    ("packets-sheets", OFFICE, "/packets/2023/sheets/"),
    ("packet-file", HEAD, "/packets/2023/somu/ > PDFを作る"),
    ("packet-coverage", OFFICE, "/packets/2023/sheets/coverage/"),
    ("packet-form", OFFICE, "/packets/2023/sheets/form/"),
    ("packet-preview", OFFICE, "/packets/2023/somu/"),
    ("password", HEAD, "/password/"),
    ("sessions", HEAD, "/account/sessions/"),
    ("second-factor", VIEWER, "/account/second-factor/"),
    ("second-factor-app", VIEWER, "/account/second-factor/app/"),
    ("confirm", VIEWER, "/account/confirm/"),
    ("audit", ADMINISTRATOR, "/audit/"),
    ("audit-found", ADMINISTRATOR, "/audit/?verb=paper.submit&year=2023&since=R5.3.20"),
    ("audit-errors", ADMINISTRATOR, "/audit/?since=いつか"),
    ("audit-check", ADMINISTRATOR, "/audit/ > 変更や欠けがないか点検する"),
    ("rights", ADMINISTRATOR, "/rights/?person=13&day=R5.4.2"),
    ("rights-paper", ADMINISTRATOR, "/rights/papers/?year=2023&department=1&day=R5.4.2"),
    ("charges", DEPUTY, "/charges/2023/"),
    ("charges-office", OFFICE, "/charges/2023/"),
    ("charges-edit", OFFICE, "/charges/2023/edit/"),
    ("charges-own", DEPUTY, "/ > 自分の担任を見る"),
    ("spring", ADMINISTRATOR, "/exchange/spring/"),
    ("spring-errors", ADMINISTRATOR, "/exchange/spring/ > 内容を確かめる"),
    ("signout", HEAD, "/signout/"),
    ("refused", VIEWER, "/papers/2023/"),
    ("not-found", HEAD, "/papers/2023/nowhere/"),
    ("admin", ADMINISTRATOR, "/admin/"),
    ("admin-people", ADMINISTRATOR, "/admin/departments/user/"),
    ("admin-import", ADMINISTRATOR, "/admin/departments/user/import/"),
    ("admin-department", ADMINISTRATOR, "/admin/departments/department/add/"),
    ("admin-appointment", ADMINISTRATOR, "/admin/departments/appointment/add/"),
    ("admin-year", ADMINISTRATOR, "/admin/policies/cycle/2023/change/"),
    ("admin-export", ADMINISTRATOR, "/admin/departments/department/export/"),
]
ANSWERS = {"not-found": 404, "refused": 403}


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
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/signin/")
    page.locator("input[name=login][type=text]").fill(username)
    page.locator("input[name=password][type=password]").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()
    page.wait_for_load_state("networkidle")


def photograph(page: Page, address: str, file: Path, expected: int) -> list[str]:
    """Take one picture; what is wrong with the page, as sentences."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    try:
        status = visit(page, address)
    except NothingFound:
        return ["nothing to follow from there"]
    draw_whole(page)
    page.screenshot(path=file, full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    problems = [text for text in found if expected == 200 or "Failed to load" not in text]
    if status != expected:
        problems.append(f"status {status}")
    if wide > 0:
        problems.append(f"{wide} px too wide")
    return problems


def visit(page: Page, address: str) -> int:
    """Open the page, follow what is named after it, and tell the status of the last one."""
    statuses: list[int] = []
    page.on(
        "response",
        lambda response: (
            response.request.is_navigation_request() and statuses.append(response.status)
        ),
    )
    url, *steps = address.split(" > ")
    page.goto(url)
    for step in steps:
        page.get_by_role("link", name=step).or_(page.get_by_role("button", name=step)).first.click(
            timeout=5000
        )
        page.wait_for_load_state("load")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return statuses[-1]


def draw_whole(page: Page) -> None:
    """Make the window as high as the page, so that nothing sticks to the middle of it."""
    width = (page.viewport_size or {"width": WIDTHS[0]})["width"]
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, 600)})


def photograph_all(browser: Browser, address: str, pages: list[tuple[str, str, str]]) -> list[str]:
    problems = []
    for username in sorted({username for _name, username, _url in pages}):
        context = browser.new_context(
            viewport={"width": WIDTHS[0], "height": 900},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
        )
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
