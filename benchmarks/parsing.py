"""How the time for reading a policy document grows with its size.

    .venv/bin/python benchmarks/parsing.py [MEGABYTES [ROUNDS]] [--without-collector]

Each text is read at MEGABYTES / 4, / 2 and in full (5 unless told: the largest that is accepted; of
short lines as many as are accepted), in ROUNDS rounds (5 unless told) in which the sizes follow
each other; a small text is read as often as makes it a good part of a second. The best of each
size counts, because whatever else the machine does only adds. Prints processor seconds and, for
each doubling, how many times longer it took: 2 is linear. Python's collector of cycles walks over
what is alive, and the more often the longer that grows, up to five times in all; what is left
without it is the work of the reader itself.
"""

import gc
import os
import struct
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MB = 1024 * 1024
ENOUGH_SECONDS = 0.05

NASTY = {
    "opening brackets": "「",
    "round brackets": "(",
    "closing brackets": "」",
    "digits": "1",
    "full-width digits": "１",
    "dots": ".",
    "digits and dots": "1.",
    "digits and hyphens": "1-",
    "spaces": " ",
    "full-width spaces": "　",
    "kanji numbers": "十",
    "bullets": "- ",
    "signs": "・",
    "lines '(1) a'": "(1) a\n",
    "lines '1'": "1\n",
    "lines '1.1 a'": "1.1 a\n",
    "lines '- 3 -'": "- 3 -\n",
    "lines '・甲'": "・甲\n",
    "lines 'イ'": "イ\nロ\n",
    "lines '甲、'": "甲、\n",
    "lines '「'": "「\n",
    "lines, a head and a page number": "あけぼの市\n- 1 -\n",
    "empty lines": "\n",
}
"""One thing without end, and short lines that each look like the beginning of an item."""


def layout(name: str) -> str:
    path = ROOT / "tests" / "policies" / "layouts" / f"{name}.txt"
    return path.read_text(encoding="utf-8")


def numbered() -> str:
    items = "".join(f"({n}) 市民生活を支えること。\n" for n in range(1, 1000))
    return f"1 対応\n{items}"


def sized(unit: str, size: int, lines: int) -> str:
    """``unit`` repeated to about ``size`` bytes of UTF-8, or to ``lines`` lines."""
    times = size // len(unit.encode())
    if in_unit := unit.count("\n"):
        times = min(times, lines // in_unit)
    return unit * max(1, times)


def seconds(text: str) -> float:
    """Processor time for reading ``text`` once, in a process of its own.

    A process that has read a text before has memory at hand for the next, as long as that is
    small: the larger ones would seem slow.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, struct.pack("d", _seconds(text)))
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        return float(struct.unpack("d", answer.read())[0])


def _seconds(text: str) -> float:
    """Over several times where it is short."""
    from policies.parsing import parse

    times, took = 0, 0.0
    before = time.process_time()
    while took < ENOUGH_SECONDS:
        parse(text)
        times += 1
        took = time.process_time() - before
    return took / times


def best(texts: list[str], rounds: int) -> list[float]:
    """The shortest time for each of ``texts``, which are read one after the other in each round."""
    took = [[seconds(text) for text in texts] for _ in range(rounds)]
    return [min(of_one) for of_one in zip(*took, strict=True)]


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from policies.parsing import parse
    from policies.reading import MOST_LINES

    parse(layout("wrapped"))  # what is kept from one text to the next is the same for all

    numbers = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if "--without-collector" in sys.argv:
        gc.disable()
    largest = int(float(numbers[0]) * MB) if numbers else 5 * MB
    rounds = int(numbers[1]) if len(numbers) > 1 else 5
    units = {"the wrapped layout": layout("wrapped"), "numbered on and on": numbered(), **NASTY}
    print(f"{'':32} {'1/4':>8} {'1/2':>8} {'full':>8}   doublings  lines")
    for name, unit in units.items():
        texts = [sized(unit, largest // part, MOST_LINES // part) for part in (4, 2, 1)]
        took = best(texts, rounds)
        ratios = " ".join(f"{b / a:.2f}" for a, b in zip(took, took[1:], strict=False))
        shown = " ".join(f"{value:8.3f}" for value in took)
        print(f"{name:32} {shown}   {ratios}  {texts[-1].count(chr(10)):,}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
