"""requirements.in says what for; requirements.txt pins it by digest and names no machine."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def wanted() -> list[str]:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, int]:
    """Name → how many digests it is pinned by."""
    found: dict[str, int] = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==\S+", line):
            name = normalised(match[1])
            found[name] = 0
        elif re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}( \\)?", line):
            found[name] += 1
    return found


@pytest.mark.parametrize("line", wanted(), ids=lambda line: line.split()[0])
def test_every_dependency_says_what_it_is_for(line: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9\[\],._-]+\S* +# \S.+", line)


def test_every_dependency_is_pinned_by_digest() -> None:
    names = {normalised(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in wanted()}
    lock = pinned()

    assert names - set(lock) == set()
    assert [name for name, digests in lock.items() if digests == 0] == []


def test_lock_names_no_host_and_no_directory() -> None:
    lock = (ROOT / "requirements.txt").read_text()

    assert re.findall(r"--(?:index-url|extra-index-url|find-links|trusted-host)", lock) == []
    assert re.findall(r"https?:|file:/|(?<![\w.])/\w+", lock) == []
