"""Rebuild static/fonts from the published npm packages (needs network, npm, fontTools, brotli).

    .venv/bin/python scripts/fonts.py

screen/  Noto Sans JP as woff2, two weights, two files each: all of CP932 (what Windows can type),
         and all that Noto has beyond it (level 3 and 4 name characters, 𠮷), a family of its own
         that a browser fetches only when a page holds such a character (static/css/fonts.css).
paper/   BIZ UDP Mincho and Gothic, unchanged, as TTF (WeasyPrint is slow with woff2), and behind
         them Noto Sans JP, Noto Sans, Noto Sans Symbols 2, Noto Emoji (black and white) and Noto
         Sans Math, each with only what those before it lack.

The same packages and the same fontTools give the same bytes.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
SCREEN, PAPER = FONTS / "screen", FONTS / "paper"

PACKAGES = {
    "noto-sans-jp": "@expo-google-fonts/noto-sans-jp@0.4.3",
    "biz-udpmincho": "@expo-google-fonts/biz-udpmincho@0.4.0",
    "biz-udpgothic": "@expo-google-fonts/biz-udpgothic@0.4.2",
    "noto-sans": "@expo-google-fonts/noto-sans@0.4.2",
    "noto-sans-symbols-2": "@expo-google-fonts/noto-sans-symbols-2@0.4.1",
    "noto-emoji": "@expo-google-fonts/noto-emoji@0.4.7",
    "noto-sans-math": "@expo-google-fonts/noto-sans-math@0.4.2",
}
NOTO = {
    "Regular": "400Regular/NotoSansJP_400Regular.ttf",
    "Bold": "700Bold/NotoSansJP_700Bold.ttf",
}
BIZ = {
    "BIZUDPMincho-Regular.ttf": (
        "biz-udpmincho",
        "400Regular/BIZUDPMincho_400Regular.ttf",
    ),
    "BIZUDPMincho-Bold.ttf": ("biz-udpmincho", "700Bold/BIZUDPMincho_700Bold.ttf"),
    "BIZUDPGothic-Regular.ttf": (
        "biz-udpgothic",
        "400Regular/BIZUDPGothic_400Regular.ttf",
    ),
    "BIZUDPGothic-Bold.ttf": ("biz-udpgothic", "700Bold/BIZUDPGothic_700Bold.ttf"),
}
BEHIND = (
    ("noto-sans", "NotoSans", ("Regular", "Bold")),
    ("noto-sans-symbols-2", "NotoSansSymbols2", ("Regular",)),
    ("noto-emoji", "NotoEmoji", ("Regular",)),
    ("noto-sans-math", "NotoSansMath", ("Regular",)),
)
"""What stands behind the Japanese faces of the paper, in this order: CO₂, ☑, Tiếng Việt, 🚒."""
ARABIC_OF_MATHS = set(range(0x1EE00, 0x1EF00))
FIT = (
    range(0xA0, 0x590),
    range(0x1C80, 0xA8E0),
    range(0xAB30, 0xAB70),
    range(0xFB00, 0xFB07),
    range(0x10000, 0x30000),
)
"""Of these only scripts that are set letter by letter: others need rules that are cut away."""
INSIDE = {"Regular": "400Regular/{}_400Regular.ttf", "Bold": "700Bold/{}_700Bold.ttf"}
FEATURES = [
    "ccmp",
    "kern",
    "liga",
    "locl",
    "mark",
    "mkmk",
    "palt",
    "tnum",
    "vert",
    "vrt2",
]
VARIATION_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


def characters_of(codec: str) -> set[int]:
    """All code points from U+0020 that the codec can write."""
    return {code for code in range(0x20, 0x30000) if can_write(chr(code), codec)}


def can_write(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def fetch(folder: Path) -> None:
    for name, package in PACKAGES.items():
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
        archive = next(folder.glob(f"*-{name}-[0-9]*.[0-9]*.tgz"))
        with tarfile.open(archive) as tar:
            tar.extractall(folder / name, filter="data")


def cut(source: Path, target: Path, characters: set[int], flavor: str | None) -> None:
    """Write the subset of `source` that holds `characters`, without hinting."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = FEATURES
    options.flavor = flavor
    options.notdef_outline = True
    options.name_IDs = ["*"]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def variations(path: Path) -> set[tuple[int, int]]:
    """(selector, base character) pairs that the font draws."""
    with TTFont(path) as font:
        return {
            (selector, base)
            for table in font["cmap"].tables
            if table.format == 14
            for selector, entries in table.uvsDict.items()
            for base, _glyph in entries
        }


def characters_in(path: Path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


def build_screen(packages: Path) -> None:
    windows = characters_of("cp932")
    for weight, inside in NOTO.items():
        source = packages / "noto-sans-jp/package" / inside
        beyond = characters_in(source) - windows
        for name, wanted in (("", windows), ("Names", beyond)):
            target = SCREEN / f"NotoSansJP{name}-{weight}.woff2"
            cut(source, target, wanted | VARIATION_SELECTORS, "woff2")


def build_paper(packages: Path) -> None:
    for name, (package, inside) in BIZ.items():
        shutil.copyfile(packages / package / "package" / inside, PAPER / name)
    common = set.intersection(*(characters_in(PAPER / name) for name in BIZ))
    drawn = set.intersection(*(variations(PAPER / name) for name in BIZ))
    held = set(common)
    for weight, inside in NOTO.items():
        source = packages / "noto-sans-jp/package" / inside
        held |= characters_in(source)
        bases = {base for _selector, base in variations(source) - drawn}
        missing = (characters_in(source) - common) | bases | set(range(0x20, 0x7F))
        cut(
            source,
            PAPER / f"NotoSansJP-{weight}.ttf",
            missing | VARIATION_SELECTORS,
            None,
        )
    build_behind(packages, held)


def build_behind(packages: Path, held: set[int]) -> None:
    for package, name, weights in BEHIND:
        folder = packages / package / "package"
        own = set.intersection(
            *(characters_in(folder / INSIDE[weight].format(name)) for weight in weights)
        )
        own = {code for code in own if any(code in fit for fit in FIT)} - ARABIC_OF_MATHS
        for weight in weights:
            source = folder / INSIDE[weight].format(name)
            target = PAPER / f"{name}-{weight}.ttf"
            cut(source, target, (own - held) | {0x20, 0x200D} | VARIATION_SELECTORS, None)
        held |= own


def copy_licences(packages: Path) -> None:
    for folder, names in ((SCREEN, ["noto-sans-jp"]), (PAPER, list(PACKAGES))):
        for name in names:
            licence = packages / name / "package" / "LICENSE_FONT"
            shutil.copyfile(licence, folder / f"OFL-{name}.txt")


def main() -> int:
    for folder in (SCREEN, PAPER):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        packages = Path(name)
        fetch(packages)
        build_screen(packages)
        build_paper(packages)
        copy_licences(packages)
    for path in sorted(FONTS.rglob("*.*")):
        sys.stdout.write(f"{path.stat().st_size:>10,}  {path.relative_to(FONTS)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
