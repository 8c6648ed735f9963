"""From HTML to PDF, in a process that can be ended."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass

from django.conf import settings

SECONDS = 120
PRESS = ("-m", "packets.press")
logger = logging.getLogger(__name__)
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME")


class PressFailure(Exception):
    """The PDF could not be made; the message is a sentence."""


@dataclass(frozen=True)
class Printed:
    """What came out of the press."""

    pdf: bytes
    pages: int
    starts: dict[str, int]


def render_pdf(html: str, *, variant: str = "pdf/ua-1", seconds: float = SECONDS) -> Printed:
    """The PDF of ``html``, made by a child process without our settings, database or secrets.

    Raises PressFailure when it does not come within ``seconds`` or within the limits of the press.
    """
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no word from outside
            [sys.executable, *PRESS, variant],
            input=html.encode(),
            capture_output=True,
            cwd=settings.BASE_DIR,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PressFailure(f"{seconds}秒以内に出来上がりませんでした。") from None
    head, _newline, pdf = done.stdout.partition(b"\n")
    if done.returncode or not pdf.startswith(b"%PDF-"):
        logger.error(
            "the press failed (%s): %s",
            done.returncode,
            done.stderr[-2000:].decode(errors="replace"),
        )
        raise PressFailure(_reason(done.returncode, done.stderr))
    return Printed(pdf=pdf, **json.loads(head))


def _reason(code: int, said: bytes) -> str:
    if code < 0:
        return "決められた時間内に組版が終わりませんでした。"
    if b"MemoryError" in said:
        return "内容が多すぎて、組版に必要な記憶領域が足りません。"
    if b"libgobject" in said or b"libpango" in said:
        return "この機械に Pango がありません。libpango-1.0-0 を入れてください。"
    return "組版の途中で誤りが起きました。"
