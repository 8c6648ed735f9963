"""What the commands that print share: from an order to a file and one line of JSON."""

import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from goals.models import OperatingPolicy
from packets.binding import BindingError
from packets.composition import Composition, Made
from packets.management.chosen import refuse
from packets.orders import Order
from packets.pressing import PressFailure, Pressroom
from packets.store import write_file

MOST_JOBS = 16


def add_arguments(parser: CommandParser) -> None:
    """Of both commands."""
    parser.add_argument("--year", required=True, help="年度（2023、令和5年度）")
    parser.add_argument("--output", required=True, help="書き出すファイル")
    parser.add_argument(
        "--layout",
        default="",
        help="体裁（single large bare sheets two_up lasting から、空白区切り）",
    )
    parser.add_argument(
        "--jobs", type=int, default=settings.PACKET_PRESSES, help="同時に動かす組版の数"
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="前に作った部分を使わず、作った部分を残さない"
    )


def check_target(target: Path) -> None:
    """Refuse early what cannot be written, before a packet is made for nothing."""
    try:
        if target.is_dir():
            raise refuse(f"{target} はフォルダーです。ファイル名を指定してください。")
        if target.exists() and not target.is_file():
            raise refuse(f"{target} はふつうのファイルではありません。")
        if not target.parent.is_dir():
            raise refuse(f"フォルダー {target.parent} がありません。")
    except OSError as error:
        raise refuse(f"{target} に書き込めません（{error.strerror or error}）。") from None


def build(order: Order, papers: Sequence[OperatingPolicy], options: dict[str, Any]) -> str:
    """Write the file, whole or not at all; one line of JSON that tells of it."""
    target, started = Path(options["output"]), time.monotonic()
    if not 1 <= options["jobs"] <= MOST_JOBS:
        raise refuse(f"--jobs には1から{MOST_JOBS}までの数を指定してください。")
    with ExitStack() as stack:
        room = stack.enter_context(Pressroom(options["jobs"]))
        shelf = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="packets-")))
        made = _make(Composition(order, papers, room, shelf=shelf if options["no_cache"] else None))
        _write(target, made.kept.path.read_bytes())
    told = {
        "output": str(target),
        "pages": made.kept.pages,
        "bytes": target.stat().st_size,
        "parts_rendered": made.rendered,
        "parts_reused": made.reused,
        "seconds": round(time.monotonic() - started, 3),
        "missing_glyphs": [one.as_plain() for one in made.kept.missing],
        "failed": [{"part": part.title, "reason": part.failure} for part in made.failed],
    }
    return json.dumps(told, ensure_ascii=False)


def _make(composition: Composition) -> Made:
    title = composition.order.title
    try:
        return composition.make()
    except PressFailure as failure:
        raise refuse(f"{title}を作れませんでした。{failure}") from None
    except BindingError as error:
        raise refuse(f"{title}を綴じられませんでした。{error}") from None
    except OSError as error:
        raise refuse(f"{title}を保存できませんでした（{error.strerror or error}）。") from None


def _write(target: Path, content: bytes) -> None:
    try:
        write_file(target, content)
    except OSError as error:
        raise refuse(f"{target} に書き込めません（{error.strerror or error}）。") from None
