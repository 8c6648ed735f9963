"""The ink itself: each rare character on a page of its own, looked at as a picture."""

import subprocess
from itertools import combinations
from pathlib import Path

import pytest

from packets.press import press

RARE = ("澤", "髙", "﨑", "𠮷", "葛󠄀", "①", "㈱", "△", "～", "―")
USUAL = ("沢", "高", "崎", "吉", "葛")
BOX = "\U0010fffe"
"""No face has it: what is drawn is the box for a glyph that is missing."""
EMPTY = "\u3000"
STYLE = "<style>@page{size:20mm;margin:2mm}p{font:30pt %s;break-after:page;margin:0}</style>"


def pictures(signs: tuple[str, ...], family: str, folder: Path) -> dict[str, bytes]:
    """Each sign as pdftoppm sees it, in grey, 100 dots to the inch."""
    html = "".join(f"<p>{sign}</p>" for sign in signs)
    pages, pdf, _starts = press(f"<html lang=ja><title>字</title>{STYLE % family}<body>{html}")
    assert pages == len(signs)
    (folder / "signs.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "100", "-gray", str(folder / "signs.pdf"), str(folder / "sign")]
    subprocess.run(command, check=True)
    seen = [path.read_bytes() for path in sorted(folder.glob("sign-*.pgm"))]
    return dict(zip(signs, seen, strict=True))


@pytest.mark.parametrize("family", ['"BIZ UDPMincho"', '"BIZ UDPGothic"'])
def test_every_rare_character_has_ink_of_its_own(family: str, tmp_path: Path) -> None:
    seen = pictures((*RARE, *USUAL, BOX, EMPTY), f'{family}, "Noto Sans JP"', tmp_path)
    alike = {(a, b) for a, b in combinations(seen, 2) if seen[a] == seen[b]}
    assert alike == set()
    assert len(set(seen[EMPTY][-5000:])) == 1
    assert len(set(seen[BOX])) > 2
