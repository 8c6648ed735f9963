"""Word and PDF files: judged before they are opened, and opened by a process of its own. No Django.

A .docx is judged by the directory of its zip file and by the XML it holds; what would unpack too
far or names other files is never parsed. The process that parses has limits on time and memory,
because neither format can be read within limits that could be trusted.
"""

import io
import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

from policies.reading.text import Unreadable, check_text, is_legible, is_text

MAX_CONTAINER_BYTES = 20 * 1024 * 1024
SECONDS = 60
ROOT = Path(__file__).resolve().parents[2]
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")

_ZIP, _PDF, _OLD = b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0"
_OTHER = "Word（.docx）、PDF、または文字だけのファイル（.txt）を選んでください。"
_OFFICE = {
    "xl/workbook.xml": f"Excelのファイルは読めません。{_OTHER}",
    "xl/workbook.bin": f"Excelのファイルは読めません。{_OTHER}",
    "ppt/presentation.xml": f"PowerPointのファイルは読めません。{_OTHER}",
}
_BROKEN_WORD = "Wordのファイルが壊れているため開けません。Wordで保存し直してください。"
_SENTENCES = {
    "encrypted": "パスワードの付いたPDFは読めません。パスワードを外したファイルを選んでください。",
    "too long": "文書が長すぎます。基本方針の文書だけを別のファイルにしてください。",
    "heavy": "ファイルが複雑すぎるため読めません。文字だけのファイル（.txt）にして選んでください。",
}


def is_container(content: bytes) -> bool:
    """Whether ``content`` begins like a file of Word, Excel or PDF."""
    return content.startswith((_ZIP, _PDF, _OLD))


def read_container(content: bytes) -> str:
    """The text of a .docx or .pdf file. Raises Unreadable for any other and for a bad one."""
    if len(content) > MAX_CONTAINER_BYTES:
        limit = MAX_CONTAINER_BYTES // 1024**2
        raise Unreadable(f"ファイルが大きすぎます。{limit}MBまでのファイルを選んでください。")
    if content.startswith(_OLD):
        raise Unreadable(
            "古い形式（.docなど）か、パスワードの付いたファイルです。"
            "パスワードを外し、.docxの形式で保存し直してください。"
        )
    return _read_pdf(content) if content.startswith(_PDF) else _read_word(content)


def _read_word(content: bytes) -> str:
    _check_word(content)
    text = _ask("word", content, broken=_BROKEN_WORD)
    check_text(text)
    return text


def _read_pdf(content: bytes) -> str:
    text = _ask("pdf", content, broken="PDFが壊れているため開けません。作り直してください。")
    if not text.strip():
        raise Unreadable(
            "文字の情報がないPDF（紙を読み取った画像など）です。"
            "文書を作ったWordか、文字だけのファイルを選んでください。"
        )
    check_text(text)
    if not (is_text(text) and is_legible(text)):
        raise Unreadable(
            "PDFから文字を正しく取り出せません。文書を作ったWordか、文字だけのファイルを選んでください。"
        )
    return text


def _check_word(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive)
            _check_xml(archive)
    except Unreadable:
        raise
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError):
        raise Unreadable(_BROKEN_WORD) from None  # cut off, an entry with a password, …


def _check_directory(archive: zipfile.ZipFile) -> None:
    """Refuse what would unpack to more than a document, before anything of it is unpacked."""
    from core.tables import unpacks_too_far

    _check_kind({entry.filename for entry in archive.infolist()})
    if unpacks_too_far(archive.infolist()):
        raise Unreadable(
            "ファイルの中身が大きすぎます。必要な文章だけを新しいWordに写してください。"
        )


def _check_kind(names: set[str]) -> None:
    for name, sentence in _OFFICE.items():
        if name in names:
            raise Unreadable(sentence)
    if "word/document.xml" not in names:
        raise Unreadable(f"Wordのファイルではありません。{_OTHER}")
    if any(name.startswith("word/vba") for name in names):
        raise Unreadable("マクロの付いたWordは読めません。.docxの形式で保存し直してください。")


def _check_xml(archive: zipfile.ZipFile) -> None:
    """Word never declares a document type; who does wants other files or memory."""
    for entry in archive.infolist():
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        xml = archive.read(entry)
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\0" in xml:
            raise Unreadable("外のファイルを読み込むWordは読めません。Wordで保存し直してください。")


def _ask(reader: str, content: bytes, *, broken: str) -> str:
    """What the process of its own makes of ``content``."""
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no word from outside
            [sys.executable, "-m", "policies.reading", reader],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(_SENTENCES["heavy"]) from None
    answer, _, text = done.stdout.partition(b"\n")
    if answer == b"text" and done.returncode == 0:
        return text.decode("utf-8")
    if done.returncode < 0:  # ended by the limit on time, or by the machine
        raise Unreadable(_SENTENCES["heavy"])
    raise Unreadable(_SENTENCES.get(answer.decode("ascii", "replace"), broken))
