"""How long the book of the year takes, beside other programs that print the same.

    .venv/bin/python benchmarks/book.py [ROUNDS] [--departments 20] [--only NAME …] [--report]
    .venv/bin/python benchmarks/book.py --packet

Lays a city into a database of its own, builds its book once, and then runs in each round, one
after the other, each in processes of its own:

- cold       ``manage.py build_book --no-cache --jobs 2``: every part pressed and bound;
- unchanged  every part is kept, the file of the whole is not: bound anew;
- changed    as unchanged, after a word of one department was changed;
- kept       the whole is kept too;
- single     one WeasyPrint document of the same HTML, with fonts, tables and settings as tuned;
- quick      the same, with our changes to the engine as well;
- chromium   headless Chromium printing the same HTML;
- word       a .docx of the same text, built by python-docx;
- office     LibreOffice printing that .docx;
- typst      Typst setting the same text.

``--packet`` measures instead, for each department, the time from asking for its kept packet to the
first byte of the file.

What is not installed is left out, and said so; Typst comes with benchmarks/requirements.txt.
Prints medians and the ratios that are our bars; ends with 1 when a bar is missed, unless
``--report``.
"""

import argparse
import importlib.util
import itertools
import json
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from books.measuring import Failed, Took, adopt, run

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "static" / "fonts" / "paper"
YEAR = "2023"
OURS = ("cold", "unchanged", "changed", "kept")
MEMORY = 250
"""MB that each of our processes may hold."""
SECONDS = 0.3
"""From the click to the first byte of a kept packet."""
TRIFLE = 20
"""MB under which a process is not worth a word."""


class Bar(NamedTuple):
    """``ours`` takes at most ``most`` times as long as ``other``."""

    ours: str
    other: str
    most: float


BARS = (
    Bar("cold", "single", 0.5),
    Bar("cold", "chromium", 1.5),
    Bar("unchanged", "chromium", 0.35),
    Bar("changed", "chromium", 0.6),
)


@dataclass
class Contestant:
    """``before`` makes ready and is not measured; ``pdf`` is what comes out of it; ``pressed`` the
    parts that may be pressed on the way, where that is known."""

    name: str
    command: Sequence[str]
    pdf: Path
    before: Callable[[], None] = lambda: None
    pressed: int | None = None
    took: list[Took] = field(default_factory=list)

    def check(self, said: str) -> None:
        """Raises Failed where another number of parts was pressed than what we measure."""
        if self.pressed is not None:
            pressed = json.loads(said)["parts_rendered"]
            if pressed != self.pressed:
                raise Failed(f"{self.name}: {pressed} parts pressed instead of {self.pressed}")

    def median(self, value: str) -> float:
        return statistics.median(getattr(one, value) for one in self.took)

    @property
    def peak(self) -> float:
        return max(one.peak for one in self.took)

    @property
    def peaks(self) -> dict[str, float]:
        """Of each kind of process that is no trifle, by name."""
        kinds = sorted({kind for took in self.took for kind in took.peaks})
        most = {kind: max(took.peaks.get(kind, 0) for took in self.took) for kind in kinds}
        return {kind: peak for kind, peak in most.items() if peak >= TRIFLE}


