"""A file that cannot be a policy ends in one sentence, within limits, and nothing is stored."""

import io
import signal
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.management import call_command
from office_files import part_of, pdf, with_part, word
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from core.models import AuditEvent
from core.tables import write_workbook
from policies.models import BasicPolicy, Section
from policies.reading import MAX_CONTAINER_BYTES, Unreadable, containers, read_content, read_file

MB = 1024 * 1024
BODY = "word/document.xml"


def _zip(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb() -> bytes:
    return with_part(word(["方針"]), "word/media/image1.png", b"\0" * 30 * MB)


def tight() -> bytes:
    """Only two megabytes, but packed more tightly than text can be."""
    return with_part(word(["方針"]), "word/theme/theme2.xml", b" " * 2 * MB)


def many() -> bytes:
    return _zip(**{BODY: b"<w/>"} | {f"word/media/{n}.png": b"" for n in range(201)})


def lying() -> bytes:
    """The directory says that the body is as small as the first 1,000 bytes of it."""
    content = bytearray(with_part(word(["方針"]), BODY, part_of(word(["文" * 9000]), BODY)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo(BODY).file_size.to_bytes(4, "little")
    return bytes(content.replace(size, (1000).to_bytes(4, "little")))


def entities(declaration: str) -> bytes:
    body = part_of(word(["方針"]), BODY).decode()
    start = body.index("<w:document")
    body = f"{body[:start]}{declaration}{body[start:]}".replace("方針", "&x;")
    return with_part(word([]), BODY, body.encode())


def nested() -> bytes:
    body = part_of(word(["方針"]), BODY).decode()
    deep = "<w:sdt>" * 5000 + "</w:sdt>" * 5000
    return with_part(word([]), BODY, body.replace("<w:p>", f"{deep}<w:p>", 1).encode())


def encrypted(algorithm: str) -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf("令和7年度方針"))))
    writer.encrypt("secret", "owner", algorithm=algorithm)
    return _written(writer)


def without_characters() -> bytes:
    """Glyphs are drawn, and nowhere is it said which characters they are."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf("令和7年度方針"))))
    for found in writer._objects:
        if isinstance(found, DictionaryObject):
            found.pop("/ToUnicode", None)
    return _written(writer)


def pages(count: int) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(595, 842)
    return _written(writer)


def swelling_pdf() -> bytes:
    """One page whose 60 KB unpack to 60 MB of brackets that nobody closes."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf("令和7年度方針"))))
    stream = StreamObject()
    stream._data = zlib.compress(b"[" * 60 * MB)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return _written(writer)


OTHER = "Word（.docx）、PDF、または文字だけのファイル（.txt）を選んでください。"
BROKEN_WORD = "Wordのファイルが壊れているため開けません。Wordで保存し直してください。"
BROKEN_PDF = "PDFが壊れているため開けません。作り直してください。"
TOO_MUCH = "ファイルの中身が大きすぎます。必要な文章だけを新しいWordに写してください。"
FOREIGN = "外のファイルを読み込むWordは読めません。Wordで保存し直してください。"
PASSWORD = "パスワードの付いたPDFは読めません。パスワードを外したファイルを選んでください。"
NO_TEXT = (
    "文字の情報がないPDF（紙を読み取った画像など）です。"
    "文書を作ったWordか、文字だけのファイルを選んでください。"
)
NO_CHARACTERS = (
    "PDFから文字を正しく取り出せません。文書を作ったWordか、文字だけのファイルを選んでください。"
)
OLD = (
    "古い形式（.docなど）か、パスワードの付いたファイルです。"
    "パスワードを外し、.docxの形式で保存し直してください。"
)
EXTERNAL = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
LAUGHS = '<!DOCTYPE d [<!ENTITY a "ははは"><!ENTITY x "&a;&a;&a;&a;&a;">]>'

