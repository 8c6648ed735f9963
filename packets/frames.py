"""How the press and who starts it talk through pipes: a head of JSON and a body of bytes.

Each frame says its two lengths first, so that an end in the middle is seen as one. Plain Python.
"""

import json
import os
import struct
from typing import Any

Head = dict[str, Any]
Frame = tuple[Head, bytes]
LENGTHS = struct.Struct("!IQ")
CHUNK = 1 << 20


def framed(head: Head, body: bytes = b"") -> bytes:
    """One frame as it goes through the pipe."""
    written = json.dumps(head).encode()
    return b"".join((LENGTHS.pack(len(written), len(body)), written, body))


def take(buffer: bytearray) -> Frame | None:
    """The frame at the beginning of ``buffer``, taken out of it; None while it is not whole."""
    if len(buffer) < LENGTHS.size:
        return None
    head, body = LENGTHS.unpack_from(buffer)
    start, end = LENGTHS.size + head, LENGTHS.size + head + body
    if len(buffer) < end:
        return None
    with memoryview(buffer) as view:
        frame = json.loads(bytes(view[LENGTHS.size : start])), bytes(view[start:end])
    del buffer[:end]
    return frame


def read(descriptor: int, buffer: bytearray) -> Frame | None:
    """The next frame from a pipe, waited for; None at its end. ``buffer`` keeps what came early."""
    while (frame := take(buffer)) is None:
        came = os.read(descriptor, CHUNK)
        if not came:
            return None
        buffer += came
    return frame


def write(descriptor: int, whole: bytes) -> None:
    """All of ``whole`` into a pipe."""
    rest = memoryview(whole)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