class Bench:
    """The folder with everything in it, and what is measured there."""

    def __init__(self, folder: Path, departments: int) -> None:
        self.folder = folder
        self.departments = departments
        self.store = folder / "files" / "packets"
        self.env = _environment(folder)
        self.book = folder / "book.pdf"
        self.pages = 0
        self.changes = itertools.count(1)

    def run(self, command: Sequence[str]) -> Took:
        return run(command, env=self.env, cwd=ROOT)

    def prepare(self, *, others: bool) -> None:
        """The city, its book, and the same as documents for the others."""
        self.run(_module("books.preparing", self.departments))
        self.pages = json.loads(self.run(self.build()).said)["pages"]
        if others:
            self.run(_module("books.documents", self.folder))

    def build(self, *more: str) -> list[str]:
        command = [sys.executable, "manage.py", "build_book", "--year", YEAR]
        return [*command, "--output", str(self.book), "--jobs", "2", *more]

    # ---- what is measured --------------------------------------------------------------------

    def contestants(self) -> list[Contestant]:
        """All that are installed here."""
        return [*self._ours(), *self._others()]

    def _ours(self) -> list[Contestant]:
        return [
            Contestant("cold", self.build("--no-cache"), self.book),
            Contestant("unchanged", self.build(), self.book, self.forget_the_whole, 0),
            Contestant("changed", self.build(), self.book, self.change_a_word),
            Contestant("kept", self.build(), self.book, self.keep_the_whole, 0),
        ]

    def _others(self) -> list[Contestant]:
        place = self.folder
        blocks, docx = place / "blocks.json", place / "book.docx"
        html = place / "one.html"
        found = [
            _one("single", "books.single", html, place / "single.pdf"),
            _one("quick", "books.single", html, place / "quick.pdf", "--quickened"),
        ]
        if chromium := shutil.which("chromium"):
            pdf, page = place / "chromium.pdf", (place / "chromium.html").as_uri()
            flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
            profile = f"--user-data-dir={place / 'chromium'}"
            command = [chromium, *flags, profile, f"--print-to-pdf={pdf}", page]
            found.append(Contestant("chromium", command, pdf))
        found.append(_one("word", "books.word", blocks, docx))
        if office := shutil.which("soffice"):
            profile = f"-env:UserInstallation={(place / 'office').as_uri()}"
            command = [office, profile, "--headless", "--convert-to", "pdf"]
            command += ["--outdir", str(place / "office"), str(docx)]
            found.append(Contestant("office", command, place / "office" / "book.pdf"))
        if importlib.util.find_spec("typst"):
            pdf = place / "typst.pdf"
            found.append(Contestant("typst", _module("books.typesetting", blocks, pdf, FONTS), pdf))
        return found

    # ---- before a run ------------------------------------------------------------------------

    def forget_the_whole(self) -> None:
        """Remove the file of each whole book, and leave the parts."""
        for notes in self.store.glob("[!.]*.json"):
            if json.loads(notes.read_text())["pages"] >= self.pages - 1:
                notes.with_suffix(".pdf").unlink(missing_ok=True)
                notes.unlink()

    def keep_the_whole(self) -> None:
        self.run(self.build())

    def change_a_word(self) -> None:
        """In the first department's paper; each time another, so that nothing is kept of it."""
        number = next(self.changes)
        with sqlite3.connect(self.folder / "benchmark.sqlite3") as connection:
            connection.execute(
                "UPDATE goals_operatingpolicy SET mission = ? WHERE id ="
                " (SELECT MIN(id) FROM goals_operatingpolicy WHERE year = ?)",
                (f"市民の暮らしを支え、{number}年後のまちをつくる。", int(YEAR)),
            )


def _environment(folder: Path) -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", "")]
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "kokubunji_policy.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'benchmark.sqlite3'}",
        "VAR_DIR": str(folder),
        "SECRET_KEY": "only for the benchmark",
        "DEMO": "true",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "FONTCONFIG_FILE": str(_font_list(folder)),
    }


def _font_list(folder: Path) -> Path:
    """The fonts of the packet, for programs that ask fontconfig for them."""
    file = folder / "fonts.conf"
    file.write_text(
        f"<fontconfig><dir>{FONTS}</dir><cachedir>{folder / 'fontconfig'}</cachedir></fontconfig>"
    )
    return file


def _module(name: str, *words: object) -> list[str]:
    return [sys.executable, "-m", name, *map(str, words)]


def _one(name: str, module: str, source: Path, target: Path, *more: str) -> Contestant:
    return Contestant(name, _module(module, source, target, *more), target)


# ---- what comes out of it ----------------------------------------------------------------------