BAD = {
    "bomb": (bomb, TOO_MUCH),
    "tight": (tight, TOO_MUCH),
    "many entries": (many, TOO_MUCH),
    "lying directory": (lying, BROKEN_WORD),
    "external entity": (lambda: entities(EXTERNAL), FOREIGN),
    "entities in entities": (lambda: entities(LAUGHS), FOREIGN),
    "utf-16 xml": (lambda: with_part(word([]), BODY, "<w/>".encode("utf-16")), FOREIGN),
    "deep xml": (nested, BROKEN_WORD),
    "no xml": (lambda: with_part(word([]), BODY, b"<w"), BROKEN_WORD),
    "cut off": (lambda: word(["方針"])[:2000], BROKEN_WORD),
    "empty word": (
        lambda: word([]),
        "ファイルに文字がありません。基本方針の文書を選んでください。",
    ),
    "docm": (
        lambda: with_part(word(["方針"]), "word/vbaProject.bin", b"macro"),
        "マクロの付いたWordは読めません。.docxの形式で保存し直してください。",
    ),
    "doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, OLD),
    "xlsx": (
        lambda: write_workbook("表", ["甲"], [["乙"]]),
        f"Excelのファイルは読めません。{OTHER}",
    ),
    "pptx": (
        lambda: _zip(**{"ppt/presentation.xml": b"<p/>"}),
        f"PowerPointのファイルは読めません。{OTHER}",
    ),
    "zip": (lambda: _zip(memo=b"memo"), f"Wordのファイルではありません。{OTHER}"),
    "encrypted pdf": (lambda: encrypted("AES-256"), PASSWORD),
    "old encrypted pdf": (lambda: encrypted("RC4-128"), PASSWORD),
    "glyphs without characters": (without_characters, NO_CHARACTERS),
    "scanned pdf": (lambda: pages(2), NO_TEXT),
    "long pdf": (
        lambda: pages(201),
        "文書が長すぎます。基本方針の文書だけを別のファイルにしてください。",
    ),
    "broken pdf": (lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 20, BROKEN_PDF),
    "swelling pdf": (swelling_pdf, BROKEN_PDF),
}


@pytest.fixture
def nothing_is_stored(db):
    yield
    assert [table.objects.count() for table in (BasicPolicy, Section, AuditEvent)] == [0, 0, 0]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_ends_in_one_sentence(name, capsys, tmp_path: Path, nothing_is_stored):
    make, sentence = BAD[name]
    path = tmp_path / "方針.docx"  # the name says nothing
    path.write_bytes(make())
    with pytest.raises(SystemExit) as ending:
        call_command("read_policy", str(path), "--save")
    shown = capsys.readouterr()
    assert (ending.value.code, shown.out, shown.err) == (2, "", f"{sentence}\n")


@pytest.mark.parametrize(
    ("beginning", "limit"), [(b"PK\x03\x04", 20), (b"%PDF-1.7", 20), ("方針\n".encode(), 5)]
)
def test_a_hundred_megabytes_are_refused_without_being_read(tmp_path: Path, beginning, limit):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(beginning)
        file.truncate(100 * MB)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as refusal:
            read_file(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(refusal.value) == (
        f"ファイルが大きすぎます。{limit}MBまでのファイルを選んでください。"
    )
    assert most < 3 * MAX_CONTAINER_BYTES


def test_a_hostile_file_reaches_neither_another_file_nor_the_text(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密の文")
    with pytest.raises(Unreadable) as refusal:
        read_content(entities(f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'))
    assert str(refusal.value) == FOREIGN


def test_a_file_that_is_read_for_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(containers, "SECONDS", 0.01)
    with pytest.raises(Unreadable) as refusal:
        read_content(word(["令和7年度方針"]))
    sentence = (
        "ファイルが複雑すぎるため読めません。文字だけのファイル（.txt）にして選んでください。"
    )
    assert str(refusal.value) == sentence


def test_the_process_that_parses_is_ended_by_its_limits():
    """Memory beyond the limit is an answer; so is processor time, by the signal that ends it."""
    limits = "import policies.reading.__main__ as own; own.limit(memory=200 * 1024**2, seconds=1);"
    run = [sys.executable, "-c"]
    memory = subprocess.run([*run, f"{limits} b'x' * 10**9"], cwd=containers.ROOT, stderr=-1)
    assert b"MemoryError" in memory.stderr
    endless = subprocess.run([*run, f"{limits}\nwhile True: pass"], cwd=containers.ROOT)
    assert endless.returncode == -signal.SIGXCPU
