"""The press: HTML in, PDF out. Knows neither Django nor the database.

``python -m packets.press`` is a process that lives long: it reads fonts and style sheet once, then
prints each order that comes through standard input in a child of its own, because laying out a page
has no time limit that could be trusted. The child shares what is read already, begins always from
the same state (so the same order gives the same bytes), has its limits on processor time, memory
and pages, may touch nothing (``packets.lockdown``), and is gone afterwards with all its memory.
``packets.pressing`` starts the press and says when it is enough.
"""

import atexit
import contextlib
import ctypes.util
import functools
import gc
import importlib
import logging
import os
import select
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from packets import frames, lockdown, structure
from packets.frames import Frame
from packets.quickening import quicken
from packets.quickening.elements import page_of

FOLDER = "press-"
"""How the name of the folder begins in which a press writes what its libraries must."""
STATIC = Path(__file__).resolve().parent.parent / "static"
NO_FONTS = Path(__file__).resolve().parent / "no-fonts.xml"
SCHEME = "packet"
STYLES = STATIC / "css"
ELEMENTS = STYLES / "packet-elements.css"
OURS = ("packet.css", "packet-front.css", "packet-day.css", "packet-form.css")
SHEETS = (ELEMENTS, *(STYLES / name for name in OURS))
"""The style sheets of everything that is printed; a later one goes before."""
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
    **{f"packet:/fonts/{name}": (FONTS / name, "font/ttf") for _family, _weight, name in FACES},
}
"""All that a packet may load: these files and nothing else."""

READABLE = (STATIC, NO_FONTS, Path(__file__).resolve().parent)
SAMPLE = """<html lang=ja><title>見本</title><body><h1>見本 1</h1><table><colgroup><col></colgroup>
<tr><th scope=col>字<td><p>漢字かなカナ<strong>太字</strong> Latin 123 𠮷 ₂ ☎ 😀 ∑</table></html>"""
"""Printed once by every press, so that nothing is done for the first time in a child."""


@dataclass(frozen=True)
class Limits:
    """How much one order may take: seconds of a processor, bytes of memory, pages."""

    processor: int = 120
    memory: int = 1024**3
    pages: int = 1_000


class TooManyPages(Exception):
    """There are more pages than the order may have."""


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


def _load_engine() -> None:
    """Import the engine without the search for its libraries.

    It asks for them by names with and without an ending; for each one without, ctypes would start
    a compiler and a linker, which takes longer than all the rest of the import. Where they are
    found by no other name, it is imported as usual.
    """
    find, ctypes.util.find_library = ctypes.util.find_library, lambda name: None
    try:
        importlib.import_module("weasyprint")
    except OSError:
        ctypes.util.find_library = find
        importlib.import_module("weasyprint")
    finally:
        ctypes.util.find_library = find


@functools.cache
def _types():  # type: ignore[no-untyped-def]
    """Fonts and style sheets, read once in each process: of the elements, and ours."""
    with _without_fonts_of_the_machine():
        _load_engine()
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
    quicken()
    fetcher = _fetcher()
    elements = CSS(string=ELEMENTS.read_text())
    # As one sheet: each element is compared with every sheet anew.
    whole = _faces() + "".join(path.read_text() for path in SHEETS[1:])
    return fonts, elements, CSS(string=whole, font_config=fonts, url_fetcher=fetcher)


# While everything that it needs for tidying up is still there.
atexit.register(_types.cache_clear)


def press(
    html: str, variant: str = "pdf/ua-1", most: int = Limits.pages
) -> tuple[int, bytes, dict[str, int]]:
    """The number of pages, the PDF, and the page (from 1) on which each anchor begins.

    The same HTML gives the same bytes. Raises TooManyPages when there are more than ``most``.
    """
    fonts, elements, styles = _types()
    page = page_of(html, elements, _fetcher())
    with _at_most(most):
        document = page.render(stylesheets=[styles], font_config=fonts, pdf_variant=variant)
    if len(document.pages) > most:
        raise TooManyPages
    starts: dict[str, int] = {}
    for number, sheet in enumerate(document.pages, 1):
        for anchor in sheet.anchors:
            starts.setdefault(anchor, number)
    pdf = document.write_pdf(pdf_variant=variant, finisher=_finish)
    return len(document.pages), pdf, starts


def _finish(document: Any, pdf: Any) -> None:
    """Before it is written."""
    _name_links(document)
    structure.fold(pdf)


def _name_links(document: Any) -> None:
    """A link says aloud what it says in print, and not the name of its target."""
    import pydyf

    for page in document.pages:
        for _type, _target, _rectangle, box in page.links:
            annotation = getattr(box, "link_annotation", None)
            if annotation and "Contents" in annotation:
                words = " ".join("".join(box.element.itertext()).split())
                annotation["Contents"] = pydyf.String(words or "この資料の中へ")


class _PageCount(logging.Handler):
    """Hears from the engine that it begins a page."""

    def __init__(self, most: int) -> None:
        super().__init__(logging.INFO)
        self.most = most

    def emit(self, record: logging.LogRecord) -> None:
        if "Creating layout - Page" in record.msg and record.args[0] > self.most:  # type: ignore[index,operator]
            raise TooManyPages


