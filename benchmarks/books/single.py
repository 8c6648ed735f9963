"""One tuned document: the whole book by one run of the engine, in a process of its own.

    python -m books.single HTML PDF

Styles, fonts, patience of the collector and all that makes the engine quick are those of the press. Prints pages and bytes.
"""

import gc
import json
import sys
from pathlib import Path

MOST = 100_000


def main() -> None:
    from packets import press

    press.press(press.SAMPLE)
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 50)
    pages, pdf, _starts = press.press(Path(sys.argv[1]).read_text(), most=MOST)
    Path(sys.argv[2]).write_bytes(pdf)
    print(json.dumps({"pages": pages, "bytes": len(pdf)}))


if __name__ == "__main__":
    main()
