"""A finished paper of 総務部 with an interview, and what its packet looks like."""

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from core.workflow import Status
from departments.models import User
from goals.models import OperatingPolicy
from packets.layout import Layout
from packets.models import PacketFile
from packets.pieces import Piece, department
from packets.press import press
from policies.models import Section
from tests.factories import (
    GoalFactory,
    IndicatorFactory,
    InterviewFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    SdgFactory,
    jst,
)

DAY = dt.date(2023, 3, 28)


@pytest.fixture
def full_paper(paper: OperatingPolicy, cast: SimpleNamespace) -> OperatingPolicy:
    """The paper handed in: two answers (one 該当なし), two goals, an interview, last year's paper."""
    first = Section.objects.get(policy__year=2023, path="1-1")
    second = Section.objects.get(policy__year=2023, path="1-2")
    OperatingPolicyFactory(
        year=2022, department=paper.department, filled=True, staff=80, budget=2_700_000
    )
    OperatingPolicy.objects.filter(pk=paper.pk).update(
        mission="市民の安全を守る。",
        situation="地震への備えが課題である。",
        analysis="2地区で計画を定めた。",
        pioneering="夜間の訓練を行う。",
        staff=79,
        budget=2_599_615,
        edits=1,
        status=Status.SUBMITTED,
        submissions=1,
        submitted_at=jst(2023, 3, 27, 10),
    )
    ResponseFactory(paper=paper, section=first, body="共助の担い手を増やす。地区担当を置く。")
    ResponseFactory(
        paper=paper, section=second, body="所管する施設がない。", is_not_applicable=True
    )
    division = paper.department.divisions.get(code="bosai")
    goal = GoalFactory(paper=paper, order=1, lead_division=division, sections=[first, second])
    IndicatorFactory(goal=goal)
    IndicatorFactory(
        goal=goal, order=2, name="訓練の参加者", unit="人", baseline="1840", target="3000"
    )
    goal.sdgs.add(SdgFactory())
    GoalFactory(paper=paper, order=2, title="澤・髙・﨑・𠮷・葛󠄀の字を正しく扱う", is_own=True)
    InterviewFactory(department=paper.department, interviewers=[cast.mayor, cast.deputy])
    paper.refresh_from_db()
    return paper


def html_of(paper: OperatingPolicy, layout: str = "") -> str:
    return department(paper, Layout.parse(layout)).html()


def read(html: str) -> PdfReader:
    """The PDF of ``html``, read back."""
    return PdfReader(BytesIO(printed(html)))


@functools.lru_cache(maxsize=4)
def printed(html: str) -> bytes:
    """Most tests look at the same packet: the press runs once for it."""
    return press(html)[1]


def words(reader: PdfReader, number: int) -> str:
    """The text of page ``number`` (from 1) without white space."""
    return "".join(reader.pages[number - 1].extract_text().split())


def with_words_in(piece: Piece, words: Callable[[str], str] | str) -> Piece:
    """``piece`` with ``words`` behind every text that is printed."""
    return replace(piece, content=with_words(piece.content, words))


NOT_TEXT = {"anchor", "kind", "state", "marker", "size"}
"""Values by which the templates choose, which nobody writes."""


def with_words(value: Any, words: Callable[[str], str] | str, name: str = "") -> Any:
    """``value`` with ``words`` (given the name of the value) behind every text that is printed."""
    if isinstance(value, dict):
        return {key: with_words(part, words, key) for key, part in value.items()}
    if isinstance(value, list):
        return [with_words(part, words, name) for part in value]
    if isinstance(value, str) and value and name not in NOT_TEXT:
        return f"{value}{words if isinstance(words, str) else words(name)}"
    return value


# ---- pages of packets --------------------------------------------------------------------------

LIST = "/packets/2023/"
PREVIEW = "/packets/2023/somu/"
BUILD = "/packets/2023/somu/build/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def folder(settings: SimpleNamespace, tmp_path: Path) -> Path:
    """Where the files of one test lie, alone; one press."""
    settings.MEDIA_ROOT = tmp_path
    settings.PACKET_PRESSES = 1
    return tmp_path / "packets"


@pytest.fixture
def file(
    folder: Path,
    full_paper: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: Callable[[User], Client],
) -> PacketFile:
    """The packet of 総務部, made."""
    client_of(cast.office).post(BUILD)
    return PacketFile.objects.get()


def address(file: PacketFile, rest: str = "") -> str:
    return f"/packets/2023/files/{file.pk}/{rest}"
