"""Hostile words in every printed field: nothing is fetched, nothing embedded, time is bounded."""

import itertools
import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from goals.models import OperatingPolicy
from packets.layout import Layout
from packets.pieces import department
from packets.pressing import room
from tests.packets.conftest import with_words_in
from tests.packets.test_press import MARKER, VECTORS, streams

pytestmark = pytest.mark.django_db


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A door on this machine at which nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setblocking(False)
        yield door


class Elements(HTMLParser):
    """Elements and attributes of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, ""), *((tag, name) for name, _value in attrs)}


def test_markup_in_every_field_is_printed_as_words(
    full_paper: OperatingPolicy, listener: socket.socket, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{MARKER}</text></svg>')
    door = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    plain = department(full_paper, Layout(sheets=True))
    vectors = itertools.cycle(
        [
            *(
                vector.format(url=url)
                for vector in VECTORS.values()
                for url in (secret.as_uri(), door)
            ),
            "\"'><script>x</script>",
            "{{ x }}{% now 'Y' %}",
        ]
    )
    html = with_words_in(plain, lambda _name: next(vectors)).html()
    assert Elements(html).found == Elements(plain.html()).found
    pdf = room(1).press(html).pdf
    with pytest.raises(BlockingIOError):
        listener.accept()
    inside = streams(pdf)
    assert MARKER.encode() not in inside
    assert not re.search(rb"/EmbeddedFile|/JavaScript|/Launch|/SubmitForm|/URI", inside)


OF_PARAGRAPHS = {
    *("mission", "paragraphs", "preamble", "quote", "answer"),
    *("standard", "methods", "lines", "partners", "rationale"),
}


def test_endless_words_in_every_field_come_out_in_time(full_paper: OperatingPolicy) -> None:
    """As long as the fields allow, without a space, with marks upon marks."""
    marks = "か" + "\u0301" * 100 + "\u200d" * 50
    html = with_words_in(
        department(full_paper, Layout(sheets=True)),
        lambda name: "字" * 200 + "a" * 200 + marks if name in OF_PARAGRAPHS else "a" * 20,
    ).html()
    assert 9 < room(1).press(html).pages < 100
