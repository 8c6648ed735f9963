"""How the time for reading a policy document grows with its size.

    .venv/bin/python benchmarks/parsing.py [MEGABYTES]

Each text is read at MEGABYTES / 4, / 2 and in full (5 unless told: the largest that is accepted).
Prints processor seconds and, for each doubling, how many times longer it took: about 2 is linear.
The texts are a document like any other, repeated, and the nasty ones: one line of one thing
without end, and short lines that each look like the beginning of an item.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MB = 1024 * 1024


def texts(root: Path) -> dict[str, str]:
    """What is repeated up to each size, by name."""
    layouts = root / "tests" / "policies" / "layouts"
    return {
        "the wrapped layout": (layouts / "wrapped.txt").read_text(encoding="utf-8"),
        "numbered on and on": "",
        "opening brackets": "「",
        "round brackets": "(",
        "closing brackets": "」",
        "digits": "1",
        "full-width digits": "１",
        "dots": ".",
        "digits and dots": "1.",
        "spaces": " ",
        "full-width spaces": "　",
        "kanji numbers": "十",
        "bullets": "- ",
        "signs": "・",
        "lines '(1) a'": "(1) a\n",
        "lines '1'": "1\n",
        "lines '- 3 -'": "- 3 -\n",
        "lines '・甲'": "・甲\n",
        "lines '甲、'": "甲、\n",
        "lines '「'": "「\n",
        "lines, a head and a page number": "あけぼの市\n- 1 -\n",
        "empty lines": "\n",
    }


def sized(unit: str, size: int) -> str:
    """``unit`` repeated to about ``size`` bytes of UTF-8."""
    if not unit:
        lines = "".join(f"({n}) 市民生活を支えること。\n" for n in range(1, 1000))
        unit = f"1 対応\n{lines}"
    return unit * max(1, size // len(unit.encode()))


def seconds(text: str) -> float:
    from policies.parsing import parse

    before = time.process_time()
    parse(text)
    return time.process_time() - before


def main() -> int:
    sys.path.insert(0, str(ROOT))
    largest = int(float(sys.argv[1]) * MB) if len(sys.argv) > 1 else 5 * MB
    print(f"{'':32} {'1/4':>7} {'1/2':>7} {'full':>7}   doublings")
    for name, unit in texts(ROOT).items():
        took = [seconds(sized(unit, largest // part)) for part in (4, 2, 1)]
        ratios = [after / max(before, 0.001) for before, after in zip(took, took[1:], strict=False)]
        shown = " ".join(f"{value:7.2f}" for value in took)
        print(f"{name:32} {shown}   {ratios[0]:.2f} {ratios[1]:.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
