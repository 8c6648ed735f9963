"""The fonts that ship: every character that a name may hold is drawn, on screen and on paper."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
NAMES = "澤髙﨑𠮷邉邊彅神祇葛"
SIGNS = "①⑳ⅠⅣ㈱㍿～〜―－−△▲●○◎※々〆〇ヶ〒℃㎡"


def characters(path: Path) -> set[str]:
    with TTFont(path) as font:
        return {chr(code) for code in font.getBestCmap()}


def variations(path: Path) -> set[str]:
    with TTFont(path) as font:
        return {
            chr(base) + chr(selector)
            for table in font["cmap"].tables
            if table.format == 14
            for selector, entries in table.uvsDict.items()
            for base, _glyph in entries
        }


def windows_characters() -> set[str]:
    """All that CP932 writes, but for private use and half-width marks of one byte."""
    found = set()
    for code in range(0x20, 0xFFE6):
        character = chr(code)
        if 0xE000 <= code <= 0xF8FF or 0x7F <= code <= 0xA0 or 0xD800 <= code <= 0xDFFF:
            continue
        try:
            character.encode("cp932")
        except UnicodeEncodeError:
            continue
        found.add(character)
    return found


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_screen_font_draws_all_that_windows_types(weight: str) -> None:
    missing = windows_characters() - characters(FONTS / f"screen/NotoSansJP-{weight}.woff2")

    assert missing == {"≒"}  # Noto has none: the next font of the machine draws it


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_two_screen_files_together_draw_names_and_signs(weight: str) -> None:
    drawn = characters(FONTS / f"screen/NotoSansJP-{weight}.woff2") | characters(
        FONTS / f"screen/NotoSansJPNames-{weight}.woff2"
    )

    assert set(NAMES + SIGNS) - drawn == set()


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
@pytest.mark.parametrize("face", ["BIZUDPMincho", "BIZUDPGothic"])
def test_each_paper_font_with_its_fallback_draws_names_and_signs(face: str, weight: str) -> None:
    drawn = characters(FONTS / f"paper/{face}-{weight}.ttf") | characters(
        FONTS / f"paper/NotoSansJP-{weight}.ttf"
    )

    assert set(NAMES + SIGNS) - drawn == set()


@pytest.mark.parametrize(
    "file",
    [
        "screen/NotoSansJP-Regular.woff2",
        "screen/NotoSansJP-Bold.woff2",
        "paper/BIZUDPMincho-Regular.ttf",
        "paper/BIZUDPGothic-Bold.ttf",
    ],
)
def test_the_form_of_a_name_chosen_by_a_variation_selector_is_drawn(file: str) -> None:
    assert {"葛\U000e0100"} - variations(FONTS / file) == set()


@pytest.mark.parametrize("folder", ["screen", "paper"])
def test_a_licence_lies_beside_the_fonts(folder: str) -> None:
    licences = sorted((FONTS / folder).glob("OFL-*.txt"))

    assert all("SIL OPEN FONT LICENSE" in path.read_text() for path in licences)
    assert len(licences) == {"screen": 1, "paper": 7}[folder]


def test_a_screen_font_stays_near_one_megabyte() -> None:
    sizes = [path.stat().st_size for path in (FONTS / "screen").glob("*.woff2")]

    assert len(sizes) == 4
    assert max(sizes) < 1_300_000
