"""The press: HTML in, PDF out. Knows neither Django nor the database.

``python -m packets.press`` reads HTML from standard input and writes one line of JSON and the PDF
to standard output, within limits on processor time and memory; ``packets.pressing`` starts it as a
process of its own, because laying out a page has no time limit that could be trusted.
"""

import atexit
import contextlib
import functools
import gc
import json
import logging
import os
import resource
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
NO_FONTS = Path(__file__).resolve().parent / "no-fonts.xml"
SCHEME = "packet"
STYLES = "packet:/css/packet.css"
FACES = (
    ("BIZ UDPMincho", 400, "BIZUDPMincho-Regular.ttf"),
    ("BIZ UDPGothic", 400, "BIZUDPGothic-Regular.ttf"),
    ("BIZ UDPGothic", 700, "BIZUDPGothic-Bold.ttf"),
    ("Noto Sans JP", 400, "NotoSansJP-Regular.ttf"),
    ("Noto Sans JP", 700, "NotoSansJP-Bold.ttf"),
    ("Noto Sans", 400, "NotoSans-Regular.ttf"),
    ("Noto Sans", 700, "NotoSans-Bold.ttf"),
    ("Noto Sans Symbols 2", 400, "NotoSansSymbols2-Regular.ttf"),
    ("Noto Emoji", 400, "NotoEmoji-Regular.ttf"),
    ("Noto Sans Math", 400, "NotoSansMath-Regular.ttf"),
)
FONTS = STATIC / "fonts" / "paper"
ASSETS = {
    STYLES: (STATIC / "css" / "packet.css", "text/css"),
    **{f"packet:/fonts/{name}": (FONTS / name, "font/ttf") for _family, _weight, name in FACES},
}
"""All that a packet may load: these files and nothing else."""

CPU_SECONDS = 60
MEMORY_BYTES = 2 * 1024**3


def _fetcher():  # type: ignore[no-untyped-def]
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):
        """Refuses every address that is not in ASSETS; opens no connection and no other file."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False)

        def fetch(self, url, headers=None):  # type: ignore[no-untyped-def]
            if url not in ASSETS:
                raise ValueError(f"not an asset of the packet: {url[:80]}")
            path, kind = ASSETS[url]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return Assets()


def _faces() -> str:
    rule = '@font-face{{font-family:"{}";font-weight:{};src:url("packet:/fonts/{}")}}'
    return "".join(rule.format(*face) for face in FACES)


@contextlib.contextmanager
def _without_fonts_of_the_machine() -> Iterator[None]:
    """What fontconfig is asked meanwhile, it answers from an empty list of fonts.

    A character that our faces lack must not come from whatever happens to be installed: another
    machine would print something else. The variable is put back, as it would reach our children.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(NO_FONTS)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@functools.cache
def _types():  # type: ignore[no-untyped-def]
    """Fonts and style sheet, read once in each process."""
    with _without_fonts_of_the_machine():
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
    fetcher = _fetcher()
    faces = CSS(string=_faces(), font_config=fonts, url_fetcher=fetcher)
    styles = CSS(url=STYLES, font_config=fonts, url_fetcher=fetcher)
    return fonts, [faces, styles]


# While everything that it needs for tidying up is still there.
atexit.register(_types.cache_clear)


def press(html: str, variant: str = "pdf/ua-1") -> tuple[int, bytes, dict[str, int]]:
    """The number of pages, the PDF, and the page (from 1) on which each anchor begins.

    The same HTML gives the same bytes.
    """
    from weasyprint import HTML

    fonts, styles = _types()
    page = HTML(string=html, url_fetcher=_fetcher())
    document = page.render(stylesheets=styles, font_config=fonts, pdf_variant=variant)
    starts: dict[str, int] = {}
    for number, sheet in enumerate(document.pages, 1):
        for anchor in sheet.anchors:
            starts.setdefault(anchor, number)
    return len(document.pages), document.write_pdf(pdf_variant=variant), starts


def main() -> int:
    """Standard input to standard output, within limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    gc.set_threshold(100_000, 50, 50)
    logging.getLogger("weasyprint").addHandler(logging.StreamHandler(sys.stderr))
    pages, pdf, starts = press(sys.stdin.buffer.read().decode(), *sys.argv[1:])
    head = json.dumps({"pages": pages, "starts": starts}).encode()
    sys.stdout.buffer.write(b"%b\n%b" % (head, pdf))
    sys.stdout.buffer.flush()
    # The operating system gives the memory back faster than the interpreter does.
    os._exit(0)


if __name__ == "__main__":
    main()
