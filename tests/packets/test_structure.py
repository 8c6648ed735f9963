"""The structure of the PDF without elements that mean nothing: read the same, and whole."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pytest

from goals.models import OperatingPolicy
from packets import structure
from packets.press import press
from tests.packets.conftest import html_of

pytestmark = pytest.mark.django_db

Held = tuple[int, int, str]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def content(element: pikepdf.Object, pages: dict[tuple[int, int], int]) -> Iterator[Held]:
    """Page, number on it and the meaning around it of all marked content, in reading order."""
    kids = element.K if isinstance(element.K, pikepdf.Array) else [element.K]
    for kid in kids:
        if isinstance(kid, int):
            yield pages[element.Pg.objgen], kid, str(element.S)
        elif kid.get("/Type") == "/StructElem":
            assert kid.P.objgen == element.objgen
            yield from content(kid, pages)


def read(pdf: pikepdf.Pdf) -> list[Held]:
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    return [held for part in pdf.Root.StructTreeRoot.K for held in content(part, pages)]


@pytest.fixture
def whole(full_paper: OperatingPolicy) -> str:
    return html_of(full_paper, "sheets")


def test_content_is_read_in_the_same_order(whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folded = read(opened(press(whole)[1]))
    monkeypatch.setattr(structure, "WITHOUT_MEANING", frozenset())
    as_it_was = read(opened(press(whole)[1]))
    assert [held[:2] for held in folded] == [held[:2] for held in as_it_was]
    assert sum(meaning in {"/Span", "/NonStruct"} for *_at, meaning in as_it_was) > 300
    assert sum(meaning in {"/Span", "/NonStruct"} for *_at, meaning in folded) < 60


def test_every_content_is_found_from_its_page(whole: str) -> None:
    pdf = opened(press(whole)[1])
    nums = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    parents = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
    held = read(pdf)
    assert len(held) == len(set(held)) > 300
    for page, number, meaning in held:
        element = parents[page][number]
        assert (str(element.S), number in list(element.K)) == (meaning, True)
