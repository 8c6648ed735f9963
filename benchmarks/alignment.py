"""How the time for aligning two documents grows with their items.

    .venv/bin/python benchmarks/alignment.py [ITEMS]

ITEMS / 4, / 2 and in full (1000 unless told) on each side, of about 300 characters. Prints
processor seconds. The texts are made up by chance that always falls alike.
"""

import sys
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from policies.alignment import Item, align  # noqa: E402

WORDS, LENGTH, IN_A_CHAPTER = 4000, 300, 20


def document(chance: Random, count: int) -> list[Item]:
    """Chapters of 19 items each."""
    words = [
        "".join(chr(chance.randrange(0x4E00, 0x53DC)) for _ in range(chance.randrange(1, 5)))
        for _ in range(WORDS)
    ]
    items = []
    for number in range(count):
        chapter, item = divmod(number, IN_A_CHAPTER)
        path = f"{chapter + 1}-{item}" if item else f"{chapter + 1}"
        body = "".join(chance.choices(words, k=LENGTH // 2))[:LENGTH] if item else ""
        items.append(Item(path, path, "" if item else "".join(chance.choices(words, k=4)), body))
    return items


def reworded(chance: Random, items: list[Item]) -> list[Item]:
    """Six of ten with thirty characters written anew, all in another order."""
    found = []
    for item in items:
        at, body = chance.randrange(LENGTH), item.body
        if body and chance.random() < 0.6:
            body = f"{body[:at]}新たに書き改めた文言である。{body[at + 30 :]}"
        found.append(Item(item.path, item.number, item.heading, body))
    chance.shuffle(found)
    return found


def alike(count: int) -> list[Item]:
    text = "事業の推進に努めること。" * (LENGTH // 12)
    return [Item(str(n), str(n), "", f"{text}{n}") for n in range(count)]


def seconds(old: list[Item], new: list[Item]) -> str:
    start = time.process_time()
    found = align(old, new).counts
    return f"{time.process_time() - start:6.2f} s  {found}"


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for count in (most // 4, most // 2, most):
        chance = Random(5)  # noqa: S311 - decides nothing that matters
        old = document(chance, count)
        sides = {
            "reworded and shuffled": (old, reworded(chance, old)),
            "nothing in common": (old, document(chance, count)),
            "the same": (old, old),
            "all nearly alike": (alike(count), alike(count + 7)[7:]),
        }
        for name, (before, after) in sides.items():
            print(f"{count:5} items  {name:22} {seconds(before, after)}")  # noqa: T201


if __name__ == "__main__":
    main()
