"""Rare characters in every printed field come out drawn, readable and in order."""

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

from goals.models import Goal, OperatingPolicy
from packets.glyphs import Missing
from packets.layout import Layout
from packets.models import PacketFile
from packets.pieces import department
from packets.press import FACES, press
from tests.packets.conftest import with_words_in

pytestmark = pytest.mark.django_db

RARE = "澤髙﨑𠮷葛󠄀①㈱△～―₂☑🚒"
NOWHERE = "한\ue000葛󠄂"
AS_PRINTED = "〓〓葛"


# ---- what the PDF really draws ----------------------------------------------------------------


class Face:
    """A font of the PDF: from the codes of the page to glyphs of the embedded file."""

    def __init__(self, font: DictionaryObject) -> None:
        self.name = str(font["/BaseFont"]).split("+")[-1].rstrip(",").removesuffix("-Bold")
        inside = font["/DescendantFonts"][0].get_object()
        assert inside["/CIDToGIDMap"] == "/Identity"
        encoding = font["/Encoding"]
        self.codes = None if encoding == "/Identity-H" else _pairs(encoding.get_data())
        self.said = {code: bytes.fromhex(to) for code, to in _said(font["/ToUnicode"].get_data())}
        data = inside["/FontDescriptor"].get_object()["/FontFile2"].get_data()
        self.file = TTFont(BytesIO(data))

    def is_box(self, code: int) -> bool:
        """Whether the code is drawn by the glyph for what a font does not have, or by none."""
        glyph = code if self.codes is None else self.codes[code]
        if glyph == 0 or glyph >= self.file["maxp"].numGlyphs:
            return True
        has_ink = self.file["glyf"][self.file.getGlyphName(glyph)].numberOfContours != 0
        return not has_ink and bool(self.text(code).strip(" \t\u3000\u00a0\u200d\ufe0f"))

    def text(self, code: int) -> str:
        return self.said[code].decode("utf-16-be")


def _pairs(cmap: bytes) -> dict[int, int]:
    return {int(a, 16): int(b) for a, b in re.findall(rb"<([0-9a-f]{4})> (\d+)", cmap)}


def _said(cmap: bytes) -> list[tuple[int, str]]:
    rows = re.findall(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", cmap)
    return [(int(code, 16), to.decode()) for code, to in rows if (code, to) != (b"0000", b"ffff")]


def drawn(pdf: bytes) -> tuple[set[str], list[str]]:
    """The names of the fonts, and what stands where a box is drawn."""
    reader, faces, boxes = PdfReader(BytesIO(pdf)), {}, []
    for page in reader.pages:
        fonts = page["/Resources"]["/Font"]
        for name in fonts:
            faces.setdefault(name, Face(fonts[name]))
        for face, codes in _shown(page, reader, faces):
            boxes += [f"{face.name} {face.text(code)}" for code in codes if face.is_box(code)]
    return {face.name for face in faces.values()}, boxes


def _shown(page: Any, reader: PdfReader, faces: dict[str, Face]) -> Iterator[tuple[Face, list]]:
    face = None
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"Tf":
            face = faces[operands[0]]
        elif operator in {b"TJ", b"Tj"}:
            rows = operands[0] if operator == b"TJ" else operands
            shown = b"".join(row.original_bytes for row in rows if hasattr(row, "original_bytes"))
            yield face, [int.from_bytes(shown[i : i + 2]) for i in range(0, len(shown), 2)]


def read_aloud(pdf: bytes, folder: Path) -> str:
    """What pdftotext reads in the order in which it is drawn, without white space."""
    path = folder / "packet.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


# ---- tests ------------------------------------------------------------------------------------


def test_rare_characters_in_every_field_are_drawn_and_read_in_order(
    full_paper: OperatingPolicy, tmp_path: Path
) -> None:
    rich = with_words_in(department(full_paper, Layout(sheets=True)), RARE)
    assert rich.missing == []
    html = rich.html()
    pdf = press(html)[1]
    names, boxes = drawn(pdf)
    assert boxes == []
    assert names <= {family.replace(" ", "-") for family, _weight, _name in FACES}
    body = html[html.index("<body") :]
    printed = re.sub(r"<[^>]+>", "", body).count(RARE)
    said = read_aloud(pdf, tmp_path)
    assert printed > 100
    # The page says each of them, and the running heads say some again.
    assert said.count(RARE) >= printed
    for word in ("市民の安全を守る。", "避難所", "訓練の参加者", "夜間の訓練を行う。"):
        assert word in said


def test_box_is_found_where_there_is_one() -> None:
    """The measure itself: past the sieve, a character that no face has is drawn as a box."""
    _names, boxes = drawn(press("<html lang=ja><title>題</title><p>字한字<h1>\U0010fffe</h1>")[1])
    assert len(boxes) == 2


def test_what_no_face_has_is_printed_as_geta_in_every_field(
    full_paper: OperatingPolicy, tmp_path: Path
) -> None:
    poor = with_words_in(department(full_paper, Layout(sheets=True)), NOWHERE)
    html = poor.html()
    assert not any(sign in html for sign in ("한", "\ue000", "葛󠄂"))
    _names, boxes = drawn(press(html)[1])
    assert boxes == []
    named = {one.character for one in poor.missing}
    assert named == {"한", "\ue000", "葛󠄂"}


@pytest.fixture
def strange(full_paper: OperatingPolicy) -> OperatingPolicy:
    """A mission and a goal's methods with characters that no face has."""
    OperatingPolicy.objects.filter(pk=full_paper.pk).update(mission="한국の友好都市")
    Goal.objects.filter(paper=full_paper, order=2).update(method="葛󠄂\ue000を使う")
    full_paper.refresh_from_db()
    return full_paper


def listed(page: str) -> list[str]:
    """The rows of the list, without markup."""
    rows = re.search(r'<ul class="glyphs__list">(.*?)</ul>', page, re.DOTALL)[1].split("</li>")
    return ["".join(re.sub(r"<[^>]+>|\n *", "", row)) for row in rows if row.strip()]


def test_characters_are_listed_before_printing_and_beside_the_pdf(
    strange: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: object,
    settings: SimpleNamespace,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = client_of(cast.office)
    preview = client.get("/packets/2023/somu/").content.decode()
    made = client.post("/packets/2023/somu/build/", follow=True).content.decode()
    for page in (preview, made):
        assert "印刷できない文字があります" in page
        assert listed(page) == [
            "部の使命한（U+D55C）、국（U+AD6D）",
            "組織目標2「澤・髙・﨑・𠮷・葛󠄀の字を正しく扱う」の方策外字（U+E000）"
            "基本の字形で印刷するもの　葛󠄂（U+845B U+E0102）",
        ]
    assert "〓〓の友好都市" in preview
    assert PacketFile.objects.get().state == "done"


def test_page_of_a_plain_packet_says_nothing(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object
) -> None:
    page = client_of(cast.office).get("/packets/2023/somu/").content.decode()
    assert "印刷できない文字" not in page


def test_place_of_a_goal_is_named(strange: OperatingPolicy) -> None:
    found = department(strange).missing
    assert found == [
        Missing("한", "部の使命", "字形なし"),
        Missing("국", "部の使命", "字形なし"),
        Missing("葛󠄂", "組織目標2「澤・髙・﨑・𠮷・葛󠄀の字を正しく扱う」の方策", "異体字の指定"),
        Missing("\ue000", "組織目標2「澤・髙・﨑・𠮷・葛󠄀の字を正しく扱う」の方策", "外字"),
    ]
