"""One tuned document: the whole book by one run of the engine, in a process of its own.

    python -m books.single HTML PDF [--quickened]

Styles, fonts and patience of the collector are those of the press; with ``--quickened`` also its
changes to the engine, which is otherwise WeasyPrint as it is published. Prints pages and bytes.
"""

import gc
import json
import sys
from pathlib import Path

MOST = 100_000


def main() -> None:
    from packets import press

    if "--quickened" not in sys.argv:
        _leave_engine_as_it_is()
    press.press(press.SAMPLE)
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 50)
    pages, pdf, _starts = press.press(Path(sys.argv[1]).read_text(), most=MOST)
    Path(sys.argv[2]).write_bytes(pdf)
    print(json.dumps({"pages": pages, "bytes": len(pdf)}))


def _leave_engine_as_it_is() -> None:
    from weasyprint import HTML

    from packets import press, quickening, structure

    quickening.VERSION = "none"
    structure.WITHOUT_MEANING = frozenset()
    press.page_of = lambda html, _elements, fetcher: HTML(string=html, url_fetcher=fetcher)


if __name__ == "__main__":
    main()
