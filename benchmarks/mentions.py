"""How the time for finding the plans that a text names grows with its size.

    .venv/bin/python benchmarks/mentions.py

Prints processor seconds for 100,000 and 200,000 characters of each nasty text, and the ratio:
about 2 is linear.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHARACTERS = 100_000
NASTY = ("『", "『』", "（", "(以下「", "『あ", "『環境計画』", "計画、", "国" * 90 + "計画（")


def seconds(text: str) -> float:
    from policies.mentions import mentions

    before = time.process_time()
    mentions(text)
    return time.process_time() - before


def main() -> int:
    sys.path.insert(0, str(ROOT))
    for part in NASTY:
        once, twice = (
            min(seconds(part * (size // len(part))) for _ in range(3))
            for size in (CHARACTERS, 2 * CHARACTERS)
        )
        print(f"{part[:6]:8} {once:7.3f} {twice:7.3f}   {twice / max(once, 0.001):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
