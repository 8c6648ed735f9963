"""Where PDFs lie: one folder, each file under the digest of what it shows, with what is known of
it beside it as JSON. Parts of books and whole files lie side by side.

The PDF comes last and by one rename, so that what ``find`` finds is whole.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from packets.glyphs import Missing
from packets.models import path_of

PAGES = ".pages.json"


@dataclass(frozen=True)
class Kept:
    """A PDF that lies there: ``starts`` is the page (from 1) on which each anchor begins;
    ``folder`` where it lies, None for the usual place."""

    digest: str
    pages: int
    starts: dict[str, int] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    folder: Path | None = None

    @property
    def path(self) -> Path:
        return place_of(self.digest, self.folder)

    @property
    def size(self) -> int:
        """Bytes of the PDF."""
        return self.path.stat().st_size


def place_of(digest: str, folder: Path | None) -> Path:
    """Where the PDF lies, or will lie."""
    return folder / f"{digest}.pdf" if folder else path_of(digest)


def find(digest: str, folder: Path | None = None) -> Kept | None:
    """What lies under ``digest``; None where there is nothing, or nothing whole."""
    path = place_of(digest, folder)
    try:
        notes = json.loads(path.with_suffix(".json").read_text())
        if not digest or path.stat().st_size != notes["bytes"]:
            return None
        signs = [Missing(one["character"], one["place"], one["kind"]) for one in notes["missing"]]
        return Kept(digest, notes["pages"], notes["starts"], signs, folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(kept: Kept, pdf: bytes) -> Kept:
    """Lay ``pdf`` down, whole or not at all. Raises OSError."""
    with written(kept.path) as file:
        file.write(pdf)
        note(kept, len(pdf))
    return kept


def note(kept: Kept, size: int) -> None:
    """Lay down what is known of a PDF of so many bytes, before it takes its place."""
    notes = {
        "bytes": size,
        "pages": kept.pages,
        "starts": kept.starts,
        "missing": [one.as_plain() for one in kept.missing],
    }
    write_file(
        kept.path.with_suffix(".json"),
        json.dumps(notes, ensure_ascii=False, sort_keys=True).encode(),
    )


def keep_longer(digest: str, folder: Path | None = None) -> None:
    """Let the days of a file that is asked for again begin anew."""
    pdf = place_of(digest, folder)
    for path in (pdf, pdf.with_suffix(".json")):
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)


@contextlib.contextmanager
def written(target: Path) -> Iterator[BinaryIO]:
    """A new file that becomes ``target`` when all is written, and nothing before: beside it, to
    the disk, then in its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".packet-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_file(target: Path, content: bytes) -> None:
    """Write the whole file or nothing."""
    with written(target) as file:
        file.write(content)


# ---- how long fronts are -----------------------------------------------------------------------


def usual_pages(like: str, folder: Path | None = None) -> int | None:
    """How many pages the last one ``like`` it had, where its length was not what was expected."""
    return _usual_pages(place_of("", folder).with_name(PAGES)).get(like)


def note_usual_pages(like: str, pages: int, folder: Path | None = None) -> None:
    """Expect as many next time."""
    path = place_of("", folder).with_name(PAGES)
    write_file(path, json.dumps({**_usual_pages(path), like: pages}).encode())


def _usual_pages(path: Path) -> dict[str, int]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return {}
