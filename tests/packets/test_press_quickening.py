"""The engine made quicker prints the same pages."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from weasyprint.layout import page

from goals.models import OperatingPolicy
from packets import quickening
from packets.layout import Layout
from packets.pieces import department
from packets.press import press

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCES = """<html lang=ja><title>題</title><style>
.at::after { content: "　" target-counter(attr(href), page) "頁" }
.two::after { content: target-counter(attr(href), page) "と" counter(page) }
.lost::after { content: target-counter(attr(href), page) }
h1 { font-size: 2rem } h2 { break-before: page } h2::after { content: counter(page) }
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
from packets.quickening.elements import BETWEEN_TAGS
from weasyprint import HTML
quickening.VERSION = "another"
press.page_of = lambda html, elements, fetcher: HTML(
    string=BETWEEN_TAGS.sub("><", html), url_fetcher=fetcher
)
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


LENGTHS = """<html lang=ja><title>題</title><style>
td { border: 2pt solid; padding: 2%; width: 40% } .side { inline-size: 30mm; margin-inline: 4mm }
.box { display: inline-block; width: 20%; border-radius: 10% } p { width: auto; margin: 1em auto }
.later { text-decoration: underline; page: packet } .float { float: left; width: 5rem }
</style><body><div class=side><p>狭い段</p></div><p><span class=box>箱</span><b class=later>下線</b>
<table><thead><tr><th scope=col>甲<th scope=col>乙</thead>
""" + "".join(
    f"<tr><td>{number}<td><p class=float>左</p><p>{'本文。' * number}<ins>新</ins></p>"
    for number in range(40)
)


def by_the_engine_as_it_is(html: str) -> str:
    """The digest of what an engine that nobody has changed makes of it."""
    plain = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", UNCHANGED],
        input=html.encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        check=True,
    )
    return plain.stdout.decode().strip()


@pytest.mark.parametrize("html", [REFERENCES, LENGTHS], ids=["references", "lengths"])
def test_engine_that_is_changed_gives_the_bytes_of_the_one_that_is_not(html: str) -> None:
    assert by_the_engine_as_it_is(html) == hashlib.sha256(press(html)[1]).hexdigest()


@pytest.mark.django_db
def test_packet_has_the_bytes_of_the_engine_that_is_not_changed(
    full_paper: OperatingPolicy,
) -> None:
    html = department(full_paper, Layout(sheets=True)).html()
    assert by_the_engine_as_it_is(html) == hashlib.sha256(press(html)[1]).hexdigest()


def test_only_pages_with_a_reference_forward_are_laid_out_twice() -> None:
    html = REFERENCES.replace("class=two", "class=at").replace("h2::after", "h3::after")
    html = re.sub("<a [^>]*>今</a>", "", html)
    assert laid_out(html) == [*range(13), 0]


def test_engine_is_the_version_for_which_it_is_changed() -> None:
    assert quickening.quicken() is True
