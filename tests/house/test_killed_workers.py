"""Workers are killed while they make books: each book ends once, and no half file is ever seen.

A short run of ``benchmarks/killed_workers.py``, which says more with larger numbers.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_books_end_once_whoever_is_killed() -> None:
    numbers = {"books": 2, "kills": 2, "workers": 2, "departments": 1, "pause": 1.5, "lease": 3}
    told = subprocess.run(
        [
            *(sys.executable, "benchmarks/killed_workers.py", "--patience", "400"),
            *(word for name, number in numbers.items() for word in (f"--{name}", str(number))),
        ],
        cwd=ROOT,
        env={name: os.environ[name] for name in os.environ if name != "DJANGO_SETTINGS_MODULE"},
        capture_output=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout.decode() + told.stderr.decode()
    result = json.loads(told.stdout)
    assert result.pop("seconds") > 0
    assert result.pop("pdfs_opened") >= 4
    assert result.pop("kills_after_the_end") <= result.pop("kills")
    assert result == {
        **{"books": 2, "done": 2, "ended_once": 2, "whole": 2, "failures": []},
        **{"presses_left_behind": 0, "half_files": 0},
    }
