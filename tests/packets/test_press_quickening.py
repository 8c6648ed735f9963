"""The engine made quicker prints the same pages."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from weasyprint.layout import page

from packets import quickening
from packets.press import press

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCES = """<html lang=ja><title>題</title><style>
.at::after { content: "　" target-counter(attr(href), page) "頁" }
.two::after { content: target-counter(attr(href), page) "と" counter(page) }
.lost::after { content: target-counter(attr(href), page) }
h2 { break-before: page } h2::after { content: counter(page) }
</style><body><h1 id=top>表紙</h1>
<p><a class=at href="#part-11">先</a><p><a class=two href="#part-12">先</a>
<p><a class=lost href="#nowhere">無い</a><p><a class=at href="https://127.0.0.1/">外</a>
""" + "".join(
    f"<h2 id=part-{number}>章</h2><p><a class=at href='#part-{number - 1}'>前</a>"
    f"<a class=at href='#part-{number}'>今</a><a class=two href='#top'>表紙</a>"
    for number in range(1, 13)
)
UNCHANGED = """
import hashlib, sys
from packets import press, quickening
quickening.VERSION = "another"
press.logging.getLogger("weasyprint").setLevel(press.logging.CRITICAL)
print(hashlib.sha256(press.press(sys.stdin.read())[1]).hexdigest())
"""


def laid_out(html: str) -> list[int]:
    """The pages that the engine lays out, counted from 0, in its order."""
    numbers: list[int] = []
    original = page.remake_page

    def noting(index, *rest):  # type: ignore[no-untyped-def]
        numbers.append(index)
        return original(index, *rest)

    page.remake_page = noting
    try:
        press(html)
    finally:
        page.remake_page = original
    return numbers


def test_engine_that_is_changed_gives_the_bytes_of_the_one_that_is_not() -> None:
    plain = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", UNCHANGED],
        input=REFERENCES.encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        check=True,
    )
    assert plain.stdout.decode().strip() == hashlib.sha256(press(REFERENCES)[1]).hexdigest()


def test_only_pages_with_a_reference_forward_are_laid_out_twice() -> None:
    html = REFERENCES.replace("class=two", "class=at").replace("h2::after", "h3::after")
    html = re.sub("<a [^>]*>今</a>", "", html)
    assert laid_out(html) == [*range(13), 0]


def test_engine_is_the_version_for_which_it_is_changed() -> None:
    assert quickening.quicken() is True
