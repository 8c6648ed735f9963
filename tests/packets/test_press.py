"""The press loads nothing but the assets of the packet, and never hangs."""

import zlib
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import StreamObject

from packets import press
from packets.pieces import TEMPLATES
from packets.store import write_file

MARKER = "漏れてはならない印"
PLAIN = "<html lang=ja><title>題</title><body><h1>見出し</h1><p>澤と髙</p>"


def streams(pdf: bytes) -> bytes:
    """Everything in the file, decompressed."""
    reader = PdfReader(BytesIO(pdf))
    found = [pdf]
    for number in range(1, reader.trailer["/Size"]):
        row = reader.get_object(number)
        if isinstance(row, StreamObject):
            try:
                found.append(row.get_data())
            except (NotImplementedError, zlib.error):
                continue
    return b"\n".join(found)


VECTORS = {
    "image": '<img src="{url}" alt="">',
    "style import": '<style>@import url("{url}");</style>',
    "linked style": '<link rel="stylesheet" href="{url}">',
    "font face": '<style>@font-face{{font-family:x;src:url("{url}")}}p{{font-family:x}}</style>',
    "attachment": '<link rel="attachment" href="{url}">',
    "attached link": '<a rel="attachment" href="{url}">x</a>',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "iframe": '<iframe src="{url}"></iframe>',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}"/></svg>',
    "background": '<p style="background:url({url})">x</p>',
    "base": '<base href="{url}"><img src="a.png" alt="">',
}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses for which the fetcher gave something back."""
    given: list[str] = []
    original = press._fetcher

    def watched():  # type: ignore[no-untyped-def]
        fetcher = original()
        fetch = fetcher.fetch

        def noting(url, headers=None):  # type: ignore[no-untyped-def]
            answer = fetch(url, headers)
            given.append(url)
            return answer

        fetcher.fetch = noting
        return fetcher

    monkeypatch.setattr(press, "_fetcher", watched)
    return given


@pytest.mark.parametrize("vector", sorted(VECTORS))
def test_press_loads_no_address_of_its_text(vector: str, tmp_path: Path, opened: list[str]) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{MARKER}</text></svg>')
    press._types()
    opened.clear()
    for url in (
        secret.as_uri(),
        "http://127.0.0.1:9/metadata",
        "https://127.0.0.1:9/",
        "ftp://127.0.0.1:9/",
        "packet:/css/base.css",
        "packet:/../manage.py",
        f"data:image/svg+xml,{secret.read_text()}",
    ):
        html = f"<html lang=ja><title>t</title><body>{VECTORS[vector].format(url=url)}<p>本文"
        _pages, pdf, _starts = press.press(html)
        assert MARKER.encode() not in streams(pdf)
        assert b"/EmbeddedFile" not in pdf
    assert opened == []


def test_twenty_thousand_characters_in_one_cell_come_out() -> None:
    html = (
        "<html lang=ja><title>t</title><table class=facing><colgroup><col class=w-35>"
        f"<col></colgroup><tr class=long><td>左<td>{'字' * 20_000}</table>"
    )
    pages, pdf, _starts = press.press(html)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    assert text.count("字") == 20_000
    assert pages > 1


def test_anchor_begins_on_its_first_page() -> None:
    html = PLAIN + '<div id=long style="break-before:page">' + "<p>行" * 99 + "</div><p id=end>尾"
    pages, _pdf, starts = press.press(html)
    assert pages > 3
    assert starts == {"long": 2, "end": pages}


def test_link_to_another_part_passes_through_and_is_not_fetched(opened: list[str]) -> None:
    press._types()
    opened.clear()
    _pages, pdf, _starts = press.press(PLAIN + '<p><a href="part:soumu/goals">総務部</a>')
    (link,) = PdfReader(BytesIO(pdf)).pages[0]["/Annots"]
    assert link.get_object()["/A"]["/URI"] == "part:soumu/goals"
    assert opened == []


def test_layout_stops_at_the_first_page_too_many() -> None:
    html = PLAIN + '<p style="break-before:page">頁' * 3
    assert press.press(html, most=4)[0] == 4
    with pytest.raises(press.TooManyPages):
        press.press(html, most=3)


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "packet.pdf"
    write_file(target, b"old")
    with pytest.raises(TypeError):
        write_file(target, "not bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    write_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["packet.pdf"]


def test_every_table_of_the_packet_has_fixed_columns_and_heads_with_a_scope() -> None:
    css = (press.STATIC / "css" / "packet.css").read_text()
    rule = css[css.index("\ntable {") :]
    assert "table-layout: fixed" in rule[: rule.index("}")]
    for path in TEMPLATES.glob("*.html"):
        html = path.read_text()
        assert html.count("<table") == html.count("<colgroup>")
        heads = html.count("<th ") + html.count("<th>")
        assert heads == html.count('scope="')
        assert "dotted" not in html + css
        assert " style=" not in html