def report(found: Sequence[Contestant]) -> None:
    """A table in Markdown."""
    print("| what | wall s | processor s | largest process MB | pages | KB | inside s |")
    print("|---|---|---|---|---|---|---|")
    for one in found:
        known = [json.loads(took.said)["seconds"] for took in one.took if "seconds" in took.said]
        print(
            f"| {one.name} | {one.median('wall'):.2f} | {one.median('processor'):.2f}"
            f" | {one.peak:.0f} | {_pages(one.pdf)} | {one.pdf.stat().st_size / 1024:.0f}"
            f" | {f'{statistics.median(known):.2f}' if known else ''} |"
        )
    print("\nMB that the processes held at most, as far as seen:")
    for one in found:
        said = ", ".join(f"{kind} {peak:.0f}" for kind, peak in one.peaks.items())
        print(f"- {one.name}: {said}")


def judge(found: Sequence[Contestant]) -> bool:
    """Say for each bar whether it is met; False where one is not."""
    names = {one.name: one for one in found}
    print("\n| bar | at most | measured | met |\n|---|---|---|---|")
    is_met = True
    for bar in BARS:
        if bar.ours in names and bar.other in names:
            value = ratio(names[bar.ours], names[bar.other])
            is_met &= _say(f"{bar.ours} / {bar.other}", f"{bar.most}", value, value <= bar.most)
    for name in OURS:
        if name in names:
            peak = names[name].peak
            is_met &= _say(f"{name}: MB of a process", f"{MEMORY}", peak, peak <= MEMORY)
    return is_met


def judge_packet(bench: Bench) -> bool:
    """From asking to the first byte, of packets that are kept."""
    told = json.loads(bench.run(_module("books.asking")).said)
    print(f"{told['packets']} kept packets, seconds from asking to the first byte:")
    print("\n| bar | at most | measured | met |\n|---|---|---|---|")
    median = _say("median", f"{SECONDS}", told["median"], told["median"] <= SECONDS)
    return _say("slowest", f"{SECONDS}", told["most"], told["most"] <= SECONDS) and median


def ratio(ours: Contestant, other: Contestant) -> float:
    """The median of the ratios of each round."""
    pairs = zip(ours.took, other.took, strict=True)
    return statistics.median(one.wall / another.wall for one, another in pairs)


def _say(bar: str, most: str, value: float, is_met: bool) -> bool:
    print(f"| {bar} | {most} | {value:.2f} | {'yes' if is_met else 'NO'} |")
    return is_met


def _pages(pdf: Path) -> int | str:
    if pdf.suffix != ".pdf":
        return ""
    import pikepdf

    with pikepdf.open(pdf) as opened:
        return len(opened.pages)


def chosen(bench: Bench, only: Sequence[str]) -> list[Contestant]:
    """Those that are asked for; says what is left out because it is not installed."""
    found = bench.contestants()
    here = {one.name for one in found}
    for name in {"chromium", "office", "typst"} - here:
        print(f"{name}: not installed, left out")
    wanted = {one for name in only for one in (OURS if name == "ours" else (name,))}
    return [one for one in found if not wanted or one.name in wanted]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long the book of the year takes.")
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--departments", type=int, default=20)
    parser.add_argument("--only", nargs="+", default=(), help="names of contestants, or ours")
    parser.add_argument("--packet", action="store_true", help="one kept packet instead of books")
    parser.add_argument("--report", action="store_true", help="do not fail for a bar")
    parser.add_argument("--keep", type=Path, help="a folder that stays, with all that is made")
    return parser.parse_args()


def measure(bench: Bench, asked: argparse.Namespace) -> bool:
    """All rounds, the report, the bars; whether they are met."""
    only = set(asked.only) - {"ours", *OURS}
    bench.prepare(others=not asked.packet and (bool(only) or not asked.only))
    print(f"{asked.departments} departments, {bench.pages} pages", flush=True)
    if asked.packet:
        return judge_packet(bench)
    found = chosen(bench, asked.only)
    for _round in range(asked.rounds):
        for one in found:
            one.before()
            one.took.append(bench.run(one.command))
            one.check(one.took[-1].said)
    report(found)
    return judge(found)


def main() -> int:
    asked = options()
    adopt()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench((asked.keep or Path(name)).resolve(), asked.departments)
        return 0 if measure(bench, asked) or asked.report else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(str(failure))
