"""``python -m policies.reading word|pdf``: a file on standard input, its text on standard output.

Run as a process of its own, within limits on processor time and memory. Before the text stands
one line: ``text``, or what is wrong with the file.
"""

import importlib
import logging
import os
import resource
import sys
from typing import NoReturn

CPU_SECONDS = 30
MEMORY_BYTES = 1024**3
READERS = {"word": "policies.reading.word", "pdf": "policies.reading.pdf"}
ANSWERS = {"Encrypted": "encrypted", "TooLong": "too long", "MemoryError": "heavy"}


def limit(*, memory: int, seconds: int) -> None:
    """From here on this process gets no more than that."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> NoReturn:
    limit(memory=MEMORY_BYTES, seconds=CPU_SECONDS)
    logging.disable()
    reader = importlib.import_module(READERS[sys.argv[1]])
    try:
        answer = b"text\n" + reader.text_of(sys.stdin.buffer.read()).encode("utf-8", "replace")
    except Exception as problem:  # whatever a hostile file leads the libraries into
        answer = ANSWERS.get(type(problem).__name__, "broken").encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