@contextlib.contextmanager
def _at_most(most: int) -> Iterator[None]:
    """Stop at the first page too many, not when all of them are laid out."""
    progress = logging.getLogger("weasyprint.progress")
    handler = _PageCount(most)
    level, passed_on = progress.level, progress.propagate
    progress.addHandler(handler)
    progress.setLevel(logging.INFO)
    progress.propagate = False
    try:
        yield
    finally:
        progress.removeHandler(handler)
        progress.setLevel(level)
        progress.propagate = passed_on


# What a child ends with when it prints nothing: 1 is Python's own for an exception.
ENDS = {3: "pages", 4: "memory"}
FALLEN = (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGTRAP)
"""How a library ends that gets no memory, for its data or for the stack, and does not look."""
SAID = 4_000


def main() -> int:
    """Orders from standard input to answers on standard output, until the input ends."""
    orders, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    atexit.register(_leave_nothing)
    starter = os.getppid()
    signal.signal(signal.SIGUSR1, lambda *_: None if os.getppid() == starter else sys.exit(1))
    lockdown.end_with_parent(signal.SIGUSR1)
    try:
        return _serve(orders, answers)
    finally:
        # It may come while we leave already, and would break off the tidying up.
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def _serve(orders: int, answers: int) -> int:
    try:
        _warm_up()
    except (ImportError, OSError) as error:
        said = str(error)
        failure = "pango" if "pango" in said or "gobject" in said else "error"
        frames.write(answers, frames.framed({"failure": failure, "said": said}))
        return 1
    frames.write(answers, frames.framed({"memory": memory()}))
    buffer = bytearray()
    with contextlib.suppress(BrokenPipeError):
        while (order := frames.read(orders, buffer)) is not None:
            answer = _answer(order, orders)
            frames.write(answers, frames.framed({"memory": memory()}) + answer)
    return 0


def _leave_nothing() -> None:
    """The folder that our starter made for us goes with us: it may be gone itself."""
    own = Path(tempfile.gettempdir())
    if own.name.startswith(FOLDER):
        shutil.rmtree(own, ignore_errors=True)


def _warm_up() -> None:
    """Everything that every order needs, done once, and then left alone by the collector."""
    lockdown.leave_network()
    logging.getLogger("weasyprint").addHandler(logging.StreamHandler(sys.stderr))
    for variant in ("pdf/ua-1", "pdf/a-3a"):
        press(SAMPLE, variant)
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 50)


def memory() -> int:
    """The bytes of memory that this process holds."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return 0
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _answer(order: Frame, orders: int) -> bytes:
    """What a child makes of the order: the frame that it wrote, or one that says why not."""
    (results, result), (words, word) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(results)
        os.close(words)
        _print(order, result, word)
    os.close(result)
    os.close(word)
    try:
        answer, said = _listen(results, words, orders)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(results)
        os.close(words)
        _pid, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return answer
    return frames.framed({"failure": _failure(code, said), "said": f"{code}: {said}"})


def _print(order: Frame, result: int, word: int) -> NoReturn:
    """The life of a child."""
    code = 1
    try:
        lockdown.end_with_parent()
        os.dup2(word, 2)
        head, html = order
        limits = Limits(**head["limits"])
        lockdown.limit(limits.processor, limits.memory)
        lockdown.seal(READABLE)
        pages, pdf, starts = press(html.decode(), head["variant"], limits.pages)
        frames.write(result, frames.framed({"pages": pages, "starts": starts}, pdf))
        code = 0
    except TooManyPages:
        code = 3
    except MemoryError:
        code = 4
    except BaseException:
        traceback.print_exc()
    finally:
        # The operating system gives the memory back faster than the interpreter does.
        os._exit(code)


def _listen(results: int, words: int, orders: int) -> tuple[bytes, str]:
    """All that the child writes, until it ends. Ends with us when nobody waits for it any more."""
    heard = {results: bytearray(), words: bytearray()}
    poll = select.poll()
    for descriptor in heard:
        poll.register(descriptor, select.POLLIN)
    poll.register(orders, 0)
    open_ones = set(heard)
    while open_ones:
        for descriptor, _event in poll.poll():
            if descriptor == orders:
                sys.exit(0)
            came = os.read(descriptor, frames.CHUNK)
            heard[descriptor] += came
            if not came:
                poll.unregister(descriptor)
                open_ones.discard(descriptor)
            del heard[words][:-SAID]
    return bytes(heard[results]), heard[words].decode(errors="replace")


def _failure(code: int, said: str) -> str:
    """Why a child came to its end, in a word that the starter knows."""
    if code == -signal.SIGXCPU:
        return "time"
    if code == -signal.SIGKILL:
        return "killed"
    if code in FALLEN or "MemoryError" in said or "failed to allocate" in said:
        return "memory"
    return ENDS.get(code, "error")


if __name__ == "__main__":
    sys.exit(main())
