"""A file of the policy office as text: .txt, .docx or .pdf, told apart by its bytes. No Django.

Whatever cannot be read ends in ``Unreadable`` with one sentence for the person who chose the file.
"""

from pathlib import Path

from policies.reading.containers import MAX_CONTAINER_BYTES, is_container, read_container
from policies.reading.text import (
    MAX_BYTES,
    MOST_CHARACTERS,
    MOST_LINES,
    Unreadable,
    check_length,
    check_text,
    read_text,
)

__all__ = [
    "MAX_BYTES",
    "MAX_CONTAINER_BYTES",
    "MOST_CHARACTERS",
    "MOST_LINES",
    "Unreadable",
    "check_length",
    "check_text",
    "read_content",
    "read_file",
    "read_text",
]


def read_file(path: Path) -> str:
    """The text of the file at ``path``, of which no more is read than may be long enough."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
            if is_container(content):
                content += file.read(MAX_CONTAINER_BYTES - MAX_BYTES)
    except FileNotFoundError:
        raise Unreadable(f"ファイルが見つかりません：{path}") from None
    except IsADirectoryError:
        raise Unreadable(f"フォルダーではなく、ファイルを指定してください：{path}") from None
    except PermissionError:
        raise Unreadable(f"ファイルを読む権限がありません：{path}") from None
    except (OSError, ValueError):
        raise Unreadable(f"ファイルを開けません：{path}") from None
    return read_content(content)


def read_content(content: bytes) -> str:
    """The text of a file that was uploaded. Raises Unreadable."""
    return read_container(content) if is_container(content) else read_text(content)
