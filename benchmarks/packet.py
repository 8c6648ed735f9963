"""How long one department's packet takes, beside Chromium printing the same HTML.

    .venv/bin/python benchmarks/packet.py [ROUNDS]

Lays the demo city into a database of its own, takes the packet of 政策部, and runs, interleaved:

- content   the record read and written as HTML (this process);
- press     the PDF by a press that is started for it (cold);
- room      the PDF by a press that is kept between orders, as the product does it;
- warm      the PDF in this process, fonts read already;
- naive     as warm, with columns as wide as their text asks (table-layout: auto);
- chromium  the PDF by headless Chromium, where it is installed (no running head, no n/N).

Prints medians of wall and of processor seconds (all processes together), and each one's ratio of
processor seconds to ``press``, which holds on a busy machine too.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


def lay_in(folder: Path) -> None:
    """Django on a demo city of its own."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "kokubunji_policy.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'benchmark.sqlite3'}",
        "VAR_DIR": str(folder),
        "SECRET_KEY": "only for the benchmark",
        "DEMO": "true",
    }
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("seed_demo", verbosity=0, stdout=StringIO())


def for_chromium(html: str, folder: Path) -> Path:
    """The same HTML as a file that names its style sheet and fonts by their places."""
    from packets import press

    faces = "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};'
        f'src:url("{(press.FONTS / name).as_uri()}")}}'
        for family, weight, name in press.FACES
    )
    styles = "".join((press.STATIC / "css" / name).read_text() for name in press.SHEETS)
    page = folder / "packet.html"
    page.write_text(html.replace("</head>", f"<style>{faces}{styles}</style></head>"))
    return page


def contestants(folder: Path) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    from goals.models import OperatingPolicy
    from packets import press
    from packets.pieces import department
    from packets.pressing import render_pdf, room

    def content() -> str:
        paper = OperatingPolicy.objects.get(year=2023, department__name="政策部")
        return department(paper).html()

    html = content()
    naive = re.sub("<colgroup>.*?</colgroup>", "", html, flags=re.S).replace(
        "</head>", "<style>table{table-layout:auto !important}</style></head>"
    )
    pages, pdf, _starts = press.press(html)
    print(f"政策部: {pages} pages, {len(pdf):,} bytes, {len(html):,} characters of HTML")
    found: dict[str, Callable[[], object]] = {
        "content": content,
        "press": lambda: render_pdf(html),
        "room": lambda: room(1).press(html),
        "warm": lambda: press.press(html),
        "naive": lambda: press.press(naive),
    }
    if CHROMIUM:
        page = for_chromium(html, folder)
        command = [CHROMIUM, *FLAGS, f"--print-to-pdf={folder / 'chromium.pdf'}", page.as_uri()]
        found["chromium"] = lambda: subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    return found


class Took(NamedTuple):
    """Wall seconds, and processor seconds of this process and its children."""

    wall: float
    processor: float


def measure(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[Took]]:
    """What each one took, one of each in every round."""
    took: dict[str, list[Took]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            wall, processor = time.perf_counter(), processor_seconds()
            run()
            took[name].append(Took(time.perf_counter() - wall, processor_seconds() - processor))
    return took


def processor_seconds() -> float:
    """Of this process, its ended children, and the presses that it keeps."""
    from packets.pressing import room

    times = os.times()
    kept = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in room(1).idle]
    ticks = sum(int(number) for line in kept for number in line.split()[11:15])
    ended = times.user + times.system + times.children_user + times.children_system
    return ended + ticks / os.sysconf("SC_CLK_TCK")


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_in(folder)
        took = measure(contestants(folder), rounds)
    print(f"{'':10} {'wall s':>8} {'processor s':>12} {'ratio':>7}")
    for name, row in took.items():
        pairs = zip(row, took["press"], strict=True)
        ratio = statistics.median(one.processor / press.processor for one, press in pairs)
        wall = statistics.median(one.wall for one in row)
        processor = statistics.median(one.processor for one in row)
        print(f"{name:10} {wall:8.2f} {processor:12.2f} {ratio:7.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
