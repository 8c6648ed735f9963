"""From a packet's content to HTML, and from HTML to PDF in a process that can be ended."""

import datetime as dt
import functools
import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from goals.models import OperatingPolicy
from packets import glyphs, press
from packets.contexts import packet
from packets.glyphs import Missing
from packets.places import pieces
from packets.queries import material

SECONDS = 120
PRESS = ("-m", "packets.press")
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "packets" / "paper"
logger = logging.getLogger(__name__)
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME")


class PressFailure(Exception):
    """The PDF could not be made; the message is a sentence."""


def render_html(content: dict[str, Any], *, screen: dict[str, Any] | None = None) -> str:
    """The packet as one HTML document; with ``screen``, as the preview in a browser.

    A character that the press cannot draw stands as 〓 in both.
    """
    drawn = glyphs.printable_content(content)
    return render_to_string("packets/paper/packet.html", {"packet": drawn, "screen": screen})


def missing_in(content: dict[str, Any]) -> list[Missing]:
    """The characters of a packet that are not printed as they were written, by their place."""
    return glyphs.missing(pieces(content))


@dataclass(frozen=True)
class Printed:
    """What came out of the press."""

    pdf: bytes
    pages: int


def render_pdf(html: str, *, seconds: float = SECONDS) -> Printed:
    """The PDF of ``html``, made by a child process without our settings, database or secrets.

    Raises PressFailure when it does not come within ``seconds`` or within the limits of the press.
    """
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no word from outside
            [sys.executable, *PRESS],
            input=html.encode(),
            capture_output=True,
            cwd=settings.BASE_DIR,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PressFailure(f"{seconds}秒以内に出来上がりませんでした。") from None
    pages, _newline, pdf = done.stdout.partition(b"\n")
    if done.returncode or not pdf.startswith(b"%PDF-"):
        logger.error(
            "the press failed (%s): %s",
            done.returncode,
            done.stderr[-2000:].decode(errors="replace"),
        )
        raise PressFailure(_reason(done.returncode, done.stderr))
    return Printed(pdf=pdf, pages=int(pages))


def _reason(code: int, said: bytes) -> str:
    if code < 0:
        return "決められた時間内に組版が終わりませんでした。"
    if b"MemoryError" in said:
        return "内容が多すぎて、組版に必要な記憶領域が足りません。"
    if b"libgobject" in said or b"libpango" in said:
        return "この機械に Pango がありません。libpango-1.0-0 を入れてください。"
    return "組版の途中で誤りが起きました。"


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of all that decides how the packet looks, but for the day of printing."""
    lasting = {name: value for name, value in content.items() if name != "printed_on"}
    text = json.dumps(lasting, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{edition_of_the_press()}{text}".encode()).hexdigest()


@functools.cache
def edition_of_the_press() -> str:
    """SHA-256 of templates, style sheet, fonts' sizes and version of the engine."""
    digest = hashlib.sha256(version("weasyprint").encode())
    for path in sorted(TEMPLATES.glob("*.html")):
        digest.update(path.read_bytes())
    for path, _kind in press.ASSETS.values():
        is_font = path.suffix == ".ttf"
        digest.update(str(path.stat().st_size).encode() if is_font else path.read_bytes())
    return digest.hexdigest()


def content_of(paper: OperatingPolicy, *, printed_on: dt.date) -> dict[str, Any]:
    """Everything that stands in the packet of ``paper``, as plain values."""
    return packet(material(paper), city=settings.CITY["name"], printed_on=printed_on)


def write_notes(target: Path, found: list[Missing]) -> None:
    """Keep what was found out while a packet was made; ``packets.queries`` reads it."""
    notes = {"missing_glyphs": [one.as_plain() for one in found]}
    write_file(target, json.dumps(notes, ensure_ascii=False).encode())


def write_file(target: Path, content: bytes) -> None:
    """Write the whole file or nothing: beside it, to the disk, then in its place."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".packet-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
